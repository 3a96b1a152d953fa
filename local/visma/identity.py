"""Visma Connect as far as a service application sees it: the token endpoint (API A2)."""

from __future__ import annotations

import base64
import json
import secrets
import threading
import time
from typing import TYPE_CHECKING
from urllib.parse import parse_qs

from local.visma.routing import Answer, Request

if TYPE_CHECKING:
    from local.visma.company import Row

_ERP, _SALES_ORDERS = "vismanet_erp_service_api", "visma.net.erp.salesorder"
_SCOPES = {"GET": "read", "POST": "create", "PUT": "update", "PATCH": "update", "DELETE": "delete"}


class Identity:
    """Issues tokens for the applications of the data and tells what a token may do."""

    def __init__(self, data: Row, lifetime: int = 3600) -> None:
        self._applications = {row["client_id"]: row for row in data["applications"]}
        self._tenants = {data["company"]["tenant"], data.get("customer_tenant")}
        self._company_tenant = data["company"]["tenant"]
        self._lifetime = lifetime
        self._tokens: dict[str, tuple[str, float, frozenset[str]]] = {}
        self._lock = threading.Lock()

    def issue(self, request: Request) -> Answer:
        """Return the answer of the token endpoint to a form."""
        form = {name: values[0] for name, values in parse_qs(request.content.decode()).items()}
        application = self._applications.get(form.get("client_id", ""))
        if form.get("grant_type") != "client_credentials":
            return Answer(400, {"error": "unsupported_grant_type"})
        if application is None or application["client_secret"] != form.get("client_secret"):
            return Answer(400, {"error": "invalid_client"})
        if form.get("tenant_id") not in self._tenants:
            return Answer(400, {"error": "invalid_tenant"})
        return self._issue(form["tenant_id"], form.get("scope", ""))

    def _issue(self, tenant: str, scope: str) -> Answer:
        claims = json.dumps({"tenant_id": tenant, "scope": scope.split()}).encode()
        parts = (b'{"alg":"none","typ":"at+jwt"}', claims, secrets.token_bytes(24))
        token = ".".join(base64.urlsafe_b64encode(part).decode().rstrip("=") for part in parts)
        with self._lock:
            self._tokens[token] = (tenant, time.monotonic() + self._lifetime, frozenset(scope.split()))
        body = {"access_token": token, "expires_in": self._lifetime, "token_type": "Bearer", "scope": scope}
        return Answer(200, body)

    def expire_all(self) -> None:
        """Void every token, as a restart of the identity service would."""
        with self._lock:
            self._tokens.clear()

    def refuse(self, request: Request) -> Answer | None:
        """Return 401 or 403, both with an empty body, for a call its token does not allow; else None."""
        token = request.headers.get("authorization", "").removeprefix("Bearer ")
        with self._lock:
            tenant, expires, scopes = self._tokens.get(token, ("", 0.0, frozenset()))
        if time.monotonic() >= expires or tenant != self._company_tenant:
            return Answer(401)
        verb = _SCOPES.get(request.method, "read")
        # An action's scope is not documented (gaps 6): create or update will do.
        wanted = {verb, "update"} if "/action/" in request.path else {verb}
        service = _SALES_ORDERS if request.path.lower().startswith("/api/v3/") else _ERP
        granted = {
            name for prefix, _, name in (scope.rpartition(":") for scope in scopes) if prefix == service
        }
        granted |= {"create", "update"} if "write" in granted else set()
        return None if wanted & granted else Answer(403)
