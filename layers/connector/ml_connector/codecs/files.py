"""Files of any format as business documents: EDI a message at a time, XML and IDocs a document at a time."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, BinaryIO

from ml_connector.codecs.recognition import has_own_syntax, pieces_of, read_piece
from ml_connector.codecs.registry import decode
from ml_connector.codecs.tradacoms import FILE_MESSAGES
from ml_connector.edi import ReadOptions, Severity, Standard, Status, read_interchanges
from ml_connector.errors import Rejected

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ml_connector.codecs.profile import CodecProfile
    from ml_connector.codecs.recognition import Piece
    from ml_connector.documents import Document
    from ml_connector.edi import Finding, Interchange, Message

_HEAD = 4096

#: Messages that tell of other messages and are read nowhere as documents: no reason to refuse a file.
ANSWERS = frozenset(("824", "864", "APERAK"))


@dataclass(frozen=True, slots=True)
class Refusal:
    """A message or interchange that gives no document, and why.

    Attributes:
        what: Which one, for people: ``850 0001``, ``interchange 42``.
        reason: A sentence.
        advice: What to do about it.
        findings: What was found, as JSON values.
        fatal: Whether the file counts as refused; a message that is no business document does not.
    """

    what: str
    reason: str
    advice: str = ""
    findings: tuple[dict[str, Any], ...] = ()
    fatal: bool = True


@dataclass(slots=True)
class DocumentFile:
    """The documents of one stream.

    Attributes:
        profile: The partner's ways; None suits one who keeps to the standard.
        options: How interchanges are read.
    """

    stream: BinaryIO
    profile: CodecProfile | None = None
    options: ReadOptions = field(default_factory=ReadOptions)

    def parts(self) -> Iterator[Iterator[Document | Refusal]]:
        """For each interchange (or the whole file without any) its documents and refusals, lazily.

        A part is to be read to its end before the next. The last thing in the part of an interchange that is
        broken as a whole is a :class:`Refusal`: what came before it is not to be trusted.
        """
        stream = Peeked(self.stream)
        if has_own_syntax(stream.head):
            yield self._filed(stream.read())
            return
        found = False
        for interchange in read_interchanges(stream, self.options):  # type: ignore[arg-type]
            found = True
            yield self._documents(interchange)
        if not found:
            yield iter((Refusal("file", "The file holds no interchange."),))

    def _filed(self, data: bytes) -> Iterator[Document | Refusal]:
        try:
            for place, piece in enumerate(pieces_of(data), 1):
                yield self._filed_document(place, piece)
        except Rejected as error:
            yield _refusal("file", error)

    def _filed_document(self, place: int, piece: Piece) -> Document | Refusal:
        try:
            return read_piece(piece, self.profile)
        except Rejected as error:
            return _refusal(f"document {place}", error)

    def _documents(self, interchange: Interchange) -> Iterator[Document | Refusal]:
        for message in interchange.messages():
            if interchange.standard is not Standard.TRADACOMS or message.type not in FILE_MESSAGES:
                yield self._document(interchange, message)
        if interchange.status is Status.REJECTED:
            errors = [f for f in interchange.findings if f.severity is Severity.ERROR]
            yield Refusal(
                f"interchange {interchange.control_number or '?'}",
                " ".join(finding.message for finding in errors),
                "Ask the partner to send it again whole.",
                _as_dicts(interchange.findings),
            )

    def _document(self, interchange: Interchange, message: Message) -> Document | Refusal:
        what = f"{message.type} {message.control_number}"
        if message.type in ANSWERS:
            return Refusal(what, "An answer to other messages is no business document.", fatal=False)
        if message.status is Status.REJECTED:
            errors = [f for f in message.findings if f.severity is Severity.ERROR]
            return Refusal(
                what,
                " ".join(finding.message for finding in errors),
                "Ask the partner to send it again.",
                _as_dicts(message.findings),
            )
        try:
            return decode(interchange, message, profile=self.profile)
        except Rejected as error:
            return _refusal(what, error)


class Peeked:
    """A stream whose beginning may be looked at.

    Attributes:
        head: The first bytes, which reading gives again.
    """

    def __init__(self, stream: BinaryIO) -> None:
        self.head = stream.read(_HEAD)
        self._left = self.head
        self._stream = stream

    def read(self, size: int = -1) -> bytes:
        """As any stream's."""
        if not self._left:
            return self._stream.read(size)
        if size < 0:
            data, self._left = self._left + self._stream.read(), b""
            return data
        data, self._left = self._left[:size], self._left[size:]
        return data


def _refusal(what: str, error: Rejected) -> Refusal:
    findings = error.context.get("findings", ())
    return Refusal(what, error.message, error.advice, tuple(findings) if isinstance(findings, list) else ())


def _as_dicts(findings: list[Finding]) -> tuple[dict[str, Any], ...]:
    return tuple(finding.as_dict() for finding in findings)
