"""The calls the connector makes to Sterling's B2B REST APIs, reading and writing.

Never made: POST to workflowmonitors, which with the ordinary Accept header terminates a process.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any, BinaryIO
from urllib.parse import quote, unquote

from ml_connector.errors import Misconfigured
from ml_connector.sterling.answers import ApiMissing, NotThere, RequestRefused
from ml_connector.sterling.listing import read_pages
from ml_connector.sterling.messages import MailboxMessage, merge, plain, read_message
from ml_connector.sterling.payload import PayloadUnreadable, read_document, too_large
from ml_connector.sterling.settings import AfterReceipt, PollStrategy
from ml_connector.sterling.transport import JSON, Transport, guard
from ml_connector.sterling.uploads import document_body, multipart_body

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import httpx

    from ml_connector.sterling.settings import SterlingCredentials, SterlingSettings

log = logging.getLogger(__name__)

_CHUNK = 1 << 16
# What a server without the list of mailboxmessages may answer; then each mailbox's contents are listed.
LIST_MISSING = (RequestRefused, ApiMissing, NotThere)


class NoSuchMailbox(Misconfigured):
    """The mailbox does not exist, or this user may not see it."""


class SterlingClient:
    """One Sterling installation.

    Args:
        settings: Where it is and how it differs.
        credentials: The API user, who needs "API User" and the permission of each mailbox.
        http: A client to use instead of an own one.
    """

    def __init__(
        self,
        settings: SterlingSettings,
        credentials: SterlingCredentials,
        *,
        http: httpx.Client | None = None,
    ) -> None:
        self.settings = settings
        self.secret_version = credentials.version
        self._transport = Transport(settings, credentials, http)
        self._mailbox_ids: dict[str, str] = {}

    @property
    def calls(self) -> int:
        """How many requests this client has made, those for tokens aside."""
        return self._transport.calls

    def close(self) -> None:
        """End the connections that are kept open for the next call."""
        self._transport.http.close()

    # Reading

    def list_messages(self, *, confirm_end: bool = False) -> list[MailboxMessage]:
        """Return the messages listed for this user in all mailboxes, with or without interest to us.

        With the strategy ``auto``, a server that refuses the list of mailboxmessages has the contents of
        each wanted mailbox listed.

        Args:
            confirm_end: Ask on where a page may be as long as the server lets pages be.

        Raises:
            Unavailable: The list could not be read whole.
            Misconfigured: The login or the permissions are refused.
        """
        if self.settings.poll_strategy is PollStrategy.CONTENTS:
            return self._list_contents(confirm_end=confirm_end)
        query, size = self.settings.list_query, self.settings.page_size
        try:
            items = self._collect("mailboxmessages", query, size=size, confirm_end=confirm_end)
        except LIST_MISSING:
            if self.settings.poll_strategy is PollStrategy.MESSAGES:
                raise
            return self._list_contents(confirm_end=confirm_end)
        return [self._message(item) for item in items]

    def list_page(self, first: int, last: int) -> list[MailboxMessage]:
        """Return the messages of all mailboxes from a position of their list to another, both included."""
        params = {**self.settings.list_query, "_range": f"{first}-{last}"}
        return [self._message(item) for item in self._page("mailboxmessages", params, first=first)]

    def list_mailbox(self, path: str, *, confirm_end: bool = False) -> list[MailboxMessage]:
        """Return the messages of one mailbox by its contents.

        Raises:
            NoSuchMailbox: It does not exist or this user may not see it.
        """
        number = self._mailbox_ids.get(path)
        try:
            items = self._contents(path, confirm_end=confirm_end)
        except NotThere:
            # Nothing is in it, or the number remembered here is that of a mailbox deleted since.
            if number and self._renewed_id(path) != number:
                return self.list_mailbox(path, confirm_end=confirm_end)
            items = []
        messages = (item for item in items if plain(item.get("type")) != "mailbox")
        return [self._message(item, mailbox=path) for item in messages]

    def list_mailboxes(self, path: str = "") -> list[dict[str, Any]]:
        """Return the mailboxes this user may see whose path is like ``path``, ``%`` standing for any text."""
        return self._collect("mailboxes", {"path": path} if path else {})

    def wanted_mailboxes(self) -> list[str]:
        """Return the paths whose messages are received, and that of the dead letters if they are watched."""
        settings = self.settings
        if not any(mark in pattern for pattern in settings.mailboxes for mark in "*?["):
            paths = set(settings.mailboxes)
        else:
            paths = {str(plain(found.get("path", ""))) for found in self.list_mailboxes()}
        wanted = {path for path in paths if settings.wants_mailbox(path)}
        return sorted(wanted | ({settings.dead_letter_mailbox} if settings.watch_dead_letter else set()))

    def find_named(self, mailbox: str, name: str) -> list[MailboxMessage]:
        """Return the messages of one mailbox with this name, case aside as Global Mailbox compares.

        Raises:
            NoSuchMailbox: It does not exist: "not found" would then be no answer.
        """
        listed = self.list_mailbox(mailbox, confirm_end=True)
        return [found for found in listed if found.name.casefold() == name.casefold()]

    def read_details(self, message: MailboxMessage) -> MailboxMessage:
        """Return the message with all that its own resource says.

        Raises:
            NotThere: It vanished.
        """
        fields = self._read_one("mailboxmessages", message.message_id)
        return merge(message, self._message(fields))

    def read_payload(self, message: MailboxMessage) -> BinaryIO:
        """Return the message's bytes as a file at its start, on disk when large. The caller closes it.

        Raises:
            PayloadTooLarge: It is larger than the limit; a size told beforehand spares the reading.
            PayloadUnreadable: The answer is cut short, not decodable, or not of the size Sterling told.
            NotThere: The document vanished.
        """
        settings = self.settings
        if message.size is not None and message.size > settings.max_payload_bytes:
            raise too_large(settings.max_payload_bytes, message.size)
        with self._transport.stream(self._payload_path(message)) as response:
            spool = read_document(
                _chunks(response),
                is_json="json" in response.headers.get("Content-Type", "json").lower(),
                field=settings.payload_field,
                encoding=settings.payload_encoding,
                most=settings.max_payload_bytes,
            )
        if settings.verify_size and message.size is not None:
            _check_size(spool, message)
        return spool

    def trading_partners(self, search: str = "") -> list[dict[str, Any]]:
        """Return the trading partners of Sterling File Gateway whose names start with ``search``."""
        return self._collect("tradingpartners", {"searchFor": f"{search}%"} if search else {})

    def routing_rules(self) -> list[dict[str, Any]]:
        """Return the mailbox routing rules; one for our mailboxes explains messages that vanish."""
        return self._collect("routingrules", {})

    def workflow_steps(self, workflow_id: int) -> list[dict[str, Any]]:
        """Return all steps of one business process instance; this resource ignores paging."""
        return self._page("workflowmonitors", {"workFlowId": str(workflow_id), "fieldList": "Brief"})

    # Writing

    def settle(self, message: MailboxMessage, action: AfterReceipt) -> None:
        """Do to a received message what the setting says; doing it again changes nothing.

        Raises:
            NotThere: Another consumer was faster.
        """
        one = self._path("mailboxmessages", message.message_id)
        if action is AfterReceipt.NOT_EXTRACTABLE:
            self._write("PUT", one, {"extractableAlways": False})
        elif action is AfterReceipt.DELETE:
            self._transport.write("DELETE", one)
        elif action is AfterReceipt.MOVE:
            slug = self.settings.action_slugs.get("move", "actions/move")
            self._write("POST", f"{one}/{slug}", {"mailboxPath": self.settings.move_to})

    def create_document(self, name: str, content: BinaryIO) -> str:
        """Return the id of a new document; without a message it is purged by its lifespan.

        Raises:
            OutcomeUnknown: It may exist; making another does no harm.
        """
        answer = self._transport.write(
            "POST", self.settings.resource("documents"), document_body(name, content)
        )
        return _id_of(answer)

    def create_message(self, mailbox: str, name: str, document_id: str) -> str:
        """Return the id of a new message in a mailbox that carries the document.

        Raises:
            OutcomeUnknown: It may exist: look with :meth:`find_named` before creating it again.
        """
        body = {"documentId": document_id, "mailboxPath": mailbox, "name": name, "extractableAlways": True}
        return _id_of(self._write("POST", self.settings.resource("mailboxmessages"), body))

    def create_batch(self, mailbox: str, name: str, content: BinaryIO) -> str:
        """Return the id of a new message put into a mailbox in one call, streamed and without base64.

        Raises:
            OutcomeUnknown: It may exist: look with :meth:`find_named` before creating it again.
        """
        path = self.settings.resource("messagebatches")
        return _id_of(self._transport.write("POST", path, multipart_body(mailbox, name, content)))

    # Details

    def _list_contents(self, *, confirm_end: bool) -> list[MailboxMessage]:
        messages: list[MailboxMessage] = []
        for path in self.wanted_mailboxes():
            try:
                messages += self.list_mailbox(path, confirm_end=confirm_end)
            except NoSuchMailbox:
                log.warning("The mailbox %s is not shown to this user.", path)
        return messages

    def _mailbox_id(self, path: str) -> str:
        if path not in self._mailbox_ids:
            for found in self.list_mailboxes(path):
                number = str(plain(found.get("_id", found.get("id", ""))))
                self._mailbox_ids[str(plain(found.get("path", "")))] = number
        if path not in self._mailbox_ids:
            raise NoSuchMailbox(
                f"Sterling shows no mailbox {path} to this user.",
                advice=f'Create it, or give the user the permission "{path} Mailbox".',
                mailbox=path,
            )
        return self._mailbox_ids[path]

    def _renewed_id(self, path: str) -> str:
        self._mailbox_ids.pop(path, None)
        return self._mailbox_id(path)

    def _contents(self, path: str, *, confirm_end: bool) -> list[dict[str, Any]]:
        params = {"parentMailboxId": self._mailbox_id(path), "detail": "true"}
        size = self.settings.detail_page_size
        return self._collect("mailboxcontents", params, size=size, confirm_end=confirm_end)

    def _collect(
        self,
        resource: str,
        params: Mapping[str, str],
        *,
        size: int = 1000,
        confirm_end: bool = False,
    ) -> list[dict[str, Any]]:
        def fetch(first: int, last: int) -> list[dict[str, Any]]:
            return self._page(resource, {**params, "_range": f"{first}-{last}"}, first=first)

        return read_pages(fetch, size, confirm_end=confirm_end)

    def _page(self, resource: str, params: dict[str, str], *, first: int = 0) -> list[dict[str, Any]]:
        try:
            body = _json(self._transport.read(self.settings.resource(resource), params=params))
        except NotThere as error:
            if not first and self._may_be_missing(resource, error):
                raise
            return []  # a list without a match may come as an error object
        if not isinstance(body, list):
            raise _unexpected(resource, "a JSON array")
        return [item for item in body if isinstance(item, dict)]

    def _may_be_missing(self, resource: str, error: NotThere) -> bool:
        """Whether "not found" may mean more than an empty list: there is no such list, or no such mailbox."""
        if resource == "mailboxmessages":
            return self.settings.poll_strategy is PollStrategy.AUTO and not error.certain
        return resource == "mailboxcontents"

    def _message(self, fields: Mapping[str, Any], mailbox: str = "") -> MailboxMessage:
        return read_message(fields, mailbox=mailbox, zone=self.settings.server_tz_override)

    def _read_one(self, resource: str, number: str) -> dict[str, Any]:
        body = _json(self._transport.read(self._path(resource, number)))
        if not isinstance(body, dict):
            raise _unexpected(resource, "a JSON object")
        return body

    def _write(self, method: str, path: str, body: dict[str, Any]) -> httpx.Response:
        return self._transport.write(method, path, lambda: {"json": body, "headers": JSON})

    def _path(self, resource: str, number: str) -> str:
        return self.settings.resource(resource) + quote(number, safe="")

    def _payload_path(self, message: MailboxMessage) -> str:
        filled = self.settings.payload_path.format(
            document_id=quote(message.document_id, safe=""), message_id=quote(message.message_id, safe="")
        )
        resource, _, rest = filled.partition("/")
        return self.settings.resource(resource) + rest


def _chunks(response: httpx.Response) -> Iterator[bytes]:
    chunks = response.iter_bytes(_CHUNK)
    while chunk := guard(lambda: next(chunks, b""), wrote=False):
        yield chunk


def _check_size(spool: BinaryIO, message: MailboxMessage) -> None:
    size = spool.seek(0, 2)
    spool.seek(0)
    if size != message.size:
        spool.close()
        raise PayloadUnreadable(
            f"The payload of message {message.message_id} has {size} bytes; Sterling told {message.size}.",
            advice="If this server counts otherwise, set STERLING_VERIFY_SIZE=false.",
            message_id=message.message_id,
        )


def _json(response: httpx.Response) -> object:
    try:
        return response.json()
    except ValueError as error:
        raise _unexpected(response.request.url.path, "JSON") from error


def _unexpected(what: str, expected: str) -> ApiMissing:
    return ApiMissing(
        f"Sterling answered {what} with something else than {expected}.",
        advice="Check STERLING_BASE_PATH and whether a proxy's page stands before the API.",
    )


def _id_of(answer: httpx.Response) -> str:
    """The last part of the new resource's Location, whose colons may come encoded; "" if there is none."""
    try:
        body = answer.json()
    except ValueError:
        body = {}
    location = str(body.get("Location", "")) if isinstance(body, dict) else ""
    return unquote((location or answer.headers.get("Location", "")).rstrip("/").rpartition("/")[2])
