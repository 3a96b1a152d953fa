from __future__ import annotations

import pytest
from tests.audit_store import INVOICE, tell_received


class TestList:
    def test_filters_all_have_to_fit(self, run_json, invoices):
        found = run_json("documents", "list", "--partner", "great-lakes-tools", "--status", "failed")
        assert [one["item"] for one in found["documents"]] == ["m-1-3", "m-1-2"]

    def test_a_number_of_either_system_finds_the_document(self, run_json, invoices):
        for number in ("INV-5", "100045"):
            found = run_json("documents", "list", "--number", number)
            assert [one["item"] for one in found["documents"]] == ["m-1-5"]

    @pytest.mark.parametrize("narrowing", [[], ["--status", "failed"], ["--partner", "great-lakes-tools"]])
    def test_pages_continue_without_gap_or_repeat(self, run_json, invoices, narrowing):
        whole = [one["item"] for one in run_json("documents", "list", *narrowing)["documents"]]
        paged, token = [], []
        while token is not None:
            page = run_json("documents", "list", *narrowing, "--limit", "2", *token)
            assert len(page["documents"]) <= 2
            paged += [one["item"] for one in page["documents"]]
            token = ["--page", page["next_page"]] if page["next_page"] else None
        assert paged == whole
        assert len(whole) >= 3

    def test_a_period_in_the_past_is_empty(self, run_json, invoices):
        assert run_json("documents", "list", "--since", "3d", "--until", "1d")["documents"] == []

    def test_a_time_that_is_none_is_wrong_usage(self, run_cli, invoices):
        result = run_cli("documents", "list", "--since", "yesterday")
        assert result.exit_code == 2
        assert "no moment" in result.stderr

    def test_people_get_a_table(self, run_cli, invoices):
        result = run_cli("documents", "list", "--type", "810")
        assert result.exit_code == 0
        assert "price differs" in result.stdout


class TestShow:
    def test_the_story_names_events_and_execution(self, run_json, invoices):
        shown = run_json("documents", "show", "m-1-5")
        assert [event["event"] for event in shown["events"]] == ["received", "posted"]
        assert shown["execution"]["arn"].endswith(":run")
        assert "region=eu-north-1" in shown["execution"]["link"]

    def test_an_unknown_document_is_refused(self, run_cli, invoices):
        assert run_cli("documents", "show", "nobody").exit_code == 1


class TestRaw:
    def test_segments_are_numbered_and_findings_stand_in_place(self, run_json, parts):
        content = INVOICE.read_bytes().replace(b"BIG*2026", b"BIG*20X6", 1)
        assert content != INVOICE.read_bytes()
        tell_received(parts, "m-2-1", "GL-7001", content)
        segments = run_json("documents", "raw", "m-2-1")["segments"]
        assert [segment["number"] for segment in segments] == list(range(1, len(segments) + 1))
        (marked,) = [segment for segment in segments if segment["findings"]]
        assert marked["tag"] == "BIG"

    def test_people_see_the_place_marked(self, run_cli, parts):
        content = INVOICE.read_bytes().replace(b"BIG*2026", b"BIG*20X6", 1)
        tell_received(parts, "m-2-1", "GL-7001", content)
        result = run_cli("documents", "raw", "m-2-1")
        assert "^^^^" in result.stdout

    def test_the_bytes_themselves_come_unchanged(self, run_cli, invoices):
        assert run_cli("documents", "raw", "m-1-1", "--bytes").stdout_bytes == INVOICE.read_bytes()


class TestReplay:
    def test_after_an_outage_it_goes_on_and_after_a_mended_file_it_starts_anew(
        self, run_json, parts, invoices
    ):
        done = run_json("documents", "replay", "--failed", "--reason", "mended", "--yes")["replayed"]
        ways = {one["document"]: one["way"] for one in done}
        assert ways == {"m-1-1": "redrive", "m-1-2": "redrive", "m-1-3": "anew"}
        assert parts.redriven == ["arn:execution:1", "arn:execution:2"]
        assert list(parts.started) == ["810-great-lakes-tools-INV-3-m-1-3-r1"]

    def test_what_step_functions_does_not_redrive_starts_anew(self, run_json, parts, invoices):
        parts.redrivable = False
        (done,) = run_json("documents", "replay", "m-1-2", "--reason", "x")["replayed"]
        assert (done["way"], done["attempt"]) == ("anew", 1)

    def test_a_bulk_replay_previews_and_asks(self, run_cli, parts, invoices):
        result = run_cli("documents", "replay", "--failed", "--reason", "x", stdin="n\n")
        assert result.exit_code == 1
        assert "2 go on where they stopped, 1 start anew" in " ".join(result.stderr.split())
        assert not parts.started
        assert not parts.redriven

    def test_a_dry_run_needs_no_reason_and_does_nothing(self, run_json, parts, invoices):
        plan = run_json("documents", "replay", "--failed", "--error", "supplier", "--dry-run")["plan"]
        assert [(one["document"], one["way"]) for one in plan] == [("m-1-3", "anew")]
        assert not parts.started

    def test_interrupted_the_same_command_does_the_rest(self, run_json, parts, invoices, monkeypatch):
        stop_after_first(parts)
        words = ("documents", "replay", "--failed", "--reason", "x", "--yes")
        first = run_json(*words, code=1)["replayed"]
        parts.interrupt = False
        rest = run_json(*words)["replayed"]
        assert [one["document"] for one in first + rest] == ["m-1-1", "m-1-2", "m-1-3"]

    def test_a_reason_is_asked_for(self, run_cli, invoices):
        assert run_cli("documents", "replay", "m-1-3").exit_code == 2

    def test_ids_or_failed_but_not_both(self, run_cli, invoices):
        assert run_cli("documents", "replay", "--reason", "x").exit_code == 2
        assert run_cli("documents", "replay", "m-1-1", "--failed", "--reason", "x").exit_code == 2

    def test_who_and_why_are_recorded(self, run_json, parts, invoices):
        run_json("documents", "replay", "m-1-3", "--reason", "supplier added")
        event = parts.queries.events("m-1-3")[-1]
        assert (event["event"], event["facts"]["reason"]) == ("replayed", "supplier added")
        assert event["actor"]


