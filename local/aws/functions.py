"""A deployed function as the Lambda host needs it, and its code on disk."""

from __future__ import annotations

import hashlib
import io
import os
import shutil
import stat
import tempfile
import threading
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Function:
    """One version of a function: its configuration, code and layers."""

    name: str
    version: str
    runtime: str
    handler: str
    memory: int
    timeout: float
    region: str
    log_group: str
    log_format: str
    variables: Mapping[str, str]
    credentials: Mapping[str, str]
    code: bytes
    layers: tuple[bytes, ...]

    @property
    def fingerprint(self) -> str:
        """Changes whenever a warm process of the function must not be used again."""
        digest = hashlib.sha256(repr(sorted(self.variables.items())).encode())
        for part in (self.runtime, self.handler, str(self.memory), self.log_format):
            digest.update(part.encode() + b"\0")
        for package in (self.code, *self.layers):
            digest.update(_digest(package).encode())
        return digest.hexdigest()


class CodeStore:
    """Unpacks code and layers once each, under their own digest; what was unpacked outlives a restart."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = threading.Lock()
        shutil.rmtree(folder / "unpacking", ignore_errors=True)

    def unpack(self, package: bytes) -> Path:
        """The folder that holds the package's files."""
        home = self._folder / _digest(package)
        with self._lock:
            if not home.exists():
                unpacking = self._folder / "unpacking"
                unpacking.mkdir(parents=True, exist_ok=True)
                scratch = Path(tempfile.mkdtemp(dir=unpacking))
                _extract(package, scratch)
                scratch.rename(home)
        return home


_digests: dict[int, tuple[bytes, str]] = {}


def _digest(package: bytes) -> str:
    """The package's SHA-256, worked out once: a warm invocation must not read megabytes."""
    known = _digests.get(id(package))
    if known is None or known[0] is not package:
        if len(_digests) > 200:
            _digests.clear()
        known = _digests[id(package)] = (package, hashlib.sha256(package).hexdigest())
    return known[1]


def _extract(package: bytes, folder: Path) -> None:
    with zipfile.ZipFile(io.BytesIO(package)) as archive:
        for item in archive.infolist():
            path = archive.extract(item, folder)
            mode = stat.S_IMODE(item.external_attr >> 16)
            if mode and not item.is_dir():
                os.chmod(path, mode | stat.S_IRUSR)  # noqa: PTH101 - extract returns a plain string
