import io
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from ml_connector.cli.app import app
from ml_connector.cli.edi_json import JsonReport
from ml_connector.edi import read_interchanges
from ml_connector.edi.checking import check_interchange
from ml_connector.errors import Rejected

FIXTURES = Path(__file__).parents[2] / "fixtures" / "nasty"
GOOD = FIXTURES / "03-indented.edi"
BAD = FIXTURES / "09-segment-count-off-by-one.edi"


def run(*arguments, **more):
    return CliRunner().invoke(app, ["edi", *map(str, arguments)], **more)


def test_check_accepts_a_good_file():
    result = run("check", GOOD)
    assert result.exit_code == 0
    assert "x12 interchange 000000001 from NORDLYS to FJELLHANDEL" in result.stdout
    assert "850 004010 0001: accepted" in result.stdout


def test_check_shows_the_offending_segment_with_the_place_marked():
    result = run("check", BAD)
    assert result.exit_code == 1
    lines = result.stdout.splitlines()
    place = next(number for number, line in enumerate(lines) if line.strip() == "SE*4*0001")
    assert (
        "error SE01, segment 6, line 1, byte 256: SE was expected to count 6, and says 4." in lines[place - 1]
    )
    assert lines[place + 1] == " " * (lines[place].index("*4") + 1) + "^"


def test_check_gives_json_per_file():
    result = run("check", "--json", BAD, GOOD)
    assert result.exit_code == 1
    first, second = json.loads(result.stdout)
    (interchange,) = first["interchanges"]
    assert (interchange["standard"], interchange["control_number"], interchange["test"]) == (
        "x12",
        "000000001",
        False,
    )
    (message,) = interchange["messages"]
    assert (message["type"], message["version"], message["status"]) == ("850", "004010", "rejected")
    (finding,) = [one for one in message["findings"] if one["severity"] == "error"]
    assert (finding["rule"], finding["code"], finding["offset"]) == ("message-count-wrong", "AK5:4", 256)
    assert second["interchanges"][0]["status"] == "accepted"


def test_check_writes_json_as_it_reads(monkeypatch):
    """A message is written before the next is read, so that memory does not grow with the file."""
    written = []
    report = JsonReport(written.append)
    seen = []
    for interchange in read_interchanges(io.BytesIO((GOOD.read_bytes() + BAD.read_bytes()) * 2)):
        report.start_interchange("-", interchange)
        for message in check_interchange(interchange):
            report.message(message)
            seen.append(written[-1])
        report.end_interchange(interchange)
    assert [json.loads(line.lstrip(",\n "))["control_number"] for line in seen] == ["0001"] * 4


def test_check_gives_one_json_list_whatever_the_files_hold(tmp_path):
    letter, empty = tmp_path / "letter.txt", tmp_path / "empty.edi"
    letter.write_text("Dear Sir or Madam")
    empty.touch()
    several = FIXTURES / "05-several-of-mixed-standards.edi"
    found = json.loads(run("check", "--json", letter, empty, several, BAD).stdout)
    assert [[one["standard"] for one in file["interchanges"]] for file in found] == [
        ["unknown"],
        [],
        ["x12", "edifact", "tradacoms", "x12"],
        ["x12"],
    ]


@pytest.mark.parametrize("command", ["check", "rewrite", "acknowledge"])
def test_a_folder_is_named_as_what_it_is(command, tmp_path):
    result = run(command, tmp_path)
    assert result.exit_code == 2
    assert "is a folder" in result.stderr
    assert f"{tmp_path}/*" in result.stderr


def test_check_looks_for_all_files_before_it_reads_any(tmp_path):
    result = run("check", GOOD, tmp_path / "nothing.edi")
    assert (result.exit_code, result.stdout) == (2, "")


def test_check_shows_bytes_that_are_no_characters_by_their_codes(tmp_path):
    file = tmp_path / "bad.edi"
    body = b"UNH+1+ORDERS:D:96A:UN'BGM+220+\xc3\x85\x1b[31m\x81+9'LIN+A:\x81\xff'UNS+S'UNT+5+1'UNZ+1+R1'"
    file.write_bytes(b"UNB+UNOC:3+A:14+B:14+260301:0905+R1'" + body)
    lines = run("check", file).stdout.splitlines()
    assert not any(sign in line for line in lines for sign in "\x1b\x81·")
    shown = next(n for n, line in enumerate(lines) if line.strip().startswith("BGM+220") and "31m" in line)
    assert lines[shown].strip() == r"BGM+220+Ã\x85\x1b[31m\x81+9"
    assert any("control characters from 80 to 9F" in line for line in lines)


def test_check_reads_standard_input():
    result = run("check", "--json", "-", input=GOOD.read_bytes())
    assert result.exit_code == 0
    assert json.loads(result.stdout)[0]["file"] == "-"


def test_strict_refuses_repairs_and_lenient_counts_accept_wrong_ones():
    assert run("check", FIXTURES / "01-isa-padding-stripped.edi").exit_code == 0
    assert run("check", "--strict", FIXTURES / "01-isa-padding-stripped.edi").exit_code == 1
    assert run("check", "--lenient-counts", BAD).exit_code == 0


def test_a_stream_of_something_else_is_refused(tmp_path):
    letter = tmp_path / "letter.txt"
    letter.write_text("Dear Sir or Madam")
    result = run("check", letter)
    assert result.exit_code == 1
    assert "none was found" in result.stdout


@pytest.mark.parametrize("command", ["check", "rewrite"])
def test_a_missing_file_is_wrong_usage(command, tmp_path):
    result = run(command, tmp_path / "nothing.edi")
    assert result.exit_code == 2
    assert "can't be read" in result.stderr


def test_an_unknown_charset_is_wrong_usage():
    result = run("check", "--charset", "klingon", GOOD)
    assert result.exit_code == 2


def test_rewrite_gives_the_identical_bytes(tmp_path):
    out = tmp_path / "out.edi"
    assert run("rewrite", GOOD, "-o", out).exit_code == 0
    assert out.read_bytes() == GOOD.read_bytes()
    assert run("rewrite", "-", input=GOOD.read_bytes()).stdout_bytes == GOOD.read_bytes()


def test_rewrite_canonical_leaves_out_line_ends(tmp_path):
    out = tmp_path / "out.edi"
    result = run("rewrite", GOOD, "--canonical", "-o", out, "--json")
    assert json.loads(result.stdout) == {"file": str(GOOD), "output": str(out), "interchanges": 1}
    assert b"\n" not in out.read_bytes()


def test_rewrite_leaves_no_half_file_behind(tmp_path, monkeypatch):
    def fail(*_, **__):
        raise Rejected("The disk is full.", advice="Make room.")

    monkeypatch.setattr("ml_connector.cli.edi.rewrite", fail)
    assert run("rewrite", GOOD, "-o", tmp_path / "out.edi").exit_code == 1
    assert list(tmp_path.iterdir()) == []


def test_rewrite_needs_a_file_beside_json():
    assert run("rewrite", GOOD, "--json").exit_code == 2


def test_rewrite_into_a_missing_folder_is_wrong_usage(tmp_path):
    assert run("rewrite", GOOD, "-o", tmp_path / "none" / "out.edi").exit_code == 2


@pytest.mark.parametrize("form", [[], ["--json"]])
def test_check_refuses_an_empty_file(tmp_path, form):
    empty = tmp_path / "empty.edi"
    empty.touch()
    result = run("check", *form, empty)
    assert result.exit_code == 1
    assert "holds no interchange" in result.stderr
