"""StartExecution is idempotent, as on AWS; ministack refuses every second use of a name.

docs.aws.amazon.com/step-functions/latest/apireference/API_StartExecution.html: the same name and input as a
running execution is a success with that execution's answer; another input, or a closed execution, is
ExecutionAlreadyExists.
"""

from __future__ import annotations

from typing import Any

from ministack.core.responses import get_account_id, get_region, json_response
from ministack.services import stepfunctions as sf


def install() -> None:
    """Answer a repeated start before ministack refuses it."""
    start = sf._start_execution

    def start_once(data: dict[str, Any]) -> Any:
        running = _running_twin(data)
        if running is None:
            return start(data)
        return json_response({"executionArn": running["executionArn"], "startDate": running["startDate"]})

    sf._start_execution = start_once


def _running_twin(data: dict[str, Any]) -> dict[str, Any] | None:
    machine = data.get("stateMachineArn", "").split(":")
    if not data.get("name") or len(machine) < 7:
        return None
    arn = f"arn:aws:states:{get_region()}:{get_account_id()}:execution:{machine[6]}:{data['name']}"
    execution: dict[str, Any] | None = sf._executions.get(arn)
    if execution and execution["status"] == "RUNNING" and execution["input"] == data.get("input", "{}"):
        return execution
    return None
