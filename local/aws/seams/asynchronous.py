"""Asynchronous invocation: what EventBridge, Scheduler and callers of type Event hand over is tried again.

docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html: a failed event is tried twice more,
a throttled one until it is too old; then it goes to the failure destination or the dead-letter queue.
ministack tries events of rules and schedules once and forgets them, and counts throttling as failure. AWS
waits one and two minutes between the tries; here it is seconds.
"""

from __future__ import annotations

import contextvars
import json
import threading
import time
from dataclasses import dataclass
from typing import Any

from ministack.services import eventbridge, lambda_svc

_PAUSE = 1.0
_OLDEST = 6 * 3600.0


@dataclass(frozen=True, slots=True)
class _Policy:
    """How often and how long an event is tried, and the ARN of what takes it in the end."""

    retries: int
    seconds: float
    destination: str


def install() -> None:
    """Send every asynchronous invocation through here."""
    lambda_svc.invoke_async_with_retry = invoke
    eventbridge._dispatch_to_lambda = _dispatch


def invoke(record: dict[str, Any], event: Any) -> None:
    """Hand an event over; returns at once."""
    context = contextvars.copy_context()
    arguments = (lambda_svc._run_with_function_config_scope, record, _deliver, record, event)
    threading.Thread(target=context.run, args=arguments, daemon=True).start()


def _dispatch(arn: str, payload: str) -> None:
    function, configuration, _ = lambda_svc._get_func_record_for_ref(arn)
    if function and configuration:
        invoke(lambda_svc._execution_record_for_config(function, configuration), json.loads(payload))


def _deliver(record: dict[str, Any], event: Any) -> None:
    policy = _policy(record)
    began, failures = time.monotonic(), 0
    while True:
        result = lambda_svc._execute_function(record, event)
        if not result.get("error"):
            return
        failures += not result.get("throttle")
        if failures > policy.retries or time.monotonic() - began > policy.seconds:
            break
        time.sleep(_PAUSE * max(1, failures))
    if policy.destination:
        name = record["config"]["FunctionName"]
        lambda_svc._route_async_failure(policy.destination, name, event, result)


def _policy(record: dict[str, Any]) -> _Policy:
    """The function's own policy; ministack keeps it with the function, not with the version invoked."""
    configuration = record["config"]
    function = lambda_svc._functions.get(configuration["FunctionName"]) or {}
    configured = next(iter((function.get("event_invoke_configs") or {}).values()), None) or {}
    destination = (configured.get("DestinationConfig") or {}).get("OnFailure") or {}
    dead_letters = configuration.get("DeadLetterConfig") or {}
    return _Policy(
        retries=int(configured.get("MaximumRetryAttempts", 2)),
        seconds=float(configured.get("MaximumEventAgeInSeconds", _OLDEST)),
        destination=destination.get("Destination") or dead_letters.get("TargetArn") or "",
    )
