"""Our own EDIFACT and TRADACOMS files, with the document each one says."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from tests.unit.codecs.roundtrip import faults, read, written

from ml_connector.codecs.fidelity import losses
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


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_document_written_again_says_the_same(path):
    (document,) = read_documents(path.read_bytes())
    version = document.source.version if path.parent.name == "edifact" else ""

    data = written(document, path.parent.name, version)

    (found,) = read(data)
    assert list(losses(document, found)) == []
    assert faults(data) == []


def test_every_message_and_release_has_a_file():
    said = [json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))["source"] for path in FILES]
    found = {(source["standard"], source["message"], source["version"]) for source in said}
    messages = ("ORDERS", "ORDCHG", "ORDRSP", "DESADV", "INVOIC", "REMADV")
    assert found == {
        *(("edifact", message, release) for message in messages for release in ("D.96A", "D.01B")),
        *(("tradacoms", message, "9") for message in ("ORDERS", "INVOIC", "CREDIT", "DELIVR")),
    }


@pytest.mark.parametrize("release", ["D.96A", "D.01B"])
def test_every_kind_of_invoice_has_a_file(release):
    kinds = {
        code
        for path in FILES
        if f"+INVOIC:{release.replace('.', ':')}:" in (text := path.read_text(encoding="latin-1"))
        for code in re.findall(r"BGM\+(\d+)", text)
    }
    assert kinds >= {"380", "381", "383", "384", "386", "389"}
