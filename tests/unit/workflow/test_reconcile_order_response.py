from __future__ import annotations

from datetime import UTC, datetime

import pytest

from ml_connector.documents import OrderResponse, OrderResponseLine, ResponseAction, ResponseType
from ml_connector.store.audit import Origin
from ml_connector.store.objects import ObjectRef
from ml_connector.workflow.reconcile_order_response import AnsweredOrders, reconcile_order_response
from ml_connector.workflow.tickets import DocumentTicket

SENT = "sent-order"


class Found:
    """Finds items by their number, the latest first, as the audit trail's index does."""

    def __init__(self, audit):
        self._audit = audit
        self.state = audit.state

    def by_number(self, number):
        return [state for state in reversed(self._audit.states.values()) if state.get("number") == number]


class Desk:
    """Where a supplier's answers arrive."""

    def __init__(self, audit):
        self.audit = audit
        self.parts = AnsweredOrders(audit, Found(audit))
        self.send(SENT)

    def send(self, item, **other):
        kept = {"direction": "out", "type": "PurchaseOrder", "partner": "acme", "number": "PO-1"}
        self.audit.record(
            item, "sent", origin=_origin("send"), state={**kept, "control_number": "7", **other}
        )

    def answer(self, said, *lines, item="answer-1", visit="map", order="PO-1"):
        response = OrderResponse(
            order_number=order,
            response_type=said,
            lines=tuple(
                OrderResponseLine(line_number=str(place), action=action)
                for place, action in enumerate(lines, start=1)
            ),
        )
        reconcile_order_response(_ticket(item), response, self.parts, _origin(visit))

    @property
    def order(self):
        return self.audit.state(SENT)


def _origin(step):
    return Origin(step=step, execution="arn:e", entered_at=datetime(2026, 3, 2, tzinfo=UTC))


def _ticket(item):
    return DocumentTicket(
        id=item,
        direction="in",
        standard="x12",
        type="855",
        number="",
        partner="acme",
        control_number="77/0001",
        bytes=ObjectRef(bucket="b", key="k", version_id="1", sha256="0", size=1),
    )


@pytest.fixture
def desk(audit):
    return Desk(audit)


def test_an_accepted_order_says_so_and_the_answer_is_logged(desk):
    desk.answer(ResponseType.ACCEPTED, ResponseAction.ACCEPTED)
    assert (desk.order["answer"], desk.order["answered_by"]) == ("accepted", "answer-1")
    answer = desk.audit.state("answer-1")
    assert (answer["status"], answer["answers"]) == ("logged", SENT)


def test_what_sterling_and_the_standard_made_of_the_order_stays(desk):
    desk.answer(ResponseType.REJECTED)
    assert desk.order["status"] == "sent"


@pytest.mark.parametrize("said", [ResponseType.ACCEPTED_WITH_CHANGE, ResponseType.REJECTED])
def test_a_change_or_a_rejection_waits_for_a_purchaser(desk, said):
    desk.answer(said)
    assert desk.order["answer"] == said.value
    answer = desk.audit.state("answer-1")
    assert answer["status"] == "held"
    assert "order PO-1" in answer["reason"]
    assert "documents review answer-1 --close" in answer["advice"]


def test_acceptance_with_a_changed_line_is_acceptance_with_changes(desk):
    desk.answer(ResponseType.ACCEPTED, ResponseAction.ACCEPTED, ResponseAction.CHANGED_QTY)
    assert desk.order["answer"] == "accepted_with_change"
    facts = next(facts for item, event, _, facts in desk.audit.events if event == "answered")
    assert facts["lines"] == [{"line": "2", "action": "changed_qty", "note": ""}]


@pytest.mark.parametrize("said", [ResponseType.RECEIVED, ResponseType.ON_HOLD])
def test_an_answer_that_another_follows_is_logged(desk, said):
    desk.answer(said)
    assert (desk.order["answer"], desk.audit.state("answer-1")["status"]) == (said.value, "logged")


def test_a_later_answer_replaces_an_earlier_one_and_both_are_told(desk):
    desk.answer(ResponseType.RECEIVED)
    desk.answer(ResponseType.ACCEPTED, item="answer-2", visit="later")
    assert desk.order["answer"] == "accepted"
    assert desk.audit.of(SENT) == ["sent", "answered", "answered"]


def test_a_replay_of_an_earlier_answer_does_not_replace_a_later_one(desk):
    desk.answer(ResponseType.RECEIVED)
    desk.answer(ResponseType.ACCEPTED, item="answer-2", visit="later")
    desk.answer(ResponseType.RECEIVED, visit="replay")
    assert desk.order["answer"] == "accepted"


def test_a_repeated_step_changes_nothing(desk):
    desk.answer(ResponseType.ACCEPTED)
    before = list(desk.audit.events)
    desk.answer(ResponseType.ACCEPTED)
    assert desk.audit.events == before


def test_the_answer_is_for_the_order_as_it_was_sent_last(desk):
    desk.send("changed-order")
    desk.send("unsent-change", control_number=None)
    desk.answer(ResponseType.ACCEPTED)
    assert desk.audit.state("changed-order")["answer"] == "accepted"
    assert "answer" not in desk.order


@pytest.mark.parametrize(
    "other", [{"partner": "other"}, {"direction": "in"}, {"type": "SalesOrder"}, {"number": "PO-2"}]
)
def test_what_this_partner_was_not_sent_is_not_answered(desk, other):
    desk.send(SENT, **other)
    desk.audit.states[SENT].update(other)
    desk.answer(ResponseType.ACCEPTED)
    assert "answer" not in desk.order
    state = desk.audit.state("answer-1")
    assert (state["status"], state["note"]) == (
        "logged",
        "No order PO-1 was sent to acme; logged for reference.",
    )
