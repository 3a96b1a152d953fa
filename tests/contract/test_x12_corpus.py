"""Files that nobody wrote for this project: every whole one gives documents that say what the file says.

The counts are taken from the raw text here, by a bare split and without the connector's reader.
"""

from __future__ import annotations

import csv
import re
from decimal import Decimal
from pathlib import Path

import pytest

from ml_connector.codecs.files import DocumentFile, Refusal
from ml_connector.documents import DespatchAdvice, Invoice, PurchaseOrder, RemittanceAdvice

CORPUS = Path(__file__).parents[2].parent / "shared" / "corpus"
SETS = ("810", "820", "850", "855", "856", "860")
#: Files whose content can't be a document, and why.
WITHOUT_DOCUMENT = {
    "indice-co_EDI.Net__x12.Issue91.edi": "an 850 of segments that no 850 has",
    "Inteligenz_X12Parser__Example2.txt.edi": "an 856 without shipment number",
}


def files():
    if not CORPUS.exists():
        return []
    with (CORPUS / "manifest.csv").open(encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    return [
        CORPUS / row["file"]
        for row in rows
        if row["standard"] == "X12"
        and row["message"] in SETS
        and row["verdict"] != "invalid"
        and Path(row["file"]).name not in WITHOUT_DOCUMENT
    ]


pytestmark = pytest.mark.skipif(
    not CORPUS.exists(), reason="the corpus lies beside the repository, if at all"
)


def raw_sets(path: Path) -> list[list[list[str]]]:
    """Segments of each transaction set by a bare split at ISA's own separators."""
    text = path.read_bytes().decode("latin-1")
    text = text[text.index("ISA") :]
    separator = text[3]
    fields = text.split(separator, 16)
    terminator = fields[16][1] if len(fields[16]) > 1 else "~"
    rows = [row.strip().split(separator) for row in re.split(re.escape(terminator), text) if row.strip()]
    found: list[list[list[str]]] = []
    for row in rows:
        if row[0] == "ST":
            found.append([])
        if found:
            found[-1].append([value.strip() for value in row])
        if row[0] == "SE" and found:
            found.append([])
    return [rows for rows in found if rows and rows[0][0] == "ST" and rows[0][1] in SETS]


def values(rows, tag, number):
    return [row[number] for row in rows if row[0] == tag and len(row) > number and row[number]]


def first(rows, tag, number):
    return next(iter(values(rows, tag, number)), None)


def count(rows, tag):
    return sum(1 for row in rows if row[0] == tag)


def says_the_same(document, rows):
    if isinstance(document, PurchaseOrder):
        head, line = ("BEG", "PO1") if document.document_type == "order" else ("BCH", "POC")
        assert document.order_number == first(rows, head, 3)
        assert len(document.lines) == count(rows, line)
    elif isinstance(document, Invoice):
        assert document.invoice_number == first(rows, "BIG", 2)
        assert len(document.lines) == count(rows, "IT1")
        total = first(rows, "TDS", 1)
        assert abs(document.totals_declared.payable) == abs(
            Decimal(total) if "." in total else Decimal(total) / 100
        )
    elif isinstance(document, DespatchAdvice):
        assert document.despatch_number == first(rows, "BSN", 2)
        assert sum(1 for _ in document.all_items()) == count(rows, "SN1")
    elif isinstance(document, RemittanceAdvice):
        assert document.amount == Decimal(first(rows, "BPR", 2))
        assert document.number == (first(rows, "TRN", 2) or rows[0][2])
        assert len(document.lines) == count(rows, "RMR")
    else:
        assert document.order_number == first(rows, "BAK", 3)
        assert len(document.lines) == count(rows, "PO1")


def identifiers(document):
    text = document.model_dump_json(exclude={"raw_extensions"})
    return set(re.findall(r'"value":"([^"]*)"', text))


@pytest.mark.parametrize("path", files(), ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_file_gives_documents_that_say_what_it_says(path):
    with path.open("rb") as stream:
        found = [document for part in DocumentFile(stream).parts() for document in part]
    refused = [entry for entry in found if isinstance(entry, Refusal) and entry.fatal]
    assert refused == []
    documents = [entry for entry in found if not isinstance(entry, Refusal)]
    expected = raw_sets(path)
    assert len(documents) == len(expected)
    for document, rows in zip(documents, expected, strict=True):
        says_the_same(document, rows)
        sent = set(values(rows, "N1", 4)) - set(values(rows, "N1", 0))
        assert sent <= identifiers(document)


@pytest.mark.parametrize("path", files(), ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_nothing_of_a_file_is_lost(path):
    """Every value of the file is in a field, or raw, or a code that a field says in words."""
    with path.open("rb") as stream:
        documents = [d for part in DocumentFile(stream).parts() for d in part if not isinstance(d, Refusal)]
    for document, rows in zip(documents, raw_sets(path), strict=True):
        said = document.model_dump_json()
        for row in rows:
            for text in row[1:]:
                if len(text) > 12 and text.isascii() and '"' not in text and "\\" not in text:
                    assert text.rstrip(">:~@") in said, (row, text)
