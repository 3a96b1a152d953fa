from __future__ import annotations

import csv
from pathlib import Path

import pytest

from ml_connector.codecs.recognition import read_documents

_CORPUS = Path(__file__).parents[4] / "shared/corpus"
_MESSAGES = {"ORDERS", "ORDCHG", "ORDRSP", "DESADV", "INVOIC", "REMADV"}
# Files with a message that has no BGM: the envelope is right, a document can't be made of it.
_NO_DOCUMENT = {
    "Apfelfrisch_Edifact__edifact.txt.edi",
    "ballerina-platform_module-ballerina-edi__order-batch.edi",
}


def _files() -> list[Path]:
    manifest = _CORPUS / "manifest.csv"
    if not manifest.exists():
        return []
    with manifest.open(encoding="utf-8") as rows:
        return [
            _CORPUS / row["file"]
            for row in csv.DictReader(rows)
            if row["standard"] in ("EDIFACT", "TRADACOMS")
            and row["message"] in _MESSAGES
            and (row["verdict"] == "envelope-ok" or row["standard"] == "TRADACOMS")
            and Path(row["file"]).name not in _NO_DOCUMENT
        ]


@pytest.mark.skipif(not _files(), reason="the corpus is not here")
@pytest.mark.parametrize("path", _files(), ids=lambda path: path.name)
def test_a_file_of_the_corpus_has_the_lines_and_the_number_it_says(path):
    data = path.read_bytes()
    documents = list(read_documents(data))

    text = data.decode("latin-1").replace("\r", "").replace("\n", "")
    lines = text.count("'LIN+") + text.count("'DOC+") + text.count("'OLD=")
    assert documents
    assert sum(len(document.lines) for document in documents) == lines
    assert all(document.number in text for document in documents)
