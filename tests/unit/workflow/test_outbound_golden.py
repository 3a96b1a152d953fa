"""Every message a partner can get, from the ledger's row to the bytes, held to files and to other readers."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from pathlib import Path

import pytest

from ml_connector.codecs.recognition import read_documents
from ml_connector.codecs.registry import CODECS
from ml_connector.edi import Severity, read_interchanges, validate
from ml_connector.partners.outgoing import MESSAGES, VERSIONS

from .outbound_documents import FOLDER, Case, cases, written

ROOT = Path(__file__).resolve().parents[3]
CASES = list(cases())
EDI = [case for case in CASES if case.standard != "ubl"]

# Each reads the files named after it and says, file by file, what it found.
PYX12 = """
import json, sys, pyx12.x12file
said = {}
for name in sys.argv[1:]:
    with open(name, encoding="ascii") as stream:
        reader = pyx12.x12file.X12Reader(stream)
        segments, errors = [], []
        for segment in reader:
            segments.append(segment.get_seg_id())
            errors += [error[1] for error in reader.pop_errors()]
        reader.cleanup()
        errors += [error[1] for error in reader.pop_errors()]
    said[name] = {"segments": segments, "errors": errors}
print(json.dumps(said))
"""
PYDIFACT = """
import json, sys, warnings
warnings.simplefilter("ignore")
from pydifact.segmentcollection import Interchange
said = {}
for name in sys.argv[1:]:
    found = Interchange.from_file(name)
    said[name] = [[segment.tag for segment in message.segments] for message in found.get_messages()]
print(json.dumps(said))
"""


def ask(module, program, standard):
    """What a library says of all files of a standard, in whichever environment has it."""
    files = [str(case.path) for case in CASES if case.standard == standard]
    for python in (sys.executable, ROOT / ".venvs/bench/bin/python"):
        if Path(python).exists():
            probe = subprocess.run([python, "-c", f"import {module}"], capture_output=True, check=False)
            if probe.returncode == 0:
                done = subprocess.run([python, "-c", program, *files], capture_output=True, check=True)
                return json.loads(done.stdout)
    return pytest.skip(f"{module} is not installed")


def tags_in(path):
    """The tags of a file's messages as we read them, without header and trailer."""
    (interchange,) = read_interchanges(io.BytesIO(path.read_bytes()))
    return [[segment.tag for segment in message.segments] for message in interchange.messages()]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.file)
def test_the_ledgers_document_becomes_these_bytes(case):
    assert written(case) == case.path.read_bytes()


@pytest.mark.parametrize("case", EDI, ids=lambda case: case.file)
def test_the_bytes_pass_our_own_validation(case):
    messages = []
    for interchange in read_interchanges(io.BytesIO(case.path.read_bytes())):
        for message in interchange.messages():
            messages.append(message.type)
            assert [one for one in validate(message) if one.severity is Severity.ERROR] == []
        assert interchange.findings == []
    assert case.message in messages


@pytest.mark.parametrize("case", [one for one in CASES if one.message != "PAYORD"], ids=lambda one: one.file)
def test_the_bytes_read_back_as_a_document_that_adds_up(case):
    profile_rates = {"vat-percentage"} if case.standard == "tradacoms" else set()
    (document,) = read_documents(case.path.read_bytes())
    assert {one.rule for one in document.findings if one.severity in ("error", "hold")} <= profile_rates


def test_every_message_in_every_version_has_a_file():
    wanted = {
        (standard, version, message)
        for standard, entities in MESSAGES.items()
        for messages in entities.values()
        for message in messages
        for version in VERSIONS.get(standard, ("9" if standard == "tradacoms" else "2.1",))
    }
    wanted |= {("x12", version, "860") for version in VERSIONS["x12"]}
    wanted |= {("edifact", version, "ORDCHG") for version in VERSIONS["edifact"]}
    assert {(case.standard, case.version, case.message) for case in CASES} == wanted
    assert {case.file for case in CASES} == {path.name for path in FOLDER.iterdir()}


def test_each_message_a_partner_file_can_name_has_a_codec_that_writes_it():
    written_as = {(codec.standard, codec.message) for codec in CODECS if codec.documents}
    for standard, entities in MESSAGES.items():
        for messages in entities.values():
            assert {(standard, message) for message in messages} <= written_as
        for codec in (one for one in CODECS if one.standard == standard and one.documents):
            assert codec.versions in ((), VERSIONS.get(standard))


def test_pyx12_reads_every_x12_file_without_an_error():
    said = ask("pyx12", PYX12, "x12")
    for case in (one for one in CASES if one.standard == "x12"):
        found = said[str(case.path)]
        assert found["errors"] == [], case.file
        (tags,) = tags_in(case.path)
        assert found["segments"] == ["ISA", "GS", *tags, "GE", "IEA"], case.file


def test_pydifact_reads_every_edifact_file_as_we_do():
    said = ask("pydifact", PYDIFACT, "edifact")
    for case in (one for one in CASES if one.standard == "edifact"):
        (tags,) = tags_in(case.path)
        assert said[str(case.path)] == [[tag for tag in tags if tag not in ("UNH", "UNT")]], case.file


@pytest.mark.parametrize(
    ("standard", "version", "message"),
    [
        ("x12", "004010", "810"),
        ("edifact", "D.96A", "INVOIC"),
        ("edifact", "D.01B", "INVOIC"),
        ("tradacoms", "9", "INVOIC"),
        ("ubl", "2.1", "Invoice"),
    ],
)
def test_a_description_longer_than_its_place_is_cut(standard, version, message):
    (document,) = read_documents(written(Case("", standard, version, "CustomerInvoice", message, "wordy")))
    said = document.lines[0].item.name or document.lines[0].item.description
    assert said.startswith("Cordless drill 18 V as")
