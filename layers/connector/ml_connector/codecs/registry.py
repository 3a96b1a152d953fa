"""The one place that says which codec serves which standard, message and version.

A new message is one module and one line in ``CODECS``. The module has one or both of::

    def decode(interchange: Interchange, message: Message, profile: CodecProfile) -> Document: ...
    def encode(document: Document, version: str, profile: CodecProfile) -> bytes: ...

A format without interchanges (XML, IDoc) has ``decode(data: bytes, profile: CodecProfile) -> Document`` and
is reached through :func:`decode_bytes`. Modules are imported when first asked for: cold starts stay lean.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, cast

from ml_connector.codecs.profile import CodecProfile
from ml_connector.errors import Misconfigured, Rejected

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import ModuleType

    from ml_connector.documents import Document
    from ml_connector.edi import Interchange, Message


@dataclass(frozen=True, slots=True)
class Codec:
    """One line of the registry.

    Attributes:
        standard: ``x12``, ``edifact``, ``tradacoms``, ``ubl``, ``cxml`` or ``idoc``.
        message: The message's name in its standard; for XML the root element's.
        versions: Versions written and read without remark; empty where the message has no version.
        documents: Document types written as this message; empty for a message that is only read.
        module: Where it is done, below ``ml_connector.codecs``.
        invoice_types: Of invoices, only these kinds are written as this message; empty means all others.
    """

    standard: str
    message: str
    versions: tuple[str, ...]
    documents: tuple[str, ...]
    module: str
    invoice_types: tuple[str, ...] = ()

    def implementation(self) -> ModuleType:
        """The module, imported now if it has not been."""
        return import_module(f"ml_connector.codecs.{self.module}")

    def writes(self, document: Document) -> bool:
        """Whether the document is written as this message."""
        if document.document_type not in self.documents:
            return False
        return not self.invoice_types or getattr(document, "invoice_type", "") in self.invoice_types


_X12 = ("004010", "005010")
_EDIFACT = ("D.96A", "D.01B")

# Where several lines write the same document type, the first that fits is taken: narrower ones stand first.
CODECS: tuple[Codec, ...] = (
    Codec("x12", "850", _X12, ("order",), "x12.purchase_order"),
    Codec("x12", "860", _X12, ("order_change",), "x12.order_change"),
    Codec("x12", "855", _X12, ("order_response",), "x12.order_response"),
    Codec("x12", "856", _X12, ("despatch_advice",), "x12.despatch_advice"),
    Codec("x12", "810", _X12, ("invoice",), "x12.invoice"),
    Codec("x12", "820", _X12, ("remittance_advice", "payment_instruction"), "x12.remittance"),
    Codec("x12", "997", _X12, (), "x12.acknowledgement"),
    Codec("x12", "999", ("005010",), (), "x12.acknowledgement"),
    Codec("x12", "TA1", (), (), "x12.acknowledgement"),
    Codec("edifact", "ORDERS", _EDIFACT, ("order",), "edifact.orders"),
    Codec("edifact", "ORDCHG", _EDIFACT, ("order_change",), "edifact.ordchg"),
    Codec("edifact", "ORDRSP", _EDIFACT, ("order_response",), "edifact.ordrsp"),
    Codec("edifact", "DESADV", _EDIFACT, ("despatch_advice",), "edifact.desadv"),
    Codec("edifact", "INVOIC", _EDIFACT, ("invoice",), "edifact.invoic"),
    Codec("edifact", "REMADV", _EDIFACT, ("remittance_advice",), "edifact.remadv"),
    Codec("edifact", "PAYORD", _EDIFACT, ("payment_instruction",), "edifact.payord"),
    Codec("edifact", "CONTRL", (), (), "edifact.contrl"),
    Codec("ubl", "Order", (), ("order",), "ubl.order"),
    Codec("ubl", "OrderResponse", (), ("order_response",), "ubl.order_response"),
    Codec("ubl", "DespatchAdvice", (), ("despatch_advice",), "ubl.despatch_advice"),
    Codec("ubl", "CreditNote", (), ("invoice",), "ubl.invoice", ("credit_note",)),
    Codec("ubl", "Invoice", (), ("invoice",), "ubl.invoice"),
    Codec("idoc", "ORDERS", (), (), "idoc.orders"),
    Codec("idoc", "INVOIC", (), (), "idoc.invoic"),
    Codec("cxml", "OrderRequest", (), (), "cxml.order"),
    Codec("cxml", "InvoiceDetailRequest", (), (), "cxml.invoice"),
    Codec("tradacoms", "ORDERS", (), ("order",), "tradacoms.orders"),
    Codec("tradacoms", "DELIVR", (), ("despatch_advice",), "tradacoms.delivr"),
    Codec("tradacoms", "CREDIT", (), ("invoice",), "tradacoms.credit", ("credit_note", "debit_note")),
    Codec("tradacoms", "INVOIC", (), ("invoice",), "tradacoms.invoice"),
)


def decode(interchange: Interchange, message: Message, *, profile: CodecProfile | None = None) -> Document:
    """Return the business document a message says.

    Raises:
        Rejected: No codec reads the message, or its content can't be a document.
    """
    codec = codec_of(interchange.standard.value, message.type, message.version)
    decoded = codec.implementation().decode(interchange, message, profile or CodecProfile())
    return cast("Document", decoded)


def decode_bytes(
    standard: str, message: str, data: bytes, *, profile: CodecProfile | None = None
) -> Document:
    """Return the document of a format without interchanges: ``standard`` is ubl, cxml or idoc.

    Raises:
        Rejected: No codec reads it, or its content can't be a document.
    """
    codec = codec_of(standard, message, "")
    return cast("Document", codec.implementation().decode(data, profile or CodecProfile()))


def encode(
    document: Document,
    *,
    standard: str,
    version: str = "",
    message: str | None = None,
    profile: CodecProfile | None = None,
) -> bytes:
    """Return a document as the bytes of one interchange (or XML document) of a standard.

    Args:
        document: What to write.
        standard: ``x12``, ``edifact``, ``tradacoms`` or ``ubl``.
        version: The message's version: ``004010``, ``D.96A`` ...; empty where the standard has one only.
        message: The message to write where several fit (``ORDERS``, ``PAYORD``); None takes the first.
        profile: The partner's ways, envelope and layout.

    Raises:
        Misconfigured: No codec writes this document in this standard and version.
        Rejected: The message can't carry what the document holds: too long, wrong charset, missing mandatory.
    """
    codec = _writer(document, standard, version, message)
    return cast("bytes", codec.implementation().encode(document, version, profile or CodecProfile()))


def codecs_of(standard: str) -> Iterator[Codec]:
    """The registry's lines of one standard."""
    return (codec for codec in CODECS if codec.standard == standard)


