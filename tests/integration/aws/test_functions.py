from __future__ import annotations

import json
import os
import uuid
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest
from botocore.exceptions import ClientError
from local import stack
from tests.emulated import wait_until
from tests.integration.conftest import HOST_ONLY

if TYPE_CHECKING:
    from tests.integration.aws.conftest import Stack

pytestmark = pytest.mark.emulated


def test_a_warm_process_answers_again(deployed: Stack):
    assert deployed.invoke("echo")["pid"] == deployed.invoke("echo")["pid"]


def test_an_alias_is_invoked_by_its_arn(deployed: Stack):
    answer = deployed.invoke("echo", function="WorkerAlias", value="ü")

    assert answer["echo"] == "ü"
    assert answer["arn"].endswith(":live")


def test_an_alias_names_a_published_version(deployed: Stack):
    client = deployed.aws.client("lambda")

    assert client.get_alias(FunctionName=deployed.outputs["Worker"], Name="live")["FunctionVersion"].isdigit()


def test_an_unknown_alias_is_refused(deployed: Stack):
    with pytest.raises(ClientError, match="ResourceNotFoundException"):
        deployed.aws.client("lambda").invoke(FunctionName=deployed.outputs["Worker"], Qualifier="nope")


def test_nothing_of_the_hosts_environment_reaches_a_handler(deployed: Stack):
    seen = deployed.invoke("environment")

    assert not set(HOST_ONLY.values()) & set(seen.values())
    assert "HOST_SECRET_PROBE" not in seen
    assert set(seen) - _named_by_aws(seen) - {"PATH", "LANG", "TZ", "PYTHONPATH", "TMPDIR"} == {
        "TABLE",
        "SECRET",
        "GREETING",
    }


def _named_by_aws(names):
    return {name for name in names if name.startswith(("AWS_", "LAMBDA_", "_HANDLER", "_X_AMZN", "LC_CTYPE"))}


def test_a_handler_has_its_own_variables_and_what_lambda_defines(deployed: Stack):
    seen = deployed.invoke("environment", function="WorkerAlias")

    assert seen["GREETING"] == "hello"
    assert seen["AWS_REGION"] == stack.REGION
    assert seen["AWS_LAMBDA_FUNCTION_NAME"] == deployed.outputs["Worker"]
    assert seen["AWS_LAMBDA_FUNCTION_VERSION"].isdigit()
    assert seen["AWS_ENDPOINT_URL"] == deployed.aws.url


@pytest.mark.parametrize(
    ("event", "error", "message"),
    [
        ({"do": "reject"}, "Rejected", "not a document"),
        ({"do": "unheard of"}, "KeyError", "unheard of"),
        ({"do": "exit"}, "Runtime.ExitError", "exit status 3"),
        ({"do": "sleep", "seconds": 30}, "Sandbox.Timedout", "Task timed out after 2.00 seconds"),
        ({"do": "large", "size": 6_300_000}, "Function.ResponseSizeTooLarge", "exceeded maximum allowed"),
    ],
)
def test_a_failure_has_lambdas_name_for_it(deployed: Stack, event, error, message):
    failure = deployed.invoke(**event)

    assert failure["errorType"] == error
    assert message in failure["errorMessage"]
    assert deployed.invoke("echo", value="well again")["echo"] == "well again"


def test_a_module_that_cannot_be_imported_is_named(deployed: Stack):
    client = deployed.aws.client("lambda")
    name = deployed.outputs["Recorder"]
    client.update_function_configuration(FunctionName=name, Handler="absent.handler")
    try:
        failure = json.loads(client.invoke(FunctionName=name)["Payload"].read())
    finally:
        client.update_function_configuration(FunctionName=name, Handler="app.handler")

    assert failure["errorType"] == "Runtime.ImportModuleError"
    assert "absent" in failure["errorMessage"]


def test_a_timeout_ends_the_handler_and_all_it_started(deployed: Stack):
    key = uuid.uuid4().hex

    assert deployed.invoke("spawn", id=key)["errorType"] == "Sandbox.Timedout"

    pids = [int(pid) for pid in deployed.items(f"spawn#{key}")[0]["pids"].split()]
    assert len(pids) == 2
    wait_until(lambda: not any(_exists(pid) for pid in pids))


def _exists(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_a_function_has_so_many_processes_at_most(deployed: Stack):
    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(lambda n: deployed.invoke("echo", value=n), range(24)))

    assert [answer["echo"] for answer in answers] == list(range(24))
    assert len({answer["pid"] for answer in answers}) <= 2


def test_reserved_concurrency_throttles_by_lambdas_name(deployed: Stack):
    client = deployed.aws.client("lambda")
    name = deployed.outputs["Worker"]
    client.put_function_concurrency(FunctionName=name, ReservedConcurrentExecutions=0)
    try:
        with pytest.raises(client.exceptions.TooManyRequestsException):
            client.invoke(FunctionName=name)
        failed = deployed.run(path="uncaught", do="echo")
    finally:
        client.delete_function_concurrency(FunctionName=name)

    assert failed["error"] == "Lambda.TooManyRequestsException"


def test_an_asynchronous_failure_ends_in_the_dead_letter_queue(deployed: Stack):
    deployed.aws.client("lambda").invoke(
        FunctionName=deployed.outputs["Recorder"], InvocationType="Event", Payload=b'["no event"]'
    )

    assert wait_until(lambda: _receive(deployed, "no event"))


def _receive(deployed, text):
    client = deployed.aws.client("sqs")
    answer = client.receive_message(QueueUrl=deployed.outputs["DeadLetters"], MaxNumberOfMessages=10)
    return [message for message in answer.get("Messages", []) if text in message["Body"]]


def test_output_is_in_the_functions_log_file_and_in_cloudwatch(deployed: Stack):
    name = deployed.outputs["Worker"]
    deployed.invoke("echo")

    lines = [json.loads(line) for line in deployed.aws.handler_log(name).splitlines() if line.startswith("{")]
    assert {"level": "INFO", "message": "asked"} in lines
    assert any(line.get("type") == "platform.report" for line in lines)
    events = deployed.aws.client("logs").filter_log_events(logGroupName=f"/aws/lambda/{name}", limit=1000)
    assert any('"asked"' in event["message"] for event in events["events"])


def test_a_secret_encrypted_with_the_stacks_key_is_read(deployed: Stack):
    assert json.loads(deployed.invoke("secret")) == {"client_id": "one", "client_secret": "two"}
    secret = deployed.aws.client("secretsmanager").describe_secret(SecretId=deployed.outputs["Secret"])
    assert secret["KmsKeyId"] == deployed.outputs["Key"]


def test_new_configuration_reaches_the_next_invocation(deployed: Stack):
    client = deployed.aws.client("lambda")
    name = deployed.outputs["Worker"]
    variables = client.get_function_configuration(FunctionName=name)["Environment"]["Variables"]
    changed = {"Variables": {**variables, "GREETING": "good day"}}
    client.update_function_configuration(FunctionName=name, Environment=changed)
    try:
        assert deployed.invoke("environment")["GREETING"] == "good day"
        assert deployed.invoke("environment", function="WorkerAlias")["GREETING"] == "hello"
    finally:
        client.update_function_configuration(FunctionName=name, Environment={"Variables": variables})
