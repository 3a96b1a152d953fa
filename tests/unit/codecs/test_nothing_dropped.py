"""Nothing a message says is dropped: change any element of any of our files, and its document changes too.

An element whose change leaves the document, its findings, normalisations and raw extensions as they were has
been read by nobody.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

import pytest

from ml_connector.codecs.recognition import read_documents
from ml_connector.errors import Rejected

FIXTURES = Path(__file__).parents[2] / "fixtures"
FILES = sorted(
    file for pattern in ("x12/*/*.edi", "edifact/*.edi", "tradacoms/*.edi") for file in FIXTURES.glob(pattern)
)
#: Envelopes, headers and trailers of messages: what they say is the document's source.
ENVELOPE = {
    *("ISA", "GS", "ST", "SE", "GE", "IEA", "TA1"),
    *("UNA", "UNB", "UNG", "UNH", "UNT", "UNE", "UNZ"),
    *("STX", "BAT", "MHD", "MTR", "EOB", "END"),
}
#: Segments that only part sections of a message, and sums of TRADACOMS trailers in other messages.
SAYS_NOTHING = {"UNS", "OFT", "DFT", "VRS", "TOT"}


class Place(NamedTuple):
    """One value of a file."""

    name: str
    start: int
    end: int


def places(text: str) -> list[Place]:
    """Every value between separators, named by segment, its number in the file, element and component."""
    x12 = text.startswith("ISA")
    parts = r"[*~>]" if x12 else r"(?<!\?)(?:\?\?)*[+:'=]"
    end = "~" if x12 else "'"
    found, start, tag, segment, element, component = [], 0, "", 0, 0, 1
    for match in re.finditer(parts, text):
        value, sign = text[start : match.start()].strip("\r\n"), match.group()
        begin = match.start() - len(value)
        if not tag:
            tag, segment = value, segment + 1
        elif value and tag not in ENVELOPE | SAYS_NOTHING:
            found.append(Place(f"{tag}[{segment}]/{element:02d}.{component}", begin, match.start()))
        if sign[-1] == end:
            tag, element, component = "", 0, 1
        elif sign[-1] in "*+=":
            element, component = element + 1, 1
        else:
            component += 1
        start = match.end()
    return found


def changed(value: str) -> str:
    """Another value of the same form."""
    return "".join("7" if sign == "1" else "1" if sign.isdigit() else "Q" for sign in value)


def said(data: bytes) -> object:
    """All that a file's documents say, or that it is refused."""
    try:
        return [document.model_dump(exclude={"source"}) for document in read_documents(data)]
    except Rejected as error:
        return error.message


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_every_element_that_is_changed_changes_the_document(path):
    text = path.read_bytes().decode("latin-1")
    usual = said(path.read_bytes())

    dropped = [
        f"{place.name} {text[place.start : place.end]}"
        for place in places(text)
        if said(
            (text[: place.start] + changed(text[place.start : place.end]) + text[place.end :]).encode(
                "latin-1"
            )
        )
        == usual
    ]

    assert len(places(text)) > 15
    assert dropped == []
