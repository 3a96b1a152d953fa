"""The one logger, tracer and metrics of every function; none of them ever sees a payload or a secret."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from aws_lambda_powertools import Logger, Metrics, Tracer, single_metric
from aws_lambda_powertools.metrics import MetricUnit

from ml_connector.errors import ConnectorError, in_family

if TYPE_CHECKING:
    from ml_connector.visma.client import VismaClient

logger = Logger(service=os.environ.get("POWERTOOLS_SERVICE_NAME", "ml-connector"))
metrics = Metrics(
    namespace=os.environ.get("POWERTOOLS_METRICS_NAMESPACE", "ml-connector"),
    service=os.environ.get("POWERTOOLS_SERVICE_NAME", "ml-connector"),
)
# X-Ray's daemon exists only on Lambda itself.
tracer = Tracer(auto_patch=False, disabled="AWS_XRAY_DAEMON_ADDRESS" not in os.environ)

# A figure of a Visma client -> its metric: what it sent since the last invocation.
_VISMA_COUNTS = {"calls": "VismaCalls", "token_renewals": "TokenRenewals"}


def count_visma_use(client: VismaClient, counted: dict[str, int]) -> None:
    """Count the calls and token renewals since ``counted``, which it brings up to date; and the rate left."""
    for figure, metric in _VISMA_COUNTS.items():
        now = int(getattr(client, figure))
        if now > counted.get(figure, 0):
            emit(metric, now - counted.get(figure, 0), company=client.settings.company_id)
        counted[figure] = now
    if client.rate_left is not None:
        emit("VismaRateLeft", client.rate_left, company=client.settings.company_id)


def count_failure(error: Exception) -> None:
    """Count each attempt: ``Failures`` by the error's family, ``Defects`` if it is none of ours."""
    family = in_family(error) if isinstance(error, ConnectorError) else None
    if family:
        emit("Failures", 1, family=type(family).__name__)
    else:
        emit("Defects", 1)


def count_stop(error: Exception, *, redrive: int = 0) -> None:
    """Count a document or message that stopped, by the error's family; a redriven one was counted before."""
    if not redrive:
        family = type(in_family(error)).__name__ if isinstance(error, ConnectorError) else "Defect"
        emit("Stopped", 1, family=family)


def emit(name: str, value: float, *, unit: MetricUnit = MetricUnit.Count, **dimensions: str) -> None:
    """Write one metric at once, with dimensions of its own beside the service."""
    with single_metric(
        name=name,
        unit=unit,
        value=value,
        namespace=metrics.namespace,
        default_dimensions={"service": metrics.service, **dimensions},
    ):
        """The metric is written when the block ends."""
