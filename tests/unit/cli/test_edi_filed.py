"""``edi check`` and ``edi parse`` of files without interchanges: UBL, cXML, IDocs flat and XML."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.unit.codecs.idoc.flat import as_markup, control, order, record
from typer.testing import CliRunner

from ml_connector.cli.app import app

FIXTURES = Path(__file__).parents[2] / "fixtures"
UBL = FIXTURES / "ubl" / "invoice-with-more.xml"
CXML_ORDER = FIXTURES / "cxml" / "order.xml"
CXML_CREDIT = FIXTURES / "cxml" / "credit-memo.xml"


def run(*arguments, **more):
    return CliRunner().invoke(app, ["edi", *map(str, arguments)], **more)


def checked(path):
    result = run("check", "--json", path)
    ((file,),) = [json.loads(result.stdout)]
    return result.exit_code, file["interchanges"]


@pytest.fixture
def kept(tmp_path):
    def keep(content: bytes) -> Path:
        path = tmp_path / "file"
        path.write_bytes(content)
        return path

    return keep


@pytest.mark.parametrize(
    ("path", "standard", "message", "number"),
    [
        (UBL, "ubl", "Invoice", "F-1001"),
        (CXML_ORDER, "cxml", "OrderRequest", "1.2@buyer.example"),
        (CXML_CREDIT, "cxml", "InvoiceDetailRequest", "9@seller.example"),
    ],
)
def test_a_good_file_is_recognised_and_accepted(path, standard, message, number):
    code, (found,) = checked(path)

    assert (code, found["standard"], found["control_number"]) == (0, standard, number)
    (one,) = found["messages"]
    assert (one["type"], one["status"], one["findings"]) == (message, "accepted", [])
    assert found["span"] == [0, path.stat().st_size]


def test_people_are_told_of_a_document_and_no_interchange():
    result = run("check", CXML_ORDER)

    assert "cxml document 1.2@buyer.example from 123456789 to 987654321, test" in result.stdout
    assert "OrderRequest 1.2.014 1.2@buyer.example: accepted" in result.stdout
    assert "interchange" not in result.stdout


@pytest.mark.parametrize("form", ["flat", "xml"])
def test_each_idoc_of_a_file_is_checked_and_parsed(kept, form):
    path = kept(order("1") + b"\r\n" + order("2") if form == "flat" else as_markup(order("1"), order("2")))

    code, found = checked(path)
    parsed = run("parse", path, "--json")

    assert code == 0
    assert [(one["standard"], one["messages"][0]["type"]) for one in found] == [("idoc", "ORDERS")] * 2
    assert [json.loads(line)["order_number"] for line in parsed.stdout.splitlines()] == ["1", "2"]


def test_one_bad_idoc_does_not_stop_its_neighbours(kept):
    path = kept(b"\r\n".join([order("1"), control("ORDERS").encode(), order("3")]))

    parsed = run("parse", path, "--json")

    assert parsed.exit_code == 1
    assert [json.loads(line)["order_number"] for line in parsed.stdout.splitlines()] == ["1", "3"]
    assert "document 2: The IDoc gives no order number" in parsed.stderr


@pytest.mark.parametrize("path", [CXML_ORDER, CXML_CREDIT])
def test_cxml_is_parsed(path):
    result = run("parse", path, "--json")

    assert result.exit_code == 0
    assert json.loads(result.stdout)["source"]["standard"] == "cxml"


def test_markup_that_is_not_well_formed_is_told_by_its_line(kept):
    path = kept(UBL.read_bytes().replace(b"</cac:OrderReference>", b""))

    code, (found,) = checked(path)
    (finding,) = found["messages"][0]["findings"]

    assert code == 1
    assert (finding["severity"], finding["rule"]) == ("error", "not-well-formed")
    assert finding["line"] > 11


@pytest.mark.parametrize(
    "content",
    [
        b"<Letter><Greeting>Dear all</Greeting></Letter>",
        as_markup(control("DESADV").encode(), root="DELVRY03"),
    ],
    ids=["xml", "idoc"],
)
def test_a_kind_that_no_codec_reads_is_told(kept, content):
    path = kept(content)

    code, (found,) = checked(path)
    parsed = run("parse", path)

    assert (code, parsed.exit_code) == (1, 1)
    assert [one["rule"] for one in found["messages"][0]["findings"]] == ["format-unknown"]
    assert "No codec reads" in parsed.stderr


@pytest.mark.parametrize(
    ("path", "removed", "missing"),
    [
        (UBL, b"<cbc:IssueDate>2026-03-02</cbc:IssueDate>", "Invoice/cbc:IssueDate"),
        (UBL, b"<cbc:Name>Skrue M6</cbc:Name>", "Invoice/cac:InvoiceLine/cac:Item/cbc:Name"),
        (CXML_ORDER, b' orderID="PO-1"', "cXML/Request/OrderRequest/OrderRequestHeader/@orderID"),
        (
            CXML_CREDIT,
            b' quantity="-2"',
            "cXML/Request/InvoiceDetailRequest/InvoiceDetailOrder/InvoiceDetailItem/@quantity",
        ),
    ],
)
def test_what_is_mandatory_and_missing_is_a_finding_with_its_place(kept, path, removed, missing):
    whole = path.read_bytes()
    assert removed in whole

    code, (found,) = checked(kept(whole.replace(removed, b"")))

    errors = [one for one in found["messages"][0]["findings"] if one["severity"] == "error"]
    assert code == 1
    assert [one["tag"] for one in errors] == [missing]
    assert errors[0]["line"]


def test_what_is_missing_of_an_idoc_and_what_is_unknown_in_it_is_told(kept):
    lines = [
        record("E1EDK01", CURCY="EUR", BELNR="1"),
        "Z1EXTRA".ljust(63) + "more",
        record("E1EDP01", POSEX="10"),
    ]
    path = kept("\r\n".join([control("ORDERS"), *lines]).encode())

    code, (found,) = checked(path)

    told = {(one["rule"], one["tag"]) for one in found["messages"][0]["findings"]}
    assert code == 1
    assert {("element-missing", "IDOC/E1EDP01/MENGE"), ("element-not-read", "IDOC/Z1EXTRA")} <= told


def test_a_number_that_is_none_is_told(kept):
    path = kept(UBL.read_bytes().replace(b">400<", b">four<"))

    code, (found,) = checked(path)

    assert code == 0
    assert "unreadable-number" in [one["rule"] for one in found["messages"][0]["findings"]]


def test_lines_of_a_later_idoc_are_those_of_the_file(kept):
    first, second = order("1"), order("2").replace(b"100.000        PCE", b"               PCE")
    whole = as_markup(first, second)

    _, found = checked(kept(whole))

    (finding,) = [one for one in found[1]["messages"][0]["findings"] if one["rule"] == "element-missing"]
    line = whole.splitlines()[finding["line"] - 1]
    assert b"<BELNR>2</BELNR>" in line
