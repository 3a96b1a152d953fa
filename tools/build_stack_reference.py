"""Write the reference of the stack from the template and the code.

::

    python -m tools.build_stack_reference

A test holds ``docs/reference/stack.md`` against what this would write, and every name in the code and the
template against the sentences here.
"""

from __future__ import annotations

import importlib
import pkgutil
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from samtranslator.yaml_helper import yaml_parse

import ml_connector
from ml_connector.assembly import handler, observability, polling
from ml_connector.errors import FAMILIES, ConnectorError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

ROOT = Path(__file__).resolve().parents[1]
REFERENCE = ROOT / "docs/reference/stack.md"
Template = dict[str, Any]

#: What each metric counts. Beside `service` its dimensions are named.
METRICS = {
    "Succeeded": "A step, by `step`, or a poll, an event or a page that went well.",
    "Failed": "A step, by `step`, or a poll, an event or a page that ended with an error.",
    "Held": "A step, by `step`, that left the document to a person's decision.",
    "Delayed": "A step, by `step`, that is tried again: a system did not answer.",
    "Failures": "Attempts that failed, by `family` of the error.",
    "Stopped": "Documents and messages that stopped, by `family`; each once, however often redriven.",
    "Defects": "Errors of none of the connector's families.",
    "MessagesReceived": "Messages a poll received from Sterling.",
    "MessagesWaiting": "Messages in the polled mailboxes that are not received yet.",
    "OldestUnreceivedMessage": "Seconds the oldest of them has waited.",
    "MessagesRefused": "Messages a poll refused, such as too large ones.",
    "MessagesTroubled": "Messages a poll could not read; the next poll tries again.",
    "MailboxesFailed": "Mailboxes that could not be listed; the others were polled.",
    "DeadLetterMessages": "Messages in Sterling's own dead-letter mailbox.",
    "SterlingSilent": "1 if no message came in the time in which one was expected.",
    "AcknowledgementsOverdue": "Interchanges whose partner did not acknowledge them in time.",
    "PollsContended": "Polls that found another one running.",
    "PollsOutOfTime": "Polls that left messages to the next one for lack of time.",
    "LoginsHeld": "Polls that did not log in, since the same credentials were refused before.",
    "VismaCalls": "Calls to Visma, by `company`.",
    "TokenRenewals": "Tokens fetched from Visma Connect, by `company`.",
    "VismaRateLeft": "Calls Visma still allows in its hour, by `company`, as its last answer said.",
    "MailboxToVisma": "Seconds from a message's arrival in its mailbox to its document in Visma.",
    "InterchangesSetAside": "Interchanges that do not go on, by `verdict`: held, unassigned and others.",
    "InvoicesCompared": "Invoices that were compared with orders.",
    "InvoicesUntouched": "Of those, the ones that matched without a person.",
}

#: Variables that are not a parameter's or a resource's own.
VARIABLES = {
    "ENVIRONMENT": "Which interchanges are posted: the parameter `Environment`.",
    "POWERTOOLS_SERVICE_NAME": "The dimension `service` of each metric, and what each line of the log names.",
    "POWERTOOLS_METRICS_NAMESPACE": "The namespace of the metrics: the stack's name.",
    "POWERTOOLS_LOG_LEVEL": "What is logged at all.",
}


def reference() -> str:
    """Return the reference as Markdown."""
    template = yaml_parse((ROOT / "template.yaml").read_text(encoding="utf-8"))
    chapters = (
        ("Parameters", _parameters(template)),
        ("Outputs", _outputs(template)),
        ("Environment variables", _variables(template)),
        ("Metrics", _metrics()),
        ("Alarms", _alarms(template)),
        ("Classes of errors", _errors()),
    )
    text = "\n".join(f"## {title}\n\n{body}\n" for title, body in chapters)
    return f"# What the stack takes, tells and raises\n\n{text}"


def metric_names() -> set[str]:
    """Return every metric that the code emits."""
    sources = "".join(
        path.read_text() for path in (Path(ml_connector.__file__).parent / "assembly").glob("*.py")
    )
    tables = {name for name, _ in polling._METRICS.values()}  # noqa: SLF001 - the tables are the code's own list
    tables |= {*handler._METRIC_OF.values(), *observability._VISMA_COUNTS.values()}  # noqa: SLF001 - as above
    return tables | set(re.findall(r'\b(?:emit|_count)\("(\w+)"', sources))


