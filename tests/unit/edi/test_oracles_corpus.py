"""Real files read by pydifact and pyx12, where they are installed: segments and elements as we read them.

What the libraries can't read at all is passed over; where one reads otherwise and is wrong, the file is named
here with the reason.
"""

import csv
import io
import json
import subprocess
import sys
from pathlib import Path

import pytest

from ml_connector.edi import read_segments
from ml_connector.edi.splitting import split_elements, split_released, unreleased

ROOT = Path(__file__).resolve().parents[3]
CORPUS = ROOT.parent / "shared" / "corpus"

PYDIFACT = """
import json, sys
from pydifact.segmentcollection import RawSegmentCollection

def read(text):
    return [[segment.tag, segment.elements] for segment in RawSegmentCollection.from_str(text).segments]
"""
PYX12 = """
import io, json, logging, sys
import pyx12.x12file
logging.disable(logging.CRITICAL)

def read(text):
    reader = pyx12.x12file.X12Reader(io.StringIO(text, newline=""))
    return [[found.get_seg_id(), [element.format() for element in found.elements]] for found in reader]
"""
EACH = """
for file in sys.argv[1:]:
    with open(file, "rb") as stream:
        text = stream.read().removeprefix(b"\\xef\\xbb\\xbf").decode("latin-1")
    try:
        found = read(text)
    except Exception:
        found = None
    print(json.dumps(found))
"""
#: Files the libraries read otherwise.
OTHERWISE = {
    "EDIFACT/ORDERS/hupe1980_edifact-rs__d11a_malformed.edi": "what stands before UNH is no message",
    "X12/824/Inteligenz_X12Parser__FromCnSpec.txt.edi": "the last segment counts without a terminator",
    "X12/824/Inteligenz_X12Parser__FromTmhpSpec.txt.edi": "the last segment counts without a terminator",
    "X12/850/indice-co_EDI.Net__x12.850.issue135.edi": "terminators lost at line ends",
    "X12/NONE/Inteligenz_X12Parser__essarsteelalgoma.txt.edi": "a separator of several bytes",
}
#: It repeats its header thousands of times, which takes pydifact long.
SYNTHETIC = "nerdocs_pydifact__huge_file2.edi"


def files(standard):
    if not CORPUS.is_dir():
        return []
    with (CORPUS / "manifest.csv").open(encoding="utf-8") as stream:
        names = [row["file"] for row in csv.DictReader(stream) if row["standard"] == standard]
    return [name for name in names if SYNTHETIC not in name]


def said(module, program, names):
    """What a library reads in each file, None where it can't, in whichever environment has it."""
    for python in (sys.executable, ROOT / ".venvs/bench/bin/python"):
        if not Path(python).exists():
            continue
        probe = subprocess.run([python, "-c", f"import {module}"], capture_output=True, check=False)
        if probe.returncode == 0:
            command = [python, "-c", program + EACH, *(CORPUS / name for name in names)]
            lines = subprocess.run(command, capture_output=True, check=True).stdout.splitlines()
            return dict(zip(names, map(json.loads, lines), strict=True))
    pytest.skip(f"{module} is not installed")
    return {}


def segments(name):
    """The segments of a file as we read them; X12's elements whole, as its library has them."""
    for segment in read_segments(io.BytesIO((CORPUS / name).read_bytes())):
        syntax = segment.syntax
        fields = [split_released(field, syntax.component, syntax.release) for field in elements(segment)]
        if not syntax.release:
            fields = [[syntax.component.join(field)] for field in fields]
        yield segment.tag, [[plain(piece, syntax.release) for piece in field] for field in fields]


def elements(segment):
    return split_elements(segment.raw, segment.syntax)[1:]


def plain(piece, release):
    return (unreleased(piece, release) if release else piece).decode("latin-1")


def trimmed(tag, fields):
    """A segment without what is empty at the end of it and of each composite, which says nothing."""
    fields = [without_end(field if isinstance(field, list) else [field]) for field in fields]
    return tag, without_end(fields)


def without_end(values):
    while values and not values[-1]:
        values = values[:-1]
    return values


@pytest.mark.skipif(not CORPUS.is_dir(), reason="the corpus is not here")
@pytest.mark.parametrize(
    ("standard", "module", "program", "least"),
    [("EDIFACT", "pydifact", PYDIFACT, 50), ("X12", "pyx12", PYX12, 45)],
)
def test_real_files_hold_the_segments_and_elements_that_a_library_finds(standard, module, program, least):
    found = said(module, program, files(standard))
    theirs = {name: rows for name, rows in found.items() if rows is not None and name not in OTHERWISE}
    differing = [
        name
        for name, rows in theirs.items()
        if [trimmed(*row) for row in rows if row[0] != "UNA"] != [trimmed(*row) for row in segments(name)]
    ]
    assert differing == []
    assert len(theirs) >= least
