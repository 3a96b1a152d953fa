"""A document with single fields set otherwise, to see what another value would do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from ml_connector.errors import Misconfigured

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ml_connector.partners.subject import AnyDocument


def with_fields(document: AnyDocument, fields: Mapping[str, str]) -> AnyDocument:
    """Return the document with each field set, named by its path: ``currency``, ``lines.0.item.name``.

    Raises:
        Misconfigured: A path leads nowhere, or its value is none the field takes.
    """
    if not fields:
        return document
    data = document.model_dump(exclude_computed_fields=True)
    for path, value in fields.items():
        _set(data, path.split("."), value, path)
    try:
        return type(document).model_validate(data)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        place = ".".join(str(step) for step in first["loc"])
        raise Misconfigured(f"{place}: {first['msg']}.", advice="Give --set another value.") from error


def _set(data: Any, steps: list[str], value: str, path: str) -> None:  # noqa: ANN401 - a document's plain data
    head, *rest = steps
    key: Any = head
    if isinstance(data, list | tuple):
        key = int(head) if head.isdigit() and int(head) < len(data) else None
    known = key is not None and (isinstance(data, list | tuple) or (isinstance(data, dict) and key in data))
    if not known:
        raise Misconfigured(
            f"The document has no field {path!r}: nothing is called {head!r} there.",
            advice="`ml-connector edi parse FILE --json` shows the document's fields.",
        )
    if not rest:
        data[key] = value
        return
    if isinstance(data[key], tuple):
        data[key] = list(data[key])
    if data[key] is None:
        data[key] = {rest[0]: None}
    _set(data[key], rest, value, path)
