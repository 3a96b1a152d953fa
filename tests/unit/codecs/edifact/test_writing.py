from __future__ import annotations

import pytest

from ml_connector.codecs import encode
from ml_connector.documents import (
    OrderLine,
    Party,
    PartyRole,
    PurchaseOrder,
    SubLine,
    UnitList,
    UnitOfMeasure,
)
from ml_connector.errors import Misconfigured


def _refusal(**values: object) -> Misconfigured:
    order = PurchaseOrder(order_number="4500012345", **values)
    with pytest.raises(Misconfigured) as caught:
        encode(order, standard="edifact", version="D.96A")
    return caught.value


def test_what_is_too_long_is_refused_by_field_limit_and_value():
    error = _refusal(contract="C" * 36)

    assert error.context["field"] == "references.number"
    assert "at most 35" in error.message
    assert "C" * 36 in error.message


def test_a_name_of_more_than_five_parts_is_refused():
    error = _refusal(parties=(Party(role=PartyRole.BUYER, name="N" * 200),))

    assert error.context["field"] == "parties.name"


def test_a_unit_without_counterpart_is_refused():
    unit = UnitOfMeasure(code="ZZ9", list=UnitList.X12_355)

    assert _refusal(lines=(OrderLine(quantity=1, uom=unit),)).context["field"] == "uom"


def test_a_field_without_a_place_is_refused():
    error = _refusal(lines=(OrderLine(line_number="1", sub_lines=(SubLine(line_number="1"),)),))

    assert error.context["field"] == "lines[0].sub_lines"
