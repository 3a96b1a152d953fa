"""How fast invoices are mapped and matched, and how many calls to Visma that takes.

::

    python -m tests.benchmarks.mapping [--invoices 1000] [--orders 2000] [--rules 500] [--repeat 3]

Ten-line invoices of 60 partners against open orders of ten lines, each received whole, with so many rules.
First over look-ups in memory: the mapping and matching alone. Then over the real client and a simulator of
Visma on the same machine, whose answer times are in the rate; the calls are what counts there.
"""

from __future__ import annotations

import argparse
import json
import time
from decimal import Decimal
from statistics import median
from typing import TYPE_CHECKING, Any

from local.visma.company import Company, load_data
from local.visma.server import VismaServer
from local.visma.simulator import Simulator
from tests.generated_configuration import (
    ACCOUNTS,
    COUNTRIES,
    DEPARTMENTS,
    files,
    gln,
    order_number,
    price,
    snapshot,
)
from tests.unit.mapping.papers import invoice, invoice_line

from ml_connector.mapping import map_document
from ml_connector.mapping.ledger_lookups import LedgerLookups
from ml_connector.mapping.snapshot import SnapshotLookups
from ml_connector.matching import Result
from ml_connector.partners import parse
from ml_connector.visma import VismaClient, VismaCredentials, VismaSettings
from ml_connector.visma.reference_data import ReferenceData

if TYPE_CHECKING:
    from ml_connector.documents import Invoice
    from ml_connector.mapping import Lookups
    from ml_connector.partners import Configuration

PARTNERS, ITEMS, LINES = 60, 500, 10


def papers(count: int, orders: int) -> list[tuple[str, Invoice]]:
    """Return invoices with their partners' ids: each bills one order of its supplier whole."""
    made = []
    for number in (n for n in range(orders) if _sends_invoices(n % PARTNERS)):
        lines = [
            invoice_line(
                line + 1,
                10,
                str(price((number + line) % ITEMS)),
                order=order_number(number),
                gtin=gln((number + line) % ITEMS + 1000),
            )
            for line in range(LINES)
        ]
        currency = COUNTRIES[number % PARTNERS % len(COUNTRIES)][1]
        made.append((f"p{number % PARTNERS:03d}", invoice(*lines, number=f"INV-{number}", currency=currency)))
    return made[:count]


def _sends_invoices(partner: int) -> bool:
    return partner != 1 and partner % 10 != 9


def run(documents: list[tuple[str, Invoice]], configuration: Configuration, lookups: Lookups) -> float:
    """Map every document, check that each matched, and return the seconds it took."""
    start = time.perf_counter()
    for partner, document in documents:
        result = map_document(
            document, configuration.partner(partner), configuration, lookups, document_id="benchmark"
        )
        if result.match is None or result.match.result is not Result.MATCHED:
            raise SystemExit(f"{document.number} did not match: {result.holds}")
    return time.perf_counter() - start


def company_data(orders: int) -> dict[str, Any]:
    """Return the simulator's company with the generated masters and orders in place of its own."""
    data = load_data()
    ledger = snapshot(partners=PARTNERS, items=ITEMS, orders=orders, lines=LINES)
    for kept in ("customer_invoices", "shipments", "sales_orders", "supplier_payments"):
        data[kept] = []
    data["suppliers"] = [
        {
            "number": entry.number, "name": entry.name, "country": entry.country, "city": "", "vat": "",
            "corporate_id": "", "gln": entry.gln, "currency": entry.currency, "terms": "30",
            "vat_zone": "01",
        }
        for entry in ledger.suppliers
    ]  # fmt: skip
    data["items"] = [
        {
            "number": item.number, "description": item.description, "unit": "EA", "stock": True, "vat": "5",
            "cost": "1", "supplier": "50000",
            "references": [["Barcode", item.codes[0].code]], "units": [["CS", "EA", "Multiply", 12]],
        }
        for item in ledger.items
    ]  # fmt: skip
    data["accounts"] += [{"number": a, "type": "Expense", "description": a} for a in ACCOUNTS]
    values = dict.fromkeys(DEPARTMENTS, "generated")
    data["dimensions"]["SUBACCOUNT"] = [
        {"id": segment, "description": "generated", "length": 3, "values": values} for segment in (1, 2)
    ]
    data["purchase_orders"] = [
        {
            "number": order.number, "supplier": order.supplier, "date": "2026-03-02",
            "currency": order.currency,
            "lines": [[line.item, str(line.quantity), str(line.unit_price), "10"] for line in order.lines],
        }
        for order in ledger.orders
    ]  # fmt: skip
    return data


def against_simulator(
    documents: list[tuple[str, Invoice]], configuration: Configuration, orders: int
) -> tuple[float, int, int]:
    """Return the seconds of a warm run, the calls of the first run and those of the warm one."""
    with VismaServer(Simulator(company=Company(company_data(orders)))) as server:
        settings = VismaSettings(
            base_url=server.url, sales_order_url=server.url, company_id="4242",
            token_url=f"{server.url}/connect/token",
        )  # fmt: skip
        credentials = VismaCredentials(
            client_id="isv_ml_connector",
            client_secret="simulator-secret",
            tenant_id="00000000-0000-4000-8000-000000004242",
        )
        with VismaClient(settings, credentials) as client:
            lookups = LedgerLookups(ReferenceData(client))
            run(documents[:50], configuration, lookups)
            cold = client.calls
            seconds = run(documents, configuration, lookups)
            return seconds, cold, client.calls - cold


def main() -> None:
    """Run both measurements and print them as JSON."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--invoices", type=int, default=1000)
    parser.add_argument("--orders", type=int, default=2000)
    parser.add_argument("--rules", type=int, default=500)
    parser.add_argument("--repeat", type=int, default=3)
    given = parser.parse_args()
    start = time.perf_counter()
    configuration = parse(files(partners=PARTNERS, rules=given.rules))
    loading = time.perf_counter() - start
    documents = papers(given.invoices, given.orders)
    ledger = SnapshotLookups(snapshot(partners=PARTNERS, items=ITEMS, orders=given.orders, lines=LINES))
    run(documents[:5], configuration, ledger)
    memory = median(run(documents, configuration, ledger) for _ in range(given.repeat))
    seconds, cold, warm = against_simulator(documents, configuration, given.orders)
    figures = {
        "invoices": len(documents), "lines": len(documents) * LINES,
        "orders": given.orders, "rules": given.rules,
        "configuration_loaded_in_seconds": _rounded(loading),
        "in_memory": {"seconds": _rounded(memory), "invoices_per_second": _rounded(len(documents) / memory)},
        "over_visma": {
            "seconds": _rounded(seconds), "invoices_per_second": _rounded(len(documents) / seconds),
            "calls_to_fill_the_copies": cold, "calls_per_invoice_after": _rounded(warm / len(documents)),
        },
    }  # fmt: skip
    print(json.dumps(figures, indent=2, default=str))  # noqa: T201 - a benchmark prints


def _rounded(number: float) -> Decimal:
    return Decimal(str(round(number, 3))).normalize()


if __name__ == "__main__":
    main()
