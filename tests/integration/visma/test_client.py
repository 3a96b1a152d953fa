"""The client against the simulator on the wire: token, paging, limits, and what it sends with each call."""

from __future__ import annotations

import time
from datetime import datetime

import pytest
from local.visma.faults import FaultPlan, Rule
from local.visma.limits import RateLimit
from tests.integration.visma.world import CHANGED_ORDER, KINDS

from ml_connector.errors import OutcomeUnknown, Rejected, Unavailable
from ml_connector.visma.attachments import attach_rendering
from ml_connector.visma.calls import http_client
from ml_connector.visma.paging import changed_since
from ml_connector.visma.settings import VismaSettings
from ml_connector.visma.wire import path_key

ORDER, INVOICE, CREDIT_NOTE = KINDS[:3]
PATH = f"/v1/purchaseorder/{CHANGED_ORDER}"
EDI = b"UNB+UNOC:3+7300010000032:14+7000010000017:14+260320:1000+1'"


def answers_of(client):
    """The answers that come from now on, as they are on the wire."""
    seen = []
    client._http.event_hooks = {"response": [seen.append]}
    return seen


def test_one_token_serves_many_calls(world):
    with world.client() as client:
        for _ in range(3):
            client.get("/v1/branch")
        assert (client.token_renewals, client.calls) == (1, 3)


def test_a_refused_token_is_renewed_once_more(world):
    world.simulator.faults = FaultPlan([Rule("expired_token", path="/v1/branch")])
    with world.client() as client:
        assert client.get("/v1/branch").body
        assert (client.token_renewals, client.calls) == (2, 2)


def test_a_token_near_its_end_is_renewed_before_a_call_needs_it(world):
    world.simulator.identity._lifetime = 1
    with world.client() as client:
        client.get("/v1/branch")
        client._erp_tokens._clock = lambda: time.monotonic() + 0.6
        client.get("/v1/branch")
        assert (client.token_renewals, client.calls) == (2, 2)


def test_each_company_has_a_token_of_its_own(world):
    with world.client() as one, world.client() as other:
        one.get("/v1/branch")
        other.get("/v1/branch")
    assert world.http_calls().count("POST /connect/token") == 2


def test_pages_are_read_to_the_end_without_a_row_twice(world):
    world.settings = world.settings.model_copy(update={"page_size": 3})
    with world.client() as client:
        numbers = [row["number"] for row in client.rows("/v1/supplier")]
    assert len(numbers) == len(set(numbers)) == len(world.simulator.company.table("supplier"))


def test_a_delta_sends_its_condition_and_gets_only_what_changed(world):
    with world.client() as client:
        since = changed_since(datetime(2999, 1, 1))  # noqa: DTZ001 - Visma's times have no zone
        assert list(client.rows("/v1/supplier", since)) == []
    query = world.simulator.journal.entries()[-1]["query"]
    assert query["lastmodifieddatetimecondition"] == ">="


def test_a_throttled_call_says_how_long_to_wait(world):
    world.simulator.faults = FaultPlan([Rule("throttle", path="/v1/branch", seconds=9)])
    with world.client() as client, pytest.raises(Unavailable) as caught:
        client.get("/v1/branch")
    assert caught.value.retry_after == 9


def test_the_client_knows_how_many_calls_the_company_has_left(world):
    world.simulator.limits = RateLimit(limit=500)
    with world.client() as client:
        assert client.rate_left is None
        client.get("/v1/branch")
        client.get("/v1/branch")
        assert client.rate_left == 498


def test_a_window_that_is_used_up_says_when_it_ends(world):
    world.simulator.limits = RateLimit(limit=1, window=600)
    with world.client() as client:
        client.get("/v1/branch")
        with pytest.raises(Unavailable) as caught:
            client.get("/v1/branch")
        assert client.rate_left == 0
    assert 590 <= caught.value.retry_after <= 600


def test_each_call_names_company_and_caller(world):
    with world.client() as client:
        client.get("/v1/branch")
    call = world.simulator.journal.entries()[-1]
    assert (call["company"], call["user_agent"]) == ("4242", world.settings.user_agent)


def test_another_company_s_list_is_empty(world):
    world.settings = world.settings.model_copy(update={"company_id": "9999"})
    with world.client() as client:
        assert list(client.rows("/v1/supplier")) == []


def test_the_four_timeouts_are_the_settings(world):
    with http_client(world.settings) as http:
        given = http.timeout
    wanted = world.settings
    assert (given.connect, given.read) == (wanted.connect_timeout, wanted.read_timeout)
    assert (given.write, given.pool) == (wanted.write_timeout, wanted.pool_timeout)


def test_a_call_may_take_the_four_minutes_that_visma_gives_it():
    settings = VismaSettings()
    assert settings.read_timeout > 240
    assert settings.connect_timeout <= 10
    assert settings.lease_seconds > settings.settle_seconds > settings.server_limit > 240


def test_large_answers_come_packed(world):
    with world.client() as client:
        seen = answers_of(client)
        assert client.get("/v1/inventory").body
    assert "gzip" in seen[-1].request.headers["Accept-Encoding"]
    assert seen[-1].headers["Content-Encoding"] == "gzip"


def test_warm_invocations_share_one_connection(world):
    with world.client() as client:
        seen = answers_of(client)
        for _ in range(5):
            client.get("/v1/branch")
        ports = {answer.extensions["network_stream"].get_extra_info("client_addr") for answer in seen}
    assert len(seen) == 6
    assert len(ports) == 1


