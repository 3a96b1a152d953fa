from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from ml_connector.edi import Address
from ml_connector.errors import Misconfigured
from ml_connector.partners import load, parse, version_of
from ml_connector.partners.configuration import faults_of
from ml_connector.partners.fragments import Tolerances

EXAMPLE = Path(__file__).parents[3] / "examples" / "configuration"

COMPANY = """\
id: "1"
name: Ours
country: NO
currency: NOK
identities:
  - {standard: x12, qualifier: ZZ, id: US}
  - {standard: edifact, id: "7000010000000"}
dimensions: [{segment: 1, name: department}]
tables:
  codes: {FC: freight}
"""
PARTNER = """\
name: Acme
identities:
  - {standard: x12, qualifier: ZZ, id: ACME}
"""
US = Address("US", "ZZ")
GLN_PARTNER = "name: Bolt\nidentities: [{{standard: x12, qualifier: '08', id: '{}'}}]\n"


def files(**more):
    return {"company.yaml": COMPANY, "partners/acme.yaml": PARTNER} | {
        name.replace("__", "/") + ".yaml": text for name, text in more.items()
    }


def faults(given):
    with pytest.raises(Misconfigured) as caught:
        parse(given)
    return [(fault.get("file"), fault.get("line"), fault["message"]) for fault in faults_of(caught.value)]


class TestLoad:
    def test_the_example_loads(self):
        configuration = load(EXAMPLE)
        assert len(configuration.partners) == 8
        assert configuration.company.id == "4242"

    def test_the_country_no_is_norway_and_codes_keep_their_zeros(self):
        configuration = parse(files() | {"partners/acme.yaml": PARTNER + "account: 0100\ncountry: NO\n"})
        partner = configuration.partner("acme")
        assert (partner.country, partner.account) == ("NO", "0100")

    def test_the_same_files_give_the_same_version_in_any_order(self):
        given = files()
        assert version_of(given) == version_of(dict(reversed(given.items())))
        assert version_of(given) != version_of(given | {"company.yaml": COMPANY + "\n"})

    def test_the_version_is_of_the_files(self):
        assert parse(files()).version == version_of(files())

    def test_a_folder_that_holds_nothing_is_said(self, tmp_path):
        with pytest.raises(Misconfigured, match="holds no configuration"):
            load(tmp_path)

    def test_versions_are_named_only_where_messages_say_theirs(self):
        told = PARTNER + "messages: [{standard: ubl, type: Invoice, versions: ['2.1']}]\n"
        ((file, _, said),) = faults(files() | {"partners/acme.yaml": told})
        assert (file, "ubl says no version" in said) == ("partners/acme.yaml", True)

    def test_company_yaml_is_needed(self):
        assert faults({"partners/acme.yaml": PARTNER})[0][2].startswith("company.yaml is missing")

    def test_what_is_not_yaml_is_named_by_line(self):
        file, line, _ = faults(files() | {"partners/acme.yaml": "name: [Acme\nroles: x\n"})[0]
        assert (file, line) == ("partners/acme.yaml", 2)

    def test_a_key_that_stands_twice_is_named_by_line(self):
        file, line, message = faults(files() | {"partners/acme.yaml": PARTNER + "name: Other\n"})[0]
        assert (file, line) == ("partners/acme.yaml", 4)
        assert "'name' stands twice" in message

    def test_an_unknown_key_is_named_by_line(self):
        file, line, message = faults(files() | {"partners/acme.yaml": PARTNER + "suplier: 5\n"})[0]
        assert (file, line) == ("partners/acme.yaml", 4)
        assert "suplier" in message

    def test_every_fault_is_said_at_once(self):
        broken = files(rules__10="rules:\n  - {name: a, when: {curency: NOK}, ignore: x}\n")
        broken["partners/acme.yaml"] = PARTNER + "suplier: 5\n"
        assert [file for file, _, _ in faults(broken)] == ["partners/acme.yaml", "rules/10.yaml"]

    def test_an_identity_of_two_partners_is_refused(self):
        file, line, message = faults(files(partners__bolt=PARTNER))[0]
        assert (file, line) == ("partners/bolt.yaml", 3)
        assert "partners/acme.yaml" in message

    def test_the_same_identity_may_serve_test_and_production(self):
        test = PARTNER + "usage: [test]\n"
        assert parse(files(**{"partners__acme-test": test})).partner("acme-test")

    def test_a_pattern_that_can_not_be_compiled_is_refused(self):
        broken = PARTNER + "order_numbers:\n  - {pattern: '('}\n"
        assert faults(files() | {"partners/acme.yaml": broken})[0][1] == 5

    @pytest.mark.parametrize(
        ("line", "at"),
        [
            ("reading: {overlay: own}", 4),
            ('messages: [{standard: x12, type: "810", overlay: own}]', 4),
            ('outgoing: [{entity: Shipment, standard: x12, version: "004010", overlay: own}]', 4),
        ],
    )
    def test_an_overlay_that_no_file_is_is_named_by_line(self, line, at):
        broken = files() | {"partners/acme.yaml": f"{PARTNER}{line}\n"}
        assert faults(broken) == [
            ("partners/acme.yaml", at, f"partners/acme.yaml:{at}: There is no overlays/own.yaml.")
        ]
        assert parse(broken | {"overlays/own.yaml": "segments: {}\n"}).overlays["own"].segments == {}

    def test_an_overlay_that_is_none_is_named_by_line(self):
        file, line, message = faults(files(overlays__own="segments: {}\nsgments: {}\n"))[0]
        assert (file, line) == ("overlays/own.yaml", 2)
        assert "sgments" in message

    @pytest.mark.parametrize(
        ("name", "counts"),
        [
            ("rules/10.yml", False),
            ("rules/nordic/10.yaml", False),
            ("partners/acme.yml", False),
            ("compnay.yaml", False),
            ("lookup.yaml", False),
            ("company.yml", False),
            ("partners/acme.yaml~", True),
            ("partners/README.md", True),
            ("tests/one.yaml", True),
            ("mkdocs.yml", True),
        ],
    )
    def test_a_file_that_would_count_for_nothing_is_refused(self, tmp_path, name, counts):
        for file, text in {"company.yaml": COMPANY, name: "rules: []\n"}.items():
            (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / file).write_text(text)
        if counts:
            assert load(tmp_path)
        else:
            with pytest.raises(Misconfigured, match="would count for nothing") as caught:
                load(tmp_path)
            assert caught.value.context["file"] == name

    def test_a_file_that_is_no_text_is_named(self, tmp_path):
        (tmp_path / "company.yaml").write_bytes(b"\xff\xfe\x00")
        with pytest.raises(Misconfigured, match=r"company\.yaml can't be read"):
            load(tmp_path)

    def test_a_byte_order_mark_does_no_harm(self, tmp_path):
        (tmp_path / "partners").mkdir()
        (tmp_path / "company.yaml").write_text(COMPANY, encoding="utf-8-sig")
        assert load(tmp_path).company.name == "Ours"


