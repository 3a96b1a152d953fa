"""What an installation of Sterling differs in, as settings; every default is the most defensible assumption.

Where a fact about the REST API could not be established from public material, the assumption is a default
here and never a constant in the code. All settings can be given as environment variables with the prefix
``STERLING_``: ``STERLING_HOST``, ``STERLING_MAILBOXES=/ACME/Inbox,/*/Inbox``; mappings are given as JSON.
Those that have no variable of their own can stand together in ``STERLING_SETTINGS``, a JSON object by name,
which the template's parameter ``SterlingSettings`` fills.
"""

from __future__ import annotations

import json
from datetime import timedelta
from enum import StrEnum
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Annotated, Any, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    field_validator,
    model_validator,
)

from ml_connector.errors import Misconfigured

if TYPE_CHECKING:
    from collections.abc import Mapping

PREFIX = "STERLING_"


class AuthMode(StrEnum):
    """How a call proves who makes it: Basic, or OAuth 2.0 where an administrator of 6.2.2 chose it."""

    BASIC = "basic"
    OAUTH2 = "oauth2"


class PollStrategy(StrEnum):
    """Which resource lists the messages; ``auto`` asks mailboxmessages and falls back to mailboxcontents."""

    AUTO = "auto"
    MESSAGES = "mailboxmessages"
    CONTENTS = "mailboxcontents"


class PayloadEncoding(StrEnum):
    """How the payload stands in the document's answer; ``auto`` goes by isPlainText and the content type."""

    AUTO = "auto"
    BASE64 = "base64"
    PLAIN = "plain"
    RAW = "raw"


class AfterReceipt(StrEnum):
    """What is done to a message in its mailbox once its execution has started."""

    NOTHING = "nothing"
    NOT_EXTRACTABLE = "not_extractable"
    MOVE = "move"
    DELETE = "delete"


class SendWay(StrEnum):
    """How a message is put into a mailbox; ``auto`` sends large ones as a batch, which needs no base64."""

    AUTO = "auto"
    DOCUMENT = "document"
    BATCH = "batch"


def _split(value: object) -> object:
    if not isinstance(value, str):
        return value
    if value.lstrip().startswith("["):
        return json.loads(value)
    return tuple(part.strip() for part in value.split(",") if part.strip())


def _load(value: object) -> object:
    return json.loads(value) if isinstance(value, str) else value


Patterns = Annotated[tuple[str, ...], BeforeValidator(_split)]
Table = Annotated[dict[str, str], BeforeValidator(_load)]


