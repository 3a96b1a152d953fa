"""The one logger, tracer and metrics of every function; none of them ever sees a payload or a secret."""

from __future__ import annotations

import os

from aws_lambda_powertools import Logger, Metrics, Tracer, single_metric
from aws_lambda_powertools.metrics import MetricUnit

from ml_connector.errors import ConnectorError, in_family

logger = Logger(service=os.environ.get("POWERTOOLS_SERVICE_NAME", "ml-connector"))
metrics = Metrics(
    namespace=os.environ.get("POWERTOOLS_METRICS_NAMESPACE", "ml-connector"),
    service=os.environ.get("POWERTOOLS_SERVICE_NAME", "ml-connector"),
)
# X-Ray's daemon exists only on Lambda itself.
tracer = Tracer(auto_patch=False, disabled="AWS_XRAY_DAEMON_ADDRESS" not in os.environ)


def count_failure(error: Exception) -> None:
    """Count what a function raised: ``Failures`` by the error's family, ``Defects`` if it is none of ours."""
    family = in_family(error) if isinstance(error, ConnectorError) else None
    with single_metric(
        name="Failures" if family else "Defects",
        unit=MetricUnit.Count,
        value=1,
        namespace=metrics.namespace,
        default_dimensions={"service": metrics.service},
    ) as metric:
        if family:
            metric.add_dimension(name="family", value=type(family).__name__)