class TestPartnerFor:
    def partner(self, standard, sender, *, receiver=US, test=False, **more):
        found = parse(files(**more)).partner_for(standard, sender, receiver, test)
        return found.id if found else None

    def test_a_sender_is_found_by_qualifier_and_id(self):
        assert self.partner("x12", Address("ACME", "ZZ")) == "acme"

    def test_another_qualifier_or_standard_is_somebody_else(self):
        assert self.partner("x12", Address("ACME", "01")) is None
        assert self.partner("edifact", Address("ACME", "ZZ"), receiver=Address("7000010000000", "")) is None

    def test_an_identity_without_qualifier_takes_any(self):
        more = {"partners__bolt": "name: Bolt\nidentities: [{standard: x12, id: BOLT}]\n"}
        assert self.partner("x12", Address("BOLT", "14"), **more) == "bolt"

    def test_a_gln_with_the_wrong_qualifier_proves_itself(self):
        more = {"partners__bolt": GLN_PARTNER.format("7000010000017")}
        assert self.partner("x12", Address("7000010000017", "ZZ"), **more) == "bolt"
        assert self.partner("x12", Address("7000 0100 00017", "ZZ"), **more) == "bolt"

    def test_a_gln_whose_leading_zero_was_lost_is_found(self):
        more = {"partners__bolt": GLN_PARTNER.format("0700010000068")}
        assert self.partner("x12", Address("700010000068", "08"), **more) == "bolt"

    def test_a_message_to_somebody_else_is_nobodys(self):
        assert self.partner("x12", Address("ACME", "ZZ"), receiver=Address("THEM", "ZZ")) is None

    def test_our_vat_number_is_no_address_that_others_could_be_missing_from(self):
        company = COMPANY.replace("dimensions:", "  - {scheme: VAT, id: NO991000001MVA}\ndimensions:")
        more = {
            "company": company,
            "partners__bolt": "name: Bolt\nidentities: [{standard: cxml, id: BOLT}]\n",
        }
        assert self.partner("cxml", Address("BOLT", ""), receiver=Address("OURSHOP", ""), **more) == "bolt"
        assert self.partner("x12", Address("ACME", "ZZ"), receiver=Address("THEM", "ZZ"), **more) is None

    def test_a_test_interchange_needs_a_test_profile(self):
        assert self.partner("x12", Address("ACME", "ZZ"), test=True) is None
        more = {"partners__acme-test": PARTNER + "usage: [test]\n"}
        assert self.partner("x12", Address("ACME", "ZZ"), test=True, **more) == "acme-test"
        assert self.partner("x12", Address("ACME", "ZZ"), **more) == "acme"

    @pytest.mark.parametrize(
        ("sender", "receiver", "test", "expected"),
        [
            (Address("NEW", "ZZ"), US, False, '{standard: x12, qualifier: "ZZ", id: "NEW"}'),
            (
                Address("ACME", "ZZ"),
                Address("THEM", "ZZ"),
                False,
                'id: "THEM"}` to `identities:` in company.yaml',
            ),
            (Address("ACME", "ZZ"), US, True, "Add `test` to `usage:` in partners/acme.yaml"),
        ],
    )
    def test_the_unknown_is_explained_with_the_line_to_add(self, sender, receiver, test, expected):
        with pytest.raises(Misconfigured) as caught:
            parse(files()).require_partner("x12", sender, receiver, test)
        assert expected in str(caught.value)

    def test_an_unknown_partner_id_names_the_known(self):
        with pytest.raises(Misconfigured, match=r"partners/zeta.yaml.*acme"):
            parse(files()).partner("zeta")


