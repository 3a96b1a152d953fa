"""The running simulator tried by schemathesis: what the published description allows, and what it forbids."""

from __future__ import annotations

import copy
import json
import os
import re
import subprocess
from pathlib import Path

import httpx
import pytest
from local.visma.limits import RateLimit
from local.visma.routing import ROUTES
from local.visma.server import VismaServer
from local.visma.simulator import Simulator
from tests.integration.visma.world import CREDENTIALS, KINDS, settings

from ml_connector.visma import VismaClient
from ml_connector.visma.entities import entity_named

_ROOT = Path(__file__).parents[2]
_PUBLISHED = _ROOT.parent / "shared" / "reference" / "visma" / "openapi-trimmed.json"
_PROGRAM = _ROOT / ".venvs" / "contract" / "bin" / "schemathesis"

pytestmark = [
    pytest.mark.skipif(not _PUBLISHED.exists(), reason="Visma's description is not here"),
    pytest.mark.skipif(not _PROGRAM.exists(), reason="make setup has not installed schemathesis"),
]

# A share is tried, with all of them each operation's every boundary too (`make soak`).
_ALL = bool(os.environ.get("ML_CONNECTOR_TRY_ALL"))
# Nothing breaks, answers are as published, and a body that is not as published is refused.
_CHECKS = "not_a_server_error,response_schema_conformance,content_type_conformance,negative_data_rejection"
_COMPONENT = "#/components/schemas/"


def shape(path):
    return re.sub(r"\{\w+\}", "{}", path.lower())


def with_parameters(published):
    """The description with each operation's parameters in it, instead of references to them."""
    known = published["components"]["parameters"]
    for operations in published["paths"].values():
        for operation in operations.values():
            given = operation.get("parameters", ())
            operation["parameters"] = [
                known[one["$ref"].rsplit("/", 1)[1]] if "$ref" in one else one for one in given
            ]
    return published


def loosen_nulls(schemas):
    """Let each member be null: the description does not say which may, and Visma takes a null (API A4)."""
    for schema in schemas.values():
        for name, member in schema.get("properties", {}).items():
            whole = {"allOf": [member]} if "$ref" in member else member
            schema["properties"][name] = {**whole, "nullable": True}
            if "enum" in member:
                schema["properties"][name]["enum"] = [*member["enum"], None]


# A document or master that is there, by how its path begins; what is posted here has the series' next number.
KEYS = {
    "/v1/purchaseorder/": "000051",
    "/v1/purchasereceipt/": "000501",
    "/v2/purchasereceipt/": "000501",
    "/v1/supplierinvoice/": "002001",
    "/v2/journaltransaction/": "007001",
    "/v1/cashtransaction/": "000301",
    "/v1/customerinvoice/": "003901",
    "/v1/customercreditnote/": "003903",
    "/v1/shipment/": "000551",
    "/v1/supplierpayment/": "000751",
    "/v1/supplier/": "50002",
    "/v1/customer/": "10000",
    "/v1/account/": "1460",
    "/v1/vatzone/": "01",
    "/v1/branch/": "1",
    "/v1/warehouse/": "1",
    "/v1/currency/": "NOK",
    "/v1/inventory/": "1001",
    "/v1/dimension/": "SUBACCOUNT",
}
POSTED = {"invoice", "journal", "cash"}


def served(published):
    """The description of those operations that the simulator serves."""
    ours = {(route.method.lower(), shape(route.path)) for route in ROUTES.routes}
    paths = {}
    for path, operations in published["paths"].items():
        kept = {
            method: tried(path, one) for method, one in operations.items() if (method, shape(path)) in ours
        }
        if kept:
            paths[path] = kept
    return paths


def tried(path, operation):
    """The operation as it is tried: of no version and in the foreground, since neither 412 nor 202 says more.

    What Visma makes of a filter that is none is not known, so filters are any text. A document that was
    created is answered without a body, where the description has an object (API A3).
    """
    parameters = [
        loosened(path, one)
        for one in operation.get("parameters", ())
        if one["name"] not in {"erp-api-background", "If-Match"}
    ]
    answers = {
        status: {**one, "content": {}} if status == "201" else one
        for status, one in operation["responses"].items()
    }
    return {**operation, "parameters": parameters, "responses": answers}


