from __future__ import annotations

import html
import re
from urllib.parse import parse_qsl

import pytest
from tests.audit_store import INVOICE, tell_received

from .conftest import HOSTILE, Browser, text_of

PAGES = ("/", "/overview", "/matching", "/partner", "/document", "/bytes")


class TestSearching:
    def test_a_document_is_found_by_its_number_in_any_case(self, browser, invoice):
        page = browser.get("/", number="inv-1")
        assert f'href="/document?id={invoice}"' in page
        assert "failed" in text_of(page)

    def test_filters_narrow(self, browser, invoice):
        assert "Nothing fits." in text_of(browser.get("/", status="posted"))
        assert invoice in browser.get("/", status="failed", partner="great-lakes-tools")

    def test_without_filters_the_last_days_are_shown(self, browser, invoice):
        assert invoice in browser.get("/")

    def test_no_day_is_refused_with_a_sentence(self, browser):
        answer = browser.ask("/", since="yesterday")
        assert answer["statusCode"] == 400
        assert "'yesterday' is no day." in text_of(answer["body"])

    @pytest.mark.parametrize("token", ["nonsense", "e30=", "W10=", "eyJwayI6MX0="])
    def test_a_page_token_that_is_none_is_refused(self, browser, token):
        assert browser.ask("/", page=token)["statusCode"] == 400


class TestADocument:
    def test_its_story_bytes_and_reason_are_shown(self, browser, invoice):
        said = text_of(browser.get("/document", id=invoice))
        assert "no supplier" in said
        assert "received" in said
        assert "BIG*" in said

    def test_findings_are_marked_in_place(self, browser, parts):
        tell_received(parts, "m-3-1", "INV-3", INVOICE.read_bytes().replace(b"SE*", b"SE*9"))
        page = browser.get("/document", id="m-3-1")
        assert re.search(r'<li class="found">.*?SE.*?<mark>', page, re.DOTALL)

    def test_one_that_nobody_knows_is_refused(self, browser):
        answer = browser.ask("/document", id="m-9")
        assert answer["statusCode"] == 400
        assert "There is nothing with the id 'm-9'." in text_of(answer["body"])

    def test_the_bytes_are_downloaded_as_they_came(self, browser, invoice):
        import base64

        answer = browser.ask("/bytes", id=invoice)
        assert base64.b64decode(answer["body"]) == INVOICE.read_bytes()
        assert answer["headers"]["Content-Disposition"].startswith("attachment")


class TestRights:
    @pytest.mark.parametrize("path", PAGES)
    def test_nobody_sees_anything_without_being_verified(self, visit, path):
        nobody = visit()
        nobody.authorizer = {}
        assert nobody.ask(path, id="m-1-1")["statusCode"] == 403

    @pytest.mark.parametrize("path", PAGES)
    def test_a_person_without_the_right_is_told_so(self, visit, path):
        answer = visit("act").ask(path, id="m-1-1")
        assert answer["statusCode"] == 403
        assert "may not" in text_of(answer["body"])

    def test_contents_are_kept_from_those_who_only_read(self, visit, invoice):
        said = text_of(visit("read").get("/document", id=invoice))
        assert "BIG*" not in said
        assert "Replay" not in said
        assert visit("read").ask("/bytes", id=invoice)["statusCode"] == 403

    def test_reading_gives_no_right_to_act(self, visit, invoice):
        answer = visit("read").act(invoice, "hold", reason="because")
        assert answer["statusCode"] == 403

    def test_a_callers_arn_gives_rights_by_its_pattern(self, parts, invoice):
        parts.environment.variables["CONSOLE_READ"] = "arn:aws:sts::1:assumed-role/Clerk/*"
        clerk = Browser(parts)
        clerk.authorizer = {"iam": {"userArn": "arn:aws:sts::1:assumed-role/Clerk/kari"}}
        assert invoice in clerk.get("/")
        clerk.authorizer = {"iam": {"userArn": "arn:aws:sts::1:assumed-role/Other/kari"}}
        assert clerk.ask("/")["statusCode"] == 403


