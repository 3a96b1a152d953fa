from __future__ import annotations

import pytest
from tests.audit_store import INVOICE

from ml_connector.workflow.tickets import message_item

MESSAGE = message_item("sterling", "/lost/Inbound", "7")


@pytest.fixture
def receive(parts):
    """Record a message with one interchange in some status."""

    def tell(content, event, **state):
        raw = parts.documents.put("raw/sterling/lost/7", content).model_dump()
        facts = {"system": "sterling", "mailbox": "/lost/Inbound", "message_id": "7", "name": "a.edi"}
        parts.tell(MESSAGE, "received", state={"kind": "message", "bytes": raw}, facts={**facts, "raw": raw})
        given = {"kind": "interchange", "parent": MESSAGE, "number": "000007001", **state}
        parts.tell(f"{MESSAGE}-1", event, state=given, numbers={"control_number": "000007001"})
        return f"{MESSAGE}-1"

    return tell


def test_interchanges_are_listed_and_shown_with_their_documents(run_json, parts, receive):
    item = receive(INVOICE.read_bytes(), "split", partner="great-lakes-tools")
    parts.tell(f"{item}-1", "received", state={"kind": "document", "parent": item})
    (listed,) = run_json("interchanges", "list", "--number", "000007001")["interchanges"]
    assert listed["item"] == item
    shown = run_json("interchanges", "show", item)
    assert [one["item"] for one in shown["documents"]] == [f"{item}-1"]


def test_an_unknown_interchange_is_refused(run_cli, parts):
    assert run_cli("interchanges", "show", "nobody").exit_code == 1


def test_what_is_unassigned_is_listed_with_sender_receiver_and_first_lines(run_cli, run_json, parts, receive):
    item = receive(
        INVOICE.read_bytes(),
        "unassigned",
        sender="STRANGER",
        receiver="NORDLYS",
        reason="Nobody is known by it.",
        advice="Add it to a partner's file.",
    )
    parts.tell(item, "unassigned", facts={"first_lines": "ISA*00*STRANGER~GS*PO*STRANGER~ST*850*1~"})
    (listed,) = run_json("unassigned", "list")["unassigned"]
    assert (listed["sender"], listed["receiver"]) == ("STRANGER", "NORDLYS")
    assert listed["first_lines"].startswith("ISA*00*STRANGER")
    printed = run_cli("unassigned", "list").stdout
    for told in (
        item,
        "from STRANGER to NORDLYS",
        "GS*PO*STRANGER~",
        "Nobody is known",
        "Add it to a partner",
    ):
        assert told in printed


class TestAssign:
    def test_it_is_received_again_alone_once_its_partner_is_known(self, run_json, parts, receive):
        item = receive(INVOICE.read_bytes(), "unassigned")
        assert [one["item"] for one in run_json("unassigned", "list")["unassigned"]] == [item]
        done = run_json("unassigned", "assign", item, "--reason", "partner added")
        started = parts.started[done["execution"]]
        assert done["partner"] == "great-lakes-tools"
        assert started["machine"] == "RECEIVE_MACHINE"
        assert started["interchanges"] == [item]
        assert started["message"]["message_id"] == "7"
        assert parts.queries.events(item)[-1]["facts"]["reason"] == "partner added"

    def test_it_can_be_received_again_more_than_once(self, run_json, parts, receive):
        item = receive(INVOICE.read_bytes(), "unassigned")
        for _ in range(2):
            run_json("unassigned", "assign", item, "--reason", "partner added")
        assert list(parts.started) == [f"receive-{item}-r1", f"receive-{item}-r2"]

    def test_a_sender_still_unknown_is_wrong_configuration(self, run_cli, parts, receive):
        content = INVOICE.read_bytes()
        sender = content[35:50]
        item = receive(content.replace(sender, b"STRANGER       ", 1), "unassigned")
        result = run_cli("unassigned", "assign", item, "--reason", "x")
        assert result.exit_code == 2
        assert "STRANGER" in result.stderr
        assert not parts.started

    def test_another_partner_than_expected_is_refused(self, run_cli, parts, receive):
        item = receive(INVOICE.read_bytes(), "unassigned")
        result = run_cli("unassigned", "assign", item, "--partner", "malmberg-verktyg", "--reason", "x")
        assert result.exit_code == 1
        assert "great-lakes-tools" in result.stderr

    def test_what_is_assigned_already_is_refused(self, run_cli, receive):
        item = receive(INVOICE.read_bytes(), "split", partner="great-lakes-tools")
        assert run_cli("unassigned", "assign", item, "--reason", "x").exit_code == 1


