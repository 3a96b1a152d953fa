"""Runs functions: keeps warm execution environments per function version, and bounds how many there are."""

from __future__ import annotations

import logging
import shutil
import threading
import time
from typing import TYPE_CHECKING

from local.aws.environment import Environment, Outcome, Place
from local.aws.function_logs import LogFolder
from local.aws.functions import CodeStore, Function

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from local.aws.runtime_api import Invocation
    from local.aws.settings import Settings

_logger = logging.getLogger("lambda-host")


class _Pool:
    """The environments of one version of a function, as it was when its fingerprint was taken."""

    def __init__(self, fingerprint: str, size: int) -> None:
        self.fingerprint = fingerprint
        self.retired = False
        self.idle: list[Environment] = []
        self.busy: set[Environment] = set()
        self.slots = threading.Semaphore(size)


class LambdaHost:
    """Runs functions in processes of their own; at most so many at once per function, the others wait."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._logs = LogFolder(settings.logs)
        self._code = CodeStore(settings.state / "code")
        self._scratch = settings.state / "scratch"
        shutil.rmtree(self._scratch, ignore_errors=True)
        self._scratch.mkdir(parents=True)
        self._lock = threading.Lock()
        self._pools: dict[tuple[str, str], _Pool] = {}
        self._told: set[str] = set()

    def invoke(self, function: Function, invocation: Invocation) -> Outcome:
        """Run one invocation and wait for its outcome."""
        pool = self._pool(function)
        with pool.slots:
            environment = self._take(pool) or self._start(function)
            pool.busy.add(environment)
            try:
                return environment.invoke(invocation)
            finally:
                pool.busy.discard(environment)
                self._give_back(pool, environment)

    def stop(self) -> None:
        """Kill every environment."""
        with self._lock:
            for pool in self._pools.values():
                for environment in (*pool.idle, *pool.busy):
                    environment.close()
            self._pools.clear()

    def _pool(self, function: Function) -> _Pool:
        """The pool of the function as it is now; what it was before is let go."""
        key, fingerprint = (function.name, function.version), function.fingerprint
        with self._lock:
            pool = self._pools.get(key)
            if pool and pool.fingerprint == fingerprint:
                return pool
            outdated = _retire(pool) if pool else []
            pool = self._pools[key] = _Pool(fingerprint, self._settings.environments_per_function)
        for former in outdated:
            former.close()
        return pool

    def _take(self, pool: _Pool) -> Environment | None:
        with self._lock:
            while pool.idle:
                environment = pool.idle.pop()
                if environment.alive:
                    return environment
                environment.close()
        return None

    def _give_back(self, pool: _Pool, environment: Environment) -> None:
        with self._lock:
            if environment.alive:
                pool.idle.append(environment)
            surplus = _retire(pool) if pool.retired else self._surplus()
        for former in surplus:
            former.close()

    def _surplus(self) -> list[Environment]:
        """Take the longest idle environments out of their pools while there are too many in all."""
        excess = sum(1 for _ in self._everywhere()) - self._settings.environments
        idle = sorted((e.last_used, id(e), e, pool) for pool in self._pools.values() for e in pool.idle)
        surplus = []
        for _, _, environment, pool in idle[: max(0, excess)]:
            pool.idle.remove(environment)
            surplus.append(environment)
        return surplus

    def _everywhere(self) -> Iterator[Environment]:
        for pool in self._pools.values():
            yield from pool.idle
            yield from pool.busy

    def _start(self, function: Function) -> Environment:
        self._tell_interpreter(function)
        began = time.monotonic()
        scratch = self._scratch / function.name
        scratch.mkdir(exist_ok=True)
        place = Place(
            python=self._settings.runtime_python,
            task=self._code.unpack(function.code),
            layers=tuple(self._code.unpack(layer) for layer in function.layers),
            scratch=scratch,
            endpoint=self._settings.url,
        )
        environment = Environment(function, place, self._logs)
        _logger.info(
            "%s: started an environment in %.0f ms", function.name, (time.monotonic() - began) * 1000
        )
        return environment

    def _tell_interpreter(self, function: Function) -> None:
        """Say once per runtime when the interpreter at hand is of another minor version."""
        if function.runtime in self._told:
            return
        self._told.add(function.runtime)
        actual = _minor_version(self._settings.runtime_python)
        if function.runtime != actual:
            _logger.warning(
                "%s functions run on %s (%s), the interpreter at hand; AWS runs them on their own.",
                function.runtime,
                actual,
                self._settings.runtime_python,
            )


def _retire(pool: _Pool) -> list[Environment]:
    """Take a pool out of use; its idle environments, to be closed, while the busy ones follow when done."""
    pool.retired = True
    idle, pool.idle = pool.idle, []
    return idle


def _minor_version(python: Path) -> str:
    """``python3.11`` of an interpreter in a virtual environment, read from its ``pyvenv.cfg``."""
    configuration = python.parent.parent / "pyvenv.cfg"
    if configuration.exists():
        for line in configuration.read_text().splitlines():
            name, _, value = line.partition("=")
            if name.strip() == "version":
                return "python" + ".".join(value.strip().split(".")[:2])
    return python.name
