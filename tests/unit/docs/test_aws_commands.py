"""The commands of the AWS CLI that the runbook shows exist, with the options they are given."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import botocore.session
import pytest
from botocore import xform_name

RUNBOOK = Path(__file__).parents[3] / "docs/runbook.md"
# Options of the CLI itself, and of how it reads a payload.
OF_THE_CLI = {"output", "query", "cli-binary-format"}
SHOWN = [
    line
    for line in RUNBOOK.read_text(encoding="utf-8").splitlines()
    if re.match(r"aws [a-z]+ [a-z-]+ ", line)
]


def test_commands_are_shown():
    assert {shlex.split(line)[2] for line in SHOWN} >= {"receive-message", "invoke", "delete-message"}


@pytest.mark.parametrize("line", SHOWN)
def test_a_command_and_its_options_are_those_of_the_service(line):
    _, service, command, *_ = shlex.split(line)
    model = botocore.session.get_session().get_service_model(service)
    operations = {xform_name(name, "-"): name for name in model.operation_names}
    members = model.operation_model(operations[command]).input_shape.members
    options = set(re.findall(r" --([a-z-]+)", line)) - OF_THE_CLI
    assert options
    assert options <= {xform_name(name, "-") for name in members}