class TestTarget:
    @pytest.mark.parametrize(
        ("text", "document_type", "entity"),
        [
            ("roles: [supplier]", "invoice", "supplier_invoice"),
            ("roles: [supplier]", "order", "purchase_order"),
            ("roles: [customer]", "order", "sales_order"),
            ("roles: [own_hub]", "order", "purchase_order"),
            ("roles: [own_hub]", "invoice", "supplier_invoice"),
            ("roles: [customer]", "remittance_advice", "log"),
            ("roles: [supplier]", "despatch_advice", "log"),
            ("roles: [customer]\ntargets: {order: purchase_order}", "order", "purchase_order"),
            ("roles: [customer]\ntargets: {order: none}", "order", "none"),
        ],
    )
    def test_what_a_document_becomes_is_by_role_unless_said(self, text, document_type, entity):
        configuration = parse(files() | {"partners/acme.yaml": f"{PARTNER}{text}\n"})
        assert configuration.partner("acme").target(document_type) == entity

    def test_a_supplier_number_needs_the_role(self):
        broken = PARTNER + "roles: [customer]\nsupplier: 5\n"
        assert "supplier" in faults(files() | {"partners/acme.yaml": broken})[0][2]


class TestTolerances:
    def test_a_partner_overrides_what_it_names(self):
        configuration = parse(
            files() | {"partners/acme.yaml": PARTNER + "tolerances: {unit_price: {percent: 2}}\n"}
        )
        own = configuration.partner("acme").tolerances.over(configuration.company.effective_tolerances("NOK"))
        assert own.unit_price.percent == 2
        assert own.line.amount == 1
        assert own.rounding == 1

    @pytest.mark.parametrize(
        ("currency", "rounding"), [("NOK", "1"), ("SEK", "1"), ("DKK", "1"), ("EUR", "0.5"), ("", "0.5")]
    )
    def test_rounding_is_to_the_whole_where_there_are_no_smaller_coins(self, currency, rounding):
        assert parse(files()).company.effective_tolerances(currency).rounding == Decimal(rounding)

    def test_a_company_that_sets_a_rounding_has_it_in_every_currency(self):
        company = parse(files()).company.model_copy(update={"tolerances": Tolerances(rounding=Decimal(2))})
        assert {company.effective_tolerances(code).rounding for code in ("NOK", "EUR")} == {Decimal(2)}


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("a: " + "[" * 100_000, "nesting deeper than 40"),
        ("- " * 100_000, "nesting deeper than 40"),
        ("a: &a [x, x]\nb: [*a, *a]", "an alias"),
    ],
)
def test_yaml_that_costs_more_than_it_says_is_refused_with_its_line(text, what):
    with pytest.raises(Misconfigured, match=rf"company\.yaml:\d+: {what}"):
        parse({"company.yaml": text})


def test_yaml_makes_no_objects():
    with pytest.raises(Misconfigured):
        parse({"company.yaml": "a: !!python/object/apply:os.getcwd []"})
