"""XML files of several IDocs, taken apart into files of one."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.parsers.expat import ParserCreate

from ml_connector.codecs.markup import parse_markup

if TYPE_CHECKING:
    from collections.abc import Iterator

_IDOC = "IDOC"


def split_markup(data: bytes) -> Iterator[tuple[bytes, tuple[int, int]]]:
    """Yield an XML file of its own for each IDoc, and the bytes of the whole file that the IDoc is.

    What stands around the IDocs, the declaration and the root, is repeated in each.

    Raises:
        Rejected: The file is not well-formed, or declares what is never read.
    """
    parse_markup(data)
    starts, end = _places(data)
    head, tail = data[: starts[0]] if starts else b"", data[end:]
    for start, stop in zip(starts, [*starts[1:], end], strict=True):
        yield head + data[start:stop] + tail, (start, stop)


def _places(data: bytes) -> tuple[list[int], int]:
    """Where each IDOC below the root begins, and where the root's end tag does."""
    # Expat by itself, after the document has passed the guarded parser: only it tells byte offsets.
    parser = ParserCreate()
    starts: list[int] = []
    depth = end = 0

    def opened(name: str, _: object) -> None:
        nonlocal depth
        depth += 1
        if depth == 2 and name == _IDOC:
            starts.append(parser.CurrentByteIndex)

    def closed(_: str) -> None:
        nonlocal depth, end
        depth -= 1
        if depth == 0:
            end = parser.CurrentByteIndex

    parser.StartElementHandler, parser.EndElementHandler = opened, closed
    parser.Parse(data, True)  # noqa: FBT003 - expat takes it by place only
    return starts, end
