"""JSON as Visma reads and writes it: wrapped scalars on writes, exact decimals both ways.

Reads carry plain values, writes wrap almost every scalar as ``{"value": x}``; ``operation``, arrays and
a few others stay bare. An absent member leaves the field unchanged.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any, ClassVar, TypeAlias
from urllib.parse import quote, unquote, urlsplit

from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_camel

# Whatever JSON holds, which only its reader knows.
Json: TypeAlias = Any

_RESERVED = re.compile(r"[:/?#\[\]@&*+;]")


@dataclass(frozen=True, slots=True)
class Plain:
    """Marks a field that is written without the value wrapper."""


class ReadModel(BaseModel):
    """What Visma answers; members the connector does not use are ignored."""

    model_config = ConfigDict(frozen=True, alias_generator=to_camel, populate_by_name=True, extra="ignore")
    schema_name: ClassVar[str] = ""


class WriteModel(BaseModel):
    """What is sent to Visma; a misspelt member is refused here, because Visma would ignore it silently."""

    model_config = ConfigDict(frozen=True, alias_generator=to_camel, populate_by_name=True, extra="forbid")
    schema_name: ClassVar[str] = ""
    wraps_values: ClassVar[bool] = True

    def body(self) -> dict[str, Any]:
        """Return the request body: wrapped scalars under Visma's own spellings, nothing for ``None``."""
        return dict(self._members())

    def _members(self) -> Iterator[tuple[str, Any]]:
        for name, field in type(self).model_fields.items():
            value = getattr(self, name)
            if value is None or value == ():
                continue
            plain = not self.wraps_values or any(isinstance(mark, Plain) for mark in field.metadata)
            yield field.alias or name, _wire_value(value, plain=plain)


def _wire_value(value: Json, *, plain: bool) -> Json:
    if isinstance(value, tuple):
        return [_wire_value(item, plain=True) for item in value]
    bare = value.body() if isinstance(value, WriteModel) else _scalar(value)
    return bare if plain else {"value": bare}


def _scalar(value: Json) -> Json:
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, datetime):
        return value.replace(tzinfo=None).isoformat(timespec="milliseconds")
    if isinstance(value, date):
        return f"{value.isoformat()}T00:00:00"  # local midnight: with a zone, Visma may shift the day
    return value


def dump_json(value: Json) -> str:
    """Return the JSON text of ``value``; a Decimal becomes the number it is, digit for digit."""
    if isinstance(value, Mapping):
        members = (f"{json.dumps(str(name))}:{dump_json(member)}" for name, member in value.items())
        return "{" + ",".join(members) + "}"
    if isinstance(value, list | tuple):
        return "[" + ",".join(map(dump_json, value)) + "]"
    if isinstance(value, Decimal):
        return format(value, "f")
    return json.dumps(value, ensure_ascii=False)


def load_json(text: str | bytes) -> Json:
    """Return the value of a JSON text, its fractions as Decimal."""
    return json.loads(text, parse_float=Decimal)


def path_key(key: str) -> str:
    """Return a key as it may stand in a path: ``b64(...)`` where it holds reserved characters (API A3)."""
    if not _RESERVED.search(key):
        return quote(key, safe="")
    return f"b64({base64.urlsafe_b64encode(key.encode()).decode().rstrip('=')})"


def read_path_key(segment: str) -> str:
    """Return the key that ``path_key`` wrote."""
    found = re.fullmatch(r"b64\((.*)\)", segment)
    if not found:
        return segment
    encoded = found[1]
    return base64.urlsafe_b64decode(encoded + "=" * (-len(encoded) % 4)).decode()


def quoted(etag: str) -> str:
    """Return an ETag as If-Match wants it, in quotes (API A6)."""
    return etag if etag.startswith(('"', "W/")) else f'"{etag}"'


def number_in(location: str) -> str:
    """Return the number in a Location header: its last segment, whatever the host (API A12.18)."""
    path = urlsplit(location.strip()).path.rstrip("/")
    return read_path_key(unquote(path.rsplit("/", 1)[-1]))
