from __future__ import annotations

import contextlib
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from local import environments, processes, stack
from tests.integration.aws.conftest import TEMPLATE

if TYPE_CHECKING:
    from tests.emulated import EmulatedAws
    from tests.integration.aws.conftest import Stack

pytestmark = pytest.mark.emulated


def _python(*arguments, **environment):
    return subprocess.run(
        [environments.interpreter("aws"), *arguments],
        cwd=environments.ROOT,
        env={"PATH": "/usr/bin:/bin", **environment},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.skipif(not Path("/proc/net/tcp").exists(), reason="reads the kernel's socket table")
def test_it_listens_on_the_loopback_address_only(deployed: Stack):
    deployed.invoke("echo")
    process = processes.find("aws", folder=deployed.aws.folder)

    addresses = {row[1].rpartition(":")[0] for row in _listening(process.pid)}

    assert addresses == {"0100007F"}


def _listening(pid):
    """The rows of the process' listening sockets, of both families."""
    mine = set()
    for descriptor in Path(f"/proc/{pid}/fd").iterdir():
        with contextlib.suppress(OSError):
            mine.add(str(descriptor.readlink()))
    tables = [Path(f"/proc/{pid}/net/{name}").read_text() for name in ("tcp", "tcp6")]
    rows = [line.split() for table in tables for line in table.splitlines()[1:]]
    return [row for row in rows if row[3] == "0A" and f"socket:[{row[9]}]" in mine]


def test_a_taken_port_is_named_with_who_has_it(emulated_aws: EmulatedAws, tmp_path):
    done = _python("-m", "local.aws", "--port", str(emulated_aws.port), "--state", str(tmp_path))

    assert done.returncode == 1
    assert f"Port {emulated_aws.port} is taken by" in done.stderr
    assert "ML_CONNECTOR_PORT" in done.stderr


def test_a_missing_interpreter_is_named_with_what_to_do(tmp_path):
    absent = tmp_path / "bin/python"
    port = str(processes.free_port())

    done = _python(
        "-m", "local.aws", "--port", port, "--state", str(tmp_path), "--runtime-python", str(absent)
    )

    assert done.returncode == 1
    assert "runtime-requirements.txt" in done.stderr


def test_another_version_of_ministack_is_refused():
    code = (
        "import importlib.metadata as metadata; metadata.version = lambda name: '1.5.34'\n"
        "from local.aws import seams; seams.assert_version()"
    )

    done = _python("-c", code)

    assert done.returncode == 1
    assert "made for ministack 1.5.33, found 1.5.34" in done.stderr


def test_an_unchanged_template_is_not_deployed_again(deployed: Stack):
    client = deployed.aws.client("cloudformation")
    before = client.describe_stack_events(StackName="semantics")["StackEvents"]

    assert stack.deploy(deployed.aws.url, TEMPLATE, "semantics") == deployed.outputs

    assert client.describe_stack_events(StackName="semantics")["StackEvents"] == before


def test_a_changed_parameter_changes_the_stack_and_keeps_its_data(deployed: Stack):
    deployed.put("kept", "over the update")
    client = deployed.aws.client("scheduler")
    schedule = next(one for one in client.list_schedules()["Schedules"] if "Tick" in one["Name"])

    changed = stack.deploy(deployed.aws.url, TEMPLATE, "semantics", {"PollEvery": "rate(2 minutes)"})
    try:
        described = client.get_schedule(Name=schedule["Name"], GroupName=schedule["GroupName"])
        assert described["ScheduleExpression"] == "rate(2 minutes)"
        assert changed == deployed.outputs
        assert deployed.items("kept")
        assert deployed.invoke("echo", function="WorkerAlias", value=1)["echo"] == 1
    finally:
        stack.deploy(deployed.aws.url, TEMPLATE, "semantics")


def test_a_resource_the_endpoint_does_not_know_has_a_stand_in(deployed: Stack):
    client = deployed.aws.client("cloudformation")

    resource = client.describe_stack_resource(StackName="semantics", LogicalResourceId="Composite")

    assert resource["StackResourceDetail"]["ResourceStatus"].endswith("_COMPLETE")
    assert "AWS::CloudWatch::CompositeAlarm Composite has a stand-in" in deployed.aws.log()


def test_conditions_decide_what_is_made(deployed: Stack):
    client = deployed.aws.client("cloudformation")

    made = client.list_stack_resources(StackName="semantics")["StackResourceSummaries"]

    names = {resource["LogicalResourceId"] for resource in made}
    assert "Depth" in names
    assert "Absent" not in names
