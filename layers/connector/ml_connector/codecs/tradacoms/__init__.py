"""TRADACOMS: orders, invoices, credit notes and delivery notifications, with their files, in and out.

Of DELIVR not everything is known: ``delivr`` says what, and what is kept raw instead. Not read is ACKMNT, of
which no source gives segments: such a file is refused by name, never guessed at.
"""

from __future__ import annotations

#: Messages that open and close files, sum them up, or reconcile the transmission: no documents.
FILE_MESSAGES = frozenset(
    f"{kind}{part}" for kind in ("ORD", "CRE", "DEL", "ACK", "SRM", "UTL") for part in ("HDR", "TLR")
) | {"INVFIL", "INVTLR", "VATTLR", "RSGRSG"}
