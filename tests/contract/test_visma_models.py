"""The models and the simulator's request bodies, held against Visma's published description."""

from __future__ import annotations

import importlib
import json
import pkgutil
from pathlib import Path
from typing import Literal, get_args, get_origin

import pytest
from local.visma.bodies import request_bodies

from ml_connector.visma import models
from ml_connector.visma.wire import Plain, ReadModel, WriteModel

_PUBLISHED = Path(__file__).parents[3] / "shared" / "reference" / "visma" / "openapi-trimmed.json"

pytestmark = pytest.mark.skipif(not _PUBLISHED.exists(), reason="Visma's description is not here")


@pytest.fixture(scope="module")
def schemas():
    return json.loads(_PUBLISHED.read_text())["components"]["schemas"]


def modelled(base):
    for module in pkgutil.iter_modules(models.__path__):
        for one in vars(importlib.import_module(f"{models.__name__}.{module.name}")).values():
            if isinstance(one, type) and issubclass(one, base) and one.schema_name:
                yield one


WRITES = sorted(
    {one for one in modelled(WriteModel) if one.wraps_values}, key=lambda one: (one.schema_name, one.__name__)
)
READS = sorted(set(modelled(ReadModel)), key=lambda one: (one.schema_name, one.__name__))


def members(schemas, name):
    return schemas[name]["properties"]


def is_wrapped(schemas, published):
    name = published.get("$ref", "").rsplit("/", 1)[-1]
    return set(schemas.get(name, {}).get("properties", {})) == {"value"}


@pytest.mark.parametrize("model", [*WRITES, *READS], ids=lambda model: model.__name__)
def test_every_member_is_published_under_this_spelling(schemas, model):
    ours = {field.alias or name for name, field in model.model_fields.items()}
    assert ours - set(members(schemas, model.schema_name)) == set()


@pytest.mark.parametrize("model", WRITES, ids=lambda model: model.__name__)
def test_exactly_the_published_members_are_wrapped(schemas, model):
    published = members(schemas, model.schema_name)
    for name, field in model.model_fields.items():
        plain = any(isinstance(mark, Plain) for mark in field.metadata)
        assert is_wrapped(schemas, published[field.alias or name]) is not plain, name


@pytest.mark.parametrize("model", [*WRITES, *READS], ids=lambda model: model.__name__)
def test_every_choice_of_a_member_is_published(schemas, model):
    published = members(schemas, model.schema_name)
    for name, field in model.model_fields.items():
        chosen, allowed = choices(field.annotation), enumerated(schemas, published[field.alias or name])
        assert not chosen or chosen <= allowed, name


def choices(annotation):
    """The values of a Literal, wherever it stands in an annotation."""
    if get_origin(annotation) is Literal:
        return set(get_args(annotation))
    return set().union(*(choices(part) for part in get_args(annotation)))


def enumerated(schemas, published):
    if "$ref" in published:
        published = schemas[published["$ref"].rsplit("/", 1)[-1]]
        published = published.get("properties", {}).get("value", published)
        return enumerated(schemas, published) if "$ref" in published else set(published.get("enum", ()))
    return set(published.get("enum", ()))


@pytest.mark.parametrize("name", sorted(request_bodies()))
def test_the_simulator_takes_the_published_members_wrapped_as_published(schemas, name):
    published = members(schemas, name)
    simulated = request_bodies()[name]
    assert set(simulated) == set(published)
    wrapped = {member for member, kind in simulated.items() if kind.startswith("value ")}
    assert wrapped == {member for member, kind in published.items() if is_wrapped(schemas, kind)}


@pytest.mark.parametrize("name", sorted(request_bodies()))
def test_the_simulator_takes_the_published_choices(schemas, name):
    published = members(schemas, name)
    for member, kind in request_bodies()[name].items():
        words = kind.removeprefix("value ").split()
        if words[0] == "enum":
            assert set(words[1:]) == enumerated(schemas, published[member]), member
