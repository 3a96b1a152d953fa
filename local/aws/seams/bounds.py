"""What ministack keeps for ever is bounded: a long run must not fill the memory or slow the checkpoints.

AWS deletes by age: execution history after 90 days, logs after their retention. Here the newest so many
stay. An execution's name, input, output and outcome are kept, since a name must not be used again.
"""

from __future__ import annotations

from typing import Any

from ministack.services import cloudwatch_logs, eventbridge
from ministack.services import stepfunctions as sf

_HISTORIES = 2000
_LOG_STREAMS = 200
_EVENTS = 1000


def prune() -> None:
    """Let go of what is beyond the bounds; called before each checkpoint."""
    _prune_histories(list(sf._executions._data.values()))
    for group in list(cloudwatch_logs._log_groups._data.values()):
        _prune_streams(group["streams"])
    for entries in list(eventbridge._events_log._data.values()):
        del entries[:-_EVENTS]


def _prune_histories(executions: list[dict[str, Any]]) -> None:
    """Drop the history of succeeded executions but the newest; the others can still be redriven."""
    for execution in executions[:-_HISTORIES]:
        if execution["status"] == "SUCCEEDED" and len(execution["events"]) > 2:
            execution["events"] = [execution["events"][0], execution["events"][-1]]


def _prune_streams(streams: dict[str, Any]) -> None:
    """Drop the oldest log streams: ministack opens one per invocation."""
    for name in list(streams)[:-_LOG_STREAMS]:
        streams.pop(name, None)
