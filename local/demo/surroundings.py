"""The demo's processes and deployment: the embedded AWS endpoint, both simulators, and the stack on them."""

from __future__ import annotations

import json
import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from local import processes, stack

ROOT = Path(__file__).resolve().parents[2]
STACK = "ml-connector-demo"
HOST = "127.0.0.1"
AWS_PORT = int(os.environ.get("ML_CONNECTOR_PORT") or 4566)
STERLING_PORT = int(os.environ.get("ML_CONNECTOR_STERLING_PORT") or 4574)
VISMA_PORT = int(os.environ.get("ML_CONNECTOR_VISMA_PORT") or 4575)
LOGS = ROOT / ".local" / "logs"
STATE = ROOT / ".local" / "demo"
# A minute of a schedule lasts this many seconds, so that nobody has to wait a minute for the first poll.
SECONDS_PER_MINUTE = 5
_COUNTS = "/_control/counts"

# What the simulators let in; they listen on this machine only.
STERLING_CREDENTIALS = {"username": "admin", "password": "password"}
VISMA_CREDENTIALS = {
    "client_id": "isv_ml_connector",
    "client_secret": "simulator-secret",
    "tenant_id": "00000000-0000-4000-8000-000000004242",
}
VISMA_COMPANY = "4242"


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Where everything is once it runs."""

    endpoint: str
    sterling: str
    visma: str
    outputs: dict[str, str]

    def client(self, service: str) -> Any:  # noqa: ANN401 - boto3 has one type per service
        """Return a boto3 client of the embedded endpoint."""
        return stack.session().client(service, endpoint_url=self.endpoint)  # type: ignore[call-overload] # by name

    def environment(self) -> dict[str, str]:
        """Return what `ml-connector` needs to talk to this deployment."""
        return stack.environment(self.endpoint) | {"ML_CONNECTOR_STACK": STACK}


def start(*, fresh: bool) -> None:
    """Start the endpoint and the simulators, unless they run already.

    Raises:
        ProcessError: A port is taken by somebody else, or a process does not come up.
    """
    if fresh and not running():
        shutil.rmtree(STATE, ignore_errors=True)
    for name, command, port, health in _programs():
        process = processes.start(name, command, port=port)
        processes.await_healthy(process, f"http://{HOST}:{port}{health}")


def running() -> bool:
    """Tell whether the endpoint of an earlier demo still runs."""
    return processes.find("aws") is not None


def deploy() -> Surroundings:
    """Deploy the stack, fill its secrets, and return where everything is."""
    endpoint = f"http://{HOST}:{AWS_PORT}"
    parameters = {
        "PythonRuntime": stack.interpreter(),
        "Architecture": "x86_64" if os.uname().machine == "x86_64" else "arm64",
        "SterlingHost": HOST,
        "SterlingPort": str(STERLING_PORT),
        "SterlingScheme": "http",
        "SterlingMailboxes": "/*/Inbound",
        "VismaBaseUrl": f"http://{HOST}:{VISMA_PORT}",
        "VismaTokenUrl": f"http://{HOST}:{VISMA_PORT}/connect/token",
        "VismaCompanyId": VISMA_COMPANY,
    }
    outputs = stack.deploy(endpoint, ROOT / "template.yaml", STACK, parameters)
    surroundings = Surroundings(
        endpoint, f"http://{HOST}:{STERLING_PORT}", f"http://{HOST}:{VISMA_PORT}", outputs
    )
    secrets = surroundings.client("secretsmanager")
    for output, credentials in (
        ("SterlingSecret", STERLING_CREDENTIALS),
        ("VismaSecret", VISMA_CREDENTIALS),
    ):
        secrets.put_secret_value(SecretId=outputs[output], SecretString=json.dumps(credentials))
    return surroundings


def stop() -> list[str]:
    """Stop what this project started; return the names."""
    return processes.stop_all()


def _programs() -> list[tuple[str, list[str], int, str]]:
    python, emulator = str(ROOT / ".venv/bin/python"), str(ROOT / ".venvs/aws/bin/python")
    schedule = ["--schedule-seconds-per-minute", str(SECONDS_PER_MINUTE)]
    folders = ["--state", str(STATE / "aws"), "--logs", str(LOGS)]
    return [
        ("sterling", [python, "-m", "local.sterling", "--port", str(STERLING_PORT)], STERLING_PORT, _COUNTS),
        ("visma", [python, "-m", "local.visma", "--port", str(VISMA_PORT)], VISMA_PORT, _COUNTS),
        (
            "aws",
            [emulator, "-m", "local.aws", "--port", str(AWS_PORT), *folders, *schedule],
            AWS_PORT,
            "/_ministack/health",
        ),
    ]
