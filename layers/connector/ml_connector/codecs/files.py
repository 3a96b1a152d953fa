"""Files of any format as business documents: EDI a message at a time, XML as a whole."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, BinaryIO

from ml_connector.codecs.foreign import decode_foreign, is_foreign
from ml_connector.codecs.registry import decode
from ml_connector.edi import ReadOptions, Severity, Status, read_interchanges
from ml_connector.errors import Rejected

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ml_connector.codecs.profile import CodecProfile
    from ml_connector.documents import Document
    from ml_connector.edi import Finding, Interchange, Message

_HEAD = 512

#: Messages that tell of other messages and are read nowhere as documents: no reason to refuse a file.
ANSWERS = frozenset(("824", "864", "APERAK", "RSGRSG"))


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
        """For each interchange (or the one XML document) its documents and refusals, lazily.

        A part is to be read to its end before the next. The last thing in the part of an interchange that is
        broken as a whole is a :class:`Refusal`: what came before it is not to be trusted.
        """
        head = self.stream.read(_HEAD)
        if is_foreign(head):
            yield self._foreign(head)
            return
        found = False
        for interchange in read_interchanges(_Prefixed(head, self.stream), self.options):  # type: ignore[arg-type]
            found = True
            yield self._documents(interchange)
        if not found:
            yield iter((Refusal("file", "The file holds no interchange."),))

    def _foreign(self, head: bytes) -> Iterator[Document | Refusal]:
        try:
            yield from decode_foreign(head + self.stream.read(), self.profile)
        except Rejected as error:
            yield _refusal("document", error)

    def _documents(self, interchange: Interchange) -> Iterator[Document | Refusal]:
        for message in interchange.messages():
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


class _Prefixed:
    """A stream whose first bytes have been looked at."""

    def __init__(self, head: bytes, stream: BinaryIO) -> None:
        self._head = head
        self._stream = stream

    def read(self, size: int = -1) -> bytes:
        """As any stream's."""
        if not self._head:
            return self._stream.read(size)
        if size < 0:
            data, self._head = self._head + self._stream.read(), b""
            return data
        data, self._head = self._head[:size], self._head[size:]
        return data


def _refusal(what: str, error: Rejected) -> Refusal:
    findings = error.context.get("findings", ())
    return Refusal(what, error.message, error.advice, tuple(findings) if isinstance(findings, list) else ())


def _as_dicts(findings: list[Finding]) -> tuple[dict[str, Any], ...]:
    return tuple(finding.as_dict() for finding in findings)
