from __future__ import annotations

import json
import uuid
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError
from tests.emulated import wait_until

if TYPE_CHECKING:
    from tests.integration.aws.conftest import Stack

pytestmark = pytest.mark.emulated


def _output(description):
    return json.loads(description["output"])


def _types(deployed, arn):
    pages = deployed.aws.client("stepfunctions").get_execution_history(executionArn=arn, maxResults=1000)
    return [event["type"] for event in pages["events"]]


def test_a_function_is_called_by_its_plain_arn(deployed: Stack):
    done = deployed.run(path="plain", do="echo", value=3)

    assert done["status"] == "SUCCEEDED"
    assert _output(done)["result"]["echo"] == 3


def test_a_function_is_called_through_the_optimised_integration(deployed: Stack):
    assert _output(deployed.run(do="echo", value=4))["result"]["answer"]["echo"] == 4


def test_an_exception_is_retried_by_its_name_within_the_greatest_delay(deployed: Stack):
    # Without MaxDelaySeconds the second retry would come after 30 s, the machine ends at 20.
    done = deployed.run(do="flaky", id=uuid.uuid4().hex, failures=2)

    assert done["status"] == "SUCCEEDED"
    assert _output(done)["result"]["answer"] == 3


def test_an_exception_is_caught_by_its_name_with_its_document(deployed: Stack):
    done = deployed.run(do="reject")

    error = _output(done)["error"]
    assert error["Error"] == "Rejected"
    assert json.loads(error["Cause"])["errorMessage"] == "not a document"
    notes = [item for item in deployed.items(done["name"]) if item["sk"] == "note"]
    assert [(note["status"], note["error"]) for note in notes] == [("refused", "Rejected")]


@pytest.mark.parametrize(
    ("event", "error"),
    [({"do": "exit"}, "Runtime.ExitError"), ({"do": "sleep", "seconds": 9}, "Sandbox.Timedout")],
)
def test_the_end_of_a_process_is_caught_by_lambdas_name(deployed: Stack, event, error):
    assert _output(deployed.run(**event))["error"]["Error"] == error


def test_an_uncaught_exception_fails_the_execution_with_its_name(deployed: Stack):
    failed = deployed.run(path="uncaught", do="reject")

    assert (failed["status"], failed["error"]) == ("FAILED", "Rejected")
    assert json.loads(failed["cause"])["errorMessage"] == "not a document"


def test_a_fail_state_takes_its_error_from_the_input(deployed: Stack):
    failed = deployed.run(do="unheard of")

    assert (failed["status"], failed["error"]) == ("FAILED", "KeyError")


def test_more_than_256_kib_between_states_fails_beyond_states_all(deployed: Stack):
    failed = deployed.run(do="large", size=300_000)

    assert (failed["status"], failed["error"]) == ("FAILED", "States.DataLimitExceeded")


def test_a_redrive_goes_on_at_the_failed_state_with_its_input(deployed: Stack):
    key = uuid.uuid4().hex
    arn = deployed.start(path="uncaught", do="gate", id=key)
    failed = deployed.settle(arn)
    assert (failed["status"], failed["redriveStatus"], failed["redriveCount"]) == ("FAILED", "REDRIVABLE", 0)
    deployed.put(f"gate#{key}", "open")

    deployed.aws.client("stepfunctions").redrive_execution(executionArn=arn)

    done = deployed.settle(arn)
    assert (done["status"], done["redriveCount"]) == ("SUCCEEDED", 1)
    assert (done["redriveStatus"], _output(done)["id"]) == ("NOT_REDRIVABLE", key)
    types = _types(deployed, arn)
    assert types.count("ChoiceStateEntered") == 1
    assert types[types.index("ExecutionRedriven") + 1] == "TaskScheduled"


