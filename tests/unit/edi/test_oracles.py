"""What pyx12 and pydifact, where they are installed, say of interchanges composed here."""

import json
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from tests.unit.edi.interchanges import ORDER_850, examined, x12

from ml_connector.edi import (
    Address,
    OutgoingGroup,
    OutgoingInterchange,
    OutgoingMessage,
    Standard,
    compose_interchange,
)

ROOT = Path(__file__).resolve().parents[3]

PYX12 = """
import json, sys, pyx12.x12file
with open(sys.argv[1], encoding="ascii") as stream:
    reader = pyx12.x12file.X12Reader(stream)
    errors, segments = [], []
    for segment in reader:
        segments.append(segment.get_seg_id())
        errors += [error[1] for error in reader.pop_errors()]
    reader.cleanup()
    errors += [error[1] for error in reader.pop_errors()]
print(json.dumps({"segments": segments, "errors": errors}))
"""
PYDIFACT = """
import json, sys, warnings
warnings.simplefilter("ignore")
from pydifact.segmentcollection import Interchange
found = Interchange.from_file(sys.argv[1])
print(json.dumps([[s.tag, s.elements] for m in found.get_messages() for s in m.segments]))
"""


def ask(module, program, data, folder):
    """What a library says of a file, in whichever environment has it."""
    file = folder / "interchange.edi"
    file.write_bytes(data)
    for python in (sys.executable, ROOT / ".venvs/bench/bin/python"):
        if Path(python).exists():
            probe = subprocess.run([python, "-c", f"import {module}"], capture_output=True, check=False)
            if probe.returncode == 0:
                done = subprocess.run([python, "-c", program, file], capture_output=True, check=True)
                return json.loads(done.stdout)
    pytest.skip(f"{module} is not installed")
    return None


def outgoing(standard):
    return OutgoingInterchange(
        standard=standard,
        sender=Address("5412345000013", "14" if standard is Standard.EDIFACT else "ZZ"),
        receiver=Address("5498765000019", "14" if standard is Standard.EDIFACT else "ZZ"),
        control_number="42",
        prepared_at=datetime(2026, 1, 15, 9, 30, tzinfo=UTC),
    )


def test_pyx12_finds_nothing_in_a_composed_850(tmp_path):
    rows = [("BEG", ["00", "NE", "1", "", "20260115"]), ("PO1", ["1", "12", "EA", "9.95"]), ("CTT", ["1"])]
    message = OutgoingMessage(type="850", control_number="0001", rows=rows)
    group = OutgoingGroup(control_number="7", version="004010", messages=[message])
    said = ask("pyx12", PYX12, compose_interchange(outgoing(Standard.X12), [group]), tmp_path)
    assert said["errors"] == []
    assert said["segments"] == ["ISA", "GS", "ST", "BEG", "PO1", "CTT", "SE", "GE", "IEA"]


@pytest.mark.parametrize(
    ("right", "wrong", "code"),
    [(b"SE*5*", b"SE*6*", "4"), (b"SE*5*0001", b"SE*5*0002", "3"), (b"GE*1*", b"GE*2*", "5")],
)
def test_pyx12_agrees_on_wrong_counts_and_numbers(right, wrong, code, tmp_path):
    data = x12(ORDER_850).replace(right, wrong)
    said = ask("pyx12", PYX12, data, tmp_path)
    interchange, outcomes = examined(data)
    ours = [*interchange.findings, *(f for outcome in outcomes for f in outcome.findings)]
    assert code in said["errors"]
    assert code in [f.code.partition(":")[2] for f in ours if f.code[:3] in ("AK5", "AK9")]


def test_pydifact_reads_what_was_composed(tmp_path):
    rows = [
        ("BGM", ["220", "PO'1+2:3?4", "9"]),
        ("DTM", [["137", "20260115", "102"]]),
        ("LIN", ["1", "", ["5412345000013", "EN"]]),
        ("UNS", ["S"]),
    ]
    message = OutgoingMessage(type="ORDERS", control_number="1", version="D.96A", rows=rows)
    data = compose_interchange(outgoing(Standard.EDIFACT), [OutgoingGroup(messages=[message])])
    said = ask("pydifact", PYDIFACT, data, tmp_path)
    assert [row for row in said if row[0] not in ("UNH", "UNT")] == [[tag, values] for tag, values in rows]
