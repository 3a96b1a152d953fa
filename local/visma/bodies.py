"""Request bodies checked against the published description, and unwrapped to plain values."""

from __future__ import annotations

import re
from datetime import datetime
from decimal import Decimal, InvalidOperation
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from local.visma.company import Refusal, Row

if TYPE_CHECKING:
    from collections.abc import Callable

    from ml_connector.visma.wire import Json

_PERIOD = {
    "postPeriod": re.compile(r"(0[1-9]|1[0-3])\d{4}"),
    "financialPeriod": re.compile(r"\d{4}(0[1-9]|1[0-3])"),
}


@cache
def request_bodies() -> dict[str, dict[str, str]]:
    """Return the published request bodies: name, member, and what it holds."""
    text = Path(__file__).with_name("requests.yaml").read_text()
    return dict(yaml.safe_load(text))


def read_body(name: str, body: Json, *, lenient: bool = False) -> Row:
    """Return the plain values of a request body.

    Raises:
        Refusal: It is no object, a member is unknown, not wrapped as published, or of another kind.
    """
    return _Reader(lenient=lenient).read(name, body, path="")


class _Reader:
    def __init__(self, *, lenient: bool) -> None:
        self._lenient = lenient

    def read(self, name: str, body: Json, *, path: str) -> Row:
        if not isinstance(body, dict):
            raise Refusal(f"Error converting value '{path or 'body'}' to type '{name}'.")
        members = request_bodies()[name]
        plain: Row = {}
        for key, value in body.items():
            kind = members.get(key)
            if kind is None:
                self._unknown(name, f"{path}{key}")
                continue
            plain[key] = self._value(kind.removesuffix(" !"), value, path=f"{path}{key}")
        self._check_required(members, plain, path)
        return plain

    def _unknown(self, name: str, path: str) -> None:
        if not self._lenient:
            raise Refusal(f"Could not find member '{path}' on object of type '{name}'.")

    def _check_required(self, members: Row, plain: Row, path: str) -> None:
        for key, kind in members.items():
            if kind.endswith(" !") and plain.get(key) in (None, ""):
                raise Refusal(f"Required property '{path}{key}' not found in JSON.")

    def _value(self, kind: str, value: Json, *, path: str) -> Json:
        if kind.startswith("value "):
            return self._wrapped(kind.removeprefix("value "), value, path=path)
        if kind.startswith("list "):
            return self._list(kind.removeprefix("list "), value, path=path)
        if kind[0].isupper():
            return self.read(kind, value, path=f"{path}.")
        return read_scalar(kind, value, path)

    def _wrapped(self, kind: str, value: Json, *, path: str) -> Json:
        if value is None:
            return None
        if not isinstance(value, dict) or set(value) - {"value"}:
            raise Refusal(
                f"Error converting value '{value}' of '{path}': an object with 'value' is expected."
            )
        inner = value.get("value")
        return None if inner is None else self._value(kind, inner, path=path)

    def _list(self, kind: str, value: Json, *, path: str) -> list[Any]:
        if not isinstance(value, list):
            raise Refusal(f"Error converting value of '{path}': an array is expected.")
        return [self._value(kind, item, path=f"{path}[{index}]") for index, item in enumerate(value)]


def read_scalar(kind: str, value: Json, path: str) -> Json:
    """Return a scalar of a kind; numbers may come as strings (API A4)."""
    try:
        return _SCALARS[kind.split(" ", 1)[0]](value, kind, path)
    except (ValueError, InvalidOperation, TypeError) as error:
        raise Refusal(f"Error converting value '{value}' of '{path}' to type '{kind}'.") from error


def _text(value: Json, _: str, path: str) -> str:
    if not isinstance(value, str):
        raise TypeError(path)
    text = value
    pattern = _PERIOD.get(path.rsplit(".", 1)[-1])
    if pattern and text and not pattern.fullmatch(text):
        raise ValueError(path)
    if path.rsplit(".", 1)[-1].startswith("customStr") and len(text) > 100:
        raise ValueError(path)
    return text


def _decimal(value: Json, _: str, path: str) -> Decimal:
    if isinstance(value, bool):
        raise TypeError(path)
    return Decimal(str(value))


def _integer(value: Json, _: str, path: str) -> int:
    if isinstance(value, bool):
        raise TypeError(path)
    return int(str(value))


def _boolean(value: Json, _: str, path: str) -> bool:
    if not isinstance(value, bool):
        raise TypeError(path)
    return value


def _moment(value: Json, _: str, __: str) -> str:
    text = str(value).removesuffix("Z")
    return datetime.fromisoformat(text).replace(tzinfo=None).isoformat()


def _enum(value: Json, kind: str, path: str) -> str:
    if value not in kind.split(" ")[1:]:
        raise ValueError(path)
    return str(value)


_SCALARS: dict[str, Callable[[Json, str, str], Json]] = {
    "text": _text,
    "uuid": _text,
    "bytes": _text,
    "decimal": _decimal,
    "integer": _integer,
    "boolean": _boolean,
    "moment": _moment,
    "enum": _enum,
    "object": lambda value, _, __: value,
}
