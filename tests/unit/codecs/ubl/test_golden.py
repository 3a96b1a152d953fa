"""Our own UBL files of every message, with the document each one says."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.unit.codecs.roundtrip import content, written

from ml_connector.codecs.markup import parse_markup
from ml_connector.codecs.recognition import read_documents
from ml_connector.codecs.ubl.checks import faults

FIXTURES = Path(__file__).parents[3] / "fixtures" / "ubl"
FILES = sorted(path.with_suffix(".xml") for path in FIXTURES.glob("*.json"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_file_says_its_document(path):
    (document,) = read_documents(path.read_bytes())
    expected = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
    assert document.model_dump(mode="json", exclude_defaults=True) == expected


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_file_keeps_to_its_schema_and_bis(path):
    root = parse_markup(path.read_bytes())
    assert list(faults(root, root.tag.rpartition("}")[2])) == []


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_document_written_again_says_the_same(path):
    (document,) = read_documents(path.read_bytes())
    (again,) = read_documents(written(document, "ubl", ""))
    assert content(again) == content(document)


def test_every_message_has_a_file():
    said = {
        json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))["source"]["message"]
        for path in FILES
    }
    assert said == {"Invoice", "CreditNote", "Order", "OrderResponse", "DespatchAdvice"}
