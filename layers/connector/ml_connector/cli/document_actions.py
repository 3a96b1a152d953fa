"""``ml-connector documents hold|release|review|reroute``: one person's decision about one document."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.text import Text

from ml_connector.cli.options import AsJson, Reason, Stack, person
from ml_connector.cli.output import Output, guarded
from ml_connector.errors import Misconfigured

DocumentId = Annotated[str, typer.Argument(metavar="ID", help="A document's id.")]
ItemId = Annotated[str, typer.Argument(metavar="ID", help="A document's or interchange's id.")]


@guarded
def hold(document: DocumentId, reason: Reason = "", stack: Stack = None, as_json: AsJson = False) -> None:
    """Stop a document before it is posted or sent, until it is released."""
    from ml_connector.assembly.actions import replaying
    from ml_connector.assembly.deployment import deployed_parts
    from ml_connector.workflow.decisions import hold_document

    who = person(reason)
    done = hold_document(document, who, replaying(deployed_parts(stack)))
    Output(as_json=as_json).data(done, Text(f"{document} is held: {reason}"))


@guarded
def release(item: ItemId, reason: Reason = "", stack: Stack = None, as_json: AsJson = False) -> None:
    """Let a held document or interchange go on, past what held it."""
    from ml_connector.assembly import actions
    from ml_connector.assembly.deployment import deployed_parts

    done = actions.release(item, person(reason), deployed_parts(stack))
    Output(as_json=as_json).data(done, Text(f"{item} goes on as {done['execution']}"))


@guarded
def review(
    item: ItemId,
    reason: Reason = "",
    close: Annotated[bool, typer.Option("--close", help="Take it off the lists of what is open.")] = False,
    stack: Stack = None,
    as_json: AsJson = False,
) -> None:
    """Record that you looked at it and what you found."""
    from ml_connector.assembly.actions import replaying
    from ml_connector.assembly.deployment import deployed_parts
    from ml_connector.workflow.decisions import review_item

    who = person(reason)
    done = review_item(item, who, replaying(deployed_parts(stack)), close=close)
    Output(as_json=as_json).data(done, Text(f"{item}: {done['note']}"))


@guarded
def reroute(
    document: DocumentId,
    partner: Annotated[str, typer.Option(help="The partner it really is from.")] = "",
    company: Annotated[str, typer.Option(help="The company whose ledger it goes to.")] = "",
    entity: Annotated[str, typer.Option(help="What it becomes: purchase_order, supplier_invoice ...")] = "",
    fields: Annotated[
        list[str] | None, typer.Option("--set", metavar="FIELD=VALUE", help="A corrected value; repeatable.")
    ] = None,
    mailbox: Annotated[str, typer.Option(help="The mailbox a document that leaves goes to.")] = "",
    reason: Reason = "",
    stack: Stack = None,
    as_json: AsJson = False,
) -> None:
    """Start a document again for another partner, company, entity or mailbox, or with corrected values."""
    from ml_connector.assembly.actions import rerouting
    from ml_connector.assembly.deployment import deployed_parts
    from ml_connector.workflow.decisions import Rerouting, reroute_document

    who = person(reason)
    to = Rerouting(partner, entity, company, dict(map(_field, fields or ())), mailbox)
    done = reroute_document(document, to, who, rerouting(deployed_parts(stack)))
    Output(as_json=as_json).data(done, Text(f"{document} goes on as {done['execution']}"))


def _field(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not (name and equals):
        raise Misconfigured(f"--set: {text!r} is no assignment.", advice="Write --set currency=NOK.")
    return name, value
