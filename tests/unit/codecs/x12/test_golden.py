"""Our own files of every set and release, with the document each one says."""

from __future__ import annotations

import io
import json

import pytest
from tests.unit.codecs.roundtrip import content, faults, read, written
from tests.unit.codecs.x12.sets import FIXTURES

from ml_connector.codecs import decode
from ml_connector.edi import read_interchanges, validate

FILES = sorted(FIXTURES.glob("*/*.edi"))


def documents(data: bytes):
    for interchange in read_interchanges(io.BytesIO(data)):
        for message in interchange.messages():
            assert [finding.message for finding in validate(message)] == []
            yield decode(interchange, message)


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_file_says_its_document(path):
    (document,) = documents(path.read_bytes())
    expected = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
    assert document.model_dump(mode="json", exclude_defaults=True) == expected


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_document_written_again_says_the_same(path):
    (document,) = documents(path.read_bytes())
    data = written(document, "x12", document.source.version)
    (again,) = read(data)
    assert content(again) == content(document)
    assert faults(data) == []


def test_every_set_and_release_has_a_file():
    found = {(path.parent.name, path.stem[:6]) for path in FILES}
    sets = ("810", "820", "850", "855", "856", "860")
    assert found == {(name, release) for name in sets for release in ("004010", "005010")}
