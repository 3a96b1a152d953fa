"""The report of a check as people read it: what is wrong, where, and the segment with the place marked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.cells import cell_len
from rich.text import Text

from ml_connector.edi.finding import Finding, Severity, Status
from ml_connector.edi.interchange import Interchange
from ml_connector.edi.locating import envelope_segment_of, locate

if TYPE_CHECKING:
    from rich.console import Console

    from ml_connector.codecs.filed_checking import CheckedFile
    from ml_connector.edi.checking import CheckedMessage
    from ml_connector.edi.segment import Segment

_STYLES = {Severity.ERROR: "bold red", Severity.WARNING: "yellow", Severity.INFO: "dim"}
_STATUS_STYLES = {Status.REJECTED: "bold red", Status.WARNED: "yellow", Status.ACCEPTED: "green"}
#: A long segment is shown around the place at fault only.
_SHOWN_BEFORE, _SHOWN = 60, 100


class PeopleReport:
    """Prints what is found as it is found."""

    def __init__(self, console: Console) -> None:
        self._console = console

    def start(self) -> None:
        """Begin; people need nothing around files."""

    def start_file(self, name: str) -> None:
        """Begin a file; its name stands with each interchange."""

    def start_interchange(self, name: str, interchange: Interchange | CheckedFile) -> None:
        """Print what an interchange is and who sent it."""
        parties = f"{interchange.sender.id or '?'} to {interchange.receiver.id or '?'}"
        noun = "interchange" if isinstance(interchange, Interchange) else "document"
        told = f"{interchange.standard} {noun} {interchange.control_number} from {parties}"
        line = Text(f"{name}: ", style="bold")
        line.append(printable(told) + (", test" if interchange.test else ""), style="not bold")
        self._console.print(line)

    def message(self, message: CheckedMessage) -> None:
        """Print a message's verdict and its findings."""
        line = Text(printable(f"  {message.type} {message.version} {message.control_number}: "))
        self._console.print(line.append(message.status.value, style=_STATUS_STYLES[message.status]))
        for finding, segment in message.findings:
            _print_finding(self._console, finding, segment)

    def end_interchange(self, interchange: Interchange | CheckedFile) -> None:
        """Print an interchange's own findings and what they amount to."""
        if not isinstance(interchange, Interchange):
            return  # A document's findings are its message's, already told.
        for finding in interchange.findings:
            _print_finding(self._console, finding, envelope_segment_of(finding, interchange))
        line = Text(f"  envelope, messages: {interchange.message_count}: ")
        self._console.print(line.append(interchange.status.value, style=_STATUS_STYLES[interchange.status]))

    def end_file(self) -> None:
        """End a file."""

    def end(self) -> None:
        """End the report."""


def _print_finding(console: Console, finding: Finding, segment: Segment | None) -> None:
    line = Text("    ")
    line.append(f"{finding.severity.value}", style=_STYLES[finding.severity])
    line.append(printable(f" {_place(finding)}: {finding.message} "))
    line.append(f"[{' '.join(filter(None, (finding.rule, finding.code)))}]", style="dim")
    console.print(line)
    if segment is not None and segment.raw:
        for shown in mark(finding, segment):
            console.print(shown)


def _place(finding: Finding) -> str:
    """Return where a finding is: the element as the standards write it, segment, line and byte."""
    element = f"{finding.element:02d}" if finding.element else ""
    component = f".{finding.component}" if finding.component else ""
    parts = [f"{finding.tag}{element}{component}"]
    if finding.position is not None:
        parts.append(f"segment {finding.position}")
    if finding.line is not None:
        parts.append(f"line {finding.line}")
    if finding.offset is not None:
        parts.append(f"byte {finding.offset}")
    return ", ".join(filter(None, parts))


def mark(finding: Finding, segment: Segment) -> list[Text]:
    """Return the segment with a line below that marks the place; a long one is cut around it."""
    start, stop = locate(finding, segment)
    # The whole segment tells its charset; a part of it may look like another.
    codec = segment.syntax.charset.codec_of(segment.raw)
    before, at, after = (
        printable(part.decode(codec, "backslashreplace"))
        for part in (segment.raw[:start], segment.raw[start:stop], segment.raw[stop:])
    )
    head = before if len(before) <= _SHOWN_BEFORE else "…" + before[-_SHOWN_BEFORE:]
    shown = Text("      " + head, style="cyan").append(at, style="bold reverse").append(after[:_SHOWN])
    return [shown, Text("      " + " " * cell_len(head) + "^" * max(cell_len(at), 1), style="red")]


def printable(text: str) -> str:
    """Return a text with the code in place of each sign that a terminal would not show, or would act on."""
    return "".join(sign if sign.isprintable() else _escaped(sign) for sign in text)


def _escaped(sign: str) -> str:
    return sign.encode("unicode_escape").decode("ascii")
