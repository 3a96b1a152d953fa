"""What the UBL 2.1 schemas and PEPPOL's BIS demand of a document's elements.

``sequences.json`` holds, for each type of the schemas of the five documents and of what they contain, its
elements in the schema's order, with ``?`` for at most one, ``*`` for any number and ``+`` for one or more
(source: UBL 2.1, OASIS Standard). The demands are those of PEPPOL BIS Billing 3 (EN 16931) and of the BIS
for orders, order responses and despatch advices (transactions T01, T76, T16).
"""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files
from itertools import chain
from typing import TYPE_CHECKING, NamedTuple

from ml_connector.codecs.faults import Fault, Names, lacks_all, missing
from ml_connector.codecs.ubl.namespaces import NAMESPACES

if TYPE_CHECKING:
    from collections.abc import Iterator
    from xml.etree.ElementTree import Element

_EXTENSIONS = "urn:oasis:names:specification:ubl:schema:xsd:CommonExtensionComponents-2"
NAMES = Names({**NAMESPACES, "ext": _EXTENSIONS})
_SCHEMA = "the UBL 2.1 schema"
_PEPPOL = ("peppol", "en16931")

_HEAD = ("cbc:CustomizationID", "cbc:ProfileID", "cbc:ID", "cbc:IssueDate")
_ENDPOINT = ("cac:Party/cbc:EndpointID", "cac:Party/cbc:EndpointID/@schemeID")
_REGISTERED = "cac:Party/cac:PartyLegalEntity/cbc:RegistrationName"
_COUNTRY = "cac:Party/cac:PostalAddress/cac:Country/cbc:IdentificationCode"
_CATEGORY = ("cbc:ID", "cac:TaxScheme/cbc:ID")


def _below(path: str, *demands: str) -> tuple[str, ...]:
    return tuple(f"{path}/{demand}" for demand in demands)


def _billing(name: str, quantity: str) -> tuple[str, ...]:
    line = f"cac:{name}Line"
    totals = ("LineExtensionAmount", "TaxExclusiveAmount", "TaxInclusiveAmount", "PayableAmount")
    return (
        *_HEAD,
        f"cbc:{name}TypeCode",
        "cbc:DocumentCurrencyCode",
        *_below("cac:AccountingSupplierParty", *_ENDPOINT, _REGISTERED, _COUNTRY),
        *_below("cac:AccountingCustomerParty", *_ENDPOINT, _REGISTERED, _COUNTRY),
        "cac:TaxTotal/cbc:TaxAmount",
        *_below("cac:TaxTotal/cac:TaxSubtotal?", "cbc:TaxableAmount", "cbc:TaxAmount"),
        *_below("cac:TaxTotal/cac:TaxSubtotal?/cac:TaxCategory", *_CATEGORY),
        *_below("cac:AllowanceCharge?/cac:TaxCategory", *_CATEGORY),
        *(f"cac:LegalMonetaryTotal/cbc:{total}" for total in totals),
        *_below(line, "cbc:ID", f"cbc:{quantity}", f"cbc:{quantity}/@unitCode", "cbc:LineExtensionAmount"),
        *_below(f"{line}/cac:Item", "cbc:Name", *_below("cac:ClassifiedTaxCategory", *_CATEGORY)),
        f"{line}/cac:Price/cbc:PriceAmount",
    )


class Rules(NamedTuple):
    """What a BIS demands of one document.

    Attributes:
        bis: Its name.
        demands: Paths that must be there.
        choices: Of each of these groups of paths, one must be there.
    """

    bis: str
    demands: tuple[str, ...]
    choices: tuple[tuple[str, ...], ...] = ()


