"""Who an interchange is from: partners by standard, qualifier and id, as tolerant as trade needs.

An address is looked for as it stands first. If its qualifier is wrong but the number proves itself by its
check digit, the number alone identifies the partner (GLNs are sent as ZZ, or without their leading zero).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ml_connector.errors import Misconfigured
from ml_connector.partners.identity import gln_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ml_connector.edi import Address
    from ml_connector.partners.company import Company, OwnIdentity
    from ml_connector.partners.profile import Partner


class Directory:
    """The partners and our own identities, by address."""

    def __init__(self, company: Company, partners: Iterable[Partner]) -> None:
        self._company = company
        self._partners: dict[tuple[str, str], list[tuple[str | None, Partner]]] = {}
        for partner in partners:
            for identity in partner.identities:
                key = (identity.standard, identity.id)
                self._partners.setdefault(key, []).append((identity.qualifier, partner))

    def find(self, standard: str, sender: Address, receiver: Address, *, test: bool) -> Partner | None:
        """Return the partner with the sender's address that serves such interchanges, or none."""
        if not self._is_ours(standard, receiver):
            return None
        return next(
            (partner for partner in self._senders(standard, sender) if partner.serves(test=test)), None
        )

    def own(self, standard: str, receiver: Address) -> OwnIdentity | None:
        """Return our own identity with this address, or none."""
        forms = set(_forms(receiver.id))
        for identity in self._company.identities:
            if (
                identity.standard in (None, standard)
                and identity.qualifier in (None, receiver.qualifier)
                and identity.id in forms
            ):
                return identity
        return None

    def explain_unknown(
        self, standard: str, sender: Address, receiver: Address, *, test: bool
    ) -> Misconfigured:
        """Return the error that says why no partner was found, and what to add where."""
        known = next(self._senders(standard, sender), None)
        sent = f"{standard} {_text(sender)}"
        usage = "test" if test else "production"
        context = {
            "standard": standard, "sender": sender.id, "sender_qualifier": sender.qualifier,
            "receiver": receiver.id, "receiver_qualifier": receiver.qualifier, "usage": usage,
        }  # fmt: skip
        if not self._is_ours(standard, receiver):
            return Misconfigured(
                f"An interchange from {sent} is addressed to {_text(receiver)}, no identity of ours.",
                advice=f"If it is, add {_entry(standard, receiver)} to `identities:` in company.yaml.",
                **context,
            )
        if known:
            return Misconfigured(
                f"{sent} is partner {known.id!r}, but its profile does not serve {usage} interchanges.",
                advice=f"Add `{usage}` to `usage:` in partners/{known.id}.yaml if it should.",
                partner=known.id,
                **context,
            )
        return Misconfigured(
            f"No partner file has the identity {sent}.",
            advice=f"Add {_entry(standard, sender)} to `identities:` of the partner's file in partners/.",
            **context,
        )

    def _is_ours(self, standard: str, receiver: Address) -> bool:
        # A number with a scheme, such as our VAT number, names us in documents and says nothing of envelopes.
        listed = any(
            one.standard == standard or (one.standard is None and one.scheme is None)
            for one in self._company.identities
        )
        return not listed or self.own(standard, receiver) is not None

    def _senders(self, standard: str, sender: Address) -> Iterator[Partner]:
        for form in _forms(sender.id):
            entries = self._partners.get((standard, form), [])
            exact = [partner for qualifier, partner in entries if qualifier == sender.qualifier]
            yield from exact
            yield from (partner for qualifier, partner in entries if qualifier is None)
            if gln_of(sender.id):
                yield from (partner for _, partner in entries)


def _forms(identity: str) -> list[str]:
    """Return the id as it stands, and as a GLN where its check digit proves it one."""
    gln = gln_of(identity)
    return [identity, gln] if gln and gln != identity else [identity]


def _text(address: Address) -> str:
    return f"{address.id} (qualifier {address.qualifier})" if address.qualifier else address.id


def _entry(standard: str, address: Address) -> str:
    qualifier = f', qualifier: "{address.qualifier}"' if address.qualifier else ""
    return f'`- {{standard: {standard}{qualifier}, id: "{address.id}"}}`'
