"""One item's story as people read it: what it is, who and how much, what happened, every decision."""

from __future__ import annotations

from typing import Any

from rich.console import Group
from rich.table import Table
from rich.text import Text

from ml_connector.cli.output import dated
from ml_connector.workflow.document_story import decisions_in, execution_of, findings_in, summary

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


def story(state: dict[str, Any], events: list[dict[str, Any]], document: dict[str, Any] | None) -> Group:
    """Return the story of an item; ``document`` is its content where it was parsed."""
    title = Text(
        f"{state.get('type', '')} {state.get('number', '')} from {state.get('partner', 'nobody known')}"
    )
    title.stylize("bold")
    parts: list[Any] = [title, _facts(state), *_execution(events), Text(), _timeline(events)]
    return Group(*parts, *_content(document or {}), *_findings(events), *_decisions(events))


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
            Text(summary(event["facts"])),
        )
    return timeline


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
    unique = findings_in(events)
    if not unique:
        return []
    lines = [
        Text(f"{one.get('severity', '')} {one.get('tag', '')}: {one.get('message', '')}") for one in unique
    ]
    return [Text(), Text("Findings", style="bold"), *lines]


def _decisions(events: list[dict[str, Any]]) -> list[Any]:
    decisions = decisions_in(events)
    if not decisions:
        return []
    table = Table("field", "value", "from", "where", "detail", box=None, pad_edge=False, header_style="bold")
    for decision in decisions:
        values = (str(decision[name]) for name in ("field", "value", "source", "where", "detail"))
        table.add_row(*map(Text, values))
    return [Text(), Text("Decisions of the mapping", style="bold"), table]
