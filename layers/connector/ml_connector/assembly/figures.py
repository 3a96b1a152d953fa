"""What documents and interchanges tell the dashboard and the alarms about."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from aws_lambda_powertools.metrics import MetricUnit
from botocore.exceptions import BotoCoreError, ClientError

from ml_connector.assembly.observability import emit, logger

if TYPE_CHECKING:
    from ml_connector.matching.model import Match
    from ml_connector.store.audit_queries import AuditQueries

_UNTOUCHED = ("matched", "matched_within_tolerance")


def measure_latency(queries: AuditQueries, document: str, now: datetime) -> None:
    """Emit the seconds since the document's message arrived in its mailbox; nothing if that is not known.

    A document's id begins with its message's. It is in Visma already: what fails here is logged, not raised.
    """
    try:
        message = queries.state(document.split("-", 1)[0]) or {}
    except (ClientError, BotoCoreError) as error:
        logger.warning("The latency could not be measured.", extra={"reason": type(error).__name__})
        return
    if arrived := message.get("arrived_at"):
        seconds = (now - datetime.fromisoformat(str(arrived))).total_seconds()
        emit("MailboxToVisma", max(seconds, 0.0), unit=MetricUnit.Seconds)


def count_set_aside(verdict: str) -> None:
    """Count an interchange that does not go on, by why: held, unassigned, quarantined, duplicate, skipped."""
    emit("InterchangesSetAside", 1, verdict=verdict)


def count_match(match: Match) -> None:
    """Count an invoice that was compared with orders, and whether it matched untouched."""
    if match.result != "not_matched":
        emit("InvoicesCompared", 1)
        emit("InvoicesUntouched", int(match.result in _UNTOUCHED))
