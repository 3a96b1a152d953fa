"""The Visma.net ERP client: one company, its headers on every call, Visma's outcomes as errors."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

import httpx

from ml_connector.errors import OutcomeUnknown, Rejected, Unavailable
from ml_connector.visma.background import await_request
from ml_connector.visma.calls import Sending, Unlimited, http_client
from ml_connector.visma.outcomes import raise_for_response, raise_for_transport
from ml_connector.visma.paging import read_indexed_pages, read_pages
from ml_connector.visma.token import TokenSource
from ml_connector.visma.wire import Json, dump_json, load_json, number_in, quoted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from types import TracebackType

    from ml_connector.visma.calls import Budget, Params
    from ml_connector.visma.settings import VismaCredentials, VismaSettings


@dataclass(frozen=True, slots=True)
class Fetched:
    """A document as read, with the version to send back in If-Match."""

    body: Json
    etag: str


@dataclass(frozen=True, slots=True)
class Created:
    """A document Visma created: its number (empty if Visma did not say it) and version."""

    number: str
    etag: str = ""


class VismaClient:
    """Calls one company's Visma.net ERP; reusable across warm invocations and safe for several threads.

    Attributes:
        settings: What it was made with.
        calls: How many calls it has sent to the ERP, token requests aside.
        rate_left: The calls the company has left in its window, as Visma last said (API A8); None before.
        clock: Seconds by which writes must leave in time.
    """

    def __init__(
        self,
        settings: VismaSettings,
        credentials: VismaCredentials,
        *,
        http: httpx.Client | None = None,
        budget: Budget | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.settings = settings
        self.calls = 0
        self.rate_left: int | None = None
        self._http = http or http_client(settings)
        self._erp_tokens = TokenSource(settings, credentials, self._http, clock)
        self._sales_order_tokens = TokenSource(
            settings, credentials, self._http, clock, scopes=settings.sales_order_scopes
        )
        self._budget = budget or Unlimited()
        self.clock = clock
        self._counting = threading.Lock()

    @property
    def token_renewals(self) -> int:
        """How many tokens it has got."""
        return self._erp_tokens.renewals + self._sales_order_tokens.renewals

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def prepare(self, path: str = "/") -> None:
        """Get a token now, so that the next write to ``path`` leaves without delay.

        Raises:
            Misconfigured: Visma Connect refused the credentials.
            Unavailable: It did not answer.
        """
        self._tokens(self._url(path)).token()

    def get(self, path: str, params: Params | None = None) -> Fetched:
        """Return one document, or a list as it came.

        Raises:
            Rejected: There is no such document.
            Misconfigured: The login or the company is refused.
            Unavailable: Visma failed, is busy or cannot be reached.
        """
        response = self._send(Sending("GET", self._url(path), params or {}))
        if response.status_code == 202:
            response = await_request(self, response, writing=False)
        return Fetched(_body(response), response.headers.get("ETag", ""))

    def find(self, path: str, params: Params | None = None) -> Fetched | None:
        """Return one document as ``get`` does, or None where Visma has no such key."""
        try:
            return self.get(path, params)
        except Rejected as error:
            if error.context.get("status") == 404:
                return None
            raise

    def pages(self, path: str, params: Params | None = None) -> Iterator[list[dict[str, Any]]]:
        """Yield the pages of a list until the total in its elements' metadata is read (API A5)."""
        return read_pages(
            lambda page: self.get(path, {**(params or {}), **page}).body, self.settings.page_size
        )

    def rows(self, path: str, params: Params | None = None) -> Iterator[dict[str, Any]]:
        """Yield every element of a paged list."""
        for page in self.pages(path, params):
            yield from page

    def indexed_rows(self, url: str, params: Params | None = None) -> Iterator[dict[str, Any]]:
        """Yield every element of a list of the sales order service, whose pages count from zero (API A13)."""
        for page in read_indexed_pages(lambda page: self.get(url, {**(params or {}), **page}).body):
            yield from page

    def create(self, path: str, body: Mapping[str, Any], *, not_after: float | None = None) -> Created:
        """Post a new document and return its number.

        Args:
            path: The entity's path.
            body: The request body.
            not_after: A reading of the client's clock after which the request must not leave.

        Raises:
            Rejected: Visma refused it; nothing was created.
            Misconfigured: The login or the company is refused; nothing was created.
            Unavailable: It certainly was not created.
            OutcomeUnknown: It may have been created: look it up.
        """
        content = dump_json(body).encode()
        response = self._send(
            Sending("POST", self._url(path), content=content, headers=_JSON, not_after=not_after)
        )
        if response.status_code == 202:
            response = await_request(self, response, writing=True)
        return Created(number_in(response.headers.get("Location", "")), response.headers.get("ETag", ""))

    def change(self, path: str, body: Mapping[str, Any], *, etag: str = "") -> str:
        """Send a partial update and return the new version.

        Raises:
            Unavailable: With status 412 in its context where ``etag`` is no longer the current version.
            OutcomeUnknown: The update may have happened.
        """
        headers = {**_JSON, **({"If-Match": quoted(etag)} if etag else {})}
        response = self._send(
            Sending("PUT", self._url(path), content=dump_json(body).encode(), headers=headers)
        )
        if response.status_code == 202:
            response = await_request(self, response, writing=True)
        return str(response.headers.get("ETag", ""))

    def edit(
        self,
        path: str,
        make_change: Callable[[Any], Mapping[str, Any] | None],
        *,
        params: Params | None = None,
        attempts: int = 3,
    ) -> str:
        """Read, change and write a document under If-Match, reading again when somebody else was faster.

        Args:
            path: The document's path.
            make_change: Returns the update for the document as read, or None when there is nothing to do.
            params: What else the read asks for.
            attempts: How often it is tried before giving up.

        Returns:
            The new version, or the one read where nothing was to do.
        """
        for attempt in range(1, attempts + 1):
            fetched = self.get(path, params)
            change = make_change(fetched.body)
            if change is None:
                return fetched.etag
            try:
                return self.change(path, change, etag=fetched.etag or fetched.body.get("timeStamp", ""))
            except Unavailable as error:
                if error.context.get("status") != 412 or attempt == attempts:
                    raise
        raise AssertionError("unreachable")

    def act(self, path: str, body: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """Run an action and return its result; one that Visma finishes later is waited for.

        Raises:
            Rejected: The action ended with ``actionResult`` Failed.
            OutcomeUnknown: It may or may not have run.
        """
        content = dump_json(body or {}).encode()
        response = self._send(Sending("POST", self._url(path), content=content, headers=_JSON))
        if response.status_code == 202 and response.content:
            response = await_request(self, response, writing=True)
        result = _body(response) or {}
        if result.get("actionResult") == "Failed":
            raise Rejected(f"Visma could not run {path}: {result.get('errorInfo')}", url_path=path)
        return dict(result)

    def upload(self, path: str, name: str, content: bytes, media_type: str) -> str:
        """Attach a file and return the attachment's id; the same name again makes a new revision."""
        files = {"v": (name, content, media_type)}
        response = self._send(Sending("POST", self._url(path), files=files))
        return number_in(response.headers.get("Location", ""))

    def _url(self, path: str) -> str:
        return path if path.startswith("http") else self.settings.base_url.rstrip("/") + path

    def _tokens(self, url: str) -> TokenSource:
        """Return the tokens of the service that a URL belongs to; their scopes differ (API A2)."""
        sales_order = url.startswith(self.settings.sales_orders)
        return self._sales_order_tokens if sales_order else self._erp_tokens

    def _send(self, sending: Sending) -> httpx.Response:
        attempts = 1 if sending.writing else self.settings.read_attempts
        for attempt in range(1, attempts + 1):
            try:
                return self._send_once(sending)
            except Unavailable as error:
                # Only a broken connection is worth the same call at once; waiting is the workflow's.
                if attempt == attempts or "status" in error.context or error.retry_after is not None:
                    raise
        raise AssertionError("unreachable")

    def _send_once(self, sending: Sending) -> httpx.Response:
        tokens = self._tokens(sending.url)
        token = tokens.token()
        response = self._exchange(sending, token)
        if response.status_code == 401:
            tokens.discard(token)
            response = self._exchange(sending, tokens.token())
        raise_for_response(response, writing=sending.writing)
        if sending.writing:
            _stop_if_not_visma(response, sending.what)
        return response

    def _exchange(self, sending: Sending, token: str) -> httpx.Response:
        self._budget.spend()
        if sending.not_after is not None and self.clock() > sending.not_after:
            raise Unavailable(f"{sending.what} was not sent in its time.", retry_after=0)
        with self._counting:
            self.calls += 1
        try:
            response = self._http.request(
                sending.method,
                sending.url,
                params={name: _query(value) for name, value in sending.params.items() if value is not None},
                headers={**self._headers(token), **sending.headers},
                content=sending.content,
                files=sending.files,
            )
        except httpx.HTTPError as error:
            raise_for_transport(error, writing=sending.writing, what=sending.what)
        self._budget.observe(response.headers, response.status_code)
        left = response.headers.get("X-RateLimit-Remaining", "")
        self.rate_left = int(left) if left.isdigit() else self.rate_left
        return response

    def _headers(self, token: str) -> dict[str, str]:
        headers = {
            "Authorization": f"Bearer {token}",
            "Accept": "application/json",
            "User-Agent": self.settings.user_agent,
            "ipp-application-type": self.settings.application_type,
        }
        if self.settings.company_id:
            headers["ipp-company-id"] = self.settings.company_id
        return headers


_JSON = {"Content-Type": "application/json; charset=utf-8"}


def _query(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _body(response: httpx.Response) -> Json:
    if not response.content:
        return None
    try:
        return load_json(response.content)
    except ValueError as error:
        what = f"{response.request.method} {response.request.url.path}"
        raise Unavailable(f"Visma's answer to {what} is no JSON.", advice="Check the base URL.") from error


def _stop_if_not_visma(response: httpx.Response, what: str) -> None:
    """Doubt a write whose success somebody else seems to have answered, such as a page of maintenance."""
    try:
        if response.content:
            load_json(response.content)
    except ValueError as error:
        raise OutcomeUnknown(f"Visma's answer to {what} is no JSON.", advice="It is looked up.") from error
