"""Whether a model test notices a fault that was planted in the connector."""

from __future__ import annotations

import logging

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from ml_connector.errors import ConnectorError

# The same examples in every run, found without being made small: the fault is known.
_BUDGET = settings(
    max_examples=300,
    stateful_step_count=25,
    deadline=None,
    database=None,
    derandomize=True,
    phases=[Phase.generate],
    print_blob=False,
    suppress_health_check=list(HealthCheck),
)


def check_noticed(machine):
    """Fail if a model passes although a fault is planted."""
    logging.disable(logging.WARNING)
    try:
        with pytest.raises((AssertionError, ConnectorError)):
            run_state_machine_as_test(machine, settings=_BUDGET)
    finally:
        logging.disable(logging.NOTSET)
