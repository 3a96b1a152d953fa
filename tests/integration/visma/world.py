"""A Visma simulator on the wire, a state table that can fail, and a clock that tests move."""

from __future__ import annotations

import copy
import ssl
import threading
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any, TypeVar

from botocore.exceptions import ClientError
from local.visma.company import Company, load_data
from local.visma.faults import FaultPlan, Rule
from local.visma.simulator import Simulator

from ml_connector.errors import ConnectorError, Unavailable
from ml_connector.store.ledger import BusinessKey, PostingLedger
from ml_connector.visma import Posted, Posting, VismaClient, VismaCredentials, VismaSettings, post
from ml_connector.visma.calls import http_client
from ml_connector.visma.changing import ENTITY as PURCHASE_ORDER_CHANGE
from ml_connector.visma.models.cash_transaction import CashTransaction, CashTransactionLine
from ml_connector.visma.models.journal_transaction import JournalTransaction, JournalTransactionLine
from ml_connector.visma.models.purchase_order import PurchaseOrder, PurchaseOrderLine
from ml_connector.visma.models.purchase_order_change import PurchaseOrderChange
from ml_connector.visma.models.sales_order import SalesOrder, SalesOrderCustomer, SalesOrderLine
from ml_connector.visma.models.supplier_invoice import SupplierInvoice, SupplierInvoiceLine

if TYPE_CHECKING:
    from collections.abc import Callable

    from local.visma.server import VismaServer

    from ml_connector.visma.wire import WriteModel

DAY = date(2026, 3, 20)
DATA = load_data()
# Loading the system's certificates takes longer than a posting, and the simulator needs none.
TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
TENANT = "00000000-0000-4000-8000-000000004242"
CREDENTIALS = VismaCredentials(
    client_id="isv_ml_connector", client_secret="simulator-secret", tenant_id=TENANT
)


class Killed(BaseException):
    """The process died here."""


class MemoryTable:
    """The calls of the ledger, as DynamoDB answers them; moto would cost the matrix minutes."""

    def __init__(self, restored_to: datetime | None = None) -> None:
        self.items: dict[str, dict[str, Any]] = {}
        self.restore_summary = {"RestoreDateTime": restored_to} if restored_to else None
        self.creation_date_time = datetime.now(UTC)

    def put_item(self, *, Item: dict[str, Any], ConditionExpression: str = "") -> dict[str, Any]:  # noqa: N803
        assert ConditionExpression in {"", "attribute_not_exists(pk)"}
        if ConditionExpression and Item["pk"] in self.items:
            raise _condition_failed("PutItem")
        self.items[Item["pk"]] = dict(Item)
        return {}

    def get_item(self, *, Key: dict[str, str], ConsistentRead: bool) -> dict[str, Any]:  # noqa: N803 - boto3
        assert ConsistentRead
        item = self.items.get(Key["pk"])
        return {"Item": dict(item)} if item else {}

    def update_item(self, **call: Any) -> dict[str, Any]:
        assert call["ConditionExpression"] == "#fence = :fence"
        item, values = self.items[call["Key"]["pk"]], call["ExpressionAttributeValues"]
        if item["fence"] != values[":fence"]:
            raise _condition_failed("UpdateItem")
        for assignment in call["UpdateExpression"].removeprefix("SET ").split(", "):
            name, value = assignment.split(" = ")
            item[call["ExpressionAttributeNames"][name]] = values[value]
        return {"Attributes": dict(item)}


def _condition_failed(operation: str) -> ClientError:
    return ClientError({"Error": {"Code": "ConditionalCheckFailedException", "Message": ""}}, operation)


@dataclass
class Port:
    """Atomic calls of a store, one of which may fail as told, or be the last thing its process does."""

    fail_at: int = -1
    how: str = ""
    calls: list[str] = field(default_factory=list)
    lock: Any = field(default_factory=threading.RLock)

    def call(self, name: str, make: Callable[[], Any]) -> Any:
        with self.lock:
            strikes = len(self.calls) == self.fail_at
            self.calls.append(name)
            if strikes and self.how.endswith("before"):
                self.strike(name)
            answer = make()
            if strikes and self.how.endswith("after"):
                self.strike(name)
            return answer

    def strike(self, name: str) -> None:
        raise Killed if self.how.startswith("kill") else self.failure(name)

    def failure(self, name: str) -> Exception:
        return Unavailable(f"{name} did not answer (injected).")


