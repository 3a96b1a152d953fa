from __future__ import annotations

import io
import json
from datetime import UTC, datetime

import pytest

from ml_connector.edi import read_interchanges
from ml_connector.errors import Misconfigured
from ml_connector.partners.configuration import parse
from ml_connector.store.audit import Origin
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

    def draw(self, scope, purpose):
        return self.drawn.setdefault((scope, purpose), len(self.drawn) + 1)


class Codes:
    def codes_of(self, item):
        return {("VPN", "50002"): f"MV-{item}"}


class Formatter:
    def __init__(self, store, audit):
        self.store, self.audit, self.numbers = store, audit, Numbers()

    def format(self, *, item="d", order=ORDER, company=COMPANY + UNITS, partner=ACME + OUTGOING, **more):
        files = {"company.yaml": company, "partners/acme.yaml": partner}
        parts = Formatting(
            store=self.store,
            audit=self.audit,
            numbers=self.numbers,
            configuration=parse(files),
            codes=Codes(),
            test=more.get("test", False),
        )
        fetched = self.store.put(f"fetched/{item}.json", json.dumps(order).encode()).model_dump()
        document = {"id": item, "type": "PurchaseOrder", "number": order["orderNbr"], "partner": "acme"}
        entered = datetime(2026, 3, 2, 12, more.get("minute", 0), tzinfo=UTC)
        origin = Origin(step="format", execution="arn:e", entered_at=entered)
        given = format_document({"document": document, "fetched": fetched}, parts, origin)
        return self.store.get(ObjectRef(**given["formatted"]))


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


def test_a_redrive_later_keeps_the_control_number(formatter):
    formatter.format()
    (interchange,) = read_interchanges(io.BytesIO(formatter.format(minute=30)))
    assert interchange.control_number == "000000001"


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
    ((scope, _),) = formatter.numbers.drawn
    assert scope.endswith("|T")


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
