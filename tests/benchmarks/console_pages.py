"""What each page of the web page reads on 100,000 documents: ``python -m tests.benchmarks.console_pages``.

DynamoDB charges half a unit for each 4 KB of an eventually consistent read, one for a strongly consistent
one, rounded up by call; both are counted here from the items that calls answer with, as JSON, which is
somewhat larger than what DynamoDB charges for. The table is in memory, so no times are told.
"""

from __future__ import annotations

import argparse
import json
import math
import os
from datetime import UTC, datetime, timedelta

from boto3.dynamodb.types import TypeSerializer
from moto import mock_aws
from moto.dynamodb.models import dynamodb_backends
from tests.audit_store import StoredParts

from ml_connector.console import documents, figures
from ml_connector.console.access import Right, Visitor
from ml_connector.partners import parse, read_folder

READER = Visitor("reader", frozenset({Right.READ}))
STATUSES = ("posted", "posted", "posted", "sent", "logged", "logged", "closed", "failed")
PAGES = {
    "documents, the last days": lambda parts: documents.search_page({}, parts),
    "documents by number": lambda parts: documents.search_page({"number": "INV-77"}, parts),
    "documents of a partner": lambda parts: documents.search_page({"partner": "great-lakes-tools"}, parts),
    "documents that failed": lambda parts: documents.search_page({"status": "failed"}, parts),
    "documents, a filter nothing fits": lambda parts: documents.search_page(
        {"partner": "great-lakes-tools", "type": "none"}, parts
    ),
    "a document": lambda parts: documents.document_page("d-77", parts, READER),
    "overview": figures.overview_page,
    "a partner": lambda parts: figures.partner_page("great-lakes-tools", parts),
    "matching": figures.matching_page,
}


class Meter:
    """Counts calls, items and read units."""

    def __init__(self, client):
        self.calls = self.items = 0
        self.units = 0.0
        client.meta.events.register("before-parameter-build.dynamodb", self._asked)
        client.meta.events.register("after-call.dynamodb", self._answered)

    def _asked(self, params, model, **_):
        assert model.name in {"Query", "GetItem"}, model.name
        self._unit = 1.0 if params.get("ConsistentRead") else 0.5

    def _answered(self, parsed, **_):
        items = parsed.get("Items", [parsed["Item"]] if "Item" in parsed else [])
        self.calls += 1
        self.items += len(items)
        self.units += self._unit * max(1, math.ceil(sum(len(json.dumps(one)) for one in items) / 4096))


def main() -> None:
    """Fill the table and print a row for each page."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--documents", type=int, default=100_000)
    many = options.parse_args().documents
    os.environ |= {"AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "x", "AWS_DEFAULT_REGION": "eu-north-1"}
    with mock_aws():
        parts = StoredParts(parse(read_folder("examples/configuration")))
        fill(parts, many)
        print(f"{many:,} documents\n{'page':36}{'calls':>8}{'items':>8}{'read units':>12}")  # noqa: T201 - a command prints
        for name, show in PAGES.items():
            client = parts._session.client("dynamodb")
            meter = Meter(client)
            parts.queries._dynamodb = client
            show(parts)
            print(f"{name:36}{meter.calls:8}{meter.items:8}{meter.units:12.1f}")  # noqa: T201


def fill(parts, many: int) -> None:
    """Put documents of the last fourteen days straight into the table in memory."""
    (backend,) = [one for account in dynamodb_backends.values() for one in account.values() if one.tables]
    table, serialize = backend.tables["audit"], TypeSerializer().serialize
    partners = [partner.id for partner in parts.configuration.partners]
    step, first = timedelta(days=13) / many, datetime.now(UTC) - timedelta(days=13)
    for number in range(many):
        for row in _rows(number, partners[number % len(partners)], first + number * step):
            table.put_item({name: serialize(value) for name, value in row.items()})


def _rows(number, partner, moment):
    item, stamp, status = f"d-{number}", f"{moment:%Y-%m-%dT%H:%M:%S.%fZ}", STATUSES[number % len(STATUSES)]
    key = {"pk": f"ITEM#{item}", "item": item}
    state = key | {
        "sk": "META", "kind": "document", "direction": "in", "type": "810", "standard": "x12",
        "number": f"INV-{number}", "partner": partner, "status": status, "status_since": stamp,
        "created_at": stamp, "created_day": stamp[:10], "updated_at": stamp, "entity": "SupplierInvoice",
        "reason": "The supplier of this partner is unknown. " * 4, "control_number": f"{number:09}",
        "bytes": {"bucket": "documents", "key": f"messages/{item}", "sha256": "0" * 64, "size": 900},
    }  # fmt: skip
    if status == "failed":
        state["open_status"] = status
    event = {"pk": key["pk"], "sk": f"EVT#{stamp}", "event": status, "at": stamp, "step": "post", "facts": {}}
    return [state, event, key | {"sk": "NUM#n", "business_number": f"INV-{number}", "at": stamp}]


if __name__ == "__main__":
    main()