def test_a_held_interchange_is_released(run_json, parts, receive):
    item = receive(INVOICE.read_bytes(), "held", partner="great-lakes-tools")
    done = run_json("documents", "release", item, "--reason", "both are right")
    assert parts.started[done["execution"]]["released"] is True


class TestReplay:
    """A message that failed before it became documents, and an interchange that was set aside."""

    @pytest.fixture
    def failed(self, parts, receive):
        receive(INVOICE.read_bytes(), "split", partner="great-lakes-tools")
        parts.tell(MESSAGE, "failed", state={"error": "Misconfigured", "last_execution": "arn:e:1"})
        return MESSAGE

    def replay(self, run_json, *words, code=0):
        return run_json("documents", "replay", *words, "--reason", "mended", code=code)

    def test_a_failed_message_is_received_again_whole(self, run_json, parts, failed):
        (done,) = self.replay(run_json, failed)["replayed"]
        started = parts.started[done["execution"]]
        assert (done["way"], started["machine"]) == ("receive", "RECEIVE_MACHINE")
        assert (started["message"]["message_id"], started["raw"]["key"]) == ("7", "raw/sterling/lost/7")
        assert "interchanges" not in started
        assert parts.queries.state(failed)["status"] == "processing"

    def test_after_an_outage_its_execution_goes_on(self, run_json, parts, failed):
        parts.tell(failed, "failed", state={"error": "Unavailable"})
        (done,) = self.replay(run_json, failed)["replayed"]
        assert (done["way"], parts.redriven) == ("redrive", ["arn:e:1"])

    def test_all_that_failed_has_the_messages_too(self, run_cli, run_json, parts, failed):
        preview = run_cli("documents", "replay", "--failed", "--dry-run").stdout
        assert "1 message: 1 are received again." in preview
        (done,) = self.replay(run_json, "--failed", "--yes")["replayed"]
        assert done["document"] == failed

    def test_interchanges_that_a_person_released_are_left_alone(self, run_json, parts, failed):
        parts.tell(f"{failed}-1", "split", state={"released": True})
        parts.tell(f"{failed}-2", "quarantined", state={"kind": "interchange", "parent": failed})
        (done,) = self.replay(run_json, failed)["replayed"]
        assert parts.started[done["execution"]]["interchanges"] == [f"{failed}-2"]

    def test_what_failed_on_the_way_of_a_released_interchange_is_released_again(
        self, run_json, parts, failed
    ):
        asked = {"interchanges": [f"{failed}-1"], "released": True}
        parts.tell(failed, "failed", state={"error": "Rejected", "receiving": asked})
        (done,) = self.replay(run_json, failed)["replayed"]
        started = parts.started[done["execution"]]
        assert {name: started[name] for name in asked} == asked

    def test_a_quarantined_interchange_is_received_again_alone(self, run_json, parts, receive):
        item = receive(INVOICE.read_bytes(), "quarantined", partner="great-lakes-tools")
        (done,) = self.replay(run_json, item)["replayed"]
        assert parts.started[done["execution"]]["interchanges"] == [item]

    @pytest.mark.parametrize(
        ("status", "command"), [("held", "documents release"), ("unassigned", "unassigned assign")]
    )
    def test_what_waits_for_a_decision_says_which_command_makes_it(
        self, run_json, parts, receive, status, command
    ):
        item = receive(INVOICE.read_bytes(), status)
        (refused,) = self.replay(run_json, item, code=1)["refused"]
        assert f"{command} {item}" in refused["why"]

    def test_a_message_whose_bytes_were_never_kept_is_refused(self, run_json, parts):
        parts.tell(MESSAGE, "quarantined", state={"kind": "message"}, facts={"reason": "too large"})
        (refused,) = self.replay(run_json, MESSAGE, code=1)["refused"]
        assert "no bytes" in refused["why"]
