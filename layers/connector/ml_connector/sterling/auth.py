"""Who calls: HTTP Basic sent at once, or OAuth 2.0 tokens renewed before they end.

OAuth exists from 6.2.2 on, with tokens of 300 seconds; token address, grant and scope are settings because
none of them is documented.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Protocol

import httpx

from ml_connector.errors import Misconfigured, Unavailable
from ml_connector.sterling.answers import LoginRefused
from ml_connector.sterling.settings import AuthMode, SterlingCredentials, SterlingSettings

if TYPE_CHECKING:
    from collections.abc import Callable

# A token is renewed after this share of its life, so that none ends between leaving here and arriving there.
_SHARE_OF_LIFE = 0.8
_LIFE_UNLESS_TOLD = 300
_NEEDED = {AuthMode.BASIC: ("username", "password"), AuthMode.OAUTH2: ("client_id", "client_secret")}


class Login(Protocol):
    """Gives each request its Authorization header."""

    renewable: bool

    def header(self) -> str:
        """Return the header's value, fetching a token if one is needed."""
        ...

    def forget(self) -> None:
        """Drop what a 401 proved wrong."""
        ...


class BasicLogin:
    """User and password with every request; no challenge is waited for."""

    renewable = False

    def __init__(self, credentials: SterlingCredentials) -> None:
        self._auth = httpx.BasicAuth(credentials.username, credentials.password)

    def header(self) -> str:
        """Return ``Basic ...``."""
        request = httpx.Request("GET", "http://unused.invalid/")
        return next(self._auth.auth_flow(request)).headers["Authorization"]

    def forget(self) -> None:
        """Keep the user: there is nothing to renew."""


class OAuthLogin:
    """A bearer token, kept for four fifths of its life."""

    renewable = True

    def __init__(
        self,
        settings: SterlingSettings,
        credentials: SterlingCredentials,
        http: httpx.Client,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        if not settings.token_url:
            raise Misconfigured(
                "OAuth is chosen for Sterling but no token address is set.",
                advice="Set STERLING_TOKEN_URL, usually https://<identity service>/oauth2/token.",
            )
        self._settings, self._credentials, self._http, self._clock = settings, credentials, http, clock
        self._token, self._until = "", 0.0

    def header(self) -> str:
        """Return ``Bearer ...``.

        Raises:
            LoginRefused: The identity service refused the client.
            Unavailable: It did not answer usefully.
        """
        if self._clock() >= self._until:
            self._fetch()
        return f"Bearer {self._token}"

    def forget(self) -> None:
        """Drop the token, as after a 401: the next call fetches another."""
        self._until = 0.0

    def _fetch(self) -> None:
        form = {"grant_type": self._settings.token_grant, **self._settings.token_fields}
        if self._settings.token_scope:
            form["scope"] = self._settings.token_scope
        if self._settings.token_grant == "password":  # noqa: S105 - the name of a grant
            form |= {"username": self._credentials.username, "password": self._credentials.password}
        client = (self._credentials.client_id, self._credentials.client_secret)
        try:
            answer = self._http.post(self._settings.token_url, data=form, auth=client)
        except httpx.TransportError as error:
            raise Unavailable(f"The token endpoint did not answer: {type(error).__name__}.") from error
        self._token, life = _read_token(answer)
        self._until = self._clock() + life * _SHARE_OF_LIFE


def _read_token(answer: httpx.Response) -> tuple[str, float]:
    if answer.status_code == 429 or answer.status_code >= 500:
        raise Unavailable(f"The token endpoint answered {answer.status_code}.")
    try:
        body = answer.json() if answer.is_success else {}
    except ValueError:
        body = {}
    if not isinstance(body, dict) or not body.get("access_token"):
        raise LoginRefused(
            f"The token endpoint answered {answer.status_code} without a token.",
            advice="Check client id and secret in the Sterling secret, STERLING_TOKEN_URL "
            "and STERLING_TOKEN_SCOPE.",
        )
    return str(body["access_token"]), float(body.get("expires_in", _LIFE_UNLESS_TOLD))


def make_login(settings: SterlingSettings, credentials: SterlingCredentials, http: httpx.Client) -> Login:
    """Return the login the settings choose.

    Raises:
        Misconfigured: The secret lacks what that login needs.
    """
    missing = [name for name in _NEEDED[settings.auth_mode] if not getattr(credentials, name)]
    if missing:
        raise Misconfigured(
            f"The Sterling secret lacks {' and '.join(missing)} for {settings.auth_mode} logins.",
            advice="Add the missing names to the secret or change STERLING_AUTH_MODE.",
        )
    if settings.auth_mode is AuthMode.OAUTH2:
        return OAuthLogin(settings, credentials, http)
    return BasicLogin(credentials)
