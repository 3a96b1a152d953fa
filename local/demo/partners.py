"""The partners of the demo: each reads what Sterling put into its mailbox and answers."""

from __future__ import annotations

import base64
import io
import itertools
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import httpx

from ml_connector.codecs.recognition import read_documents
from ml_connector.edi import Overlay, SegmentOverlay, read_interchanges
from ml_connector.edi.acknowledgement import ControlNumbers, acknowledge
from ml_connector.edi.outcome import examine

if TYPE_CHECKING:
    from collections.abc import Collection

    from local.demo.surroundings import Site

# What a partner's own guide asks for beyond the standard: this one cannot use payments that name no contact.
GUIDES = {("great-lakes-tools", "820"): Overlay(segments={"PER": SegmentOverlay(use="required")})}


def outbox(site: Site, mailbox: str) -> list[dict[str, Any]]:
    """Return the messages in a mailbox that a partner reads."""
    answer = httpx.get(f"{site.sterling}/_control/outbox", params={"mailbox": mailbox})
    found: list[dict[str, Any]] = answer.raise_for_status().json()
    return found


def message_in(site: Site, mailbox: str, number: str) -> bytes:
    """Return what a message holds."""
    found = (one for one in outbox(site, mailbox) if str(one["id"]) == number)
    return base64.b64decode(next(found)["payload"])


def numbers_in(content: bytes) -> list[str]:
    """Return the numbers of the documents a partner reads in a message."""
    return [document.number for document in read_documents(content)]


class Partners:
    """Partners who acknowledge what they get, each message once.

    Args:
        site: Where their mailboxes are.
        partners: Who answers.
    """

    def __init__(self, site: Site, partners: Collection[str]) -> None:
        self._site = site
        self._partners = partners
        self._answered: set[int] = set()
        # Numbers that no earlier run of the demo used with the same partner.
        self._numbers = itertools.count(int(f"{datetime.now(UTC):%d%H%M%S}"))

    def answer(self) -> None:
        """Answer what came since the last time, accepting or rejecting it by the partner's own guide."""
        for partner in self._partners:
            for message in outbox(self._site, f"/{partner}/Outbound"):
                if message["id"] not in self._answered:
                    self._answered.add(message["id"])
                    self._acknowledge(partner, base64.b64decode(message["payload"]))

    def _acknowledge(self, partner: str, content: bytes) -> None:
        for interchange in read_interchanges(io.BytesIO(content)):
            outcomes = examine(interchange, overlay=lambda message: GUIDES.get((partner, message.type)))
            number = str(next(self._numbers))
            answer = acknowledge(
                interchange,
                outcomes,
                numbers=ControlNumbers(interchange=number, group=number),
                prepared_at=datetime.now(UTC),
            )
            if answer is not None:  # what came is an acknowledgement itself
                self._site.drop(f"/{partner}/Inbound", f"acknowledgement-{number}.edi", answer)
