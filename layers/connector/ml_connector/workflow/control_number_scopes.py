"""The counters a partner's control numbers come from, and setting one on a person's word."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ml_connector.errors import Misconfigured
from ml_connector.store.control_numbers import scope_of

if TYPE_CHECKING:
    from ml_connector.partners.configuration import Configuration
    from ml_connector.store.audit import AuditTrail
    from ml_connector.store.control_numbers import ControlNumberStore
    from ml_connector.workflow.decisions import Person


def scopes_with(configuration: Configuration, partner: str, *, test: bool) -> dict[str, str]:
    """Return the scope of what is sent to a partner, by standard; only where both sides have an address.

    Raises:
        Misconfigured: There is no such partner.
    """
    theirs = configuration.partner(partner).identities
    found: dict[str, str] = {}
    for standard in dict.fromkeys(one.standard for one in theirs):
        own = next((one for one in configuration.company.identities if one.standard == standard), None)
        address = next(one for one in theirs if one.standard == standard)
        if own is not None:
            found[standard] = scope_of(standard, "interchange", own.id, address.id, test=test)
    return found


def go_on_after(  # noqa: PLR0913 - which counter, to what, on whose word
    partner: str,
    scopes: dict[str, str],
    standard: str,
    last: int,
    *,
    person: Person,
    numbers: ControlNumberStore,
    audit: AuditTrail,
    back: bool = False,
) -> dict[str, Any]:
    """Let the numbers of a standard go on after ``last`` and record who wanted it.

    Raises:
        Misconfigured: Nothing is sent to the partner in this standard.
        Rejected: The counter is further already, and it was not asked to go back.
    """
    if standard not in scopes:
        raise Misconfigured(
            f"Partner {partner} and we have no addresses of {standard!r}.",
            advice=f"Its standards are: {', '.join(scopes) or 'none'}.",
        )
    before = numbers.current(scopes[standard])
    numbers.bump(scopes[standard], last, back=back)
    facts = {"standard": standard, "before": before, "last": last, "reason": person.reason}
    audit.record(
        f"control-numbers-{partner}",
        "numbered",
        origin=person.origin("control-numbers"),
        state={"kind": "control_numbers"},
        facts=facts,
    )
    return {"partner": partner, **facts}
