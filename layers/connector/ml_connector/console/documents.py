"""The pages about documents: search, and one document with its story, bytes, content and result."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, Any, NamedTuple

from ml_connector.console.access import Right, Visitor
from ml_connector.errors import ConnectorError, Rejected
from ml_connector.store.audit import OPEN_STATUSES, STATUS_AFTER
from ml_connector.workflow.document_story import (
    decisions_in,
    execution_of,
    findings_in,
    known_state,
    mapped_content,
    parsed_content,
    read_object,
    summary,
)
from ml_connector.workflow.find_documents import Search, find

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ml_connector.assembly.parts import Parts
    from ml_connector.edi.finding import Finding
    from ml_connector.edi.segment import Segment

PAGE = 50
# So many items a page looks at, however few of them fit: the reader goes on, the page stays quick.
MOST_READ = 400
_DAYS = 7
_CHILDREN = 200
_MOST_SHOWN = 400_000  # bytes of EDI on a page; the whole is a download
_MOST_SEGMENTS = 2_000
MOST_DOWNLOADED = 4_000_000  # bytes; Lambda answers with 6 MB at the most, and base64 adds a third
KINDS = ("document", "interchange", "message")


def search_page(query: Mapping[str, str], parts: Parts) -> dict[str, Any]:
    """Return what the search page shows: the items that fit, and how to go on.

    Raises:
        Rejected: A day is none, or the period is longer than a year.
    """
    search = _search(query)
    items, token = find(
        parts.queries, search, limit=PAGE, token=query.get("page") or None, most_read=MOST_READ
    )
    return {
        "query": query,
        "items": items,
        "next_page": token,
        "partners": [partner.id for partner in parts.configuration.partners],
        "statuses": sorted({*STATUS_AFTER.values()}),
        "kinds": KINDS,
        "days": _DAYS,
        "narrowed": any(
            query.get(name) for name in ("number", "partner", "status", "type", "since", "until")
        ),
    }


def _search(query: Mapping[str, str]) -> Search:
    kind = query.get("kind", "document")
    since, until = _day(query.get("since", "")), _day(query.get("until", ""))
    by_days = not (query.get("number") or query.get("partner") or query.get("status") in OPEN_STATUSES)
    if by_days and since is None:
        since = (until or datetime.now(UTC).date()) - timedelta(days=_DAYS - 1)
    return Search(
        kind="" if query.get("number") else kind if kind in KINDS else "document",
        number=query.get("number", "").strip(),
        partner=query.get("partner", ""),
        status=query.get("status", ""),
        type=query.get("type", "").strip(),
        since=datetime.combine(since, time.min, UTC) if since else None,
        until=datetime.combine(until, time.max, UTC) if until else None,
    )


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise Rejected(f"{text!r} is no day.", advice="Write it as 2026-03-02.") from error


def document_page(item: str, parts: Parts, visitor: Visitor, *, page: str = "") -> dict[str, Any]:
    """Return what the page of a document, interchange or message shows.

    Its contents are read for those only who may see them. What is in it comes page by page; ``page`` is the
    token that continues after the one before.

    Raises:
        Rejected: Nobody knows it.
    """
    state = known_state(item, parts.queries)
    events = parts.queries.events(item)
    children = parts.queries.by_interchange(item, limit=_CHILDREN, token=page or None)
    contents = _contents(state, events, parts) if visitor.may(Right.PAYLOAD) else None
    return {
        "item": item,
        "state": state,
        "events": [{**event, "summary": summary(event["facts"])} for event in events],
        "execution": execution_of(events),
        "findings": findings_in(events),
        "contents": contents,
        "children": children.items,
        "next_page": children.next_token,
    }


def _contents(state: Mapping[str, Any], events: list[dict[str, Any]], parts: Parts) -> dict[str, Any]:
    outward = state.get("direction") == "out"
    fetched = read_object(state.get("fetched"), parts.documents) if outward else None
    return {
        "edi": _edi(state, parts),
        "document": parsed_content(state, parts.documents),
        "mapped": fetched if outward else mapped_content(events, parts.documents),
        "decisions": decisions_in(events),
    }


class Part(NamedTuple):
    """A piece of a line of EDI, marked where something was found."""

    text: str
    marked: bool


class Line(NamedTuple):
    """A numbered line of what came, and what was found in it."""

    number: int
    parts: list[Part]
    findings: list[Finding]


def _edi(state: Mapping[str, Any], parts: Parts) -> dict[str, Any]:
    """The bytes as numbered lines; with a sentence instead where they are gone, or many."""
    from ml_connector.workflow.marked_segments import stored_bytes

    if not state.get("bytes"):
        return {"lines": [], "cut": False, "said": ""}
    try:
        content = stored_bytes(state, parts.documents)
    except ConnectorError as error:
        return {"lines": [], "cut": False, "said": str(error)}
    cut = len(content) > _MOST_SHOWN
    lines = _plain_lines(content[:_MOST_SHOWN]) if cut else _lines(content)
    return {"lines": lines[:_MOST_SEGMENTS], "cut": cut or len(lines) > _MOST_SEGMENTS, "said": ""}


def _lines(content: bytes) -> list[Line]:
    from ml_connector.workflow.marked_segments import marked_segments

    if content.lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"<"):
        return _plain_lines(content)
    try:
        rows = marked_segments(content)
    except ConnectorError:
        return _plain_lines(content)
    return [_line(*row) for row in rows] or _plain_lines(content)


def _line(number: int, segment: Segment, findings: list[Finding]) -> Line:
    from ml_connector.edi.locating import locate

    raw, decode = segment.raw, segment.syntax.charset.decode
    edges = sorted({0, len(raw), *(edge for finding in findings for edge in locate(finding, segment))})
    spans = [locate(finding, segment) for finding in findings]
    pieces = [
        Part(decode(raw[start:stop]).strip("\r\n"), any(a <= start and stop <= b for a, b in spans))
        for start, stop in pairwise(edges)
    ]
    return Line(number, [piece for piece in pieces if piece.text], findings)


def _plain_lines(content: bytes) -> list[Line]:
    texts = content.decode("utf-8", errors="replace").splitlines()
    return [Line(number, [Part(text, marked=False)], []) for number, text in enumerate(texts, start=1)]


def download(item: str, parts: Parts) -> bytes:
    """Return the bytes as they came.

    Raises:
        Rejected: There are none, or too many for an answer.
    """
    from ml_connector.workflow.marked_segments import stored_bytes

    state = known_state(item, parts.queries)
    if int((state.get("bytes") or {}).get("size", 0)) > MOST_DOWNLOADED:
        raise Rejected(
            f"{item} has more than {MOST_DOWNLOADED:,} bytes.",
            advice=f"Write them to a file: ml-connector documents raw {item} --bytes",
        )
    return stored_bytes(state, parts.documents)
