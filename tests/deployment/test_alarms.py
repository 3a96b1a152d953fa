from __future__ import annotations

import inspect
import json
import re
from datetime import UTC, datetime
from types import SimpleNamespace

import pytest
from aws_lambda_powertools.metrics import Metrics

from ml_connector import errors
from ml_connector.assembly import figures, handler, observability, polling
from ml_connector.errors import FAMILIES
from ml_connector.matching.model import Result

from .conftest import ROOT

SERVICE = "ml-connector"
COMPANY = "4242"
# What AWS itself publishes and an alarm may watch.
AWS_OWN = {
    ("AWS/Lambda", "Errors"): ["FunctionName"],
    ("AWS/SQS", "ApproximateNumberOfMessagesVisible"): ["QueueName"],
}
HEADINGS = ("What it means.", "What to look at.", "What to do.")


@pytest.fixture
def alarms(template):
    return {
        name: resource["Properties"]
        for name, resource in template["Resources"].items()
        if resource["Type"] == "AWS::CloudWatch::Alarm"
    }


def emitted(written):
    """What CloudWatch makes of the lines written: (metric, dimensions with their values)."""
    for line in written.splitlines():
        if '"_aws"' not in line:
            continue
        blob = json.loads(line)
        for group in blob["_aws"]["CloudWatchMetrics"]:
            for metric in group["Metrics"]:
                for names in group["Dimensions"]:
                    yield metric["Name"], frozenset((name, blob[name]) for name in names)


@pytest.fixture
def ours(capsys, monkeypatch):
    """Every metric the code emits outside a step, as it is written."""
    metrics = Metrics(namespace="stack", service=SERVICE)
    monkeypatch.setattr(polling, "metrics", metrics)
    polled = dict.fromkeys(polling._METRICS, 1.0)
    metrics.log_metrics(lambda *_: polling._measured("sterling", polled))({}, None)
    for family in FAMILIES:
        observability.count_failure(family("x"))
        observability.count_stop(family("x"))
    observability.count_failure(errors.ConnectorError("x"))
    observability.count_failure(ZeroDivisionError())
    client = SimpleNamespace(
        calls=1, token_renewals=1, rate_left=1, settings=SimpleNamespace(company_id=COMPANY)
    )
    observability.count_visma_use(client, {})
    figures.count_match(SimpleNamespace(result=Result.MATCHED))
    for verdict in ("held", "unassigned"):
        figures.count_set_aside(verdict)
    arrived = SimpleNamespace(state={"0a": {"arrived_at": "2026-03-02T12:00:00+00:00"}}.get)
    figures.measure_latency(arrived, "0a-1-1", datetime(2026, 3, 2, 12, 1, tzinfo=UTC))
    return set(emitted(capsys.readouterr().out))


def lines_of(dashboard):
    """(namespace, metric, dimensions) of each line that the dashboard draws."""
    body = dashboard.replace("${VismaCompanyId}", COMPANY)
    for widget in json.loads(body)["widgets"]:
        for namespace, metric, *rest in widget["properties"]["metrics"]:
            words = [word for word in rest if isinstance(word, str)]
            yield namespace, metric, dict(zip(words[::2], words[1::2], strict=True))


def test_each_line_of_the_dashboard_is_emitted_with_its_dimensions(template, ours):
    body = template["Resources"]["Dashboard"]["Properties"]["DashboardBody"]["Fn::Sub"]
    drawn = list(lines_of(body))
    assert len(drawn) > 20
    steps = set(re.findall(r'@step_handler\("(\w+)"\)', _handlers()))
    for namespace, metric, dimensions in drawn:
        step = dimensions.pop("step", None)
        if namespace.startswith("AWS/"):
            assert AWS_OWN[namespace, metric] == list(dimensions)
        elif step:
            assert step in steps
            assert f'_count("{metric}")' in inspect.getsource(handler)
        else:
            assert (metric, frozenset(dimensions.items())) in ours


def _handlers():
    return "".join(path.read_text() for path in (ROOT / "functions").glob("*/app.py"))


def test_each_alarm_watches_a_metric_that_is_emitted_with_its_dimensions(alarms, ours):
    assert len(alarms) > 5
    for name, alarm in alarms.items():
        if isinstance(alarm["Namespace"], str):
            names = [dimension["Name"] for dimension in alarm["Dimensions"]]
            assert AWS_OWN[alarm["Namespace"], alarm["MetricName"]] == names, name
        else:
            assert alarm["Namespace"] == {"Ref": "AWS::StackName"}, name
            dimensions = frozenset((one["Name"], one["Value"]) for one in alarm["Dimensions"])
            assert (alarm["MetricName"], dimensions) in ours, name


def test_alarms_that_speak_of_documents_count_each_document_once(alarms):
    spoken_of = {name for name, alarm in alarms.items() if "Documents wait" in alarm["AlarmDescription"]}
    spoken_of |= {name for name, alarm in alarms.items() if "Many documents" in alarm["AlarmDescription"]}
    assert spoken_of == {"MisconfiguredAlarm", "RejectedAlarm"}
    assert {alarms[name]["MetricName"] for name in spoken_of} == {"Stopped"}


def test_the_namespace_is_the_one_the_functions_are_told(template):
    variables = template["Globals"]["Function"]["Environment"]["Variables"]
    assert variables["POWERTOOLS_METRICS_NAMESPACE"] == {"Ref": "AWS::StackName"}
    assert variables["POWERTOOLS_SERVICE_NAME"] == SERVICE


def test_each_function_an_alarm_watches_is_deployed(alarms, functions):
    deployed = {properties["FunctionName"]["Fn::Sub"] for properties in functions.values()}
    for alarm in alarms.values():
        if alarm["Namespace"] == "AWS/Lambda":
            assert alarm["Dimensions"][0]["Value"]["Fn::Sub"] in deployed


def test_each_alarm_tells_somebody_and_has_its_section_in_the_runbook(alarms):
    runbook = (ROOT / "docs/runbook.md").read_text()
    sections = dict(re.findall(r"^## (\w+)\n(.*?)(?=^## |\Z)", runbook, re.MULTILINE | re.DOTALL))
    assert set(sections) == set(alarms)
    for name, alarm in alarms.items():
        assert alarm["AlarmActions"] == [{"Ref": "Alarms"}], name
        assert f"docs/runbook.md, {name}." in alarm["AlarmDescription"], name
        assert all(f"**{heading}**" in sections[name] for heading in HEADINGS), name


def test_what_rolls_a_deployment_back_is_an_alarm_of_the_stack(template, alarms):
    preference = template["Globals"]["Function"]["DeploymentPreference"]
    assert {alarm["Ref"] for alarm in preference["Alarms"]} <= set(alarms)
