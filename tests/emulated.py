"""The embedded AWS endpoint for tests: a real one, on a free port, with a state folder of its own.

``tests/integration/conftest.py`` starts one per session as the fixture ``emulated_aws``; mark tests that use
it with ``@pytest.mark.emulated``.
"""

from __future__ import annotations

import contextlib
import os
import signal
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

from local import environments, processes, stack

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

T = TypeVar("T")


@dataclass
class EmulatedAws:
    """A running endpoint; ``folder`` holds its state, its logs and the handlers' logs."""

    folder: Path
    port: int
    variables: Mapping[str, str]
    _clients: dict[str, Any] = field(default_factory=dict)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def client(self, service: str) -> Any:
        """A client of the service; each is made once, since making one takes longer than most calls."""
        if service not in self._clients:
            self._clients[service] = stack.session().client(service, endpoint_url=self.url)
        return self._clients[service]

    def deploy(
        self, template: Path, stack_name: str, parameters: Mapping[str, str] | None = None
    ) -> dict[str, str]:
        """Build and deploy a template; its outputs."""
        return stack.deploy(self.url, template, stack_name, parameters)

    def start(self) -> processes.Process:
        python = environments.interpreter("aws")
        command = [python, "-m", "local.aws", "--port", str(self.port)]
        command += ["--state", str(self.folder / "state"), "--logs", str(self.folder / "handlers")]
        process = processes.start(
            "aws", command, port=self.port, environment=self.variables, folder=self.folder
        )
        processes.await_healthy(process, f"{self.url}/_ministack/health")
        return process

    def stop(self) -> None:
        processes.stop("aws", folder=self.folder)

    def kill(self) -> None:
        """End the endpoint as a power cut would."""
        process = processes.find("aws", folder=self.folder)
        assert process is not None
        os.kill(process.pid, signal.SIGKILL)
        wait_until(lambda: processes.find("aws", folder=self.folder) is None)

    def log(self) -> str:
        """What the endpoint itself wrote."""
        return (self.folder / "logs/aws.log").read_text()

    def handler_log(self, function: str) -> str:
        return (self.folder / f"handlers/{function}.log").read_text()


@contextlib.contextmanager
def emulated_aws(folder: Path, variables: Mapping[str, str] | None = None) -> Iterator[EmulatedAws]:
    """Start an endpoint on a free port, stopped with the block; what it needs is installed if missing."""
    environments.ensure()
    endpoint = EmulatedAws(folder, processes.free_port(), variables or {})
    endpoint.start()
    try:
        yield endpoint
    finally:
        endpoint.stop()


def wait_until(look: Callable[[], T], seconds: float = 20.0) -> T:
    """What ``look`` returns as soon as it is true; the test fails when the time is up."""
    deadline = time.monotonic() + seconds
    while not (found := look()):
        assert time.monotonic() < deadline, "The time is up."
        time.sleep(0.03)
    return found
