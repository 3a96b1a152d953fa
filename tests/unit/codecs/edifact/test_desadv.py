from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from tests.unit.codecs.edifact.generated import despatch_advices
from tests.unit.codecs.roundtrip import content, faults, read, written

from ml_connector.documents import PackageLevel

FIXTURE = Path(__file__).parents[3] / "fixtures" / "edifact" / "desadv-pallet-and-cases.edi"


@pytest.mark.parametrize("version", ["D.96A", "D.01B"])
@given(document=despatch_advices())
@settings(max_examples=20, deadline=None)
def test_a_despatch_advice_reads_back_as_it_was_written(version, document):
    data = written(document, "edifact", version)
    [found] = read(data)

    assert content(found) == content(document)
    assert found.raw_extensions == ()
    assert faults(data) == []


PALLETS = (
    b"CPS+2+1'PAC+1++201::9'CPS+3+2'PAC+4++CT'CPS+4+1'PAC+1++201::9'"
    b"LIN+1++7040001000015:EN'QTY+12:12:PCE'CNT+2:1'"
)


@pytest.mark.parametrize(
    ("top", "level", "packages"),
    [
        (b"PAC+2'", PackageLevel.SHIPMENT, 6),
        (b"PAC+2++201::9'", PackageLevel.SHIPMENT, 6),
        (b"PAC+4++CT'", PackageLevel.SHIPMENT, 6),
        (b"PAC+6'", PackageLevel.SHIPMENT, 6),
        (b"", PackageLevel.SHIPMENT, 6),
        (b"PAC+1++PX'", PackageLevel.PALLET, 7),
        (b"PAC+2++201::9'PCI+33E'GIN+BJ+373000100000000019'", PackageLevel.PALLET, 8),
    ],
)
def test_the_total_on_the_consignment_is_no_package(top, level, packages):
    head, _, end = FIXTURE.read_bytes().replace(b"\n", b"").partition(b"CPS+1'")
    segments = head + b"CPS+1'" + top + PALLETS + b"UNT+"
    size = segments.partition(b"UNH+")[2].count(b"'") + 1
    data = segments + str(size).encode() + b"+1'" + end.rpartition(b"UNZ")[1] + end.rpartition(b"UNZ")[2]

    [found] = read(data)

    assert found.packages[0].level is level
    assert found.totals_computed.package_count == packages
    assert content(read(written(found, "edifact", "D.96A"))[0]) == content(found)
