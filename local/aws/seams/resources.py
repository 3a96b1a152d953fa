"""Resource types that ministack cannot create get stand-ins, so that the template deploys unchanged.

A stand-in has a name and an ARN and does nothing. The types are listed, not guessed: a misspelt one must
still fail. None of them carries documents; they watch, alarm and roll out.
"""

from __future__ import annotations

import logging
from typing import Any

from ministack.core.responses import get_account_id, get_region
from ministack.services.cloudformation.provisioners import _RESOURCE_HANDLERS

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
    """Register the stand-ins, and one for alarms on metric math, which ministack refuses."""
    for kind, service in _STAND_INS.items():
        if kind not in _RESOURCE_HANDLERS:
            _RESOURCE_HANDLERS[kind] = _stand_in(kind, service)
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
