"""State is kept over a SIGKILL: written every few seconds, not only on an orderly stop.

ministack saves on SIGTERM alone, copies everything deeply to do so, and writes code packages as text. Here
unchanged services are not written again, and large binaries are kept once each under their digest.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import threading
import time
from pathlib import Path
from typing import Any

from ministack import app
from ministack.core import persistence

from local.aws.seams import bounds

_logger = logging.getLogger("checkpoint")
_LARGE = 16 * 1024
_SHARE = 10
"""A checkpoint takes at most one part in so many of the time, however large the state has grown."""


def install(seconds: float) -> None:
    """Write changed state every so many seconds."""
    binaries = _Binaries(Path(persistence.STATE_DIR) / "binaries")
    encode, decode = persistence._json_default, persistence._json_object_hook
    persistence._json_default = lambda value: binaries.encode(value) or encode(value)
    persistence._json_object_hook = lambda value: binaries.decode(value) or decode(value)
    checkpoint = Checkpoint(Path(persistence.STATE_DIR))
    app.save_all = lambda _: checkpoint.write()

    def loop() -> None:
        pause = seconds
        while True:
            time.sleep(pause)
            began = time.monotonic()
            bounds.prune()
            checkpoint.write()
            pause = max(seconds, (time.monotonic() - began) * _SHARE)

    threading.Thread(target=loop, name="checkpoint", daemon=True).start()


class Checkpoint:
    """The state of every service, one file each, written whole or not at all."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._written: dict[str, str] = {}
        self._lock = threading.Lock()

    def write(self) -> None:
        """Write the services that changed; one that fails is tried again next time."""
        with self._lock:
            for service, get_state in app._build_persistence_save_dict().items():
                try:
                    self._write(service, get_state)
                except Exception:
                    _logger.exception("The state of %s could not be written.", service)

    def _write(self, service: str, get_state: Any) -> None:
        document = _encode(service, get_state)
        if document is None or self._written.get(service) == document:
            return
        path = self._folder / f"{service}.json"
        scratch = path.with_suffix(".tmp")
        with scratch.open("w") as file:
            file.write(document)
            file.flush()
            os.fsync(file.fileno())
        scratch.replace(path)
        self._written[service] = document


def _encode(service: str, get_state: Any) -> str | None:
    """The service's file, whole; requests change state meanwhile, so not always at the first try."""
    for attempt in range(5):
        try:
            state = get_state()
            if state is None:
                return None
            wrapped = {"__ministack_format__": persistence._state_format_version(service), "payload": state}
            return json.dumps(wrapped, default=persistence._json_default)
        except RuntimeError:  # "dictionary changed size during iteration"
            if attempt == 4:
                raise
    return None


class _Binaries:
    """Large byte strings, a file each under their digest."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._known: dict[int, tuple[bytes, str]] = {}

    def encode(self, value: object) -> dict[str, str] | None:
        """A reference in place of a large byte string; none for anything else."""
        if not isinstance(value, bytes) or len(value) < _LARGE:
            return None
        known = self._known.get(id(value))
        if known is None or known[0] is not value:
            known = self._known[id(value)] = (value, self._keep(value))
        return {"__binary__": known[1]}

    def decode(self, value: dict[str, Any]) -> bytes | None:
        """The byte string of a reference; none for anything else."""
        digest = value.get("__binary__")
        return (self._folder / digest).read_bytes() if isinstance(digest, str) else None

    def _keep(self, value: bytes) -> str:
        digest = hashlib.sha256(value).hexdigest()
        self._folder.mkdir(parents=True, exist_ok=True)
        path = self._folder / digest
        if not path.exists():
            scratch = path.with_suffix(".tmp")
            scratch.write_bytes(value)
            scratch.replace(path)
        return digest
