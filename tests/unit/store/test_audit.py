from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from tests.audit_store import create_audit_table

from ml_connector.errors import Rejected
from ml_connector.store.audit import AuditTrail, Origin
from ml_connector.store.audit_queries import AuditQueries

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


class Clock:
    def __init__(self):
        self.now = NOON

    def __call__(self):
        return self.now

    def tick(self, seconds=1):
        self.now += timedelta(seconds=seconds)
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def dynamodb(aws):
    client = aws.client("dynamodb")
    create_audit_table(client)
    return client


@pytest.fixture
def trail(dynamodb, clock):
    return AuditTrail(dynamodb, "audit", clock=clock)


@pytest.fixture
def queries(dynamodb):
    return AuditQueries(dynamodb, "audit")


def visit(step="parse", **more):
    return Origin(step=step, execution="arn:x", entered_at=NOON, **more)


def test_an_event_is_appended_and_moves_the_state(trail, queries):
    assert trail.record("d1", "parsed", origin=visit(), state={"partner": "acme", "number": "4711"})
    state = queries.state("d1")
    assert (state["status"], state["partner"], state["open_status"]) == ("processing", "acme", "processing")
    assert [e["event"] for e in queries.events("d1")] == ["parsed"]


def test_the_same_visit_records_an_event_once(trail, queries, clock):
    trail.record("d1", "parsed", origin=visit())
    clock.tick()
    assert not trail.record("d1", "parsed", origin=visit())
    assert len(queries.events("d1")) == 1
    assert queries.day_totals("2026-03-02") == {"-": {"parsed": 1}}


def test_what_happened_to_many_documents_is_counted_in_several_rows_that_add_up(trail, queries, dynamodb):
    for number in range(50):
        trail.record(f"d{number}", "parsed", origin=visit(), state={"partner": "acme"})
    assert queries.day_totals("2026-03-02") == {"acme": {"parsed": 50}}
    rows = [row for row in dynamodb.scan(TableName="audit")["Items"] if row["pk"]["S"].startswith("DAY#")]
    assert len(rows) > 8
    assert max(int(row["happened"]["N"]) for row in rows) < 12


def test_a_retry_records_its_own_event(trail, queries):
    trail.record("d1", "delayed", origin=visit())
    trail.record("d1", "delayed", origin=visit(retry=1))
    assert len(queries.events("d1")) == 2


def test_a_late_event_is_appended_but_does_not_move_the_state_back(trail, queries, clock):
    clock.tick(10)
    trail.record("d1", "posted", origin=visit("post"))
    clock.tick(-5)
    assert trail.record("d1", "failed", origin=visit("outcome"), state={"reason": "late news"})
    assert queries.state("d1")["status"] == "posted"
    assert [e["event"] for e in queries.events("d1")] == ["failed", "posted"]


def test_the_beginning_of_a_story_told_again_does_not_take_the_item_back(trail, queries, clock):
    trail.record("d1", "received", origin=visit("split"), first=True)
    trail.record("d1", "posted", origin=visit("post"))
    clock.tick()
    assert trail.record("d1", "received", origin=visit("split", retry=1), first=True)
    assert queries.state("d1")["status"] == "posted"


def test_a_message_that_could_not_be_read_at_first_is_given_its_bytes(trail, queries, clock):
    trail.record("m1", "delayed", origin=visit("poll"), state={"kind": "message", "bytes": None})
    clock.tick()
    trail.record(
        "m1", "received", origin=visit("poll", retry=1), state={"bytes": {"key": "raw/1"}}, first=True
    )
    assert queries.state("m1")["bytes"] == {"key": "raw/1"}
    assert queries.state("m1")["status"] == "received"


def test_bytes_told_again_do_not_take_the_item_back(trail, queries, clock):
    told = {"state": {"bytes": {"key": "raw/1"}}, "first": True}
    trail.record("m1", "received", origin=visit("poll"), **told)
    clock.tick()
    trail.record("m1", "split", origin=visit("split"))
    clock.tick()
    trail.record("m1", "received", origin=visit("poll", retry=1), **told)
    assert queries.state("m1")["status"] == "split"


