"""``ml-connector edi acknowledge``, as people and programs call it."""

import json

import pytest
from tests.unit.edi.interchanges import ORDER_850, ORDERS, edifact, tradacoms, x12
from typer.testing import CliRunner

from ml_connector.cli.app import app


@pytest.fixture
def run():
    return lambda *arguments: CliRunner().invoke(app, ["edi", "acknowledge", *map(str, arguments)])


def test_each_interchange_is_answered_with_a_number_of_its_own(run, tmp_path):
    file, answer = tmp_path / "in.edi", tmp_path / "out.edi"
    file.write_bytes(x12(ORDER_850) + edifact(ORDERS))
    done = run(file, "-o", answer, "--control-number", 41, "--json")
    assert done.exit_code == 0
    assert b"*000000041*" in answer.read_bytes()
    assert b"+42'UNH+1+CONTRL:3:1:UN'" in answer.read_bytes()
    assert [row["answered_as"] for row in json.loads(done.stdout)["answers"]] == [41, 42]


def test_the_kind_may_be_chosen(run, tmp_path):
    file = tmp_path / "in.edi"
    file.write_bytes(x12(ORDER_850))
    assert "~TA1*000000042*260115*0930*A*000~" in run(file, "--kind", "ta1").stdout
    assert "~ST*999*0001*005010X231A1~" in run(file, "--kind", "999").stdout


def test_acknowledgements_are_not_answered(run, tmp_path):
    file = tmp_path / "in.edi"
    file.write_bytes(x12(("AK1*PO*1", "AK9*A*1*1*1"), type_="997"))
    done = run(file)
    assert (done.exit_code, done.stdout) == (0, "")


def test_tradacoms_is_told_to_have_none(run, tmp_path):
    file, answer = tmp_path / "in.edi", tmp_path / "out.edi"
    file.write_bytes(tradacoms(("ORDERS", ("CLO=1",))))
    done = run(file, "-o", answer)
    assert done.exit_code == 2
    assert "TRADACOMS has no technical acknowledgement" in done.stderr
    assert not answer.exists()


def test_json_needs_a_file_for_the_answer(run, tmp_path):
    file = tmp_path / "in.edi"
    file.write_bytes(x12(ORDER_850))
    assert run(file, "--json").exit_code == 2
