"""EDIFACT and TRADACOMS files that nobody wrote for this project: their documents say what the files say.

Lines, identifiers and totals are taken from the raw text here, without the connector's reader.
"""

from __future__ import annotations

import csv
import re
from decimal import Decimal
from pathlib import Path

import pytest

from ml_connector.codecs.files import DocumentFile, Refusal

CORPUS = Path(__file__).parents[2].parent / "shared" / "corpus"
MESSAGES = {"ORDERS", "ORDCHG", "ORDRSP", "DESADV", "INVOIC", "REMADV"}
#: Files with a message that has no BGM: the envelope is right, a document can't be made of it.
WITHOUT_DOCUMENT = {
    "Apfelfrisch_Edifact__edifact.txt.edi",
    "ballerina-platform_module-ballerina-edi__order-batch.edi",
}
# 5025 of what is to be paid, in the summary of an INVOIC; of a REMADV what is paid.
TOTALS = {"INVOIC": ("9", "77", "86", "39"), "REMADV": ("12", "9")}


def files():
    if not CORPUS.exists():
        return []
    with (CORPUS / "manifest.csv").open(encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    return [
        CORPUS / row["file"]
        for row in rows
        if row["standard"] in ("EDIFACT", "TRADACOMS")
        and row["message"] in MESSAGES
        and (row["verdict"] == "envelope-ok" or row["standard"] == "TRADACOMS")
        and Path(row["file"]).name not in WITHOUT_DOCUMENT
    ]


pytestmark = pytest.mark.skipif(
    not CORPUS.exists(), reason="the corpus lies beside the repository, if at all"
)
each_file = pytest.mark.parametrize("path", files(), ids=lambda path: f"{path.parent.name}-{path.stem}")


def cut(text: str, sign: str, release: str) -> list[str]:
    """A text cut at a sign that is not released."""
    guard = f"(?<!{re.escape(release)})" if release.strip() else ""
    return re.split(guard + re.escape(sign), text)


def raw_messages(path: Path) -> list[list[list[list[str]]]]:
    """Each message's segments as elements of components; the first element is the tag."""
    data = path.read_bytes()
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("latin-1")
    start = re.search(r"UNA|UNB|STX=", text).start()
    component, element, release, end = ":", "+", "?", "'"
    text = text[start:]
    if text.startswith("UNA"):
        component, element, release, end = text[3], text[4], text[6], text[8]
        text = text[9:]
    if path.parent.parent.name == "TRADACOMS":
        text = text.replace("\r", "").replace("\n", "")
    found: list[list[list[list[str]]]] = []
    for row in cut(text, end, release):
        plain = row.strip().replace("=", element, 1) if row.lstrip()[3:4] == "=" else row.strip()
        parts = [
            [
                re.sub(f"{re.escape(release)}(.)", r"\1", value) if release.strip() else value
                for value in cut(part, component, release)
            ]
            for part in cut(plain, element, release)
        ]
        tag = parts[0][0].upper()
        if tag in ("UNH", "MHD"):
            found.append([])
        if found and tag:
            found[-1].append([[tag], *parts[1:]])
        if tag in ("UNT", "MTR"):
            found.append([])
    return [rows for rows in found if rows and rows[0][0][0] in ("UNH", "MHD") and rows[0][2][0] in MESSAGES]


def values(rows, tag, element, component=0, *, qualifier=None):
    """The values at a place of every segment of a tag (with a qualifier in its first element)."""
    return [
        row[element][component].strip()
        for row in rows
        if row[0] == [tag]
        and (qualifier is None or row[1][0] in qualifier)
        and len(row) > element
        and len(row[element]) > component
        and row[element][component].strip()
    ]


def documents(path):
    with path.open("rb") as stream:
        found = [document for part in DocumentFile(stream).parts() for document in part]
    assert [entry for entry in found if isinstance(entry, Refusal) and entry.fatal] == []
    return [entry for entry in found if not isinstance(entry, Refusal)]


def identifiers(document):
    return set(re.findall(r'"value":"([^"]*)"', document.model_dump_json(exclude={"raw_extensions"})))


@each_file
def test_file_gives_documents_with_the_numbers_and_lines_it_says(path):
    expected, found = raw_messages(path), documents(path)

    assert len(found) == len(expected)
    for document, rows in zip(found, expected, strict=True):
        numbers = values(rows, "BGM", 2) + values(rows, "ORD", 1) + values(rows, "RFF", 1, 1)
        assert document.number in numbers
        lines = [row for row in rows if row[0][0] in ("LIN", "DOC", "OLD")]
        assert len(document.lines) == len(lines)


@each_file
def test_file_gives_documents_with_the_identifiers_it_says(path):
    for document, rows in zip(documents(path), raw_messages(path), strict=True):
        parties = values(rows, "NAD", 2) + values(rows, "CLO", 1)
        goods = values(rows, "LIN", 3) + values(rows, "OLD", 2)
        assert {value for value in (*parties, *goods) if value != "0"} <= identifiers(document)


@each_file
def test_file_gives_documents_with_the_totals_it_says(path):
    for document, rows in zip(documents(path), raw_messages(path), strict=True):
        ends = next((at for at, row in enumerate(rows) if row[0] == ["UNS"]), len(rows))
        qualifiers = TOTALS.get(rows[0][2][0], ())
        texts = [
            row[1][1].replace(",", ".")
            for row in rows[ends:]
            if row[0] == ["MOA"] and row[1][0] in qualifiers and len(row[1]) > 1
        ]
        # Some files had their amounts made anonymous; such a one holds the document.
        said = [abs(Decimal(text)) for text in texts if re.fullmatch(r"-?[\d.]+", text)]
        assert len(said) == len(texts) or document.held
        held = document.model_dump(include={"totals", "totals_declared", "amount"})
        numbers = {abs(value) for value in _numbers(held)}
        assert [value for value in said if value not in numbers] == []


def _numbers(held):
    for value in held.values():
        if isinstance(value, dict):
            yield from _numbers(value)
        elif isinstance(value, Decimal):
            yield value


@each_file
def test_nothing_of_a_file_is_lost(path):
    """Every longer value of the file is in a field, or raw, or a code that a field says in words."""
    for document, rows in zip(documents(path), raw_messages(path), strict=True):
        said = document.model_dump_json()
        for row in rows[1:-1]:
            for text in (value.strip() for element in row[1:] for value in element):
                if len(text) > 12 and text.isascii() and '"' not in text and "\\" not in text:
                    assert " ".join(text.split()) in " ".join(said.split()), (row, text)
