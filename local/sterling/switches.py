"""What differs between installations of Sterling, or isn't known of them, as switches of the simulator."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict


class Switches(BaseModel):
    """How the simulated server behaves; every default is the likeliest behaviour.

    Attributes:
        auth: Basic, or bearer tokens from ``/oauth2/token``.
        token_seconds: How long a token lives.
        lock_after: Wrong logins in a row after which an account is locked.
        empty_list: What a list without a match answers: an empty array, or an error object.
        encode_location: Whether colons in Location are percent-encoded, as on Windows servers.
        internal_host: The host and port that links carry, as a server behind a proxy writes them.
        content_range: Whether lists answer with a Content-Range header.
        max_window: The most items one page has, whatever ``_range`` asks for.
        list_messages: What ``GET mailboxmessages/`` does: answer, or refuse with 400, 404 or 405.
        list_fields: Whether that list carries all fields or only id and name.
        contents_fields: Whether a mailbox's contents carry documentId, size and creationDate.
        plain_values: Whether full reads give plain values instead of code objects.
        payload: How ``GET documents/{id}`` gives the payload: base64 or plain inside JSON, or raw bytes.
        lenient_case: Whether resource names are found whatever their case.
        lenient_slash: Whether collections are found without the slash at their end.
        router_seconds: Seconds after which a router in front answers 504 to what the server still does; 0
            for no router. It strikes requests that a fault of ``latency`` makes as slow.
        duplicate_names: Whether messages of one name coexist, or a new one replaces the old; as Global
            Mailbox does, whatever their case.
        extract_decrements: Whether the extract action takes one from the extractable count.
        clock_skew: Seconds the server's clock is ahead.
        mislabelled_zone: An IANA zone whose wall time is written under the label +0000.
        milliseconds: Whether arrival times have milliseconds; otherwise messages tie.
        routing: Whether automatic routing rules are evaluated, each minute; off in current releases.
        max_payload: Bytes above which reading and creating documents fails.
        newest_first: Whether lists come in falling order of ids.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    auth: Literal["basic", "oauth2"] = "basic"
    token_seconds: int = 300
    lock_after: int = 5
    empty_list: Literal["array", "404", "400"] = "array"
    encode_location: bool = False
    internal_host: str = "sterling.internal:5074"
    content_range: bool = False
    max_window: int = 1000
    list_messages: Literal["answer", "400", "404", "405"] = "answer"
    list_fields: Literal["all", "few"] = "all"
    contents_fields: bool = True
    plain_values: bool = False
    payload: Literal["base64", "plain", "raw"] = "base64"
    lenient_case: bool = False
    lenient_slash: bool = False
    router_seconds: float = 0.0
    duplicate_names: Literal["keep", "replace", "replace_caseless"] = "keep"
    extract_decrements: bool = True
    clock_skew: float = 0.0
    mislabelled_zone: str = ""
    milliseconds: bool = False
    routing: bool = False
    max_payload: int = 1 << 30
    newest_first: bool = False
