"""Whether a model test notices a fault that was planted in the connector."""

from __future__ import annotations

import logging

import pytest
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.internal.conjecture import providers
from hypothesis.stateful import run_state_machine_as_test

from ml_connector.errors import ConnectorError

# Faults show only now and then, so few long lives of many kinds; not made small, as the fault is known.
_KINDS, _LIVES, _LEAST_STEPS = 60, 10, 20
_BUDGET = settings(
    max_examples=_LIVES,
    stateful_step_count=25,
    deadline=None,
    database=None,
    phases=[Phase.generate],
    print_blob=False,
    suppress_health_check=list(HealthCheck),
)


def check_noticed(machine, *, first=1):
    """Fail if a model passes although a fault is planted.

    Args:
        machine: The model.
        first: The seed to begin with, which saves time where it is known to show the fault.
    """
    logging.disable(logging.WARNING)
    try:
        with pytest.MonkeyPatch.context() as patch:
            _forget_constants(patch)
            with pytest.raises((AssertionError, ConnectorError)):
                _live(machine, (first, *range(1, _KINDS)))
    finally:
        logging.disable(logging.NOTSET)


def _forget_constants(patch):
    """Let a seed give the same life whatever was imported: Hypothesis draws from constants of all modules."""
    constants = type(providers._get_local_constants())
    patch.setattr(providers, "_get_local_constants", constants)
    providers.CONSTANTS_CACHE.cache.clear()


def _live(machine, seeds):
    for chance in seeds:
        seeded = seed(chance)(type(machine.__name__, (machine,), {}))
        run_state_machine_as_test(seeded, settings=_BUDGET, _min_steps=_LEAST_STEPS)
