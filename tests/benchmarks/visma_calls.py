"""How many calls to Visma a posted document costs, counted by the simulator.

::

    python -m tests.benchmarks.visma_calls [--per-hour 200] [--containers 4] [--hours 3]

Time is moved, not waited for. Documents arrive evenly; each goes to the next of several warm containers,
which share their copies over DynamoDB. An order costs its look-ups and its post; an invoice is matched to
its order, its receipts and what was invoiced before. The first hour fills the copies; the last is the steady
state, which must stay within 1.1 calls an order and 2.1 an invoice, its attachment included.
"""

from __future__ import annotations

import argparse
import copy
import itertools
import json
import os
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from local.visma.company import Company, load_data
from local.visma.server import VismaServer
from local.visma.simulator import Simulator
from moto import mock_aws
from tests.audit_store import create_state_table
from tests.integration.visma.world import CREDENTIALS, settings

from ml_connector.store.reference_cache import ReferenceCache
from ml_connector.visma import BusinessKey, Posting, PostingLedger, ReferenceData, VismaClient, post
from ml_connector.visma.attachments import attach_rendering
from ml_connector.visma.models.purchase_order import PurchaseOrder, PurchaseOrderLine
from ml_connector.visma.models.supplier_invoice import LinkLine, SupplierInvoice, SupplierInvoiceLine

if TYPE_CHECKING:
    from collections.abc import Callable

LIMITS = {"order": Decimal("1.1"), "invoice": Decimal("2.1")}
EDI = b"UNB+UNOC:3+7300010000032:14+7000010000017:14+260320:1000+1'"


class MovedTime:
    """The time of all containers, moved on with each document."""

    def __init__(self) -> None:
        self.now = datetime.now(UTC)

    def seconds(self) -> float:
        """Return the moment as epoch seconds."""
        return self.now.timestamp()


class Container:
    """A warm function: a client and its look-ups, kept between documents."""

    def __init__(self, url: str, table: Any, clock: Callable[[], float]) -> None:
        self.client = VismaClient(settings(url), CREDENTIALS)
        self.data = ReferenceData(self.client, cache=ReferenceCache(table, "4242"), clock=clock)
        self.ledger = PostingLedger(table)

    def post(self, kind: str, number: str, body: Any, now: datetime) -> str:
        entity = "PurchaseOrder" if kind == "order" else "SupplierInvoice"
        key = BusinessKey("4242", entity, "malmberg", number, kind)
        posting = Posting(key, number, number, body)
        return post(self.client, self.ledger, posting, owner=number, now=lambda: now).number


def look_up(data: ReferenceData, barcodes: tuple[str, ...]) -> tuple[str, list[str]]:
    """Ask what a mapping asks; return supplier and items."""
    supplier = data.suppliers_by_gln("7300010000032")[0]
    items = [data.items_by_reference(code, types=("Barcode",))[0].inventory_number for code in barcodes]
    wanted = (
        data.account("4300"),
        data.has_segment_value(1, "100"),
        data.vat_rate("5", "02", date(2026, 3, 20)),
        data.branch("1"),
        data.currency("SEK"),
        data.credit_term("30"),
        data.warehouse("1"),
    )
    assert all(value is not None for value in wanted)
    return supplier.number, items


def post_order(container: Container, number: str, now: datetime) -> None:
    """Map and post an order of three lines."""
    supplier, items = look_up(container.data, ("7040001000015", "7040001000022", "7040001000039"))
    lines = tuple(PurchaseOrderLine(inventory=item, order_qty=Decimal(2)) for item in items)
    container.post("order", number, PurchaseOrder(supplier=supplier, lines=lines), now)


def post_invoice(container: Container, number: str, now: datetime) -> None:
    """Match and post an invoice of one received order line, and attach its rendering."""
    data = container.data
    supplier, _ = look_up(data, ("7040001000015",))
    order = data.purchase_order("000051")
    receipt = next(r for r in data.purchase_receipts(supplier) if r.lines[0].po_order_nbr == "000051")
    assert order is not None
    assert len(data.supplier_invoices(supplier)) >= int(number.rsplit("-", 1)[1]), (
        "an earlier invoice is unseen"
    )
    line = SupplierInvoiceLine(
        inventory_number="1001",
        quantity=Decimal("0.01"),
        unit_cost_in_currency=order.lines[0].unit_cost,
        link_line=LinkLine(
            purchase_type="PurchaseReceipt", purchase_number=receipt.receipt_nbr, purchase_line_nbr=1
        ),
    )
    body = SupplierInvoice(
        supplier_number=supplier, supplier_reference=number, date=date(2026, 3, 20), invoice_lines=(line,)
    )
    visma_number = container.post("invoice", number, body, now)
    attach_rendering(container.client, body, visma_number, title=f"Invoice {number}", facts={}, edi=EDI)


WORK = {"order": post_order, "invoice": post_invoice}


def measure(kind: str, options: argparse.Namespace) -> list[dict[str, Any]]:
    """Return each hour's calls per document and per endpoint."""
    time = MovedTime()
    hours = []
    company = Company(copy.deepcopy(load_data()), clock=lambda: time.now)
    with VismaServer(Simulator(company)) as server, mock_aws():
        table = create_state_table()
        containers = [Container(server.url, table, time.seconds) for _ in range(options.containers)]
        turns, numbers = itertools.cycle(containers), itertools.count()
        for hour in range(options.hours):
            before = Counter(server.simulator.journal.counts())
            for _ in range(options.per_hour):
                WORK[kind](next(turns), f"N-{next(numbers)}", time.now)
                time.now += timedelta(hours=1) / options.per_hour
            counts = Counter(server.simulator.journal.counts()) - before
            counts.pop("POST /connect/token", None)
            per_document = Decimal(counts.total()) / options.per_hour
            hours.append(
                {"kind": kind, "hour": hour + 1, "per_document": per_document, "calls": dict(counts)}
            )
    return hours


def _table(hours: list[dict[str, Any]]) -> list[str]:
    lines = []
    for hour in hours:
        lines.append(f"{hour['kind']:8} hour {hour['hour']}  {hour['per_document']:.3f} calls a document")
        ordered = sorted(hour["calls"].items(), key=lambda pair: -pair[1])
        lines += [f"{'':18}{count:5}  {endpoint}" for endpoint, count in ordered]
    return lines


def main() -> int:
    """Print the figures; fail where the steady state costs too much."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--per-hour", type=int, default=200)
    parser.add_argument("--containers", type=int, default=4)
    parser.add_argument("--hours", type=int, default=3)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    os.environ |= {"AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "x", "AWS_DEFAULT_REGION": "eu-north-1"}
    hours = [hour for kind in WORK for hour in measure(kind, options)]
    lines = [json.dumps(hours, default=str, indent=1)] if options.json else _table(hours)
    print("\n".join(lines))  # noqa: T201 - a benchmark prints
    steady = {hour["kind"]: hour["per_document"] for hour in hours}
    return int(any(steady[kind] > limit for kind, limit in LIMITS.items()))


if __name__ == "__main__":
    raise SystemExit(main())
