"""EDIFACT messages being written: values checked against the directory, the envelope, and reading back.

What a message can't carry is refused by name before it leaves: too long for its element, a mandatory value
that is missing, a unit without a counterpart, a field no segment has a place for.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from ml_connector.codecs.amounts import digits_of, write_number
from ml_connector.codecs.edifact.fields import FIELDS
from ml_connector.codecs.edifact.widths import Widths, is_from_2000_on, rules_of, widths_of
from ml_connector.codecs.fidelity import NOTHING_WEAKER, check_fidelity
from ml_connector.codecs.units import translate_unit
from ml_connector.codecs.validity import check_validity
from ml_connector.documents import UnitList, UnitOfMeasure
from ml_connector.edi import (
    EDIFACT_SEPARATORS,
    Address,
    Separators,
    Standard,
    read_interchanges,
)
from ml_connector.edi.compose import compose_interchange
from ml_connector.edi.outgoing import OutgoingGroup, OutgoingInterchange, OutgoingMessage
from ml_connector.errors import Misconfigured

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from ml_connector.codecs.profile import CodecProfile
    from ml_connector.documents import Document
    from ml_connector.edi import Interchange, Message
    from ml_connector.edi.notation import Element, Part
    from ml_connector.edi.rows import Row, Value


@dataclass(frozen=True, slots=True)
class Writing:
    """One message being written.

    Attributes:
        message: Its type.
        version: Its directory, ``D.96A`` or ``D.01B``.
        profile: The partner's ways.
    """

    message: str
    version: str
    profile: CodecProfile

    @property
    def widths(self) -> Widths:
        """The widths of text components."""
        return widths_of(self.version)

    @property
    def gtin_type(self) -> str:
        """The item number type of a GTIN: SRV since D.01B, EN before."""
        return "SRV" if is_from_2000_on(self.version) else "EN"

    def unit(self, unit: UnitOfMeasure | None) -> str:
        """The unit's code of UN/ECE Recommendation 20 or 21; empty for None.

        Raises:
            Misconfigured: The unit has no sure counterpart there.
        """
        if unit is None:
            return ""
        if unit.code in self.profile.units_out:
            return self.profile.units_out[unit.code]
        united_nations = unit.list in (UnitList.UNECE_REC20, UnitList.UNECE_REC21)
        translated = unit if united_nations else translate_unit(unit, UnitList.UNECE_REC20)
        if translated is None:
            raise self.refuse("uom", f"{unit.list.value} has no counterpart in UN/ECE Rec. 20", unit.code)
        return translated.code

    def refuse(self, field: str, reason: str, value: object) -> Misconfigured:
        """The error that a field can't be carried; the caller raises it."""
        return Misconfigured(
            f"{field} can't be written in {self.message} {self.version}: {reason}, found {str(value)!r}.",
            advice="Correct the value in the document it comes from, or agree another way of sending it.",
            field=field,
            value=str(value),
        )

    def interchange(
        self,
        rows: Iterable[Row],
        document: Document,
        decode: Callable[[Interchange, Message, CodecProfile], Document],
        *,
        weaker: Mapping[object, object] = NOTHING_WEAKER,
    ) -> bytes:
        """The interchange of one message, after reading it back.

        Raises:
            Misconfigured: The message can't carry the document.
        """
        data = self.unread_interchange(rows, document)
        for interchange in read_interchanges(io.BytesIO(data)):
            for written in interchange.messages():
                read_back = decode(interchange, written, self.profile)
                check_fidelity(document, read_back, f"{self.message} {self.version}", weaker=weaker)
        check_validity(data, document, f"{self.message} {self.version}")
        return data

    def unread_interchange(self, rows: Iterable[Row], document: Document) -> bytes:
        """The interchange of one message that no codec reads.

        Raises:
            Misconfigured: A value is too long, of the wrong kind or missing.
        """
        envelope = self.profile.envelope
        message = OutgoingMessage(
            type=self.message,
            rows=[self._checked(row) for row in rows],
            control_number=str(envelope.message_control_number),
            version=self.version,
            association=envelope.association or "",
        )
        return compose_interchange(self._envelope(document), [OutgoingGroup(messages=[message])])

    def _envelope(self, document: Document) -> OutgoingInterchange:
        told, source = self.profile.envelope, document.source
        layout = self.profile.layout
        sender = told.sender_id or (source.sender_id if source else None) or "SENDER"
        receiver = told.receiver_id or (source.receiver_id if source else None) or "RECEIVER"
        return OutgoingInterchange(
            standard=Standard.EDIFACT,
            sender=Address(sender, told.sender_qualifier or "", told.sender_internal_id or ""),
            receiver=Address(receiver, told.receiver_qualifier or "", told.receiver_internal_id or ""),
            control_number=str(told.interchange_control_number),
            prepared_at=told.prepared_at or datetime.now().astimezone(),
            test=told.test,
            charset=layout.charset or "UNOC",
            separators=_separators(self.profile),
            acknowledge=told.acknowledgement_wanted,
            application_reference=told.application_reference or "",
            agreement=told.agreement or "",
            service_string=layout.service_string,
            line_break="\r\n" if layout.line_breaks else "",
        )

    def _checked(self, row: Row) -> Row:
        """The row with plain numbers, each value held against its element."""
        tag, values = row
        rule = rules_of(self.message, self.version)[tag]
        written = [
            self._element(tag, number, rule.parts[number - 1], value)
            for number, value in enumerate(values, 1)
        ]
        for number, part in enumerate(rule.parts, 1):
            if part.mandatory and (number > len(written) or not _says(written[number - 1])):
                raise self.refuse(_field(tag, number), f"{tag}{number:02d} must be there", "")
        return tag, written

    def _element(self, tag: str, number: int, part: Part, value: Value) -> Value:
        if part.composite is None:
            return self._plain(f"{tag}{number:02d}", _field(tag, number), part.element, value)
        components = _components(value)
        held = part.composite.parts
        if len(components) > len(held):
            field = _field(tag, number)
            raise self.refuse(
                field, f"{tag}{number:02d} holds {len(held)} parts", " ".join(map(str, components))
            )
        texts = [
            self._plain(f"{tag}{number:02d}.{at}", _field(tag, number, at), held[at - 1].element, component)
            for at, component in enumerate(components, 1)
        ]
        for at, inner in enumerate(held, 1):
            if inner.mandatory and any(texts) and not "".join(texts[at - 1 : at]):
                raise self.refuse(_field(tag, number, at), f"{tag}{number:02d}.{at} must be there", "")
        return texts

    def _plain(self, place: str, field: str, element: Element | None, value: object) -> str:
        text = write_number(value) if isinstance(value, Decimal) else str(value)
        if element is None:
            return text
        numeric = element.type == "n"
        if numeric and text and not text.lstrip("-").replace(".", "", 1).isdecimal():
            raise self.refuse(field, f"{place} holds a number", text)
        if (digits_of(text) if numeric else len(text)) > element.maximum:
            raise self.refuse(field, f"{place} holds at most {element.maximum} characters", text)
        # The mark that UNA names; a quantity is a number in an alphanumeric element since D.01B.
        mark = self.profile.layout.decimal or "."
        return text.replace(".", mark) if numeric or isinstance(value, Decimal) else text


def _components(value: Value) -> Sequence[object]:
    return [value] if isinstance(value, str | int | Decimal) else list(value)


def _says(value: Value) -> bool:
    return any(str(component) for component in _components(value))


def _field(tag: str, element: int, component: int = 1) -> str:
    place = f"{tag}{element:02d}"
    return FIELDS.get(f"{place}.{component}", FIELDS.get(place, place))


def _separators(profile: CodecProfile) -> Separators | None:
    layout, usual = profile.layout, EDIFACT_SEPARATORS
    if not any((layout.element, layout.component, layout.release, layout.terminator, layout.decimal)):
        return None
    return Separators(
        element=layout.element or usual.element,
        component=layout.component or usual.component,
        terminator=layout.terminator or usual.terminator,
        repetition=layout.repetition or usual.repetition,
        release=layout.release or usual.release,
        decimal=layout.decimal or usual.decimal,
        tag=layout.element or usual.tag,
    )


def numbered(rows: Iterable[Row]) -> Iterator[Row]:
    """The rows with LIN numbered from 1 where a line has no number of its own."""
    count = 0
    for tag, values in rows:
        if tag == "LIN":
            count += 1
            yield tag, [values[0] or str(count), *values[1:]]
        else:
            yield tag, values
