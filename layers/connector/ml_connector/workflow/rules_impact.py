"""What a changed configuration would do to the documents of a period; nothing is touched."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from ml_connector.documents import DOCUMENTS, FunctionalAcknowledgement, Invoice
from ml_connector.errors import ConnectorError
from ml_connector.mapping import map_document
from ml_connector.mapping.result import text_of
from ml_connector.store.objects import ObjectRef

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from typing import Any

    from ml_connector.mapping import Lookups
    from ml_connector.partners import Configuration
    from ml_connector.partners.subject import AnyDocument
    from ml_connector.store.raw import RawStore


@dataclass(frozen=True, slots=True)
class Difference:
    """A Visma value that would be another, and what makes it so.

    Attributes:
        before: The value under the configuration in force; empty where there was none.
        because: The rule, look-up or line of the changed configuration behind the new value.
    """

    document: str
    partner: str
    number: str
    field: str
    before: str
    after: str
    because: str

    def as_dict(self) -> dict[str, str]:
        """Return the difference as plain JSON values."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class _Value:
    text: str
    because: str


def impact(
    items: Iterable[Mapping[str, Any]],
    store: RawStore,
    before: Configuration,
    after: Configuration,
    lookups: Lookups,
) -> Iterator[Difference]:
    """Yield every value that differs between two configurations, document by document.

    Both sides ask the same ledger as it is now, so only the configurations make a difference; each invoice
    counts there as not posted yet, since its own posting would leave it nothing to match with.
    """
    for item in items:
        document = DOCUMENTS.validate_json(store.get(ObjectRef(**item["parsed"])))
        if isinstance(document, FunctionalAcknowledgement):
            continue
        partner = str(item.get("partner", ""))
        billed = isinstance(document, Invoice)
        ledger = lookups.without_invoice(document.number.strip()) if billed else lookups
        old, new = (_values(document, partner, each, ledger) for each in (before, after))
        for field in dict.fromkeys((*old, *new)):
            left, right = old.get(field, _Value("", "")), new.get(field, _Value("", ""))
            if left.text != right.text:
                because = right.because or left.because
                number = document.number
                yield Difference(str(item["item"]), partner, number, field, left.text, right.text, because)


def _values(
    document: AnyDocument, partner: str, configuration: Configuration, lookups: Lookups
) -> dict[str, _Value]:
    try:
        result = map_document(
            document, configuration.partner(partner), configuration, lookups, document_id="impact"
        )
    except ConnectorError as error:
        return {"stopped": _Value(f"{type(error).__name__}: {error.message}", error.advice)}
    values = {
        decision.field: _Value(text_of(decision.value), decision.where)
        for decision in result.decisions
        if decision.field != "note"
    }
    return values | {
        "entity": _Value(result.entity, ""),
        "disposition": _Value(result.disposition.value, "; ".join(result.holds)),
    }
