"""What partners' files say in places of their own: seen in real files, told here with our own words."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.unit.codecs.roundtrip import read, written

from ml_connector.codecs.fidelity import losses

FIXTURES = Path(__file__).parents[3] / "fixtures" / "edifact"


def changed(name: str, *pairs: tuple[bytes, bytes]):
    data = (FIXTURES / f"{name}.edi").read_bytes()
    for old, new in pairs:
        assert old in data
        data = data.replace(old, new)
    (document,) = read(data)
    return document


def reads_back(document) -> bool:
    (again,) = read(written(document, "edifact", "D.96A"))
    return list(losses(document, again)) == []


@pytest.mark.parametrize(
    ("code", "role"), [(b"MS", "message_sender"), (b"MR", "message_recipient"), (b"CZ", "consignor")]
)
def test_a_party_has_the_role_the_model_knows(code, role):
    document = changed("orders-two-lines", (b"NAD+DP", b"NAD+" + code))
    assert role in [party.role.value for party in document.parties]
    assert reads_back(document)


@pytest.mark.parametrize("name", ["invoic-with-freight", "desadv-pallet-and-cases"])
def test_the_buyers_order_number_is_the_order_where_nothing_else_names_one(name):
    usual, document = changed(name), changed(name, (b"RFF+ON", b"RFF+CO"))
    field = "order_references" if name.startswith("invoic") else "orders"
    assert getattr(document, field) == getattr(usual, field) != ()
    assert "CO" in [reference.source_qualifier for reference in document.references]
    assert reads_back(document)


def test_a_response_may_name_the_order_by_the_buyers_number():
    name = next(FIXTURES.glob("ordrsp-*.edi")).stem
    usual, document = changed(name), changed(name, (b"RFF+ON", b"RFF+CO"))
    assert document.order_number == usual.order_number
    assert reads_back(document)
