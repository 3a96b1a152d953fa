"""``ml-connector partners``: who we trade with, and drafts of partner files from what both systems know."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Group
from rich.table import Table
from rich.text import Text

from ml_connector.cli.output import Output, guarded

if TYPE_CHECKING:
    from ml_connector.mapping.partner_drafts import PartnerDraft
    from ml_connector.partners import Partner

partners_app = typer.Typer(no_args_is_help=True, help="List partners, and draft their files.")

Folder = Annotated[Path, typer.Argument(help="The configuration's folder.", file_okay=False)]
Stack = Annotated[str | None, typer.Option("--stack", help="The deployment; else ML_CONNECTOR_STACK.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@partners_app.command("list")
@guarded
def list_partners(folder: Folder, as_json: AsJson = False) -> None:
    """List the partners of a configuration: who they are, their addresses, what they are in the ledger."""
    from ml_connector.partners import load

    partners = load(folder).partners
    table = Table("partner", "name", "roles", "in the ledger", "addresses", box=None)
    for partner in partners:
        ledger = partner.supplier or partner.customer or ""
        table.add_row(
            partner.id, Text(partner.name), ", ".join(partner.roles), ledger, Text(_addresses(partner))
        )
    data = [partner.model_dump(mode="json", exclude_defaults=True) for partner in partners]
    Output(as_json=as_json).data(data, table)


@partners_app.command("import")
@guarded
def import_partners(
    folder: Folder,
    write: Annotated[bool, typer.Option("--write", help="Write the drafts into the folder.")] = False,
    stack: Stack = None,
    as_json: AsJson = False,
) -> None:
    """Draft a file for each trading partner of Sterling that has none, and list what needs a person."""
    from ml_connector.assembly.deployment import deployed_parts
    from ml_connector.mapping.partner_drafts import draft_partners
    from ml_connector.partners import load

    parts = deployed_parts(stack)
    configuration = load(folder) if (folder / "company.yaml").exists() else None
    suppliers = parts.lookups.suppliers()
    listed = parts.sterling.trading_partners()
    drafts = list(draft_partners(listed, suppliers, configuration))
    if write:
        _write(folder, drafts)
    rendering = _drafts(drafts) if listed else Text("Sterling lists no trading partners.")
    Output(as_json=as_json).data([draft.as_dict() for draft in drafts], rendering)


def _write(folder: Path, drafts: list[PartnerDraft]) -> None:
    (folder / "partners").mkdir(parents=True, exist_ok=True)
    for draft in drafts:
        path = folder / "partners" / f"{draft.id}.yaml"
        if not path.exists():
            path.write_text(draft.text, encoding="utf-8")


def _addresses(partner: Partner) -> str:
    return ", ".join(f"{identity.standard} {identity.id}" for identity in partner.identities)


def _drafts(drafts: list[PartnerDraft]) -> Group:
    if not drafts:
        return Group(Text("Every trading partner of Sterling has its file."))
    lines: list[Text] = []
    for draft in drafts:
        lines.append(Text(f"partners/{draft.id}.yaml: {draft.supplier or 'no supplier'}", style="bold"))
        lines.extend(Text(f"  To decide: {question}", style="yellow") for question in draft.questions)
    return Group(*lines)
