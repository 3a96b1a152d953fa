"""A configuration of any size for tests and measurements: partners, rules, and a ledger to match."""

from __future__ import annotations

from decimal import Decimal

from ml_connector.mapping.lookups import CodeKind
from ml_connector.mapping.snapshot import (
    CodeEntry,
    ConversionEntry,
    ItemEntry,
    OrderEntry,
    OrderLineEntry,
    PartnerEntry,
    ReceiptEntry,
    Snapshot,
)

STANDARDS = ("x12", "edifact", "tradacoms")
COUNTRIES = (("NO", "NOK"), ("SE", "SEK"), ("DK", "DKK"), ("FI", "EUR"), ("GB", "GBP"), ("US", "USD"))
ACCOUNTS = tuple(str(number) for number in range(4000, 4100))
DEPARTMENTS = tuple(f"{number:03d}" for number in range(100))


def gln(number: int) -> str:
    """Return a GLN with its check digit."""
    body = f"7099{number:08d}"
    weighted = sum(int(digit) * (3 if index % 2 else 1) for index, digit in enumerate(body))
    return f"{body}{(10 - weighted % 10) % 10}"


def files(*, partners: int = 60, rules: int = 500) -> dict[str, str]:
    """Return the configuration's files: suppliers of all standards, every tenth a customer, one a hub."""
    written = {"company.yaml": _company()}
    for number in range(partners):
        written[f"partners/p{number:03d}.yaml"] = _partner(number)
    written["rules/10-lines.yaml"] = _rules(rules, partners)
    return written


def _company() -> str:
    vat = "\n".join(
        f'  - {{country: "{country}", category: S, rate: {rate}, code: "{code}"}}'
        for country, _ in COUNTRIES
        for rate, code in ((25, 5), (15, 6), (0, 0))
    )
    return f"""\
id: "1"
name: Generated AS
country: "NO"
currency: NOK
identities:
  - {{standard: x12, qualifier: ZZ, id: US, branch: "1"}}
  - {{standard: edifact, id: "{gln(99999)}", branch: "1"}}
  - {{standard: tradacoms, id: US, branch: "1"}}
defaults: {{account: "4000", charge_account: "4001", branch: "1", subaccount: {{1: "000", 2: "000"}}}}
dimensions:
  - {{segment: 1, name: department, length: 3}}
  - {{segment: 2, name: cost centre, length: 3}}
vat:
{vat}
units:
  - {{code: EA, list: X12_355, unit: EA}}
  - {{code: CA, list: X12_355, unit: CS}}
  - {{code: PCE, unit: EA}}
matching: {{ways: 3}}
"""


def _partner(number: int) -> str:
    standard = STANDARDS[number % 3]
    country, currency = COUNTRIES[number % len(COUNTRIES)]
    role = "own_hub" if number == 1 else "customer" if number % 10 == 9 else "supplier"
    ledger = {"supplier": f'supplier: "{50000 + number}"\n', "customer": f'customer: "{10000 + number}"\n'}
    qualifier = {"x12": ", qualifier: ZZ", "edifact": ', qualifier: "14"', "tradacoms": ""}[standard]
    return (
        f"name: Partner {number}\n"
        f"roles: [{role}]\n"
        f'country: "{country}"\n'
        f"currency: {currency}\n"
        f"{ledger.get(role, '')}"
        f"usage: [production, test]\n"
        f'identities: [{{standard: {standard}{qualifier}, id: "{gln(number)}"}}]\n'
        f"mailboxes: {{inbound: [/p{number:03d}/Inbound], outbound: /p{number:03d}/Outbound}}\n"
        f'items: [{{code: "OWN-{number}", item: "I{number:04d}", scheme: SELLER}}]\n'
        f"tolerances: {{unit_price: {{percent: {number % 4}}}}}\n"
    )


def _rules(count: int, partners: int) -> str:
    """Rules as a company's grow: most about one supplier and one item or text, some about everybody."""
    lines = ["mode: first", "rules:"]
    for number in range(count):
        account, department = ACCOUNTS[number % 100], DEPARTMENTS[number % 100]
        when = (
            f"line_note: {{matches: 'code-{number}'}}"
            if number % 25 == 0
            else f'supplier: "{50000 + number % partners}", item.seller_id: "SPECIAL-{number}"'
        )
        lines.append(
            f"  - {{name: rule {number}, for: line, when: {{{when}}}, "
            f'set: {{account: "{account}", subaccount: {{1: "{department}", 2: "000"}}}}}}'
        )
    return "\n".join(lines) + "\n"


def snapshot(*, partners: int = 60, items: int = 500, orders: int = 2000, lines: int = 10) -> Snapshot:
    """Return a ledger with so many orders, each received whole and not invoiced."""
    return Snapshot(
        suppliers=tuple(_business_partner(50000 + number, number) for number in range(partners)),
        customers=tuple(_business_partner(10000 + number, number) for number in range(partners)),
        items=tuple(_item(number) for number in range(items)),
        accounts=ACCOUNTS,
        branches=("1",),
        warehouses=("1",),
        terms=("30",),
        currencies=tuple({currency for _, currency in COUNTRIES}),
        vat_codes=("0", "5", "6"),
        units=("EA", "CS"),
        dimensions={1: DEPARTMENTS, 2: DEPARTMENTS},
        orders=tuple(_order(number, partners, items, lines) for number in range(orders)),
        receipts=tuple(
            ReceiptEntry(
                receipt=f"R{number:06d}",
                line=line + 1,
                order=order_number(number),
                order_line=line + 1,
                quantity=10,
            )
            for number in range(orders)
            for line in range(lines)
        ),
    )


def order_number(number: int) -> str:
    """Return the number of the n-th order."""
    return f"{100000 + number}"


def price(item: int) -> Decimal:
    """Return an item's price in every order."""
    return Decimal(100 + item) / 4


def _business_partner(ledger_number: int, number: int) -> PartnerEntry:
    country, currency = COUNTRIES[number % len(COUNTRIES)]
    return PartnerEntry(
        number=str(ledger_number),
        name=f"Partner {number}",
        gln=gln(number),
        country=country,
        currency=currency,
    )


def _item(number: int) -> ItemEntry:
    return ItemEntry(
        number=f"I{number:04d}",
        description=f"Item {number}",
        unit="EA",
        stock=True,
        codes=(CodeEntry(kind=CodeKind.BARCODE, code=gln(number + 1000)),),
        conversions=(ConversionEntry.model_validate({"from": "CS", "to": "EA", "factor": "12"}),),
    )


def _order(number: int, partners: int, items: int, lines: int) -> OrderEntry:
    supplier = number % partners
    return OrderEntry(
        number=order_number(number),
        supplier=str(50000 + supplier),
        currency=COUNTRIES[supplier % len(COUNTRIES)][1],
        lines=tuple(
            OrderLineEntry(
                line=line + 1,
                item=f"I{(number + line) % items:04d}",
                unit="EA",
                quantity=10,
                unit_price=price((number + line) % items),
                received=10,
            )
            for line in range(lines)
        ),
    )
