"""Ten-line 850s from bytes to validated document, per second on one core, beside the bare reader's rate.

::

    .venv/bin/python tests/benchmarks/codecs.py [--megabytes 50] [--repeat 3]

Prints one JSON object. Memory is the growth of the process's peak while a file of that size is read: it stays
flat where documents are let go.
"""

from __future__ import annotations

import argparse
import json
import resource
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


def peak_mb() -> float:
    """The process's peak memory so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--megabytes", type=float, default=50)
    parser.add_argument("--repeat", type=int, default=3)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        small, large = Path(folder, "small.edi"), Path(folder, "large.edi")
        write_x12(small, 2_000_000, lines=10)
        write_x12(large, int(options.megabytes * 1_000_000), lines=10)
        figures: dict[str, object] = {
            "read": rate(small, bare, options.repeat),
            "decode": rate(small, decoded, options.repeat),
            "validate_and_decode": rate(small, validated, options.repeat),
        }
        before = peak_mb()
        figures["large_file"] = {"megabytes": options.megabytes, **rate(large, decoded, 1)}
        figures["memory_growth_mb"] = round(peak_mb() - before, 1)
    print(json.dumps(figures, indent=2))  # noqa: T201 - a benchmark prints


if __name__ == "__main__":
    main()
