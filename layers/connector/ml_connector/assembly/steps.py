"""The parts of each step, put together: what a handler hands to its step."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from ml_connector.assembly.figures import count_match, count_set_aside, measure_latency

if TYPE_CHECKING:
    from ml_connector.assembly.parts import Parts
    from ml_connector.workflow.acknowledge_interchange import Acknowledging
    from ml_connector.workflow.fetch_document import Fetching
    from ml_connector.workflow.format_document import Formatting
    from ml_connector.workflow.map_document import Mapping
    from ml_connector.workflow.parse_document import Parsing
    from ml_connector.workflow.post_document import PostingParts
    from ml_connector.workflow.send_document import Sending
    from ml_connector.workflow.send_to_sterling import SendPorts
    from ml_connector.workflow.split_interchange import Splitting


def splitting(parts: Parts) -> Splitting:
    """Return what *split* works with."""
    from ml_connector.store.interchanges import InterchangeStore
    from ml_connector.workflow.reconcile_acknowledgement import Reconciling, reconcile_acknowledgement
    from ml_connector.workflow.split_interchange import Splitting

    reconciling = Reconciling(parts.audit, parts.queries)
    return Splitting(
        store=parts.documents,
        audit=parts.audit,
        interchanges=InterchangeStore(parts.client("dynamodb"), parts.environment["STATE_TABLE"]),
        configuration=parts.configuration,
        start_document=parts.starter("PROCESS_MACHINE"),
        remaining_seconds=parts.remaining_seconds,
        environment=parts.environment["ENVIRONMENT"],
        reconcile=lambda ticket, message, origin: reconcile_acknowledgement(
            ticket, message, reconciling, origin
        ),
        count_set_aside=count_set_aside,
    )


def acknowledging(parts: Parts) -> Acknowledging:
    """Return what *acknowledge* works with."""
    from ml_connector.store.control_numbers import ControlNumberStore
    from ml_connector.workflow.acknowledge_interchange import Acknowledging
    from ml_connector.workflow.send_to_sterling import send_to_sterling

    ports = _sterling_ports(parts, "acknowledgement")
    return Acknowledging(
        store=parts.documents,
        audit=parts.audit,
        queries=parts.queries,
        numbers=ControlNumberStore(parts.state_table),
        configuration=parts.configuration,
        send=lambda consignment: send_to_sterling(consignment, ports),
    )


def fetching(parts: Parts) -> Fetching:
    """Return what *fetch* works with."""
    from ml_connector.workflow.fetch_document import Fetching

    return Fetching(parts.documents, parts.audit, parts.visma, parts.queries, parts.configuration.company)


def formatting(parts: Parts) -> Formatting:
    """Return what *format* works with."""
    from ml_connector.store.control_numbers import ControlNumberStore
    from ml_connector.store.gatherings import Gatherings
    from ml_connector.workflow.format_document import Formatting

    return Formatting(
        store=parts.documents,
        audit=parts.audit,
        numbers=ControlNumberStore(parts.state_table),
        configuration=parts.configuration,
        codes=parts.item_codes,
        queries=parts.queries,
        gatherings=Gatherings(parts.state_table),
        test=parts.environment["ENVIRONMENT"] == "test",
    )


def sending(parts: Parts) -> Sending:
    """Return what *send* works with."""
    from ml_connector.store.gatherings import Gatherings
    from ml_connector.workflow.send_document import Sending
    from ml_connector.workflow.send_to_sterling import send_to_sterling

    ports = _sterling_ports(parts)
    return Sending(
        audit=parts.audit,
        queries=parts.queries,
        configuration=parts.configuration,
        send=lambda consignment: send_to_sterling(consignment, ports),
        gatherings=Gatherings(parts.state_table),
    )


def _sterling_ports(parts: Parts, kind: str = "") -> SendPorts:
    from ml_connector.assembly.message_audit import SendingAudit
    from ml_connector.store.outbox import Outbox
    from ml_connector.store.watermarks import Marks
    from ml_connector.workflow.send_to_sterling import SendPorts

    return SendPorts(
        client=parts.sterling,
        marks=Marks(parts.state_table, system="sterling"),
        outbox=Outbox(parts.state_table, system="sterling"),
        raw=parts.documents,
        audit=SendingAudit(parts.audit, kind),
        now=lambda: datetime.now(UTC),
    )


def parsing(parts: Parts) -> Parsing:
    """Return what *parse* works with."""
    from ml_connector.workflow.parse_document import Parsing

    return Parsing(parts.documents, parts.audit, parts.configuration)


def mapping(parts: Parts) -> Mapping:
    """Return what *map* works with."""
    from ml_connector.workflow.map_document import Mapping

    return Mapping(
        parts.documents,
        parts.audit,
        parts.queries,
        parts.configuration,
        parts.lookups,
        parts.order_claims,
        count_match,
    )


def posting(parts: Parts) -> PostingParts:
    """Return what *post* works with."""
    from ml_connector.store.ledger import PostingLedger
    from ml_connector.workflow.post_document import PostingParts

    ledger = PostingLedger(parts.state_table)
    return PostingParts(
        parts.documents,
        parts.audit,
        parts.queries,
        ledger,
        parts.visma_of,
        lambda document: measure_latency(parts.queries, document, datetime.now(UTC)),
        claims=parts.order_claims,
    )
