"""*receive interchange*, first step: a mailbox message becomes business messages, each with an execution.

Each interchange is read to its end before anything of it is started, because a truncated one must not leave
its first documents in the ledger. Then each message's own bytes are stored and its execution is started under
a name made from its place in the mailbox message, so that any number of repeats start it once.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any, BinaryIO

from pydantic import BaseModel, ConfigDict

from ml_connector.edi import Interchange, Message, ReadOptions, Standard, message_bytes, read_interchanges
from ml_connector.errors import Unavailable
from ml_connector.store.objects import ObjectRef
from ml_connector.workflow.files import Filed, judge_file, read_filed
from ml_connector.workflow.judge_interchange import Verdict, judge, listed
from ml_connector.workflow.peek import business_messages, is_acknowledgement, peek_number
from ml_connector.workflow.profiles import reading_in
from ml_connector.workflow.tickets import DocumentTicket, MessageTicket, execution_name

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ml_connector.edi import Finding
    from ml_connector.partners.configuration import Configuration
    from ml_connector.partners.profile import Partner
    from ml_connector.store.audit import AuditTrail, Origin
    from ml_connector.store.interchanges import InterchangeStore
    from ml_connector.store.raw import RawStore

# A visit stops when less time than this is left; the state machine then enters the step again.
_SPARE_SECONDS = 60
# What one visit started before a store or Step Functions failed is kept from so many messages on. Fewer are
# started again, which changes nothing: so visits stay few, and the execution's history short.
_WORTH_KEEPING = 1000
# Interchanges whose sender gets an answer, if its profile says so.
_ANSWERED = frozenset({"split", "duplicate", "quarantined", "skipped"})

# A person had single interchanges of a message received again; its others stay as they are.
_LEFT_ALONE = Verdict("left alone", None, {}, {})


@dataclass(frozen=True, slots=True)
class Splitting:
    """What the step works with."""

    store: RawStore
    audit: AuditTrail
    interchanges: InterchangeStore
    configuration: Configuration
    start_document: Callable[[str, dict[str, Any]], bool]
    remaining_seconds: Callable[[], float]
    environment: str
    reconcile: Callable[[DocumentTicket, Message, Origin], None] = lambda *_: None
    count_set_aside: Callable[[str], None] = lambda _verdict: None


class Progress(BaseModel):
    """How far earlier visits came: interchanges done, and messages done of the next one."""

    model_config = ConfigDict(frozen=True)

    interchanges: int = 0
    messages: int = 0


def split_interchange(given: dict[str, Any], parts: Splitting, origin: Origin) -> dict[str, Any]:
    """Return the step's input with its progress, whether more is to do, and whether to acknowledge.

    Raises:
        Unavailable: A store did not answer; nothing that was done is done again.
    """
    chosen = tuple(given.get("interchanges") or ())
    visit = _Visit(MessageTicket(**given["message"]), parts, origin, chosen, bool(given.get("released")))
    progress = Progress(**(given.get("progress") or {}))
    with parts.store.open(ObjectRef(**given["raw"])) as stream:
        verdicts = visit.judge_all(stream)
        stream.seek(0)
        left = visit.start_all(stream, verdicts, progress)
    if left is None:
        visit.conclude(verdicts)
    return {
        **given,
        "progress": (left or progress).model_dump(),
        "more": left is not None,
        "acknowledge": left is None and any(_is_answered(v) for v in verdicts),
    }


@dataclass(frozen=True, slots=True)
class _Visit:
    """One visit of the step: the mailbox message and what to work with."""

    ticket: MessageTicket
    parts: Splitting
    origin: Origin
    chosen: tuple[str, ...] = ()
    released: bool = False

    @property
    def reading(self) -> ReadOptions:
        """How the mailbox's partner says its interchanges are read."""
        return reading_in(self.parts.configuration, self.ticket.mailbox)

    def judge_all(self, stream: BinaryIO) -> list[Verdict]:
        """Return what becomes of each interchange, and record it."""
        verdicts = []
        for index, interchange in enumerate(read_interchanges(stream, self.reading), start=1):
            count = sum(1 for _ in business_messages(interchange))
            item = f"{self.ticket.id}-{index}"
            if self.chosen and item not in self.chosen:
                verdicts.append(_LEFT_ALONE)
                continue
            verdict = self._judge(interchange, item, count, stream)
            self._record(item, interchange, verdict)
            verdicts.append(verdict)
        return verdicts

    def start_all(self, stream: BinaryIO, verdicts: list[Verdict], done: Progress) -> Progress | None:
        """Start the documents of all interchanges that go on; return where to continue if time runs out.

        Raises:
            Unavailable: A store did not answer before enough was started, or there was time for nothing.
        """
        started = 0
        for index, interchange in enumerate(read_interchanges(stream, self.reading)):
            verdict = verdicts[index]
            if index < done.interchanges or not verdict.goes_on or verdict.partner is None:
                continue
            skipped = done.messages if index == done.interchanges else 0
            for number, message in _numbered(interchange, stream, skipped):
                if not self._start_in_time(
                    f"{self.ticket.id}-{index + 1}-{number}", message, verdict.partner, started
                ):
                    return Progress(interchanges=index, messages=number - 1)
                started += 1
        return None

    def _start_in_time(self, document: str, message: Message | Filed, partner: Partner, started: int) -> bool:
        """Start one document; False if this visit ends before it, having started enough."""
        if self.parts.remaining_seconds() < _SPARE_SECONDS:
            if started:
                return False
            raise Unavailable("Reading the mailbox message left no time to start its documents.")
        try:
            self._start(document, message, partner)
        except Unavailable:
            if started < _WORTH_KEEPING:
                raise
            return False
        return True

    def _judge(self, interchange: Interchange, item: str, count: int, stream: BinaryIO) -> Verdict:
        if interchange.standard is Standard.UNKNOWN:
            place = stream.tell()
            file = judge_file(stream, item, self.parts, released=self.released)
            stream.seek(place)
            if file is not None:
                return file
        return judge(interchange, item, count, stream, self.parts, released=self.released)

    def conclude(self, verdicts: list[Verdict]) -> None:
        """Record that the whole message is split, with the totals an auditor adds up."""
        verdicts = [verdict for verdict in verdicts if verdict is not _LEFT_ALONE]
        facts = {
            "interchanges": len(verdicts),
            "documents": sum(verdict.messages for verdict in verdicts if verdict.goes_on),
            "set_aside": sum(not verdict.goes_on for verdict in verdicts),
        }
        self.parts.audit.record(self.ticket.id, "split", origin=self.origin, facts=facts)

    def _start(self, document: str, message: Message | Filed, partner: Partner) -> None:
        filed, findings = (message, []) if isinstance(message, Filed) else (_filed(message), message.findings)
        ticket = self._store(document, filed, partner)
        self._announce(ticket, filed.version, findings)
        if not isinstance(message, Filed) and is_acknowledgement(ticket.standard, ticket.type):
            self.parts.reconcile(ticket, message, self.origin)
        else:
            name = execution_name(ticket.type, ticket.partner, ticket.number, document)
            self.parts.start_document(name, {"document": ticket.model_dump()})

    def _store(self, document: str, filed: Filed, partner: Partner) -> DocumentTicket:
        metadata = {"document": document, "partner": partner.id}
        return DocumentTicket(
            id=document,
            direction="in",
            standard=filed.standard,
            type=filed.type,
            number=filed.number,
            partner=partner.id,
            control_number=filed.control_number,
            parent=document.rpartition("-")[0],
            test=filed.test,
            bytes=self.parts.store.put(f"messages/{document}", filed.content, metadata=metadata),
        )

    def _announce(self, ticket: DocumentTicket, version: str, findings: list[Finding]) -> None:
        state = {
            "kind": "document",
            "direction": "in",
            "standard": ticket.standard,
            "type": ticket.type,
            "version": version,
            "number": ticket.number,
            "partner": ticket.partner,
            "parent": ticket.parent,
            "control_number": ticket.control_number,
            "bytes": ticket.bytes.model_dump(),
        }
        numbers = {"number": ticket.number, "control_number": ticket.control_number}
        facts = {"bytes": ticket.bytes.model_dump(), "findings": listed(findings)}
        # A repeat of this visit comes after the document went on: it must not take it back.
        self.parts.audit.record(
            ticket.id,
            "received",
            origin=self.origin.of_execution,
            state=state,
            numbers=numbers,
            facts=facts,
            first=True,
        )

    def _record(self, item: str, interchange: Interchange, verdict: Verdict) -> None:
        state = {
            "kind": "interchange",
            "direction": "in",
            "standard": interchange.standard.value,
            "type": "interchange",
            "number": interchange.control_number,
            "partner": verdict.partner.id if verdict.partner else None,
            "sender": interchange.sender.id,
            "receiver": interchange.receiver.id,
            "test": interchange.test,
            "parent": self.ticket.id,
            "mailbox": self.ticket.mailbox,
            "bytes_at": list(interchange.span),
            **verdict.state,
        }
        numbers = {"control_number": str(state["number"])}
        recorded = self.parts.audit.record(
            item,
            verdict.event,
            origin=self.origin.of_execution,
            state=state,
            numbers=numbers,
            facts=verdict.facts,
        )
        if recorded and not verdict.goes_on:
            self.parts.count_set_aside(verdict.event)


def _is_answered(verdict: Verdict) -> bool:
    return verdict.answerable and verdict.partner is not None and verdict.event in _ANSWERED


def _numbered(
    interchange: Interchange, stream: BinaryIO, skipped: int
) -> Iterator[tuple[int, Message | Filed]]:
    unknown = interchange.standard is Standard.UNKNOWN
    documents: Iterator[Message | Filed] = read_filed(stream) if unknown else business_messages(interchange)
    return islice(enumerate(documents, start=1), skipped, None)


def _filed(message: Message) -> Filed:
    """Return a message as a document of its own: its bytes are those of an interchange with it alone."""
    interchange = message.interchange
    standard = interchange.standard.value
    return Filed(
        standard=standard,
        type=message.type,
        version=message.version,
        number=peek_number(standard, message),
        control_number=f"{interchange.control_number}/{message.control_number}",
        senders=(interchange.sender,),
        receivers=(interchange.receiver,),
        test=interchange.test,
        content=message_bytes(interchange, message),
    )
