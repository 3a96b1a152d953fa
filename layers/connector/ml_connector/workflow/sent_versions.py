"""What a partner knows of a document: the version that was sent last, to which a change is a change.

Versions of a document form a chain, each with the one it ``follows``. One that was skipped said nothing, and
a change the partner rejected changed nothing, so what it knows is the one before.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from ml_connector.errors import Held, Unavailable
from ml_connector.store.objects import ObjectRef

if TYPE_CHECKING:
    from collections.abc import Mapping

_STOPPED = frozenset({"failed", "held"})
# A version that is being sent again may have been read anew, and that wasn't sent yet.
_UNDER_WAY = frozenset({"received", "processing", "waiting"})
_RETRY_SECONDS = 60.0


class DocumentStates(Protocol):
    """Looks up the current state of an item."""

    def state(self, item: str) -> dict[str, Any] | None:
        """Return the state; None if nothing of the item is known."""
        ...


@dataclass(frozen=True, slots=True)
class SentVersion:
    """The version a partner knows.

    Attributes:
        item: Its audit id.
        content: The document of the ledger as it was read for it.
        sequence: How many changes were sent already, rejected ones too.
    """

    item: str
    content: ObjectRef
    sequence: int


def last_sent(follows: str, states: DocumentStates) -> SentVersion:
    """Return the version a partner knows, from the one a change follows backwards.

    Raises:
        Unavailable: The version before is still on its way.
        Held: The version before stopped, or the partner rejected the document itself.
    """
    item, sequence = follows, 0
    while True:
        state = states.state(item) or {}
        sequence = max(sequence, int(state.get("change_sequence") or 0))
        before = state.get("follows")
        if before and (state.get("status") == "skipped" or _rejected(state)):
            item = before
            continue
        return SentVersion(item, _content(item, state), sequence)


def _rejected(state: Mapping[str, Any]) -> bool:
    return state.get("acknowledgement") == "rejected" or state.get("status") == "rejected"


def _content(item: str, state: Mapping[str, Any]) -> ObjectRef:
    if _rejected(state):
        raise Held(
            f"{state.get('partner')} rejected {item}, so it knows nothing that could be changed.",
            advice=f"Send it as it is now: ml-connector documents replay {item} --reason ...",
        )
    _refuse_unsent(item, state)
    if not state.get("fetched"):
        raise Held(
            f"What was sent for {item} was not kept, so what changed can't be told.",
            advice="Tell the partner yourself, then close this document.",
        )
    return ObjectRef(**state["fetched"])


def _refuse_unsent(item: str, state: Mapping[str, Any]) -> None:
    status, sent = state.get("status"), bool(state.get("sterling_message"))
    if status in _STOPPED or (status == "closed" and not sent):
        raise Held(
            f"The version before, {item}, was not sent: it is {status}.",
            advice=f"Replay {item} first, then this one.",
        )
    if not sent or status in _UNDER_WAY:
        raise Unavailable(f"The version before, {item}, is still on its way.", retry_after=_RETRY_SECONDS)
