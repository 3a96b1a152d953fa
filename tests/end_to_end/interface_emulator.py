"""A built function under AWS's own Lambda runtime interface emulator, which the SAM CLI brings along."""

from __future__ import annotations

import contextlib
import json
import os
import platform
import subprocess
import time
from typing import TYPE_CHECKING, Any

import httpx
from local import environments, processes, stack
from samtranslator.yaml_helper import yaml_parse

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

_PROCESSORS = {"x86_64": "x86_64", "amd64": "x86_64", "aarch64": "arm64", "arm64": "arm64"}
_INVOKE = "/2015-03-31/functions/function/invocations"
START_SECONDS = 20


def emulator() -> Path:
    """The program that `sam local invoke` puts into its container."""
    (found,) = stack.SAM.parents[1].glob(
        f"lib/python*/site-packages/samcli/local/rapid/aws-lambda-rie-{_PROCESSORS[platform.machine()]}"
    )
    return found


def layers(build: Path) -> list[Path]:
    """Where the packages of the built template's layers lie, the last first, as on the search path."""
    resources = yaml_parse((build / "template.yaml").read_text())["Resources"]
    names = [name for name, one in resources.items() if one["Type"] == "AWS::Serverless::LayerVersion"]
    return [build / name / "python" for name in reversed(names)]


@contextlib.contextmanager
def emulated(build: Path, function: str, variables: Mapping[str, str], log: Path) -> Iterator[Any]:
    """Start one built function and yield what invokes it with an event and returns its answer.

    What the function and the emulator write goes to ``log``.
    """
    address, runtime = (f"127.0.0.1:{processes.free_port()}" for _ in range(2))
    command = [emulator(), "--runtime-interface-emulator-address", address, "--runtime-api-address", runtime]
    path = os.pathsep.join(map(str, [build / function, *layers(build)]))
    python = environments.interpreter("runtime")
    with log.open("wb") as written:
        process = subprocess.Popen(
            [*command, python, "-P", "-m", "awslambdaric", "app.handle"],
            cwd=build / function,
            env={
                "PATH": os.defpath,
                "PYTHONPATH": path,
                "LAMBDA_TASK_ROOT": str(build / function),
                **variables,
            },
            stdout=written,
            stderr=subprocess.STDOUT,
        )
    try:
        yield lambda event: _invoke(f"http://{address}{_INVOKE}", event)
    finally:
        process.terminate()
        process.wait(timeout=10)


def _invoke(url: str, event: object) -> Any:
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            answer = httpx.post(url, json=event, timeout=120)
        except httpx.ConnectError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)
        else:
            return json.loads(answer.content)
