"""What partners' files say in places of their own: seen in real files, told here with our own words."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from tests.unit.codecs.roundtrip import read, written
from tests.unit.codecs.x12.sets import decoded, rules

from ml_connector.codecs.fidelity import losses

BEG = "BEG*00*SA*PO1**20260115~"
BIG = "BIG*20260120*F-1*20260115*PO1~"
LINE = "IT1*1*2*EA*5**VN*A~"


def order(body: str):
    return decoded("850", BEG + body)


def invoice(body: str, head: str = BIG):
    return decoded("810", head + body)


def raw(document) -> dict[str, tuple[str, ...]]:
    return {left.path: left.values for left in document.raw_extensions}


def reads_back(document) -> bool:
    (again,) = read(written(document, "x12", "004010"))
    return list(losses(document, again)) == []


def test_a_description_with_a_code_before_it_is_one():
    found = invoice(f"{LINE}PID*X****Ski wax~PID*S*08*ZZ*W1*blue~PID*F*73***Blue~TDS*1000~")
    assert found.lines[0].item.description == "Ski wax\nblue"
    assert raw(found) == {
        "IT1[1]/PID[1]/PID[1]/01": ("X",),
        "IT1[1]/PID[2]/PID[1]/01": ("S",),
        "IT1[1]/PID[2]/PID[1]/02": ("08",),
        "IT1[1]/PID[2]/PID[1]/03": ("ZZ",),
        "IT1[1]/PID[2]/PID[1]/04": ("W1",),
        "IT1[1]/PID[3]/PID[1]/01": ("F",),
        "IT1[1]/PID[3]/PID[1]/02": ("73",),
        "IT1[1]/PID[3]/PID[1]/05": ("Blue",),
    }
    assert reads_back(found)


def test_the_days_of_a_service_are_the_period_of_its_invoice():
    found = invoice(f"DTM*150*20260101~DTM*151*20260131~{LINE}TDS*1000~")
    assert (found.period_start, found.period_end) == (date(2026, 1, 1), date(2026, 1, 31))
    assert raw(found) == {}
    assert reads_back(found)


def test_a_lines_order_has_its_date():
    found = invoice(
        "IT1*1*2*EA*5**VN*A*PO*PO7~DTM*004*20260110~DTM*002*20260112~TDS*1000~", "BIG*20260120*F-1~"
    )
    reference = found.lines[0].order_ref
    assert (reference.po_number, reference.issue_date) == ("PO7", date(2026, 1, 10))
    # When delivery was wished for is no concern of an invoice, and yet nothing seen is dropped.
    assert raw(found) == {"IT1[1]/DTM[2]/01": ("002",), "IT1[1]/DTM[2]/02": ("20260112",)}
    assert reads_back(found)


def test_the_date_of_an_order_that_no_line_names_stays_raw():
    found = invoice(f"{LINE}DTM*004*20260110~TDS*1000~")
    assert found.lines[0].order_ref is None
    assert set(raw(found)) == {"IT1[1]/DTM[1]/01", "IT1[1]/DTM[1]/02"}


def test_the_carriers_bill_of_lading_is_a_reference():
    found = invoice(f"{LINE}TDS*1000~CAD*M***ABCD*Haul Ltd**BM*BL-5~")
    assert [(r.type.value, r.number) for r in found.references] == [("bill_of_lading", "BL-5")]
    assert raw(found) == {}
    assert reads_back(found)


def test_numbers_in_n9_without_text_are_references():
    found = order("N9*VR*V-77~N9*ZZ*0~MSG*Call first~PO1*1*1*EA*1**VN*A~N9*PJ*P-8*Pier~")
    assert [(r.type.value, r.number) for r in found.references] == [("vendor_number", "V-77")]
    (reference,) = found.lines[0].references
    assert (reference.type.value, reference.number, reference.description) == ("project", "P-8", "Pier")
    assert [note.text for note in found.notes] == ["Call first"]
    assert reads_back(found)


def test_a_contact_named_again_has_all_its_channels():
    found = order("PER*BD*Ann Lee*TE*555-1~PER*BD*Ann Lee*EM*ann@buyer.example~PER*BD*Bo Dahl*TE*555-2~")
    assert (found.contact.phone, found.contact.email) == ("555-1", "ann@buyer.example")
    assert raw(found) == {
        "PER[3]/01": ("BD",),
        "PER[3]/02": ("Bo Dahl",),
        "PER[3]/03": ("TE",),
        "PER[3]/04": ("555-2",),
    }


def test_a_total_of_the_lines_is_the_net_amount():
    found = order("PO1*1*3*EA*2**VN*A~CTT*1~AMT*1*6~")
    assert found.totals_declared.net_amount == Decimal(6)
    assert raw(found) == {}
    assert reads_back(found)
    assert rules(order("PO1*1*3*EA*2**VN*A~CTT*1~AMT*1*7~")) == {"amt-total": "warning"}


def test_a_total_in_the_header_is_the_orders():
    found = order("AMT*TT*6~N1*ST*Shop~PO1*1*3*EA*2**VN*A~CTT*1~")
    assert found.totals_declared.gross_amount == Decimal(6)
    assert raw(found) == {}
    assert reads_back(found)


def test_lines_tell_the_currency_of_a_silent_header():
    line = "PO1*{0}*1*EA*2**VN*A~CUR*BY*{1}~"
    found = order(line.format(1, "USD") + line.format(2, "USD"))
    assert (found.currency, raw(found), rules(found)) == ("USD", {}, {})
    assert reads_back(found)


def test_a_line_in_another_currency_holds_the_order():
    found = order("CUR*BY*EUR~PO1*1*1*EA*2**VN*A~CUR*BY*USD~")
    assert (found.currency, rules(found)) == ("EUR", {"currency-differs": "hold"})
    assert raw(found) == {"PO1[1]/CUR[1]/02": ("USD",)}


BSN = "BSN*00*S1*20260115*0930~"
ITEM = "LIN**BP*A-1~SN1**10*EA~"


def advice(body: str):
    return decoded("856", BSN + body)


def test_the_weight_of_a_shipment_may_stand_in_a_measure():
    found = advice(f"HL*1**S~MEA*PD*G*1200*LB~MEA*PD*N*1100*LB~TD1*CTN*3~HL*2*1*O~PRF*P~HL*3*2*I~{ITEM}")
    assert (found.weight, found.weight_uom.code, found.package_count) == (Decimal(1200), "LB", 3)
    # The net weight of a whole shipment has no field.
    assert [value for left in found.raw_extensions for value in left.values] == ["PD", "N", "1100", "LB"]
    assert reads_back(found)


def test_the_weight_of_the_whole_consignment_is_the_shipments():
    found = advice(
        f"HL*1**S~TD1*PCS*2****A3*60.31*LB~HL*2*1*O~PRF*P~TD1*PCS*2****N*50*LB*3*CF~HL*3*2*I~{ITEM}"
    )
    assert found.weight == Decimal("60.31")
    assert found.orders[0].weight is None
    assert [value for left in found.raw_extensions for value in left.values] == [
        "A3",
        "N",
        "50",
        "LB",
        "3",
        "CF",
    ]


def test_a_package_weighs_what_its_pack_segment_says():
    packs = "HL*3*2*P~PO4*12*****6*LB*2*CF~MAN*GM*00106141411234567897~HL*4*3*I~"
    found = advice(f"HL*1**S~HL*2*1*O~PRF*P~{packs}{ITEM}")
    (package,) = found.packages
    assert (package.weight, package.weight_uom.code, package.volume) == (Decimal(6), "LB", Decimal(2))
    assert [value for left in found.raw_extensions for value in left.values] == ["12"]
    assert reads_back(found)


def test_a_package_has_a_gross_and_a_net_weight():
    packs = "HL*3*2*P~MEA*PD*G*6*LB~MEA*WT*N*5*LB~MAN*GM*00106141411234567897~HL*4*3*I~"
    found = advice(f"HL*1**S~HL*2*1*O~PRF*P~{packs}{ITEM}")
    (package,) = found.packages
    assert (package.weight, package.net_weight, raw(found)) == (Decimal(6), Decimal(5), {})
    assert reads_back(found)


SHARES = "HL*{0}*{2}*P~SN1**4*EA~REF*LS*L1~HL*{1}*{2}*P~SN1**6*EA~REF*LS*L2~"


def test_packages_share_the_item_above_them():
    for body in (
        f"HL*1**S~HL*2*1*O~PRF*P~HL*3*2*I~{ITEM}" + SHARES.format(4, 5, 3) + "CTT*1*10~",
        f"HL*1**S~HL*2*1*O~PRF*P~HL*3*2*T~HL*4*3*I~{ITEM}" + SHARES.format(5, 6, 4) + "CTT*1*10~",
    ):
        found = advice(body)
        cartons = [package for package in found.all_packages() if package.items]
        assert [(c.references[0].number, c.items[0].qty, c.items[0].po_number) for c in cartons] == [
            ("L1", 4, "P"),
            ("L2", 6, "P"),
        ]
        assert {c.items[0].item.buyer_id.value for c in cartons} == {"A-1"}
        assert (found.totals_computed.line_count, found.totals_computed.hash) == (1, 10)
        assert (rules(found), raw(found)) == ({}, {})


def test_shares_that_are_not_the_whole_item_are_told():
    body = f"HL*1**S~HL*2*1*O~PRF*P~HL*3*2*I~{ITEM}" + SHARES.format(4, 5, 3).replace("**6*", "**5*")
    assert rules(advice(body)) == {"shares-of-item": "warning"}


def test_packages_below_an_item_in_a_pallet_are_kept():
    packs = f"HL*3*2*T~HL*4*3*I~{ITEM}HL*5*4*P~MAN*GM*00106141411234567897~"
    (pallet,) = advice(f"HL*1**S~HL*2*1*O~PRF*P~{packs}").packages
    assert [item.qty for item in pallet.items] == [10]
    assert [inner.id.value for inner in pallet.children] == ["00106141411234567897"]


REMITTANCE = "BPR*I*90*C*ACH~TRN*1*T-1~N1*PR*Payer~N1*PE*Payee~ENT*1~"


def test_the_document_of_an_adjustment_has_its_date():
    adjusted = "ADX*-10*ZZ*CM*CN-3~REF*UQ*Late~REF*CM*CN-3~DTM*003*20260103~RMR*IV*F-1*PI*100~"
    found = decoded("820", f"{REMITTANCE}{adjusted}")
    (adjustment,) = found.unallocated
    assert (adjustment.reference.number, adjustment.reference.issue_date) == ("CN-3", date(2026, 1, 3))
    assert [left.values for left in found.raw_extensions] == [("UQ",), ("Late",)]
    assert reads_back(found)


def test_an_item_below_no_order_level_may_name_its_order_itself():
    found = advice(f"HL*1**S~HL*2*1*I~{ITEM}PRF*P-1*R-2**20260101~HL*3*1*I~{ITEM}PRF*P-2~")
    assert [(item.po_number, item.po_release) for item in found.all_items()] == [
        ("P-1", "R-2"),
        ("P-2", None),
    ]
    assert [left.values for left in found.raw_extensions] == [("20260101",)]
    assert rules(found) == {}
