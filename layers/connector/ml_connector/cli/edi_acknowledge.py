"""``ml-connector edi acknowledge``: answer EDI files with 997, 999, TA1 or CONTRL."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from ml_connector.cli.edi import AsJson, Charset, File, Target, known_charset, opened, writing
from ml_connector.cli.output import Output, guarded
from ml_connector.edi import (
    AcknowledgementKind,
    AcknowledgementStyle,
    ControlNumbers,
    MessageOutcome,
    ReadOptions,
    acknowledge,
    examine,
    read_interchanges,
)
from ml_connector.errors import Misconfigured

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import BinaryIO

    from ml_connector.edi import Interchange

Kind = Annotated[
    AcknowledgementKind | None,
    typer.Option("--kind", help="Which one; by default what the standard and the messages' guide ask for."),
]
Number = Annotated[
    int,
    typer.Option(
        "--control-number", min=1, help="Control number of the first answer; further ones count on."
    ),
]
Warnings = Annotated[bool, typer.Option("--warnings", help="Tell warnings too, as accepted with errors.")]


@guarded
def acknowledge_file(
    file: File,
    output: Target = None,
    kind: Kind = None,
    control_number: Number = 1,
    warnings: Warnings = False,
    charset: Charset = None,
    as_json: AsJson = False,
) -> None:
    """Read a file, validate it, and write the technical acknowledgement of each interchange."""
    if as_json and output is None:
        raise Misconfigured("With --json the answer needs a file to go to.", advice="Give one with -o.")
    style = AcknowledgementStyle(warnings=warnings)
    answers: list[dict[str, object]] = []
    with opened(file) as stream, writing(output) as target:
        options = ReadOptions(charset=known_charset(charset))
        for interchange, outcomes in _examined(stream, options):
            number = control_number + len(answers)
            answer = _answer(interchange, outcomes, kind, number, style)
            if answer is not None:
                target.write(answer)
            answers.append(_described(interchange, outcomes, number if answer is not None else None))
    if as_json:
        Output(as_json=True).data({"file": file, "output": str(output), "answers": answers}, "")


def _examined(stream: BinaryIO, options: ReadOptions) -> Iterator[tuple[Interchange, list[MessageOutcome]]]:
    for interchange in read_interchanges(stream, options):
        yield interchange, examine(interchange)


def _answer(
    interchange: Interchange,
    outcomes: list[MessageOutcome],
    kind: AcknowledgementKind | None,
    number: int,
    style: AcknowledgementStyle,
) -> bytes | None:
    numbers = ControlNumbers(interchange=str(number), group=str(number))
    now = datetime.now(UTC)
    return acknowledge(interchange, outcomes, numbers=numbers, prepared_at=now, kind=kind, style=style)


def _described(
    interchange: Interchange, outcomes: list[MessageOutcome], number: int | None
) -> dict[str, object]:
    return {
        "control_number": interchange.control_number,
        "answered_as": number,
        "messages": [
            {"type": outcome.type, "control_number": outcome.control_number, "rejected": outcome.rejected}
            for outcome in outcomes
        ],
    }
