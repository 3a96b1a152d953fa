from __future__ import annotations

import io
from pathlib import Path

import pytest
from tests.unit.workflow.test_files import idoc

from ml_connector.mapping.snapshot import snapshot_of
from ml_connector.partners import load, parse
from ml_connector.workflow.explain_documents import Explaining

ROOT = Path(__file__).parents[3]
EXAMPLE = load(ROOT / "examples" / "configuration")
DEMO = ROOT / "local/demo/interchanges"
X12 = (DEMO / "great-lakes-tools/invoice-7001.edi").read_bytes()
UBL = (DEMO / "northern-office/invoice-2202.xml").read_bytes()
CXML = (ROOT / "tests/fixtures/cxml/order.xml").read_bytes()
STRANGERS = """\
name: Stranger
roles: [own_hub]
usage: [production, test]
identities:
  - {standard: cxml, id: "123456789"}
  - {standard: idoc, id: BUYER}
party_ids: [{id: "987654321", supplier: "50002"}]
"""


@pytest.fixture
def explain():
    def explained(content, partner="", **texts):
        files = dict(EXAMPLE.files) | {
            name.replace("__", "/").replace("_", "-") + ".yaml": text for name, text in texts.items()
        }
        configuration = parse(files)
        explaining = Explaining(configuration, snapshot_of(configuration), {}, partner)
        return list(explaining.file(io.BytesIO(content)))

    return explained


def test_a_ubl_invoice_is_its_partners(explain):
    (found,) = explain(UBL)
    assert (found.partner, found.result.entity) == ("northern-office", "SupplierInvoice")
    assert found.result.body.supplier_reference == "NO-2202"


@pytest.mark.parametrize(("content", "number"), [(CXML, "PO-1"), (idoc("7"), "PO-7")])
def test_cxml_and_idoc_orders_are_their_senders(explain, content, number):
    (found,) = explain(content, partners__stranger=STRANGERS)
    assert (found.partner, found.type, found.number) == ("stranger", "order", number)


@pytest.mark.parametrize("content", [UBL.replace(b"5000010000057", b"5000010000019"), CXML, idoc("7")])
def test_a_file_of_nobody_known_says_the_line_to_add(explain, content):
    (found,) = explain(content)
    assert "`identities:`" in found.error.advice


def test_a_partner_named_takes_the_file_whatever_it_says(explain):
    (found,) = explain(UBL.replace(b"5000010000057", b"5000010000019"), "northern-office")
    assert found.result.body.supplier_number == "50004"


def test_what_breaks_its_partners_overlay_would_stop(explain):
    own = EXAMPLE.files["partners/great-lakes-tools.yaml"] + "reading: {overlay: strict-810}\n"
    (found,) = explain(
        X12, partners__great_lakes_tools=own, overlays__strict_810="segments: {PID: {use: required}}\n"
    )
    assert found.as_dict()["error"] == "Rejected"
    assert "PID" in found.error.message


def test_what_the_partners_file_says_of_counts_holds_here_too(explain):
    wrong = X12.replace(b"\nSE*", b"\nSE*9", 1)
    (stopped,) = explain(wrong)
    assert stopped.error is not None
    own = EXAMPLE.files["partners/great-lakes-tools.yaml"] + "reading: {lenient_counts: true}\n"
    (found,) = explain(wrong, partners__great_lakes_tools=own)
    assert found.error is None
