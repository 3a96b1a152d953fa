"""UBL 2.1 names, and documents built element by element in the order the schema demands."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from ml_connector.codecs.amounts import write_number
from ml_connector.codecs.fidelity import check_fidelity
from ml_connector.codecs.markup import Node, parse_markup
from ml_connector.codecs.markup_reading import MarkupReading
from ml_connector.codecs.ubl.checks import faults
from ml_connector.codecs.ubl.namespaces import CAC, CBC, NAMESPACES, SCHEMA
from ml_connector.codecs.units import translate_unit
from ml_connector.documents import UnitList
from ml_connector.errors import Misconfigured, Rejected

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from ml_connector.codecs.profile import CodecProfile
    from ml_connector.documents import Document, UnitOfMeasure

# What to give a document that lacks an element, by the element's own name.
_REMEDIES = {
    "@currencyID": "Give the document a currency.",
    "@unitCode": "Give each line's quantity a unit (uom).",
    "cac:ClassifiedTaxCategory": "Give each line its tax category and rate (tax).",
    "cac:PostalAddress": "Give the party an address with its country.",
    "cac:Price": "Give each line its price.",
    "cac:TaxCategory": "Give the allowance or charge its tax category and rate.",
    "cac:TaxTotal": "Give the tax of each category and rate (tax_subtotals).",
    "cbc:BuyerReference": "Give the customer's reference (references), or the order (order_references).",
    "cbc:EndpointID": "Give the party an identifier with a scheme of ISO 6523, such as its GLN.",
    "cbc:IssueDate": "Give the document its date (issue_date).",
    "cbc:Name": "Give each item a name or a description.",
    "cbc:RegistrationName": "Give the party a name.",
    "@schemeID": "Give the party an identifier with a scheme of ISO 6523, such as its GLN.",
}
_CENT = Decimal("0.01")


def read_root(data: bytes, profile: CodecProfile, *names: str) -> MarkupReading:
    """The reading of a UBL document.

    Raises:
        Rejected: Not well-formed, or another document than one of the names.
    """
    root = Node(parse_markup(data), NAMESPACES)
    if root.name not in names:
        raise Rejected(f"A UBL {' or '.join(names)} was expected, found {root.name}.")
    reading = MarkupReading(root, data, "ubl", profile)
    reading.source = reading.source.model_copy(update={"version": root.text("cbc:UBLVersionID") or "2.1"})
    for said in ("cbc:CustomizationID", "cbc:ProfileID"):
        root.skip(said)
    held = [root.node(f"cbc:{name}CurrencyCode") for name in ("Document", "Tax")]
    currency, tax = (node.peek() or None if node else None for node in held)
    reading.take_currency("currencyID", currency, tax)
    return reading


class Writer:
    """A UBL document, or a part of it, being written."""

    def __init__(self, element: Element, currency: str | None = None) -> None:
        self._element = element
        self.currency = currency

    def group(self, name: str) -> Writer:
        """A new aggregate inside this one."""
        return Writer(SubElement(self._element, f"cac:{name}"), self.currency)

    def text(self, name: str, value: object, **attributes: str | None) -> None:
        """A basic element; nothing for None or an empty text."""
        if value is None or value == "":
            return
        child = SubElement(self._element, f"cbc:{name}")
        child.text = str(value)
        for attribute, said in attributes.items():
            if said:
                child.set(attribute, said)

    def day(self, name: str, value: date | None) -> None:
        """A date; nothing for None."""
        self.text(name, value.isoformat() if value else None)

    def amount(self, name: str, value: Decimal | None) -> None:
        """An amount in the document's currency, without zeros after the second decimal; nothing for None."""
        if value is not None:
            exact = value.quantize(_CENT)
            self.text(name, f"{exact if exact == value else value.normalize():f}", currencyID=self.currency)

    def number(self, name: str, value: Decimal | None) -> None:
        """A number; nothing for None."""
        if value is not None:
            self.text(name, write_number(value))

    def quantity(self, name: str, value: Decimal | None, unit: UnitOfMeasure | None) -> None:
        """A quantity with its UN/ECE unit; nothing for None.

        Raises:
            Misconfigured: The unit has no counterpart in UN/ECE Recommendation 20.
        """
        if value is not None:
            self.text(name, write_number(value), unitCode=_unit_code(unit))


def _unit_code(unit: UnitOfMeasure | None) -> str:
    if unit is None:
        return ""
    known = unit.list in (UnitList.UNECE_REC20, UnitList.UNECE_REC21)
    translated = unit if known else translate_unit(unit, UnitList.UNECE_REC20)
    if translated is None:
        raise Misconfigured(
            f"Unit {unit.code} of {unit.list.value} has no counterpart in UN/ECE Rec. 20.",
            advice="Map the unit in the partner's profile.",
            field="uom",
            value=unit.code,
        )
    return translated.code


def number_in(reading: MarkupReading) -> str:
    """The number of a document.

    Raises:
        Rejected: It gives none.
    """
    number = reading.root.text("cbc:ID")
    if number is None:
        raise reading.refuse(f"The {reading.root.name} gives no ID.", reading.root.path)
    return number


def new_document(
    name: str, customization: str, profile: str, currency: str | None = None
) -> tuple[Element, Writer]:
    """The root of a new document of a PEPPOL BIS, and its writer.

    Args:
        name: The document's.
        customization: Which rules it keeps: the BIS's CustomizationID.
        profile: Which process it is part of: the BIS's ProfileID.
        currency: Of its amounts.
    """
    root = Element(name)
    root.set("xmlns", f"{SCHEMA}:{name}-2")
    root.set("xmlns:cac", CAC)
    root.set("xmlns:cbc", CBC)
    writer = Writer(root, currency)
    writer.text("CustomizationID", customization)
    writer.text("ProfileID", profile)
    return root, writer


def finish(
    root: Element,
    document: Document,
    profile: CodecProfile,
    decode: Callable[[bytes, CodecProfile], Document],
) -> bytes:
    """The document as UTF-8 XML, after checking it and reading it back.

    Raises:
        Misconfigured: UBL can't carry a value of the document, or demands one that it lacks; the error names
            the field or the element.
    """
    indent(root)
    data: bytes = tostring(root, encoding="UTF-8", xml_declaration=True)
    check_fidelity(document, decode(data, profile), f"UBL {root.tag}")
    for fault in faults(parse_markup(data), root.tag):
        raise Misconfigured(
            f"{document.document_type} {document.number} can't be written as UBL {root.tag}: "
            f"{fault.path}: {fault.message}",
            advice=_remedy(fault.path),
            field=fault.path,
            document_type=document.document_type,
            number=document.number,
        )
    return data


def _remedy(path: str) -> str:
    """What to do about a missing element; the innermost name that is known says it."""
    steps = [step.partition("[")[0] for step in path.split("/")]
    known = (_REMEDIES[step] for step in reversed(steps) if step in _REMEDIES)
    return next(known, "Give the document what belongs there, or send another message.")
