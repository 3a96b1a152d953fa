"""A document is mapped by the ledger of the company it goes to, however that was decided."""

from __future__ import annotations

import pytest
from tests.unit.mapping.papers import invoice, invoice_line

from ml_connector.errors import Misconfigured
from ml_connector.mapping import map_document
from ml_connector.mapping.snapshot import SnapshotLookups
from ml_connector.partners import parse

TO_77 = 'rules:\n  - {name: c, when: {currency: USD}, set: {company: "77"}}\n'
TO_77_BY_LEDGER = 'rules:\n  - {name: c, when: {supplier: "50005"}, set: {company: "77"}}\n'


class CompanyLookups(SnapshotLookups):
    """Look-ups that know whose they are."""

    def __init__(self, snapshot, company, others):
        super().__init__(snapshot)
        self.company, self.others = company, others

    def of_company(self, company):
        if company not in self.others:
            raise Misconfigured(f"Company {company} is not served.", advice="Serve it.")
        return self.others[company]


@pytest.fixture
def two_ledgers(ledger):
    """Two companies with the same masters, but for the number of the supplier."""
    others = {}
    there = ledger._snapshot.model_copy(
        update={
            "suppliers": tuple(
                one.model_copy(update={"number": "60006"}) if one.number == "50005" else one
                for one in ledger._snapshot.suppliers
            )
        }
    )
    others |= {
        "4242": CompanyLookups(ledger._snapshot, "4242", others),
        "77": CompanyLookups(there, "77", others),
    }
    return others


@pytest.fixture
def mapped(example, two_ledgers):
    def run(rules="", company="", supplier=None):
        files = dict(example.files) | ({"rules/05-company.yaml": rules} if rules else {})
        if supplier:
            name = "partners/great-lakes-tools.yaml"
            files[name] = files[name].replace('supplier: "50005"', f'supplier: "{supplier}"')
        configuration = parse(files)
        paper = invoice(invoice_line(1, 6, "655.00", order="000052", seller="GLT-1005"))
        partner = configuration.partner("great-lakes-tools")
        return map_document(
            paper, partner, configuration, two_ledgers["4242"], document_id="d", company=company
        )

    return run


def test_what_no_rule_moves_stays_in_the_home_company(mapped):
    assert mapped().business_key[0] == "4242"


def test_a_rule_moves_the_document_and_its_look_ups(mapped):
    result = mapped(TO_77, supplier="60006")
    assert (result.company, result.business_key[0]) == ("77", "77")
    assert result.body.supplier_number == "60006"


def test_a_persons_company_outranks_the_rules(mapped):
    result = mapped(TO_77, company="4242")
    assert result.company == "4242"
    assert next(one for one in result.decisions if one.field == "company").source == "person"


def test_a_company_that_is_not_served_is_said_so(mapped):
    with pytest.raises(Misconfigured, match="Company 99 is not served"):
        mapped(company="99")


def test_a_rule_that_hears_the_ledger_of_one_company_only_is_refused(mapped):
    with pytest.raises(Misconfigured, match="on to company 4242"):
        mapped(TO_77_BY_LEDGER)
