from __future__ import annotations

import json
from datetime import date
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from ml_connector.visma.models.purchase_order import PurchaseOrder, PurchaseOrderLine
from ml_connector.visma.wire import dump_json, load_json, number_in, path_key, read_path_key


@given(st.decimals(allow_nan=False, allow_infinity=False, places=6, min_value=-(10**12), max_value=10**12))
def test_decimals_survive_both_ways(value):
    assert load_json(dump_json({"v": value}))["v"] == value


@given(st.text(min_size=1))
def test_keys_survive_the_path(key):
    segment = path_key(key)
    assert "/" not in segment
    from urllib.parse import unquote

    assert read_path_key(unquote(segment)) == key or key.startswith("b64(")


def test_reserved_keys_are_written_as_the_description_has_them():
    assert path_key(":/?#[]@&*+;") == "b64(Oi8_I1tdQCYqKzs)"


def test_scalars_are_wrapped_and_operations_are_not():
    order = PurchaseOrder(
        supplier="5", date=date(2026, 1, 2), lines=(PurchaseOrderLine(order_qty=Decimal("1.50")),)
    )
    body = json.loads(dump_json(order.body()))
    assert body["date"] == {"value": "2026-01-02T00:00:00"}
    assert body["lines"] == [{"operation": "Insert", "orderQty": {"value": 1.5}}]


def test_the_number_is_the_location_s_last_segment_whatever_its_host():
    assert number_in("http://h/http://h/v1/purchaseorder/000123") == "000123"
    assert number_in("https://old.host/API/controller/api/v1/supplierInvoice/DebitAdj/000357") == "000357"
    assert number_in("") == ""
