"""A file of our own for each way HL and CPS hierarchies go wrong, with findings and tree expected."""

import json
from pathlib import Path

import pytest
from tests.unit.edi.interchanges import findings_of, first_message

from ml_connector.edi import Loop, place

FIXTURES = sorted((Path(__file__).parents[2] / "fixtures" / "hierarchy").glob("*.edi"))
FIELDS = ("severity", "rule", "code", "tag", "position", "loop", "element", "value")


def tree_of(loop):
    return [
        loop.name,
        *(tree_of(child) if isinstance(child, Loop) else child.text for child in loop.children),
    ]


@pytest.mark.parametrize("path", FIXTURES, ids=lambda path: path.stem)
def test_findings_and_tree_are_as_expected(path):
    expected = json.loads(path.with_suffix(".json").read_text("utf-8"))
    data = path.read_bytes()
    found = [finding.as_dict() for finding in findings_of(data)]
    assert [{name: row[name] for name in FIELDS if name in row} for row in found] == expected["findings"]
    assert tree_of(place(first_message(data))) == expected["tree"]
