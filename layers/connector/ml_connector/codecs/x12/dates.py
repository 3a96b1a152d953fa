"""Dates and what surrounds delivery: DTM, FOB, TD5."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

from ml_connector.codecs.identity import check_identifier
from ml_connector.codecs.x12.qualifiers import DELIVERY_DATES, PARTY_SCHEMES, code_for
from ml_connector.documents import Delivery, DeliveryTerms, Identifier, IdentifierScheme, Transport

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from ml_connector.codecs.x12.elements import Elements, X12Reading
    from ml_connector.codecs.x12.writing import SetWriter
    from ml_connector.edi import Segment
    from ml_connector.edi.loops import Loop

REQUESTED = "requested_delivery"
_UNIVERSAL = "UT"


def read_dates(
    reading: X12Reading, segments: Iterable[Segment], meanings: Mapping[str, str]
) -> dict[str, date]:
    """Dates of DTM segments by meaning: a date, or a datetime where DTM03 states a time.

    The first DTM of a meaning counts; others stay raw, as do qualifiers without a meaning here.
    """
    found: dict[str, date] = {}
    for segment in segments:
        dtm = reading.take(segment)
        meaning = meanings.get(dtm.code(1) or "")
        moment = dtm.moment(2, 3, 4) if meaning and meaning not in found else None
        if moment is None or meaning is None:
            dtm.leave(1)
            dtm.leave(2)
            continue
        found[meaning] = moment
    return found


def read_delivery(
    reading: X12Reading, loop: Loop, *, area: str | None = None
) -> tuple[date | None, Delivery | None]:
    """The requested date, and delivery with all else that is said of it; None where nothing is."""
    found: dict[str, Any] = dict(read_dates(reading, loop.segments("DTM", area=area), DELIVERY_DATES))
    requested = found.pop(REQUESTED, None)
    if terms := read_terms(reading, loop.segments("FOB", area=area)):
        found["delivery_terms"] = terms
    if transport := tuple(read_transport(reading, td5) for td5 in loop.segments("TD5", area=area)):
        found["transport"] = transport
    return requested, Delivery(**found) if found else None


def read_terms(reading: X12Reading, segments: list[Segment]) -> DeliveryTerms | None:
    """Terms of the first FOB: who pays (FOB01), place (FOB03), Incoterm (FOB05)."""
    if not segments:
        return None
    fob = reading.take(segments[0])
    return DeliveryTerms(
        payment_method=fob.code(1), source_qualifier=fob.code(2), place=fob[3], code=_incoterm(fob)
    )


def _incoterm(fob: Elements) -> str | None:
    """FOB05, where FOB04 says that it is an Incoterm (01) or says nothing."""
    if fob.code(4) not in (None, "01"):
        fob.leave(4)
        return None
    return fob.code(5)


def read_transport(reading: X12Reading, segment: Segment) -> Transport:
    """The carrier of a TD5: SCAC or other id, mode, routing text, service level."""
    td5 = reading.take(segment)
    qualifier, value = td5.code(2), td5[3]
    carrier = None
    if value:
        scheme = PARTY_SCHEMES.get(qualifier or "", IdentifierScheme.OTHER)
        carrier = Identifier(scheme=scheme, value=value, source_qualifier=qualifier)
        check_identifier(reading, carrier, td5.path(3))
    else:
        td5.leave(2)
    return Transport(mode=td5.code(4), carrier=carrier, name=td5[5], service_level=td5.code(12))


def write_dates(writer: SetWriter, dates: Mapping[str, date | None], meanings: Mapping[str, str]) -> None:
    """Put a DTM for each date that is there, in the table's order of meanings."""
    for meaning in dict.fromkeys(meanings.values()):
        if (moment := dates.get(meaning)) is not None:
            write_date(writer, meaning, code_for(meanings, meaning), moment)


def write_date(writer: SetWriter, field: str, qualifier: str | None, moment: date) -> None:
    """Put one DTM. A time travels as local time, or as universal time with its code.

    Raises:
        Misconfigured: The time is of another zone, or finer than a second.
    """
    if not isinstance(moment, datetime):
        writer.put("DTM", qualifier, moment)
        return
    writer.put("DTM", qualifier, moment, checked_time(writer, field, moment), _zone(writer, field, moment))


def checked_time(writer: SetWriter, field: str, moment: datetime) -> datetime:
    """The moment, if an X12 time can say it: to the second."""
    if moment.microsecond:
        raise writer.refuse(field, "times go down to the second", moment.isoformat())
    return moment


def _zone(writer: SetWriter, field: str, moment: datetime) -> str | None:
    if moment.tzinfo is None:
        return None
    if moment.utcoffset() != UTC.utcoffset(None):
        raise writer.refuse(field, "times travel as local or as universal time", moment.isoformat())
    return _UNIVERSAL


def write_delivery(writer: SetWriter, requested: date | None, delivery: Delivery | None) -> None:
    """Put the DTM segments of the requested date and of delivery."""
    dates: dict[str, Any] = dict(delivery) if delivery else {}
    write_dates(writer, {**dates, REQUESTED: requested}, DELIVERY_DATES)


def write_terms(writer: SetWriter, terms: DeliveryTerms | None) -> None:
    """Put the FOB of delivery terms; FOB01, who pays the carriage, must be known."""
    if terms is None:
        return
    if terms.text is not None:
        raise writer.refuse("delivery_terms.text", "FOB holds no free text beside the place", terms.text)
    incoterm = ("01", terms.code) if terms.code else (None, None)
    writer.put("FOB", terms.payment_method, terms.source_qualifier, terms.place, *incoterm)


def write_transport(writer: SetWriter, transports: Iterable[Transport]) -> None:
    """Put a TD5 for each transport."""
    for transport in transports:
        for field in ("tracking", "vehicle", "vehicle_type", "vehicle_initial", "seal"):
            if (value := getattr(transport, field)) is not None:
                raise writer.refuse(f"transport.{field}", "TD5 holds no vehicle", value)
        qualifier, value = carrier_of(writer, transport)
        empty = (None,) * 6
        writer.put(
            "TD5", None, qualifier, value, transport.mode, transport.name, *empty, transport.service_level
        )


def carrier_of(writer: SetWriter, transport: Transport) -> tuple[str | None, str | None]:
    """Qualifier and number of the carrier."""
    carrier = transport.carrier
    if carrier is None:
        return None, None
    kept = carrier.source_qualifier
    if carrier.scheme is IdentifierScheme.OTHER and kept not in PARTY_SCHEMES:
        return kept, carrier.value
    code = code_for(PARTY_SCHEMES, carrier.scheme, kept)
    if code is None:
        raise writer.refuse("transport.carrier", "TD502 has no code for this scheme", carrier.scheme.value)
    return code, carrier.value
