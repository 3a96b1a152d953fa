"""Whether Visma can be reached and used with the credentials at hand, checked step by step."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import httpx

from ml_connector.checks import Check
from ml_connector.errors import ConnectorError, Misconfigured
from ml_connector.visma.calls import http_client
from ml_connector.visma.client import VismaClient

if TYPE_CHECKING:
    from collections.abc import Callable

    from ml_connector.visma.settings import VismaCredentials, VismaSettings


def check(
    settings: VismaSettings, credentials: VismaCredentials, *, http: httpx.Client | None = None
) -> list[Check]:
    """Return the checks of reachability, TLS, login and company, in order, up to the first that fails."""
    http = http or http_client(settings)
    checks: list[Check] = []
    with VismaClient(settings, credentials, http=http) as client:
        steps: tuple[Callable[[], Check], ...] = (
            lambda: _reach("reachable", settings.base_url, http),
            lambda: _reach("login reachable", settings.token_url, http),
            lambda: _tls(settings),
            lambda: _guarded("login", lambda: _login(client)),
            lambda: _guarded("company", lambda: _company(client)),
        )
        for step in steps:
            checks.append(step())
            if not checks[-1].ok:
                break
    return checks


def _reach(name: str, url: str, http: httpx.Client) -> Check:
    host = urlsplit(url).netloc
    try:
        response = http.get(url)
    except httpx.HTTPError as error:
        advice = "Check the address, DNS, firewall and proxy; a TLS error names an untrusted certificate."
        return Check(name, ok=False, detail=f"{host}: {type(error).__name__}: {error}", advice=advice)
    return Check(name, ok=True, detail=f"{host} answers ({response.status_code})")


def _tls(settings: VismaSettings) -> Check:
    plain = [url for url in (settings.base_url, settings.token_url) if urlsplit(url).scheme != "https"]
    remote = [url for url in plain if urlsplit(url).hostname not in {"127.0.0.1", "localhost", "::1"}]
    if remote:
        detail = f"{', '.join(remote)} is not encrypted"
        return Check("TLS", ok=False, detail=detail, advice="Use https addresses.")
    return Check("TLS", ok=True, detail="simulator on this machine" if plain else "verified")


def _guarded(name: str, step: Callable[[], str]) -> Check:
    try:
        return Check(name, ok=True, detail=step())
    except ConnectorError as error:
        return Check(name, ok=False, detail=error.message, advice=error.advice)


def _login(client: VismaClient) -> str:
    client.prepare()
    return "token received"


def _company(client: VismaClient) -> str:
    branches = client.get("/v1/branch").body or []
    if not branches:
        advice = "Check the company id; a wrong one gets empty lists."
        raise Misconfigured("Visma shows no branch of this company.", advice=advice)
    names = ", ".join(str(branch.get("name") or branch.get("number")) for branch in branches[:3])
    return f"company {client.settings.company_id or 'of the tenant'}: {names}"