class TestActing:
    def test_a_replay_starts_the_document_and_is_recorded_with_who_and_why(self, browser, parts, invoice):
        answer = browser.act(invoice, "replay", reason="supplier added")
        assert answer["statusCode"] == 303
        assert answer["headers"]["Location"] == f"/document?id={invoice}&done=replay"
        (started,) = parts.started.values()
        assert started["document"]["id"] == invoice
        event = next(one for one in parts.queries.events(invoice) if one["event"] == "replayed")
        assert event["actor"] == "kari@example.no (s-1)"
        assert event["facts"]["reason"] == "supplier added"

    def test_hold_release_review_close(self, browser, parts, invoice):
        for action, status in [
            ("hold", "held"),
            ("release", "processing"),
            ("review", "processing"),
            ("close", "closed"),
        ]:
            assert browser.act(invoice, action, reason="because")["statusCode"] == 303, action
            assert parts.queries.state(invoice)["status"] == status

    def test_a_reroute_names_whom_it_goes_to(self, browser, parts, invoice):
        assert (
            browser.act(invoice, "reroute", reason="theirs", partner="malmberg-verktyg")["statusCode"] == 303
        )
        assert parts.queries.state(invoice)["partner"] == "malmberg-verktyg"

    @pytest.mark.parametrize("reason", ["", "   "])
    def test_no_action_without_a_reason(self, browser, parts, invoice, reason):
        answer = browser.act(invoice, "replay", reason=reason)
        assert answer["statusCode"] == 400
        assert "No reason was given." in text_of(answer["body"])
        assert not parts.started

    @pytest.mark.parametrize(
        "headers",
        [
            {},
            {"origin": "https://evil.example"},
            {"origin": "https://console.example", "sec-fetch-site": "cross-site"},
            {"sec-fetch-site": "same-site"},
            {"origin": "null"},
        ],
    )
    def test_another_page_acts_in_nobodys_name(self, browser, parts, invoice, headers):
        assert browser.act(invoice, "replay", reason="x", headers=headers)["statusCode"] == 403
        assert not parts.started

    def test_a_token_of_another_cookie_or_person_is_worth_nothing(self, browser, visit, parts, invoice):
        assert browser.act(invoice, "replay", reason="x", token="0" * 64)["statusCode"] == 403
        other = visit("read", "act", name="ola@example.no")
        other.cookies = browser.cookies
        page = browser.get("/document", id=invoice)
        token = re.search(r'name="token" value="(\w+)"', page)[1]
        assert other.act(invoice, "replay", reason="x", token=token)["statusCode"] == 403
        assert not parts.started

    def test_a_reroute_to_no_entity_is_refused(self, browser, parts, invoice):
        answer = browser.act(invoice, "reroute", reason="x", entity="poem")
        assert answer["statusCode"] == 400
        assert "There is no entity 'poem'." in text_of(answer["body"])
        assert not parts.started

    def test_an_unknown_action_is_refused(self, browser, invoice):
        assert browser.act(invoice, "delete", reason="x")["statusCode"] == 400


class TestHostileData:
    def test_no_page_says_what_partners_wrote_as_markup_or_turns_around(self, browser, hostile):
        for path, query in [
            ("/", {}),
            ("/", {"number": HOSTILE}),
            ("/", {"partner": HOSTILE, "type": HOSTILE}),
            ("/document", {"id": hostile}),
            ("/document", {"id": HOSTILE}),
            ("/partner", {"id": "great-lakes-tools"}),
            ("/partner", {"id": HOSTILE}),
            ("/overview", {}),
        ]:
            body = browser.ask(path, **query)["body"]
            assert "<script>alert" not in body
            assert "<b>x" not in body
            assert "\u202e" not in body

    def test_a_redirect_stays_what_it_is(self, browser, parts):
        item = "x\r\nSet-Cookie: a=b&done=//evil"
        tell_received(parts, item, "N")
        answer = browser.act("m", "review", id=item, reason="x", token="")
        assert "\n" not in str(answer["headers"])


class TestAnswers:
    @pytest.mark.parametrize("path", PAGES)
    def test_every_answer_forbids_scripts_of_others(self, browser, invoice, path):
        policy = browser.ask(path, id=invoice)["headers"]["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy

    def test_pages_hold_neither_inline_scripts_nor_styles(self, browser, invoice):
        for path in ("/", "/overview", "/matching"):
            body = browser.get(path)
            assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son\w+=", body)

    def test_what_pages_load_is_kept_by_browsers(self, browser):
        page = browser.get("/")
        for found in re.findall(r'"(/static/[\w.]+)\?v=\w{12}"', page):
            assert "immutable" in browser.ask(found)["headers"]["Cache-Control"]
        assert browser.ask("/static/../app.py")["statusCode"] == 404

    def test_an_unknown_page_says_so(self, browser):
        assert browser.ask("/nothing")["statusCode"] == 404


def test_the_overview_shows_partners_and_volume(browser, invoice):
    page = browser.get("/overview")
    assert "Great Lakes Tools" in text_of(page)
    assert "<title>" in page.split("<svg")[1]


def test_the_overview_counts_what_each_partner_sent(browser, invoice):
    row = browser.get("/overview").split("Great Lakes Tools")[1].split("</tr>")[0]
    assert '<td data-label="Received" class="number">1</td>' in row


def test_a_partners_page_shows_its_documents_and_their_ends(browser, parts, invoice):
    page = browser.get("/partner", id="great-lakes-tools")
    assert invoice in page
    assert "1 stopped</title>" in page
    parts.tell(invoice, "posted", state={"visma_number": "1"})
    page = browser.get("/partner", id="great-lakes-tools")
    assert "1 done</title>" in page
    assert "none lately" not in page


def test_matching_is_shown_by_partner(browser, parts, invoice):
    match = {"result": "exception", "variances": [{"name": "price", "tolerated": False}]}
    parts.tell(invoice, "matched", state={"entity": "SupplierInvoice"}, facts={"match": match})
    assert "price 1" in text_of(browser.get("/matching"))


def test_a_large_interchange_shows_its_documents_page_by_page(browser, parts, monkeypatch):
    monkeypatch.setattr("ml_connector.console.documents._CHILDREN", 2)
    parts.tell("m-1", "split", state={"kind": "interchange", "parent": "m"})
    documents = [f"m-1-{number}" for number in range(1, 6)]
    for document in documents:
        parts.tell(document, "received", state={"kind": "document", "parent": "m-1"})
    seen, query = [], {"id": "m-1"}
    while query:
        page = browser.get("/document", **query)
        seen += dict.fromkeys(re.findall(r"\?id=(m-1-\d)\"", page))
        following = re.search(r'href="/document\?([^"]+)#inside"', page)
        query = dict(parse_qsl(html.unescape(following[1]))) if following else {}
    assert seen == documents
