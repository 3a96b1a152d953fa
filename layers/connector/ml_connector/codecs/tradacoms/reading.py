"""TRADACOMS messages being read, with the header of the file they stand in.

A file is a header message (TYP, SDT, CDT, FIL), detail messages and trailers. The parties stand in the header
only, so a detail message is read together with it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ml_connector.codecs.identity import check_identifier, check_party_number
from ml_connector.codecs.reading import Reading, Taken
from ml_connector.codecs.tradacoms.numbers import MEASURE, read_date, read_number
from ml_connector.codecs.units import unit
from ml_connector.documents import (
    Address,
    Identifier,
    IdentifierScheme,
    Item,
    Party,
    PartyRole,
    RawExtension,
    Severity,
    UnitList,
)
from ml_connector.edi.loops import Loop, place
from ml_connector.errors import Rejected

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date
    from decimal import Decimal

    from ml_connector.codecs.profile import CodecProfile
    from ml_connector.documents import UnitOfMeasure
    from ml_connector.edi import Interchange, Message, Segment

_SERVICE = ("MHD", "MTR")

# RTEX and GNAR: texts in one DNA, DNB or DNC.
_REGISTERED_TEXTS = 4


class TradacomsReading(Reading):
    """The reading of one detail message.

    Attributes:
        tree: The message as placed.
        header: The segments of its file's header by tag; empty where the message came without one.
    """

    def __init__(self, interchange: Interchange, message: Message, profile: CodecProfile) -> None:
        super().__init__(interchange, message, profile)
        self.tree = place(message)
        held = message.file_header
        self._held = [SegmentReader(segment, self) for segment in held.segments] if held else []
        self.header = {segment.segment.tag: segment for segment in reversed(self._held)}
        for tag in _SERVICE:
            for segment in self.tree.segments(tag):
                self.take(segment).take_all()

    def _left(self, tree: Loop) -> Iterator[RawExtension]:
        """What no field took of the message, after what none took of its file's header."""
        counts: dict[str, int] = {}
        for held in self._held:
            tag = held.segment.tag
            counts[tag] = counts.get(tag, 0) + 1
            for number, values in held.left() if tag not in _SERVICE else ():
                path = f"file/{tag}[{counts[tag]}]/{number:02d}"
                yield RawExtension(path=path, values=values, position=held.segment.position)
        yield from super()._left(tree)

    def opened(self, segment: Segment) -> SegmentReader:
        """The segment with TRADACOMS' numbers."""
        return SegmentReader(segment, self)

    def segment(self, segment: Segment) -> SegmentReader:
        """The segment, opened for taking values."""
        taken = self.take(segment)
        assert isinstance(taken, SegmentReader)  # noqa: S101 - opened() makes no other
        return taken

    def first(self, tag: str) -> SegmentReader | None:
        """The first segment of a tag directly in the message."""
        found = self.tree.segment(tag)
        return self.segment(found) if found is not None else None

    def every(self, loop: Loop, tag: str) -> list[SegmentReader]:
        """The segments of a tag in a loop, as themselves or as heads of loops in it, in order."""
        found = []
        for child in loop.children:
            segment = child.head if isinstance(child, Loop) else child
            if segment is not None and segment.tag == tag:
                found.append(self.segment(segment))
        return found

    def file_code(self) -> str:
        """The transaction code of TYP; empty without a header."""
        typ = self.header.get("TYP")
        return (typ.part(1) or "") if typ else ""

    def parties(self, location: SegmentReader | None) -> tuple[Party, ...]:
        """Supplier (SDT) and customer (CDT) of the file, and where to deliver (CLO)."""
        found = []
        for tag, role in (("CDT", PartyRole.BUYER), ("SDT", PartyRole.SELLER)):
            if tag in self.header:
                found.append(self.header[tag].party(role))
        place = location.party(PartyRole.SHIP_TO) if location is not None else None
        if place and place != Party(role=PartyRole.SHIP_TO):  # CLO must stand even where it names no place
            found.append(place)
        return tuple(found)


