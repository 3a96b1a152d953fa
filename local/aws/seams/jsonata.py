"""JSONata in Parallel, distributed Map and Succeed states, which ministack treats as JSONPath ones.

docs.aws.amazon.com/step-functions/latest/dg/transforming-data.html: ``Arguments`` is what the branches get,
``ItemSelector`` and an ItemReader's ``Arguments`` are templates, ``Output`` and ``Assign`` see the results as
``$states.result``.
"""

from __future__ import annotations

from typing import Any

from ministack.services import stepfunctions as sf

_State = dict[str, Any]


def install() -> None:
    """Evaluate those fields; states in JSONPath go through as they are."""
    run_branches, run_distributed = sf._run_parallel_branches, sf._run_distributed_map
    resolve, apply_output = sf._resolve_params_obj, sf._apply_output_path

    def parallel(state: _State, data: Any, execution: _State, context: _State) -> Any:
        if not _is_jsonata(state, context):
            return run_branches(state, data, execution, context)
        given = sf._apply_jsonata_arguments(state, data, context) if "Arguments" in state else data
        results, following = run_branches(_bare(state), given, execution, context)
        return _transform(state, data, context, results), following

    def distributed(
        state: _State, data: Any, effective: Any, iterator: _State, execution: _State, context: _State
    ) -> Any:
        if not _is_jsonata(state, context):
            return run_distributed(state, data, effective, iterator, execution, context)
        items = {} if "Items" not in state else {"ItemsPath": "$$._Items"}
        if items:
            context["_Items"] = sf._jsonata_state_field(state, "Items", "array", data, context)
        bare = {**_bare(state), **items}
        results, following = run_distributed(bare, data, effective, iterator, execution, context)
        return _transform(state, data, context, results), following

    def resolve_template(template: Any, data: Any, context: _State | None = None) -> Any:
        if context and context.get("QueryLanguage") == "JSONata":
            return sf._apply_jsonata_template(template, data, context)
        return resolve(template, data, context)

    def output(state: _State, data: Any, context: _State | None = None) -> Any:
        if state.get("Type") == "Succeed" and _is_jsonata(state, context or {}):
            return sf._apply_jsonata_output(state, data, context, default=data)
        return apply_output(state, data, context)

    sf._apply_output_path = output
    sf._run_parallel_branches = parallel
    sf._run_distributed_map = distributed
    sf._resolve_params_obj = resolve_template


def _is_jsonata(state: _State, context: _State) -> bool:
    return bool(sf._state_query_language(state, context) == "JSONata")


def _bare(state: _State) -> _State:
    """The state without what is applied here."""
    return {name: value for name, value in state.items() if name not in {"Arguments", "Output", "Assign"}}


def _transform(state: _State, data: Any, context: _State, results: Any) -> Any:
    output = sf._apply_jsonata_output(state, data, context, result=results, default=results)
    sf._apply_state_assign(state, data, context, result=results)
    return output
