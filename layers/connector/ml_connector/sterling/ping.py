"""Whether Sterling can be reached and used with the configured credentials, and what to do if not."""

from __future__ import annotations

import socket
import ssl
from contextlib import closing
from typing import TYPE_CHECKING

from ml_connector.checks import Check
from ml_connector.errors import ConnectorError
from ml_connector.sterling.client import SterlingClient
from ml_connector.sterling.messages import plain
from ml_connector.sterling.transport import make_tls_context

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from ml_connector.sterling.settings import SterlingCredentials, SterlingSettings


def check(settings: SterlingSettings, credentials: SterlingCredentials) -> list[Check]:
    """Return one check each of network, TLS, login, mailboxes and the list; the first failure is the last.

    At most one login is tried, as repeated wrong ones lock the account.
    """
    checks = [_attempt("network", lambda: _connect(settings))]
    if checks[-1].ok and settings.scheme == "https":
        checks.append(_attempt("TLS", lambda: _shake_hands(settings, credentials)))
    if not checks[-1].ok:
        return checks
    try:
        with closing(SterlingClient(settings, credentials)) as client:
            return checks + _use(client, settings)
    except ConnectorError as error:
        return [*checks, Check("login", ok=False, detail=error.message, advice=error.advice)]


def _use(client: SterlingClient, settings: SterlingSettings) -> list[Check]:
    paths = {str(plain(found.get("path", ""))) for found in client.list_mailboxes()}
    return [
        Check("login", ok=True, detail=f"{len(paths)} mailboxes are shown to this user"),
        *(_mailbox(pattern, paths, settings) for pattern in settings.mailboxes),
        *(_partner_mailbox(*entry, paths) for entry in sorted(settings.partner_mailboxes.items())),
        _attempt("message list", lambda: _list(client)),
    ]


def _attempt(name: str, call: Callable[[], str]) -> Check:
    try:
        return Check(name, ok=True, detail=call())
    except ConnectorError as error:
        return Check(name, ok=False, detail=error.message, advice=error.advice)
    except ssl.SSLCertVerificationError as error:
        advice = "Give the CA that signed it as STERLING_CA_BUNDLE; STERLING_HOST must be a name it is for."
        detail = f"The certificate is not trusted: {error.verify_message}"
        return Check(name, ok=False, detail=detail, advice=advice)
    except ssl.SSLError as error:
        advice = "The port may speak plain HTTP (STERLING_SCHEME) or less than TLS 1.2."
        return Check(name, ok=False, detail=f"No TLS: {error.reason}", advice=advice)
    except OSError as error:
        advice = "Check STERLING_HOST and STERLING_PORT, the route (VPN, Direct Connect) and the firewalls."
        return Check(name, ok=False, detail=f"No connection: {error}", advice=advice)


def _connect(settings: SterlingSettings) -> str:
    with socket.create_connection((settings.host, settings.port), settings.connect_timeout) as connection:
        address = connection.getpeername()[0]
    return f"{settings.host}:{settings.port} accepts connections at {address}"


def _shake_hands(settings: SterlingSettings, credentials: SterlingCredentials) -> str:
    context = make_tls_context(settings, credentials)
    with (
        socket.create_connection((settings.host, settings.port), settings.connect_timeout) as connection,
        context.wrap_socket(connection, server_hostname=settings.host) as secured,
    ):
        certificate = secured.getpeercert() or {}
        until = certificate.get("notAfter", "an unchecked day (STERLING_VERIFY is false)")
        return f"{secured.version()}, certificate valid until {until}"


def _mailbox(pattern: str, paths: Iterable[str], settings: SterlingSettings) -> Check:
    only_this = settings.model_copy(update={"mailboxes": (pattern,)})
    found = sorted(path for path in paths if only_this.wants_mailbox(path))
    if found:
        shown = ", ".join(found[:5]) + (f" and {len(found) - 5} more" if len(found) > 5 else "")
        return Check(f"mailboxes {pattern}", ok=True, detail=shown)
    advice = f'Create it, or give the user the permission "{pattern} Mailbox"; then check STERLING_MAILBOXES.'
    return Check(f"mailboxes {pattern}", ok=False, detail="none is shown to this user", advice=advice)


def _partner_mailbox(partner: str, path: str, paths: Iterable[str]) -> Check:
    if path in paths:
        return Check(f"mailbox of {partner}", ok=True, detail=path)
    advice = f'Create it or give the user "{path} Mailbox"; then check STERLING_PARTNER_MAILBOXES.'
    return Check(f"mailbox of {partner}", ok=False, detail=f"{path} is not shown to this user", advice=advice)


def _list(client: SterlingClient) -> str:
    messages = client.list_messages(confirm_end=True)
    wanted = sum(client.settings.wants_mailbox(message.mailbox) for message in messages)
    return f"{len(messages)} messages are listed, {wanted} of them in the configured mailboxes"
