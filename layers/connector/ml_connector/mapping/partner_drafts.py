"""Drafts of partner files: Sterling's trading partners matched with the ledger's suppliers by their numbers.

A match needs a number (GLN, VAT or company number) that stands in the trading partner's own data; names
only suggest. What is not certain is written into the draft for a person to decide.
"""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ml_connector.documents.identifiers import normalise_vat
from ml_connector.partners.identity import gln_of, vat_forms

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from ml_connector.mapping.lookups import BusinessPartner
    from ml_connector.partners import Configuration

#: Numbers shorter than this are codes that may mean anything.
_SHORTEST_NUMBER = 8


@dataclass(frozen=True, slots=True)
class PartnerDraft:
    """A partner file to start from.

    Attributes:
        id: The file's name.
        text: Its content.
        supplier: The supplier it was matched with; empty where a person must say.
        questions: What a person must decide or add.
    """

    id: str
    text: str
    supplier: str
    questions: tuple[str, ...]

    def as_dict(self) -> dict[str, object]:
        """Return the draft as plain JSON values."""
        return {
            "id": self.id,
            "supplier": self.supplier,
            "questions": list(self.questions),
            "text": self.text,
        }


def draft_partners(
    trading_partners: Iterable[Mapping[str, object]],
    suppliers: Sequence[BusinessPartner],
    configuration: Configuration | None = None,
) -> Iterator[PartnerDraft]:
    """Yield a draft for each trading partner that has no partner file yet.

    Args:
        trading_partners: As Sterling lists them; ``partnerName`` names each.
        suppliers: The ledger's.
        configuration: What stands already; a partner with the same id or mailbox is left out.
    """
    partners = configuration.partners if configuration else ()
    known = {partner.id for partner in partners}
    known |= {_folder(path) for partner in partners for path in partner.mailboxes.inbound}
    numbers = _numbers(suppliers)
    for row in trading_partners:
        name = str(row.get("partnerName") or "")
        draft_id = _id_of(name)
        if draft_id and draft_id not in known and _id_of(_mailbox(row)) not in known:
            yield _draft(draft_id, row, _matches(row, numbers), suppliers)


def _numbers(suppliers: Sequence[BusinessPartner]) -> dict[str, dict[str, BusinessPartner]]:
    found: dict[str, dict[str, BusinessPartner]] = {}
    for supplier in suppliers:
        forms = [supplier.gln, *vat_forms(supplier.vat_number, supplier.country)]
        forms.extend(vat_forms(supplier.company_number, supplier.country))
        for form in forms:
            if len(form) >= _SHORTEST_NUMBER:
                found.setdefault(form, {})[supplier.number] = supplier
    return found


def _matches(
    row: Mapping[str, object], numbers: Mapping[str, Mapping[str, BusinessPartner]]
) -> dict[str, tuple[BusinessPartner, str]]:
    matches: dict[str, tuple[BusinessPartner, str]] = {}
    for value in row.values():
        for word in re.split(r"[\s,;|]+", value) if isinstance(value, str) else ():
            for form in (normalise_vat(word), gln_of(word) or ""):
                for number, supplier in numbers.get(form, {}).items():
                    matches[number] = (supplier, word)
    return matches


def _draft(
    draft_id: str,
    row: Mapping[str, object],
    matches: Mapping[str, tuple[BusinessPartner, str]],
    suppliers: Sequence[BusinessPartner],
) -> PartnerDraft:
    name = " ".join(str(row["partnerName"]).split())
    supplier, reason = next(iter(matches.values())) if len(matches) == 1 else (None, "")
    questions = [*_who(name, matches, suppliers), *_what_is_missing(supplier)]
    lines = [f"# Drafted from the trading partner {name} of Sterling."]
    lines += [f"# To decide: {question}" for question in questions]
    lines.append(f"name: {_quoted(supplier.name if supplier else name)}")
    lines.append("roles: [supplier]")
    if supplier:
        lines += _of_supplier(supplier, reason)
    mailbox = _mailbox(row)
    inbound, outbound = _quoted(f"/{mailbox}/Inbound"), _quoted(f"/{mailbox}/Outbound")
    lines.append(f"mailboxes: {{inbound: [{inbound}], outbound: {outbound}}}")
    return PartnerDraft(
        draft_id, "\n".join(lines) + "\n", supplier.number if supplier else "", tuple(questions)
    )


def _who(
    name: str,
    matches: Mapping[str, tuple[BusinessPartner, str]],
    suppliers: Sequence[BusinessPartner],
) -> Iterator[str]:
    if len(matches) > 1:
        numbers = ", ".join(sorted(matches))
        yield f"its numbers are those of several suppliers ({numbers}); add `supplier:` with the right one."
    elif not matches:
        by_name = {supplier.name.casefold(): supplier for supplier in suppliers if supplier.name}
        near = difflib.get_close_matches(name.casefold(), by_name, n=3, cutoff=0.5)
        like = ", ".join(f"{by_name[found].number} {by_name[found].name}" for found in near)
        yield "no number of it is a supplier's" + (f"; by name it may be {like}." if like else ".")


def _what_is_missing(supplier: BusinessPartner | None) -> Iterator[str]:
    if supplier is None or not supplier.gln:
        yield "add the addresses it uses in envelopes: `identities:`."
    else:
        yield "whether it uses its GLN in envelopes, and which standard it sends."


def _of_supplier(supplier: BusinessPartner, reason: str) -> Iterator[str]:
    yield f'supplier: "{supplier.number}"  # by {reason}'
    if supplier.country:
        yield f'country: "{supplier.country}"'
    if supplier.currency:
        yield f"currency: {supplier.currency}"
    if supplier.gln:
        yield f'identities: [{{standard: edifact, qualifier: "14", id: "{supplier.gln}"}}]'


def _mailbox(row: Mapping[str, object]) -> str:
    return str(row.get("mailbox") or row.get("partnerName") or "").strip("/")


def _folder(path: str) -> str:
    return _id_of(path.strip("/").split("/", maxsplit=1)[0])


def _id_of(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", name.casefold()).strip("-")


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
