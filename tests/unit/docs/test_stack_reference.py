"""What the stack takes, tells and raises is documented: parameters, variables, metrics, alarms, errors."""

from __future__ import annotations

import re
from pathlib import Path

from samtranslator.yaml_helper import yaml_parse
from tools.build_stack_reference import (
    METRICS,
    REFERENCE,
    error_classes,
    metric_names,
    reference,
    variables_of,
)

ROOT = Path(__file__).parents[3]
PACKAGE = ROOT / "layers/connector/ml_connector"
# Of Lambda and of AWS's SDK; what people switch on their own machine stands in the docs by name.
LAMBDA_OWN = {"AWS_XRAY_DAEMON_ADDRESS", "AWS_ENDPOINT_URL", "AWS_REGION"}


def template():
    return yaml_parse((ROOT / "template.yaml").read_text())


def test_the_reference_of_the_stack_is_as_written_by_the_tool():
    assert REFERENCE.read_text(encoding="utf-8") == reference(), "python -m tools.build_stack_reference"


def test_each_metric_of_the_code_is_described_and_no_other():
    assert metric_names() == set(METRICS)


def test_each_parameter_is_in_a_group_once():
    groups = template()["Metadata"]["AWS::CloudFormation::Interface"]["ParameterGroups"]
    grouped = [name for group in groups for name in group["Parameters"]]
    assert sorted(grouped) == sorted(template()["Parameters"])


def test_each_variable_the_code_reads_is_set_by_the_template_or_documented():
    read = set()
    for path in PACKAGE.rglob("*.py"):
        read |= set(re.findall(r'environ(?:ment)?(?:\.get)?[\[(]"([A-Z_]+)"', path.read_text()))
    assert len(read) > 10
    pages = "".join(page.read_text() for page in [ROOT / "README.md", *(ROOT / "docs").rglob("*.md")])
    unknown = {name for name in read - set(variables_of(template())) - LAMBDA_OWN if f"`{name}`" not in pages}
    assert unknown == set()


def test_each_class_of_errors_says_what_it_means():
    assert len(error_classes()) > 10
    assert all(one.__doc__ for one in error_classes())
