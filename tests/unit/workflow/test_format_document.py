from __future__ import annotations

import io
import json
from datetime import UTC, datetime

import pytest
from tests.unit.store.fake_table import FakeTable

from ml_connector.codecs import decode
from ml_connector.edi import read_interchanges
from ml_connector.errors import Misconfigured
from ml_connector.partners.configuration import parse
from ml_connector.store.audit import Origin
from ml_connector.store.gatherings import Gatherings
from ml_connector.store.objects import ObjectRef
from ml_connector.workflow.format_document import Formatting, format_document

from .conftest import ACME, COMPANY

UNITS = "units:\n  - {code: EA, list: X12_355, unit: EA}\n"
OUTGOING = 'outgoing:\n  - {entity: PurchaseOrder, standard: x12, version: "004010"}\n'
ORDER = {
    "orderNbr": "000051",
    "status": "Open",
    "supplier": {"number": "50002", "name": "Acme"},
    "date": "2026-03-02T00:00:00",
    "currency": "NOK",
    "lines": [
        {"lineNbr": 1, "inventory": {"number": "1001"}, "uom": "EA", "orderQty": 10, "unitCost": 895.5}
    ],
}


class Numbers:
    """Control numbers as the store draws them: one for each purpose, ever."""

    def __init__(self):
        self.drawn = {}

    def draw(self, scope, purpose, within):
        before = sum(1 for other, _ in self.drawn if other == scope)
        return self.drawn.setdefault((scope, purpose), within.first + before)


class Codes:
    def codes_of(self, item):
        return {("VPN", "50002"): f"MV-{item}"}


class Formatter:
    def __init__(self, store, audit):
        self.store, self.audit, self.numbers = store, audit, Numbers()

    def format(self, *, item="d", order=ORDER, company=COMPANY + UNITS, partner=ACME + OUTGOING, **more):
        files = {"company.yaml": company, "partners/acme.yaml": partner, **more.get("files", {})}
        parts = Formatting(
            store=self.store,
            audit=self.audit,
            numbers=self.numbers,
            configuration=parse(files),
            codes=Codes(),
            queries=self.audit,
            gatherings=Gatherings(FakeTable()),
            test=more.get("test", False),
        )
        fetched = self.store.put(f"fetched/{item}.json", json.dumps(order).encode()).model_dump()
        document = {"id": item, "type": "PurchaseOrder", "number": order["orderNbr"], "partner": "acme"}
        entered = datetime(2026, 3, 2, 12, more.get("minute", 0), tzinfo=UTC)
        origin = Origin(step="format", execution="arn:e", entered_at=entered)
        change = {}
        if "sent" in more:
            sent = self.store.put("fetched/sent.json", json.dumps(more["sent"]).encode()).model_dump()
            told = {"of": "sent", "sent": sent, "sequence": 2, "on": "2026-03-05"}
            change = {"change": {**told, "cancelled": more.get("cancelled", False)}}
        given = format_document({"document": document, "fetched": fetched, **change}, parts, origin)
        return self.store.get(ObjectRef(**given["formatted"])) if "formatted" in given else None


@pytest.fixture
def formatter(store, audit):
    return Formatter(store, audit)


def test_the_order_becomes_the_partners_message_in_our_envelope(formatter):
    (interchange,) = read_interchanges(io.BytesIO(formatter.format()))
    (message,) = interchange.messages()
    assert (interchange.sender.id, interchange.receiver.id) == ("NORDLYS", "ACME")
    assert (message.type, message.version, interchange.test) == ("850", "004010", False)
    assert interchange.control_number == "000000001"
    assert "MV-1001" in formatter.store.objects["outbound/d.edi"].decode()


def test_a_retry_keeps_control_number_and_bytes(formatter):
    first = formatter.format()
    assert formatter.format() == first
    assert formatter.audit.of("d") == ["formatted"]


def test_a_replay_later_keeps_control_number_and_bytes(formatter):
    first = formatter.format()
    assert formatter.format(minute=30) == first


def test_another_document_gets_the_next_number(formatter):
    formatter.format()
    (interchange,) = read_interchanges(io.BytesIO(formatter.format(item="e")))
    assert interchange.control_number == "000000002"


def test_what_it_was_sent_as_is_found_by_its_control_number(formatter):
    formatter.format()
    state = formatter.audit.state("d")
    assert (state["standard"], state["control_number"]) == ("x12", "1")


def test_test_deployments_send_test_interchanges_with_numbers_of_their_own(formatter):
    (interchange,) = read_interchanges(io.BytesIO(formatter.format(test=True)))
    assert interchange.test
    assert {scope.rpartition("|")[2] for scope, _ in formatter.numbers.drawn} == {"T"}