def test_what_is_written_expires_when_its_time_is_over_and_the_state_with_its_latest_event(dynamodb, clock):
    keeping = AuditTrail(dynamodb, "audit", kept_days=10, clock=clock)
    keeping.record("d1", "parsed", origin=visit(), numbers={"invoice": "4711"})
    clock.tick(86_400)
    keeping.record("d1", "posted", origin=visit("post"))
    rows = dynamodb.query(
        TableName="audit",
        KeyConditionExpression="pk = :pk",
        ExpressionAttributeValues={":pk": {"S": "ITEM#d1"}},
    )["Items"]
    days = {row["sk"]["S"].split("#")[-1]: int(row["expires_at"]["N"]) // 86_400 for row in rows}
    assert days["posted"] == days["META"] == days["parsed"] + 1 == days["4711"] + 1


def test_an_event_names_the_configuration_that_was_gone_by(dynamodb, queries, clock):
    versions = iter(("7f3a", ""))
    trail = AuditTrail(dynamodb, "audit", configuration_version=lambda: next(versions), clock=clock)
    trail.record("d1", "mapped", origin=visit())
    trail.record("d1", "posted", origin=visit("post"))
    named = {event["event"]: event["configuration_version"] for event in queries.events("d1")}
    assert named == {"mapped": "7f3a", "posted": ""}


def test_nothing_expires_unless_asked(trail, queries):
    trail.record("d1", "parsed", origin=visit())
    assert "expires_at" not in queries.state("d1")


def test_the_state_counts_its_events_late_ones_too(trail, queries, clock):
    trail.record("d1", "parsed", origin=visit())
    trail.record("d1", "parsed", origin=visit())
    clock.tick(-5)
    trail.record("d1", "failed", origin=visit("outcome"))
    assert queries.state("d1")["event_count"] == len(queries.events("d1")) == 2


def test_a_settled_item_leaves_the_sparse_index_and_forgets_its_reason(trail, queries, clock):
    trail.record("d1", "failed", origin=visit(), state={"reason": "no supplier"})
    assert [i["item"] for i in queries.by_status("failed", limit=5).items] == ["d1"]
    clock.tick()
    trail.record("d1", "posted", origin=visit("post"))
    assert queries.by_status("failed", limit=5).items == []
    assert "reason" not in queries.state("d1")


def test_numbers_find_the_item_whatever_their_case_and_spaces(trail, queries):
    trail.record("d1", "parsed", origin=visit(), numbers={"invoice": "ab 4711", "empty": ""})
    assert [i["item"] for i in queries.by_number("AB4711")] == ["d1"]


def test_pages_continue_where_the_last_one_ended(trail, queries, clock):
    for n in range(5):
        clock.tick()
        trail.record(f"d{n}", "parsed", origin=visit(), state={"partner": "acme"})
    first = queries.by_partner("acme", limit=3)
    rest = queries.by_partner("acme", limit=3, token=first.next_token)
    assert [i["item"] for i in first.items + rest.items] == ["d4", "d3", "d2", "d1", "d0"]
    assert rest.next_token is None


def test_a_forged_page_token_is_refused(queries):
    with pytest.raises(Rejected, match="page token"):
        queries.by_partner("acme", limit=3, token="ü")


def test_children_are_found_by_their_parent_in_order(trail, queries):
    for child in ("m-1-2", "m-1-1"):
        trail.record(child, "split", origin=visit(), state={"parent": "m-1"})
    assert [i["item"] for i in queries.by_interchange("m-1").items] == ["m-1-1", "m-1-2"]


def test_facts_too_large_for_an_item_are_cut_and_say_so(trail, queries):
    trail.record("d1", "parsed", origin=visit(), facts={"small": 1, "huge": "x" * 300_000})
    facts = queries.events("d1")[0]["facts"]
    assert facts["small"] == 1
    assert "left out" in facts["cut"]
