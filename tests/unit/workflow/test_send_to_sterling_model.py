"""Sending against everything that may happen; ``make soak`` runs the model for as long as asked."""

from __future__ import annotations

from hypothesis import HealthCheck, settings
from tests.unit.workflow.sending_model import Sending

TestSending = Sending.TestCase
TestSending.settings = settings(
    max_examples=80, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck)
)
