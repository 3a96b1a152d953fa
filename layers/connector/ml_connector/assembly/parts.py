"""Clients and stores, each built when it is first needed: a function pays only for what it uses."""

from __future__ import annotations

import json
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from ml_connector.assembly.environment import Environment
from ml_connector.errors import Unavailable
from ml_connector.store.audit import AuditTrail
from ml_connector.store.audit_queries import AuditQueries
from ml_connector.store.credentials import CredentialStore
from ml_connector.store.raw import RawStore

if TYPE_CHECKING:
    from collections.abc import Callable

    from aws_lambda_powertools.utilities.typing import LambdaContext
    from mypy_boto3_dynamodb.service_resource import Table

    from ml_connector.mapping.ledger_lookups import LedgerLookups
    from ml_connector.mapping.outward import ItemCodes
    from ml_connector.partners.configuration import Configuration
    from ml_connector.sterling.client import SterlingClient
    from ml_connector.sterling.settings import SterlingCredentials, SterlingSettings
    from ml_connector.store.configuration import ConfigurationStore
    from ml_connector.store.order_claims import OrderClaims
    from ml_connector.visma.client import VismaClient
    from ml_connector.visma.settings import VismaCredentials, VismaSettings

Client = TypeVar("Client")

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
        self._secrets: dict[str, CredentialStore] = {}
        self._configuration: Configuration | None = None
        self._lookups: dict[str, tuple[VismaClient, LedgerLookups]] = {}

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
        kept_days = int(self.environment.get("AUDIT_RETENTION_DAYS", "0"))
        return AuditTrail(
            self.client("dynamodb"),
            self.environment["AUDIT_TABLE"],
            kept_days=kept_days,
            configuration_version=lambda: self._configuration.version if self._configuration else "",
        )

    @cached_property
    def queries(self) -> AuditQueries:
        """The audit trail, to read."""
        return AuditQueries(self.client("dynamodb"), self.environment["AUDIT_TABLE"])

    @cached_property
    def documents(self) -> RawStore:
        """The bucket of raw payloads, messages and documents."""
        return RawStore(self.client("s3"), self.environment["DOCUMENT_BUCKET"])

    @cached_property
    def state_table(self) -> Table:
        """The table of leases, watermarks, ledger and control numbers."""
        table: Table = self._session.resource("dynamodb", config=_AWS).Table(self.environment["STATE_TABLE"])
        return table

    @property
    def configuration(self) -> Configuration:
        """The customer's configuration in force now; it is read and parsed again only if it changed."""
        from ml_connector.partners.configuration import parse

        stored = self.configurations.current()
        if self._configuration is None or self._configuration.version != stored.version:
            self._configuration = parse(stored.files)
        return self._configuration

    @cached_property
    def configurations(self) -> ConfigurationStore:
        """All versions of the configuration."""
        from ml_connector.store.configuration import ConfigurationStore

        return ConfigurationStore(self.client("s3"), self.environment["CONFIGURATION_BUCKET"])

    @cached_property
    def sterling_settings(self) -> SterlingSettings:
        """Where Sterling is and how it differs."""
        from ml_connector.sterling.settings import SterlingSettings

        return SterlingSettings.from_environment(self.environment.variables)

    @property
    def sterling_credentials(self) -> SterlingCredentials:
        """The credentials of now."""
        from ml_connector.sterling.settings import SterlingCredentials

        kept = self.credentials("sterling").read()
        return SterlingCredentials.model_validate({**kept.values, "version": kept.version})

    @property
    def sterling(self) -> SterlingClient:
        """Sterling; its connections live as long as its credentials stay the same."""
        from ml_connector.sterling.client import SterlingClient

        return self._client_of(
            "sterling", lambda: SterlingClient(self.sterling_settings, self.sterling_credentials)
        )

    @cached_property
    def visma_settings(self) -> VismaSettings:
        """Where Visma is and which company."""
        from ml_connector.visma.settings import VismaSettings

        return VismaSettings.from_environment(self.environment.variables)

    @property
    def visma(self) -> VismaClient:
        """Visma's home company; its token and connections live as long as its credentials stay the same."""
        return self.visma_of(self.visma_settings.company_id)

    def visma_of(self, company: str) -> VismaClient:
        """Return Visma for one company, with a token, a budget and connections of its own.

        Raises:
            Misconfigured: This deployment does not serve that company.
        """
        return self._client_of("visma", lambda: self._new_visma(company), company)

    @property
    def companies(self) -> tuple[str, ...]:
        """The companies this deployment serves, its home first."""
        from ml_connector.visma.settings import companies_in

        return (self.visma_settings.company_id, *companies_in(self.credentials("visma").read().values))

    def visma_access(self, company: str) -> tuple[VismaSettings, VismaCredentials]:
        """Return what a client of one company is told.

        Raises:
            Misconfigured: This deployment does not serve that company.
        """
        from ml_connector.visma.settings import VismaCredentials

        home = self.visma_settings
        values = self.credentials("visma").read().values
        credentials = VismaCredentials.of_company(values, company, home=home.company_id)
        return home.model_copy(update={"company_id": company}), credentials

    def _new_visma(self, company: str) -> VismaClient:
        from ml_connector.store.rate_budget import RateBudget
        from ml_connector.visma.client import VismaClient

        settings, credentials = self.visma_access(company)
        return VismaClient(settings, credentials, budget=RateBudget(self.state_table, company))

    @cached_property
    def order_claims(self) -> OrderClaims:
        """The claims of documents on orders they are matched with."""
        from ml_connector.store.order_claims import OrderClaims
        from ml_connector.workflow.precedence import is_on_its_way

        return OrderClaims(self.state_table, lambda document: is_on_its_way(self.queries.state(document)))

    @property
    def item_codes(self) -> ItemCodes:
        """The items' other numbers, from the same copies."""
        return self.lookups

    @property
    def lookups(self) -> LedgerLookups:
        """The home company's masters and open orders, from copies that all functions share."""
        return self.lookups_of(self.visma_settings.company_id)

    def lookups_of(self, company: str) -> LedgerLookups:
        """Return one company's masters and open orders.

        Raises:
            Misconfigured: This deployment does not serve that company.
        """
        from ml_connector.mapping.ledger_lookups import LedgerLookups
        from ml_connector.store.reference_cache import ReferenceCache
        from ml_connector.visma.reference_data import ReferenceData

        client = self.visma_of(company)
        kept = self._lookups.get(company)
        if kept is None or kept[0] is not client:
            data = ReferenceData(client, cache=ReferenceCache(self.state_table, company))
            kept = self._lookups[company] = (client, LedgerLookups(data, company, self.lookups_of))
        return kept[1]

    def _client_of(self, system: str, build: Callable[[], Client], company: str = "") -> Client:
        version = self.credentials(system).read().version
        name = f"{system}@{company}" if company else system
        kept = self._clients.get(name)
        if kept is None or kept[0] != version:
            kept = self._clients[name] = (version, build())
        client: Client = kept[1]
        return client

    def visma_clients(self) -> list[VismaClient]:
        """Return the clients of Visma that were built so far, one per company."""
        return [kept[1] for name, kept in self._clients.items() if name.startswith("visma@")]

    def forget_credentials(self) -> None:
        """Read all credentials anew the next time: what refused them may have been mended since."""
        for store in self._secrets.values():
            store.forget()

    def credentials(self, system: str) -> CredentialStore:
        """Return the secret of a system; what was read is kept for some minutes."""
        if system not in self._secrets:
            secret = self.environment[f"{system.upper()}_SECRET"]
            self._secrets[system] = CredentialStore(self.client("secretsmanager"), secret, system)
        return self._secrets[system]

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
            except (ClientError, BotoCoreError) as error:
                raise Unavailable(f"Step Functions did not start {name}: {error}") from error
            return True

        return start

    def redriver(self) -> Callable[[str], bool]:
        """Return what lets a failed execution go on, given its ARN; False if Step Functions will not."""
        states = self.client("stepfunctions")

        def redrive(execution: str) -> bool:
            try:
                states.redrive_execution(executionArn=execution)
            except (states.exceptions.ExecutionNotRedrivable, states.exceptions.ExecutionDoesNotExist):
                return False
            except (ClientError, BotoCoreError) as error:
                raise Unavailable(f"Step Functions did not redrive {execution}: {error}") from error
            return True

        return redrive
