"""Paths into the documents' models: whether one exists and what stands at its end, and its values."""

from __future__ import annotations

import types
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import TYPE_CHECKING, Annotated, Literal, Union, get_args, get_origin

from pydantic import BaseModel

from ml_connector.documents.commercial import AllowanceCharge
from ml_connector.documents.despatch_advice import DespatchAdvice
from ml_connector.documents.invoice import Invoice, InvoiceLine
from ml_connector.documents.order import OrderLine, PurchaseOrder
from ml_connector.documents.order_response import OrderResponse
from ml_connector.documents.remittance import PaymentInstruction, RemittanceAdvice, RemittanceLine

if TYPE_CHECKING:
    from collections.abc import Iterator

Kind = Literal["text", "number", "date", "flag"]

_DOCUMENTS = (
    Invoice,
    PurchaseOrder,
    DespatchAdvice,
    OrderResponse,
    RemittanceAdvice,
    PaymentInstruction,
)

_ROOTS: dict[str, tuple[type[BaseModel], ...]] = {
    "document": _DOCUMENTS,
    "line": (InvoiceLine, OrderLine, RemittanceLine),
    "charge": (AllowanceCharge,),
}

_KINDS: tuple[tuple[type, Kind], ...] = (
    (bool, "flag"),
    (Decimal, "number"),
    (int, "number"),
    (datetime, "date"),
    (date, "date"),
    (Enum, "text"),
    (str, "text"),
)


def kind_of_path(root: str, path: str) -> tuple[Kind, bool] | None:
    """Return the kind of value at ``path`` below ``root`` and whether it is one value; none without one."""
    steps = path.split(".")
    found = [known for model in _ROOTS[root] if (known := _walk(model, steps))]
    return found[0] if found else None


def choices_of_path(root: str, path: str) -> frozenset[str] | None:
    """Return all values the text at ``path`` can be, where the documents' models list them; else none."""
    leaves = [leaf for _, leaf in _leaves(root, path)]
    listed = [_listed(leaf) for leaf in leaves]
    return frozenset().union(*filter(None, listed)) if leaves and all(listed) else None


def documents_with_path(path: str) -> frozenset[str]:
    """Return the types of the documents that have a field at ``path``."""
    models = (model for model, _ in _leaves("document", path))
    return frozenset(
        kind for model in models for kind in get_args(model.model_fields["document_type"].annotation)
    )


def _leaves(root: str, path: str) -> Iterator[tuple[type[BaseModel], object]]:
    """Yield the models below ``root`` that have ``path``, with the annotation at its end."""
    for model in _ROOTS[root]:
        if leaf := _end(model, path.split(".")):
            yield model, leaf


def _end(owner: object, steps: list[str]) -> object:
    """Return the annotation at the end of ``steps``, or none; of what is computed only that it is there."""
    if not (isinstance(owner, type) and issubclass(owner, BaseModel)):
        return None
    name, *rest = steps
    member = owner.model_fields.get(name)
    if member is None:
        return object if hasattr(owner, name) else None
    leaf = _leaf(member.annotation)[0]
    if rest:
        return _end(leaf, rest)
    return member.annotation if get_origin(member.annotation) is Literal else leaf


def _listed(leaf: object) -> frozenset[str]:
    if get_origin(leaf) is Literal:
        return frozenset(str(value) for value in get_args(leaf))
    enumerated = isinstance(leaf, type) and issubclass(leaf, Enum)
    return frozenset(str(one.value) for one in leaf) if enumerated else frozenset()  # type: ignore[attr-defined]


def _walk(model: type[BaseModel], steps: list[str]) -> tuple[Kind, bool] | None:
    name, *rest = steps
    member = model.model_fields.get(name)
    if member is None:
        return None
    leaf, single = _leaf(member.annotation)
    if rest:
        if not (isinstance(leaf, type) and issubclass(leaf, BaseModel)):
            return None
        deeper = _walk(leaf, rest)
        return (deeper[0], deeper[1] and single) if deeper else None
    kind = next((kind for base, kind in _KINDS if isinstance(leaf, type) and issubclass(leaf, base)), None)
    return (kind, single) if kind else None


def _leaf(annotation: object) -> tuple[object, bool]:
    """Return the type inside optional, annotated and tuple wrappings, and whether none was a tuple."""
    origin = get_origin(annotation)
    if origin is Annotated:
        return _leaf(get_args(annotation)[0])
    if origin in (Union, types.UnionType):
        return _leaf(next(arg for arg in get_args(annotation) if arg is not type(None)))
    if origin is tuple:
        return _leaf(get_args(annotation)[0])[0], False
    if origin is Literal:
        return str, True
    return annotation, True


def values_at(value: object, steps: tuple[str, ...]) -> Iterator[object]:
    """Yield every value at the end of ``steps``, going through lists."""
    if value is None:
        return
    if isinstance(value, tuple):
        for item in value:
            yield from values_at(item, steps)
    elif steps:
        yield from values_at(getattr(value, steps[0], None), steps[1:])
    else:
        yield value
