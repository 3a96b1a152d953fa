"""Clients and stores, each built when it is first needed: a function pays only for what it uses."""

from __future__ import annotations

import json
from functools import cached_property
from typing import TYPE_CHECKING, Any

import boto3
from botocore.config import Config

from ml_connector.assembly.environment import Environment
from ml_connector.store.audit import AuditTrail
from ml_connector.store.audit_queries import AuditQueries
from ml_connector.store.raw import RawStore

if TYPE_CHECKING:
    from collections.abc import Callable

    from aws_lambda_powertools.utilities.typing import LambdaContext

    from ml_connector.partners.configuration import Configuration
    from ml_connector.store.interchanges import InterchangeStore

_AWS = Config(retries={"mode": "standard", "max_attempts": 5}, connect_timeout=5, read_timeout=60)


class Parts:
    """All parts of the connector, wired by the environment.

    Attributes:
        invocation: The Lambda context of the invocation under way; None outside Lambda.
    """

    def __init__(self, environment: Environment | None = None, session: boto3.Session | None = None) -> None:
        self.environment = environment or Environment()
        self.invocation: LambdaContext | None = None
        self._session = session or boto3.Session()
        self._clients: dict[str, Any] = {}

    def client(self, service: str) -> Any:  # noqa: ANN401 - boto3 has one type per service
        """Return the boto3 client of a service, built once."""
        if service not in self._clients:
            self._clients[service] = self._session.client(service, config=_AWS)  # type: ignore[call-overload] # by name
        return self._clients[service]

    def remaining_seconds(self) -> float:
        """Return the seconds this invocation still has; many when nobody counts."""
        return self.invocation.get_remaining_time_in_millis() / 1000 if self.invocation else 900.0

    @cached_property
    def audit(self) -> AuditTrail:
        """The audit trail, to write."""
        return AuditTrail(self.client("dynamodb"), self.environment["AUDIT_TABLE"])

    @cached_property
    def queries(self) -> AuditQueries:
        """The audit trail, to read."""
        return AuditQueries(self.client("dynamodb"), self.environment["AUDIT_TABLE"])

    @cached_property
    def documents(self) -> RawStore:
        """The bucket of raw payloads, messages and documents."""
        return RawStore(self.client("s3"), self.environment["DOCUMENT_BUCKET"])

    @cached_property
    def interchanges(self) -> InterchangeStore:
        """The control numbers seen."""
        from ml_connector.store.interchanges import InterchangeStore

        return InterchangeStore(self.client("dynamodb"), self.environment["STATE_TABLE"])

    def starter(self, machine: str) -> Callable[[str, dict[str, Any]], bool]:
        """Return what starts executions of a state machine, given the variable that names it.

        The callable takes a name and an input, and returns False if the execution exists already.
        """
        arn, states = self.environment[machine], self.client("stepfunctions")

        def start(name: str, given: dict[str, Any]) -> bool:
            try:
                states.start_execution(stateMachineArn=arn, name=name, input=json.dumps(given))
            except states.exceptions.ExecutionAlreadyExists:
                return False
            return True

        return start
