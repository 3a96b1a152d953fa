from __future__ import annotations

import pytest

from ml_connector.mapping.lookups import BusinessPartner
from ml_connector.mapping.partner_drafts import draft_partners
from ml_connector.partners import parse

COMPANY = 'id: "1"\nname: Ours\ncountry: "NO"\ncurrency: NOK\n'
SUPPLIERS = [
    BusinessPartner(
        "50002", "Malmberg Verktyg AB", "7300010000032", "SE559100200101", "5591002001", "SE", "SEK"
    ),
    BusinessPartner(
        "50006", "Bergen Emballasje AS", "7000010000079", "NO991234587MVA", "991234587", "NO", "NOK"
    ),
    BusinessPartner("50007", "Bergen Emballasje Lager AS", "", "", "991234587", "NO", "NOK"),
]


def drafts(*rows, **more):
    return {draft.id: draft for draft in draft_partners(rows, SUPPLIERS, **more)}


@pytest.mark.parametrize(
    "row",
    [
        {"partnerName": "7300010000032"},
        {"partnerName": "Malmberg", "code": "SE559100200101"},
        {"partnerName": "Malmberg", "addressLine1": "org. 559100-2001"},
        {"partnerName": "Malmberg", "description": "GLN 7300010000032, Malmo"},
    ],
)
def test_any_number_of_the_supplier_matches(row):
    (draft,) = drafts(row).values()
    assert draft.supplier == "50002"
    assert 'supplier: "50002"' in draft.text


def test_a_draft_is_a_partner_file():
    (draft,) = drafts({"partnerName": "Malmberg Verktyg", "code": "SE559100200101"}).values()
    configuration = parse({"company.yaml": COMPANY, f"partners/{draft.id}.yaml": draft.text})
    partner = configuration.partner("malmberg-verktyg")
    assert (partner.supplier, partner.currency) == ("50002", "SEK")
    assert partner.mailboxes.inbound == ("/Malmberg Verktyg/Inbound",)


def test_a_name_only_suggests():
    (draft,) = drafts({"partnerName": "Malmberg Verktyg"}).values()
    assert draft.supplier == ""
    assert "may be 50002 Malmberg Verktyg AB" in draft.questions[0]


def test_several_suppliers_of_one_number_are_for_a_person():
    (draft,) = drafts({"partnerName": "Bergen", "code": "991234587"}).values()
    assert draft.supplier == ""
    assert "50006, 50007" in draft.questions[0]


def test_a_partner_that_has_its_file_is_left_out():
    configuration = parse({
        "company.yaml": COMPANY,
        "partners/acme.yaml": "name: Acme\n",
        "partners/bolt.yaml": "name: Bolt\nmailboxes: {inbound: [/Bolt-Box/Inbound]}\n",
    })  # fmt: skip
    rows = [{"partnerName": "ACME"}, {"partnerName": "Bolt", "mailbox": "/Bolt-Box"}, {"partnerName": "New"}]
    assert list(drafts(*rows, configuration=configuration)) == ["new"]


def test_names_with_quotes_stay_yaml():
    (draft,) = drafts({"partnerName": 'The "Best" \\ Ltd'}).values()
    (partner,) = parse({"company.yaml": COMPANY, f"partners/{draft.id}.yaml": draft.text}).partners
    assert partner.name == 'The "Best" \\ Ltd'
    assert partner.mailboxes.outbound == '/The "Best" \\ Ltd/Outbound'
