"""Where the connector runs on one machine: the embedded AWS endpoint, both simulators, and the stack."""

from __future__ import annotations

import json
import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from local import processes, stack
from local.console.front import HEALTH

ROOT = Path(__file__).resolve().parents[2]
HOST = "127.0.0.1"
CONFIGURATION = ROOT / "examples" / "configuration"
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
class Site:
    """One place to run: its own folder, ports and stack, so that two never meet.

    Attributes:
        folder: Holds state, logs and the files that name running processes.
        seconds_per_minute: How long a minute of a schedule lasts; short, so that nobody waits for a poll.
    """

    folder: Path = ROOT / ".local"
    stack: str = "ml-connector-demo"
    aws_port: int = 4566
    sterling_port: int = 4574
    visma_port: int = 4575
    console_port: int = 4576
    seconds_per_minute: float = 5

    @classmethod
    def from_environment(cls) -> Site:
        """Return the demo's site; four variables move its ports."""
        usual = cls()
        return cls(
            aws_port=int(os.environ.get("ML_CONNECTOR_PORT") or usual.aws_port),
            sterling_port=int(os.environ.get("ML_CONNECTOR_STERLING_PORT") or usual.sterling_port),
            visma_port=int(os.environ.get("ML_CONNECTOR_VISMA_PORT") or usual.visma_port),
            console_port=int(os.environ.get("ML_CONNECTOR_CONSOLE_PORT") or usual.console_port),
        )

    @classmethod
    def on_free_ports(cls, folder: Path, stack: str, *, seconds_per_minute: float) -> Site:
        """Return a site beside whatever else runs on this machine."""
        ports = {f"{name}_port": processes.free_port() for name in ("aws", "sterling", "visma", "console")}
        return cls(folder=folder, stack=stack, seconds_per_minute=seconds_per_minute, **ports)

    @property
    def logs(self) -> Path:
        """One log file per function and process."""
        return self.folder / "logs"

    @property
    def state(self) -> Path:
        """What the endpoint keeps."""
        return self.folder / "state"

    @property
    def endpoint(self) -> str:
        """The embedded AWS endpoint."""
        return f"http://{HOST}:{self.aws_port}"

    @property
    def sterling(self) -> str:
        """The Sterling simulator."""
        return f"http://{HOST}:{self.sterling_port}"

    @property
    def visma(self) -> str:
        """The Visma simulator."""
        return f"http://{HOST}:{self.visma_port}"

    @property
    def console(self) -> str:
        """The web page."""
        return f"http://{HOST}:{self.console_port}"

    @property
    def running(self) -> bool:
        """Whether the endpoint runs, started here earlier."""
        return processes.find("aws", folder=self.folder) is not None

    def client(self, service: str) -> Any:  # noqa: ANN401 - boto3 has one type per service
        """Return a boto3 client of the embedded endpoint."""
        return stack.session().client(service, endpoint_url=self.endpoint)  # type: ignore[call-overload] # by name

    def environment(self) -> dict[str, str]:
        """Return what `ml-connector` needs to talk to this deployment."""
        return stack.environment(self.endpoint) | {"ML_CONNECTOR_STACK": self.stack}

    def start(self) -> None:
        """Start the endpoint and the simulators, from nothing unless they run already.

        Raises:
            ProcessError: A port is taken by somebody else, or a process does not come up.
        """
        if not self.running:
            shutil.rmtree(self.state, ignore_errors=True)
        self.start_again()

    def start_again(self) -> None:
        """Start what does not run, on the state that is there.

        Raises:
            ProcessError: As :meth:`start`.
        """
        started = [
            (processes.start(name, command, port=port, folder=self.folder), f"http://{HOST}:{port}{health}")
            for name, command, port, health in self._programs()
        ]
        for process, health in started:
            processes.await_healthy(process, health)

    def deploy(self) -> dict[str, str]:
        """Deploy the stack, fill its secrets, and return its outputs."""
        parameters = {
            "PythonRuntime": stack.interpreter(),
            "Architecture": "x86_64" if os.uname().machine == "x86_64" else "arm64",
            "SterlingHost": HOST,
            "SterlingPort": str(self.sterling_port),
            "SterlingScheme": "http",
            "SterlingMailboxes": "/*/Inbound",
            "VismaBaseUrl": self.visma,
            "VismaSalesOrderUrl": self.visma,
            "VismaTokenUrl": f"{self.visma}/connect/token",
            "VismaCompanyId": VISMA_COMPANY,
        }
        outputs = stack.deploy(
            self.endpoint, ROOT / "template.yaml", self.stack, parameters, work=ROOT / ".local" / "stacks"
        )
        secrets = self.client("secretsmanager")
        for output, credentials in (
            ("SterlingSecret", STERLING_CREDENTIALS),
            ("VismaSecret", VISMA_CREDENTIALS),
        ):
            secrets.put_secret_value(SecretId=outputs[output], SecretString=json.dumps(credentials))
        return outputs

    def drop(self, mailbox: str, name: str, content: bytes) -> str:
        """Put a message into a mailbox of Sterling, as its sender does; return its number."""
        params = {"mailbox": mailbox, "name": name}
        answer = httpx.post(f"{self.sterling}/_control/drop", params=params, content=content)
        return str(answer.raise_for_status().json()["id"])

    def serve_console(self) -> None:
        """Serve the deployed web page.

        Raises:
            ProcessError: As :meth:`start`.
        """
        command = [str(ROOT / ".venv/bin/python"), "-m", "local.console", "--endpoint", self.endpoint]
        command += ["--function", f"{self.stack}-console:live", "--port", str(self.console_port)]
        process = processes.start("console", command, port=self.console_port, folder=self.folder)
        processes.await_healthy(process, f"{self.console}{HEALTH}")

    def stop(self) -> list[str]:
        """Stop what was started here; return the names."""
        return processes.stop_all(folder=self.folder)

    def _programs(self) -> list[tuple[str, list[str], int, str]]:
        python, emulator = str(ROOT / ".venv/bin/python"), str(ROOT / ".venvs/aws/bin/python")
        sterling = [python, "-m", "local.sterling", "--port", str(self.sterling_port), *_mailboxes()]
        visma = [python, "-m", "local.visma", "--port", str(self.visma_port)]
        aws = [emulator, "-m", "local.aws", "--port", str(self.aws_port), "--state", str(self.state)]
        aws += ["--logs", str(self.logs), "--schedule-seconds-per-minute", str(self.seconds_per_minute)]
        return [
            ("aws", aws, self.aws_port, "/_ministack/health"),
            ("sterling", sterling, self.sterling_port, _COUNTS),
            ("visma", visma, self.visma_port, _COUNTS),
        ]


def _mailboxes() -> list[str]:
    """The mailboxes an operator of Sterling has set up: one for each way of each partner of the example."""
    partners = [file.stem for file in sorted(CONFIGURATION.glob("partners/*.yaml"))]
    return [f"--mailbox=/{partner}/{way}" for partner in partners for way in ("Inbound", "Outbound")]
