"""State machines are walked by us, over ministack's own states.

ministack's walk starts at the first state only, knows no ``TimeoutSeconds`` of an execution and no limit on
what passes between states, and fails every execution that ran when the endpoint died. AWS redrives at the
failed state with the definition the execution began with, times out as ``TIMED_OUT``, stops at 256 KiB, and
loses nothing.
"""

from __future__ import annotations

import contextvars
import hashlib
import json
import logging
import os
import socket
import threading
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ministack.core.responses import set_request_account_id, set_request_region
from ministack.services import stepfunctions as sf

from local.aws.settings import HOST

if TYPE_CHECKING:
    from collections.abc import Mapping

_logger = logging.getLogger("executions")

_DATA_LIMIT = 256 * 1024
"""Bytes between states: docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html."""

_STATES_WITH_EXECUTION = {"Task", "Parallel", "Map"}
_RUN = {
    "Pass": "_execute_pass",
    "Task": "_execute_task",
    "Choice": "_execute_choice",
    "Wait": "_execute_wait",
    "Parallel": "_execute_parallel",
    "Map": "_execute_map",
}

definitions: dict[str, str] = {}
"""Definitions that executions began with, by digest: a redrive uses the execution's own, not the newest."""


@dataclass(frozen=True, slots=True)
class Position:
    """Where a walk begins: a state, its input, the variables, and whether history shows it as entered."""

    state: str
    data: Any
    variables: dict[str, Any] = field(default_factory=dict)
    entered: bool = False


def install() -> None:
    """Replace the walk, and keep definitions over restarts."""
    sf._run_execution = run
    sf.get_state = _get_state
    restore = sf._restore_state

    def restore_and_resume(data: Mapping[str, Any] | None) -> None:
        data = data or {}
        definitions.update(data.get("definitions", {}))
        running = [
            (key, execution)
            for key, execution in _executions_of(data)
            if execution.get("status") == "RUNNING" and execution.get("definition") in definitions
        ]
        restore(data)
        for key, execution in running:
            _resume(key, execution)

    sf._restore_state = restore_and_resume


def run(arn: str, position: Position | None = None) -> None:
    """Walk an execution to its end, from its first state or from a position."""
    execution = sf._executions.get(arn)
    if execution is None:
        return
    try:
        definition = _definition(execution)
        _Walk(execution, definition).go(position or _beginning(execution, definition))
    except sf._ExecutionError as error:
        _end_failed(execution, error.error, error.cause)
    except Exception as error:
        _logger.exception("Unexpected error in execution %s", arn)
        _end_failed(execution, "States.Runtime", str(error))


def last_position(execution: dict[str, Any]) -> Position | None:
    """The state that the execution entered last, with the input it had."""
    for event in reversed(execution["events"]):
        entered = event.get("stateEnteredEventDetails")
        if entered:
            variables = json.loads(execution.get("variables") or "{}")
            return Position(entered["name"], json.loads(entered["input"]), variables, entered=True)
    return None


def start_walk(arn: str, position: Position | None) -> None:
    """Walk in the background, in the account and region of the caller."""
    context = contextvars.copy_context()
    threading.Thread(target=context.run, args=(run, arn, position), daemon=True).start()


class _Walk:
    def __init__(self, execution: dict[str, Any], definition: dict[str, Any]) -> None:
        self._execution = execution
        self._definition = definition

    def go(self, position: Position) -> None:
        timer = self._start_timer()
        try:
            self._go(position)
        finally:
            timer.cancel()

    @property
    def _running(self) -> bool:
        return bool(self._execution["status"] == "RUNNING")

    def _go(self, position: Position) -> None:
        context = _context(self._execution, self._definition, position.variables)
        name: str | None = position.state
        data, entered = position.data, position.entered
        while name and self._running:
            if not entered:
                self._enter(name, data, context)
            data, name = self._step(name, data, context)
            entered = False
        if self._running:
            self._succeed(data)

    def _enter(self, name: str, data: Any, context: dict[str, Any]) -> None:
        kind = _state(self._definition, name)["Type"]
        self._execution["variables"] = json.dumps(context["variables"])
        details = {"name": name, "input": json.dumps(data)}
        sf._add_event(self._execution, f"{kind}StateEntered", {"stateEnteredEventDetails": details})

    def _step(self, name: str, data: Any, context: dict[str, Any]) -> tuple[Any, str | None]:
        state = _state(self._definition, name)
        context["State"] = {"Name": name, "EnteredTime": sf.now_iso(), "RetryCount": 0}
        output, following = self._perform(state, data, context)
        document = json.dumps(output)
        if len(document.encode()) > _DATA_LIMIT:
            cause = (
                f"The state/task '{name}' returned a result with a size exceeding the maximum (262144 bytes)."
            )
            raise sf._ExecutionError("States.DataLimitExceeded", cause)
        if self._running:
            details = {"name": name, "output": document}
            sf._add_event(
                self._execution, f"{state['Type']}StateExited", {"stateExitedEventDetails": details}
            )
        return output, following

    def _perform(self, state: dict[str, Any], data: Any, context: dict[str, Any]) -> tuple[Any, str | None]:
        kind = state["Type"]
        if kind == "Fail":
            raise sf._ExecutionError(*sf._fail_state_error(state, data, context))
        if kind == "Succeed":
            return sf._apply_output_path(state, sf._apply_input_path(state, data, context), context), None
        if kind not in _RUN:
            raise sf._ExecutionError("States.Runtime", f"Unknown state type: {kind}")
        perform = getattr(sf, _RUN[kind])
        arguments = (self._execution, context) if kind in _STATES_WITH_EXECUTION else (context,)
        output, following = perform(state, data, *arguments)
        return output, following

    def _succeed(self, data: Any) -> None:
        output = json.dumps(data)
        self._execution.update(status="SUCCEEDED", output=output, stopDate=sf.now_iso())
        details = {"executionSucceededEventDetails": {"output": output}}
        sf._add_event(self._execution, "ExecutionSucceeded", details)
        sf._emit_execution_status_event(self._execution)

    def _start_timer(self) -> threading.Timer:
        context = contextvars.copy_context()
        seconds = float(self._definition.get("TimeoutSeconds", threading.TIMEOUT_MAX))
        timer = threading.Timer(seconds, context.run, args=(self._time_out,))
        timer.daemon = True
        if "TimeoutSeconds" in self._definition:
            timer.start()
        return timer

    def _time_out(self) -> None:
        if self._running:
            self._execution.update(status="TIMED_OUT", stopDate=sf.now_iso())
            sf._add_event(self._execution, "ExecutionTimedOut")
            sf._emit_execution_status_event(self._execution)


