"""What the framing segments say: addresses, dates, numbers, types and versions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from ml_connector.edi.separators import Standard

if TYPE_CHECKING:
    from ml_connector.edi.message import Group
    from ml_connector.edi.segment import Segment
    from ml_connector.edi.syntax import Syntax

#: TRADACOMS header message to the file it opens.
TRADACOMS_FILES = {
    "ORDHDR": "ORDERS",
    "INVFIL": "INVOICE",
    "CREHDR": "CREDIT NOTE",
    "DELHDR": "DELIVERY NOTIFICATION",
    "ACKHDR": "ORDER ACKNOWLEDGEMENT",
    "SRMHDR": "STATEMENT REMITTANCE",
}


@dataclass(frozen=True, slots=True)
class Address:
    """Who sends or receives.

    Attributes:
        id: The identification, blanks after it stripped.
        qualifier: The code list of the identification (ISA05, 0007); TRADACOMS has none.
        internal_id: The address for internal routing (EDIFACT 0008 and 0014).
        name: The name TRADACOMS may give beside or instead of the code.
    """

    id: str
    qualifier: str = ""
    internal_id: str = ""
    name: str = ""


@dataclass(frozen=True, slots=True)
class InterchangeFacts:
    """What an interchange header says."""

    sender: Address = Address("")
    receiver: Address = Address("")
    control_number: str = ""
    version: str = ""
    prepared_at: datetime | None = None
    test: bool = False
    syntax_identifier: str = ""
    application_reference: str = ""
    acknowledgement_requested: bool = False


@dataclass(frozen=True, slots=True)
class MessageIdentity:
    """What a message header says."""

    type: str
    version: str = ""
    control_number: str = ""
    agency: str = ""
    association: str = ""
    file_type: str = ""


def describe_interchange(header: Segment, syntax: Syntax) -> InterchangeFacts:
    """Return what an interchange header says; nothing where it is another segment."""
    describers = {"ISA": _describe_isa, "UNB": _describe_unb, "STX": _describe_stx}
    describer = describers.get(header.tag)
    return describer(header) if describer and syntax.standard is not Standard.UNKNOWN else InterchangeFacts()


def _describe_isa(isa: Segment) -> InterchangeFacts:
    return InterchangeFacts(
        sender=Address(isa.element(6).rstrip(), isa.element(5).strip()),
        receiver=Address(isa.element(8).rstrip(), isa.element(7).strip()),
        control_number=isa.element(13).strip(),
        version=isa.element(12).strip(),
        prepared_at=read_moment(isa.element(9).strip(), isa.element(10).strip()),
        test=isa.element(15).strip().upper() == "T",
        acknowledgement_requested=isa.element(14).strip() == "1",
    )


def _describe_unb(unb: Segment) -> InterchangeFacts:
    return InterchangeFacts(
        sender=_edifact_address(unb, 2),
        receiver=_edifact_address(unb, 3),
        control_number=unb.element(5).strip(),
        version=unb.element(1, 2).strip(),
        prepared_at=read_moment(unb.element(4, 1).strip(), unb.element(4, 2).strip()),
        test=unb.element(11).strip() == "1",
        syntax_identifier=unb.element(1, 1).strip().upper(),
        application_reference=unb.element(7).strip(),
        acknowledgement_requested=unb.element(9).strip() == "1",
    )


def _edifact_address(segment: Segment, number: int) -> Address:
    return Address(
        segment.element(number, 1).rstrip(),
        segment.element(number, 2).strip(),
        segment.element(number, 3).rstrip(),
    )


def _describe_stx(stx: Segment) -> InterchangeFacts:
    reference = stx.element(7).strip()
    return InterchangeFacts(
        sender=Address(stx.element(2, 1).rstrip(), name=stx.element(2, 2).rstrip()),
        receiver=Address(stx.element(3, 1).rstrip(), name=stx.element(3, 2).rstrip()),
        control_number=stx.element(5).strip(),
        version=stx.element(1, 2).strip(),
        prepared_at=read_moment(stx.element(4, 1).strip(), stx.element(4, 2).strip()),
        test=reference.upper().endswith("TES"),
        syntax_identifier=stx.element(1, 1).strip().upper(),
        application_reference=reference,
    )


def identify_message(header: Segment, group: Group | None, facts: InterchangeFacts) -> MessageIdentity:
    """Return type, version and number of a message by its first segment."""
    identifiers = {"ST": _identify_st, "UNH": _identify_unh, "MHD": _identify_mhd}
    identifier = identifiers.get(header.tag)
    if identifier is None:
        return MessageIdentity(header.tag, version=facts.version, control_number=facts.control_number)
    return identifier(header, group, facts)


def _identify_st(st: Segment, group: Group | None, _: InterchangeFacts) -> MessageIdentity:
    whole = (group.version if group else "").strip()
    agency = group.header.element(7).strip() if group else ""
    guide = st.element(3).strip()
    association = guide.removeprefix(whole[:6]) if guide else whole[6:]
    return MessageIdentity(st.element(1).strip(), whole[:6], st.element(2).strip(), agency, association)


def _identify_unh(unh: Segment, _: Group | None, __: InterchangeFacts) -> MessageIdentity:
    version, release = unh.element(2, 2).strip().upper(), unh.element(2, 3).strip().upper()
    return MessageIdentity(
        unh.element(2, 1).strip().upper(),
        f"{version}.{release}" if release else version,
        unh.element(1).strip(),
        unh.element(2, 4).strip().upper(),
        unh.element(2, 5).strip(),
    )


def _identify_mhd(mhd: Segment, _: Group | None, facts: InterchangeFacts) -> MessageIdentity:
    reference = facts.application_reference.upper()[:6]
    return MessageIdentity(
        mhd.element(2, 1).strip().upper(),
        mhd.element(2, 2).strip(),
        mhd.element(1).strip(),
        file_type=TRADACOMS_FILES.get(reference, ""),
    )


def read_moment(date: str, time: str) -> datetime | None:
    """Return date (YYMMDD or CCYYMMDD) and time (HHMM or HHMMSS) as a naive datetime, None where invalid.

    Two-digit years from 80 are of the last century (TRADACOMS 1995; the others agree in practice).
    """
    if len(date) == 6:
        date = ("19" if date >= "800000" else "20") + date
    digits = date + (time or "0000").ljust(6, "0")[:6]
    if len(digits) != 14 or not (digits.isascii() and digits.isdigit()):
        return None
    try:
        return datetime.strptime(digits, "%Y%m%d%H%M%S")  # noqa: DTZ007 - the envelopes carry no zone
    except ValueError:
        return None
