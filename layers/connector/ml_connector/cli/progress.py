"""Progress of reading a large file, on a terminal only."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, BinaryIO

from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TransferSpeedColumn

if TYPE_CHECKING:
    from collections.abc import Iterator

#: Smaller files are done before anybody looks.
_LARGE_BYTES = 5_000_000


@contextmanager
def watched(stream: BinaryIO, size: int, name: str) -> Iterator[BinaryIO]:
    """Give the stream back, with a progress bar when standard error is a terminal and the file large."""
    if size < _LARGE_BYTES or not sys.stderr.isatty():
        yield stream
        return
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TransferSpeedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        yield progress.wrap_file(stream, total=size, description=name)
