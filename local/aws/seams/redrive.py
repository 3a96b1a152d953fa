"""RedriveExecution, which ministack does not have.

docs.aws.amazon.com/step-functions/latest/apireference/API_RedriveExecution.html: an execution that ended
FAILED, ABORTED or TIMED_OUT goes on at the state it ended in, with that state's input and the definition it
began with. Of a failed Map or Parallel the whole state runs again; AWS runs only its unsuccessful parts.
"""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime, timedelta
from typing import Any

from ministack.core.responses import error_response_json, json_response
from ministack.services import stepfunctions as sf

from local.aws.seams import executions

_REDRIVABLE = {"FAILED", "ABORTED", "TIMED_OUT"}
_WINDOW = timedelta(days=14)
_ACTION = "RedriveExecution"


def install() -> None:
    """Answer RedriveExecution, and tell of redrives in DescribeExecution."""
    handle_request, describe = sf.handle_request, sf._describe_execution

    async def handle(method: str, path: str, headers: dict[str, str], body: bytes, query: Any) -> Any:
        if headers.get("x-amz-target", "").rpartition(".")[2] == _ACTION:
            return sf._finalize_response(redrive(json.loads(body or b"{}")))
        return await handle_request(method, path, headers, body, query)

    def describe_with_redrive(data: dict[str, Any]) -> Any:
        response = describe(data)
        execution = sf._executions.get(data.get("executionArn"))
        if execution is None:
            return response
        return json_response({**json.loads(response[2]), **_redrive_details(execution)})

    sf.handle_request = handle
    sf._describe_execution = describe_with_redrive


def redrive(data: dict[str, Any]) -> Any:
    """Start an ended execution again at the state it ended in."""
    arn = data.get("executionArn")
    execution = sf._executions.get(arn)
    if execution is None:
        return error_response_json("ExecutionDoesNotExist", f"Execution Does Not Exist: '{arn}'", 400)
    token = data.get("clientToken")
    if token and execution.get("redriveToken") == token:
        return json_response({"redriveDate": execution["redriveDate"]})
    reason = _obstacle(execution)
    if reason:
        return error_response_json("ExecutionNotRedrivable", reason, 400)
    position = executions.last_position(execution)
    _reopen(execution, token)
    executions.start_walk(execution["executionArn"], position)
    return json_response({"redriveDate": time.time()})


def _reopen(execution: dict[str, Any], token: str | None) -> None:
    count = execution.get("redriveCount", 0) + 1
    for name in ("error", "cause"):
        execution.pop(name, None)
    execution.update(status="RUNNING", stopDate=None, output=None)
    execution.update(redriveCount=count, redriveDate=sf.now_iso(), redriveToken=token)
    details = {"executionRedrivenEventDetails": {"redriveCount": count}}
    sf._add_event(execution, "ExecutionRedriven", details)
    sf._emit_execution_status_event(execution)


def _obstacle(execution: dict[str, Any]) -> str | None:
    """Why the execution cannot be redriven, in AWS' words, if so."""
    status = execution["status"]
    if status not in _REDRIVABLE:
        return f"Execution is {status} and cannot be redriven"
    stopped = datetime.fromisoformat(execution["stopDate"])
    if datetime.now(UTC) - stopped > _WINDOW:
        return "Execution has exceeded the redrivable period of 14 days"
    return None


def _redrive_details(execution: dict[str, Any]) -> dict[str, Any]:
    reason = _obstacle(execution)
    details: dict[str, Any] = {"redriveCount": execution.get("redriveCount", 0)}
    if execution.get("redriveDate"):
        details["redriveDate"] = execution["redriveDate"]
    if reason is None:
        return {**details, "redriveStatus": "REDRIVABLE"}
    return {**details, "redriveStatus": "NOT_REDRIVABLE", "redriveStatusReason": reason}
