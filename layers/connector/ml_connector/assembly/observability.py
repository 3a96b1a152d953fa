"""The one logger, tracer and metrics of every function; none of them ever sees a payload or a secret."""

from __future__ import annotations

import os

from aws_lambda_powertools import Logger, Metrics, Tracer

logger = Logger(service=os.environ.get("POWERTOOLS_SERVICE_NAME", "ml-connector"))
metrics = Metrics(
    namespace=os.environ.get("POWERTOOLS_METRICS_NAMESPACE", "ml-connector"),
    service=os.environ.get("POWERTOOLS_SERVICE_NAME", "ml-connector"),
)
# X-Ray's daemon exists only on Lambda itself.
tracer = Tracer(auto_patch=False, disabled="AWS_XRAY_DAEMON_ADDRESS" not in os.environ)