def _end_failed(execution: dict[str, Any], error: str, cause: str) -> None:
    """Fail an execution, unless it was stopped or timed out while a state was still at work."""
    if execution["status"] == "RUNNING":
        sf._fail_execution(execution, error, cause)


def _definition(execution: dict[str, Any]) -> dict[str, Any]:
    """The definition the execution began with; noted at its first walk."""
    if execution.get("definition") not in definitions:
        machine = sf._state_machines.get(execution["stateMachineArn"])
        if machine is None:
            raise sf._ExecutionError("StateMachineDeleted", "State machine no longer exists")
        digest = hashlib.sha256(machine["definition"].encode()).hexdigest()
        definitions[digest] = machine["definition"]
        execution["definition"] = digest
    definition: dict[str, Any] = json.loads(definitions[execution["definition"]])
    return definition


def _beginning(execution: dict[str, Any], definition: dict[str, Any]) -> Position:
    return Position(definition["StartAt"], json.loads(execution["input"] or "{}"))


def _state(definition: dict[str, Any], name: str) -> dict[str, Any]:
    state: dict[str, Any] | None = definition["States"].get(name)
    if state is None:
        raise sf._ExecutionError("States.Runtime", f"State '{name}' not found in definition")
    return state


def _context(
    execution: dict[str, Any], definition: dict[str, Any], variables: dict[str, Any]
) -> dict[str, Any]:
    """The context object, ``$$`` or ``$states.context``, with what ministack keeps beside it."""
    arn = execution["stateMachineArn"]
    machine = sf._state_machines.get(arn) or {}
    return {
        "QueryLanguage": definition.get("QueryLanguage", "JSONPath"),
        "Execution": {
            "Id": execution["executionArn"],
            "Input": json.loads(execution["input"] or "{}"),
            "Name": execution["name"],
            "RedriveCount": execution.get("redriveCount", 0),
            "RoleArn": machine.get("roleArn", ""),
            "StartTime": execution["startDate"],
        },
        "StateMachine": {"Id": arn, "Name": arn.rsplit(":", 1)[-1]},
        "variables": variables,
    }


def _get_state() -> dict[str, Any]:
    """What ministack keeps, uncopied (the checkpoint encodes it at once), with the definitions."""
    return {
        "state_machines": sf._state_machines,
        "executions": sf._executions,
        "tags": sf._tags,
        "activities": sf._activities,
        "state_machine_versions": sf._state_machine_versions,
        "state_machine_aliases": sf._state_machine_aliases,
        "map_runs": sf._map_runs,
        "definitions": definitions,
    }


def _executions_of(data: Mapping[str, Any]) -> list[tuple[tuple[str, str, str], dict[str, Any]]]:
    """Every account's and region's executions in persisted state."""
    # Not by its truth: that asks the account and region of a request, and there is none yet.
    executions = data.get("executions")
    return [] if executions is None else list(executions._data.items())


def _resume(key: tuple[str, str, str], execution: dict[str, Any]) -> None:
    """Carry on with an execution that ran when the endpoint died, at the state it was in."""
    for name in ("error", "cause"):
        execution.pop(name, None)
    execution.update(status="RUNNING", stopDate=None, output=None)
    account, region, arn = key

    def walk() -> None:
        set_request_account_id(account)
        set_request_region(region)
        _await_endpoint()
        run(arn, last_position(execution))

    threading.Thread(target=contextvars.copy_context().run, args=(walk,), daemon=True).start()


def _await_endpoint() -> None:
    """Wait until the endpoint takes connections: state is read before it does, and handlers call it."""
    address = (HOST, int(os.environ["GATEWAY_PORT"]))
    while True:
        try:
            socket.create_connection(address, timeout=1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
