"""Events of mailbox messages, as polling and sending tell them, in the audit trail's terms."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from ml_connector.store.audit import Origin

if TYPE_CHECKING:
    from ml_connector.store.audit import AuditTrail


_STEPS = {"in": "poll", "out": "send"}


class MessageAudit:
    """Records what happens to mailbox messages.

    Args:
        trail: The audit trail.
        direction: ``in`` for messages that are polled, ``out`` for those that are sent.
    """

    def __init__(self, trail: AuditTrail, direction: Literal["in", "out"] = "in") -> None:
        self._trail = trail
        self._direction = direction

    def record(self, item: str, event: str, /, **facts: Any) -> bool:  # noqa: ANN401 - facts are any JSON
        """Append an event of a mailbox message."""
        state = {
            "kind": "message",
            "direction": self._direction,
            "type": "message",
            "number": facts.get("name"),
            "mailbox": facts.get("mailbox"),
            "arrived_at": facts.get("arrived_at"),
            "bytes": facts.get("raw"),
            "reason": facts.get("reason"),
            "advice": facts.get("advice"),
        }
        return self._trail.record(
            item, event, origin=Origin(step=_STEPS[self._direction]), state=state, facts=facts
        )
