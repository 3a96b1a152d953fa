"""What a partner nests to exhaust the reader is refused with a sentence, and nothing else happens."""

from __future__ import annotations

import io

import pytest

from ml_connector.codecs import decode
from ml_connector.codecs.recognition import read_documents
from ml_connector.documents import MOST_NESTED
from ml_connector.edi import read_interchanges, validate
from ml_connector.errors import Rejected

DEEP = 3000
TAGS = b"<a>" * DEEP + b"</a>" * DEEP
UBL = b'<Invoice xmlns="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2">'


def levels_in_each_other(deep):
    packs = [f"HL*{number}*{number - 1}*P" for number in range(3, deep)]
    body = ["BSN*00*S1*20260302*1200*0001", "HL*1**S", "HL*2*1*O", "PRF*PO1", *packs]
    body += [f"HL*{deep}*{deep - 1}*I", "LIN**VP*X", "SN1**1*EA", "CTT*1"]
    isa = f"ISA*00*          *00*          *ZZ*{'A':<15}*ZZ*{'B':<15}*260302*1012*U*00401*000000001*0*P*>"
    segments = [isa, "GS*SH*A*B*20260302*1012*1*X*004010", "ST*856*0001", *body, f"SE*{len(body) + 2}*0001"]
    return "".join(f"{segment}~" for segment in [*segments, "GE*1*1", "IEA*1*000000001"]).encode()


def packages_in_each_other(deep):
    packages = [f"CPS+{number}+{number - 1 or ''}" for number in range(1, deep)]
    body = ["BGM+351+D1+9", "DTM+137:20260302:102", *packages, "LIN+1++X:EN", "QTY+12:1"]
    head = "UNB+UNOC:3+A:14+B:14+260302:1012+1'UNH+1+DESADV:D:96A:UN'"
    tail = f"UNT+{len(body) + 2}+1'UNZ+1+1'"
    return (head + "".join(f"{segment}'" for segment in body) + tail).encode()


def decoded(content):
    for interchange in read_interchanges(io.BytesIO(content)):
        for message in interchange.messages():
            validate(message)
            return decode(interchange, message)
    return None


@pytest.mark.parametrize("written", [levels_in_each_other, packages_in_each_other])
def test_packages_deeper_than_any_shipment_are_refused(written):
    with pytest.raises(Rejected, match=f"more than {MOST_NESTED} levels deep"):
        decoded(written(DEEP))


def test_packages_of_a_deep_but_possible_shipment_are_read():
    assert decoded(packages_in_each_other(40)).packages


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(UBL + TAGS + b"</Invoice>", id="ubl"),
        pytest.param(
            b"<cXML><Request><OrderRequest>" + TAGS + b"</OrderRequest></Request></cXML>", id="cxml"
        ),
        pytest.param(b'<ORDERS05><IDOC BEGIN="1">' + TAGS + b"</IDOC></ORDERS05>", id="idoc"),
        pytest.param(b'<!DOCTYPE x [<!ENTITY a "a">]>' + UBL + b"&a;</Invoice>", id="entity"),
        pytest.param(b'<!DOCTYPE x SYSTEM "file:///etc/passwd">' + UBL + b"</Invoice>", id="external"),
    ],
)
def test_xml_made_to_exhaust_or_to_reach_out_is_refused(content):
    with pytest.raises(Rejected):
        list(read_documents(content))
