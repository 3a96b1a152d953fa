"""The parts of what people do to documents: replays, decisions, receiving again, verification."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from datetime import datetime, timedelta

    from ml_connector.assembly.parts import Parts
    from ml_connector.sterling.messages import MailboxMessage
    from ml_connector.visma.stamped import StampedDocument
    from ml_connector.workflow.decisions import Person, ReroutingParts
    from ml_connector.workflow.receive_again import ReceivingAgain
    from ml_connector.workflow.replay import Replaying
    from ml_connector.workflow.verify_audit import Verifying


def replaying(parts: Parts) -> Replaying:
    """Return what a replay, a release or a reroute works with."""
    from ml_connector.workflow.replay import Replaying

    return Replaying(
        queries=parts.queries,
        audit=parts.audit,
        start_document=parts.starter("PROCESS_MACHINE"),
        start_sending=parts.starter("SEND_MACHINE"),
        start_receiving=parts.starter("RECEIVE_MACHINE"),
        redrive=parts.redriver(),
    )


def rerouting(parts: Parts) -> ReroutingParts:
    """Return what a reroute works with."""
    from ml_connector.workflow.decisions import ReroutingParts

    return ReroutingParts(replaying(parts), parts.configuration, parts.documents, parts.visma_access)


def receiving_again(parts: Parts) -> ReceivingAgain:
    """Return what receiving an interchange again works with."""
    from ml_connector.workflow.receive_again import ReceivingAgain

    return ReceivingAgain(
        queries=parts.queries,
        audit=parts.audit,
        store=parts.documents,
        configuration=parts.configuration,
        start_receiving=parts.starter("RECEIVE_MACHINE"),
    )


def release(item: str, person: Person, parts: Parts) -> dict[str, Any]:
    """Let a held document or interchange go on, past what held it.

    Raises:
        Rejected: It is not held.
    """
    from ml_connector.workflow.decisions import release_document
    from ml_connector.workflow.receive_again import release_interchange

    if (parts.queries.state(item) or {}).get("kind") == "interchange":
        return release_interchange(item, person, receiving_again(parts))
    return release_document(item, person, replaying(parts))


def verifying(
    parts: Parts, *, grace: timedelta, sterling_keeps: timedelta, skipped: Collection[str] = ()
) -> Verifying:
    """Return what a verification works with; ``skipped`` systems are not asked."""
    from ml_connector.sterling.client import NoSuchMailbox
    from ml_connector.sterling.polling import is_wanted
    from ml_connector.visma.stamped import stamped_documents
    from ml_connector.workflow.verify_audit import Verifying
    from ml_connector.workflow.verify_sending import SentMailboxes

    def in_mailboxes() -> list[MailboxMessage]:
        settings = parts.sterling_settings
        return [
            found for found in parts.sterling.list_messages(confirm_end=True) if is_wanted(found, settings)
        ]

    def sent_to(mailbox: str) -> list[MailboxMessage]:
        try:
            return parts.sterling.list_mailbox(mailbox, confirm_end=True)
        except NoSuchMailbox:
            return []

    def mailboxes() -> set[str]:
        settings = parts.sterling_settings
        return {one.mailboxes.outbound or settings.mailbox_of(one.id) for one in parts.configuration.partners}

    def in_visma(since: datetime) -> Iterator[StampedDocument]:
        for company in parts.companies:
            yield from stamped_documents(parts.visma_of(company), since)

    return Verifying(
        queries=parts.queries,
        store=parts.documents,
        in_visma=None if "visma" in skipped else in_visma,
        in_mailboxes=None if "sterling" in skipped else in_mailboxes,
        sent_mailboxes=None if "sterling" in skipped else SentMailboxes(mailboxes(), sent_to, sterling_keeps),
        grace=grace,
    )
