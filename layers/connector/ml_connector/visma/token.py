"""Visma Connect access tokens: one per company and service, cached, renewed before they expire."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Any

import httpx

from ml_connector.errors import Misconfigured, Unavailable
from ml_connector.visma.outcomes import raise_for_transport, read_fault, retry_after

if TYPE_CHECKING:
    from collections.abc import Callable

    from ml_connector.visma.settings import VismaCredentials, VismaSettings

# Tokens live 3600 s (API A2); renewing early keeps one from expiring on its way.
_RENEW_BEFORE = 300.0

_ADVICE = {
    "invalid_client": "Check client id and client secret in the Visma secret.",
    "invalid_tenant": "Check the tenant id, and that the company approved the application (15 minutes).",
    "invalid_scope": "Grant the application the scopes in the Visma Developer Portal.",
}


class TokenSource:
    """Hands out the bearer token of one company for one service; safe for several threads.

    Attributes:
        renewals: How many tokens it has got.
    """

    def __init__(
        self,
        settings: VismaSettings,
        credentials: VismaCredentials,
        http: httpx.Client,
        clock: Callable[[], float] = time.monotonic,
        *,
        scopes: tuple[str, ...] = (),
    ) -> None:
        self._settings = settings
        self._scopes = scopes or settings.scopes
        self._credentials = credentials
        self._http = http
        self._clock = clock
        self._lock = threading.Lock()
        self._token = ""
        self._renew_at = 0.0
        self.renewals = 0

    def token(self) -> str:
        """Return a token that is good for some minutes.

        Raises:
            Misconfigured: Visma Connect refused the credentials.
            Unavailable: Visma Connect did not answer usefully.
        """
        with self._lock:
            if not self._token or self._clock() >= self._renew_at:
                self._renew()
            return self._token

    def discard(self, token: str) -> None:
        """Forget ``token``, which was refused, unless another thread has renewed it already."""
        with self._lock:
            if self._token == token:
                self._token = ""

    def _renew(self) -> None:
        asked_at = self._clock()
        answer = self._ask()
        lifetime = float(answer.get("expires_in", 3600))
        self._token = str(answer["access_token"])
        self.renewals += 1
        self._renew_at = asked_at + max(lifetime - _RENEW_BEFORE, lifetime / 2)

    def _ask(self) -> dict[str, Any]:
        form = {
            "grant_type": "client_credentials",
            "scope": " ".join(self._scopes),
            "client_id": self._credentials.client_id,
            "client_secret": self._credentials.client_secret.get_secret_value(),
            "tenant_id": self._credentials.tenant_id or self._settings.tenant_id,
        }
        try:
            headers = {"User-Agent": self._settings.user_agent}
            response = self._http.post(self._settings.token_url, data=form, headers=headers)
        except httpx.HTTPError as error:
            raise_for_transport(error, writing=False, what="the token request")
        return _token_answer(response)


def _token_answer(response: httpx.Response) -> dict[str, Any]:
    message = read_fault(response).message if not response.is_success else ""
    if response.status_code in {400, 401, 403}:
        advice = _ADVICE.get(message, "Check the credentials in the Visma secret.")
        raise Misconfigured(f"Visma Connect refused the token request: {message}", advice=advice)
    if not response.is_success:
        raise Unavailable(
            f"Visma Connect answered {response.status_code}: {message}",
            retry_after=retry_after(response),
            advice="See https://status.visma.com.",
        )
    try:
        answer = response.json()
        _ = answer["access_token"], float(answer.get("expires_in", 3600))
    except (ValueError, KeyError, TypeError) as error:
        raise Unavailable("Visma Connect's answer holds no token.", advice="Check the token URL.") from error
    return dict(answer)
