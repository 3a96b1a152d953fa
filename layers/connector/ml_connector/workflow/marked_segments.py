"""The bytes of a document segment by segment, each with what was found in it."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

from ml_connector.edi import read_interchanges
from ml_connector.edi.checking import check_message
from ml_connector.errors import Rejected
from ml_connector.store.objects import ObjectRef

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ml_connector.edi.finding import Finding
    from ml_connector.edi.segment import Segment
    from ml_connector.store.raw import RawStore


def stored_bytes(state: Mapping[str, Any], store: RawStore) -> bytes:
    """Return the bytes of the document or message in this state, as they came.

    Raises:
        Rejected: There are none.
        BytesAltered: They are not those that were written.
    """
    if not state.get("bytes"):
        raise Rejected(
            f"There are no bytes of {state['item']!r}.", advice="Look it up with: ml-connector documents list"
        )
    return store.get(ObjectRef(**state["bytes"]))


def marked_segments(content: bytes) -> list[tuple[int, Segment, list[Finding]]]:
    """Return every segment, numbered through the whole file, with what was found in it."""
    rows: list[tuple[Segment, list[Finding]]] = []
    for interchange in read_interchanges(io.BytesIO(content)):
        rows.append((interchange.header, []))
        for message in interchange.messages():
            found = [finding for finding, _ in check_message(message).findings]
            rows += [
                (segment, [f for f in found if f.offset == segment.offset]) for segment in message.segments
            ]
        if interchange.trailer:
            rows.append((interchange.trailer, []))
        _add_envelope_findings(rows, interchange.findings)
    return [(number, segment, found) for number, (segment, found) in enumerate(rows, start=1)]


def _add_envelope_findings(rows: list[tuple[Segment, list[Finding]]], findings: Sequence[Finding]) -> None:
    for finding in findings:
        place = next((row for row in rows if row[0].offset == finding.offset), rows[-1])
        place[1].append(finding)
