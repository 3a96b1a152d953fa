"""``outgoing:`` and ``control_numbers:`` of a partner's file: what it gets, as what, numbered how."""

from __future__ import annotations

from typing import Literal, get_args

from pydantic import Field, model_validator

from ml_connector.partners.fragments import Code, Fragment, OutgoingEntityName

OutgoingStandard = Literal["x12", "edifact", "tradacoms", "ubl"]
#: What is numbered: the interchange (ISA13, UNB 0020, STX SNRF), the group or file (GS06, FIL FLGN), the
#: message (ST02, UNH 0062).
Level = Literal["interchange", "group", "message"]
LEVELS: tuple[Level, ...] = get_args(Level)

#: The messages each document of the ledger can leave as; the first one unless the file names another.
MESSAGES: dict[OutgoingStandard, dict[OutgoingEntityName, tuple[str, ...]]] = {
    "x12": {
        "PurchaseOrder": ("850",),
        "CustomerInvoice": ("810",),
        "CustomerCreditNote": ("810",),
        "SalesOrder": ("855",),
        "Shipment": ("856",),
        "SupplierPayment": ("820",),
    },
    "edifact": {
        "PurchaseOrder": ("ORDERS",),
        "CustomerInvoice": ("INVOIC",),
        "CustomerCreditNote": ("INVOIC",),
        "SalesOrder": ("ORDRSP",),
        "Shipment": ("DESADV",),
        "SupplierPayment": ("REMADV", "PAYORD"),
    },
    "tradacoms": {
        "PurchaseOrder": ("ORDERS",),
        "CustomerInvoice": ("INVOIC",),
        "CustomerCreditNote": ("CREDIT",),
    },
    "ubl": {
        "PurchaseOrder": ("Order",),
        "CustomerInvoice": ("Invoice",),
        "CustomerCreditNote": ("CreditNote",),
        "SalesOrder": ("OrderResponse",),
        "Shipment": ("DespatchAdvice",),
    },
}
#: The versions written; a standard without a row has one only, which need not be named.
VERSIONS: dict[str, tuple[str, ...]] = {"x12": ("004010", "005010"), "edifact": ("D.96A", "D.01B")}


class OutgoingMessage(Fragment):
    """A document of the ledger this partner gets, and the message it gets it as.

    Attributes:
        message: The message's name where the standard has more than one for it, such as PAYORD.
        overlay: The file below ``overlays/`` with the partner's own rules; what breaks them is not sent.
        documents_per_interchange: So many of these documents travel in one interchange; it leaves sooner with
            those there are, at the next poll.
    """

    entity: OutgoingEntityName
    standard: OutgoingStandard
    message: Code | None = None
    version: str = ""
    association: Code | None = None
    overlay: Code | None = None
    documents_per_interchange: int = Field(1, ge=1, le=500)

    @model_validator(mode="after")
    def _can_be_written(self) -> OutgoingMessage:
        messages = MESSAGES[self.standard].get(self.entity, ())
        if not messages:
            able = [name for name, held in MESSAGES.items() if self.entity in held]
            raise ValueError(f"no {self.standard} message carries a {self.entity}: take {' or '.join(able)}")
        if self.message and self.message not in messages:
            raise ValueError(f"`message: {self.message}` carries no {self.entity}: {', '.join(messages)}")
        versions = VERSIONS.get(self.standard, ())
        if versions and self.version not in versions:
            raise ValueError(f"`version` is {self.version!r}; written are {', '.join(versions)}")
        return self

    @model_validator(mode="after")
    def _has_an_interchange(self) -> OutgoingMessage:
        if self.standard == "ubl" and self.documents_per_interchange > 1:
            raise ValueError("a UBL document is a file by itself: leave out `documents_per_interchange`")
        if self.standard == "ubl" and self.overlay:
            raise ValueError("an overlay speaks of segments, which UBL has none of: leave it out")
        return self

    @property
    def is_gathered(self) -> bool:
        """Whether documents wait for others to travel with."""
        return self.documents_per_interchange > 1


class NumberSpan(Fragment):
    """The numbers a counter goes through: after the last one comes the first again."""

    first: int = Field(1, ge=1)
    last: int = Field(999_999_999, le=999_999_999)

    @model_validator(mode="after")
    def _ascends(self) -> NumberSpan:
        if self.last <= self.first:
            raise ValueError(f"`last` ({self.last}) must be above `first` ({self.first})")
        return self


class ControlNumbers(NumberSpan):
    """The control numbers of what the partner gets; groups and messages may have spans of their own."""

    group: NumberSpan | None = None
    message: NumberSpan | None = None

    def span(self, level: Level) -> NumberSpan:
        """Return the numbers of a level; the interchanges' where it has none of its own."""
        own = {"group": self.group, "message": self.message}.get(level)
        return own or NumberSpan(first=self.first, last=self.last)