def test_a_connection_that_broke_is_made_anew_for_a_read(world):
    world.simulator.faults = FaultPlan([Rule("cut_before", path="/v1/branch")])
    with world.client() as client:
        assert client.get("/v1/branch").body


def test_a_page_of_html_in_answer_to_a_write_is_a_doubt(world):
    world.simulator.faults = FaultPlan([Rule("no_json", method="PUT")])
    with world.client() as client, pytest.raises(OutcomeUnknown, match="no JSON"):
        client.change(PATH, change_note("ours"))


def test_a_body_that_comes_too_slowly_leaves_a_write_in_doubt(world):
    world.lose_patience()
    world.simulator.faults = FaultPlan([Rule("slow_body", path="*/action/release", seconds=0.4)])
    with world.client() as client:
        created = client.create("/v1/supplierInvoice", INVOICE.body.model_copy(update={"hold": False}).body())
        with pytest.raises(OutcomeUnknown, match="ReadTimeout"):
            client.act(f"/v1/supplierInvoice/{created.number}/action/release")


def test_keys_with_reserved_characters_reach_their_document(world):
    number = "HUB/26 #7+?"
    body = ORDER.body.model_copy(update={"order_number": number, "override_number_series": True})
    with world.client() as client:
        client.create("/v1/purchaseorder", body.body())
        assert client.get(f"/v1/purchaseorder/{path_key(number)}").body["orderNbr"] == number
    assert "/b64(" in world.simulator.journal.entries()[-1]["path"]


def change_note(text):
    return {"note": {"value": text}}


def test_a_document_that_somebody_changed_meanwhile_is_read_again(world):
    def change(order):
        if not tried:
            with world.client() as other:
                other.change(PATH, change_note("theirs"))
        tried.append(order.get("note"))
        return change_note(f"ours after {order.get('note')}")

    tried = []
    with world.client() as client:
        version = client.edit(PATH, change)
        assert client.get(PATH).etag == version
        assert client.get(PATH).body["note"] == "ours after theirs"
    assert len(tried) == 2


def test_a_change_of_an_old_version_is_refused(world):
    with world.client() as client:
        first = client.get(PATH)
        client.change(PATH, change_note("a"), etag=first.etag)
        with pytest.raises(Unavailable) as caught:
            client.change(PATH, change_note("b"), etag=first.etag)
        assert caught.value.context["status"] == 412
        assert client.get(PATH).body["note"] == "a"


def test_an_edit_that_always_comes_too_late_gives_up(world):
    def change(_):
        with world.client() as other:
            other.change(PATH, change_note("theirs"))
        return change_note("ours")

    with world.client() as client, pytest.raises(Unavailable) as caught:
        client.edit(PATH, change, attempts=2)
    assert caught.value.context["status"] == 412


def test_a_background_request_is_waited_for_and_gives_its_number(world):
    world.simulator.faults = FaultPlan(
        [Rule("background", method="POST", path="/v1/purchaseorder", seconds=0.05)]
    )
    with world.client() as client:
        created = client.create("/v1/purchaseorder", ORDER.body.body())
    assert created.number in world.simulator.company.table("purchase_order")


def test_what_a_background_request_was_refused_for_is_told(world):
    world.simulator.faults = FaultPlan([Rule("background", method="POST", path="/v1/purchaseorder")])
    wrong = ORDER.body.model_copy(update={"supplier": "77777"})
    with world.client() as client, pytest.raises(Rejected, match="77777") as caught:
        client.create("/v1/purchaseorder", wrong.body())
    assert caught.value.context["visma_id"]


@pytest.mark.parametrize("kind", [INVOICE, CREDIT_NOTE], ids=lambda kind: kind.name)
def test_the_edi_and_its_rendering_are_attached_to_the_document(world, kind):
    with world.client() as client:
        created = client.create("/v1/supplierInvoice", kind.body.body())
        facts = {"Partner": "malmberg-verktyg"}
        ids = {
            attach_rendering(client, kind.body, created.number, title="INVOIC MV/1", facts=facts, edi=EDI)
            for _ in range(2)
        }
    (invoice,) = world.simulator.company.table("supplier_invoice").values()
    (attached,) = invoice["attachments"]
    assert (ids, attached["revision"], attached["name"]) == ({attached["id"]}, 2, "INVOIC_MV_1.html")
    _, page, media_type = world.simulator.company.files[attached["id"]]
    assert media_type == "text/html"
    assert b"malmberg-verktyg" in page
    assert b"UNB+UNOC:3" in page


def test_each_shape_of_error_is_read_from_the_wire(world):
    said = {}
    for kind in ("error", "text_error", "empty_error"):
        world.simulator.faults = FaultPlan([Rule(kind, path="/v1/branch", status=500)])
        with world.client() as client, pytest.raises(Unavailable) as caught:
            client.get("/v1/branch")
        said[kind] = caught.value.context
    assert said["error"]["visma_id"]
    assert said["text_error"]["visma_message"] == "The service is unavailable."
    assert said["empty_error"]["visma_message"] == "HTTP 500"
    world.settings = replace_company(world.settings)
    with world.client() as client, pytest.raises(Exception, match="ipp-company-id") as caught:
        client.create("/v1/purchaseorder", ORDER.body.body())
    assert caught.value.context["fault_code"] == "12002"


def replace_company(settings):
    return settings.model_copy(update={"company_id": "9999"})
