"""Real files from many senders: each is read, written back identically, and judged as its envelope is.

The corpus stands beside the repository where it is; its verdicts are those of a simple checker. Where ours
differs on purpose, the file is named here with the reason.
"""

import csv
import io
from pathlib import Path

import pytest

from ml_connector.edi import ReadOptions, Severity, Status, read_interchanges, rewrite

CORPUS = Path(__file__).parents[4] / "shared" / "corpus"
MANIFEST = CORPUS / "manifest.csv"
ROWS = (
    list(csv.DictReader(MANIFEST.read_text("utf-8").splitlines(keepends=True))) if MANIFEST.exists() else []
)

pytestmark = pytest.mark.skipif(not ROWS, reason="the corpus is not here")

# The checker, which compares counts and numbers where there are any, found nothing wrong with them.
# Each has a UNH and no UNT, so nobody can tell whether its message is whole: the rules that refuse it.
BROKEN_OFF = {
    "EDIFACT/ODD/smooks_smooks-edi-cartridge__edi-input.txt.edi": {"message-trailer-missing"},
    "EDIFACT/ODD/smooks_smooks-edi-cartridge__edi-input.txt.b65610.edi": {
        "message-trailer-missing",
        "segment-cut-off",  # its last line has no end, and line ends are its terminators
    },
    "EDIFACT/ODD/smooks_smooks-edi-cartridge__edi-input.txt.79c8c8.edi": {
        "message-trailer-missing",
        "segment-cut-off",
    },
    "EDIFACT/ORDERS/Apfelfrisch_Edifact__edifact.txt.edi": {"message-trailer-missing"},
}
# The checker found these faulty, yet each has one reading without doubt, and is accepted.
READABLE = {
    "TRADACOMS/ORDERS/xlate_staedi__order-blocked.edi": "wrapped at a column, which TRADACOMS allows",
    "X12/850/indice-co_EDI.Net__x12.850.issue135.edi": "terminators lost at line ends",
    "X12/856/kputnam_stupidedi__2.edi": "terminators lost at line ends",
    "X12/NONE/Inteligenz_X12Parser__FromLowes.txt.edi": "an ISA of another length",
    "X12/NONE/kputnam_stupidedi__2.edi": "an ISA of another length",
    "X12/NONE/xlate_staedi__ts214_ellipses_segterm.edi": "a terminator of several bytes",
    "X12/NONE/Inteligenz_X12Parser__MortgageBrokersExample.txt.edi": "a separator of several bytes",
    "X12/NONE/Inteligenz_X12Parser__GraniteNetExample.txt.edi": "a separator of several bytes",
    "X12/NONE/Inteligenz_X12Parser__essarsteelalgoma.txt.edi": "a separator of several bytes",
}


def statuses(data, options=None):
    found = set()
    for interchange in read_interchanges(io.BytesIO(data), options or ReadOptions()):
        found |= {message.status for message in interchange.messages()}
        found.add(interchange.status)
    return found


def of(*verdicts):
    return [pytest.param(row, id=row["file"]) for row in ROWS if row["verdict"] in verdicts]


def errors(data):
    """The rules of the findings that refuse a file or a message in it, when it is read."""
    found = set()
    for interchange in read_interchanges(io.BytesIO(data)):
        for message in interchange.messages():
            found |= {finding.rule for finding in message.findings if finding.severity is Severity.ERROR}
        found |= {finding.rule for finding in interchange.findings if finding.severity is Severity.ERROR}
    return found


@pytest.mark.parametrize("row", of("envelope-ok"))
def test_files_with_a_good_envelope_are_accepted(row):
    assert errors((CORPUS / row["file"]).read_bytes()) == BROKEN_OFF.get(row["file"], set())


@pytest.mark.parametrize("row", of("invalid"))
def test_files_with_a_bad_envelope_are_named(row):
    found = statuses((CORPUS / row["file"]).read_bytes())
    readable = row["file"] in READABLE or row["problems"] == "ISA not 106 bytes fixed"
    assert (Status.REJECTED not in found) == readable


@pytest.mark.parametrize("chunk", [65_536, 61])
@pytest.mark.parametrize("row", of("envelope-ok", "invalid", "suspect"))
def test_every_file_is_written_back_identically(row, chunk):
    data = (CORPUS / row["file"]).read_bytes()
    out = io.BytesIO()
    rewrite(io.BytesIO(data), out, options=ReadOptions(chunk_bytes=chunk))
    assert out.getvalue() == data
