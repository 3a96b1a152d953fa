"""Our own EDIFACT and TRADACOMS files, with the document each one says."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.unit.codecs.roundtrip import faults

from ml_connector.codecs.recognition import read_documents

FIXTURES = Path(__file__).parents[2] / "fixtures"
FILES = sorted(file for standard in ("edifact", "tradacoms") for file in FIXTURES.glob(f"{standard}/*.edi"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_file_says_its_document(path):
    (document,) = read_documents(path.read_bytes())
    expected = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
    assert document.model_dump(mode="json", exclude_defaults=True) == expected


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_file_keeps_to_its_standard(path):
    assert faults(path.read_bytes()) == []


def test_every_message_has_a_file():
    names = {(path.parent.name, path.stem.partition("-")[0]) for path in FILES}
    assert names == {
        *(("edifact", name) for name in ("orders", "invoic", "desadv", "ordrsp", "remadv")),
        *(("tradacoms", name) for name in ("orders", "invoice", "credit", "delivery")),
    }