class FailingTable(Port):
    """A table whose n-th call may fail; each call is atomic, as DynamoDB's are."""

    def __init__(self, table: Any) -> None:
        super().__init__()
        self.table = table

    def __getattr__(self, name: str) -> Callable[..., Any]:
        return lambda **arguments: self.call(name, lambda: getattr(self.table, name)(**arguments))

    @property
    def restore_summary(self) -> Any:
        """What boto3 asks DescribeTable for."""
        return self.call("describe_table", lambda: self.table.restore_summary)

    @property
    def creation_date_time(self) -> datetime:
        """What the same answer of DescribeTable said."""
        return self.table.creation_date_time

    def failure(self, name: str) -> Exception:
        return ClientError({"Error": {"Code": "InternalServerError", "Message": "injected"}}, name)


STORE_FAULTS = ("kill_before", "kill_after", "error_before", "error_after")


Outcome = TypeVar("Outcome")


def at_once(run: Callable[[int], Outcome], executions: int) -> list[Outcome]:
    """What executions come to that all begin at once; a single one runs in this thread."""
    if executions == 1:
        return [run(0)]
    outcomes: list[Outcome] = []
    threads = [threading.Thread(target=lambda n=n: outcomes.append(run(n))) for n in range(executions)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes


class MovableClock:
    """Real time plus what a test has added."""

    def __init__(self) -> None:
        self.added = timedelta()

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.added

    def advance(self, seconds: float) -> None:
        self.added += timedelta(seconds=seconds)


def settings(url: str) -> VismaSettings:
    return VismaSettings(
        base_url=url,
        sales_order_url=url,
        token_url=f"{url}/connect/token",
        company_id="4242",
        read_timeout=5,
        background_wait=0.15,
        background_poll=0.02,
    )


class World:
    """Everything a posting meets, fresh."""

    def __init__(self, server: VismaServer, table: Any) -> None:
        server.simulator = Simulator(company=Company(copy.deepcopy(DATA)))
        self.simulator = server.simulator
        self.settings = settings(server.url)
        self.table = FailingTable(table)
        self.clock = MovableClock()

    def lose_patience(self) -> None:
        """Let no call wait for what FAULT_SECONDS makes late."""
        self.settings = self.settings.model_copy(update={"read_timeout": 0.25})

    def client(self) -> VismaClient:
        return VismaClient(self.settings, CREDENTIALS, http=http_client(self.settings, TLS))

    def strike_http(self, index: int, kind: str) -> None:
        """The n-th call from now, whatever it is, has a fault."""
        rule = Rule(kind, skip=index, seconds=FAULT_SECONDS.get(kind, 0.0))  # type: ignore[arg-type]
        self.simulator.faults = FaultPlan([*self.simulator.faults.rules, rule])

    def http_calls(self) -> list[str]:
        return [f"{entry['method']} {entry['endpoint']}" for entry in self.simulator.journal.entries()]

    def run(self, posting: Posting, executions: int) -> list[Posted | BaseException]:
        """One round: cold executions at once, each with connections and ledger of its own."""
        return at_once(lambda number: self._execute(posting, f"execution-{number}"), executions)

    def _execute(self, posting: Posting, owner: str) -> Posted | BaseException:
        with self.client() as client:
            try:
                return post(client, PostingLedger(self.table), posting, owner=owner, now=self.clock)
            except (ConnectorError, Killed) as error:
                return error

    def drive(self, posting: Posting, executions: int, rounds: int = 8) -> list[Posted | BaseException]:
        """Run round after round, time passing in between, until every execution has posted."""
        history: list[Posted | BaseException] = []
        for _ in range(rounds):
            outcomes = self.run(posting, executions)
            history += outcomes
            assert self.simulator.journal.wait_idle(5)
            if all(isinstance(outcome, Posted) for outcome in outcomes):
                return history
            self.clock.advance(self.settings.lease_seconds + 1)
        raise AssertionError(f"not posted after {rounds} rounds: {history}")

    def documents(self, kind: Kind, stamp: str) -> list[str]:
        rows = self.simulator.company.table(kind.table).items()
        return [number for number, row in rows if stamp in str(row.get(kind.stamped))]


# Latency beyond the client's patience, and work that Visma does after the connection broke.
FAULT_SECONDS = {
    "latency": 0.4,
    "cut_late": 0.3,
    "slow_body": 0.4,
    "background": 0.05,
    "accepted": 0.05,
    "throttle": 1.0,
}


@dataclass(frozen=True)
class Kind:
    """One kind of document: what is posted, where it must then be once, with how many lines if that tells."""

    name: str
    entity: str
    table: str
    stamped: str
    body: WriteModel
    number: str = "N-1"
    lines: int = 0

    def posting(self, number: str = "", content: str = "c1") -> Posting:
        key = BusinessKey("4242", self.entity, "acme", number or self.number, self.name)
        return Posting(key, f"document-{key.number}", content, self.body)


def _invoice(document_type: str) -> SupplierInvoice:
    line = SupplierInvoiceLine(
        inventory_number="1001", quantity=Decimal(2), unit_cost_in_currency=Decimal("895.00"), uom="EA"
    )
    return SupplierInvoice(
        document_type=document_type,  # type: ignore[arg-type]
        supplier_number="50002",
        supplier_reference="MV-1",
        date=DAY,
        invoice_lines=(line,),
    )


KINDS = (
    Kind(
        "order",
        "PurchaseOrder",
        "purchase_order",
        "customStr5",
        PurchaseOrder(
            supplier="50002",
            date=DAY,
            lines=(PurchaseOrderLine(inventory="1001", order_qty=Decimal(2), unit_cost=Decimal("895.00")),),
        ),
    ),
    Kind("invoice", "SupplierInvoice", "supplier_invoice", "note", _invoice("Invoice")),
    Kind("credit_note", "SupplierInvoice", "supplier_invoice", "note", _invoice("DebitAdj")),
    Kind(
        "sales_order",
        "SalesOrder",
        "sales_order",
        "description",
        SalesOrder(
            customer=SalesOrderCustomer(id="10000", order="HB-1"),
            order_lines=(SalesOrderLine(inventory_id="1001", quantity=Decimal(1), unit_price=Decimal(1290)),),
        ),
    ),
    Kind(
        "journal",
        "JournalTransaction",
        "journal",
        "description",
        JournalTransaction(
            transaction_date=DAY,
            description="Freight",
            journal_transaction_lines=(
                JournalTransactionLine(account_number="7140", debit_amount_in_currency=Decimal(100)),
                JournalTransactionLine(account_number="2990", credit_amount_in_currency=Decimal(100)),
            ),
        ),
    ),
    Kind(
        "cash",
        "CashTransaction",
        "cash",
        "description",
        CashTransaction(
            tran_date=DAY,
            cash_account="1920",
            entry_type="INN",
            cash_transaction_details=(CashTransactionLine(offset_account="1500", amount=Decimal(100)),),
        ),
    ),
)

# An order that the simulator's company has, two lines long; the change adds a third.
CHANGED_ORDER = "000052"
CHANGE = Kind(
    "order_change",
    PURCHASE_ORDER_CHANGE,
    "purchase_order",
    "customStr4",
    PurchaseOrderChange(
        order_number=CHANGED_ORDER,
        custom_str4="1",
        lines=(
            PurchaseOrderLine(operation="Update", line_number=2, order_qty=Decimal(120)),
            PurchaseOrderLine(inventory="1005", uom="EA", order_qty=Decimal(1), unit_cost=Decimal(600)),
        ),
    ),
    number=CHANGED_ORDER,
    lines=3,
)
