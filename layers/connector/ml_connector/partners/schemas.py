"""JSON Schemas of the configuration's files, so that an editor completes and checks them.

A line ``# yaml-language-server: $schema=...`` at the top of a file, or an editor's setting by file name,
turns them on.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ml_connector.edi import Overlay
from ml_connector.partners.company import Company
from ml_connector.partners.conditions import OPERATORS
from ml_connector.partners.fields import catalogue
from ml_connector.partners.profile import Partner
from ml_connector.partners.rules import SETTABLE, RuleFile

if TYPE_CHECKING:
    from pydantic import BaseModel

_DIALECT = "https://json-schema.org/draft/2020-12/schema"

_MODELS: dict[str, type[BaseModel]] = {
    "company": Company,
    "partner": Partner,
    "rules": RuleFile,
    "overlay": Overlay,
}


def schemas(**more: type[BaseModel]) -> dict[str, dict[str, Any]]:
    """Return the schema of each kind of file: company, partner, rules, overlay, and of ``more`` models."""
    return {name: _schema(name, model) for name, model in (_MODELS | more).items()}


def _schema(name: str, model: type[BaseModel]) -> dict[str, Any]:
    schema = model.model_json_schema(by_alias=True)
    if name == "partner":
        # The id is the file's name; nobody writes it.
        schema["required"] = [key for key in schema["required"] if key != "id"]
    if name == "rules":
        schema["$defs"] |= {"Condition": _condition(), "Test": _test()}
        schema["$defs"]["RuleEntry"]["properties"]["when"] = {"$ref": "#/$defs/Condition"}
    return {"$schema": _DIALECT, **_written(schema)}


def _written(value: Any) -> Any:  # noqa: ANN401 - a schema's plain data
    """Return a schema of what people write: numbers and dates may stand as text, and text as numbers."""
    if isinstance(value, list):
        return [_written(item) for item in value]
    if not isinstance(value, dict):
        return value
    plain = {key: _written(member) for key, member in value.items()}
    if plain.get("type") == "string" and "enum" not in plain and "pattern" not in plain:
        plain["type"] = ["string", "number"] if "minLength" in plain else "string"
    return plain


def _condition() -> dict[str, Any]:
    """Return the schema of a condition: fields by name, joined by all, any and not."""
    again, test = {"$ref": "#/$defs/Condition"}, {"$ref": "#/$defs/Test"}
    joined = {"type": "array", "items": again, "minItems": 1}
    fields = {name: found.about for level in SETTABLE for name, found in catalogue(level).items()}
    known = {name: {**test, "description": about} for name, about in sorted(fields.items())}
    return {
        "type": "object",
        "properties": {"all": joined, "any": joined, "not": again, **known},
        "patternProperties": {r"^(document|line|charge)\.": test},
        "additionalProperties": False,
    }


def _test() -> dict[str, Any]:
    """Return the schema of what a field is asked: a value, several, or named tests."""
    scalar = {"type": ["string", "number", "boolean"]}
    values = [scalar, {"type": "array", "items": scalar, "minItems": 1}]
    operators = {name: {"anyOf": values} for name in (*sorted(OPERATORS), "not")}
    return {"anyOf": [*values, _mapping(operators)]}


def _mapping(properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "additionalProperties": False, "minProperties": 1}
