"""One XML document while it is read: what was found, what was changed, what nobody asked for."""

from __future__ import annotations

import hashlib
from datetime import date, datetime
from typing import TYPE_CHECKING

from ml_connector.codecs.amounts import read_number
from ml_connector.codecs.units import unit
from ml_connector.documents import (
    ControlNumbers,
    DocumentFinding,
    Normalisation,
    RawExtension,
    Severity,
    Source,
    UnitList,
)
from ml_connector.errors import Rejected

if TYPE_CHECKING:
    from decimal import Decimal

    from ml_connector.codecs.markup import Node
    from ml_connector.codecs.profile import CodecProfile
    from ml_connector.codecs.reading import Provenance
    from ml_connector.documents import UnitOfMeasure


class MarkupReading:
    """An XML document on its way to become a business document.

    Attributes:
        root: Where the document begins.
        profile: The partner's ways.
        source: Where it came from; a codec adds what its format knows.
    """

    def __init__(self, root: Node, data: bytes, standard: str, profile: CodecProfile) -> None:
        self.root = root
        self.profile = profile
        self.source = Source(
            standard=standard,
            message=root.name,
            byte_range=(0, len(data)),
            sha256=hashlib.sha256(data).hexdigest(),
        )
        self._findings: list[DocumentFinding] = []
        self._normalisations: list[Normalisation] = []

    def find(
        self,
        severity: Severity,
        rule: str,
        message: str,
        *,
        path: str | None = None,
        expected: object = None,
        found: object = None,
    ) -> None:
        """Note a finding about the content."""
        told = [None if value is None else str(value) for value in (expected, found)]
        finding = DocumentFinding(
            severity=severity, rule=rule, message=message, path=path, expected=told[0], found=told[1]
        )
        self._findings.append(finding)

    def normalised(self, rule: str, path: str, original: object, value: object) -> None:
        """Note a value that was changed."""
        change = Normalisation(rule=rule, path=path, original=str(original), value=str(value))
        self._normalisations.append(change)

    def refuse(self, message: str, path: str) -> Rejected:
        """The error that refuses the document; the caller raises it."""
        return Rejected(message, advice="Ask the partner to correct and resend the document.", path=path)

    def number(self, node: Node, path: str = "") -> Decimal | None:
        """The number at a path; one that is none holds the document."""
        return self.number_of_text(node.text(path), f"{node.path}/{path}" if path else node.path)

    def number_of_text(self, text: str | None, path: str) -> Decimal | None:
        """The number in a text; None for none, and with a finding where it is no number."""
        if text is None:
            return None
        read = read_number(text)
        if read is None:
            message = f"{path} should be a number, found {text!r}."
            self.find(Severity.HOLD, "unreadable-number", message, path=path, found=text)
            return None
        if read.repaired:
            self.normalised("number-form", path, text, read.value)
        return read.value

    def day(self, node: Node, path: str = "") -> date | None:
        """The date at a path, a zone or time after it cut off; one that is none holds the document."""
        text = node.text(path)
        return self.day_of_text(text, f"{node.path}/{path}") if text else None

    def day_of_text(self, text: str, path: str) -> date | None:
        """The date in a text: ``2026-01-31`` with anything after it, or ``20260131``."""
        digits = text[:10].replace("-", "")[:8]
        try:
            return datetime.strptime(digits, "%Y%m%d").date()  # noqa: DTZ007 - a day has no zone
        except ValueError:
            message = f"{path} should be a date, found {text!r}."
            self.find(Severity.HOLD, "unreadable-date", message, path=path, found=text)
            return None

    def take_currency(self, attribute: str, currency: str | None, *also: str | None) -> None:
        """Take the document's currency wherever an amount repeats it; another one holds the document.

        Args:
            attribute: Which attribute of an amount names its currency.
            currency: The document's.
            also: Further ones that some amounts may have; they stay unread, to be seen.
        """
        if currency is None:
            return
        others = [other for other in self.root.take_everywhere(attribute, currency) if other not in also]
        if others:
            message = f"The document is in {currency}, and amounts of it are in {', '.join(others)}."
            self.find(Severity.HOLD, "currency-differs", message, expected=currency, found=others[0])

    def unit(self, code: str | None) -> UnitOfMeasure | None:
        """A unit code of UN/ECE Recommendation 20, or 21 for codes of three that begin with X."""
        if code is None:
            return None
        meant = self.profile.units_in.get(code, code)
        if meant != code:
            self.normalised("unit-override", "uom", code, meant)
        package = len(meant) == 3 and meant.startswith("X")
        return unit(meant, UnitList.UNECE_REC21 if package else UnitList.UNECE_REC20)

    def numbered(self, interchange: str | None, *, sender: str | None, receiver: str | None) -> None:
        """Add the interchange's number and its parties to the source."""
        self.source = self.source.model_copy(
            update={
                "control_numbers": ControlNumbers(interchange=interchange),
                "sender_id": sender,
                "receiver_id": receiver,
            }
        )

    def provenance(self) -> Provenance:
        """Source, findings, normalisations and everything nobody asked for."""
        return {
            "source": self.source,
            "normalisations": tuple(self._normalisations),
            "findings": tuple(self._findings),
            "raw_extensions": tuple(
                RawExtension(path=path, values=tuple(values)) for path, values in self.root.unread()
            ),
        }