def error_classes() -> list[type[ConnectorError]]:
    """Return every class of errors there is, by family."""
    for module in pkgutil.walk_packages(ml_connector.__path__, "ml_connector."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)
    found = {one for one in _below(ConnectorError) if one.__module__.startswith("ml_connector.")}
    return sorted(found, key=lambda one: (FAMILIES.index(_family(one)), one not in FAMILIES, one.__name__))


def variables_of(template: Template) -> dict[str, tuple[Any, list[str]]]:
    """Return each variable's value and the functions that have it; none for one that all have."""
    found: dict[str, tuple[Any, list[str]]] = {
        name: (value, [])
        for name, value in template["Globals"]["Function"]["Environment"]["Variables"].items()
    }
    for name, resource in template["Resources"].items():
        own = resource.get("Properties", {}).get("Environment", {})
        for variable, value in own.get("Variables", {}).items() if isinstance(own, dict) else ():
            found.setdefault(variable, (value, []))[1].append(name)
    return found


def _parameters(template: Template) -> str:
    groups = template["Metadata"]["AWS::CloudFormation::Interface"]["ParameterGroups"]
    rows = (
        (f"`{name}`", _default(template["Parameters"][name]), _allowed(template["Parameters"][name]))
        for group in groups
        for name in group["Parameters"]
    )
    return _table(("parameter", "default", "what it is"), rows)


def _default(parameter: Template) -> str:
    if "Default" not in parameter:
        return "must be given"
    return f"`{parameter['Default']}`" if parameter["Default"] != "" else "empty"


def _allowed(parameter: Template) -> str:
    words = str(parameter["Description"])
    if values := parameter.get("AllowedValues"):
        words += " One of " + ", ".join(f"`{value}`" for value in values) + "."
    least, most = parameter.get("MinValue"), parameter.get("MaxValue")
    if least is not None:
        words += f" From {least}" + (f" to {most}." if most is not None else ".")
    return words.replace("\n", "\\n")


def _outputs(template: Template) -> str:
    return _table(
        ("output", "what it is"),
        ((f"`{name}`", f"{one['Description']}.") for name, one in template["Outputs"].items()),
    )


def _variables(template: Template) -> str:
    rows = (
        (f"`{name}`", ", ".join(functions) or "all", VARIABLES.get(name) or _meaning(value, template))
        for name, (value, functions) in variables_of(template).items()
    )
    return _table(("variable", "functions", "what it is"), rows)


def _meaning(value: Any, template: Template) -> str:  # noqa: ANN401 - what a template holds
    """What a variable's value refers to: a parameter or a resource of the stack."""
    ((how, referred),) = value.items()
    name = referred[1]["Ref"] if how == "Fn::Join" else referred
    kind = "parameter" if name in template["Parameters"] else "resource"
    return f"The {kind} `{name}`."


def _metrics() -> str:
    return _table(("metric", "what it counts"), ((f"`{name}`", words) for name, words in METRICS.items()))


def _alarms(template: Template) -> str:
    rows = []
    for name, resource in template["Resources"].items():
        if resource["Type"] == "AWS::CloudWatch::Alarm":
            alarm = resource["Properties"]
            words = alarm["AlarmDescription"].split(" See ")[0]
            when = f"{alarm['Statistic']} of `{alarm['MetricName']}` at least {alarm['Threshold']}"
            points, periods = alarm["DatapointsToAlarm"], alarm["EvaluationPeriods"]
            when += f", in {points} of {periods} periods of {alarm['Period']} s"
            rows.append((f"[{name}](../runbook.md#{name.lower()})", when, words))
    return _table(("alarm", "when", "what it means"), rows)


def _errors() -> str:
    rows = (
        (f"`{one.__name__}`", f"`{_family(one).__name__}`", (one.__doc__ or "").strip().split("\n")[0])
        for one in error_classes()
    )
    return _table(("class", "family", "what it means"), rows)


def _below(root: type[ConnectorError]) -> Iterator[type[ConnectorError]]:
    for one in root.__subclasses__():
        yield one
        yield from _below(one)


def _family(one: type[ConnectorError]) -> type[ConnectorError]:
    return next(family for family in FAMILIES if issubclass(one, family))


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    cells = [head, tuple("---" for _ in head), *rows]
    return "\n".join("| " + " | ".join(one.replace("|", "\\|") for one in row) + " |" for row in cells)


if __name__ == "__main__":
    REFERENCE.write_text(reference(), encoding="utf-8")
