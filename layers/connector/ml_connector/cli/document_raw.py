"""``ml-connector documents raw``: the bytes as they came, segment by segment, findings marked in place."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Group
from rich.text import Text

from ml_connector.cli.options import AsJson, Stack  # noqa: TC001 - Typer reads annotations at run time
from ml_connector.cli.output import Output, guarded

if TYPE_CHECKING:
    from ml_connector.edi.finding import Finding
    from ml_connector.edi.segment import Segment

_STYLES = {"error": "bold red", "warning": "yellow", "info": "dim"}


@guarded
def show_raw(
    document: Annotated[str, typer.Argument(metavar="ID", help="A document's or message's id.")],
    original: Annotated[bool, typer.Option("--bytes", help="Write the bytes themselves.")] = False,
    stack: Stack = None,
    as_json: AsJson = False,
) -> None:
    """Print the EDI of a document, its segments numbered and findings marked."""
    from ml_connector.assembly.deployment import deployed_parts
    from ml_connector.workflow.document_story import known_state
    from ml_connector.workflow.marked_segments import marked_segments, stored_bytes

    parts = deployed_parts(stack)
    content = stored_bytes(known_state(document, parts.queries), parts.documents)
    if original:
        typer.get_binary_stream("stdout").write(content)
        return
    rows = marked_segments(content)
    Output(as_json=as_json).data(
        {"document": document, "segments": [_plain(*row) for row in rows]},
        Group(*(line for row in rows for line in _lines(*row))),
    )


def _plain(number: int, segment: Segment, found: list[Finding]) -> dict[str, Any]:
    text = segment.syntax.charset.decode(segment.raw)
    findings = [finding.as_dict() for finding in found]
    return {
        "number": number,
        "tag": segment.tag,
        "offset": segment.offset,
        "text": text,
        "findings": findings,
    }


def _lines(number: int, segment: Segment, found: list[Finding]) -> list[Text]:
    from ml_connector.cli.edi_report import mark, printable

    text = printable(segment.syntax.charset.decode(segment.raw))
    lines = [Text(f"{number:5}  ", style="dim").append(text, style="default")]
    for finding in found:
        lines += mark(finding, segment)
        said = f"       {finding.severity.value}: {finding.message} [{finding.rule}]"
        lines.append(Text(said, style=_STYLES[finding.severity.value]))
    return lines
