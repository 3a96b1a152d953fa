"""What becomes of one interchange: its documents go on, or it is set aside and the reason recorded."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, BinaryIO, Protocol

from ml_connector.edi import Finding, Interchange, Severity

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ml_connector.edi import Address
    from ml_connector.partners.configuration import Configuration
    from ml_connector.partners.profile import Partner
    from ml_connector.store.interchanges import Seen

_FIRST_LINES = 500  # bytes of an interchange shown to whoever has to find out whose it is
_MOST_FINDINGS = 50
_CHUNK = 1 << 20


class Interchanges(Protocol):
    """Remembers control numbers."""

    def claim(self, key: str, *, item: str, sha256: str) -> Seen:
        """Return who holds the key."""
        ...


class Judging(Protocol):
    """What a judgement is made by."""

    @property
    def configuration(self) -> Configuration:
        """The customer's partners."""
        ...

    @property
    def interchanges(self) -> Interchanges:
        """The control numbers seen."""
        ...

    @property
    def environment(self) -> str:
        """``production`` or ``test``."""
        ...


@dataclass(frozen=True, slots=True)
class Verdict:
    """What becomes of one interchange: the event that says so, its state and facts."""

    event: str
    partner: Partner | None
    state: dict[str, Any]
    facts: dict[str, Any]
    messages: int = 0
    answerable: bool = True

    def of_file(self, facts: dict[str, Any]) -> Verdict:
        """Return the verdict as one on a file without envelope: its own facts, and no answer."""
        return replace(self, state={**facts, **self.state}, answerable=False)

    @property
    def goes_on(self) -> bool:
        """Whether the interchange's documents are processed."""
        return self.event == "split"


def judge(
    interchange: Interchange,
    item: str,
    count: int,
    stream: BinaryIO,
    by: Judging,
    *,
    released: bool = False,
) -> Verdict:
    """Return what becomes of an interchange that was read to its end.

    Args:
        interchange: The interchange; its messages have been read.
        item: Its id in the audit trail.
        count: How many messages it has.
        stream: What it was read from; left where it stands.
        by: The configuration, the control numbers seen, and what the deployment is for.
        released: A person decided that it goes on although its control number came before.
    """
    partner = by.configuration.partner_for(
        interchange.standard.value, interchange.sender, interchange.receiver, interchange.test
    )
    errors = [finding for finding in interchange.findings if finding.severity is Severity.ERROR]
    if errors:
        return _quarantined(errors, partner)
    digest, first_lines = _bytes_of(interchange, stream)
    if partner is None:
        return unassigned(
            interchange.standard.value,
            interchange.sender,
            interchange.receiver,
            first_lines,
            by,
            test=interchange.test,
        )
    seen = by.interchanges.claim(_identity(interchange), item=item, sha256=digest)
    if seen.item != item and not released:
        return repeated(seen.item, partner, same=seen.sha256 == digest)
    if interchange.test != (by.environment == "test"):
        return wrong_environment(partner, test=interchange.test)
    facts = {"messages": count, "findings": listed(interchange.findings)}
    return Verdict("split", partner, {}, facts, count)


def listed(findings: Sequence[Finding]) -> list[dict[str, Any]]:
    """Return the first findings as plain data."""
    return [finding.as_dict() for finding in findings[:_MOST_FINDINGS]]


def _quarantined(errors: list[Finding], partner: Partner | None) -> Verdict:
    first = errors[0]
    reason = f"{first.message} (byte {first.offset}, line {first.line})"
    advice = "The partner must send it again; none of its documents was processed."
    return Verdict("quarantined", partner, {"reason": reason, "advice": advice}, {"findings": listed(errors)})


def unassigned(
    standard: str, sender: Address, receiver: Address, first_lines: str, by: Judging, *, test: bool
) -> Verdict:
    """Return the verdict on what comes from nobody known, with what to add where."""
    why = by.configuration.directory.explain_unknown(standard, sender, receiver, test=test)
    state = {"reason": why.message, "advice": why.advice}
    return Verdict("unassigned", None, state, {"first_lines": first_lines, **why.context})


def repeated(earlier: str, partner: Partner, *, same: bool) -> Verdict:
    """Return the verdict on a control number that came before."""
    if same:
        note = f"The same bytes came before as interchange {earlier}; they were not processed again."
        return Verdict("duplicate", partner, {"note": note, "earlier": earlier}, {})
    reason = f"Its control number came before with other content, as interchange {earlier}."
    advice = "Ask the partner which is right; if both are, release this one."
    return Verdict("held", partner, {"reason": reason, "advice": advice}, {"earlier": earlier})


def wrong_environment(partner: Partner, *, test: bool) -> Verdict:
    """Return the verdict on a test in production, or the reverse."""
    came, serves = ("a test", "production") if test else ("a production", "test")
    note = f"It is {came} interchange, and this deployment serves {serves}: nothing was posted."
    return Verdict("skipped", partner, {"note": note}, {})


def _identity(interchange: Interchange) -> str:
    return "|".join(
        (
            interchange.standard.value,
            f"{interchange.sender.qualifier}:{interchange.sender.id}",
            f"{interchange.receiver.qualifier}:{interchange.receiver.id}",
            interchange.control_number,
            "T" if interchange.test else "P",
        )
    )


def _bytes_of(interchange: Interchange, stream: BinaryIO) -> tuple[str, str]:
    """Return the digest and the first lines of an interchange, and leave the stream where it was."""
    (start, end), place = interchange.span, stream.tell()
    stream.seek(start)
    first = stream.read(min(_FIRST_LINES, end - start))
    digest, left = hashlib.sha256(first), end - start - len(first)
    while left and (chunk := stream.read(min(_CHUNK, left))):
        digest.update(chunk)
        left -= len(chunk)
    stream.seek(place)
    return digest.hexdigest(), first.decode("latin-1")
