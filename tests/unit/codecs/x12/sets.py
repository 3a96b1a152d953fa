"""Transaction sets for tests: the body's segments, wrapped in an interchange."""

from __future__ import annotations

import io
from pathlib import Path

from ml_connector.codecs import CodecProfile, decode
from ml_connector.edi import read_interchanges

FIXTURES = Path(__file__).parents[3] / "fixtures" / "x12"
_GROUPS = {"850": "PO", "860": "PC", "855": "PR", "856": "SH", "810": "IN", "820": "RA"}


def wrapped(message: str, body: str, version: str = "004010") -> bytes:
    segments = [segment.strip() for segment in body.split("~") if segment.strip()]
    rows = [
        (
            "ISA*00*          *00*          *ZZ*BUYER          *ZZ*SELLER         *260115*0930"
            "*U*00401*000000001*0*P*>"
        ),
        f"GS*{_GROUPS[message]}*BUYER*SELLER*20260115*0930*1*X*{version}",
        f"ST*{message}*0001",
        *segments,
        f"SE*{len(segments) + 2}*0001",
        "GE*1*1",
        "IEA*1*000000001",
    ]
    return "".join(f"{row}~" for row in rows).encode()


def decoded(message: str, body: str, profile: CodecProfile | None = None, version: str = "004010"):
    for interchange in read_interchanges(io.BytesIO(wrapped(message, body, version))):
        for found in interchange.messages():
            return decode(interchange, found, profile=profile)
    raise AssertionError("no message")


def rules(document) -> dict[str, str]:
    return {finding.rule: finding.severity.value for finding in document.findings}
