"""``ml-connector documents raw``: the bytes as they came, segment by segment, findings marked in place."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Group
from rich.text import Text

from ml_connector.cli.options import AsJson, Stack  # noqa: TC001 - Typer reads annotations at run time
from ml_connector.cli.output import Output, guarded
from ml_connector.errors import Rejected

if TYPE_CHECKING:
    from ml_connector.assembly.parts import Parts
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

    content = _content(document, deployed_parts(stack))
    if original:
        typer.get_binary_stream("stdout").write(content)
        return
    rows = _rows(content)
    Output(as_json=as_json).data(
        {"document": document, "segments": [_plain(*row) for row in rows]},
        Group(*(line for row in rows for line in _lines(*row))),
    )


def _content(document: str, parts: Parts) -> bytes:
    from ml_connector.store.objects import ObjectRef

    state = parts.queries.state(document)
    if state is None or not state.get("bytes"):
        raise Rejected(
            f"There are no bytes of {document!r}.", advice="Look it up with: ml-connector documents list"
        )
    return parts.documents.get(ObjectRef(**{**state["bytes"], "size": int(state["bytes"]["size"])}))


def _rows(content: bytes) -> list[tuple[int, Segment, list[Finding]]]:
    """Return every segment, numbered through the whole file, with what was found in it."""
    from ml_connector.edi import read_interchanges
    from ml_connector.edi.checking import check_message

    rows: list[tuple[Segment, list[Finding]]] = []
    for interchange in read_interchanges(io.BytesIO(content)):
        rows.append((interchange.header, []))
        for message in interchange.messages():
            found = [finding for finding, _ in check_message(message).findings]
            rows += [
                (segment, [f for f in found if f.offset == segment.offset]) for segment in message.segments
            ]
        if interchange.trailer:
            rows.append((interchange.trailer, []))
        _add_envelope_findings(rows, interchange.findings)
    return [(number, segment, found) for number, (segment, found) in enumerate(rows, start=1)]


def _add_envelope_findings(rows: list[tuple[Segment, list[Finding]]], findings: Any) -> None:  # noqa: ANN401 - any sequence of findings
    for finding in findings:
        place = next((row for row in rows if row[0].offset == finding.offset), rows[-1])
        place[1].append(finding)


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
