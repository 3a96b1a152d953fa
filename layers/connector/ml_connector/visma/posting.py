"""Posts a document to Visma exactly once, whatever fails in between.

The ledger's item is written before the write and after it. An execution that finds SENDING or UNKNOWN looks
the document up by its stamp first, and posts again only when the earlier write has certainly ended and left
nothing. Until then it raises OutcomeUnknown with the seconds to wait. A ledger that was restored from a
backup may have lost postings, so then every document is looked up before it is posted.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, NoReturn

import httpx

from ml_connector.errors import ConnectorError, Misconfigured, OutcomeUnknown, Rejected, Unavailable
from ml_connector.store.ledger import BusinessKey, LeaseLost, PostingLedger, PostingRecord, PostingState
from ml_connector.visma.background import finished_answer
from ml_connector.visma.entities import Entity, entity_named
from ml_connector.visma.paging import own_clock_window
from ml_connector.visma.recent import invoice_row

if TYPE_CHECKING:
    from ml_connector.visma.client import VismaClient
    from ml_connector.visma.wire import Json, WriteModel

Clock = Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class Posting:
    """A document that is to be in Visma once.

    Attributes:
        key: What makes it the same document.
        document_id: The connector's own id of it.
        content_sha256: The digest of the partner's document, not of the body: a mended rule makes another
            body of the same content.
        body: What is posted.
    """

    key: BusinessKey
    document_id: str
    content_sha256: str
    body: WriteModel


@dataclass(frozen=True, slots=True)
class Posted:
    """A document that is in Visma.

    Attributes:
        number: Visma's number of it.
        entity: Visma's entity.
        repeated: It was there already, by an earlier attempt.
        calls: How many calls to Visma this execution made.
        stamp: The mark it carries in Visma.
    """

    number: str
    entity: str
    repeated: bool
    calls: int
    stamp: str


def utc_now() -> datetime:
    """Return the current moment, aware."""
    return datetime.now(UTC)


def post(
    client: VismaClient, ledger: PostingLedger, posting: Posting, *, owner: str, now: Clock = utc_now
) -> Posted:
    """Return once the document is in Visma, having posted it or found it there.

    Args:
        client: The client of the posting's company.
        ledger: The ledger of the stack.
        posting: What to post.
        owner: Who posts, one name for each invocation; it is shown to whoever finds the lease taken.
        now: The clock of leases and of waiting.

    Raises:
        Rejected: Visma refused it, with its message and VismaId; a later attempt may post it.
        Misconfigured: The login failed, or the key was posted with other content: a person decides.
        Unavailable: Nothing was posted, or another execution is at it; try again.
        OutcomeUnknown: It may have been posted; ``retry_after`` in the context says when a new attempt can
            tell.
    """
    return _Execution(client, ledger, posting, owner, now).run()


class _Execution:
    """One execution's attempt at a posting."""

    def __init__(
        self, client: VismaClient, ledger: PostingLedger, posting: Posting, owner: str, now: Clock
    ) -> None:
        self._client = client
        self._ledger = ledger
        self._posting = posting
        self._owner = owner
        self._now = now
        self._entity: Entity = entity_named(posting.key.entity)
        self._stamp = posting.key.stamp
        self._settle = timedelta(seconds=client.settings.settle_seconds)
        self._lease = timedelta(seconds=client.settings.lease_seconds)
        self._calls_before = client.calls
        self._made = ""

    def run(self) -> Posted:
        record = self._ledger.claim(self._intent(), now=self._now(), lease=self._lease)
        if record.state is PostingState.POSTED:
            return self._already(record)
        try:
            return self._work(record)
        except LeaseLost:
            return self._yield_to_winner()
        except Exception:
            self._let_go(record)
            raise

    def _intent(self) -> PostingRecord:
        posting = self._posting
        return PostingRecord(
            posting.key, PostingState.PLANNED, posting.document_id, posting.content_sha256, self._owner
        )

    def _work(self, record: PostingRecord) -> Posted:
        number = self._find_earlier(record)
        if number:
            return self._already(self._conclude(record, number))
        self._client.prepare(self._entity.path(self._client.settings))
        return self._send(record)

    def _find_earlier(self, record: PostingRecord) -> str:
        """Return the number of what an earlier execution may have posted, as far as the ledger tells."""
        if record.doubtful:
            return self._resolve(record)
        lost_since = self._ledger.lost_since(self._now())
        return self._look_up(record, lost_since) if lost_since else ""

    def _resolve(self, record: PostingRecord) -> str:
        """Return the number an earlier write left, or nothing if it has certainly left none."""
        ended_at = (record.sent_at or self._now()) + self._settle
        ended = self._background_ended(record) or self._now() >= ended_at
        number = self._look_up(record)
        if not number and not ended:
            self._raise_unknown(record, (ended_at - self._now()).total_seconds())
        return number

    def _background_ended(self, record: PostingRecord) -> bool:
        if not record.background_id:
            return False
        request = httpx.Request("POST", self._entity.path(self._client.settings))
        if finished_answer(self._client, record.background_id, request) is None:
            self._raise_unknown(record, self._client.settings.background_wait)
        return True

    def _send(self, record: PostingRecord) -> Posted:
        settings = self._client.settings
        not_after = self._client.clock() + settings.send_grace
        record = self._mark_sending(record)
        body = self._entity.stamp(self._posting.body, self._stamp, settings).body()
        try:
            created = self._client.create(self._entity.path(settings), body, not_after=not_after)
        except Rejected as error:
            return self._refused(record, error)
        except OutcomeUnknown as error:
            return self._doubt(record, error)
        except ConnectorError as error:
            self._advance(record, PostingState.PLANNED, reason=str(error), lease_until=None)
            raise
        if not created.number:
            return self._doubt(record, OutcomeUnknown("Visma created the document without naming it."))
        return self._fresh(self._conclude(record, created.number))

    def _refused(self, record: PostingRecord, error: Rejected) -> Posted:
        """Return the document if what Visma refused is there already, under our own stamp.

        A ledger that lost its item knows nothing of it, and the second write is then refused. It may have
        been posted as long ago as its own date.
        """
        number = self._look_up(record, self._entity.date_of(self._posting.body))
        if number:
            return self._already(self._conclude(record, number))
        self._advance(record, PostingState.REJECTED, reason=str(error), lease_until=None)
        raise error

    def _mark_sending(self, record: PostingRecord) -> PostingRecord:
        sent_at = self._now()
        return self._advance(
            record,
            PostingState.SENDING,
            attempts=record.attempts + 1,
            sent_at=sent_at,
            lease_until=sent_at + self._lease,
            document_id=self._posting.document_id,
            content_sha256=self._posting.content_sha256,
            background_id="",
        )

    def _doubt(self, record: PostingRecord, error: OutcomeUnknown) -> Posted:
        background_id = str(error.context.get("background_id", ""))
        record = self._advance(record, PostingState.UNKNOWN, reason=str(error), background_id=background_id)
        number = self._look_up(record)
        if number:
            return self._fresh(self._conclude(record, number))
        if not error.context.get("ended"):
            self._raise_unknown(record, self._settle.total_seconds(), cause=error)
        return self._fail_for_certain(record, error)

    def _fail_for_certain(self, record: PostingRecord, error: OutcomeUnknown) -> NoReturn:
        """Raise for a write that Visma ended without leaving a document."""
        if error.context.get("status") == 409:
            self._advance(record, PostingState.REJECTED, reason=str(error), lease_until=None)
            raise Rejected(error.message, advice=error.advice, **error.context) from error
        self._advance(record, PostingState.PLANNED, reason=str(error), lease_until=None)
        raise Unavailable(error.message, advice=error.advice, retry_after=None, **error.context) from error

    def _look_up(self, record: PostingRecord, earlier: datetime | None = None) -> str:
        planned_at = record.planned_at or self._now()
        since = own_clock_window(min(planned_at, earlier or planned_at))
        # What was sent may have had another party or number than the body at hand has: a rule was mended.
        like = self._posting.body if earlier else None
        try:
            return self._entity.find(self._client, like, self._stamp, since)
        except Unavailable as error:
            wait = error.retry_after if error.retry_after is not None else 1.0
            self._raise_unknown(record, wait, cause=error)

    def _conclude(self, record: PostingRecord, number: str) -> PostingRecord:
        self._made = number
        if self._entity.noted_in:
            row = invoice_row(self._posting.body, number)
            self._ledger.note_posted(record.key, self._entity.noted_in, row, now=self._now())
        return self._advance(record, PostingState.POSTED, number=number, reason="", lease_until=None)

    def _advance(self, record: PostingRecord, state: PostingState, **facts: Json) -> PostingRecord:
        return self._ledger.advance(record, state, **facts)

    def _fresh(self, record: PostingRecord) -> Posted:
        return self._outcome(record, repeated=False)

    def _already(self, record: PostingRecord) -> Posted:
        if record.content_sha256 != self._posting.content_sha256:
            raise Misconfigured(
                f"{record.key} is in Visma as {record.number}, with other content.",
                advice="A person decides: correct the number, or change the document in Visma.",
                held="duplicate",
                visma_number=record.number,
                earlier_document_id=record.document_id,
            )
        return self._outcome(record, repeated=True)

    def _outcome(self, record: PostingRecord, *, repeated: bool) -> Posted:
        calls = self._client.calls - self._calls_before
        return Posted(record.number, self._entity.name, repeated, calls, self._stamp)

    def _yield_to_winner(self) -> Posted:
        record = self._ledger.read(self._posting.key)
        if record is not None and record.state is PostingState.POSTED:
            if self._made and self._made != record.number:
                raise Misconfigured(
                    f"{record.key} is in Visma twice, as {record.number} and as {self._made}.",
                    advice=f"Delete {self._made} in Visma.",
                    visma_number=record.number,
                )
            return self._already(record)
        raise Unavailable(f"Another execution took {self._posting.key} over.", retry_after=1)

    def _let_go(self, record: PostingRecord) -> None:
        try:
            self._ledger.release(record)
        except Unavailable:
            return  # the lease runs out by itself

    def _raise_unknown(
        self, record: PostingRecord, wait: float, *, cause: ConnectorError | None = None
    ) -> NoReturn:
        raise OutcomeUnknown(
            f"Whether {record.key} is in Visma is not known yet.",
            advice="It is looked up again before anything is posted.",
            retry_after=wait,
            reason=str(cause) if cause else record.reason,
        ) from cause