def test_a_redrive_uses_the_definition_the_execution_began_with(deployed: Stack):
    client = deployed.aws.client("stepfunctions")
    key = uuid.uuid4().hex
    arn = deployed.start(path="uncaught", do="gate", id=key)
    deployed.settle(arn)
    deployed.put(f"gate#{key}", "open")
    flow = deployed.outputs["Flow"]
    definition = client.describe_state_machine(stateMachineArn=flow)["definition"]
    other = {"StartAt": "End", "States": {"End": {"Type": "Succeed"}}}
    client.update_state_machine(stateMachineArn=flow, definition=json.dumps(other))
    try:
        client.redrive_execution(executionArn=arn)
        assert deployed.settle(arn)["status"] == "SUCCEEDED"
    finally:
        client.update_state_machine(stateMachineArn=flow, definition=definition)


def test_a_succeeded_execution_cannot_be_redriven(deployed: Stack):
    arn = deployed.run(do="echo")["executionArn"]

    with pytest.raises(ClientError, match="ExecutionNotRedrivable"):
        deployed.aws.client("stepfunctions").redrive_execution(executionArn=arn)


def test_the_same_name_and_input_while_running_is_the_same_execution(deployed: Stack):
    name = uuid.uuid4().hex
    arn = deployed.start(name, path="wait", seconds=1)

    assert deployed.start(name, path="wait", seconds=1) == arn
    with pytest.raises(ClientError, match="ExecutionAlreadyExists"):
        deployed.start(name, path="wait", seconds=2)
    assert deployed.settle(arn)["status"] == "SUCCEEDED"


def test_a_name_is_not_used_again_once_its_execution_is_closed(deployed: Stack):
    name = uuid.uuid4().hex
    deployed.settle(deployed.start(name, do="echo"))

    with pytest.raises(ClientError, match="ExecutionAlreadyExists"):
        deployed.start(name, do="echo")


def test_an_execution_times_out(deployed: Stack):
    machine = _machine(deployed, _one({"Type": "Wait", "Seconds": 600, "End": True}), TimeoutSeconds=1)

    done = _run(deployed, machine, {})

    assert done["status"] == "TIMED_OUT"
    assert done["redriveStatus"] == "REDRIVABLE"
    assert _types(deployed, done["executionArn"])[-1] == "ExecutionTimedOut"


def test_a_task_times_out_by_states_timeout(deployed: Stack):
    task = _task(deployed, {"do": "sleep", "seconds": 1.8}) | {
        "TimeoutSeconds": 1,
        "Catch": [{"ErrorEquals": ["States.Timeout"], "Next": "B"}],
    }
    states = {"A": task, "B": {"Type": "Pass", "Result": "late", "End": True}}

    assert _output(_run(deployed, _machine(deployed, states), {})) == "late"


@pytest.mark.parametrize(
    ("event", "status"),
    [
        ({"do": "echo"}, "SUCCEEDED"),
        ({"path": "uncaught", "do": "reject"}, "FAILED"),
        ({"path": "wait", "seconds": 60}, "ABORTED"),
    ],
)
def test_a_rule_hears_how_an_execution_ended(deployed: Stack, event, status):
    arn = deployed.start(**event)
    if status == "ABORTED":
        deployed.aws.client("stepfunctions").stop_execution(
            executionArn=arn, error="Stopped", cause="by hand"
        )
    name = deployed.settle(arn)["name"]

    items = wait_until(lambda: [item for item in deployed.items(name) if item["sk"].startswith(status)])

    heard = json.loads(items[0]["event"])
    assert heard["source"] == "aws.states"
    assert heard["detail-type"] == "Step Functions Execution Status Change"
    assert (heard["detail"]["executionArn"], heard["detail"]["status"]) == (arn, status)
    assert json.loads(heard["detail"]["input"]) == event


def test_a_rule_hears_of_a_timeout(deployed: Stack):
    flow = deployed.outputs["Flow"]
    client = deployed.aws.client("stepfunctions")
    definition = json.loads(client.describe_state_machine(stateMachineArn=flow)["definition"])
    short = {**definition, "TimeoutSeconds": 1}
    client.update_state_machine(stateMachineArn=flow, definition=json.dumps(short))
    try:
        name = deployed.run(path="wait", seconds=60)["name"]
    finally:
        client.update_state_machine(stateMachineArn=flow, definition=json.dumps(definition))

    assert wait_until(lambda: [item for item in deployed.items(name) if item["sk"].startswith("TIMED_OUT")])


