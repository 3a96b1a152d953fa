"""Where a document came from, and everything about its reading that a person may ask for later."""

from __future__ import annotations

from enum import StrEnum

from pydantic import model_validator

from ml_connector.documents.base import Model, Moment


class ControlNumbers(Model):
    """The control numbers around the message: ISA13/UNB 0020, GS06/UNG 0048, ST02/UNH 0062."""

    interchange: str | None = None
    group: str | None = None
    message: str | None = None


class Source(Model):
    """The bytes a document was read from.

    ``byte_range`` counts from the first byte of the file (start included, end excluded) and ``sha256`` is the
    digest of exactly these bytes, so that document and original can always be laid side by side.
    """

    standard: str
    version: str | None = None
    message: str
    association: str | None = None
    control_numbers: ControlNumbers = ControlNumbers()
    sender_id: str | None = None
    sender_qualifier: str | None = None
    receiver_id: str | None = None
    receiver_qualifier: str | None = None
    partner_id: str | None = None
    received_at: Moment | None = None
    prepared_at: Moment | None = None
    test: bool = False
    byte_range: tuple[int, int] | None = None
    segment_range: tuple[int, int] | None = None
    sha256: str | None = None


class RawExtension(Model):
    """A segment or element that no field of the document took.

    ``path`` names the place, such as ``PO1[2]/CTP[1]`` for a whole segment (values: its elements in order) or
    ``PO1[2]/PO4[1]/02`` for one element of it (values: its repetitions as written).
    """

    path: str
    values: tuple[str, ...]
    position: int | None = None


class Normalisation(Model):
    """A value that was changed on the way in: which rule, where, what was sent, what it became."""

    rule: str
    path: str
    original: str
    value: str


class Severity(StrEnum):
    """What a finding asks for: reject the document, hold it for a person, or just remember it."""

    ERROR = "error"
    HOLD = "hold"
    WARNING = "warning"
    INFO = "info"


class DocumentFinding(Model):
    """Something about the content worth saying: a total that does not add up, a suspicious scale, a bad code.

    ``rule`` is the finding's stable name in kebab case; ``expected`` and ``found`` are plain text.
    """

    severity: Severity
    rule: str
    message: str
    path: str | None = None
    expected: str | None = None
    found: str | None = None


class BusinessDocument(Model):
    """What all documents carry beside their business content; each has a ``number`` people know it by."""

    source: Source | None = None
    normalisations: tuple[Normalisation, ...] = ()
    findings: tuple[DocumentFinding, ...] = ()
    raw_extensions: tuple[RawExtension, ...] = ()

    @model_validator(mode="before")
    @classmethod
    def _without_totals(cls, data: object) -> object:
        """Accept what was printed: ``totals`` is derived, so a document read back computes it anew."""
        if isinstance(data, dict) and "totals" in data:
            return {name: value for name, value in data.items() if name != "totals"}
        return data

    @property
    def held(self) -> bool:
        """Whether a finding asks for a person to look before anything is posted."""
        return any(f.severity in (Severity.HOLD, Severity.ERROR) for f in self.findings)
