"""The envelope around what a partner gets: addresses, date, and control numbers that are drawn once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ml_connector.codecs.profile import Envelope
from ml_connector.workflow.control_number_scopes import addresses, counters_between

if TYPE_CHECKING:
    from datetime import datetime

    from ml_connector.partners.configuration import Configuration
    from ml_connector.partners.outgoing import Level, OutgoingMessage
    from ml_connector.partners.profile import Partner
    from ml_connector.store.control_numbers import ControlNumberStore

#: What a message has drawn that waits for others to travel with: its own number, and its file's.
OF_MESSAGE: frozenset[Level] = frozenset({"group", "message"})
ALL_LEVELS: frozenset[Level] = frozenset({"interchange", "group", "message"})


@dataclass(frozen=True, slots=True)
class Numbering:
    """What envelopes are made with."""

    configuration: Configuration
    numbers: ControlNumberStore
    test: bool

    def envelope(
        self,
        item: str,
        partner: Partner,
        message: OutgoingMessage,
        prepared_at: datetime,
        levels: frozenset[Level] = ALL_LEVELS,
    ) -> Envelope:
        """Return the envelope for one thing that is sent: the same whenever it is asked again.

        Args:
            item: What it is for; each of its numbers is drawn once.
            partner: Who gets it.
            message: As what.
            prepared_at: The date and time it says.
            levels: What is numbered; other numbers are 1.

        Raises:
            Misconfigured: We or the partner have no address in the message's standard.
            Unavailable: The counters did not answer.
        """
        own, theirs = addresses(self.configuration, partner, message.standard)
        counters = counters_between(message.standard, own.id, theirs.id, partner, test=self.test)
        drawn = {
            level: self.numbers.draw(counter.scope, item, counter.within)
            for level, counter in counters.items()
            if level in levels
        }
        return Envelope(
            sender_id=own.id,
            sender_qualifier=own.qualifier,
            receiver_id=theirs.id,
            receiver_qualifier=theirs.qualifier,
            interchange_control_number=drawn.get("interchange", 1),
            group_control_number=drawn.get("group", 1),
            message_control_number=drawn.get("message", 1),
            prepared_at=prepared_at.replace(tzinfo=None),
            test=self.test,
            association=message.association,
        )


def numbers_in(envelope: Envelope, standard: str) -> dict[str, str]:
    """Return the control numbers that answers to it name, by what they are called in the audit trail."""
    if standard == "ubl":
        return {}
    named = {"control_number": str(envelope.interchange_control_number)}
    if standard == "x12":
        named["group_number"] = str(envelope.group_control_number)
    if standard != "tradacoms":
        named["message_number"] = str(envelope.message_control_number)
    return named
