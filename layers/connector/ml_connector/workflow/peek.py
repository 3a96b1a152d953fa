"""A message's business number, read before anything is known of its content: for names people can read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ml_connector.codecs.tradacoms import FILE_MESSAGES
from ml_connector.edi import Standard

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ml_connector.edi import Interchange, Message

# Standard, message -> segment, element, component of the document's own number.
_NUMBER_AT = {
    ("x12", "850"): ("BEG", 3, 1),
    ("x12", "860"): ("BCH", 3, 1),
    ("x12", "855"): ("BAK", 3, 1),
    ("x12", "865"): ("BCA", 3, 1),
    ("x12", "856"): ("BSN", 2, 1),
    ("x12", "810"): ("BIG", 2, 1),
    ("x12", "820"): ("TRN", 2, 1),
    ("tradacoms", "ORDERS"): ("ORD", 1, 1),
    ("tradacoms", "DELIVR"): ("DEL", 1, 1),
    ("tradacoms", "INVOIC"): ("IRF", 1, 1),
    ("tradacoms", "CREDIT"): ("CRF", 1, 1),
}
# Every EDIFACT business message has its number in BGM, document 1004: C106 from D.96B on, alone in D.96A.
_EDIFACT_NUMBER = ("BGM", 2, 1)
_ACKNOWLEDGEMENTS = {"x12": {"997", "999", "TA1"}, "edifact": {"CONTRL", "APERAK"}}


def peek_number(standard: str, message: Message) -> str:
    """Return the document's number, empty if it stands nowhere the standard says."""
    tag, element, component = _NUMBER_AT.get((standard, message.type), _EDIFACT_NUMBER)
    for segment in message.segments:
        if segment.tag == tag:
            return segment.element(element, component).strip()
    return ""


def business_messages(interchange: Interchange) -> Iterator[Message]:
    """Yield an interchange's messages but for headers and trailers of TRADACOMS files."""
    tradacoms = interchange.standard is Standard.TRADACOMS
    return (m for m in interchange.messages() if not (tradacoms and m.type in FILE_MESSAGES))


def is_acknowledgement(standard: str, message_type: str) -> bool:
    """Tell whether a message answers one of ours instead of being a business document."""
    return message_type in _ACKNOWLEDGEMENTS.get(standard, ())
