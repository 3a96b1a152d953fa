"""One file of our own for every way in which syntax and envelopes go wrong, with what reading is to find."""

import io
import json
from pathlib import Path

import pytest

from ml_connector.edi import ReadOptions, Severity, read_interchanges, rewrite

FIXTURES = sorted((Path(__file__).parents[2] / "fixtures" / "nasty").glob("*.edi"))


def describe(finding):
    return {name: value for name, value in finding.as_dict().items() if name != "message"}


def read(data, options):
    return [
        {
            "messages": [
                {
                    "type": message.type,
                    "control_number": message.control_number,
                    "segments": len(message.segments),
                    "findings": [describe(finding) for finding in message.findings],
                }
                for message in interchange.messages()
            ],
            "standard": interchange.standard.value,
            "control_number": interchange.control_number,
            "status": interchange.status.value,
            "test": interchange.test,
            "findings": [describe(finding) for finding in interchange.findings],
        }
        for interchange in read_interchanges(io.BytesIO(data), options)
    ]


@pytest.mark.parametrize("path", FIXTURES, ids=lambda path: path.stem)
@pytest.mark.parametrize("chunk", [65_536, 7])
def test_findings_are_as_expected_whatever_the_chunks(path, chunk):
    expected = json.loads(path.with_suffix(".json").read_text("utf-8"))
    assert read(path.read_bytes(), ReadOptions(chunk_bytes=chunk)) == expected


@pytest.mark.parametrize("path", FIXTURES, ids=lambda path: path.stem)
@pytest.mark.parametrize("chunk", [65_536, 7])
def test_rewriting_gives_the_identical_bytes(path, chunk):
    out = io.BytesIO()
    rewrite(io.BytesIO(path.read_bytes()), out, options=ReadOptions(chunk_bytes=chunk))
    assert out.getvalue() == path.read_bytes()


@pytest.mark.parametrize("path", FIXTURES, ids=lambda path: path.stem)
def test_strict_mode_turns_every_repair_into_an_error(path):
    lenient = read(path.read_bytes(), ReadOptions())
    strict = read(path.read_bytes(), ReadOptions(strict=True))
    told = [finding for interchange in lenient for finding in gathered(interchange)]
    errors = [finding for interchange in strict for finding in gathered(interchange)]
    assert [finding["rule"] for finding in told] == [finding["rule"] for finding in errors]
    kept = {"test-interchange", "interchange-control-repeated"}
    assert {f["severity"] for f in errors if f["rule"] not in kept} <= {Severity.ERROR.value}


def gathered(interchange):
    return [
        *interchange["findings"],
        *(f for message in interchange["messages"] for f in message["findings"]),
    ]
