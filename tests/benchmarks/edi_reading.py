"""Rates and memory of reading EDI beside a bare split of the same file and the peers, in one run.

::

    .venv/bin/python tests/benchmarks/edi_reading.py [--megabytes 50] [--repeat 5] [--json] [--memory 5,500]

What is measured, each over the same generated file (850s; ORDERS of D.96A), on lines and without line ends:

bare split      64 KiB chunks split into segments and those into elements, and nothing else: the floor
segments        all segments' bytes with their byte offsets, by `read_blocks`
Segment         the same as one `Segment` object for each, its offset in it, by `read_segments`
asked           the same, each object asked for its offset and its bytes
messages        `read_interchanges`: messages with envelopes checked, their segments' bytes at hand
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

from edi_validation import measure_peer, peak_megabytes, split_bare, write_edifact, write_x12

if TYPE_CHECKING:
    from collections.abc import Callable

_WRITERS = {"x12": write_x12, "edifact": write_edifact}
_SIGNS = {"x12": (b"~", b"*"), "edifact": (b"'", b"+")}


def read_segments_and_offsets(path: Path) -> float:
    """Seconds for reading all segments' bytes and offsets."""
    from ml_connector.edi import read_blocks

    start = time.process_time()
    with path.open("rb") as stream:
        for block in read_blocks(stream):
            for _ in zip(block.raws, block.offsets, strict=True):
                pass
    return time.process_time() - start


def read_objects(path: Path) -> float:
    """Seconds for reading all segments as objects, each with its offset in it."""
    from ml_connector.edi import read_segments

    start = time.process_time()
    with path.open("rb") as stream:
        for _ in read_segments(stream):
            pass
    return time.process_time() - start


def ask_objects(path: Path) -> float:
    """Seconds for reading all segments as objects and asking each for its offset and its bytes."""
    from ml_connector.edi import read_segments

    start = time.process_time()
    with path.open("rb") as stream:
        for segment in read_segments(stream):
            _ = segment.offset, segment.raw
    return time.process_time() - start


def read_messages(path: Path) -> float:
    """Seconds for reading all messages, streamed where they are long; there must be no finding."""
    from ml_connector.edi import read_interchanges

    start = time.process_time()
    with path.open("rb") as stream:
        for interchange in read_interchanges(stream):
            for message in interchange.messages():
                for _ in message.read_blocks():
                    pass
                if message.findings:
                    sys.exit(f"The generated file {path.name} is not faultless: {message.findings[0]}")
            if interchange.findings:
                sys.exit(f"The generated file {path.name} is not faultless: {interchange.findings[0]}")
    return time.process_time() - start


READERS: dict[str, Callable[[Path], float]] = {
    "segments": read_segments_and_offsets,
    "Segment": read_objects,
    "asked": ask_objects,
    "messages": read_messages,
}


def write_on_one_line(path: Path) -> Path:
    """Write a copy of a file without its line ends."""
    other = path.with_suffix(".line")
    with path.open("rb") as lines, other.open("wb") as out:
        while chunk := lines.read(1 << 20):
            out.write(chunk.replace(b"\n", b""))
    return other


def measure_rates(options: argparse.Namespace, folder: Path) -> dict[str, dict[str, float]]:
    """Median MB/s per file and reader, and each as a part of the bare split's."""
    rates = {}
    for standard, write in _WRITERS.items():
        path = folder / f"{standard}.edi"
        write(path, options.megabytes * 1_000_000)
        for name, file in ((standard, path), (f"{standard}, one line", write_on_one_line(path))):
            rates[name] = measure_file(file, _SIGNS[standard], options.repeat)
            file.unlink()
        rates[standard] |= measure_peer(options, standard, folder)
    return rates


def measure_file(path: Path, signs: tuple[bytes, bytes], repeat: int) -> dict[str, float]:
    """Median rates over one file; the readers take turns, so that a busy machine strikes all alike."""
    seconds: dict[str, list[float]] = {name: [] for name in ("bare split", *READERS)}
    for _ in range(repeat):
        seconds["bare split"].append(split_bare(path, *signs))
        for name, reader in READERS.items():
            seconds[name].append(reader(path))
    size = path.stat().st_size / 1e6
    rates = {name: round(size / median(values), 1) for name, values in seconds.items()}
    return rates | {f"{name} / bare": round(rates[name] / rates["bare split"], 2) for name in READERS}


def measure_memory(sizes: list[int], folder: Path) -> dict[str, dict[str, float]]:
    """Peak resident MB and seconds of an interpreter that reads a file of so many MB, or one long message."""
    found = {"nothing": run_alone(Path(__file__), "nothing")}
    path = folder / "memory.edi"
    for size in sizes:
        write_x12(path, size * 1_000_000)
        found[f"{size} MB of 850s"] = run_alone(path, "messages")
    for lines in (20_000, 200_000):
        write_edifact(path, 0, lines=lines)
        found[f"one ORDERS of {lines} lines"] = run_alone(path, "messages")
    return found


def run_alone(path: Path, reader: str) -> dict[str, float]:
    """Run one reader in an interpreter of its own."""
    command = [sys.executable, __file__, "--one", path, "--reader", reader]
    return json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)


def say(line: str = "") -> None:
    """Print a line."""
    print(line)  # noqa: T201 # a program's output


def print_table(title: str, rows: dict[str, dict[str, float]]) -> None:
    """Print rows with a column for each name that occurs."""
    columns = list(dict.fromkeys(name for row in rows.values() for name in row))
    width = max(map(len, rows)) + 2
    say(title.ljust(width) + "".join(name.rjust(max(len(name), 8) + 2) for name in columns))
    for name, row in rows.items():
        cells = (str(row.get(column, "")).rjust(max(len(column), 8) + 2) for column in columns)
        say(name.ljust(width) + "".join(cells))
    say()


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--megabytes", type=int, default=50)
    parser.add_argument("--repeat", type=int, default=5)
    parser.add_argument("--memory", default="5,500", help="sizes in MB; empty for none")
    parser.add_argument("--peers", default=".venvs/bench")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--one", type=Path, help="read one file and print seconds and peak memory")
    parser.add_argument("--reader", choices=["nothing", *READERS], default="messages")
    options = parser.parse_args()
    if options.one:
        seconds = READERS[options.reader](options.one) if options.reader in READERS else 0.0
        say(json.dumps({"seconds": round(seconds, 2), "peak MB": peak_megabytes()}))
        return
    with tempfile.TemporaryDirectory() as name:
        rates = measure_rates(options, Path(name))
        sizes = [int(size) for size in options.memory.split(",") if size]
        memory = measure_memory(sizes, Path(name)) if sizes else {}
    if options.json:
        say(json.dumps({"rates": rates, "memory": memory}, indent=2))
        return
    print_table("MB/s", rates)
    if memory:
        print_table("alone", memory)


if __name__ == "__main__":
    main()
