"""TRADACOMS files being written: header, detail and trailers in one transmission, and reading back."""

from __future__ import annotations

import io
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from ml_connector.codecs.fidelity import check_fidelity
from ml_connector.codecs.tradacoms.numbers import write_date, write_number
from ml_connector.codecs.validity import check_validity
from ml_connector.documents import Address as PostalAddress
from ml_connector.documents import IdentifierScheme, Item, Party, PartyRole
from ml_connector.edi import Address, Standard, read_interchanges
from ml_connector.edi.compose import compose_interchange
from ml_connector.edi.outgoing import OutgoingGroup, OutgoingInterchange, OutgoingMessage
from ml_connector.edi.schema import find_schema
from ml_connector.errors import Misconfigured

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from decimal import Decimal

    from ml_connector.codecs.profile import CodecProfile
    from ml_connector.documents import Document, UnitOfMeasure
    from ml_connector.edi import Interchange, Message
    from ml_connector.edi.notation import Part
    from ml_connector.edi.rows import Row, Value

_VERSION = "9"


class File(NamedTuple):
    """One file: its messages, each with its rows, and the code and name of its transaction."""

    header: str
    code: str
    name: str
    detail: str
    rows: Sequence[Row]
    trailers: Sequence[tuple[str, Sequence[Row]]]


def write_file(
    file: File,
    document: Document,
    profile: CodecProfile,
    decode: Callable[[Interchange, Message, CodecProfile], Document],
) -> bytes:
    """The transmission of a file, after reading it back.

    Raises:
        Misconfigured: The file can't carry a value of the document; the error names the field.
    """
    told = profile.envelope
    parties: tuple[Party, ...] = getattr(document, "parties", ())
    now = told.prepared_at or datetime.now().astimezone()
    header: list[Row] = [
        ("TYP", [file.code, file.name]),
        ("SDT", party_values(_party(parties, PartyRole.SELLER))),
        ("CDT", party_values(_party(parties, PartyRole.BUYER))),
        ("FIL", [str(told.group_control_number), "1", f"{now:%y%m%d}"]),
    ]
    messages = [(file.header, header), (file.detail, file.rows), *file.trailers]
    transmission = OutgoingInterchange(
        standard=Standard.TRADACOMS,
        sender=Address(told.sender_id or "SENDER"),
        receiver=Address(told.receiver_id or "RECEIVER"),
        control_number=str(told.interchange_control_number),
        prepared_at=now,
        test=told.test,
        charset=profile.layout.charset or "",
        application_reference=told.application_reference or file.header,
        line_break="\r\n" if profile.layout.line_breaks else "",
    )
    outgoing = [
        OutgoingMessage(type=kind, version=_VERSION, rows=[_checked(kind, row) for row in rows])
        for kind, rows in messages
    ]
    data = compose_interchange(transmission, [OutgoingGroup(messages=outgoing)])
    for interchange in read_interchanges(io.BytesIO(data)):
        for message in interchange.messages():
            if message.type == file.detail:
                check_fidelity(document, decode(interchange, message, profile), f"TRADACOMS {file.detail}")
    check_validity(data, document, f"TRADACOMS {file.detail}")
    return data


def _party(parties: Iterable[Party], role: PartyRole) -> Party:
    return next((party for party in parties if party.role is role), Party(role=role))


def party_values(party: Party) -> list[Value]:
    """The elements of SDT, CDT or CLO; ``0`` stands where something must stand and nothing is known."""
    gln = next((i.value for i in party.ids if i.scheme is IdentifierScheme.GLN), "")
    sells = party.role is PartyRole.SELLER
    own = IdentifierScheme.SELLER_ASSIGNED if sells else IdentifierScheme.BUYER_ASSIGNED
    code = next((i.value for i in party.ids if i.scheme is own), "")
    third = ""
    if party.role is PartyRole.SHIP_TO:
        third = next((i.value for i in party.ids if i.scheme is IdentifierScheme.SELLER_ASSIGNED), "")
    address = party.address or PostalAddress()
    lines = [*address.lines, "", "", "", ""][:4] if len(address.lines) <= 4 else list(address.lines)
    taxes = ["", ""]
    for tax in party.tax_ids:
        taxes[0 if tax.source_qualifier == "1" else 1] = tax.value
    values: list[Value] = [
        [gln, code, third] if gln or code or third else "0",
        party.name or "",
        [*lines, address.post_code or ""],
    ]
    return values if party.role is PartyRole.SHIP_TO else [*values, taxes]


def ship_to_values(document: Document) -> list[Value]:
    """The elements of CLO."""
    return party_values(_party(getattr(document, "parties", ()), PartyRole.SHIP_TO))


def item_values(item: Item) -> tuple[Value, Value, Value, Value]:
    """SPRO, SACU, CPRO and TDES of an item."""
    further = {identifier.source_qualifier: identifier.value for identifier in item.additional_ids}
    supplier = [
        item.gtin.value if item.gtin else "",
        item.seller_id.value if item.seller_id else "",
        further.get("DUN14", ""),
    ]
    customer = [further.get("CPRO", ""), item.buyer_id.value if item.buyer_id else ""]
    return (
        supplier if any(supplier) else "0",
        further.get("SACU", ""),
        customer,
        [item.name or "", item.description or ""],
    )


def quantity_values(quantity: Decimal | None, uom: UnitOfMeasure | None, field: str) -> Value:
    """Traded units with their indicator; a fraction is a measure."""
    if quantity is None:
        return "0"
    code = uom.code if uom else ""
    if quantity == quantity.to_integral_value():
        return [write_number(quantity, 0, field, digits=15), "", code]
    return ["", write_number(quantity, 3, field), code]


def order_numbers(number: str | None, sellers: str | None, placed: object) -> Value:
    """ORNO: the customer's order number, the supplier's, the date placed."""
    values = [number or "", sellers or "", write_date(placed, "order date") if placed else ""]  # type: ignore[arg-type]
    return values if any(values) else "0"


def _checked(message: str, row: Row) -> Row:
    """The row, each value held against its element's length."""
    tag, values = row
    schema = find_schema("tradacoms", message, _VERSION)
    rule = schema.rules[tag] if schema else None
    for number, value in enumerate(values, 1):
        if rule is not None and number <= len(rule.parts):
            _check(f"{tag}{number:02d}", rule.parts[number - 1], value)
    return row


def _check(place: str, part: Part, value: Value) -> None:
    texts = [str(value)] if not isinstance(value, list) else [str(text) for text in value]
    held = part.composite.parts if part.composite else (part,)
    if len(texts) > len(held) and any(texts[len(held) :]):
        raise _too_long(place, f"{len(held)} parts", " ".join(texts))
    for text, inner in zip(texts, held, strict=False):
        if inner.element is not None and len(text) > inner.element.maximum:
            raise _too_long(place, f"{inner.element.maximum} characters", text)


def _too_long(place: str, limit: str, value: str) -> Misconfigured:
    return Misconfigured(
        f"{place} can't be written in TRADACOMS: it holds at most {limit}, found {value!r}.",
        advice="Correct the value in the document it comes from, or agree another way of sending it.",
        field=place,
        value=value,
    )
