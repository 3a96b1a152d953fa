from __future__ import annotations

import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from ml_connector.documents import DOCUMENTS, OrderLine, PurchaseOrder
from ml_connector.documents.schemas import schemas

FOLDER = Path(__file__).parents[3] / "docs" / "schemas"


@pytest.mark.parametrize("name", sorted(schemas()))
def test_published_schema_is_the_models(name):
    published = (FOLDER / name).read_text(encoding="utf-8")
    assert published == schemas()[name], "run: python -m ml_connector.documents.schemas docs/schemas"


@pytest.mark.parametrize("text", schemas().values(), ids=schemas())
def test_schema_is_valid(text):
    Draft202012Validator.check_schema(json.loads(text))


def test_what_is_printed_fits_the_schema_but_for_derived_totals():
    order = PurchaseOrder(order_number="4711", lines=(OrderLine(line_number="1", quantity="2.50"),))
    printed = json.loads(DOCUMENTS.dump_json(order, exclude_none=True))
    del printed["totals"]
    schema = json.loads(schemas()["purchase-order.schema.json"])
    assert list(Draft202012Validator(schema).iter_errors(printed)) == []
