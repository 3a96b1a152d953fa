"""Credentials of both systems, read from Secrets Manager and kept for a few minutes by warm functions."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from aws_lambda_powertools.utilities.parameters import SecretsProvider
from aws_lambda_powertools.utilities.parameters.exceptions import GetParameterError

from ml_connector.errors import Misconfigured

if TYPE_CHECKING:
    from mypy_boto3_secretsmanager import SecretsManagerClient

_KEPT_SECONDS = 300
# The template creates secrets with this text; `ml-connector credentials set` replaces it.
EMPTY = "{}"


class CredentialStore:
    """Reads one system's credentials.

    Args:
        secrets: A boto3 Secrets Manager client.
        secret: The name or ARN of the secret, a JSON object.
        system: ``sterling`` or ``visma``, for the message when it is empty.
    """

    def __init__(self, secrets: SecretsManagerClient, secret: str, system: str) -> None:
        self._provider = SecretsProvider(boto3_client=secrets)
        self._secret = secret
        self._system = system

    def read(self, *, fresh: bool = False) -> dict[str, str]:
        """Return the credentials; ``fresh`` passes by what is kept, as after a 401 when they were rotated.

        Raises:
            Misconfigured: The secret is missing, empty or not a JSON object.
        """
        try:
            text: Any = self._provider.get(self._secret, max_age=_KEPT_SECONDS, force_fetch=fresh)
            credentials = json.loads(text or EMPTY)
        except (GetParameterError, ValueError) as error:
            raise self._unusable(f"can't be read ({type(error).__name__})") from error
        if not isinstance(credentials, dict) or not credentials:
            raise self._unusable("is empty")
        return {str(name): str(value) for name, value in credentials.items()}

    def _unusable(self, what: str) -> Misconfigured:
        return Misconfigured(
            f"The secret with the {self._system} credentials {what}.",
            advice=f"Fill it with: ml-connector credentials set {self._system}",
            system=self._system,
        )