class SterlingSettings(BaseModel):
    """Everything about one Sterling installation but its secrets."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    # Where it is. The ports are base port + 74 (HTTP) and + 75 (HTTPS) unless an administrator chose others.
    host: str
    port: int = Field(default=5075, ge=1, le=65535)
    scheme: str = Field(default="https", pattern="^https?$")
    base_path: str = "/B2BAPIs/svc"
    resource_paths: Table = {}

    # How it is talked to. The router in front of a container installation cuts calls after 180 seconds.
    auth_mode: AuthMode = AuthMode.BASIC
    token_url: str = ""
    token_grant: str = "client_credentials"  # noqa: S105 - the name of a grant, not a secret
    token_scope: str = ""
    token_fields: Table = {}
    ca_bundle: str = ""
    client_cert: str = ""
    client_key: str = ""
    verify: bool = True
    connect_timeout: float = Field(default=10.0, gt=0)
    read_timeout: float = Field(default=60.0, gt=0)

    # What is polled.
    mailboxes: Patterns = ("/*",)
    exclude_mailboxes: Patterns = ()
    message_names: Patterns = ("*",)
    exclude_message_names: Patterns = ()
    poll_strategy: PollStrategy = PollStrategy.AUTO
    list_query: Table = {}
    page_size: int = Field(default=1000, ge=2, le=1000)
    detail_page_size: int = Field(default=100, ge=2, le=1000)
    server_tz_override: str = ""
    overlap: timedelta = timedelta(minutes=15)
    sweep_every: timedelta = timedelta(hours=1)
    time_to_spare: float = Field(default=20.0, ge=0)
    retry_first: timedelta = timedelta(seconds=30)
    retry_at_most: timedelta = timedelta(hours=1)
    watch_dead_letter: bool = False
    dead_letter_mailbox: str = "/DeadLetter"
    expect_message_within: timedelta | None = None
    expect_on_weekdays: Patterns = ("mon", "tue", "wed", "thu", "fri")

    # How a payload is read and what happens to its message then.
    payload_path: str = "documents/{document_id}"
    payload_field: str = "payload"
    payload_encoding: PayloadEncoding = PayloadEncoding.AUTO
    max_payload_bytes: int = Field(default=50 << 20, ge=1)
    verify_size: bool = True
    after_receipt: AfterReceipt = AfterReceipt.NOTHING
    move_to: str = ""
    action_slugs: Table = {}

    # How messages are sent. SFG gives a partner the mailbox /<partner>; folders below it are the site's own.
    partner_mailboxes: Table = {}
    outbound_mailbox: str = "/{partner}/Inbox"
    send_way: SendWay = SendWay.AUTO
    batch_above_bytes: int = Field(default=5 << 20, ge=1)
    settle_seconds: float = Field(default=200.0, ge=0)

    @model_validator(mode="after")
    def _move_names_its_target(self) -> Self:
        if self.after_receipt is AfterReceipt.MOVE and not self.move_to:
            raise ValueError("after_receipt is move, so move_to has to name a mailbox")
        return self

    @field_validator("server_tz_override")
    @classmethod
    def _zone_exists(cls, value: str) -> str:
        try:
            return value and ZoneInfo(value).key
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise ValueError(f"{value!r} is no IANA time zone such as Europe/Oslo") from error

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> Self:
        """Return the settings the variables with the prefix ``STERLING_`` describe; empty ones are defaults.

        Raises:
            Misconfigured: A variable is missing, unknown or has an impossible value; all are named.
        """
        names = {PREFIX + field.upper(): field for field in cls.model_fields}
        given: dict[str, Any] = {
            field: environment[name].strip()
            for name, field in names.items()
            if environment.get(name, "").strip()
        }
        try:
            return cls.model_validate(_together(environment.get(f"{PREFIX}SETTINGS", "")) | given)
        except ValidationError as error:
            raise _unusable(error) from error

    @property
    def origin(self) -> str:
        """The base address without a path: ``https://sterling.example:5075``."""
        return f"{self.scheme}://{self.host}:{self.port}"

    def resource(self, name: str) -> str:
        """The path of a collection, with the trailing slash all known clients send."""
        return f"{self.base_path.rstrip('/')}/{self.resource_paths.get(name, name).strip('/')}/"

    def wants_mailbox(self, path: str) -> bool:
        """Whether messages of this mailbox are received."""
        # No wildcard includes the dead-letter mailbox: it is only received when it is named itself.
        if path == self.dead_letter_mailbox and path not in self.mailboxes:
            return False
        return _matches(path, self.mailboxes, self.exclude_mailboxes)

    def wants_name(self, name: str) -> bool:
        """Whether messages of this name are received."""
        return _matches(name, self.message_names, self.exclude_message_names)

    def mailbox_of(self, partner: str) -> str:
        """The mailbox messages for a partner are put into.

        Raises:
            Misconfigured: The partner isn't in the table and there is no pattern for those who aren't.
        """
        path = self.partner_mailboxes.get(partner) or self.outbound_mailbox.replace("{partner}", partner)
        if not path:
            raise Misconfigured(
                f"There is no Sterling mailbox for partner {partner}.",
                advice="Add the partner to STERLING_PARTNER_MAILBOXES or set STERLING_OUTBOUND_MAILBOX.",
                partner=partner,
            )
        return path


class SterlingCredentials(BaseModel):
    """The secrets of one Sterling user or OAuth client; ``repr`` shows none of them.

    ``version`` names the version of the secret they were read from: polling, held back after a refused
    login, goes on as soon as another version is there.
    """

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)

    username: str = ""
    password: str = Field(default="", repr=False)
    client_id: str = ""
    client_secret: str = Field(default="", repr=False)
    client_certificate: str = Field(default="", repr=False)
    version: str = ""
    client_key: str = Field(default="", repr=False)

    @classmethod
    def from_secret(cls, secret: str, *, version: str = "") -> Self:
        """Return the credentials of a secret's JSON text and, if known, its version.

        Raises:
            Misconfigured: The text is no JSON object of strings. The error does not repeat it.
        """
        try:
            return cls.model_validate_json(secret).model_copy(update={"version": version})
        except ValidationError:
            raise Misconfigured(
                "The Sterling secret is no JSON object of texts.",
                advice="Store a JSON object with username and password, or client_id and client_secret.",
            ) from None


def _matches(text: str, include: tuple[str, ...], exclude: tuple[str, ...]) -> bool:
    return any(fnmatchcase(text, pattern) for pattern in include) and not any(
        fnmatchcase(text, pattern) for pattern in exclude
    )


def _together(text: str) -> dict[str, Any]:
    """Return the settings that stand together in one variable, by name."""
    try:
        found = json.loads(text) if text.strip() else {}
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise Misconfigured(
            f"{PREFIX}SETTINGS is no JSON object of settings.",
            advice='Write it like {"after_receipt": "move", "move_to": "/Done"}.',
        )
    return found


def _unusable(error: ValidationError) -> Misconfigured:
    faults = [
        f"{PREFIX}{str(fault['loc'][0]).upper() if fault['loc'] else ''}: {fault['msg']}"
        for fault in error.errors(include_url=False, include_input=False)
    ]
    return Misconfigured(
        "The Sterling settings are not usable: " + "; ".join(faults) + ".",
        advice="Mend the named variables.",
        faults=faults,
    )
