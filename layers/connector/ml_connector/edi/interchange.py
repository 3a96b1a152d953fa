"""Interchanges as they are read: header, findings, and messages as they are asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ml_connector.edi.dialects.descriptions import describe_interchange
from ml_connector.edi.finding import Finding, Status, status_of
from ml_connector.errors import ConnectorError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from ml_connector.edi.dialects.descriptions import Address, InterchangeFacts
    from ml_connector.edi.message import Group, Message
    from ml_connector.edi.rules import Notebook
    from ml_connector.edi.segment import Segment
    from ml_connector.edi.separators import Separators, Standard
    from ml_connector.edi.syntax import Syntax


class Interchange:
    """One interchange (ISA, UNB, STX and what follows), its messages read as they are asked for.

    ``trailer``, ``findings``, ``empty_groups`` and ``span`` are complete once ``messages()`` has been read to
    its end. A stream in which no interchange was found gives one with the standard UNKNOWN, no messages, and
    the findings that say so.
    """

    def __init__(self, syntax: Syntax, header: Segment, notes: Notebook, start: int) -> None:
        self.syntax = syntax
        self.header = header
        self.trailer: Segment | None = None
        self.group_count = 0
        self.message_count = 0
        self.empty_groups: list[Group] = []
        self.prelude = b""
        self.findings: list[Finding] = notes.findings
        self.facts: InterchangeFacts = describe_interchange(header, syntax)
        self.notes = notes
        self._start = start
        self.end = start
        self._reader: Iterator[Message] = iter(())
        self._passed = False

    def __repr__(self) -> str:
        return f"<Interchange {self.standard.value} {self.control_number}>"

    @property
    def standard(self) -> Standard:
        """Which standard."""
        return self.notes.standard

    @property
    def separators(self) -> Separators:
        """The service characters found in the data."""
        return self.syntax.separators

    @property
    def charset(self) -> str:
        """The Python codec the envelope or the partner's setting names."""
        return self.syntax.charset.name

    @property
    def sender(self) -> Address:
        """Who sent it: ISA05/06, UNB S002, STX FROM."""
        return self.facts.sender

    @property
    def receiver(self) -> Address:
        """Who is to receive it: ISA07/08, UNB S003, STX UNTO."""
        return self.facts.receiver

    @property
    def control_number(self) -> str:
        """ISA13, UNB 0020 or STX SNRF."""
        return self.facts.control_number

    @property
    def test(self) -> bool:
        """Whether it is a test: ISA15 T, UNB 0035 1, an application reference that ends in TES."""
        return self.facts.test

    @property
    def version(self) -> str:
        """ISA12 (``00401``), UNB 0002 (``3``), STX's version."""
        return self.facts.version

    @property
    def prepared_at(self) -> datetime | None:
        """Date and time of preparation without a zone, None where they say nothing valid."""
        return self.facts.prepared_at

    @property
    def span(self) -> tuple[int, int]:
        """Byte offsets in the stream: of the first byte (UNA included) and after the last read."""
        return self._start, self.end

    @property
    def status(self) -> Status:
        """What the interchange's own findings amount to; those of its messages do not count."""
        return status_of(self.findings)

    def messages(self) -> Iterator[Message]:
        """Yield the messages in order, once; reading goes on where it stopped.

        Raises:
            ConnectorError: When the next interchange was asked for before, and these were too many to keep.
        """
        if self._passed:
            raise ConnectorError(
                "The interchange's messages are too long to be held, and reading has gone past them.",
                advice="Read them before asking for the next interchange, or raise held_bytes.",
                control_number=self.control_number,
            )
        yield from self._reader

    def attach(self, reader: Iterator[Message]) -> None:
        """Take the messages from a reader."""
        self._reader = reader

    def pass_over(self) -> None:
        """Read to the end, keeping the messages nobody asked for unless they are too long together."""
        kept, size = [], 0
        for message in self._reader:
            start, end = message.span
            size += end - start
            if size <= self.notes.options.held_bytes:
                kept.append(message)
        self._passed = size > self.notes.options.held_bytes
        self._reader = iter(kept)
