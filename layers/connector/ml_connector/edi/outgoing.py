"""What goes around outgoing messages: interchanges and groups, with a partner's habits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ml_connector.edi.rows import Trailing

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from ml_connector.edi.dialects.descriptions import Address
    from ml_connector.edi.rows import Row
    from ml_connector.edi.separators import Separators, Standard


@dataclass(frozen=True, slots=True, kw_only=True)
class OutgoingMessage:
    """A message to send.

    Attributes:
        type: ``850``, ``ORDERS``; in TRADACOMS the type in MHD.
        rows: The segments between header and trailer.
        control_number: ST02 or UNH 0062; in TRADACOMS the messages are numbered from 1 on.
        version: EDIFACT directory and release (``D.96A``), TRADACOMS version digit; in X12 the group has it.
        association: EDIFACT 0057 (``EAN008``), X12 ST03.
        agency: EDIFACT 0051.
    """

    type: str
    rows: Sequence[Row]
    control_number: str = ""
    version: str = ""
    association: str = ""
    agency: str = "UN"


@dataclass(frozen=True, slots=True, kw_only=True)
class OutgoingGroup:
    """Messages that travel together: a functional group (GS, UNG), or all of an interchange without groups.

    Attributes:
        messages: The messages, in order.
        control_number: GS06 or UNG 0048; empty in EDIFACT writes no UNG.
        version: GS08 (``004010``, ``005010X231A1``).
        functional_id: GS01; by default the one its message type is sent in. In UNG 0038 the message type.
        sender: GS02 or UNG 0040; by default the interchange's.
        receiver: GS03 or UNG 0044; by default the interchange's.
    """

    messages: Sequence[OutgoingMessage]
    control_number: str = ""
    version: str = ""
    functional_id: str = ""
    sender: str = ""
    receiver: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class OutgoingInterchange:
    """The interchange around the groups.

    Attributes:
        standard: Which standard to write.
        sender: Who sends: id, qualifier, internal id.
        receiver: To whom.
        control_number: ISA13, UNB 0020 or STX SNRF.
        prepared_at: When the interchange was made, in the sender's time.
        test: Whether the usage indicator says test.
        version: ISA12 (``00401``), EDIFACT syntax version (``3``), STX version.
        charset: EDIFACT syntax identifier, or for X12 and TRADACOMS a Python codec.
        separators: The partner's service characters; by default the standard's usual ones.
        acknowledge: Whether to ask for a technical acknowledgement (ISA14, UNB 0031).
        application_reference: UNB 0026, STX APRF.
        agreement: UNB 0032.
        service_string: Whether EDIFACT starts with UNA; it always does when separators differ from level A.
        trailing: What happens to empty elements at the end of segments.
        substitute: Written for characters that can't be carried; without one they are refused.
        line_break: Written after each terminator, for people's eyes.
        controls: TA1 rows to stand before the groups.
    """

    standard: Standard
    sender: Address
    receiver: Address
    control_number: str
    prepared_at: datetime
    test: bool = False
    version: str = ""
    charset: str = ""
    separators: Separators | None = None
    acknowledge: bool = False
    application_reference: str = ""
    agreement: str = ""
    service_string: bool = True
    trailing: Trailing = Trailing.TRIM
    substitute: str | None = None
    line_break: str = ""
    controls: Sequence[Row] = ()
