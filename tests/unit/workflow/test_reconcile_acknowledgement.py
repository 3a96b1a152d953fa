from __future__ import annotations

import io
from datetime import UTC, datetime

import pytest

from ml_connector.edi import read_interchanges
from ml_connector.store.audit import Origin
from ml_connector.store.objects import ObjectRef
from ml_connector.workflow.reconcile_acknowledgement import Reconciling, reconcile_acknowledgement
from ml_connector.workflow.tickets import DocumentTicket

from .conftest import interchange

SENT = "sent-document"


class Found:
    """Finds documents by control number and their own number, as the audit trail's index does."""

    def __init__(self, audit):
        self._audit = audit

    def by_number(self, number):
        states = self._audit.states.values()
        named = ("control_number", "group_number", "message_number", "number")
        return [state for state in states if number in {state.get(name) for name in named}]


class Desk:
    """Where acknowledgements of one partner arrive."""

    def __init__(self, audit):
        self.audit = audit
        self.parts = Reconciling(audit, Found(audit))
        self.send(SENT, "42")

    def send(self, item, number, *, partner="acme", standard="x12"):
        numbers = {"control_number": number, "group_number": number}
        state = {"direction": "out", "standard": standard, "partner": partner, **numbers}
        self.audit.record(item, "sent", origin=_origin("send"), state=state)

    def arrive(self, body, *, ticket="ack-1", visit="split"):
        (found,) = read_interchanges(io.BytesIO(interchange(("997", body))))
        (message,) = found.messages()
        reconcile_acknowledgement(_ticket(ticket), message, self.parts, _origin(visit))

    @property
    def sent(self):
        return self.audit.state(SENT)


def _origin(step):
    return Origin(step=step, execution="arn:e", entered_at=datetime(2026, 3, 2, tzinfo=UTC))


def _ticket(item):
    return DocumentTicket(
        id=item,
        direction="in",
        standard="x12",
        type="997",
        number="",
        partner="acme",
        control_number="77/0001",
        bytes=ObjectRef(bucket="b", key="k", version_id="1", sha256="0", size=1),
    )


ACCEPTED = ["AK1*IN*42", "AK9*A*1*1*1"]
WITH_ERRORS = ["AK1*IN*42", "AK9*E*1*1*1"]
REJECTED = [
    "AK1*IN*42",
    "AK2*810*0001",
    "AK3*BIG*2**8",
    "AK4*2*76*1",
    "AK5*R*5",
    "AK9*R*1*1*0",
]


@pytest.fixture
def desk(audit):
    return Desk(audit)


def test_an_acceptance_closes_what_was_sent(desk):
    desk.arrive(ACCEPTED)
    assert (desk.sent["status"], desk.sent["acknowledgement"]) == ("accepted", "accepted")
    assert desk.audit.state("ack-1")["status"] == "logged"
    assert desk.audit.state("ack-1")["answers"] == SENT


def test_an_acceptance_with_errors_says_so(desk):
    desk.arrive(WITH_ERRORS)
    assert (desk.sent["status"], desk.sent["acknowledgement"]) == ("accepted", "accepted_with_errors")


def test_a_rejection_shows_the_finding_at_our_own_segment(desk):
    desk.arrive(REJECTED)
    assert desk.sent["status"] == "rejected"
    assert "acme rejected it with 997 77/0001: code AK3:8, segment BIG, position 2." in desk.sent["reason"]
    facts = desk.audit.events[1][3]
    assert {"code": "AK4:1", "segment": "BIG", "position": "2", "element": "2"} in facts["findings"]


def test_a_late_answer_ends_what_was_overdue(desk):
    desk.audit.record(SENT, "overdue", origin=_origin("poll"))
    desk.arrive(ACCEPTED)
    assert desk.sent["status"] == "accepted"
    assert desk.audit.events[2][3]["late"] is True


def test_a_duplicate_changes_only_itself(desk):
    desk.arrive(ACCEPTED)
    desk.arrive(ACCEPTED, ticket="ack-2", visit="later")
    assert desk.audit.of(SENT) == ["sent", "accepted"]
    assert desk.audit.state("ack-2")["status"] == "duplicate"


def test_a_repeated_visit_is_no_duplicate(desk):
    desk.arrive(ACCEPTED)
    desk.arrive(ACCEPTED, visit="again")
    assert desk.audit.of(SENT) == ["sent", "accepted"]
    assert desk.audit.state("ack-1")["status"] == "logged"


def test_a_rejection_after_an_acceptance_counts(desk):
    desk.arrive(ACCEPTED)
    desk.arrive(REJECTED, ticket="ack-2", visit="later")
    assert desk.sent["status"] == "rejected"


def test_an_acceptance_after_a_rejection_waits_for_a_person(desk):
    desk.arrive(REJECTED)
    desk.arrive(ACCEPTED, ticket="ack-2", visit="later")
    assert desk.sent["status"] == "rejected"
    assert desk.audit.of(SENT)[-1] == "contradicted"
    assert desk.audit.state("ack-2")["status"] == "held"


