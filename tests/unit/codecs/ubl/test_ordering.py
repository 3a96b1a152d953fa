"""UBL Order and OrderResponse."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from tests.unit.codecs.roundtrip import content, written
from tests.unit.codecs.ubl.generated import moderately, order_responses, orders

from ml_connector.codecs import CodecProfile
from ml_connector.codecs.recognition import read_documents
from ml_connector.documents import (
    OrderLine,
    OrderResponse,
    OrderResponseLine,
    PurchaseOrder,
    ResponseAction,
    ResponseType,
)
from ml_connector.errors import Misconfigured, Rejected

_NAMES = (
    b'xmlns:cbc="urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2" '
    b'xmlns:cac="urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2"'
)


def _xml(root: bytes, inside: bytes) -> bytes:
    schema = b"urn:oasis:names:specification:ubl:schema:xsd:" + root + b"-2"
    return b'<%s xmlns="%s" %s>%s</%s>' % (root, schema, _NAMES, inside, root)


@moderately
@given(document=orders)
def test_an_order_reads_back_as_it_was_written(document):
    [found] = read_documents(written(document, "ubl", ""))

    assert content(found) == content(document)
    assert found.raw_extensions == ()


@moderately
@given(document=order_responses)
def test_an_order_response_reads_back_as_it_was_written(document):
    [found] = read_documents(written(document, "ubl", ""))

    assert content(found) == content(document)
    assert found.raw_extensions == ()


def test_an_order_keeps_what_no_field_takes():
    data = _xml(b"Order", b"<cbc:ID>4711</cbc:ID><cbc:AccountingCost>K-1</cbc:AccountingCost>")

    [found] = read_documents(data)

    assert found.number == "4711"
    assert [extension.values for extension in found.raw_extensions] == [("K-1",)]


def test_a_requested_period_of_several_days_is_kept_as_its_ends():
    period = (
        b"<cbc:ID>1</cbc:ID><cac:Delivery><cac:RequestedDeliveryPeriod><cbc:StartDate>2026-03-01</cbc:StartDate>"
        b"<cbc:EndDate>2026-03-05</cbc:EndDate></cac:RequestedDeliveryPeriod></cac:Delivery>"
    )

    [found] = read_documents(_xml(b"Order", period))

    assert found.requested_delivery is None
    assert (str(found.delivery.earliest_date), str(found.delivery.latest_date)) == (
        "2026-03-01",
        "2026-03-05",
    )


def test_a_line_number_of_the_responder_is_kept_beside_the_orders():
    line = (
        b"<cbc:OrderResponseCode>AP</cbc:OrderResponseCode><cac:OrderReference><cbc:ID>7</cbc:ID>"
        b"</cac:OrderReference><cac:OrderLine><cac:LineItem><cbc:ID>1</cbc:ID>"
        b"<cbc:LineStatusCode>5</cbc:LineStatusCode></cac:LineItem><cac:OrderLineReference>"
        b"<cbc:LineID>10</cbc:LineID></cac:OrderLineReference></cac:OrderLine>"
    )

    [found] = read_documents(_xml(b"OrderResponse", line))

    assert [one.line_number for one in found.lines] == ["10"]
    assert [extension.values for extension in found.raw_extensions] == [("1",)]


@pytest.mark.parametrize(
    ("data", "missing"),
    [
        (_xml(b"Order", b""), "no ID"),
        (_xml(b"OrderResponse", b"<cbc:ID>1</cbc:ID>"), "names no order"),
        (_xml(b"Order", b"<cbc:ID>1</cbc:ID><cac:OrderLine/>"), "no LineItem"),
    ],
)
def test_a_document_without_what_it_must_have_is_refused(data, missing):
    with pytest.raises(Rejected, match=missing):
        list(read_documents(data))


@pytest.mark.parametrize(
    "document",
    [
        PurchaseOrder(order_number="1", lines=(OrderLine(price_code="PE"),)),
        OrderResponse(response_number="1", order_number="2", response_type=ResponseType.ON_HOLD),
        OrderResponse(
            response_number="1",
            order_number="2",
            response_type=ResponseType.ACCEPTED,
            lines=(OrderResponseLine(action=ResponseAction.BACKORDERED),),
        ),
    ],
)
def test_what_ubl_has_no_place_for_is_refused_before_it_is_written(document):
    with pytest.raises(Misconfigured):
        written(document, "ubl", "")


def test_a_unit_that_means_something_else_at_the_partner_is_recorded():
    data = (Path(__file__).parents[3] / "fixtures/ubl/order-priced-per-hundred.xml").read_bytes()
    [found] = read_documents(data, profile=CodecProfile(units_in={"KGM": "TNE"}))
    assert [(n.path, n.original, n.value) for n in found.normalisations if n.rule == "unit-override"] == [
        ("uom", "KGM", "TNE")
    ]
