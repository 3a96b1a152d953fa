import io

import pytest

from ml_connector.edi import Finding, Severity, read_interchanges
from ml_connector.edi.locating import envelope_segment_of, locate, segment_of

DATA = b"UNB+UNOC:3+A:14+B:14+260301:0905+R1'UNH+1+ORDERS:D:96A:UN'NAD+BY+?+1:X::9'UNT+3+1'UNZ+1+R2'"


def finding(**place):
    return Finding(severity=Severity.ERROR, rule="any", message="Any.", **place)


@pytest.fixture
def read():
    (interchange,) = read_interchanges(io.BytesIO(DATA))
    (message,) = interchange.messages()
    return interchange, message


@pytest.mark.parametrize(
    ("place", "shown"),
    [
        ({}, b"NAD"),
        ({"element": 1}, b"BY"),
        ({"element": 2}, b"?+1:X::9"),
        ({"element": 2, "component": 1}, b"?+1"),
        ({"element": 2, "component": 4}, b"9"),
        ({"element": 2, "component": 9}, b"?+1:X::9"),
        ({"element": 7}, b""),
    ],
)
def test_a_finding_points_at_bytes_of_its_segment(read, place, shown):
    segment = read[1].segments[1]
    start, stop = locate(finding(**place), segment)
    assert segment.raw[start:stop] == shown


def test_a_findings_segment_is_found_by_its_offset(read):
    interchange, message = read
    assert segment_of(finding(offset=DATA.index(b"NAD")), message).tag == "NAD"
    assert segment_of(finding(offset=DATA.index(b"NAD") + 1), message) is None
    assert segment_of(finding(offset=0), message) is None
    assert segment_of(finding(), message) is None
    assert envelope_segment_of(interchange.findings[0], interchange) is interchange.trailer
    assert envelope_segment_of(finding(tag="BGM"), interchange) is None