def loosened(path, parameter):
    known = next((key for start, key in KEYS.items() if path.lower().startswith(start)), None)
    if parameter["in"] == "path" and parameter["name"] == "documentType":
        return {**parameter, "schema": {"type": "string", "enum": ["Invoice"]}}
    if parameter["in"] == "path" and known:
        return {**parameter, "schema": {"type": "string", "enum": [known]}}
    return {**parameter, "schema": {"type": "string"}} if parameter["in"] == "query" else parameter


class Answers:
    """Schemas of answers: null is allowed everywhere, unknown members nowhere; times have no zone."""

    def __init__(self, schemas):
        self.published, self.made = schemas, {}

    def strict(self, schema):
        if "$ref" in schema:
            return {"$ref": _COMPONENT + self._component(schema["$ref"].removeprefix(_COMPONENT))}
        made = {**schema, "nullable": True}
        made.pop("required", None)
        made.pop("format", None)
        if "enum" in made:
            made["enum"] = [*made["enum"], None]
        if "properties" in schema:
            made["properties"] = {name: self.strict(one) for name, one in schema["properties"].items()}
            made["additionalProperties"] = False
        if "items" in schema:
            made["items"] = self.strict(schema["items"])
        return made

    def _component(self, name):
        answer = f"Answer{name}"
        if answer not in self.made:
            self.made[answer] = {}
            self.made[answer] = self.strict(self.published[name])
        return answer


@pytest.fixture(scope="module")
def description(tmp_path_factory):
    published = with_parameters(json.loads(_PUBLISHED.read_text()))
    answers = Answers(copy.deepcopy(published["components"]["schemas"]))
    loosen_nulls(published["components"]["schemas"])
    paths = served(published)
    for operations in paths.values():
        for operation in operations.values():
            for answer in operation["responses"].values():
                for content in answer.get("content", {}).values():
                    content["schema"] = answers.strict(content["schema"])
    published["components"]["schemas"].update(answers.made)
    file = tmp_path_factory.mktemp("description") / "served.json"
    file.write_text(json.dumps({**published, "paths": paths}))
    return file


@pytest.fixture(scope="module")
def server():
    with VismaServer(Simulator(limits=RateLimit(limit=10**9))) as running:
        with VismaClient(settings(running.url), CREDENTIALS) as client:
            for kind in KINDS:
                if kind.name in POSTED:
                    made = client.create(entity_named(kind.entity).path(client.settings), kind.body.body())
                    assert made.number in KEYS.values()
        yield running


def token_of(server):
    asked = {
        "grant_type": "client_credentials",
        "client_id": CREDENTIALS.client_id,
        "client_secret": CREDENTIALS.client_secret.get_secret_value(),
        "tenant_id": CREDENTIALS.tenant_id,
        "scope": " ".join((*settings("").scopes, "vismanet_erp_service_api:delete")),
    }
    return httpx.post(f"{server.url}/connect/token", data=asked).json()["access_token"]


@pytest.mark.slow
def test_what_the_description_allows_is_served_and_what_it_forbids_is_refused(description, server, tmp_path):
    run = subprocess.run(
        [
            _PROGRAM, "run", description, "--url", server.url,
            "--header", f"Authorization: Bearer {token_of(server)}",
            "--checks", _CHECKS, "--phases", "coverage,fuzzing" if _ALL else "fuzzing",
            "--max-examples", "20" if _ALL else "6", "--seed", "1", "--max-failures", "200",
            "--workers", "1", "--no-color",
            "--generation-database", "none", "--suppress-health-check", "all",
        ],
        check=False,
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=240,
    )  # fmt: skip
    assert run.returncode == 0, run.stdout + run.stderr[-2000:]
    calls = server.simulator.journal.counts()
    assert {endpoint.lower() for endpoint in calls} >= {
        f"{route.method} {route.path}".lower()
        for route in ROUTES.routes
        if route.path.startswith(("/v1", "/v2"))
    }