# PEPPOL-EN16931-R003; BR-CO-18.
_BILLING_CHOICES = (
    ("cbc:BuyerReference", "cac:OrderReference/cbc:ID"),
    ("cac:TaxTotal/cac:TaxSubtotal/cbc:TaxAmount",),
)
_ORDERED = ("cbc:ID", "cac:Item/cbc:Name")
_RULES = {
    "Invoice": Rules("PEPPOL BIS Billing 3", _billing("Invoice", "InvoicedQuantity"), _BILLING_CHOICES),
    "CreditNote": Rules("PEPPOL BIS Billing 3", _billing("CreditNote", "CreditedQuantity"), _BILLING_CHOICES),
    "Order": Rules(
        "PEPPOL BIS Ordering 3",
        (
            *_HEAD,
            "cbc:DocumentCurrencyCode",
            *_below("cac:BuyerCustomerParty", *_ENDPOINT, _REGISTERED),
            *_below("cac:SellerSupplierParty", *_ENDPOINT, _REGISTERED),
            *_below("cac:OrderLine/cac:LineItem", *_ORDERED, "cbc:Quantity", "cbc:Quantity/@unitCode"),
        ),
    ),
    "OrderResponse": Rules(
        "PEPPOL BIS Ordering 3",
        (
            *_HEAD,
            "cbc:OrderResponseCode",
            "cac:OrderReference/cbc:ID",
            *_below("cac:SellerSupplierParty", *_ENDPOINT),
            *_below("cac:BuyerCustomerParty", *_ENDPOINT),
            *_below("cac:OrderLine?/cac:LineItem", "cbc:ID", "cbc:LineStatusCode", "cac:Item/cbc:Name"),
            "cac:OrderLine?/cac:LineItem/cbc:Quantity?/@unitCode",
            "cac:OrderLine?/cac:OrderLineReference/cbc:LineID",
        ),
    ),
    "DespatchAdvice": Rules(
        "PEPPOL BIS Despatch Advice 3",
        (
            *_HEAD,
            *_below("cac:DespatchSupplierParty", *_ENDPOINT, _REGISTERED),
            *_below("cac:DeliveryCustomerParty", *_ENDPOINT),
            *_below(
                "cac:DespatchLine", *_ORDERED, "cbc:DeliveredQuantity", "cbc:DeliveredQuantity/@unitCode"
            ),
        ),
    ),
}


def faults(root: Element, message: str) -> Iterator[Fault]:
    """What is wrong with a UBL document's elements; a BIS's own demands only where it says it keeps one."""
    told = set()
    for fault in chain(_misplaced(root, message, message), _undone(root, _RULES[message])):
        if (fault.rule, fault.path) not in told:
            told.add((fault.rule, fault.path))
            yield fault


def _undone(root: Element, rules: Rules) -> Iterator[Fault]:
    """The demands of a BIS that a document which claims to keep it does not meet."""
    said = (root.findtext("cbc:CustomizationID", "", NAMESPACES) or "").lower()
    if any(name in said for name in _PEPPOL):
        yield from missing(root, rules.demands, NAMES, rules.bis)
        for choices in rules.choices:
            yield from lacks_all(root, choices, NAMES, rules.bis)


def _misplaced(element: Element, kind: str, path: str) -> Iterator[Fault]:
    """What the schema forbids in an element of a type, and in those it contains."""
    sequence = _sequence(kind)
    places = {slot.name: place for place, slot in enumerate(sequence)}
    last, counts = 0, dict.fromkeys(places, 0)
    for placed, child in NAMES.placed(element):
        name, where = NAMES.of(child), f"{path}/{placed}"
        if name not in places:
            said = f"By {_SCHEMA} {NAMES.of(element)} can hold no {name}."
            yield Fault("element-unknown", said, where, child)
            continue
        if places[name] < last:
            said = f"{name} stands after {sequence[last].name}; {_SCHEMA} wants it before."
            yield Fault("element-out-of-order", said, where, child)
        last = max(last, places[name])
        counts[name] += 1
        if counts[name] == 2 and not sequence[places[name]].many:
            yield Fault("element-repeated", f"{name} stands twice; {_SCHEMA} allows one.", where, child)
        yield from _inside(child, name, where)
    for slot in sequence:
        if slot.needed and not counts[slot.name]:
            where = f"{path}/{slot.name}"
            yield Fault("element-missing", f"{slot.name} is missing; {_SCHEMA} demands it.", where, element)


def _inside(child: Element, name: str, path: str) -> Iterator[Fault]:
    if name.startswith("cac:"):
        yield from _misplaced(child, _kind(name[4:]), path)
    elif name.endswith("Amount") and not child.get("currencyID"):
        said = f"@currencyID is missing; {_SCHEMA} demands it."
        yield Fault("attribute-missing", said, f"{path}/@currencyID", child)
    elif name.endswith("Measure") and not child.get("unitCode"):
        said = f"@unitCode is missing; {_SCHEMA} demands it."
        yield Fault("attribute-missing", said, f"{path}/@unitCode", child)


class _Slot(NamedTuple):
    name: str
    needed: bool
    many: bool


@cache
def _table() -> dict[str, dict[str, str]]:
    text = (files("ml_connector.codecs.ubl") / "sequences.json").read_text(encoding="utf-8")
    table: dict[str, dict[str, str]] = json.loads(text)
    return table


def _kind(name: str) -> str:
    """The type of an aggregate: its own name where no other is given."""
    return _table()["elements"].get(name, name)


@cache
def _sequence(kind: str) -> tuple[_Slot, ...]:
    return tuple(
        _Slot(text.rstrip("?*+"), needed=text[-1] not in "?*", many=text[-1] in "*+")
        for text in _table()["types"][kind].split()
    )