def test_a_distributed_map_reads_its_items_from_s3(deployed: Stack):
    client = deployed.aws.client("s3")
    lines = "".join(json.dumps({"do": "echo", "value": number}) + "\n" for number in range(12))
    client.put_object(Bucket=deployed.outputs["Raw"], Key="items.jsonl", Body=lines)
    worker = {"StartAt": "A", "States": _one(_task(deployed, None))}
    states = _one(
        {
            "Type": "Map",
            "ItemReader": {
                "Resource": "arn:aws:states:::s3:getObject",
                "ReaderConfig": {"InputType": "JSONL"},
                "Parameters": {"Bucket.$": "$.bucket", "Key": "items.jsonl"},
            },
            "MaxConcurrency": 4,
            "ItemProcessor": {
                "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"},
                **worker,
            },
            "ResultSelector": {"values.$": "$[*].echo"},
            "End": True,
        }
    )

    done = _run(deployed, _machine(deployed, states), {"bucket": deployed.outputs["Raw"]})

    assert _output(done)["values"] == list(range(12))


def test_an_inline_map_keeps_order_and_its_errors_are_caught(deployed: Stack):
    item = {**_task(deployed, None), "Catch": [{"ErrorEquals": ["Rejected"], "Next": "R"}]}
    processor = {
        "StartAt": "A",
        "States": {"A": item, "R": {"Type": "Pass", "Result": "refused", "End": True}},
    }
    states = _one(
        {
            "Type": "Map",
            "ItemsPath": "$.items",
            "MaxConcurrency": 2,
            "ItemSelector": {"do.$": "$$.Map.Item.Value", "value.$": "$$.Map.Item.Index"},
            "ItemProcessor": {"ProcessorConfig": {"Mode": "INLINE"}, **processor},
            "End": True,
        }
    )

    done = _run(deployed, _machine(deployed, states), {"items": ["echo", "reject", "echo"]})

    assert [item if item == "refused" else item["echo"] for item in _output(done)] == [0, "refused", 2]


def test_states_all_catches_no_runtime_error(deployed: Stack):
    catch = [{"ErrorEquals": ["States.ALL"], "Next": "B"}]
    broken = {
        "Type": "Task",
        "Resource": "arn:aws:states:::lambda:invoke",
        "Parameters": {"FunctionName": deployed.outputs["WorkerAlias"], "Payload.$": "$.absent"},
        "Catch": catch,
        "Next": "B",
    }
    states = {"A": broken, "B": {"Type": "Succeed"}}

    failed = _run(deployed, _machine(deployed, states), {})

    assert (failed["status"], failed["error"]) == ("FAILED", "States.Runtime")


def _one(state):
    return {"A": state}


def _task(deployed: Stack, event):
    payload: dict[str, Any] = {"Payload.$": "$"} if event is None else {"Payload": event}
    return {
        "Type": "Task",
        "Resource": "arn:aws:states:::lambda:invoke",
        "Parameters": {"FunctionName": deployed.outputs["WorkerAlias"], **payload},
        "OutputPath": "$.Payload",
        "End": True,
    }


def _machine(deployed: Stack, states, **top):
    client = deployed.aws.client("stepfunctions")
    answer = client.create_state_machine(
        name=f"probe-{uuid.uuid4().hex[:8]}",
        definition=json.dumps({"StartAt": "A", "States": states, **top}),
        roleArn="arn:aws:iam::000000000000:role/any",
    )
    return answer["stateMachineArn"]


def _run(deployed: Stack, machine, data):
    client = deployed.aws.client("stepfunctions")
    arn = client.start_execution(stateMachineArn=machine, input=json.dumps(data))["executionArn"]
    return deployed.settle(arn)


