"""UBL DespatchAdvice."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.codecs.edifact.generated import codes, days, maybe, numbers, several, units
from tests.unit.codecs.roundtrip import content, written
from tests.unit.codecs.ubl.generated import items, moderately, party, words

from ml_connector.codecs.recognition import read_documents
from ml_connector.documents import (
    DespatchAdvice,
    DespatchItem,
    Identifier,
    IdentifierScheme,
    Note,
    Package,
    PackageLevel,
    PartyRole,
)
from ml_connector.errors import Misconfigured

_despatched = st.builds(
    DespatchItem,
    po_number=codes(),
    po_line=maybe(st.integers(1, 99).map(str)),
    line=st.integers(1, 999).map(str),
    item=items,
    qty=numbers(),
    uom=units,
    notes=several(st.builds(Note, text=words), 1),
)


def _sscc(value: str) -> Identifier:
    return Identifier(scheme=IdentifierScheme.SSCC, value=value)


@st.composite
def despatch_advices(draw: st.DrawFn) -> DespatchAdvice:
    packed = tuple(
        Package(id=_sscc(f"3073500000000000{index:02}"), items=draw(several(_despatched, 2, 1)))
        for index in range(draw(st.integers(1, 2)))
    )
    loose = Package(level=PackageLevel.SHIPMENT, items=draw(several(_despatched, 2, 1)))
    return DespatchAdvice(
        despatch_number=draw(codes()),
        issue_datetime=draw(days),
        despatch_datetime=draw(maybe(days)),
        estimated_delivery=draw(maybe(days)),
        parties=(draw(party(PartyRole.SHIP_FROM)), draw(party(PartyRole.SHIP_TO))),
        notes=draw(several(st.builds(Note, text=words), 2)),
        packages=(*packed, loose) if draw(st.booleans()) else packed,
    )


@moderately
@given(document=despatch_advices())
def test_a_despatch_advice_reads_back_as_it_was_written(document):
    [found] = read_documents(written(document, "ubl", ""))

    assert content(found) == content(document)
    assert found.raw_extensions == ()


def test_packages_inside_packages_are_refused():
    pallet = Package(id=_sscc("307350000000000001"), children=(Package(id=_sscc("307350000000000002")),))

    with pytest.raises(Misconfigured, match="children"):
        written(DespatchAdvice(despatch_number="1", packages=(pallet,)), "ubl", "")