def stop_after_first(parts):
    parts.interrupt = True
    kept = parts.redriver()

    def redriver():
        def redrive(execution):
            if parts.interrupt and parts.redriven:
                raise KeyboardInterrupt
            return kept(execution)

        return redrive

    parts.redriver = redriver


def tell_leaving(parts):
    reference = parts.documents.put("outbound/out-1.edi", b"UNB").model_dump()
    state = {"kind": "document", "direction": "out", "type": "PurchaseOrder", "number": "000051"}
    parts.tell("out-1", "formatted", state={**state, "partner": "malmberg-verktyg", "bytes": reference})


class TestDecisions:
    def test_a_released_document_goes_on_past_what_held_it(self, run_json, parts, invoices):
        done = run_json("documents", "release", "m-1-4", "--reason", "price agreed")
        assert parts.started[done["execution"]]["instructions"] == {"released": True}
        assert parts.queries.state("m-1-4")["status"] == "processing"

    def test_a_held_document_is_stopped_and_released_again(self, run_json, parts, invoices):
        run_json("documents", "hold", "m-1-3", "--reason", "wait for the buyer")
        assert parts.queries.state("m-1-3")["held_because"] == "wait for the buyer"
        done = run_json("documents", "release", "m-1-3", "--reason", "the buyer agrees")
        assert "held_because" not in parts.queries.state("m-1-3")
        assert "instructions" not in parts.started[done["execution"]]

    def test_what_is_in_visma_is_not_held(self, run_cli, invoices):
        result = run_cli("documents", "hold", "m-1-5", "--reason", "x")
        assert result.exit_code == 1
        assert "SupplierInvoice 100045" in result.stderr

    def test_a_reroute_keeps_the_bytes_and_says_what_to_do_otherwise(self, run_json, parts, invoices):
        before = parts.queries.state("m-1-3")["bytes"]
        done = run_json(
            *("documents", "reroute", "m-1-3", "--partner", "malmberg-verktyg", "--set", "currency=SEK"),
            *("--entity", "log", "--reason", "wrong address"),
        )
        started = parts.started[done["execution"]]
        assert started["instructions"] == {"entity": "log", "fields": {"currency": "SEK"}}
        assert started["document"]["partner"] == "malmberg-verktyg"
        assert parts.queries.state("m-1-3")["bytes"] == before
        facts = parts.queries.events("m-1-3")[-1]["facts"]
        assert (facts["reason"], facts["from"]) == ("wrong address", "great-lakes-tools")

    def test_a_document_that_leaves_is_sent_to_another_mailbox(self, run_json, run_cli, parts):
        tell_leaving(parts)
        words = ("documents", "reroute", "out-1", "--reason", "moved")
        assert run_cli(*words, "--entity", "log").exit_code == 1
        done = run_json(*words, "--mailbox", "/acme/New")
        started = parts.started[done["execution"]]
        assert (started["machine"], done["way"]) == ("SEND_MACHINE", "send")
        assert started["instructions"] == {"mailbox": "/acme/New"}
        assert started["formatted"]["key"] == "outbound/out-1.edi"

    @pytest.mark.parametrize("words", [["--partner", "nobody"], ["--entity", "poem"], ["--set", "currency"]])
    def test_a_reroute_to_nowhere_is_wrong_usage(self, run_cli, parts, invoices, words):
        assert run_cli("documents", "reroute", "m-1-3", *words, "--reason", "x").exit_code == 2
        assert not parts.started

    def test_a_closed_document_leaves_the_open_lists(self, run_json, invoices):
        run_json("documents", "review", "m-1-3", "--reason", "booked by hand", "--close")
        listed = run_json("documents", "list", "--status", "failed")["documents"]
        assert "m-1-3" not in [one["item"] for one in listed]

    @pytest.mark.parametrize("action", ["hold", "release", "review"])
    def test_no_action_without_a_reason(self, run_cli, invoices, action):
        assert run_cli("documents", action, "m-1-4").exit_code == 2