JSONATA: list[tuple[str, dict[str, Any], Any, Any]] = [
    (
        "a choice's condition and output, assigned variables",
        {
            "A": {"Type": "Pass", "Assign": {"limit": "{% $states.input.n + 1 %}"}, "Next": "C"},
            "C": {
                "Type": "Choice",
                "Choices": [{"Condition": "{% $limit > 5 %}", "Output": "{% $limit %}", "Next": "E"}],
                "Default": "N",
            },
            "N": {"Type": "Fail"},
            "E": {"Type": "Succeed", "Output": {"was": "{% $states.input %}"}},
        },
        {"n": 7},
        {"was": 8},
    ),
    (
        "a parallel's arguments, output and assignment",
        {
            "A": {
                "Type": "Parallel",
                "Arguments": {"k": "{% $states.input.k * 2 %}"},
                "Branches": [
                    {"StartAt": "L", "States": {"L": {"Type": "Pass", "End": True}}},
                    {
                        "StartAt": "R",
                        "States": {"R": {"Type": "Succeed", "Output": "{% $states.input.k + 1 %}"}},
                    },
                ],
                "Assign": {"second": "{% $states.result[1] %}"},
                "Output": {"first": "{% $states.result[0].k %}"},
                "Next": "B",
            },
            "B": {"Type": "Pass", "Output": "{% [$states.input.first, $second] %}", "End": True},
        },
        {"k": 3},
        [6, 7],
    ),
    (
        "an inline map's items, selector and output",
        {
            "A": {
                "Type": "Map",
                "Items": "{% $states.input.rows[amount > 1] %}",
                "ItemSelector": {"v": "{% $states.context.Map.Item.Value.amount %}"},
                "ItemProcessor": {
                    "ProcessorConfig": {"Mode": "INLINE"},
                    "StartAt": "I",
                    "States": {"I": {"Type": "Pass", "Output": "{% $states.input.v * 10 %}", "End": True}},
                },
                "Output": {"sum": "{% $sum($states.result) %}"},
                "End": True,
            }
        },
        {"rows": [{"amount": 1}, {"amount": 2}, {"amount": 3}]},
        {"sum": 50},
    ),
    (
        "a distributed map's selector and output",
        {
            "A": {
                "Type": "Map",
                "Items": "{% $states.input.rows %}",
                "ItemSelector": {"v": "{% $states.context.Map.Item.Value %}"},
                "ItemProcessor": {
                    "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"},
                    "StartAt": "I",
                    "States": {"I": {"Type": "Pass", "Output": "{% $states.input.v + 1 %}", "End": True}},
                },
                "Output": {"all": "{% $states.result %}"},
                "End": True,
            }
        },
        {"rows": [1, 2]},
        {"all": [2, 3]},
    ),
    (
        "an error caught with output",
        {
            "A": {
                "Type": "Task",
                "Resource": "arn:aws:states:::lambda:invoke",
                "Arguments": {"FunctionName": "WORKER", "Payload": {"do": "{% $states.input.do %}"}},
                "Catch": [
                    {
                        "ErrorEquals": ["Rejected"],
                        "Output": "{% $parse($states.errorOutput.Cause).errorMessage %}",
                        "Next": "B",
                    }
                ],
                "Next": "B",
            },
            "B": {"Type": "Succeed"},
        },
        {"do": "reject"},
        "not a document",
    ),
]


@pytest.mark.parametrize(
    ("states", "data", "expected"), [case[1:] for case in JSONATA], ids=[case[0] for case in JSONATA]
)
def test_jsonata_is_evaluated_as_on_aws(deployed: Stack, states, data, expected):
    text = json.dumps(states).replace("WORKER", deployed.outputs["WorkerAlias"])

    done = _run(deployed, _machine(deployed, json.loads(text), QueryLanguage="JSONata"), data)

    assert done["status"] == "SUCCEEDED", done
    assert _output(done) == expected
