from __future__ import annotations

import importlib
import pkgutil

import pytest

import ml_connector
from ml_connector.errors import FAMILIES, ConnectorError, Held, Misconfigured, Unavailable, in_family


def subclasses(base):
    for one in base.__subclasses__():
        yield one
        yield from subclasses(one)


def every_class():
    for module in pkgutil.walk_packages(ml_connector.__path__, "ml_connector."):
        importlib.import_module(module.name)
    return sorted(
        {one for one in subclasses(ConnectorError) if one.__module__.startswith("ml_connector.")}, key=str
    )


def test_every_error_belongs_to_a_family_that_state_machines_know():
    assert not [one for one in every_class() if not issubclass(one, FAMILIES)]


def test_a_derived_error_is_raised_under_its_familys_name_with_all_it_says():
    class LoginRefused(Misconfigured):
        pass

    named = in_family(LoginRefused("No.", advice="Mend it.", system="sterling"))
    assert type(named) is Misconfigured
    assert (named.message, named.advice) == ("No.", "Mend it.")
    assert named.context == {"system": "sterling", "error": "LoginRefused"}


def test_a_derived_unavailability_keeps_how_long_to_wait():
    class Throttled(Unavailable):
        pass

    named = in_family(Throttled("Slow down.", retry_after=30.0))
    assert isinstance(named, Unavailable)
    assert named.retry_after == 30.0


@pytest.mark.parametrize("family", FAMILIES)
def test_a_familys_own_errors_stay_as_they_are(family):
    error = family("x")
    assert in_family(error) is error


def test_held_is_not_taken_for_the_family_above_it():
    class ReviewWanted(Held):
        pass

    assert type(in_family(ReviewWanted("look"))) is Held