@pytest.mark.parametrize(
    ("changes", "message", "advice"),
    [
        ({"partner": ACME}, "Partner acme gets no PurchaseOrder", "outgoing:"),
        (
            {"company": (COMPANY + UNITS).replace("standard: x12", "standard: edifact")},
            "no x12 identity",
            "company.yaml",
        ),
        (
            {"partner": (ACME + OUTGOING).replace("- {standard: x12, q", "- {standard: edifact, q")},
            "no x12 identity",
            "partners/acme.yaml",
        ),
        ({"company": COMPANY}, "Unit 'EA' of item 1001 has no code", "units:"),
    ],
)
def test_what_the_configuration_lacks_is_named_with_its_file(formatter, changes, message, advice):
    with pytest.raises(Misconfigured, match=message) as caught:
        formatter.format(**changes)
    assert advice in caught.value.advice
    assert formatter.audit.of("d") == []


def test_edi_that_would_break_its_standard_never_leaves(formatter):
    with pytest.raises(Misconfigured) as caught:
        formatter.format(order=ORDER | {"lines": []})
    assert "standard" in caught.value.message or "850" in caught.value.message
    assert "outbound/d.edi" not in formatter.store.objects


LINE = ORDER["lines"][0]
CHANGED = ORDER | {
    "lines": [LINE | {"orderQty": 12}, LINE | {"lineNbr": 3}],
    "promisedOn": "2026-03-20T00:00:00",
}
SENT = ORDER | {"lines": [LINE, LINE | {"lineNbr": 2}]}
EDIFACT = {
    "company": COMPANY.replace("standard: x12", "standard: edifact")
    + "units:\n  - {code: H87, list: UNECE_REC20, unit: EA}\n",
    "partner": ACME.replace("- {standard: x12, q", "- {standard: edifact, q")
    + 'outgoing:\n  - {entity: PurchaseOrder, standard: edifact, version: "D.96A"}\n',
}


def read_back(content):
    (interchange,) = read_interchanges(io.BytesIO(content))
    (message,) = interchange.messages()
    return message.type, decode(interchange, message)


@pytest.mark.parametrize(("more", "kind", "sequence"), [({}, "860", "2"), (EDIFACT, "ORDCHG", "000051-2")])
def test_a_changed_order_says_which_lines_changed_since_it_was_sent(formatter, more, kind, sequence):
    found, change = read_back(formatter.format(order=CHANGED, sent=SENT, **more))
    assert (found, change.order_number, change.purpose) == (kind, "000051", "change")
    assert change.change_sequence == sequence
    told = {line.line_number: (line.action, line.quantity) for line in change.lines}
    assert told == {"1": ("change", 12), "3": ("add", 10), "2": ("delete", 10)}
    assert formatter.audit.state("d")["change_sequence"] == 2


@pytest.mark.parametrize("more", [{}, EDIFACT])
def test_a_voided_order_is_cancelled_with_every_line_the_partner_knows(formatter, more):
    _, change = read_back(formatter.format(order=CHANGED, sent=SENT, cancelled=True, **more))
    assert change.purpose == "cancel"
    assert [(line.line_number, line.action) for line in change.lines] == [("1", "delete"), ("2", "delete")]


def test_a_line_cancelled_in_visma_is_deleted_at_the_partner(formatter):
    now = ORDER | {"lines": [LINE, LINE | {"lineNbr": 2, "canceled": True}]}
    _, change = read_back(formatter.format(order=now, sent=SENT))
    assert [(line.line_number, line.action) for line in change.lines] == [("2", "delete")]


def test_a_change_that_tells_the_partner_nothing_is_skipped(formatter):
    received = ORDER | {"lines": [LINE | {"qtyOnReceipts": 4}], "status": "Open"}
    assert formatter.format(order=received, sent=ORDER) is None
    assert formatter.audit.of("d") == ["skipped"]
    assert not formatter.numbers.drawn


RULED = ACME + OUTGOING.replace("version:", "overlay: acme-850, version:")


def test_numbers_come_from_the_partners_range(formatter):
    partner = ACME + OUTGOING + "control_numbers: {first: 7000, last: 7999}\n"
    (interchange,) = read_interchanges(io.BytesIO(formatter.format(partner=partner)))
    assert interchange.control_number == "000007000"


def test_what_breaks_the_partners_own_rules_is_not_sent_and_the_findings_say_where(formatter):
    rules = "segments: {PO1/PID: {use: required}}\n"
    with pytest.raises(Misconfigured, match="PID") as caught:
        formatter.format(partner=RULED, files={"overlays/acme-850.yaml": rules})
    assert caught.value.context["findings"]
    assert "outbound/d.edi" not in formatter.store.objects


def test_what_keeps_to_the_partners_own_rules_is_sent(formatter):
    assert formatter.format(partner=RULED, files={"overlays/acme-850.yaml": "segments: {}\n"})


@pytest.mark.parametrize(
    ("files", "said"),
    [({}, "There is no overlays/acme-850.yaml"), ({"overlays/acme-850.yaml": "sgments: {}"}, "no overlay")],
)
def test_an_overlay_that_is_missing_or_wrong_is_named(formatter, files, said):
    with pytest.raises(Misconfigured, match=said):
        formatter.format(partner=RULED, files=files)
