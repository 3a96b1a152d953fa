"""Files without interchanges (UBL, cXML, IDoc): what stands in one, and whose it is.

Such a file takes an interchange's place in the audit trail: its documents go on together or not at all.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING, BinaryIO

from ml_connector.codecs.recognition import has_own_syntax, pieces_of, read_documents, recognise
from ml_connector.documents import IdentifierScheme, PartyRole, party_of
from ml_connector.edi import Address
from ml_connector.errors import Rejected
from ml_connector.workflow.judge_interchange import Judging, Verdict, repeated, unassigned, wrong_environment

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ml_connector.documents import Document, Party
    from ml_connector.partners.configuration import Configuration
    from ml_connector.partners.profile import Partner

_HEAD = 4096
_FIRST_LINES = 500
_BUYER_SENDS = frozenset({"order", "order_change", "remittance_advice", "payment_instruction"})
#: ISO 6523's code for a GLN, as UBL's schemeID writes it.
_GLN = "0088"
_ENDPOINT = "endpoint:"


@dataclass(frozen=True, slots=True)
class Filed:
    """One document as it stands in a file.

    Attributes:
        standard: ``ubl``, ``cxml`` or ``idoc``.
        type: The message's name: the root element's, or the IDoc's message type.
        number: The business number.
        senders: Every identity of who sends, the envelope's first.
        receivers: Every identity of whom it is for.
        content: Its bytes, whole.
    """

    standard: str
    type: str
    version: str
    number: str
    control_number: str
    senders: tuple[Address, ...]
    receivers: tuple[Address, ...]
    test: bool
    content: bytes


def read_filed(stream: BinaryIO) -> Iterator[Filed]:
    """Yield the documents of a stream that holds no interchange; none if it is no such file either.

    Raises:
        Rejected: It is such a file, and can't be read; those before were yielded.
    """
    stream.seek(0)
    if not has_own_syntax(stream.read(_HEAD)):
        return
    stream.seek(0)
    for content, _ in pieces_of(stream.read()):
        found = recognise(content)
        for document in read_documents(content):
            yield _filed(found.standard, found.message, document, content)


def judge_file(stream: BinaryIO, item: str, by: Judging, *, released: bool = False) -> Verdict | None:
    """Return what becomes of a file, None if it is none of these formats.

    Args:
        stream: What holds the file alone.
        item: Its id in the audit trail.
        by: The configuration, the numbers seen, and what the deployment is for.
        released: A person decided that it goes on although its number came before.
    """
    try:
        filed = list(read_filed(stream))
    except Rejected as error:
        state = {"reason": error.message, "advice": error.advice or "The partner must send it again."}
        return Verdict("quarantined", None, state, {}, answerable=False)
    return _judge(filed, stream, item, by, released=released) if filed else None


def _judge(filed: list[Filed], stream: BinaryIO, item: str, by: Judging, *, released: bool) -> Verdict:
    first = filed[0]
    stream.seek(0)
    content = stream.read()
    digest = hashlib.sha256(content).hexdigest()
    facts = _facts_of(first, len(content))
    partner = partner_of(first, by.configuration)
    if partner is None:
        found = unassigned(
            first.standard,
            first.senders[0],
            first.receivers[0],
            content[:_FIRST_LINES].decode("latin-1"),
            by,
            test=first.test,
        )
        return found.of_file(facts)
    seen = by.interchanges.claim(_identity(first), item=item, sha256=digest)
    if seen.item != item and not released:
        return repeated(seen.item, partner, same=seen.sha256 == digest).of_file(facts)
    if first.test != (by.environment == "test"):
        return wrong_environment(partner, test=first.test).of_file(facts)
    return Verdict("split", partner, {}, {"messages": len(filed)}, len(filed)).of_file(facts)


def _facts_of(first: Filed, size: int) -> dict[str, object]:
    return {
        "standard": first.standard,
        "number": first.control_number,
        "sender": first.senders[0].id,
        "receiver": first.receivers[0].id,
        "test": first.test,
        "bytes_at": [0, size],
    }


def partner_of(filed: Filed, configuration: Configuration) -> Partner | None:
    """Return whose a filed document is, by any pair of identities it gives; None if nobody has them."""
    pairs = product(filed.senders, filed.receivers)
    found = (configuration.partner_for(filed.standard, *pair, filed.test) for pair in pairs)
    return next(filter(None, found), None)


def _identity(filed: Filed) -> str:
    sent = f"{filed.senders[0].id}|{filed.receivers[0].id}|{filed.type}:{filed.control_number}"
    return f"{filed.standard}|{sent}|{'T' if filed.test else 'P'}"


def _filed(standard: str, message: str, document: Document, content: bytes) -> Filed:
    source = document.source
    parties = getattr(document, "parties", ())
    sending, receiving = PartyRole.SELLER, PartyRole.BUYER
    if document.document_type in _BUYER_SENDS:
        sending, receiving = receiving, sending
    number = source.control_numbers.interchange if source else None
    return Filed(
        standard=standard,
        type=message,
        version=(source.version if source else None) or "",
        number=document.number,
        control_number=number or document.number,
        senders=_addresses(source.sender_id if source else None, party_of(parties, sending)),
        receivers=_addresses(source.receiver_id if source else None, party_of(parties, receiving)),
        test=bool(source and source.test),
        content=content,
    )


def _addresses(enveloped: str | None, party: Party | None) -> tuple[Address, ...]:
    """Every address a party may be known by; an empty one if it has none."""
    found = [Address(enveloped)] if enveloped else []
    for identifier in (*party.ids, *party.tax_ids) if party else ():
        code = (identifier.source_qualifier or "").removeprefix(_ENDPOINT)
        qualifier = _GLN if identifier.scheme is IdentifierScheme.GLN else code
        found.append(Address(identifier.value, qualifier))
    return tuple(found) or (Address(""),)
