"""What a person does about a document from its page: the same decisions as on the command line."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ml_connector.errors import Rejected
from ml_connector.workflow.decisions import (
    Person,
    Rerouting,
    hold_document,
    reroute_document,
    review_item,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from ml_connector.assembly.parts import Parts

Form = dict[str, str]

# In these a message or an interchange is received again once what stopped it was mended.
_RECEIVED_AGAIN = frozenset({"failed", "quarantined", "skipped"})

DONE = {
    "replay": "It was started again.",
    "hold": "It is held.",
    "release": "It goes on.",
    "reroute": "It was rerouted and started again.",
    "review": "The review is recorded.",
    "close": "It is off the lists of what is open.",
    "assign": "It is received again.",
}


def act(form: Form, name: str, parts: Parts) -> str:
    """Do what a form asks for; return the action's name.

    Raises:
        Rejected: There is no such action, no reason was given, or it does not fit the document.
        Misconfigured: A reroute names a partner, company, entity or field that is none.
    """
    action = form.get("action", "")
    if action not in _ACTIONS:
        raise Rejected(f"There is no action {action!r}.", advice="Use the buttons of the document's page.")
    _ACTIONS[action](form, Person(name, form.get("reason", "").strip()), parts)
    return action


def _replay(form: Form, who: Person, parts: Parts) -> None:
    from ml_connector.assembly.actions import replaying
    from ml_connector.workflow.replay import plan_replay, replay

    replay(plan_replay(form["id"], parts.queries), replaying(parts), reason=who.reason, actor=who.name)


def _hold(form: Form, who: Person, parts: Parts) -> None:
    from ml_connector.assembly.actions import replaying

    hold_document(form["id"], who, replaying(parts))


def _release(form: Form, who: Person, parts: Parts) -> None:
    from ml_connector.assembly.actions import release

    release(form["id"], who, parts)


def _assign(form: Form, who: Person, parts: Parts) -> None:
    from ml_connector.assembly.actions import receiving_again
    from ml_connector.workflow.receive_again import assign

    assign(form["id"], who, receiving_again(parts), partner=form.get("partner", ""))


def _reroute(form: Form, who: Person, parts: Parts) -> None:
    from ml_connector.assembly.actions import rerouting

    field, value = form.get("field", "").strip(), form.get("value", "").strip()
    to = Rerouting(
        partner=form.get("partner", ""),
        entity=form.get("entity", ""),
        company=form.get("company", "").strip(),
        fields={field: value} if field else None,
        mailbox=form.get("mailbox", "").strip(),
    )
    reroute_document(form["id"], to, who, rerouting(parts))


def _review(form: Form, who: Person, parts: Parts) -> None:
    from ml_connector.assembly.actions import replaying

    review_item(form["id"], who, replaying(parts), close=form.get("action") == "close")


def open_to(state: Mapping[str, Any]) -> frozenset[str]:
    """Return the actions that make sense for an item in its state; the workflow decides again."""
    found = {"review"} | ({"close"} if state.get("open_status") else set())
    held = state.get("status") == "held" or bool(state.get("held_because"))
    if held:
        found.add("release")
    if state.get("kind") == "interchange" and state.get("status") == "unassigned":
        found.add("assign")
    if state.get("kind") == "document" or state.get("status") in _RECEIVED_AGAIN:
        found.add("replay")
    if state.get("kind") == "document":
        posted = state.get("direction") == "in" and bool(state.get("visma_number"))
        if not posted:
            found |= {"reroute"} | ({"hold"} if state.get("open_status") and not held else set())
    return frozenset(found)


_ACTIONS: dict[str, Callable[[Form, Person, Parts], None]] = {
    "replay": _replay,
    "hold": _hold,
    "release": _release,
    "assign": _assign,
    "reroute": _reroute,
    "review": _review,
    "close": _review,
}
