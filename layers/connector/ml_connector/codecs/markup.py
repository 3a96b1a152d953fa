"""XML read without entities, within limits, remembering what was read of it.

UBL, cXML and SAP IDocs are all read through :class:`Node`: a codec asks for text and attributes by path, and
what nobody asked for is still there at the end, for the document's ``raw_extensions``.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element, ParseError, TreeBuilder

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser

from ml_connector.errors import Rejected

if TYPE_CHECKING:
    from collections.abc import Container, Iterator, Mapping
    from xml.parsers.expat import XMLParserType


@dataclass(frozen=True, slots=True)
class MarkupLimits:
    """How large an XML document may be before it is refused unread."""

    bytes: int = 64 * 1024 * 1024
    depth: int = 64
    elements: int = 2_000_000


class LimitedBuilder(TreeBuilder):
    """A tree builder that stops at a depth or a number of elements.

    Attributes:
        parser: What reads the document, for the lines; set where they are wanted.
        lines: The line each element begins in, if a parser is set.
    """

    def __init__(self, limits: MarkupLimits) -> None:
        super().__init__()
        self._limits = limits
        self._depth = 0
        self._elements = 0
        self.parser: XMLParserType | None = None
        self.lines: dict[Element, int] = {}

    def start(self, tag: str, attrs: dict[str, str], /) -> Element:
        """Open an element, or raise ``Rejected`` where a limit is passed."""
        self._depth += 1
        self._elements += 1
        if self._depth > self._limits.depth:
            raise Rejected(f"XML nested more than {self._limits.depth} levels deep is not read.")
        if self._elements > self._limits.elements:
            raise Rejected(f"XML of more than {self._limits.elements} elements is not read.")
        element = super().start(tag, attrs)
        if self.parser is not None:
            self.lines[element] = self.parser.CurrentLineNumber
        return element

    def end(self, tag: str, /) -> Element:
        """Close an element."""
        self._depth -= 1
        return super().end(tag)


def parse_markup(data: bytes, *, allow_dtd: bool = False, limits: MarkupLimits | None = None) -> Element:
    """Parse XML bytes into a tree.

    Args:
        data: The document, in the encoding its declaration or byte order mark names.
        allow_dtd: Accept a DOCTYPE line (cXML carries one); entities and external references never are.
        limits: Refuse what is larger; ``MarkupLimits()`` when not given.

    Raises:
        Rejected: Not well-formed, a DTD or entity where none may be, or over a limit.
    """
    return _parsed(
        data, LimitedBuilder(limits or MarkupLimits()), limits or MarkupLimits(), allow_dtd=allow_dtd
    )


def parse_located(data: bytes, *, allow_dtd: bool = False) -> tuple[Element, dict[Element, int]]:
    """As :func:`parse_markup`, with the line each element begins in."""
    limits = MarkupLimits()
    builder = LimitedBuilder(limits)
    return _parsed(data, builder, limits, allow_dtd=allow_dtd, located=True), builder.lines


def _parsed(
    data: bytes, builder: LimitedBuilder, limits: MarkupLimits, *, allow_dtd: bool, located: bool = False
) -> Element:
    if len(data) > limits.bytes:
        raise Rejected(f"XML of {len(data)} bytes is over the limit of {limits.bytes}.")
    parser = DefusedXMLParser(target=builder, forbid_dtd=not allow_dtd)
    if located:
        builder.parser = parser.parser
    try:
        parser.feed(data)
        root: Element = parser.close()
    except ParseError as error:
        line, column = error.position
        said = f"The XML is not well-formed at line {line}, column {column}: {error.msg}."
        raise Rejected(said, line=line) from error
    except DefusedXmlException as error:
        raise Rejected(f"The XML declares what is never read: {error}.") from error
    return root


class Node:
    """An XML element that remembers what was read of it.

    Paths are element names joined by ``/``, with the prefixes of ``namespaces``; the first match counts.
    """

    def __init__(
        self, element: Element, namespaces: Mapping[str, str], path: str = "", read: set[object] | None = None
    ) -> None:
        self._element = element
        self._namespaces = namespaces
        self._path = path or self._prefixed(element.tag)
        self._read = set() if read is None else read

    @property
    def name(self) -> str:
        """The element's own name without its namespace."""
        return local_name(self._element.tag)

    @property
    def path(self) -> str:
        """Where the element stands, as names and positions from the root: ``Invoice/cac:InvoiceLine[2]``."""
        return self._path

    def nodes(self, path: str) -> list[Node]:
        """Every element at ``path``, in document order."""
        found = [self]
        for step in path.split("/"):
            found = [child for node in found for child in node.children(step)]
        return found

    def children(self, step: str) -> list[Node]:
        """The direct children of one name."""
        prefix, _, name = step.rpartition(":")
        return self._by_tag.get(f"{{{self._namespaces[prefix]}}}{name}" if prefix else name, [])

    def node(self, path: str) -> Node | None:
        """The first element at ``path``, or None."""
        found = self.nodes(path)
        return found[0] if found else None

    def text(self, path: str = "") -> str | None:
        """The stripped text at ``path`` (of this element without one); None where absent or empty."""
        if path:
            node = self.node(path)
            return node.text() if node else None
        self._read.add(self._element)
        return (self._element.text or "").strip() or None

    def peek(self) -> str:
        """The stripped text of this element, without taking it."""
        return (self._element.text or "").strip()

    def texts(self, path: str) -> list[str]:
        """The text of every element at ``path`` that has some."""
        return [text for node in self.nodes(path) if (text := node.text())]

    def attribute(self, name: str, path: str = "") -> str | None:
        """The stripped attribute ``name`` at ``path``; None where absent or empty."""
        if path:
            node = self.node(path)
            return node.attribute(name) if node else None
        self._read.add((self._element, name))
        return (self._element.get(name) or "").strip() or None

    def coded(self, name: str, known: Container[str]) -> str | None:
        """The attribute; one that is none of the known codes stays unread, to be seen."""
        value = (self._element.get(name) or "").strip() or None
        if value in known:
            self._read.add((self._element, name))
        return value

    def take_everywhere(self, name: str, value: str) -> list[str]:
        """Mark the attribute as read wherever it has this value; return what else it says, each once."""
        others: dict[str, None] = {}
        for element in self._element.iter():
            said = (element.get(name) or "").strip()
            if said == value:
                self._read.add((element, name))
            elif said:
                others[said] = None
        return list(others)

    def skip(self, path: str = "") -> None:
        """Mark everything at and below ``path`` as read: it says nothing that the document does not say."""
        if path:
            for node in self.nodes(path):
                node.skip()
            return
        for element in self._element.iter():
            self._read.add(element)
            self._read.update((element, name) for name in element.keys())  # noqa: SIM118 - not a dict

    def unread(self) -> Iterator[tuple[str, list[str]]]:
        """Paths and values of every text and attribute that was not asked for, grouped by element."""
        text = (self._element.text or "").strip()
        if text and self._element not in self._read:
            yield self._path, [text]
        for name, value in self._element.items():
            if value.strip() and (self._element, name) not in self._read:
                yield f"{self._path}/@{local_name(name)}", [value.strip()]
        for siblings in self._by_tag.values():
            for child in siblings:
                yield from child.unread()

    @cached_property
    def _by_tag(self) -> dict[str, list[Node]]:
        grouped: dict[str, list[Node]] = {}
        for element in self._element:
            siblings = grouped.setdefault(element.tag, [])
            position = f"[{len(siblings) + 1}]" if siblings else ""
            path = f"{self._path}/{self._prefixed(element.tag)}{position}"
            siblings.append(Node(element, self._namespaces, path, self._read))
        return grouped

    def _prefixed(self, tag: str) -> str:
        namespace, _, name = tag.rpartition("}")
        for prefix, uri in self._namespaces.items():
            if uri == namespace[1:]:
                return f"{prefix}:{name}"
        return name


def local_name(tag: str) -> str:
    """The name of ``{namespace}name``."""
    return tag.rpartition("}")[2]
