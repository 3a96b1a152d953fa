"""Releases a supplier invoice exactly once, whatever became of an earlier try (API A11, A12).

An unreleased document is Hold or Balanced; Visma releases a Balanced one and refuses every other. So after
any doubt its status is read before the action is run again.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Literal

from ml_connector.errors import OutcomeUnknown, Rejected
from ml_connector.visma.wire import path_key

if TYPE_CHECKING:
    from ml_connector.visma.client import VismaClient

Release = Literal["released", "released_before"]


def release_invoice(client: VismaClient, document_type: str, number: str, *, fresh: bool) -> Release:
    """Return once the document is released, by this call or by an earlier one.

    Args:
        client: The client of the document's company.
        document_type: Invoice or DebitAdj.
        number: Visma's number of it.
        fresh: It was posted a moment ago by the caller, so nobody can have released it yet: the status is
            not read first, which saves a call.

    Raises:
        Rejected: Visma refuses the release, such as of a document that somebody put on hold.
        Unavailable: It was not released; try again.
        OutcomeUnknown: It may have been released; the next try looks first.
    """
    path = f"/v1/supplierInvoice/{_key(document_type, number)}"
    if not fresh and _is_released(client, path):
        return "released_before"
    try:
        result = client.act(f"{path}/action/release")
    except Rejected:
        if _is_released(client, path):
            return "released_before"
        raise
    if result.get("actionResult") != "Done":
        _await_release(client, path)
    return "released"


def _key(document_type: str, number: str) -> str:
    key = path_key(number)
    return key if document_type == "Invoice" else f"{document_type}/{key}"


def _is_released(client: VismaClient, path: str) -> bool:
    return str(client.get(path).body.get("status")) not in {"Hold", "Balanced"}


def _await_release(client: VismaClient, path: str) -> None:
    """Wait until a release that Visma only accepted shows in the status (API A11: 202, Queued, InProcess)."""
    deadline = time.monotonic() + client.settings.background_wait
    while not _is_released(client, path):
        if time.monotonic() >= deadline:
            message = f"Visma has accepted the release of {path} and has not finished it."
            advice = "Its status is read before it is released again."
            raise OutcomeUnknown(message, advice=advice, retry_after=client.settings.background_wait)
        time.sleep(client.settings.background_poll)
