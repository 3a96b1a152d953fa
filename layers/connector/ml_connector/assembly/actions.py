"""The parts of what people do to documents: replays, decisions, receiving again, verification."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ml_connector.assembly.parts import Parts
    from ml_connector.workflow.receive_again import ReceivingAgain
    from ml_connector.workflow.replay import Replaying


def replaying(parts: Parts) -> Replaying:
    """Return what a replay, a release or a reroute works with."""
    from ml_connector.workflow.replay import Replaying

    return Replaying(
        queries=parts.queries,
        audit=parts.audit,
        start_document=parts.starter("PROCESS_MACHINE"),
        start_sending=parts.starter("SEND_MACHINE"),
        redrive=parts.redriver(),
    )


def receiving_again(parts: Parts) -> ReceivingAgain:
    """Return what receiving an interchange again works with."""
    from ml_connector.workflow.receive_again import ReceivingAgain

    return ReceivingAgain(
        queries=parts.queries,
        audit=parts.audit,
        store=parts.documents,
        configuration=parts.configuration,
        start_receiving=parts.starter("RECEIVE_MACHINE"),
    )
