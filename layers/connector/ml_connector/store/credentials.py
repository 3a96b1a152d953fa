"""Credentials of both systems, read from Secrets Manager and kept for a few minutes by warm functions."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from ml_connector.errors import Misconfigured, Unavailable

if TYPE_CHECKING:
    from collections.abc import Callable

    from mypy_boto3_secretsmanager import SecretsManagerClient

_KEPT_SECONDS = 300
# What template.yaml creates the secrets with, and `ml-connector credentials set` replaces.
_EMPTY = "{}"


@dataclass(frozen=True, slots=True)
class Credentials:
    """One version of a system's credentials; ``repr`` shows no value."""

    version: str
    values: dict[str, str]

    def __repr__(self) -> str:
        return f"Credentials(version={self.version!r}, names={sorted(self.values)})"


class CredentialStore:
    """Reads one system's credentials.

    Args:
        secrets: A boto3 Secrets Manager client.
        secret: The name or ARN of the secret, a JSON object.
        system: ``sterling`` or ``visma``, for the message when it is empty.
        clock: Returns seconds that only grow.
    """

    def __init__(
        self,
        secrets: SecretsManagerClient,
        secret: str,
        system: str,
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._secrets = secrets
        self._secret = secret
        self._system = system
        self._clock = clock
        self._kept: tuple[float, Credentials] | None = None

    def read(self) -> Credentials:
        """Return the credentials, read anew after five minutes or when they were forgotten.

        Raises:
            Misconfigured: The secret is missing, empty or not a JSON object.
            Unavailable: Secrets Manager did not answer.
        """
        now = self._clock()
        if self._kept is None or now - self._kept[0] > _KEPT_SECONDS:
            self._kept = (now, self._fetch())
        return self._kept[1]

    def values_or_none(self) -> dict[str, str] | None:
        """Return what the secret holds, or None while it is empty."""
        try:
            return self.read().values
        except Misconfigured:
            return None

    def forget(self) -> None:
        """Read them anew the next time, as when they were refused and may have been mended since."""
        self._kept = None

    def _fetch(self) -> Credentials:
        try:
            answer = self._secrets.get_secret_value(SecretId=self._secret)
        except ClientError as error:
            raise self._unusable(f"can't be read ({error.response['Error']['Code']})") from error
        except BotoCoreError as error:
            raise Unavailable(f"Secrets Manager did not answer: {type(error).__name__}.") from error
        return Credentials(answer["VersionId"], self._parse(answer.get("SecretString") or _EMPTY))

    def _parse(self, text: str) -> dict[str, str]:
        try:
            values: Any = json.loads(text)
        except ValueError:
            raise self._unusable("is not JSON") from None  # the cause would quote the secret
        if not isinstance(values, dict) or not values:
            raise self._unusable("is empty")
        return {str(name): str(value) for name, value in values.items()}

    def _unusable(self, what: str) -> Misconfigured:
        return Misconfigured(
            f"The secret with the {self._system} credentials {what}.",
            advice=f"Fill it with: ml-connector credentials set {self._system}",
            system=self._system,
        )
