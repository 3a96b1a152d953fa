"""What single files can't tell: entries that hide each other, contradict, or point to nothing."""

from __future__ import annotations

import pytest
from tests.unit.partners.test_configuration import COMPANY, PARTNER, faults, files

from ml_connector.partners import parse

#: One list of a file, and another one that says the same or something else of other things.
OF_COMPANY = {
    "dimensions": (
        "{segment: 1, name: a}, {segment: 1, name: b}",
        "{segment: 1, name: a}, {segment: 2, name: b}",
    ),
    "places": ("{id: P, branch: A}, {id: P, branch: B}", "{id: P, branch: A}, {id: P, branch: A}"),
    "units": (
        "{code: EA, unit: A}, {code: EA, list: ANA_4, unit: B}",
        "{code: EA, list: ANA_4, unit: B}, {code: EA, unit: A}",
    ),
    "vat": (
        "{country: NO, category: S, rate: 25, code: A}, {country: no, category: s, rate: 25, code: B}",
        (
            "{country: NO, category: S, rate: 25, code: A, until: 2025-12-31},"
            "{country: NO, category: S, rate: 25, code: B, since: 2026-01-01},"
            "{country: NO, category: S, rate: 25, code: C, zone: Z},"
            "{country: SE, category: S, rate: 25, code: D}"
        ),
    ),
    "terms": (
        "{terms: A, net_days: 30}, {terms: B, net_days: 30, discount_days: 10}",
        "{terms: B, net_days: 30, discount_days: 10}, {terms: A, net_days: 30}",
    ),
    "identities": (
        "{id: US, branch: A}, {id: US, standard: x12, branch: B}",
        "{id: US, standard: x12, branch: B}, {id: US, branch: A}",
    ),
}
OF_PARTNERS = {
    "items": (
        "{code: A, item: B}, {code: A, item: C, scheme: SELLER}",
        "{code: A, item: C, scheme: SELLER}, {code: A, item: B}, {code: A, item: B}",
    ),
    "units": (
        "{code: A, unit: B}, {code: A, unit: C}",
        "{code: A, list: ANA_4, unit: B}, {code: A, unit: C}",
    ),
    "locations": ("{id: A, location: B}, {id: A, location: C}", "{id: A, location: B}, {id: a, location: C}"),
    "charges": (
        "{code: A, account: B}, {code: A, account: C}",
        "{code: A, account: B}, {text: A, account: C}",
    ),
    "party_ids": ("{id: A, supplier: B}, {id: A, supplier: C}", "{id: A, supplier: B}, {id: A, customer: C}"),
    "outgoing": (
        "{entity: Shipment, standard: x12, version: '004010'}, {entity: Shipment, standard: ubl}",
        "{entity: Shipment, standard: x12, version: '004010'}, {entity: SalesOrder, standard: ubl}",
    ),
}
PLAIN = 'id: "1"\nname: Ours\ncountry: NO\ncurrency: NOK\n'


@pytest.mark.parametrize("name", OF_COMPANY)
def test_an_entry_of_the_company_that_an_earlier_one_hides_is_a_fault(name):
    hidden, apart = OF_COMPANY[name]
    ((file, line, message),) = faults({"company.yaml": f"{PLAIN}{name}: [{hidden}]\n"})
    assert (file, line) == ("company.yaml", 5)
    assert f"company.yaml:5 answers for what this entry of `{name}:` would" in message
    assert parse({"company.yaml": f"{PLAIN}{name}: [{apart}]\n"})


@pytest.mark.parametrize("name", OF_PARTNERS)
def test_an_entry_of_a_partner_that_an_earlier_one_hides_is_a_fault(name):
    hidden, apart = OF_PARTNERS[name]

    def given(entries):
        return files() | {
            "partners/acme.yaml": f"{PARTNER}roles: [supplier, customer]\n{name}: [{entries}]\n"
        }

    ((file, line, message),) = faults(given(hidden))
    assert (file, line) == ("partners/acme.yaml", 5)
    assert f"partners/acme.yaml:5 answers for what this entry of `{name}:` would" in message
    assert parse(given(apart))


@pytest.mark.parametrize(
    ("ours", "theirs", "said"),
    [
        ('identities: [{standard: x12, qualifier: "08", id: "7300010000032"}]',
         'identities: [{standard: x12, qualifier: "ZZ", id: "7300010000032"}]', "is also an identity"),
        ("identities: [{standard: x12, id: US}]", "", "one of our own identities"),
        ('party_ids: [{id: "7300010000032", supplier: A}]', 'party_ids: [{id: "7300010000032", supplier: B}]',
         "7300010000032 is supplier"),
        ("party_ids: [{id: D, scheme: VAT, supplier: A}]", "party_ids: [{id: D, scheme: VAT, supplier: B}]",
         "D is supplier"),
        ("mailboxes: {inbound: [/in]}\nreading: {strict: true}", "mailboxes: {inbound: [/in]}",
         "whose `reading:` says otherwise"),
        ("subaccount: {7: a}", "", "no dimension segment 7; it names 1"),
        ("charges: [{code: A, subaccount: {7: a}}]", "", "no dimension segment 7; it names 1"),
    ],
)  # fmt: skip
def test_what_two_files_say_of_the_same_thing_is_a_fault(ours, theirs, said):
    found = faults(files(partners__bolt=f"name: Bolt\n{ours}\n", partners__cord=f"name: Cord\n{theirs}\n"))
    assert [said in message for _, _, message in found] == [True]


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ("party_ids: [{id: CODE, supplier: A}]", "party_ids: [{id: CODE, supplier: B}]"),
        (
            "identities: [{standard: x12, qualifier: A, id: X}]",
            "identities: [{standard: x12, qualifier: B, id: X}]",
        ),
        ("mailboxes: {inbound: [/in]}", "mailboxes: {inbound: [/in]}"),
    ],
)
def test_what_means_something_else_by_partner_is_none(ours, theirs):
    assert parse(files(partners__bolt=f"name: Bolt\n{ours}\n", partners__cord=f"name: Cord\n{theirs}\n"))


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("roles: []", "at least 1 item"),
        ("country: Norway", "country"),
        ("currency: nok", "currency"),
        ("targets: {invoice: sales_order}", "invoice can't become sales_order"),
        ("charges: [{account: A}]", "neither by `code:` nor by `text:`"),
        ("reading: {charset: klingon}", "no character set is called 'klingon'"),
        ("reading: {overlay: company}", "no overlays/company.yaml"),
        ("codec: {layout: {element: ab}}", "at most 1 character"),
    ],
)
def test_a_setting_that_can_not_be_is_named_by_its_line(line, said):
    ((_, found, message),) = faults(files() | {"partners/acme.yaml": f"{PARTNER}{line}\n"})
    assert (found, said in message) == (4, True)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("terms: [{terms: A}]", "of no terms"),
        (
            "vat: [{country: NO, category: S, rate: 1, code: A, since: 2026-01-01, until: 2025-01-01}]",
            "after it ends",
        ),
        ("defaults: {subaccount: {7: a}}", "no dimension segment 7; it names 1"),
    ],
)
def test_a_row_that_never_counts_is_named_by_its_line(line, said):
    ((_, found, message),) = faults(files() | {"company.yaml": f"{COMPANY}{line}\n"})
    assert (found, said in message) == (COMPANY.count("\n") + 1, True)
