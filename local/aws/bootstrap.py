"""The first thing run in a function's process: ties its life to the endpoint's, then becomes awslambdaric.

Run as a script by the function's interpreter, so it imports nothing of this project.
"""

from __future__ import annotations

import json
import os
import runpy
import signal
import sys
import threading
from pathlib import Path
from typing import Any


def _die_with_the_endpoint() -> None:
    """Kill this process group once the endpoint is gone, however it went.

    The endpoint holds the other end of standard input; its death, SIGKILL included, closes it.
    """
    lifeline = os.dup(0)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)

    def watch() -> None:
        while os.read(lifeline, 1):
            pass
        os.killpg(0, signal.SIGKILL)

    threading.Thread(target=watch, name="lifeline", daemon=True).start()


def _record_calls(folder: str) -> None:
    """Write each call to AWS, its operation and parameters' names of resources, to the function's file."""
    from botocore.client import BaseClient

    # No event of botocore has both operation and parameters.
    call = BaseClient._make_api_call  # type: ignore[attr-defined]  # noqa: SLF001 - the stubs hide it
    path = Path(folder) / f"{os.environ['AWS_LAMBDA_FUNCTION_NAME']}.jsonl"

    def recorded(self: BaseClient, operation: str, parameters: dict[str, Any]) -> Any:  # noqa: ANN401 - as botocore's own
        line = [self.meta.service_model.service_name, operation, _resources(parameters), _rows(parameters)]
        with path.open("a") as file:
            file.write(json.dumps(line) + "\n")
        return call(self, operation, parameters)

    BaseClient._make_api_call = recorded  # type: ignore[attr-defined]  # noqa: SLF001 - as above


_NAMING = (
    "TableName",
    "IndexName",
    "Bucket",
    "Key",
    "VersionId",
    "SecretId",
    "stateMachineArn",
    "executionArn",
)


def _resources(parameters: dict[str, Any]) -> dict[str, Any]:
    named: dict[str, Any] = {
        name: parameters[name] for name in _NAMING if isinstance(parameters.get(name), str)
    }
    for table in parameters.get("RequestItems", ()):
        named["TableName"] = table
    for item in parameters.get("TransactItems", ()):
        for kind, part in item.items():
            named.setdefault("Transaction", []).append([kind, part["TableName"]])
    return named


def _rows(parameters: dict[str, Any]) -> list[list[str]]:
    """Table and key of each row a call names: what the counting of write units needs."""
    parts = [part for item in parameters.get("TransactItems", ()) for part in item.values()]
    rows = []
    for part in parts or [parameters]:
        key = part.get("Key") or part.get("Item")
        if isinstance(key, dict) and "pk" in key:
            rows.append([part["TableName"], *(_plain(key[name]) for name in ("pk", "sk"))])
    return rows


def _plain(value: Any) -> str:  # noqa: ANN401 - a client gives {"S": ...}, a resource the string
    return str(value["S"] if isinstance(value, dict) else value)


def main() -> None:
    """Run the handler named by the first argument until the Runtime API stops answering."""
    _die_with_the_endpoint()
    # Last on the path: used only where awslambdaric's wheel brings no native client, as on macOS.
    sys.path.append(str(Path(__file__).with_name("fallback")))
    if folder := os.environ.get("ML_CONNECTOR_AWS_CALLS"):
        _record_calls(folder)
    sys.argv = ["awslambdaric", sys.argv[1]]
    runpy.run_module("awslambdaric", run_name="__main__")


if __name__ == "__main__":
    main()
