"""The scheduled polls with all they need, and their figures as metrics."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from aws_lambda_powertools.metrics import MetricUnit

from ml_connector.assembly.message_audit import MessageAudit
from ml_connector.assembly.observability import logger, metrics
from ml_connector.store.leases import Leases

if TYPE_CHECKING:
    from ml_connector.assembly.parts import Parts

# A poll's figure -> the metric people watch; the others are in the log.
_METRICS = {
    "received": ("MessagesReceived", MetricUnit.Count),
    "backlog": ("MessagesWaiting", MetricUnit.Count),
    "oldest_unreceived_seconds": ("OldestUnreceivedMessage", MetricUnit.Seconds),
    "refused": ("MessagesRefused", MetricUnit.Count),
    "troubled": ("MessagesTroubled", MetricUnit.Count),
    "mailboxes_failed": ("MailboxesFailed", MetricUnit.Count),
    "dead_letters": ("DeadLetterMessages", MetricUnit.Count),
    "silent": ("SterlingSilent", MetricUnit.Count),
    "overdue": ("AcknowledgementsOverdue", MetricUnit.Count),
    "lease_contended": ("PollsContended", MetricUnit.Count),
    "out_of_time": ("PollsOutOfTime", MetricUnit.Count),
    "login_held": ("LoginsHeld", MetricUnit.Count),
}


def poll_sterling(parts: Parts) -> dict[str, Any]:
    """Poll Sterling's mailboxes once and return the figures."""
    from ml_connector.store.receipts import Receipts
    from ml_connector.store.watermarks import Marks, Watermarks
    from ml_connector.workflow.poll_sterling import PollPorts
    from ml_connector.workflow.poll_sterling import poll_sterling as run_poll_sterling

    table = parts.state_table
    figures = run_poll_sterling(
        PollPorts(
            client=parts.sterling,
            leases=Leases(table, now=time.time),
            watermarks=Watermarks(table, system="sterling"),
            marks=Marks(table, system="sterling"),
            receipts=Receipts(table, system="sterling"),
            raw=parts.documents,
            audit=MessageAudit(parts.audit),
            start_execution=parts.starter("RECEIVE_MACHINE"),
            remaining_seconds=parts.remaining_seconds,
            now=lambda: datetime.now(UTC),
        )
    )
    if figures.get("login_held"):
        parts.forget_credentials()  # so that the next poll sees whether they were mended
    return _measured("sterling", figures)


def poll_visma(parts: Parts) -> dict[str, Any]:
    """Poll Visma's changed documents once and return the figures."""
    from ml_connector.store.gatherings import Gatherings
    from ml_connector.store.watermarks import Marks
    from ml_connector.workflow.acknowledgements import OverdueCheck, check_overdue
    from ml_connector.workflow.poll_visma import VismaPoll
    from ml_connector.workflow.poll_visma import poll_visma as run_poll_visma

    table = parts.state_table
    figures = run_poll_visma(
        VismaPoll(
            client=parts.visma,
            configuration=parts.configuration,
            leases=Leases(table, now=time.time),
            marks=Marks(table, system="visma"),
            audit=parts.audit,
            queries=parts.queries,
            gatherings=Gatherings(table),
            start_sending=parts.starter("SEND_MACHINE"),
            remaining_seconds=parts.remaining_seconds,
            now=lambda: datetime.now(UTC),
        )
    )
    overdue = check_overdue(
        OverdueCheck(parts.configuration, parts.queries, parts.audit, Marks(table, system="visma")),
        datetime.now(UTC),
    )
    return _measured("visma", {**figures, "overdue": float(overdue)})


def _measured(system: str, figures: dict[str, float]) -> dict[str, Any]:
    for figure, (metric, unit) in _METRICS.items():
        if figure in figures:
            metrics.add_metric(name=metric, unit=unit, value=figures[figure])
    logger.info("Polled %s.", system, extra={"figures": figures})
    return dict(figures)
