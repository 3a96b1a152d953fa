"""What a verification finds: each fault with what it is about and what to do."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class FaultKind(StrEnum):
    """Kinds of faults, by what does not agree."""

    OBJECT_GONE = "object-gone"
    OBJECT_ALTERED = "object-altered"
    EVENT_MISSING = "event-missing"
    ITEM_MISSING = "item-missing"
    NO_END = "no-end"
    NO_SOURCE = "no-source"
    NOT_IN_VISMA = "not-in-visma"
    UNRECORDED_IN_VISMA = "unrecorded-in-visma"
    NOT_IN_STERLING = "not-in-sterling"
    TWICE_IN_STERLING = "twice-in-sterling"
    UNRECORDED_OBJECT = "unrecorded-object"
    UNRECORDED_MESSAGE = "unrecorded-message"


_ADVICE = {
    FaultKind.OBJECT_GONE: "Restore it from the bucket's version history or a backup.",
    FaultKind.OBJECT_ALTERED: "Restore the version that was written from the bucket's version history.",
    FaultKind.EVENT_MISSING: "Restore the table to a moment before and compare; see who may write there.",
    FaultKind.ITEM_MISSING: "Look into the execution of its parent; receive the message again.",
    FaultKind.NO_END: "Look whether its execution runs; else replay it.",
    FaultKind.NO_SOURCE: "Restore the audit table to a moment before and compare.",
    FaultKind.NOT_IN_VISMA: "Ask who deleted it in Visma, or whether the company was restored.",
    FaultKind.UNRECORDED_IN_VISMA: "If it was posted this minute, verify again; else find out who copied or "
    "posted it, and void it if it is a double.",
    FaultKind.NOT_IN_STERLING: "Ask Sterling's operator who removed it, and the partner whether it came; "
    "`documents reroute` to the same mailbox sends it again.",
    FaultKind.TWICE_IN_STERLING: "Take one back before the partner takes both; find out who put it there.",
    FaultKind.UNRECORDED_OBJECT: "The poll goes on with it by itself; if not, look into the poll's log.",
    FaultKind.UNRECORDED_MESSAGE: "If it came to us, look into the poll's log: why was it not received? "
    "If it is ours to a partner, find out who put it there.",
}


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that does not agree.

    Attributes:
        item: The id, key or number it is about.
        what: What was expected and what was found.
    """

    kind: FaultKind
    item: str
    what: str

    def as_dict(self) -> dict[str, str]:
        """Return it as plain values, with what to do."""
        return {"kind": self.kind.value, "item": self.item, "what": self.what, "advice": _ADVICE[self.kind]}


@dataclass(slots=True)
class Report:
    """What a verification looked at and what it found."""

    checked: dict[str, int] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)

    def count(self, what: str, number: int = 1) -> None:
        """Count something that was looked at."""
        self.checked[what] = self.checked.get(what, 0) + number

    def as_dict(self) -> dict[str, Any]:
        """Return it as plain values."""
        return {"checked": self.checked, "faults": [fault.as_dict() for fault in self.faults]}
