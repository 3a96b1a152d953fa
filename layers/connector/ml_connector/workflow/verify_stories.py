"""Whether an item's events tell a whole story: none missing, an end, a source, all children."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ml_connector.store.audit import STATUS_AFTER
from ml_connector.workflow.faults import Fault, FaultKind

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from ml_connector.store.audit_queries import AuditQueries

Item = dict[str, Any]

# What must have happened to a document before: any of these.
_BEFORE = {
    "validated": ("received",),
    "parsed": ("received",),
    "reconciled": ("received",),
    "mapped": ("parsed",),
    "matched": ("parsed",),
    "posted": ("mapped", "matched"),
    "logged": ("mapped", "matched"),
    "formatted": ("fetched",),
    "sent": ("formatted",),
}
# An item in one of these is still on its way by itself.
_UNDER_WAY = frozenset({"received", "processing", "waiting"})
# The event that says how many children an item has, and under which name, by the item's kind.
_CHILDREN = {"message": "interchanges", "interchange": "messages"}


def check_story(
    state: Item, events: Sequence[Item], queries: AuditQueries, *, settled_by: str
) -> Iterator[Fault]:
    """Yield what is wrong with one item.

    Args:
        state: Its current state.
        events: All its events, oldest first.
        queries: The audit trail, for its parent and children.
        settled_by: An item that is on its way since before this moment should have ended.
    """
    item = state["item"]
    yield from _missing_events(item, state, events)
    if state.get("status") in _UNDER_WAY and state["status_since"] < settled_by:
        since = f"{state['status']} since {state['status_since']}"
        yield Fault(FaultKind.NO_END, item, f"It is {since} and has neither ended nor failed.")
    yield from _missing_children(item, state, events, queries)
    if state.get("kind") == "document" and state.get("direction") == "in":
        yield from _missing_source(item, state, queries)


def _missing_events(item: str, state: Item, events: Sequence[Item]) -> Iterator[Fault]:
    names = {event["event"] for event in events}
    counted = int(state.get("event_count", len(events)))
    if counted != len(events):
        what = f"{counted} events were written and {len(events)} are there."
        yield Fault(FaultKind.EVENT_MISSING, item, what)
    if state.get("kind") == "document":
        for name, before in _BEFORE.items():
            if name in names and not names.intersection(before):
                yield Fault(FaultKind.EVENT_MISSING, item, f"It was {name} but never {' or '.join(before)}.")
    expected = _status_of(events)
    if expected and state.get("status") not in expected:
        what = f"Its state says {state.get('status')}, its last event {' or '.join(sorted(expected))}."
        yield Fault(FaultKind.EVENT_MISSING, item, what)


def _status_of(events: Sequence[Item]) -> set[str]:
    """Return what the latest events make of the status; several where they happened at one moment."""
    # A repeated step announces its item again, which moves nothing.
    telling = [event for event in events[:1] if event["event"] == "received"]
    telling += [event for event in events if event["event"] in STATUS_AFTER and event["event"] != "received"]
    if not telling:
        return set()
    last = telling[-1]["at"]
    return {STATUS_AFTER[event["event"]] for event in telling if event["at"] == last}


def _missing_children(
    item: str, state: Item, events: Sequence[Item], queries: AuditQueries
) -> Iterator[Fault]:
    counted = _CHILDREN.get(state.get("kind", ""), "")
    expected = max(
        (_count(event["facts"], counted) for event in events if event["event"] == "split"), default=0
    )
    if not expected:
        return
    found = sum(1 for _ in queries.children(item))
    if found < expected:
        yield Fault(FaultKind.ITEM_MISSING, item, f"It had {expected} {counted} and {found} are recorded.")


def _count(facts: Mapping[str, Any], name: str) -> int:
    return int(facts.get(name, 0))


def _missing_source(item: str, state: Item, queries: AuditQueries) -> Iterator[Fault]:
    if not state.get("bytes"):
        yield Fault(FaultKind.NO_SOURCE, item, "Its state names no bytes that it came from.")
    parent = state.get("parent", "")
    if not parent or queries.state(parent) is None:
        yield Fault(
            FaultKind.NO_SOURCE, item, f"Nothing is recorded of the interchange {parent!r} it came in."
        )
