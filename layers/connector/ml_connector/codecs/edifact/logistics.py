"""TDT and TOD: transport and terms of delivery."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ml_connector.codecs.edifact.qualifiers import PARTY_SCHEMES, first_codes, source_code
from ml_connector.documents import DeliveryTerms, Identifier, IdentifierScheme, Transport

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ml_connector.codecs.edifact.reading import GroupReader
    from ml_connector.edi.rows import Row

_AGENCIES = first_codes(PARTY_SCHEMES)
# 8051: 20 main carriage; 3227: 1 place of the terms of delivery.
_MAIN_CARRIAGE = "20"
_TERMS_PLACE = "1"


def read_transports(groups: Iterable[GroupReader]) -> tuple[Transport, ...]:
    """The main carriages (8051 = 20) of TDT groups; other stages stay unread."""
    found = (
        Transport(**read_transport(group)) for group in groups if group.head.peek(1) in (_MAIN_CARRIAGE, "")
    )
    return tuple(transport for transport in found if transport != Transport())


def read_transport(group: GroupReader) -> dict[str, Any]:
    """The fields of a transport that a TDT gives."""
    head = group.head
    head.take_code(1, _MAIN_CARRIAGE)
    value, agency = head.part(5, 1), head.part(5, 3)
    carrier = Identifier(
        scheme=PARTY_SCHEMES.get(agency or "", IdentifierScheme.OTHER),
        value=value or "",
        source_qualifier=source_code(agency, PARTY_SCHEMES),
    )
    return {
        "mode": head.part(3, 1),
        "carrier": carrier if value else None,
        "name": head.part(5, 4),
        "tracking": head.part(2),
        "vehicle_type": head.part(4, 1) or head.part(4, 2),
        "vehicle": head.part(8, 1) or head.part(8, 4),
    }


def write_transports(transports: Iterable[Transport]) -> Iterator[Row]:
    """The TDT of transports."""
    for transport in transports:
        carrier = transport.carrier
        agency = (carrier.source_qualifier or _AGENCIES.get(carrier.scheme, "ZZZ")) if carrier else ""
        number = carrier.value if carrier else ""
        yield (
            "TDT",
            [
                _MAIN_CARRIAGE,
                transport.tracking or "",
                transport.mode or "",
                ["", transport.vehicle_type or ""],
                [number, "", agency, transport.name or ""],
                "",
                "",
                ["", "", "", transport.vehicle or ""],
            ],
        )


def read_delivery_terms(groups: Iterable[GroupReader]) -> DeliveryTerms | None:
    """The terms of delivery of the first TOD group, with the place of its LOC."""
    for group in groups:
        head = group.head
        place = group.first("LOC", _TERMS_PLACE)
        terms = DeliveryTerms(
            code=head.part(3, 1),
            place=(place.part(2, 4) or place.part(2, 1)) if place else None,
            payment_method=head.part(2),
            text=head.part(3, 4),
            source_qualifier=head.part(1),
        )
        if place:
            place.part(1)
        if terms != DeliveryTerms():
            return terms
    return None


def write_delivery_terms(terms: DeliveryTerms | None) -> Iterator[Row]:
    """The TOD group of terms of delivery; nothing for None."""
    if terms is None:
        return
    code = [terms.code or "", "", "", terms.text or ""]
    yield ("TOD", [terms.source_qualifier or "", terms.payment_method or "", code])
    if terms.place:
        yield ("LOC", [_TERMS_PLACE, ["", "", "", terms.place]])
