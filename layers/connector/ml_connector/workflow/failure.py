"""What the audit trail says of a step or an execution that did not succeed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ml_connector.errors import ConnectorError, Held, OutcomeUnknown, Unavailable

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ml_connector.store.audit import AuditTrail, Origin
    from ml_connector.store.audit_queries import AuditQueries

_DEFECT_ADVICE = "This is a defect of the connector: look into the function's log and report it."


def record_trouble(audit: AuditTrail, item: str, error: Exception, origin: Origin) -> None:
    """Record why a step raised: held, delayed until the next try, or failed until somebody acts."""
    reason, advice = _words(error)
    audit.record(
        item,
        _event(error),
        origin=origin,
        state={
            "reason": reason,
            "advice": advice,
            "error": type(error).__name__,
            "step": origin.step,
            "last_execution": origin.execution,
        },
        facts={
            "reason": reason,
            "advice": advice,
            "error": type(error).__name__,
            **(error.context if isinstance(error, ConnectorError) else {}),
        },
    )


def record_ended_execution(
    detail: Mapping[str, Any], audit: AuditTrail, queries: AuditQueries, item: str, origin: Origin
) -> bool:
    """Record that an execution ended without success, unless its own step has said why already.

    Args:
        detail: The ``detail`` of a Step Functions Execution Status Change event.
        audit: Where to record.
        queries: Where to look whether it is recorded.
        item: The document or message the execution was for.
        origin: This event's origin.
    """
    state = queries.state(item) or {}
    told = state.get("last_execution") == detail["executionArn"] and state.get("status") in ("failed", "held")
    if told and detail["status"] == "FAILED":
        return False
    reason = _ending(detail)
    return audit.record(
        item,
        "failed",
        origin=origin,
        state={
            "reason": state.get("reason") if state.get("status") == "waiting" else reason,
            "advice": f"When the cause is mended: ml-connector documents replay {item}",
            "error": detail.get("error") or detail["status"],
            "last_execution": detail["executionArn"],
        },
        facts={"reason": reason, "error": detail.get("error"), "cause": detail.get("cause")},
    )


def _event(error: Exception) -> str:
    if isinstance(error, Held):
        return "held"
    return "delayed" if isinstance(error, Unavailable | OutcomeUnknown) else "failed"


def _words(error: Exception) -> tuple[str, str]:
    if isinstance(error, ConnectorError):
        return error.message, error.advice
    return f"{type(error).__name__}: {error}", _DEFECT_ADVICE


def _ending(detail: Mapping[str, Any]) -> str:
    words = {
        "TIMED_OUT": "The execution ran out of time.",
        "ABORTED": "The execution was stopped by a person.",
    }
    return words.get(detail["status"]) or f"The execution failed: {detail.get('error') or 'no error was given'}."
