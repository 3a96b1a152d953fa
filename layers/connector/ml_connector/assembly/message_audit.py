"""Events of mailbox messages, as polling and sending tell them, in the audit trail's terms."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ml_connector.store.audit import Origin

if TYPE_CHECKING:
    from ml_connector.store.audit import AuditTrail


class MessageAudit:
    """Records what happens to mailbox messages that are polled.

    Args:
        trail: The audit trail.
    """

    def __init__(self, trail: AuditTrail) -> None:
        self._trail = trail

    def record(self, item: str, event: str, /, **facts: Any) -> bool:  # noqa: ANN401 - facts are any JSON
        """Append an event of a mailbox message; one received again is not moved back."""
        state = {
            "kind": "message",
            "direction": "in",
            "type": "message",
            "number": facts.get("name"),
            "mailbox": facts.get("mailbox"),
            "arrived_at": facts.get("arrived_at"),
            "bytes": facts.get("raw"),
            "reason": facts.get("reason"),
            "advice": facts.get("advice"),
        }
        origin = Origin(step="poll")
        first = event == "received"
        return self._trail.record(item, event, origin=origin, state=state, facts=facts, first=first)


class SendingAudit:
    """Records what Sterling did with what is sent, beside what the sending step says of it.

    Args:
        trail: The audit trail.
        kind: What is sent, where nothing else has made an item of it; empty for documents, which have one.
    """

    def __init__(self, trail: AuditTrail, kind: str = "") -> None:
        self._trail = trail
        self._kind = kind

    def record(self, item: str, event: str, /, **facts: Any) -> bool:  # noqa: ANN401 - facts are any JSON
        """Append an event; ``sent`` is told as ``delivered``, for the step itself says when all is done."""
        said = "delivered" if event == "sent" and not self._kind else event
        state = {"message_name": facts.get("name"), "mailbox": facts.get("mailbox")}
        if self._kind:
            state |= {"kind": self._kind, "direction": "out", "type": self._kind, "number": facts.get("name")}
        # By the name a message in a mailbox leads back to its record.
        numbers = {"message_name": facts.get("name") or ""}
        return self._trail.record(
            item, said, origin=Origin(step="send"), state=state, numbers=numbers, facts=facts
        )
