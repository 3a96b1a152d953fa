"""HTTP to Sterling: TLS, login and errors, the same for every resource.

Nothing is retried here: a poll's next tick and a state machine's Retry are the only places that repeat.
The one exception is a refused OAuth token, which is renewed once.
"""

from __future__ import annotations

import logging
import ssl
import tempfile
from collections.abc import Callable
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import httpx

from ml_connector.errors import Misconfigured, OutcomeUnknown, Unavailable
from ml_connector.sterling.answers import error_of
from ml_connector.sterling.auth import Login, make_login

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ml_connector.sterling.settings import SterlingCredentials, SterlingSettings

log = logging.getLogger(__name__)

T = TypeVar("T")
Body = Callable[[], dict[str, Any]]

JSON = {"Accept": "application/json", "Content-Type": "application/json"}
# Failures before a byte of the request left: the server can't have done anything.
_NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol)


def make_tls_context(settings: SterlingSettings, credentials: SterlingCredentials) -> ssl.SSLContext:
    """Return the TLS settings: 1.2 or newer, the private CA, the client's certificate.

    Raises:
        Misconfigured: The CA bundle or the client certificate can't be loaded.
    """
    context = ssl.create_default_context()
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if not settings.verify:
        warn_if_unverified(settings)
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    try:
        _load_trust(context, settings.ca_bundle)
        _load_certificate(context, settings, credentials)
    except (OSError, ssl.SSLError) as error:
        raise Misconfigured(
            f"The CA bundle or client certificate for Sterling can't be loaded: {error}.",
            advice="Give PEM text or the path of a PEM file; the client's key must not be encrypted.",
        ) from error
    return context


def warn_if_unverified(settings: SterlingSettings) -> None:
    """Log a warning if Sterling's certificate is not checked; done with every call, so that it stays seen."""
    if settings.scheme == "https" and not settings.verify:
        log.warning(
            "STERLING_VERIFY is false: Sterling's certificate is not checked, anyone could pose as it."
        )


def _load_trust(context: ssl.SSLContext, bundle: str) -> None:
    if "-----BEGIN" in bundle:
        context.load_verify_locations(cadata=bundle.replace("\\n", "\n"))
    elif bundle:
        context.load_verify_locations(cafile=bundle)


def _load_certificate(
    context: ssl.SSLContext, settings: SterlingSettings, credentials: SterlingCredentials
) -> None:
    if settings.client_cert:
        context.load_cert_chain(settings.client_cert, settings.client_key or None)
    elif credentials.client_certificate:
        # The ssl module reads certificates from files only.
        with tempfile.TemporaryDirectory() as folder:
            pem = Path(folder, "client.pem")
            pem.touch(mode=0o600)
            pem.write_text(f"{credentials.client_certificate}\n{credentials.client_key}\n")
            context.load_cert_chain(pem)


class Transport:
    """Sends requests and turns what goes wrong into the connector's errors.

    Args:
        settings: Where and how.
        credentials: Who.
        http: A client to use instead of an own one, as tests do.
    """

    def __init__(
        self,
        settings: SterlingSettings,
        credentials: SterlingCredentials,
        http: httpx.Client | None = None,
    ) -> None:
        self._settings = settings
        self.calls = 0
        self.http = http or httpx.Client(
            verify=make_tls_context(settings, credentials),
            timeout=httpx.Timeout(settings.read_timeout, connect=settings.connect_timeout),
            follow_redirects=False,
        )
        self._login: Login = make_login(settings, credentials, self.http)

    def read(self, path: str, *, params: Mapping[str, Any] | None = None) -> httpx.Response:
        """Return the answer to a GET with its body read.

        Raises:
            Unavailable: No useful answer came.
            ConnectorError: As the table in :mod:`ml_connector.sterling.answers` says.
        """
        with self.stream(path, params=params) as response:
            guard(response.read, wrote=False)
            return response

    @contextmanager
    def stream(self, path: str, *, params: Mapping[str, Any] | None = None) -> Iterator[httpx.Response]:
        """Give the answer to a GET before its body is read; the same errors as :meth:`read`."""
        response = self._send("GET", path, lambda: {"params": params}, stream=True)
        try:
            yield response
        finally:
            response.close()

    def write(self, method: str, path: str, body: Body = dict) -> httpx.Response:
        """Return the answer to a write, with its body read.

        Args:
            method: POST, PUT or DELETE.
            path: The path below the origin.
            body: Makes httpx's arguments for the body, anew for each attempt as a stream is used up by one.

        Raises:
            Misconfigured: It would write to workflowmonitors, which terminates a process; nothing was sent.
            OutcomeUnknown: The request left and no clear answer came: it may have been carried out.
            Unavailable: The request never left, or the server was too busy to take it.
            ConnectorError: As the table in :mod:`ml_connector.sterling.answers` says.
        """
        if self._reaches_processes(path):
            raise Misconfigured(
                f"{method} to {path} would terminate or restart a business process.",
                advice="Correct the name in resource_paths or action_slugs.",
            )
        return self._send(method, path, body)

    def _reaches_processes(self, path: str) -> bool:
        """Whether a path leads to workflowmonitors on a server that ignores case and resolves dots."""
        reached = httpx.URL(self._settings.origin + path).path.casefold()
        name = self._settings.resource_paths.get("workflowmonitors", "")
        names = {"workflowmonitors", *filter(None, [name.strip("/").casefold()])}
        return any(f"/{name}/" in f"{reached}/" for name in names)

    def _send(self, method: str, path: str, body: Body, *, stream: bool = False) -> httpx.Response:
        response = self._attempt(method, path, body(), stream=stream)
        if response.status_code == 401 and self._login.renewable:
            response.close()
            self._login.forget()
            response = self._attempt(method, path, body(), stream=stream)
        if response.is_success:
            return response
        wrote = method != "GET"
        try:
            guard(response.read, wrote=wrote)
        finally:
            response.close()
        raise error_of(response, wrote=wrote)

    def _attempt(self, method: str, path: str, options: dict[str, Any], *, stream: bool) -> httpx.Response:
        self.calls += 1
        warn_if_unverified(self._settings)
        headers = {**options.pop("headers", JSON), "Authorization": self._login.header()}
        request = self.http.build_request(method, self._settings.origin + path, headers=headers, **options)
        return guard(lambda: self.http.send(request, stream=stream), wrote=method != "GET")


def guard(call: Callable[[], T], *, wrote: bool) -> T:
    """Return what the call returns; a broken connection becomes one of the connector's errors.

    Raises:
        Unavailable: Nothing was changed: it was a read, or the request never left.
        OutcomeUnknown: A write had left when the connection broke.
    """
    try:
        return call()
    except httpx.RequestError as error:
        told = f"Sterling gave no answer: {type(error).__name__} {error}".rstrip()
        if wrote and not isinstance(error, _NOT_SENT):
            raise OutcomeUnknown(told, advice="Search the mailbox before sending again.") from error
        advice = "Check host, port, network path and certificate with: ml-connector ping."
        raise Unavailable(told, advice=advice) from error
