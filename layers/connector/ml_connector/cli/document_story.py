"""One item's story as people read it: what it is, who and how much, what happened, every decision."""

from __future__ import annotations

from typing import Any

from rich.console import Group
from rich.table import Table
from rich.text import Text

from ml_connector.cli.output import dated

_FACTS = (
    "item",
    "status",
    "visma_entity",
    "visma_number",
    "parent",
    "control_number",
    "mailbox",
    "event_count",
)
_WORDS = ("reason", "advice", "note", "held_because")
# Totals that count something instead of being an amount.
_COUNTS = frozenset({"declared_line_count", "line_count", "sum_qty", "hash", "package_count", "level_count"})
_SAYING = ("reason", "entity", "messages", "way", "mailbox")


def story(state: dict[str, Any], events: list[dict[str, Any]], document: dict[str, Any] | None) -> Group:
    """Return the story of an item; ``document`` is its content where it was parsed."""
    title = Text(
        f"{state.get('type', '')} {state.get('number', '')} from {state.get('partner', 'nobody known')}"
    )
    title.stylize("bold")
    parts: list[Any] = [title, _facts(state), *_execution(events), Text(), _timeline(events)]
    return Group(*parts, *_content(document or {}), *_findings(events), *_decisions(events))


def execution_of(events: list[dict[str, Any]]) -> dict[str, str]:
    """Return the latest execution: its ``arn`` and the ``link`` to it in the console."""
    arn = next((event["execution"] for event in reversed(events) if event.get("execution")), "")
    if arn.count(":") < 3:
        return {"arn": arn, "link": ""}
    region = arn.split(":")[3]
    console = f"https://{region}.console.aws.amazon.com/states/home"
    return {"arn": arn, "link": f"{console}?region={region}#/v2/executions/details/{arn}"}


def _execution(events: list[dict[str, Any]]) -> list[Text]:
    """The execution on lines of its own, whole, so that it can be copied."""
    return [Text(line, overflow="fold", no_wrap=False) for line in execution_of(events).values() if line]


def _facts(state: dict[str, Any]) -> Table:
    facts = Table(show_header=False, box=None, pad_edge=False)
    for name in _FACTS:
        if state.get(name):
            facts.add_row(name.replace("_", " "), str(state[name]))
    for name in _WORDS:
        if state.get(name):
            facts.add_row(name.replace("_", " "), Text(str(state[name]), style="yellow"))
    return facts


def _timeline(events: list[dict[str, Any]]) -> Table:
    timeline = Table(
        "when", "event", "step", "who or what", "more", box=None, pad_edge=False, header_style="bold"
    )
    for event in events:
        timeline.add_row(
            dated(event["at"]),
            event["event"],
            event["step"],
            Text(event.get("actor") or event.get("execution", "").rpartition(":")[2]),
            Text(_summary(event["facts"])),
        )
    return timeline


def _summary(facts: dict[str, Any]) -> str:
    for name in _SAYING:
        if facts.get(name):
            number = f" {facts['number']}" if facts.get("number") else ""
            return f"{facts[name]}{number}"
    return ""


def _content(document: dict[str, Any]) -> list[Any]:
    parties = Table(show_header=False, box=None, pad_edge=False)
    for party in document.get("parties", ()):
        ids = " ".join(str(one.get("value", "")) for one in party.get("ids", ()))
        parties.add_row(str(party.get("role", "")), Text(str(party.get("name", ""))), Text(ids))
    amounts = Table(show_header=False, box=None, pad_edge=False)
    totals = document.get("totals_declared") or document.get("totals_computed") or {}
    for name, value in totals.items():
        currency = "" if name in _COUNTS else document.get("currency", "")
        amounts.add_row(str(name).replace("_", " "), f"{value} {currency}".strip())
    shown = [("Parties", parties), ("Amounts", amounts)]
    return [
        row for name, table in shown if table.row_count for row in (Text(), Text(name, style="bold"), table)
    ]


def _findings(events: list[dict[str, Any]]) -> list[Any]:
    found = [one for event in events for one in event["facts"].get("findings", ())]
    unique = {(one.get("rule"), one.get("offset"), one.get("message")): one for one in found}
    if not unique:
        return []
    lines = [
        Text(f"{one.get('severity', '')} {one.get('tag', '')}: {one.get('message', '')}")
        for one in unique.values()
    ]
    return [Text(), Text("Findings", style="bold"), *lines]


def _decisions(events: list[dict[str, Any]]) -> list[Any]:
    mapped = [event["facts"]["decisions"] for event in events if event["facts"].get("decisions")]
    if not mapped:
        return []
    table = Table("field", "value", "from", "where", "detail", box=None, pad_edge=False, header_style="bold")
    for decision in mapped[-1]:
        values = (str(decision[name]) for name in ("field", "value", "source", "where", "detail"))
        table.add_row(*map(Text, values))
    return [Text(), Text("Decisions of the mapping", style="bold"), table]