def test_an_answer_to_nothing_that_was_sent_waits_for_a_person(desk):
    desk.arrive(["AK1*IN*43", "AK9*A*1*1*1"])
    assert desk.audit.state("ack-1")["status"] == "held"
    assert desk.audit.state("ack-1")["reason"] == "Nothing with control number 43 was sent to acme."


@pytest.mark.parametrize("other", [{"partner": "other"}, {"standard": "edifact"}])
def test_the_same_number_of_another_partner_or_standard_is_not_taken(audit, other):
    desk = Desk(audit)
    audit.states.clear()
    desk.audit.events.clear()
    desk.send("another", "42", **other)
    desk.arrive(ACCEPTED)
    assert audit.of("another") == ["sent"]
    assert audit.state("ack-1")["status"] == "held"


def test_what_is_no_answer_waits_for_a_person(desk):
    desk.arrive(["AK1*IN*42"])
    assert desk.audit.state("ack-1")["status"] == "held"
    assert desk.audit.of(SENT) == ["sent"]


TOGETHER = ("together-1", "together-2")


@pytest.fixture
def together(audit):
    """Two documents that travelled in one interchange, and the interchange itself."""
    desk = Desk(audit)
    audit.states.clear()
    for message, item in enumerate(TOGETHER, start=11):
        desk.send(item, "42")
        audit.states[item] |= {"parent": "interchange", "message_number": str(message)}
    desk.send("interchange", "42")
    audit.states["interchange"]["gathering"] = {"scope": "s", "number": "1"}
    desk.send("years-ago", "42")
    return desk


def test_documents_that_travelled_together_have_each_their_own_verdict(together):
    rejected = ["AK2*810*0011", "AK3*BIG*2**8", "AK5*R*5"]
    together.arrive(["AK1*IN*42", *rejected, "AK2*810*0012", "AK5*A", "AK9*P*2*2*1"])
    states = [together.audit.state(item) for item in TOGETHER]
    assert [state["status"] for state in states] == ["rejected", "accepted"]
    assert "segment BIG" in states[0]["reason"]
    assert together.audit.state("ack-1")["answers"] == "interchange"
    assert together.audit.of("interchange") == together.audit.of("years-ago") == ["sent"]


@pytest.mark.parametrize(
    ("told", "status"),
    [
        (["AK9*A*2*2*2"], ["accepted", "accepted"]),
        (["AK9*R*2*2*0"], ["rejected", "rejected"]),
        (["AK2*810*0012", "AK5*R*5", "AK9*P*2*2*1"], ["accepted", "rejected"]),
    ],
)
def test_what_an_answer_does_not_name_has_the_verdict_on_the_whole(together, told, status):
    together.arrive(["AK1*IN*42", *told])
    assert [together.audit.state(item)["status"] for item in TOGETHER] == status


def test_a_repeated_answer_to_several_is_a_duplicate(together):
    together.arrive(["AK1*IN*42", "AK9*A*2*2*2"])
    together.arrive(["AK1*IN*42", "AK9*A*2*2*2"], ticket="ack-2", visit="later")
    assert together.audit.state("ack-2")["status"] == "duplicate"
    assert together.audit.of(TOGETHER[0]) == ["sent", "accepted"]


def _aperak(desk, *references, code="RE"):
    body = "'".join((f"BGM+312+A1++{code}", *references))
    content = (
        f"UNB+UNOC:3+ACME:14+NORDLYS:14+260302:1200+9'UNH+1+APERAK:D:96A:UN'{body}'"
        f"UNT+{len(references) + 3}+1'UNZ+1+9'"
    )
    (found,) = read_interchanges(io.BytesIO(content.encode()))
    (message,) = found.messages()
    ticket = _ticket("aperak-1").model_copy(update={"standard": "edifact", "type": "APERAK"})
    reconcile_acknowledgement(ticket, message, desk.parts, _origin("split"))


def test_an_aperak_is_reconciled_by_our_control_number(audit):
    desk = Desk(audit)
    desk.send("invoice", "77", standard="edifact")
    _aperak(desk, "RFF+ACW:77")
    assert audit.state("invoice")["status"] == "rejected"
    assert audit.state("aperak-1")["answers"] == "invoice"


def test_an_aperak_that_fits_several_documents_waits_for_a_person(audit):
    desk = Desk(audit)
    for item, number in (("order", "77"), ("change", "78")):
        desk.send(item, number, standard="edifact")
        audit.states[item]["number"] = "51"
    _aperak(desk, "RFF+ON:51")
    assert audit.state("aperak-1")["status"] == "held"
    assert "more than one" in audit.state("aperak-1")["reason"]
    assert audit.state("order")["status"] == "sent"


def test_an_aperak_is_reconciled_by_the_documents_own_number(audit):
    desk = Desk(audit)
    desk.send("invoice", "77", standard="edifact")
    audit.states["invoice"]["number"] = "3901"
    _aperak(desk, "RFF+IV:3901", code="AP")
    assert audit.state("invoice")["status"] == "accepted"
