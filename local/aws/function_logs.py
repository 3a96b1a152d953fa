"""Handlers' output: one file per function, and the lines of the invocation at hand."""

from __future__ import annotations

import os
import select
import threading
import time
from logging import LogRecord
from logging.handlers import RotatingFileHandler
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

_FILE_LIMIT = 20 * 1024 * 1024
_TAIL_LIMIT = 256 * 1024


class LogFolder:
    """The log file of each function; a full one is set aside as ``.1``."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._files: dict[str, RotatingFileHandler] = {}
        self._lock = threading.Lock()

    def write(self, function: str, line: str) -> None:
        """Append one line to the function's file."""
        with self._lock:
            file = self._files.get(function)
            if file is None:
                path = self._folder / f"{function}.log"
                file = RotatingFileHandler(path, maxBytes=_FILE_LIMIT, backupCount=1, encoding="utf-8")
                self._files[function] = file
        file.handle(LogRecord(function, 0, "", 0, line, None, None))


class OutputPump:
    """Carries a process' output line by line to its function's file, and remembers the latest lines."""

    def __init__(self, descriptor: int, function: str, logs: LogFolder) -> None:
        self._descriptor = descriptor
        self._function = function
        self._logs = logs
        self._tail: list[str] = []
        self._thread = threading.Thread(target=self._carry, daemon=True)
        self._thread.start()

    def take_tail(self) -> str:
        """The lines since the last call; waits a moment for those already written but not yet carried."""
        limit = time.monotonic() + 0.05
        while self._thread.is_alive() and time.monotonic() < limit:
            if not select.select([self._descriptor], [], [], 0)[0]:
                break
            time.sleep(0.001)
        tail, self._tail = self._tail, []
        return "\n".join(tail)

    def finish(self) -> None:
        """Carry what a dead process left; its descendants may hold the pipe, so not for ever."""
        self._thread.join(timeout=1)

    def _carry(self) -> None:
        with os.fdopen(self._descriptor, encoding="utf-8", errors="replace", closefd=False) as output:
            for line in output:
                self._keep(line.rstrip("\n"))

    def _keep(self, line: str) -> None:
        self._logs.write(self._function, line)
        if sum(map(len, self._tail)) < _TAIL_LIMIT:
            self._tail.append(line)
