"""``ml-connector rules``: is the configuration right, and what does it do with a document and why."""

from __future__ import annotations

import io
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Group
from rich.table import Table
from rich.text import Text

from ml_connector.cli.output import REFUSED, Output, guarded
from ml_connector.errors import Misconfigured

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ml_connector.mapping import Lookups
    from ml_connector.partners import Configuration
    from ml_connector.workflow.explain_documents import Explained, Explaining
    from ml_connector.workflow.rule_examples import ExampleOutcome

rules_app = typer.Typer(no_args_is_help=True, help="Check, explain and test routing rules.")

Folder = Annotated[Path, typer.Argument(help="The configuration's folder.", file_okay=False)]
AgainstVisma = Annotated[
    bool, typer.Option("--against-visma", help="Ask Visma itself, not the folder's lookups.yaml.")
]
Stack = Annotated[str | None, typer.Option("--stack", help="The deployment; else ML_CONNECTOR_STACK.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@rules_app.command("check")
@guarded
def check(
    folder: Folder, against_visma: AgainstVisma = False, stack: Stack = None, as_json: AsJson = False
) -> None:
    """Say what is wrong with a configuration, by file and line."""
    from ml_connector.mapping.ledger_check import LedgerCheck
    from ml_connector.partners.configuration import faults_of, load

    out = Output(as_json=as_json)
    try:
        configuration = load(folder)
    except Misconfigured as error:
        faults = faults_of(error)
        out.data({"faults": faults}, _faults([str(fault["message"]) for fault in faults]))
        raise typer.Exit(2) from error
    lookups = _lookups_if_any(configuration, against_visma=against_visma, stack=stack)
    unknown = list(LedgerCheck(configuration, lookups).unknown()) if lookups else []
    found = {"version": configuration.version, "faults": [fault.as_dict() for fault in unknown]}
    out.data(found, _faults([fault.sentence for fault in unknown]) if unknown else _sound(configuration))
    if unknown:
        raise typer.Exit(2)


@rules_app.command("explain")
@guarded
def explain(
    files: Annotated[
        list[Path], typer.Argument(help="Files of partners, or documents as `edi parse` prints.")
    ],
    config: Annotated[Path, typer.Option("--config", help="The configuration's folder.", file_okay=False)],
    partner: Annotated[str, typer.Option(help="The partner, where the file does not say.")] = "",
    sets: Annotated[list[str] | None, typer.Option("--set", help="Another value: field=value.")] = None,
    against_visma: AgainstVisma = False,
    stack: Stack = None,
    as_json: AsJson = False,
) -> None:
    """Show the Visma document each file would become, and why every value is what it is; post nothing."""
    from ml_connector.partners import load
    from ml_connector.workflow.explain_documents import Explaining

    configuration = load(config)
    lookups = _lookups(configuration, against_visma=against_visma, stack=stack)
    explaining = Explaining(configuration, lookups, _overrides(sets or []), partner)
    explained = [(file.name, one) for file in files for one in _explain(file, explaining)]
    found = [{"file": name, **one.as_dict()} for name, one in explained]
    Output(as_json=as_json).data(found, Group(*(_explanation(one) for _, one in explained)))
    if any(one.error for _, one in explained):
        raise typer.Exit(REFUSED)


@rules_app.command("test")
@guarded
def run_tests(
    folder: Folder,
    update: Annotated[bool, typer.Option("--update", help="Write what is found as expected.")] = False,
    against_visma: AgainstVisma = False,
    stack: Stack = None,
    as_json: AsJson = False,
) -> None:
    """Run the examples in the folder's `tests` against its rules."""
    from ml_connector.partners import load
    from ml_connector.workflow.explain_documents import Explaining
    from ml_connector.workflow.rule_examples import run_examples, write_expectation

    configuration = load(folder)
    lookups = _lookups(configuration, against_visma=against_visma, stack=stack)
    outcomes = list(run_examples(folder, Explaining(configuration, lookups, {})))
    if update:
        for outcome in outcomes:
            if outcome.found:
                write_expectation(folder, outcome)
        outcomes = list(run_examples(folder, Explaining(configuration, lookups, {})))
    found = [{"name": o.name, "passed": o.passed, "differences": o.differences} for o in outcomes]
    Output(as_json=as_json).data(found, _examples(outcomes))
    if not all(outcome.passed for outcome in outcomes):
        raise typer.Exit(REFUSED)


@rules_app.command("impact")
@guarded
def impact(
    folder: Folder,
    since: Annotated[str, typer.Option("--since", help="First day, YYYY-MM-DD; today by default.")] = "",
    until: Annotated[str, typer.Option("--until", help="Last day, YYYY-MM-DD; today by default.")] = "",
    stack: Stack = None,
    as_json: AsJson = False,
) -> None:
    """List every Visma value of a period's documents that this folder's configuration would change."""
    from ml_connector.assembly.deployment import deployed_parts
    from ml_connector.cli.matching import day_of
    from ml_connector.partners import load
    from ml_connector.workflow import rules_impact
    from ml_connector.workflow.stored_documents import documents_between

    changed, parts = load(folder), deployed_parts(stack)
    items = documents_between(parts.queries, day_of(since), day_of(until))
    found = list(rules_impact.impact(items, parts.documents, parts.configuration, changed, parts.lookups))
    table = Table("partner", "number", "field", "now", "then", "because", box=None)
    for one in found:
        cells = (one.partner, one.number, one.field, one.before, one.after, one.because)
        table.add_row(*(Text(cell) for cell in cells))
    rendering = table if found else Text("Nothing would differ.")
    Output(as_json=as_json).data([one.as_dict() for one in found], rendering)


def _explain(file: Path, explaining: Explaining) -> Iterator[Explained]:
    if str(file) == "-":
        yield from explaining.file(io.BytesIO(sys.stdin.buffer.read()))
        return
    if file.suffix == ".json":
        yield explaining.json(file.read_bytes())
        return
    with file.open("rb") as stream:
        yield from explaining.file(stream)


def _overrides(sets: list[str]) -> dict[str, str]:
    pairs = [given.partition("=") for given in sets]
    for field, sign, _ in pairs:
        if not sign:
            raise Misconfigured(f"--set {field} has no value.", advice="Write it as field=value.")
    return {field: value for field, _, value in pairs}


def _lookups(configuration: Configuration, *, against_visma: bool, stack: str | None) -> Lookups:
    from ml_connector.mapping.snapshot import snapshot_of

    if not against_visma:
        return snapshot_of(configuration)
    from ml_connector.assembly.deployment import deployed_parts

    return deployed_parts(stack).lookups


def _lookups_if_any(
    configuration: Configuration, *, against_visma: bool, stack: str | None
) -> Lookups | None:
    if not against_visma and "lookups.yaml" not in configuration.files:
        return None
    return _lookups(configuration, against_visma=against_visma, stack=stack)


def _faults(sentences: list[str]) -> Group:
    return Group(*(Text(sentence, style="red") for sentence in sentences))


def _sound(configuration: Configuration) -> Text:
    rules = sum(len(rule_set.rules) for rule_set in configuration.rules)
    counted = f"{len(configuration.partners)} partners, {rules} rules"
    return Text(f"Nothing is wrong: {counted}, version {configuration.version}.")


def _explanation(explained: Explained) -> Group:
    head = Text(
        f"{explained.type} {explained.number} of {explained.partner or 'nobody known'}: ", style="bold"
    )
    if explained.error:
        head.append(type(explained.error).__name__, style="red")
        return Group(head, Text(explained.error.message), Text(explained.error.advice, style="yellow"), "")
    result = explained.result
    if result is None:
        return Group(head)
    head.append(f"{result.entity}, {result.disposition.value}")
    table = Table("field", "value", "from", "where and why", box=None, pad_edge=False)
    for entry in result.explanation():
        why = " · ".join(filter(None, (entry["where"], entry["detail"])))
        table.add_row(Text(entry["field"]), Text(entry["value"]), entry["source"], Text(why))
    holds = [Text(f"Hold: {reason}", style="yellow") for reason in result.holds]
    return Group(head, *holds, table, "")


def _examples(outcomes: list[ExampleOutcome]) -> Group:
    lines: list[Text] = []
    for outcome in outcomes:
        style, word = ("green", "as expected") if outcome.passed else ("red", "not as expected")
        lines.append(Text.assemble(f"{outcome.name}: ", (word, style)))
        lines.extend(Text(f"  {difference}") for difference in outcome.differences)
    return Group(*lines)
