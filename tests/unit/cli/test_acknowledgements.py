from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from ml_connector.store.audit import Origin
from ml_connector.workflow.acknowledgements import OverdueCheck, check_overdue, mark_overdue


class Marks:
    def __init__(self):
        self.kept = {}

    def read(self, name):
        return self.kept.get(name, {})

    def write(self, name, **facts):
        self.kept[name] = facts


def send(parts, item, number, *, ago=timedelta(0), partner="malmberg-verktyg", standard="edifact"):
    at = datetime.now(UTC) - ago
    state = {
        "kind": "document",
        "direction": "out",
        "standard": standard,
        "type": "PurchaseOrder",
        "number": number,
        "partner": partner,
        "control_number": number,
    }
    parts.audit.record(item, "sent", origin=Origin(step="send", entered_at=at), state=state, at=at)


@pytest.fixture
def sent(parts):
    send(parts, "old", "1", ago=timedelta(hours=30))
    send(parts, "new", "2")
    send(parts, "answered", "3", ago=timedelta(hours=40))
    parts.tell("answered", "accepted", state={"acknowledgement": "accepted"})
    return parts


def test_what_was_sent_is_listed_with_its_answer(sent, run_json):
    rows = {row["id"]: row for row in run_json("acknowledgements", "list")}
    assert {name: (row["status"], row["verdict"]) for name, row in rows.items()} == {
        "old": ("sent", ""),
        "new": ("sent", ""),
        "answered": ("accepted", "accepted"),
    }
    assert rows["answered"]["due"] is None


def test_overdue_lists_what_had_its_partners_time(sent, run_json):
    assert [row["id"] for row in run_json("acknowledgements", "list", "--overdue")] == ["old"]


def test_another_partners_documents_are_left_out(sent, run_json):
    assert run_json("acknowledgements", "list", "--partner", "great-lakes-tools") == []


def test_people_see_a_table(sent, run_cli):
    result = run_cli("acknowledgements", "list", "--overdue")
    assert "PurchaseOrder 1" in result.stdout


def test_the_check_marks_each_overdue_document_once(sent):
    now = datetime.now(UTC)
    assert mark_overdue(sent.configuration, sent.queries, sent.audit, now) == 1
    assert mark_overdue(sent.configuration, sent.queries, sent.audit, now) == 0
    state = sent.queries.state("old")
    assert state["open_status"] == "overdue"
    assert "has not answered control number 1" in state["reason"]


def test_the_check_is_made_once_an_hour(sent):
    now = datetime.now(UTC)
    check = OverdueCheck(sent.configuration, sent.queries, sent.audit, Marks())
    assert check_overdue(check, now) == 1
    send(sent, "older", "4", ago=timedelta(hours=50))
    assert check_overdue(check, now + timedelta(minutes=59)) == 0
    assert check_overdue(check, now + timedelta(minutes=61)) == 1


def test_what_no_acknowledgement_can_answer_is_never_overdue(parts, run_json):
    send(parts, "tradacoms", "5", ago=timedelta(days=9), standard="tradacoms")
    assert run_json("acknowledgements", "list", "--overdue") == []
