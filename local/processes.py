"""Starts and stops the embedded default's processes, and only those: known by pid and start time.

Each has a file in ``.local/processes``; the file outlives whoever started the process, so that ``make down``
finds it. Standard library only: the endpoint's own environment imports it too.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / ".local"
HOST = "127.0.0.1"
_PORTS = "ML_CONNECTOR_PORT for AWS, " + ", ".join(
    f"ML_CONNECTOR_{name}_PORT" for name in ("STERLING", "VISMA", "CONSOLE")
)

_children: dict[int, subprocess.Popen[bytes]] = {}
"""What this very process started and has not yet taken leave of."""


class ProcessError(RuntimeError):
    """A process could not be started, with what to do about it."""


@dataclass(frozen=True, slots=True)
class Process:
    """A process this project started; ``port`` is 0 when it listens on none."""

    name: str
    pid: int
    began: str
    port: int
    command: tuple[str, ...]
    log: str

    @property
    def running(self) -> bool:
        """Whether that very process still runs; another that got its pid does not count."""
        return start_time(self.pid) == self.began


def start(
    name: str,
    command: Sequence[str | Path],
    *,
    port: int = 0,
    environment: Mapping[str, str] | None = None,
    folder: Path = FOLDER,
) -> Process:
    """Start a process in the background, its output in ``<folder>/logs/<name>.log``; one that runs is kept.

    Raises:
        ProcessError: the port is taken.
    """
    existing = find(name, folder=folder)
    if existing:
        return existing
    if port and not port_is_free(port):
        raise ProcessError(describe_port_holder(port, folder=folder))
    log = folder / "logs" / f"{name}.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as output:
        child = subprocess.Popen(  # noqa: S603 - the project's own programs
            [str(part) for part in command],
            cwd=ROOT,
            env={**os.environ, **(environment or {})},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    _children[child.pid] = child
    command_line = tuple(str(part) for part in command)
    process = Process(name, child.pid, start_time(child.pid), port, command_line, str(log))
    _record(process, folder)
    return process


def await_healthy(process: Process, url: str, *, seconds: float = 20.0) -> None:
    """Wait until the address answers with success.

    Raises:
        ProcessError: the process ended, or the time is up; with the last lines of its log.
    """
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if not process.running:
            message = (
                f"{process.name} ended at once. Its log ({process.log}) closes with:\n{_last_lines(process)}"
            )
            raise ProcessError(message)
        if _answers(url):
            return
        time.sleep(0.05)
    message = f"{process.name} did not answer at {url} in {seconds:.0f} s.\n{_last_lines(process)}"
    raise ProcessError(message)


def stop(name: str, *, folder: Path = FOLDER, seconds: float = 5.0) -> bool:
    """Stop the process of that name if this project started it and it still runs; whether it did."""
    process = find(name, folder=folder)
    if process is None:
        return False
    _signal(process, signal.SIGTERM)
    deadline = time.monotonic() + seconds
    while _reap(process).running and time.monotonic() < deadline:
        time.sleep(0.05)
    if process.running:
        _signal(process, signal.SIGKILL)
        while _reap(process).running:
            time.sleep(0.02)
    _file(name, folder).unlink(missing_ok=True)
    return True


def stop_all(*, folder: Path = FOLDER) -> list[str]:
    """Stop every process this project started here; their names."""
    names = [path.stem for path in sorted((folder / "processes").glob("*.json"))]
    return [name for name in names if stop(name, folder=folder)]


def find(name: str, *, folder: Path = FOLDER) -> Process | None:
    """The running process of that name; none when it ended, and its file is removed."""
    path = _file(name, folder)
    try:
        recorded = json.loads(path.read_text())
        process = Process(**{**recorded, "command": tuple(recorded["command"])})
    except (FileNotFoundError, ValueError, TypeError, KeyError):
        return None
    if _reap(process).running:
        return process
    path.unlink(missing_ok=True)
    return None


def free_port() -> int:
    """A port that nothing listens on just now."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port


def port_is_free(port: int) -> bool:
    """Whether the port can be bound on the loopback address."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True


def describe_port_holder(port: int, *, folder: Path = FOLDER) -> str:
    """One sentence on who holds the port and what to do."""
    for path in sorted((folder / "processes").glob("*.json")):
        process = find(path.stem, folder=folder)
        if process and process.port == port:
            return f"Port {port} is taken by our own {process.name} (pid {process.pid}): run make down first."
    holder = _holder(port) or "another program"
    return f"Port {port} is taken by {holder}: set another port ({_PORTS}), or stop it."


def start_time(pid: int) -> str:
    """When the process began, as the system tells it; empty when there is none."""
    stat = Path(f"/proc/{pid}/stat")
    if stat.parent.parent.joinpath("self").exists():
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            return ""
        # Field 3 is the state, Z a zombie; field 22 the start in clock ticks since boot (proc(5)).
        return "" if fields[0] == "Z" else fields[19]
    shown = subprocess.run(  # noqa: S603 - a pid
        ["ps", "-o", "lstart=", "-p", str(pid)],  # noqa: S607 - wherever the system has it
        capture_output=True,
        text=True,
        check=False,
    )
    return shown.stdout.strip()


def _signal(process: Process, number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, number)


def _reap(process: Process) -> Process:
    """Take leave of a child of this very process, which would stay a zombie."""
    child = _children.get(process.pid)
    if child and child.poll() is not None:
        del _children[process.pid]
    return process


def _record(process: Process, folder: Path) -> None:
    path = _file(process.name, folder)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(asdict(process), indent=1))


def _file(name: str, folder: Path) -> Path:
    return folder / "processes" / f"{name}.json"


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=2) as response:  # noqa: S310 - a loopback address
            return bool(response.status < 400)
    except (urllib.error.URLError, OSError):
        return False


def _last_lines(process: Process) -> str:
    try:
        return "\n".join(Path(process.log).read_text(errors="replace").splitlines()[-12:])
    except OSError:
        return "(no log)"


def _holder(port: int) -> str | None:
    """Who listens on the port, on Linux and when we may look."""
    inodes = {inode for file in ("tcp", "tcp6") for inode in _listening(Path("/proc/net") / file, port)}
    if not inodes:
        return None
    wanted = {f"socket:[{inode}]" for inode in inodes}
    for descriptor in Path("/proc").glob("[0-9]*/fd/*"):
        with contextlib.suppress(OSError):
            if str(descriptor.readlink()) in wanted:
                pid = descriptor.parts[2]
                name = Path(f"/proc/{pid}/comm").read_text().strip()
                return f"{name} (pid {pid})"
    return None


def _listening(table: Path, port: int) -> list[str]:
    """Inodes of the sockets that listen on the port (proc_net_tcp: state 0A, inode in the tenth column)."""
    try:
        rows = [line.split() for line in table.read_text().splitlines()[1:]]
    except OSError:
        return []
    return [row[9] for row in rows if row[3] == "0A" and int(row[1].rpartition(":")[2], 16) == port]


if __name__ == "__main__":
    for stopped in stop_all():
        sys.stdout.write(f"Stopped {stopped}.\n")
