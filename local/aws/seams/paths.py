"""A JSONPath that finds nothing fails the state; to ministack it is null, and a misspelt path goes unseen.

AWS ends such a state with ``States.Runtime``: docs.aws.amazon.com/step-functions/latest/dg/
concepts-error-handling.html, "Error names".
"""

from __future__ import annotations

import json
from typing import Any

from ministack.services import stepfunctions as sf


def install() -> None:
    """Check the paths of Parameters, selectors, InputPath and OutputPath before they are followed."""
    resolve, apply_input, apply_output = sf._resolve_params_obj, sf._apply_input_path, sf._apply_output_path

    def resolve_strictly(template: Any, data: Any, context: dict[str, Any] | None = None) -> Any:
        for name, path in template.items() if isinstance(template, dict) else ():
            if name.endswith(".$") and isinstance(path, str):
                _check(name, path, data, context)
        return resolve(template, data, context)

    def apply_input_strictly(state: dict[str, Any], data: Any, context: dict[str, Any] | None = None) -> Any:
        _check("InputPath", state.get("InputPath") or "$", data, context)
        return apply_input(state, data, context)

    def apply_output_strictly(state: dict[str, Any], data: Any, context: dict[str, Any] | None = None) -> Any:
        _check("OutputPath", state.get("OutputPath") or "$", data, context)
        return apply_output(state, data, context)

    sf._resolve_params_obj = resolve_strictly
    sf._apply_input_path = apply_input_strictly
    sf._apply_output_path = apply_output_strictly


def _check(name: str, path: str, data: Any, context: dict[str, Any] | None) -> None:
    """Fail when the path selects nothing.

    Raises:
        sf._ExecutionError: States.Runtime, in AWS' words.
    """
    searched, relative = (context or {}, path[1:]) if path.startswith("$$.") else (data, path)
    if not relative.startswith("$") or _selects(relative, searched):
        return
    cause = f"The JSONPath '{path}' specified for the field '{name}' could not be found in the input '"
    raise sf._ExecutionError("States.Runtime", cause + json.dumps(data)[:1000] + "'")


def _selects(path: str, data: Any) -> bool:
    """Whether the path finds something; filters, slices and wildcards may find nothing and still be right."""
    tokens = sf._parse_jsonpath_tokens(path)
    if tokens is None or any(kind not in {"field", "index"} for kind, _ in tokens):
        return True
    for kind, value in tokens:
        wanted = dict if kind == "field" else list
        if not isinstance(data, wanted) or not _holds(data, value):
            return False
        data = data[value]
    return True


def _holds(container: Any, key: Any) -> bool:
    if isinstance(container, dict):
        return key in container
    return bool(-len(container) <= key < len(container))
