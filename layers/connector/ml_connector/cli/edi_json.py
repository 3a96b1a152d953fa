"""The report of a check as data: one JSON list, written as the files are read."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from ml_connector.codecs.filed_checking import CheckedFile
    from ml_connector.edi.checking import CheckedMessage
    from ml_connector.edi.interchange import Interchange


class JsonReport:
    """Writes a list of files with their interchanges and messages, holding none of them.

    A line for each file, interchange and message; what is known of an interchange only at its end (status,
    findings, span) stands after its messages.
    """

    def __init__(self, put: Callable[[str], object]) -> None:
        self._put = put
        self._files = self._interchanges = self._messages = 0

    def start(self) -> None:
        """Begin the list."""
        self._put("[")

    def start_file(self, name: str) -> None:
        """Begin a file."""
        self._put(f'{_next(self._files)}\n{{"file": {_json(name)}, "interchanges": [')
        self._files += 1
        self._interchanges = 0

    def start_interchange(self, _: str, interchange: Interchange | CheckedFile) -> None:
        """Begin an interchange with what its header says."""
        sender, receiver = interchange.sender, interchange.receiver
        facts = {
            "standard": str(interchange.standard),
            "version": interchange.version,
            "sender": {"id": sender.id, "qualifier": sender.qualifier},
            "receiver": {"id": receiver.id, "qualifier": receiver.qualifier},
            "control_number": interchange.control_number,
            "test": interchange.test,
            "charset": interchange.charset,
        }
        self._put(f'{_next(self._interchanges)}\n {_json(facts)[:-1]}, "messages": [')
        self._interchanges += 1
        self._messages = 0

    def message(self, message: CheckedMessage) -> None:
        """Write a message with its findings."""
        self._put(f"{_next(self._messages)}\n  {_json(message.as_dict())}")
        self._messages += 1

    def end_interchange(self, interchange: Interchange | CheckedFile) -> None:
        """End an interchange with what was found in it."""
        facts = {
            "span": list(interchange.span),
            "status": interchange.status.value,
            "findings": [finding.as_dict() for finding in interchange.findings],
        }
        self._put(f"], {_json(facts)[1:]}")

    def end_file(self) -> None:
        """End a file."""
        self._put("]}")

    def end(self) -> None:
        """End the list."""
        self._put("\n]\n")


def _next(count: int) -> str:
    return "," if count else ""


def _json(value: Any) -> str:  # noqa: ANN401 - whatever JSON takes
    """Return JSON that any standard output can carry."""
    return json.dumps(value, ensure_ascii=True)
