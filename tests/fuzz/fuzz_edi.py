"""Feed the EDI core damaged and random bytes: only findings come of it, the same bytes back, and an answer.

::

    .venvs/fuzz/bin/python tests/fuzz/fuzz_edi.py [-max_total_time=60] [CORPUS...]

Further options are libFuzzer's. The corpus starts with the fixtures of nasty files, hierarchies and
acknowledgements.
"""

from __future__ import annotations

import io
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

import atheris

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "layers/connector"))
with atheris.instrument_imports(include=["ml_connector.edi"]):
    from ml_connector.edi import (
        ControlNumbers,
        ReadOptions,
        Standard,
        acknowledge,
        message_bytes,
        outcome_of,
        read_interchanges,
        rewrite,
    )
    from ml_connector.edi.checking import check_message

_FIXTURES = Path(__file__).resolve().parents[1] / "fixtures"
_FOLDERS = ("nasty", "hierarchy", "acknowledgements")
_NUMBERS = ControlNumbers(interchange="1")
_NOW = datetime(2026, 1, 15, 9, 30, tzinfo=UTC)
_CHUNKS = (3, 64, 65_536)


def test_one_input(data: bytes) -> None:
    """Check one input; the first byte chooses the size of chunks."""
    chunk = _CHUNKS[data[0] % len(_CHUNKS)] if data else 64
    data = data[1:]
    options = ReadOptions(chunk_bytes=chunk, held_bytes=2_000, segment_bytes=1_000)
    _check_identity(data, options)
    _check_reading(data, options)


def _check_identity(data: bytes, options: ReadOptions) -> None:
    out = io.BytesIO()
    rewrite(io.BytesIO(data), out, options=options)
    if out.getvalue() != data:
        raise AssertionError("Writing back is not identity.")
    rewrite(io.BytesIO(data), io.BytesIO(), canonical=True, options=options)


def _check_reading(data: bytes, options: ReadOptions) -> None:
    for interchange in read_interchanges(io.BytesIO(data), options):
        outcomes = []
        for message in interchange.messages():
            checked = check_message(message)
            outcomes.append(outcome_of(message, [finding for finding, _ in checked.findings]))
            if message.loaded and interchange.standard is not Standard.UNKNOWN:
                for segment in message.segments:
                    _ = [segment.components(number) for number in range(len(segment) + 1)]
                    _ = (segment.offset, segment.line, segment.position, segment.text)
                message_bytes(interchange, message)
        _ = [finding.as_dict() for finding in interchange.findings]
        if interchange.standard in (Standard.X12, Standard.EDIFACT):
            acknowledge(interchange, outcomes, numbers=_NUMBERS, prepared_at=_NOW)


def main() -> None:
    """Run libFuzzer over the seeds and whatever the command line adds."""
    with tempfile.TemporaryDirectory() as seeds:
        for path in (path for folder in _FOLDERS for path in (_FIXTURES / folder).glob("*.edi")):
            (Path(seeds) / path.stem).write_bytes(b"\x02" + path.read_bytes())
        atheris.Setup([*sys.argv, seeds], test_one_input)
        atheris.Fuzz()


if __name__ == "__main__":
    main()
