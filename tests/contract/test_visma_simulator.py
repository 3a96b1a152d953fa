"""The running simulator's answers, held against Visma's published description."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest
from local.visma.routing import ROUTES
from local.visma.server import VismaServer
from local.visma.simulator import Simulator
from tests.integration.visma.world import CREDENTIALS, settings

from ml_connector.visma import VismaClient

_PUBLISHED = Path(__file__).parents[3] / "shared" / "reference" / "visma" / "openapi-trimmed.json"

pytestmark = pytest.mark.skipif(not _PUBLISHED.exists(), reason="Visma's description is not here")

# Query parameters without which a list is refused or leaves parts out.
_QUERY = {
    "/v2/journaltransaction": {"periodId": "202603"},
    "/v1/inventory": {"expandCrossReference": True, "expandInventoryUnits": True},
    "/v1/purchaseorder": {"includeCustomFreeFields": True},
    "/v1/customerinvoice": {"expandTaxDetails": True},
}


@pytest.fixture(scope="module")
def published():
    return json.loads(_PUBLISHED.read_text())


@pytest.fixture(scope="module")
def client():
    with VismaServer(Simulator()) as server, VismaClient(settings(server.url), CREDENTIALS) as client:
        yield client


def strict(schema, published):
    """The published schema; null is allowed everywhere, as Visma's reads have it, unknown members nowhere."""
    if isinstance(schema, list):
        return [strict(part, published) for part in schema]
    if not isinstance(schema, dict):
        return schema
    if "$ref" in schema:
        return strict(published["components"]["schemas"][schema["$ref"].rsplit("/", 1)[-1]], published)
    made = {
        name: part for name, part in schema.items() if name not in {"properties", "items", "required", "enum"}
    }
    if isinstance(made.get("type"), str):
        made["type"] = [made["type"], "null"]
    if "properties" in schema:
        made["properties"] = {name: strict(part, published) for name, part in schema["properties"].items()}
        made["additionalProperties"] = False
    if "items" in schema:
        made["items"] = strict(schema["items"], published)
    return made


LISTS = sorted(
    {
        r.path
        for r in ROUTES.routes
        if r.method == "GET" and "{" not in r.path and r.path.startswith(("/v1", "/v2"))
    }
)


@pytest.mark.parametrize("path", LISTS)
def test_a_list_answers_as_published(client, published, path):
    schema = published["paths"][path]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
    body = client.get(path, _QUERY.get(path)).body
    jsonschema.validate(json.loads(json.dumps(body, default=float)), strict(schema, published))


def test_every_path_of_the_simulator_is_published(published):
    known = {
        (method.upper(), _shape(path)) for path, methods in published["paths"].items() for method in methods
    }
    ours = {(r.method, _shape(r.path)) for r in ROUTES.routes if r.path.startswith(("/v1", "/v2"))}
    assert ours - known == set()


def _shape(path):
    return ["{}" if part.startswith("{") else part.lower() for part in path.split("/")].__str__()
