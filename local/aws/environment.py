"""One Lambda execution environment: a process that runs awslambdaric against a Runtime API of its own."""

from __future__ import annotations

import contextlib
import json
import os
import queue
import signal
import subprocess
import threading
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from local.aws.function_logs import LogFolder, OutputPump
from local.aws.runtime_api import Happening, Invocation, Kind, RuntimeApi

if TYPE_CHECKING:
    from local.aws.functions import Function

_BOOTSTRAP = Path(__file__).with_name("bootstrap.py")
# Where each call to AWS is written, for the test of the roles; see bootstrap.
_PASSED_ON = ("ML_CONNECTOR_AWS_CALLS",)
_INIT_TIMEOUT = 30.0
"""Seconds for a cold start. AWS allows 10; a laptop that starts a dozen at once may need more."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of an invocation: the handler's JSON, or the error document AWS would answer with."""

    body: bytes
    failed: bool
    log: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """Where an environment runs: interpreter, unpacked code, layers in order, scratch folder, endpoint."""

    python: Path
    task: Path
    layers: tuple[Path, ...]
    scratch: Path
    endpoint: str


class Environment:
    """A process that runs one function's invocations one after another."""

    def __init__(self, function: Function, place: Place, logs: LogFolder) -> None:
        self._function = function
        self._logs = logs
        self._api = RuntimeApi()
        reading, writing = os.pipe()
        # The lifeline: see bootstrap. A process group of its own, so that a handler's children die with it.
        self._process = subprocess.Popen(  # noqa: S603 - the function's own interpreter
            [place.python, "-P", _BOOTSTRAP, function.handler],
            cwd=place.task,
            env=variables(function, place, self._api.address),
            stdin=subprocess.PIPE,
            stdout=writing,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        os.close(writing)
        self._output = reading
        self._pump = OutputPump(reading, function.name, logs)
        threading.Thread(target=self._await_exit, daemon=True).start()
        self.last_used = time.monotonic()

    @property
    def alive(self) -> bool:
        """Whether the environment can take another invocation."""
        return self._process.poll() is None

    def invoke(self, invocation: Invocation) -> Outcome:
        """Run one invocation; an environment whose process fails or runs late is closed."""
        began, worked = time.monotonic(), self._processor_seconds()
        self._api.offer(invocation)
        outcome, survives = self._follow(invocation)
        worked = self._processor_seconds() - worked
        if not survives:
            self.close()
        self.last_used = time.monotonic()
        self._report(invocation, outcome, self.last_used - began, max(0.0, worked))
        return Outcome(outcome.body, outcome.failed, self._pump.take_tail())

    def close(self) -> None:
        """Kill the process and all it started."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        if self._process.stdin:
            self._process.stdin.close()
        self._pump.finish()
        self._api.close()

    def _await_exit(self) -> None:
        self._process.wait()
        self._api.happenings.put(Happening(Kind.EXITED))

    def _follow(self, invocation: Invocation) -> tuple[Outcome, bool]:
        """The outcome, and whether the process lives on."""
        deadline = time.time() + _INIT_TIMEOUT
        limit = _INIT_TIMEOUT
        while True:
            try:
                happening = self._api.happenings.get(timeout=max(0.0, deadline - time.time()))
            except queue.Empty:
                return _error(
                    "Sandbox.Timedout", invocation, f"Task timed out after {limit:.2f} seconds"
                ), False
            if happening.kind is Kind.STARTED:
                deadline, limit = happening.deadline, invocation.timeout
            elif happening.kind in (Kind.EXITED, Kind.INIT_ERROR):
                return self._early_end(happening, invocation), False
            elif happening.request_id == invocation.request_id:
                # awslambdaric ends when its response is refused.
                return _answer(happening, invocation), happening.kind is not Kind.TOO_LARGE

    def _early_end(self, happening: Happening, invocation: Invocation) -> Outcome:
        if happening.kind is Kind.INIT_ERROR:
            return Outcome(happening.body, failed=True)
        status = self._process.returncode
        how = f"signal: {signal.Signals(-status).name}" if status < 0 else f"exit status {status}"
        return _error("Runtime.ExitError", invocation, f"Runtime exited with error: {how}")

    def _processor_seconds(self) -> float:
        """How long the process has kept a processor busy so far; 0 where the system does not tell."""
        with contextlib.suppress(OSError):
            # Linux' clock of another process' time, as clock_getcpuclockid(3) makes it of a process id.
            return time.clock_gettime((~self._process.pid << 3) | 2)
        return 0.0

    def _report(self, invocation: Invocation, outcome: Outcome, seconds: float, worked: float) -> None:
        """One line per invocation in the shape of AWS' JSON platform logs, and the processor's time."""
        record = {
            "requestId": invocation.request_id,
            "status": "error" if outcome.failed else "success",
            "metrics": {"durationMs": round(seconds * 1000, 1), "processorMs": round(worked * 1000, 1)},
        }
        stamp = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        line = {"time": stamp, "type": "platform.report", "record": record}
        self._logs.write(self._function.name, json.dumps(line))


def variables(function: Function, place: Place, api: str) -> dict[str, str]:
    """The process' whole environment: of the endpoint's own only what tests switch on is passed on.

    Names: docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html, "Defined runtime environment
    variables".
    """
    # A later layer's files replace an earlier one's on AWS; here its folder comes first instead.
    folders = [place.task, *(layer / "python" for layer in reversed(place.layers))]
    return {
        "LANG": "C.UTF-8",
        "PATH": "/usr/local/bin:/usr/bin:/bin",
        "TZ": ":UTC",
        **function.variables,
        **function.credentials,
        **{name: os.environ[name] for name in _PASSED_ON if name in os.environ},
        "AWS_DEFAULT_REGION": function.region,
        "AWS_DISABLE_HOST_PREFIX_INJECTION": "true",
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_ENDPOINT_URL": place.endpoint,
        "AWS_EXECUTION_ENV": f"AWS_Lambda_{function.runtime}",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(function.memory),
        "AWS_LAMBDA_FUNCTION_NAME": function.name,
        "AWS_LAMBDA_FUNCTION_VERSION": function.version,
        "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
        "AWS_LAMBDA_LOG_FORMAT": function.log_format,
        "AWS_LAMBDA_LOG_GROUP_NAME": function.log_group,
        "AWS_LAMBDA_LOG_STREAM_NAME": _log_stream(function),
        "AWS_LAMBDA_RUNTIME_API": api,
        "AWS_REGION": function.region,
        "LAMBDA_TASK_ROOT": str(place.task),
        "PYTHONPATH": os.pathsep.join(map(str, folders)),
        "TMPDIR": str(place.scratch),
        "_HANDLER": function.handler,
    }


def _log_stream(function: Function) -> str:
    return f"{datetime.now(UTC):%Y/%m/%d}/[{function.version}]{os.urandom(16).hex()}"


def _answer(happening: Happening, invocation: Invocation) -> Outcome:
    if happening.kind is Kind.TOO_LARGE:
        size = happening.body.decode()
        return _error(
            "Function.ResponseSizeTooLarge",
            invocation,
            f"Response payload size ({size} bytes) exceeded maximum allowed payload size (6291556 bytes).",
        )
    return Outcome(happening.body, failed=happening.kind is Kind.ERROR)


def _error(kind: str, invocation: Invocation, message: str) -> Outcome:
    document = {"errorType": kind, "errorMessage": f"RequestId: {invocation.request_id} Error: {message}"}
    return Outcome(json.dumps(document).encode(), failed=True)
