"""What people do in Visma while the connector runs; the demo does it through the API."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import httpx

from local.demo.surroundings import VISMA_COMPANY, VISMA_CREDENTIALS, Site

if TYPE_CHECKING:
    from collections.abc import Callable

_SCOPES = "vismanet_erp_service_api:read vismanet_erp_service_api:update"


def ledger(site: Site) -> httpx.Client:
    """Return a client of the Visma simulator that is logged in."""
    form = {"grant_type": "client_credentials", "scope": _SCOPES, **VISMA_CREDENTIALS}
    token = httpx.post(f"{site.visma}/connect/token", data=form).raise_for_status().json()["access_token"]
    headers = {"Authorization": f"Bearer {token}", "ipp-company-id": VISMA_COMPANY}
    return httpx.Client(base_url=site.visma, headers=headers)


def read(site: Site, path: str) -> Any:  # noqa: ANN401 - whatever Visma answers
    """Return what Visma answers to a GET."""
    with ledger(site) as client:
        return client.get(path).raise_for_status().json()


def release_order(site: Site, number: str) -> None:
    """Take the hold off a purchase order, which opens it."""
    with ledger(site) as client:
        client.put(f"/v1/purchaseorder/{number}", json={"hold": {"value": False}}).raise_for_status()


def release_invoice(site: Site, number: str) -> None:
    """Release a customer invoice, which opens it; one that was released before stays as it is."""
    with ledger(site) as client:
        path = f"/v1/customerinvoice/{number}"
        if client.get(path).raise_for_status().json()["status"] == "Balanced":
            client.post(f"{path}/action/release").raise_for_status()


def set_status(table: str, status: str) -> Callable[[Site, str], None]:
    """Return what gives a document a status where the API has no way: people do it in Visma's own screens."""

    def act(site: Site, number: str) -> None:
        httpx.put(f"{site.visma}/_control/status/{table}/{number}", json=status).raise_for_status()

    return act
