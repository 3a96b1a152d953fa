"""What mapping produces: the Visma document, and for every value in it the reason it is that value."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from functools import cache
from typing import TYPE_CHECKING, Any

from ml_connector.errors import Misconfigured
from ml_connector.matching import Result

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from ml_connector.mapping.routing import Routing
    from ml_connector.matching import Match
    from ml_connector.partners.fields import Level
    from ml_connector.visma.wire import WriteModel


class Source(StrEnum):
    """Where a value came from."""

    DOCUMENT = "document"
    PARTNER = "partner"
    RULE = "rule"
    LOOK_UP = "look-up"
    TABLE = "table"
    DEFAULT = "default"
    MATCHING = "matching"
    COMPUTED = "computed"
    PERSON = "person"


class Disposition(StrEnum):
    """What is to be done with the mapped document."""

    POST = "post"
    HOLD = "hold"
    PARK = "park"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Decision:
    """One value of the Visma document and why it is that value.

    Attributes:
        field: Its place in the document, in Visma's terms: ``invoiceLines[1].accountNumber``.
        where: The rule or the line of the configuration, or the look-up that answered.
        detail: What was looked for, in words.
    """

    field: str
    value: Any
    source: Source
    where: str = ""
    detail: str = ""

    def as_dict(self) -> dict[str, str]:
        """Return the decision as plain text values."""
        return {
            "field": self.field,
            "value": text_of(self.value),
            "source": self.source.value,
            "where": self.where,
            "detail": self.detail,
        }


@dataclass(frozen=True, slots=True)
class MappingResult:
    """The outcome of mapping one document.

    Attributes:
        entity: PurchaseOrder, SupplierInvoice, SalesOrder, or none for what touches nothing in Visma.
        company: The company whose ledger it goes to.
        body: The write model to post; none where nothing is posted.
        business_key: Company, entity, partner, number and kind: a second document with the same is the same.
        disposition: Whether to post it, post it on hold, or park it for a person.
        holds: Why it is on hold or parked, one sentence each.
        match: How an invoice compares with its orders and receipts.
        release: Whether the configuration releases it once it is posted.
    """

    entity: str
    company: str
    body: WriteModel | None
    business_key: tuple[str, str, str, str, str]
    disposition: Disposition
    decisions: tuple[Decision, ...] = ()
    holds: tuple[str, ...] = ()
    match: Match | None = None
    configuration_version: str = ""
    partner: str = ""
    release: bool = False

    @property
    def linked_orders(self) -> tuple[str, ...]:
        """The orders (and credited invoices) of which the posted document takes what is left.

        None where a person decides.
        """
        matched = self.match is not None and self.match.result is not Result.EXCEPTION
        if not (self.match and matched and self.body is not None):
            return ()
        return (*self.match.orders, *(f"invoice {number}" for number in self.match.originals))

    def explanation(self) -> list[dict[str, str]]:
        """Return every decision as plain text."""
        return [decision.as_dict() for decision in self.decisions]


def text_of(value: object) -> str:
    """Return a value as a person writes it."""
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


class Draft:
    """A Visma document, or a line of one, in the making: each value enters with its reason."""

    def __init__(self) -> None:
        self._values: dict[str, Decision] = {}

    def put(self, name: str, value: object, source: Source, where: object = "", detail: str = "") -> None:
        """Set ``name`` unless the value is none; a later value replaces an earlier one."""
        if value is not None:
            self._values[name] = Decision(name, value, source, str(where), detail)

    def has(self, name: str) -> bool:
        """Tell whether ``name`` is set."""
        return name in self._values

    def value(self, name: str) -> str | None:
        """Return the text that ``name`` is set to, or none."""
        decision = self._values.get(name)
        return str(decision.value) if decision else None

    def decision(self, name: str) -> Decision | None:
        """Return the value of ``name`` with its reason, or none."""
        return self._values.get(name)

    def names(self) -> tuple[str, ...]:
        """Return the names that are set."""
        return tuple(self._values)

    def drop(self, name: str) -> None:
        """Unset ``name``."""
        self._values.pop(name, None)

    def copy(self) -> Draft:
        """Return a draft with the same values."""
        twin = Draft()
        twin._values = dict(self._values)
        return twin

    def plain(self) -> dict[str, Any]:
        """Return the values by name; names with a dot become one mapping under their first part."""
        values: dict[str, Any] = {}
        for name, decision in self._values.items():
            head, dot, rest = name.partition(".")
            if dot:
                values.setdefault(head, {})[rest] = decision.value
            else:
                values[name] = decision.value
        return values

    def decisions(self, prefix: str = "") -> Iterator[Decision]:
        """Yield the decisions under Visma's spelling of their names, below ``prefix``."""
        for name, decision in self._values.items():
            place = f"{prefix}{_camel(name)}"
            yield Decision(place, decision.value, decision.source, decision.where, decision.detail)


def decisions_of(head: Draft, lists: Mapping[str, Sequence[Draft]]) -> list[Decision]:
    """Return the reason of every value of a document and of its lines, by Visma's names of their lists."""
    listed = (
        decision
        for name, drafts in lists.items()
        for index, draft in enumerate(drafts)
        for decision in draft.decisions(f"{name}[{index}].")
    )
    return [*head.decisions(), *listed]


@cache
def _camel(name: str) -> str:
    """Return a write model's name as Visma spells it: ``link_line.x_y`` is ``linkLine.xY``."""
    heads = (part.split("_") for part in name.split("."))
    return ".".join(head + "".join(word.capitalize() for word in rest) for head, *rest in heads)


@dataclass(slots=True)
class Worksheet:
    """What piles up while one document is mapped: holds, what the configuration lacks, what rules said."""

    holds: list[str] = field(default_factory=list)
    missing: list[tuple[str, str]] = field(default_factory=list)
    notes: list[Decision] = field(default_factory=list)
    routings: list[tuple[Level, Routing]] = field(default_factory=list)

    def hold(self, reason: str) -> None:
        """Post the document on hold, and say why."""
        if reason not in self.holds:
            self.holds.append(reason)

    def lack(self, sentence: str, advice: str) -> None:
        """Note that nothing can be posted before a person adds something; ``advice`` says what and where."""
        if (sentence, advice) not in self.missing:
            self.missing.append((sentence, advice))

    def note(self, name: str, value: object, source: Source, where: object = "", detail: str = "") -> None:
        """Record a decision that is no value of the posted document (what a rule ignored ...)."""
        self.notes.append(Decision(name, value, source, str(where), detail))

    def stop_if_lacking(self, **context: object) -> None:
        """Raise what the configuration lacks, all of it at once.

        Raises:
            Misconfigured: Something is missing.
        """
        if not self.missing:
            return
        sentences = " ".join(sentence for sentence, _ in self.missing)
        advice = " ".join(dict.fromkeys(advice for _, advice in self.missing))
        raise Misconfigured(
            sentences, advice=advice, missing=[list(pair) for pair in self.missing], **context
        )
