"""Every function as `sam build` leaves it answers its event in `events/` under AWS's own emulator of Lambda.

The events are of one story: an order of the hub, received, posted and sent on. It is put into its mailbox
here, so that what the events refer to is there; identifiers, digests and times are this run's, all else is
the file's.
"""

from __future__ import annotations

import json

import pytest
from local.demo.purchasing import release_order

from ml_connector.workflow.poll_visma import document_item
from ml_connector.workflow.tickets import item_of, message_item

from .conftest import ROOT
from .interface_emulator import emulated, layers

EVENTS = ROOT / "events"
# Lambda allows 250 MB unzipped, function and layers together; docs/performance.md states the budget.
LAYERS_MB = 60
NUMBER = "HUB-4513"
MAILBOX = "/nordlys-hub/Inbound"
# What each run names anew.
OF_A_RUN = {"message_id", "arrived_at", "id", "parent", "bucket", "key", "version_id", "sha256", "size"}
STEPS = {
    "split_interchange": ("ReceiveMachine", "Split"),
    "acknowledge_interchange": ("ReceiveMachine", "Acknowledge"),
    "parse_document": ("ProcessMachine", "Parse"),
    "map_document": ("ProcessMachine", "Map"),
    "post_document": ("ProcessMachine", "Post"),
    "fetch_document": ("SendMachine", "Fetch"),
    "format_document": ("SendMachine", "Format"),
    "send_document": ("SendMachine", "Send"),
}
PLAIN = ("poll_sterling", "poll_visma", "record_failure", "console")


def event_of(name):
    return json.loads((EVENTS / f"{name}.json").read_text())


@pytest.fixture(scope="module")
def order(deployment):
    """The hub's order, posted, and sent to its supplier."""
    content = (EVENTS / "order-4513.edi").read_bytes()
    number = deployment.site.drop(MAILBOX, "order-4513.edi", content)
    came = f"{message_item('sterling', MAILBOX, number)}-1-1"
    deployment.wait(lambda: (deployment.queries.state(came) or {}).get("status") == "posted")
    release_order(deployment.site, NUMBER)
    leaving = document_item("PurchaseOrder", NUMBER)
    deployment.wait(lambda: (deployment.queries.state(leaving) or {}).get("status") == "sent")
    return {"in": came, "out": leaving}


@pytest.fixture(scope="module")
def invoke(deployment, tmp_path_factory):
    """Run one built function with an event; what the emulator wrote explains a failure."""
    functions = deployment.site.client("lambda")
    logs = tmp_path_factory.mktemp("emulator")

    def run(name, event):
        deployed = f"{deployment.site.stack}-{name.replace('_', '-')}"
        settings = functions.get_function_configuration(FunctionName=deployed)
        variables = settings["Environment"]["Variables"] | deployment.site.environment()
        variables |= {"AWS_LAMBDA_FUNCTION_NAME": deployed, "AWS_LAMBDA_FUNCTION_TIMEOUT": "120"}
        log = logs / f"{name}.log"
        with emulated(deployment.build, "".join(map(str.title, name.split("_"))), variables, log) as call:
            answer = call(event)
        print(log.read_text())  # noqa: T201 - pytest shows it when the test fails
        return answer

    return run


def given_to(deployment, name, items):
    """What the deployed state machine gave the step when the order came through, and the execution."""
    machine, state = STEPS[name]
    states, arn = deployment.site.client("stepfunctions"), deployment.outputs[machine]
    item = items["out"] if machine == "SendMachine" else items["in"]
    pages = states.get_paginator("list_executions").paginate(stateMachineArn=arn)
    found = (
        states.describe_execution(executionArn=one["executionArn"])
        for page in pages
        for one in page["executions"]
    )
    execution = next(one for one in found if item.startswith(item_of(json.loads(one["input"]))))
    history = states.get_execution_history(executionArn=execution["executionArn"])["events"]
    entered = (event.get("stateEnteredEventDetails", {}) for event in history)
    return json.loads(next(one["input"] for one in entered if one.get("name") == state)), execution


def as_in_files(value):
    """The same value with what each run names anew left out."""
    if isinstance(value, dict):
        return {
            name: None if name in OF_A_RUN and not isinstance(one, dict) else as_in_files(one)
            for name, one in value.items()
        }
    return value


@pytest.mark.parametrize("name", STEPS)
def test_a_step_answers_its_event(deployment, order, invoke, name):
    event = event_of(name)
    given, execution = given_to(deployment, name, order)
    assert as_in_files(event["input"]) == as_in_files(given), (
        "events/ tells another story than the state machine"
    )
    event["input"] = given
    event["context"]["Execution"] |= {"Id": execution["executionArn"], "Name": execution["name"]}
    answer = invoke(name, event)
    assert "errorType" not in answer, answer
    assert answer


@pytest.mark.parametrize("name", PLAIN)
def test_what_no_state_machine_calls_answers_its_event(order, invoke, name):
    answer = invoke(name, event_of(name))
    assert "errorType" not in answer, answer


def test_every_event_is_run():
    assert {path.stem for path in EVENTS.glob("*.json")} == {*STEPS, *PLAIN}


def test_the_layers_keep_their_budget_of_size(deployment):
    sizes = {layer.parent.name: _megabytes(layer) for layer in layers(deployment.build)}
    assert set(sizes) == {"Dependencies", "Connector"}
    assert all(size > 1 for size in sizes.values())
    assert sum(sizes.values()) <= LAYERS_MB, sizes
    assert f"at most {LAYERS_MB} MB" in (ROOT / "docs/performance.md").read_text()


def _megabytes(folder):
    return sum(path.lstat().st_size for path in folder.rglob("*") if path.is_file()) / 1e6
