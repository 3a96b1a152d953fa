"""Every role allows the calls its function was seen to make on the deployed connector."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from samtranslator.yaml_helper import yaml_parse

ROOT = Path(__file__).parents[2]
SERVICES = {"stepfunctions": "states"}
PARTS = {
    "Put": "PutItem",
    "Update": "UpdateItem",
    "Delete": "DeleteItem",
    "ConditionCheck": "ConditionCheckItem",
}


def functions():
    template = yaml_parse((ROOT / "template.yaml").read_text())
    for resource in template["Resources"].values():
        if resource["Type"] == "AWS::Serverless::Function":
            yield resource["Properties"]["FunctionName"]["Fn::Sub"].split("}-")[1], resource["Properties"]


def allowed(properties):
    """(action, resource) pairs, a resource as the template names it: AuditTable/index/by-number."""
    for policy in properties["Policies"]:
        for statement in policy.get("Statement", ()):
            for action in statement["Action"]:
                for resource in statement["Resource"]:
                    yield action, name_of(resource)


def name_of(resource):
    ((how, name),) = resource.items()
    if how == "Fn::GetAtt":
        return name.removesuffix(".Arn") if isinstance(name, str) else name[0]
    if how == "Ref":
        return name
    if name.startswith("arn:"):
        return f"executions of {name.rsplit('execution:', 1)[1].split('.')[0].removeprefix('${')}"
    return name.replace("${", "").replace(".Arn}", "")


def made(line, names):
    """(action, resource) pairs of one recorded call, its resource as the template names it."""
    service, operation, given, _ = json.loads(line)
    prefix = SERVICES.get(service, service)
    if "Transaction" in given:
        for kind, table in given["Transaction"]:
            yield f"dynamodb:{PARTS[kind]}", names[table]
    elif service == "s3":
        action = f"s3:{operation}Version" if "VersionId" in given else f"s3:{operation}"
        yield action, f"{names[given['Bucket']]}/{given['Key']}"
    elif "executionArn" in given:
        yield f"{prefix}:{operation}", f"executions of {names[machine_of(given['executionArn'])]}"
    else:
        index = f"/index/{given['IndexName']}" if "IndexName" in given else ""
        named = given.get("TableName") or given.get("SecretId") or given.get("stateMachineArn")
        yield f"{prefix}:{operation}", names[named] + index


def machine_of(execution):
    return execution.replace(":execution:", ":stateMachine:").rsplit(":", 1)[0]


@pytest.fixture(scope="session")
def recorded(deployment, first_run, round_trip):
    outputs = deployment.outputs
    logical = {
        "AuditTable": "AuditTable",
        "StateTable": "StateTable",
        "DocumentBucket": "DocumentBucket",
        "ConfigurationBucket": "ConfigurationBucket",
        "SterlingSecret": "SterlingCredentials",
        "VismaSecret": "VismaCredentials",
        "ReceiveMachine": "ReceiveInterchange",
        "ProcessMachine": "ProcessDocument",
        "SendMachine": "SendDocumentMachine",
    }
    names = {outputs[output]: name for output, name in logical.items()}
    found = {}
    for name, _ in functions():
        path = deployment.site.folder / "calls" / f"{deployment.site.stack}-{name}.jsonl"
        lines = set(path.read_text().splitlines()) if path.exists() else set()
        found[name] = {pair for line in lines for pair in made(line, names)}
    return found


def covers(allowed_resource, resource):
    if allowed_resource.endswith("*"):
        return resource.startswith(allowed_resource[:-1])
    return allowed_resource == resource


def fits(permission, call):
    return permission[0] == call[0] and covers(permission[1], call[1])


def permitted(permissions, call):
    return any(fits(one, call) for one in permissions)


def test_what_is_asked_of_the_roles_includes_that_documents_travel_together(recorded):
    read = {on for call, on in recorded["format-document"] if call.startswith("s3:GetObject")}
    assert any(on.startswith("DocumentBucket/outbound/") for on in read)


def test_no_function_makes_a_call_its_role_does_not_allow(recorded):
    assert sum(map(len, recorded.values())) > 50
    refused = {
        (name, *call)
        for name, properties in functions()
        for call in recorded[name]
        if not permitted(list(allowed(properties)), call)
    }
    assert refused == set()
