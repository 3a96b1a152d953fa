"""What the Visma client must be told: addresses, company, timeouts; and, apart, the credentials."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError

from ml_connector import __version__
from ml_connector.errors import Misconfigured

if TYPE_CHECKING:
    from collections.abc import Mapping

_PREFIX = "VISMA_"
_TENANT_OF = "tenant_id@"

StampField = Literal["customStr1", "customStr2", "customStr3", "customStr4", "customStr5"]


class VismaCredentials(BaseModel):
    """The service application's credentials for one company, as stored in Secrets Manager."""

    model_config = ConfigDict(frozen=True, hide_input_in_errors=True)

    client_id: str
    client_secret: SecretStr
    tenant_id: str = ""

    @classmethod
    def of_company(cls, values: Mapping[str, str], company: str, *, home: str) -> Self:
        """Return one company's credentials from the secret.

        The plain names are the ``home`` company's; another company has ``tenant_id@<company>`` and, where its
        application is another one, ``client_id@<company>`` and ``client_secret@<company>``.

        Raises:
            Misconfigured: The secret lacks client id or secret, or a tenant of that company, so this
                deployment does not serve it. The error does not repeat it.
        """
        if company == home:
            return cls._of(values)
        if company not in companies_in(values):
            served = ", ".join((home, *companies_in(values)))
            raise Misconfigured(
                f"Company {company} is none of those served here: {served}.",
                advice=f"Mend the number, or: ml-connector credentials set visma --company {company}",
                company=company,
            )
        names = cls.model_fields
        own = {name: values[f"{name}@{company}"] for name in names if f"{name}@{company}" in values}
        return cls._of({**values, **own})

    @classmethod
    def _of(cls, values: Mapping[str, str]) -> Self:
        try:
            return cls.model_validate(values)
        except ValidationError as error:
            lacking = ", ".join(str(fault["loc"][0]) for fault in error.errors())
            raise Misconfigured(
                f"The Visma secret lacks {lacking}.",
                advice="Fill it with: ml-connector credentials set visma",
            ) from None  # the cause would quote the secret


def companies_in(values: Mapping[str, str]) -> list[str]:
    """Return the further companies the secret holds a tenant of."""
    named = (name for name, value in values.items() if name.startswith(_TENANT_OF) and value)
    return sorted(name.removeprefix(_TENANT_OF) for name in named)


class VismaSettings(BaseModel):
    """Where Visma.net ERP is and how to talk to it; the defaults are Visma's published addresses.

    Attributes:
        base_url: The ERP API.
        sales_order_url: The sales order service, version 3, a deployment of its own.
        token_url: Visma Connect's token endpoint.
        company_id: The number sent as ``ipp-company-id``.
        tenant_id: The company's tenant, used where the credentials name none.
        scopes: What a token of the ERP API asks for.
        sales_order_scopes: What a token of the sales order service asks for, got when it is first called.
        connect_timeout: Seconds to reach the host.
        read_timeout: Seconds to wait for an answer; Visma ends a call after 240 s itself.
        server_limit: Seconds after which Visma has certainly ended a call, whatever became of us.
        send_grace: Seconds after the ledger's note within which a write must have left, or is not sent.
        background_wait: Seconds to wait for a request that Visma answered with 202.
        read_attempts: How often a read is tried when its connection breaks.
        stamp_field: The free custom field of a purchase order that carries the correlation stamp.
    """

    model_config = ConfigDict(frozen=True)

    base_url: str = "https://api.finance.visma.net"
    sales_order_url: str = "https://salesorder.visma.net"
    token_url: str = "https://connect.visma.com/connect/token"  # noqa: S105 - an address, not a secret
    company_id: str = ""
    tenant_id: str = ""
    application_type: str = "Visma.net Financials"
    scopes: tuple[str, ...] = (
        "vismanet_erp_service_api:read",
        "vismanet_erp_service_api:create",
        "vismanet_erp_service_api:update",
    )
    sales_order_scopes: tuple[str, ...] = ("visma.net.erp.salesorder:read", "visma.net.erp.salesorder:write")
    user_agent: str = f"ml-connector/{__version__}"
    connect_timeout: float = 10
    read_timeout: float = 250
    write_timeout: float = 60
    pool_timeout: float = 30
    server_limit: float = 250
    send_grace: float = 10
    background_wait: float = 60
    background_poll: float = 2
    read_attempts: int = Field(default=2, ge=1)
    page_size: int = Field(default=500, ge=1)
    stamp_field: StampField = "customStr5"

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> Self:
        """Return the settings the variables with the prefix ``VISMA_`` describe; empty ones are defaults.

        Raises:
            Misconfigured: A variable has an impossible value; all are named.
        """
        named = {f"{_PREFIX}{field.upper()}": field for field in cls.model_fields}
        given: dict[str, object] = {
            field: environment[name].strip()
            for name, field in named.items()
            if environment.get(name, "").strip()
        }
        for name in ("scopes", "sales_order_scopes"):
            if name in given:
                given[name] = tuple(str(given[name]).split())
        try:
            return cls.model_validate(given)
        except ValidationError as error:
            names = ", ".join(
                f"{_PREFIX}{str(fault['loc'][0]).upper()}: {fault['msg']}" for fault in error.errors()
            )
            raise Misconfigured(
                f"The Visma settings are not usable: {names}.", advice="Mend the named variables."
            ) from error

    @property
    def sales_orders(self) -> str:
        """Where the sales order service's calls begin."""
        return f"{self.sales_order_url.rstrip('/')}/api/v3/"

    @property
    def settle_seconds(self) -> float:
        """Seconds after which a sent write is either visible in Visma or will never be.

        Visma's own limit runs from the arrival, which what stands between may delay until this end hangs up.
        """
        return self.send_grace + self._under_way_seconds + self.server_limit

    @property
    def lease_seconds(self) -> float:
        """Seconds a posting's lease holds: longer than any write of its holder can be under way."""
        return self.settle_seconds + self.connect_timeout + self.write_timeout + self.pool_timeout

    @property
    def _under_way_seconds(self) -> float:
        return self.connect_timeout + self.write_timeout + self.pool_timeout + self.read_timeout