def codec_of(standard: str, message: str, version: str = "") -> Codec:
    """The codec of the version, or else of the message in any version: partners keep to neighbours' forms.

    Raises:
        Rejected: No codec reads the message.
    """
    fitting = [codec for codec in codecs_of(standard) if codec.message == message]
    if not fitting:
        known = ", ".join(codec.message for codec in codecs_of(standard)) or "none"
        raise Rejected(
            f"No codec reads {standard} message {message} {version}; known are {known}.",
            advice="Ask the partner for one of these messages, or add a codec to the registry.",
            standard=standard,
            message_type=message,
            version=version,
        )
    return next((codec for codec in fitting if version in codec.versions), fitting[0])


def _writer(document: Document, standard: str, version: str, message: str | None) -> Codec:
    candidates = [c for c in codecs_of(standard) if message in (None, c.message) and c.writes(document)]
    for codec in candidates:
        if not codec.versions or version in codec.versions:
            return codec
    offered = [f"{codec.message} {v}" for codec in candidates for v in codec.versions or ("",)]
    raise Misconfigured(
        f"No codec writes {document.document_type} {document.number} as "
        f"{' '.join(filter(None, (standard, message, version)))}.",
        advice=f"Choose one of: {', '.join(offered) or 'another standard'}.",
        standard=standard,
        version=version,
        document_type=document.document_type,
    )
