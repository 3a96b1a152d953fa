"""Functional acknowledgement: what became of something sent (997, 999, TA1, CONTRL, APERAK)."""

from __future__ import annotations

from enum import StrEnum
from typing import Literal

from ml_connector.documents.base import Model
from ml_connector.documents.measures import CodedValue
from ml_connector.documents.provenance import BusinessDocument, ControlNumbers


class AcknowledgementKind(StrEnum):
    """Which layer answers."""

    SYNTAX = "syntax"
    APPLICATION = "application"
    NETWORK = "network"


class AcknowledgementStatus(StrEnum):
    """The verdict."""

    ACCEPTED = "accepted"
    ACCEPTED_WITH_ERRORS = "accepted_with_errors"
    PARTIALLY_ACCEPTED = "partially_accepted"
    REJECTED = "rejected"
    RECEIVED = "received"


class AcknowledgedError(Model):
    """One error the receiver found; positions count from 1."""

    level: Literal["interchange", "group", "message", "segment", "element"]
    code: CodedValue
    segment_id: str | None = None
    segment_position: int | None = None
    element_position: int | None = None
    component_position: int | None = None
    repetition: int | None = None
    data: str | None = None
    text: str | None = None
    loop: str | None = None


class AcknowledgedMessage(Model):
    """The verdict on one message of the group or interchange."""

    type: str
    control_number: str
    status: AcknowledgementStatus
    errors: tuple[AcknowledgedError, ...] = ()


class FunctionalAcknowledgement(BusinessDocument):
    """The receiver's answer to an interchange or group that was sent."""

    document_type: Literal["functional_acknowledgement"] = "functional_acknowledgement"
    kind: AcknowledgementKind = AcknowledgementKind.SYNTAX
    for_standard: str
    sender_id: str | None = None
    receiver_id: str | None = None
    acknowledged: ControlNumbers
    acknowledged_document: str | None = None
    functional_group: str | None = None
    status: AcknowledgementStatus
    errors: tuple[AcknowledgedError, ...] = ()
    messages: tuple[AcknowledgedMessage, ...] = ()
    sets_included: int | None = None
    sets_received: int | None = None
    sets_accepted: int | None = None

    @property
    def number(self) -> str:
        """The acknowledged control number: the message's, else the group's, else the interchange's."""
        found = self.acknowledged
        return found.message or found.group or found.interchange or ""