class SegmentReader(Taken):
    """A segment from which values are taken."""

    __slots__ = ("reading",)

    def __init__(self, segment: Segment, reading: TradacomsReading) -> None:
        super().__init__(segment, reading)
        self.reading = reading

    def known(self, element: int, component: int = 1) -> str | None:
        """A number or code; None also for the ``0`` that stands for a mandatory value nobody knows."""
        value = self.part(element, component)
        return None if value == "0" else value

    def code(self, element: int, component: int = 1) -> str | None:
        """A code in upper case: VAT codes, indicators and units are letters; None where absent."""
        value = self.part(element, component)
        return self.folded(value, element) if value else None

    def pack(self, element: int) -> Decimal | None:
        """The units in a traded unit (UNOR); None for none."""
        return self.number(element, 0) or None

    def number(self, element: int, places: int, component: int = 1) -> Decimal | None:
        """A number with implied decimals; one that is none stays untaken and holds the document."""
        text = self.part(element, component)
        if text is None:
            return None
        try:
            value = read_number(text, places, self.path(element))
        except Rejected as error:
            self._parts.discard((element, component, 1))
            self.reading.find(
                Severity.HOLD, "unreadable-number", error.message, path=self.path(element), found=text
            )
            return None
        if "." in text or not text.isdecimal():
            self.reading.normalised("number-form", self.path(element), text, value)
        return value

    def take_same(self, value: Decimal | None, places: int, *elements: int) -> None:
        """Take what only says an amount again; one that says another stays untaken, to be seen."""
        for element in elements:
            text = self.segment.element(element).strip()
            if value is not None and text.isdecimal() and read_number(text, places, "") == value:
                self.part(element)

    def date(self, element: int, component: int = 1) -> date | None:
        """A date YYMMDD; one that is none stays untaken and holds the document."""
        text = self.part(element, component)
        if text is None:
            return None
        try:
            return read_date(text, self.path(element))
        except Rejected as error:
            self._parts.discard((element, component, 1))
            self.reading.find(
                Severity.HOLD, "unreadable-date", error.message, path=self.path(element), found=text
            )
            return None

    def party(self, role: PartyRole) -> Party:
        """The party of SDT, CDT or CLO: numbers, name, address, VAT number."""
        sells = role is PartyRole.SELLER
        own = IdentifierScheme.SELLER_ASSIGNED if sells else IdentifierScheme.BUYER_ASSIGNED
        schemes = (IdentifierScheme.GLN, own, IdentifierScheme.SELLER_ASSIGNED)
        ids = []
        for component, scheme in enumerate(schemes, 1):
            if value := self.known(1, component):
                identifier = Identifier(scheme=scheme, value=value)
                ids.append(check_party_number(self.reading, identifier, self.path(1)))
        lines = tuple(line for at in range(1, 5) if (line := self.part(3, at)))
        post_code = self.part(3, 5)
        taxes = []
        if role is not PartyRole.SHIP_TO:
            for component in (1, 2):
                if value := self.part(4, component):
                    qualifier = "1" if component == 1 else None
                    taxes.append(
                        Identifier(scheme=IdentifierScheme.VAT, value=value, source_qualifier=qualifier)
                    )
        return Party(
            role=role,
            ids=tuple(ids),
            name=self.part(2),
            address=Address(lines=lines, post_code=post_code) if lines or post_code else None,
            tax_ids=tuple(taxes),
        )

    def item(self, supplier: int, consumer_unit: int, customer: int, description: int) -> Item:
        """The item of SPRO, SACU, CPRO and TDES at their positions."""
        path = self.path(supplier)
        numbers: dict[str, Any] = {}
        further = []
        if value := self.known(supplier, 1):
            gtin = value.isdigit() and len(value) in (8, 12, 13, 14)
            scheme = IdentifierScheme.GTIN if gtin else IdentifierScheme.SELLER_ASSIGNED
            first = check_identifier(self.reading, Identifier(scheme=scheme, value=value), path)
            numbers["gtin" if gtin else "seller_id"] = first
        for element, component, scheme, field in (
            (supplier, 2, IdentifierScheme.SELLER_ASSIGNED, "seller_id"),
            (customer, 2, IdentifierScheme.BUYER_ASSIGNED, "buyer_id"),
        ):
            if value := self.part(element, component):
                identifier = Identifier(scheme=scheme, value=value)
                if field in numbers:
                    further.append(identifier)
                else:
                    numbers[field] = identifier
        for element, component, qualifier in (
            (supplier, 3, "DUN14"),
            (consumer_unit, 1, "SACU"),
            (customer, 1, "CPRO"),
        ):
            if value := self.part(element, component):
                further.append(
                    Identifier(scheme=IdentifierScheme.GTIN, value=value, source_qualifier=qualifier)
                )
        return Item(
            **numbers,
            additional_ids=tuple(further),
            name=self.part(description, 1),
            description=self.part(description, 2),
        )

    def lines(self, element: int) -> list[str]:
        """The lines of a text of up to four (DINS, GNAR)."""
        return [text for component in range(1, 5) if (text := self.part(element, component))]

    def quantity(self, element: int) -> tuple[Decimal | None, UnitOfMeasure | None]:
        """Traded units, or the measure where that is what is traded, with the indicator as its unit."""
        amount = self.number(element, 0)
        if amount is None:
            amount = self.number(element, MEASURE, 2)
        code = self.code(element, 3)
        return amount, (unit(code, UnitList.ANA_4) if code else None)


def coded_texts(note: SegmentReader, element: int) -> list[tuple[str, str]]:
    """The registered texts (RTEX) of an element, up to four, each with its application code."""
    pairs = [(component, component + 1) for component in range(1, 2 * _REGISTERED_TEXTS, 2)]
    whole = [pair for pair in pairs if all(note.segment.element(element, part).strip() for part in pair)]
    return [(note.part(element, code) or "", note.part(element, text) or "") for code, text in whole]


def narrative(note: SegmentReader, *numbers: str | None) -> list[str]:
    """The free text (GNAR) of a DNA, DNB or DNC with these sequence numbers.

    Coded text stays unread, as do sequence numbers that are others.
    """
    for element, number in enumerate(numbers, 1):
        note.take_code(element, number or "")
    return note.lines(len(numbers) + 3)
