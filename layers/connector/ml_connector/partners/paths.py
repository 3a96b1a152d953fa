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
from ml_connector.documents.remittance import RemittanceAdvice, RemittanceLine

if TYPE_CHECKING:
    from collections.abc import Iterator

Kind = Literal["text", "number", "date", "flag"]

_ROOTS: dict[str, tuple[type[BaseModel], ...]] = {
    "document": (Invoice, PurchaseOrder, DespatchAdvice, OrderResponse, RemittanceAdvice),
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
