"""Resource types that ministack cannot create get stand-ins, so that the template deploys unchanged.

A stand-in has a name and an ARN and does nothing. The types are listed, not guessed: a misspelt one must
still fail. None of them carries documents; they watch, alarm and roll out.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from ministack.core.responses import get_account_id, get_region
from ministack.services import dynamodb, lambda_svc
from ministack.services.cloudformation.provisioners import _RESOURCE_HANDLERS

if TYPE_CHECKING:
    from collections.abc import Callable

_logger = logging.getLogger("resources")

_STAND_INS = {
    "AWS::ApplicationInsights::Application": "applicationinsights",
    "AWS::Budgets::Budget": "budgets",
    "AWS::CloudWatch::AnomalyDetector": "cloudwatch",
    "AWS::CloudWatch::CompositeAlarm": "cloudwatch",
    "AWS::CodeDeploy::Application": "codedeploy",
    "AWS::CodeDeploy::DeploymentGroup": "codedeploy",
    "AWS::IAM::RolePolicy": "iam",
    "AWS::Logs::QueryDefinition": "logs",
    "AWS::ResourceGroups::Group": "resource-groups",
    "AWS::SecretsManager::ResourcePolicy": "secretsmanager",
    "AWS::SecretsManager::RotationSchedule": "secretsmanager",
    "AWS::XRay::Group": "xray",
    "AWS::XRay::SamplingRule": "xray",
}


def install() -> None:
    """Register the stand-ins, one for alarms on metric math too, and what two types leave out.

    ministack makes tables without their ``TimeToLiveSpecification``, and functions without their dead-letter
    queue and reserved concurrency.
    """
    for kind, service in _STAND_INS.items():
        if kind not in _RESOURCE_HANDLERS:
            _RESOURCE_HANDLERS[kind] = _stand_in(kind, service)
    for kind, complete in (
        ("AWS::DynamoDB::Table", _set_time_to_live),
        ("AWS::Lambda::Function", _set_limits),
    ):
        _RESOURCE_HANDLERS[kind] = _then(_RESOURCE_HANDLERS[kind], complete)
    _RESOURCE_HANDLERS["AWS::CloudWatch::Alarm"] = _metric_math(_RESOURCE_HANDLERS["AWS::CloudWatch::Alarm"])


def _stand_in(kind: str, service: str) -> dict[str, Any]:
    def create(logical_id: str, _properties: dict[str, Any], stack: str) -> tuple[str, dict[str, str]]:
        _logger.info(
            "%s %s has a stand-in that does nothing: the endpoint knows no such resource.", kind, logical_id
        )
        name = f"{stack}-{logical_id}"
        return name, {"Arn": f"arn:aws:{service}:{get_region()}:{get_account_id()}:{name}", "Id": name}

    def update(physical_id: str, *_: Any) -> tuple[str, dict[str, str]]:
        arn = f"arn:aws:{service}:{get_region()}:{get_account_id()}:{physical_id}"
        return physical_id, {"Arn": arn, "Id": physical_id}

    def delete(*_: Any) -> None:
        """Nothing was made."""

    return {"create": create, "update": update, "delete": delete}


def _metric_math(handlers: dict[str, Any]) -> dict[str, Any]:
    """The alarm's own handlers, except for those on metric math."""
    stand_in = _stand_in("AWS::CloudWatch::Alarm on metric math", "cloudwatch")

    def choose(action: str) -> Any:
        def act(*arguments: Any) -> Any:
            properties = [argument for argument in arguments if isinstance(argument, dict)]
            plain = not any(argument.get("Metrics") for argument in properties)
            return (handlers if plain else stand_in)[action](*arguments)

        return act

    return {**handlers, **{action: choose(action) for action in ("create", "update", "delete")}}


def _then(handlers: dict[str, Any], complete: Callable[[str, dict[str, Any]], None]) -> dict[str, Any]:
    """The type's own handlers, followed by what they leave out."""

    def create(logical_id: str, properties: dict[str, Any], stack: str) -> Any:
        made = handlers["create"](logical_id, properties, stack)
        complete(made[0], properties)
        return made

    def update(name: str, former: dict[str, Any], properties: dict[str, Any], *rest: Any) -> Any:
        made = handlers["update"](name, former, properties, *rest)
        complete(made[0], properties)
        return made

    return {**handlers, "create": create, "update": update}


def _set_time_to_live(table: str, properties: dict[str, Any]) -> None:
    specification = properties.get("TimeToLiveSpecification")
    if specification:
        # A template's booleans may be texts.
        enabled = str(specification.get("Enabled")).lower() == "true"
        specification = {**specification, "Enabled": enabled}
        dynamodb._update_ttl({"TableName": table, "TimeToLiveSpecification": specification})


def _set_limits(function: str, properties: dict[str, Any]) -> None:
    """A function's dead-letter queue and reserved concurrency."""
    record = lambda_svc._functions[function]
    reserved = properties.get("ReservedConcurrentExecutions")
    record["concurrency"] = None if reserved is None else int(reserved)
    if properties.get("DeadLetterConfig"):
        record["config"]["DeadLetterConfig"] = properties["DeadLetterConfig"]
