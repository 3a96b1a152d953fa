"""What the audit trail says of a step or an execution that did not succeed."""

from __future__ import annotations

import json
from datetime import datetime
from typing import TYPE_CHECKING, Any

from ml_connector.errors import ConnectorError, Held, OutcomeUnknown, Unavailable
from ml_connector.store.audit import Origin
from ml_connector.workflow.tickets import asked_in, item_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ml_connector.store.audit import AuditTrail
    from ml_connector.store.audit_queries import AuditQueries

# Errors that pass by themselves: nothing has to be mended, so an execution may go on as it is.
_PASSING = frozenset(
    {"Unavailable", "OutcomeUnknown", "States.Timeout", "TIMED_OUT", "Sandbox.Timedout", "Runtime.ExitError"}
)
_DEFECT_ADVICE = "This is a defect of the connector: look into the function's log and report it."


def record_trouble(audit: AuditTrail, given: dict[str, Any], error: Exception, origin: Origin) -> str:
    """Record why a step raised and return as what: held, delayed until the next try, or failed.

    Args:
        audit: Where to record.
        given: The step's input.
        error: What it raised.
        origin: The step's visit.
    """
    reason, advice = _words(error)
    event = _event(error)
    audit.record(
        item_of(given),
        event,
        origin=origin,
        state={
            "reason": reason,
            "advice": advice,
            "error": type(error).__name__,
            "step": origin.step,
            "last_execution": origin.execution,
            "receiving": asked_in(given) or None,
        },
        facts={
            "reason": reason,
            "advice": advice,
            "error": type(error).__name__,
            **(error.context if isinstance(error, ConnectorError) else {}),
        },
    )
    return event


def record_ended_execution(event: Mapping[str, Any], audit: AuditTrail, queries: AuditQueries) -> bool:
    """Record that an execution ended without success; False if its own step has said why already.

    Args:
        event: A *Step Functions Execution Status Change* event of EventBridge.
        audit: Where to record.
        queries: Where to look whether it is recorded.
    """
    detail = event["detail"]
    given = json.loads(detail.get("input") or "{}")
    item = item_of(given)
    state = queries.state(item) or {}
    execution = detail["executionArn"]
    told = state.get("last_execution") == execution and state.get("status") in ("failed", "held")
    if not item or (told and detail["status"] == "FAILED"):
        return False
    waiting = state.get("status") == "waiting" and state.get("reason")
    return audit.record(
        item,
        "failed",
        origin=Origin(step="execution", execution=execution, entered_at=_moment(event["time"])),
        state={
            "reason": waiting or _ending(detail),
            "advice": f"When the cause is mended: ml-connector documents replay {item} --reason ...",
            "error": detail.get("error") or detail["status"],
            "last_execution": execution,
            "receiving": asked_in(given) or None,
        },
        facts={"reason": _ending(detail), "error": detail.get("error"), "cause": detail.get("cause")},
    )


def failed_in_passing(state: Mapping[str, Any]) -> bool:
    """Tell whether an item failed for something that passes by itself, as in an outage."""
    return state.get("status") == "failed" and state.get("error") in _PASSING


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


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
    return (
        words.get(detail["status"]) or f"The execution failed: {detail.get('error') or 'no error was given'}."
    )
