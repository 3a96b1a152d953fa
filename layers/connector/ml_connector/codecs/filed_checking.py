"""Checking files without interchanges (UBL, cXML, IDoc): well-formed, recognised, complete, readable."""

from __future__ import annotations

import re
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING

from ml_connector.codecs.beginnings import is_flat_idoc
from ml_connector.codecs.recognition import Format, pieces_of, read_piece, recognise
from ml_connector.codecs.registry import codec_of
from ml_connector.edi import Address, Finding, Severity, Status
from ml_connector.edi.checking import CheckedMessage
from ml_connector.errors import Rejected

if TYPE_CHECKING:
    from collections.abc import Iterator
    from xml.etree.ElementTree import Element

    from ml_connector.codecs.faults import Fault
    from ml_connector.codecs.recognition import Piece
    from ml_connector.documents import Document, DocumentFinding

_ENCODING = re.compile(rb"""<\?xml[^>]*encoding=["']([\w.-]+)""")
# Rules that only tell; every other fault of the elements is an error.
_TELLING = frozenset({"element-not-read"})
_NOBODY = Address("")
_WEIGHTS = {
    "error": Severity.ERROR,
    "hold": Severity.WARNING,
    "warning": Severity.WARNING,
    "info": Severity.INFO,
}


@dataclass(frozen=True, slots=True)
class CheckedFile:
    """What a document's envelope says of it, as an interchange's does.

    Attributes:
        standard: ``ubl``, ``cxml``, ``idoc``; ``xml`` where it is none of them.
        message: What was found in it.
        span: Which bytes of the file it is.
    """

    standard: str
    message: CheckedMessage
    span: tuple[int, int]
    version: str = ""
    sender: Address = _NOBODY
    receiver: Address = _NOBODY
    control_number: str = ""
    test: bool = False
    charset: str = ""
    findings: tuple[Finding, ...] = ()
    message_count: int = 1

    @property
    def status(self) -> Status:
        """The one message's."""
        return self.message.status


def check_filed(data: bytes) -> Iterator[CheckedFile]:
    """Yield what was found in each document of a file without interchanges."""
    try:
        pieces = list(pieces_of(data))
    except Rejected as error:
        yield _unreadable(error, (0, len(data)))
        return
    for piece in pieces:
        # Each piece begins with what stands before the first: its own lines are counted from there.
        shift = data[pieces[0].span[0] : piece.span[0]].count(b"\n")
        yield _check_piece(piece, shift)


def _check_piece(piece: Piece, shift: int) -> CheckedFile:
    try:
        form = recognise(piece.content)
        codec_of(*form)
    except Rejected as error:
        return _unreadable(error, piece.span)
    findings = [_of_fault(fault, line + shift if line else None) for fault, line in _faults(piece, form)]
    document: Document | None = None
    try:
        document = read_piece(piece)
        findings += [_of_document(finding) for finding in document.findings]
    except Rejected as error:
        if not any(finding.severity is Severity.ERROR for finding in findings):
            findings.append(Finding(severity=Severity.ERROR, rule="document-refused", message=error.message))
    return _enveloped(form, findings, piece, document)


def _faults(piece: Piece, form: Format) -> Iterator[tuple[Fault, int | None]]:
    root, lines = _tree(piece.content, form)
    for fault in import_module(f"ml_connector.codecs.{form.standard}.checks").faults(root, form.message):
        yield fault, lines.get(fault.element)


def _tree(content: bytes, form: Format) -> tuple[Element, dict[Element, int]]:
    # Imported here so that reading EDI does not load an XML parser.
    from ml_connector.codecs.idoc.records import read_flat_idocs
    from ml_connector.codecs.markup import parse_located

    if is_flat_idoc(content):
        return next(read_flat_idocs(content)).tree, {}
    root, lines = parse_located(content, allow_dtd=True)
    if form.standard == "idoc":
        found = root.find("IDOC")
        return (root if found is None else found), lines
    return root, lines


def _enveloped(form: Format, findings: list[Finding], piece: Piece, document: Document | None) -> CheckedFile:
    source = document.source if document else None
    declared = _ENCODING.match(piece.content.removeprefix(b"\xef\xbb\xbf"))
    version = (source.version if source else None) or ""
    # UBL has no envelope: its document's own number stands for the interchange's.
    number = (source.control_numbers.interchange if source else None) or (document.number if document else "")
    message = CheckedMessage(form.message, version, number, tuple((finding, None) for finding in findings))
    return CheckedFile(
        form.standard,
        message,
        piece.span,
        version=version,
        sender=Address((source.sender_id if source else None) or ""),
        receiver=Address((source.receiver_id if source else None) or ""),
        control_number=number,
        test=bool(source and source.test),
        charset=declared[1].decode("ascii") if declared else "",
    )


def _unreadable(error: Rejected, span: tuple[int, int]) -> CheckedFile:
    line = error.context.get("line")
    finding = Finding(
        severity=Severity.ERROR,
        rule="not-well-formed" if line else "format-unknown",
        message=error.message,
        line=line if isinstance(line, int) else None,
    )
    return CheckedFile("xml", CheckedMessage("?", "", "", ((finding, None),)), span)


def _of_fault(fault: Fault, line: int | None) -> Finding:
    severity = Severity.INFO if fault.rule in _TELLING else Severity.ERROR
    return Finding(severity=severity, rule=fault.rule, message=fault.message, tag=fault.path, line=line)


def _of_document(finding: DocumentFinding) -> Finding:
    return Finding(
        severity=_WEIGHTS[finding.severity.value],
        rule=finding.rule,
        message=finding.message,
        tag=finding.path or "",
        value=finding.found,
    )
