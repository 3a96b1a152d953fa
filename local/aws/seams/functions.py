"""Lambda execution goes to our host.

ministack runs handlers in its own worker, not awslambdaric: every exception becomes ``Runtime.HandlerError``,
so no Retry or Catch by name matches; the endpoint's environment leaks into handlers; a failure costs the
worker.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from ministack.services import lambda_svc

from local.aws.functions import Function
from local.aws.runtime_api import Invocation

if TYPE_CHECKING:
    from local.aws.lambda_host import LambdaHost


def install(host: LambdaHost) -> None:
    """Replace the executor of Python functions, and throttle as AWS does."""

    def execute(record: dict[str, Any], event: object, request_id: str) -> dict[str, Any]:
        configuration = record.get("config") or record
        outcome = host.invoke(_function(record, configuration), _invocation(configuration, event, request_id))
        body = json.loads(outcome.body) if outcome.body else None
        return {"body": body, "log": outcome.log, **({"error": True} if outcome.failed else {})}

    throttle = lambda_svc._throttle_response

    def throttle_by_name(*arguments: Any, **named: Any) -> dict[str, Any]:
        response: dict[str, Any] = throttle(*arguments, **named)
        response["body"]["errorType"] = "Lambda.TooManyRequestsException"
        return response

    def reserved_of_all_versions(record: dict[str, Any], configuration: dict[str, Any]) -> int | None:
        # ministack asks the version invoked, which has none: through an alias nothing would be reserved.
        function = lambda_svc._functions.get(configuration["FunctionName"]) or record
        limit: int | None = reserved(function, configuration)
        return limit

    reserved = lambda_svc._reserved_concurrency
    lambda_svc._reserved_concurrency = reserved_of_all_versions
    lambda_svc._execute_function_warm = execute
    lambda_svc._throttle_response = throttle_by_name


def _function(record: dict[str, Any], configuration: dict[str, Any]) -> Function:
    layers = (lambda_svc._resolve_layer_zip(layer) for layer in configuration.get("Layers") or [])
    logging = configuration.get("LoggingConfig") or {}
    name = configuration["FunctionName"]
    return Function(
        name=name,
        version=configuration.get("Version", "$LATEST"),
        runtime=configuration["Runtime"],
        handler=configuration["Handler"],
        memory=int(configuration.get("MemorySize") or 128),
        timeout=float(configuration.get("Timeout") or 3),
        region=configuration["FunctionArn"].split(":")[3],
        log_group=logging.get("LogGroup") or f"/aws/lambda/{name}",
        log_format=logging.get("LogFormat") or "Text",
        variables=lambda_svc._runtime_env_vars(configuration),
        credentials=_credentials(configuration),
        code=record["code_zip"],
        layers=tuple(layer for layer in layers if layer),
    )


def _credentials(configuration: dict[str, Any]) -> dict[str, str]:
    """Credentials of the function's account; ministack's own would pass on the endpoint's secret key."""
    return {
        "AWS_ACCESS_KEY_ID": configuration["FunctionArn"].split(":")[4],
        "AWS_SECRET_ACCESS_KEY": "embedded",
    }


def _invocation(configuration: dict[str, Any], event: object, request_id: str) -> Invocation:
    return Invocation(
        request_id=request_id,
        function_arn=configuration["FunctionArn"],
        event=json.dumps(event).encode(),
        timeout=float(configuration.get("Timeout") or 3),
        trace_id=_trace_id(configuration),
    )


def _trace_id(configuration: dict[str, Any]) -> str:
    """A trace header that is not sampled: no X-Ray daemon listens here."""
    header = lambda_svc._xray_trace_id_for_invocation(configuration) or ""
    return str(header).replace("Sampled=1", "Sampled=0")
