"""What an ORDERS or INVOIC IDoc must hold, and which of its segments no layout is known of.

The numbers and dates are those that a document can't be without: SAP itself demands only the control record
and E1EDK01.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ml_connector.codecs.faults import Fault, Names, missing
from ml_connector.codecs.idoc.layout import SEGMENTS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from xml.etree.ElementTree import Element

_NAMES = Names({})
_CONTROL = ("EDI_DC40/DOCNUM", "EDI_DC40/MESTYP", "EDI_DC40/SNDPRN", "EDI_DC40/RCVPRN")
_DEMANDS = {
    "ORDERS": (*_CONTROL, "E1EDK01", "E1EDP01/MENGE"),
    "INVOIC": (*_CONTROL, "E1EDK01", "E1EDK02/QUALF", "E1EDK03/IDDAT", "E1EDP01/MENGE"),
}


def faults(root: Element, message: str) -> Iterator[Fault]:
    """What an IDoc lacks, and the segments that are kept as they are."""
    yield from missing(root, _DEMANDS[message], _NAMES, f"an IDoc of message {message}")
    yield from _unknown(root, _NAMES.of(root))


def _unknown(element: Element, path: str) -> Iterator[Fault]:
    fields = {"EDI_DC40", "REST", *(name for name, _ in SEGMENTS.get(element.tag, ()))}
    for name, child in _NAMES.placed(element):
        where = f"{path}/{name}"
        if child.tag in SEGMENTS:
            yield from _unknown(child, where)
        elif child.tag not in fields:
            said = f"{child.tag} is nothing this connector knows of an IDoc; what it says is kept raw."
            yield Fault("element-not-read", said, where, child)
