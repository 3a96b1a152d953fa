from __future__ import annotations

import json
import os
import uuid
from typing import TYPE_CHECKING

import pytest
from botocore.exceptions import ClientError
from tests.emulated import wait_until

if TYPE_CHECKING:
    from tests.integration.aws.conftest import Stack

pytestmark = pytest.mark.emulated


@pytest.fixture(scope="module")
def survivor(deployed: Stack):
    """What was there when the endpoint was killed, looked at after it was started again."""
    key = uuid.uuid4().hex
    deployed.put(f"kept#{key}", "item")
    s3 = deployed.aws.client("s3")
    versions = [
        s3.put_object(Bucket=deployed.outputs["Raw"], Key=f"raw/{key}", Body=body)["VersionId"]
        for body in (b"first", b"second")
    ]
    failed = deployed.start(f"failed-{key}", path="uncaught", do="gate", id=key)
    deployed.settle(failed)
    running = deployed.start(f"running-{key}", path="wait", seconds=4)
    process = deployed.invoke("echo")["pid"]
    state = deployed.aws.folder / "state/stepfunctions.json"
    wait_until(lambda: running in state.read_text())
    deployed.aws.kill()
    wait_until(lambda: not _runs(process))
    deployed.aws.start()
    return {"key": key, "versions": versions, "failed": failed, "running": running}


def _runs(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_handlers_die_with_the_endpoint_and_start_again(deployed: Stack, survivor):
    assert deployed.invoke("echo", function="WorkerAlias", value=survivor["key"])["echo"] == survivor["key"]


def test_items_are_kept(deployed: Stack, survivor):
    assert deployed.items(f"kept#{survivor['key']}")


def test_objects_are_kept_with_their_versions(deployed: Stack, survivor):
    s3 = deployed.aws.client("s3")

    bodies = [
        s3.get_object(Bucket=deployed.outputs["Raw"], Key=f"raw/{survivor['key']}", VersionId=version)[
            "Body"
        ].read()
        for version in survivor["versions"]
    ]

    assert bodies == [b"first", b"second"]


@pytest.mark.usefixtures("survivor")
def test_a_secret_is_kept_and_read_by_its_owner_only(deployed: Stack):
    assert json.loads(deployed.invoke("secret"))["client_id"] == "one"
    for path in (deployed.aws.folder / "state").glob("*.json"):
        assert path.stat().st_mode & 0o077 == 0


def test_an_execution_that_ran_goes_on(deployed: Stack, survivor):
    assert deployed.settle(survivor["running"])["status"] == "SUCCEEDED"


def test_a_failed_execution_is_redriven(deployed: Stack, survivor):
    deployed.put(f"gate#{survivor['key']}", "open")

    deployed.aws.client("stepfunctions").redrive_execution(executionArn=survivor["failed"])

    done = deployed.settle(survivor["failed"])
    assert (done["status"], done["redriveCount"]) == ("SUCCEEDED", 1)


def test_names_stay_taken(deployed: Stack, survivor):
    with pytest.raises(ClientError, match="ExecutionAlreadyExists"):
        deployed.start(f"failed-{survivor['key']}", path="uncaught", do="gate", id="another")


@pytest.mark.usefixtures("survivor")
def test_the_schedule_goes_on(deployed: Stack):
    before = len(deployed.items("tick"))

    assert wait_until(lambda: len(deployed.items("tick")) > before)
