"""What is told of one item: its latest execution, its content, what was found in it, every decision."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any

from ml_connector.errors import ConnectorError, Rejected
from ml_connector.store.objects import ObjectRef

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from ml_connector.store.audit_queries import AuditQueries
    from ml_connector.store.raw import RawStore

_SAYING = ("reason", "entity", "messages", "way", "mailbox")


def known_state(item: str, queries: AuditQueries) -> dict[str, Any]:
    """Return the state of a document, interchange or message.

    Raises:
        Rejected: Nobody knows it.
    """
    state = queries.state(item) if item else None
    if state is None:
        raise Rejected(
            f"There is nothing with the id {item!r}.",
            advice="Search for one of its numbers, as with: ml-connector documents list --number NUMBER",
        )
    return state


def execution_of(events: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """Return the latest execution: its ``arn`` and the ``link`` to it in AWS's console.

    There is no link where AWS itself does not run it, as in the demo.
    """
    arn = next((event["execution"] for event in reversed(events) if event.get("execution")), "")
    if arn.count(":") < 3 or os.environ.get("AWS_ENDPOINT_URL"):
        return {"arn": arn, "link": ""}
    region = arn.split(":")[3]
    console = f"https://{region}.console.aws.amazon.com/states/home"
    return {"arn": arn, "link": f"{console}?region={region}#/v2/executions/details/{arn}"}


def parsed_content(state: Mapping[str, Any], store: RawStore) -> dict[str, Any] | None:
    """Return the parsed document; None where there is none, or its bytes are gone, which verify reports."""
    return read_object(state.get("parsed"), store)


def mapped_content(events: Iterable[Mapping[str, Any]], store: RawStore) -> dict[str, Any] | None:
    """Return what the document became for Visma: ``{entity, company, body ...}``; None where nothing yet."""
    found = [event["facts"]["mapped"] for event in events if event["facts"].get("mapped")]
    return read_object(found[-1], store) if found else None


def read_object(reference: Mapping[str, Any] | None, store: RawStore) -> dict[str, Any] | None:
    """Return a JSON object that a state or an event refers to; None where it is none, or gone."""
    if not reference:
        return None
    try:
        found: dict[str, Any] = json.loads(store.get(ObjectRef(**reference)))
    except ConnectorError:
        return None
    return found


def summary(facts: Mapping[str, Any]) -> str:
    """Return the one fact of an event that a line has room for."""
    for name in _SAYING:
        if facts.get(name):
            number = f" {facts['number']}" if facts.get("number") else ""
            return f"{facts[name]}{number}"
    return ""


def findings_in(events: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Return what was found in the bytes, each once however often the document was parsed."""
    found = [one for event in events for one in event["facts"].get("findings", ())]
    return list({(one.get("rule"), one.get("offset"), one.get("message")): one for one in found}.values())


def decisions_in(events: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Return the decisions of the latest mapping: ``field, value, source, where, detail``."""
    mapped = [event["facts"]["decisions"] for event in events if event["facts"].get("decisions")]
    return list(mapped[-1]) if mapped else []
