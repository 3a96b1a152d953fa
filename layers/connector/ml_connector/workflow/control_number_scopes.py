"""The counters a partner's control numbers come from, and setting one on a person's word."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ml_connector.errors import Misconfigured, Rejected
from ml_connector.partners.outgoing import LEVELS
from ml_connector.store.control_numbers import HIGHEST, NumberRange, scope_of

if TYPE_CHECKING:
    from ml_connector.partners.company import OwnIdentity
    from ml_connector.partners.configuration import Configuration
    from ml_connector.partners.outgoing import Level
    from ml_connector.partners.profile import Identity, Partner
    from ml_connector.store.audit import AuditTrail
    from ml_connector.store.control_numbers import ControlNumberStore
    from ml_connector.workflow.decisions import Person

#: What each standard numbers, and the highest number its element holds: nine digits in X12 (I12, 28, 329);
#: 0020 and 0062 hold fourteen characters and wrap at nine digits too; FLGN of TRADACOMS' FIL holds four.
HIGHEST_NUMBERS: dict[str, dict[Level, int]] = {
    "x12": {"interchange": HIGHEST, "group": HIGHEST, "message": HIGHEST},
    "edifact": {"interchange": HIGHEST, "message": HIGHEST},
    "tradacoms": {"interchange": HIGHEST, "group": 9999},
}


@dataclass(frozen=True, slots=True)
class Counter:
    """One counter: what it numbers, within which scope, and the numbers it goes through."""

    standard: str
    level: Level
    scope: str
    within: NumberRange

    def after(self, last: int) -> int:
        """Return the number that comes after another."""
        return last + 1 if self.within.first - 1 <= last < self.within.last else self.within.first

    def described(self, last: int) -> dict[str, str | int]:
        """Return what a person wants to know of it, when ``last`` was drawn last."""
        return {
            "standard": self.standard,
            "level": self.level,
            "last": last,
            "next": self.after(last),
            "first": self.within.first,
            "highest": self.within.last,
        }


def addresses(configuration: Configuration, partner: Partner, standard: str) -> tuple[OwnIdentity, Identity]:
    """Return our address and the partner's in a standard: what the envelope says.

    Raises:
        Misconfigured: One of the two has none.
    """
    own = next((one for one in configuration.company.identities if one.standard == standard), None)
    theirs = next((one for one in partner.identities if one.standard == standard), None)
    if own is None or theirs is None:
        file = "company.yaml" if own is None else f"partners/{partner.id}.yaml"
        raise Misconfigured(
            f"There is no {standard} identity to put into the envelope for {partner.id}.",
            advice=f"Add one to `identities:` in {file}.",
            partner=partner.id,
        )
    return own, theirs


def counters_between(
    standard: str, sender: str, receiver: str, partner: Partner, *, test: bool
) -> dict[Level, Counter]:
    """Return the counters of what is sent in a standard from one address to another, by level."""
    found: dict[Level, Counter] = {}
    for level in (level for level in LEVELS if level in HIGHEST_NUMBERS.get(standard, {})):
        scope = scope_of(standard, level, sender, receiver, test=test)
        span, highest = partner.control_numbers.span(level), HIGHEST_NUMBERS[standard][level]
        within = NumberRange(span.first, min(span.last, highest))
        if within.first >= within.last:  # the element is too short for the partner's own numbers
            within = NumberRange(1, highest)
        found[level] = Counter(standard, level, scope, within)
    return found


def counters_of(configuration: Configuration, partner_id: str, *, test: bool) -> list[Counter]:
    """Return the counters of what is sent to a partner, of the standards in which both have an address.

    Raises:
        Misconfigured: There is no such partner.
    """
    partner = configuration.partner(partner_id)
    ours = {one.standard for one in configuration.company.identities}
    found: list[Counter] = []
    for standard in dict.fromkeys(one.standard for one in partner.identities if one.standard in ours):
        own, theirs = addresses(configuration, partner, standard)
        found += counters_between(standard, own.id, theirs.id, partner, test=test).values()
    return found


def go_on_after(  # noqa: PLR0913 - which counter, to what, on whose word
    partner: str,
    counter: Counter,
    last: int,
    *,
    person: Person,
    numbers: ControlNumberStore,
    audit: AuditTrail,
    back: bool = False,
) -> dict[str, Any]:
    """Let a counter go on after ``last`` and record who wanted it.

    Raises:
        Rejected: The number is none of the partner's, or the counter is further already and was not asked
            to go back.
    """
    _refuse_foreign(partner, counter, last)
    before = numbers.current(counter.scope)
    numbers.bump(counter.scope, last, back=back)
    facts = {
        "standard": counter.standard,
        "level": counter.level,
        "before": before,
        "last": last,
        "reason": person.reason,
    }
    audit.record(
        f"control-numbers-{partner}",
        "numbered",
        origin=person.origin("control-numbers"),
        state={"kind": "control_numbers"},
        facts=facts,
    )
    return {"partner": partner, **facts, "next": counter.after(last)}


def counter_of(counters: list[Counter], standard: str, level: str, partner: str) -> Counter:
    """Return the counter of a standard and level.

    Raises:
        Misconfigured: Nothing is sent to the partner in this standard, or it does not number that.
    """
    for counter in counters:
        if (counter.standard, counter.level) == (standard, level):
            return counter
    known = ", ".join(f"{one.standard} {one.level}" for one in counters) or "none"
    raise Misconfigured(
        f"Partner {partner} and we have no {level} numbers of {standard!r}.",
        advice=f"Its counters are: {known}.",
    )


def _refuse_foreign(partner: str, counter: Counter, last: int) -> None:
    first, highest = counter.within.first, counter.within.last
    if not first - 1 <= last <= highest:
        raise Rejected(
            f"{last} is none of the {counter.level} numbers of {partner}: they go from {first} to {highest}.",
            advice=f"Name a number of that range, or change `control_numbers:` in partners/{partner}.yaml.",
        )
