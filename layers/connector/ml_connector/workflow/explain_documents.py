"""What would become of the documents in a file, without touching any system but those that are asked."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, BinaryIO

from ml_connector.codecs import decode
from ml_connector.codecs.recognition import has_own_syntax, read_documents
from ml_connector.documents import DOCUMENTS, FunctionalAcknowledgement
from ml_connector.edi import ReadOptions, Severity, read_interchanges
from ml_connector.errors import ConnectorError, Misconfigured, Rejected
from ml_connector.mapping import map_document
from ml_connector.mapping.overrides import with_fields
from ml_connector.workflow.files import partner_of, read_filed
from ml_connector.workflow.parse_document import examined, refuse_faulty
from ml_connector.workflow.peek import business_messages
from ml_connector.workflow.profiles import codec_profile, overlay_for, reading_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ml_connector.edi import Interchange, Message
    from ml_connector.mapping import Lookups, MappingResult
    from ml_connector.partners import Configuration, Partner
    from ml_connector.partners.subject import AnyDocument
    from ml_connector.workflow.files import Filed

_HEAD = 4096  # bytes that tell EDI from XML and flat IDocs


@dataclass(frozen=True, slots=True)
class Explained:
    """One document of a file: what it would become, or why it would stop."""

    type: str
    number: str
    partner: str = ""
    document: AnyDocument | None = None
    result: MappingResult | None = None
    error: ConnectorError | None = None

    def as_dict(self) -> dict[str, object]:
        """Return the outcome as plain JSON values: the Visma document and the reason of every value."""
        named: dict[str, object] = {"type": self.type, "number": self.number, "partner": self.partner}
        if self.error is not None:
            error = self.error
            return named | {
                "outcome": "stopped",
                "error": type(error).__name__,
                "message": error.message,
                "advice": error.advice,
            }
        return named | (outcome_of(self.result) if self.result else {})


def outcome_of(result: MappingResult) -> dict[str, object]:
    """Return a mapping's outcome as plain JSON values."""
    return {
        "outcome": result.disposition.value,
        "entity": result.entity,
        "company": result.company,
        "body": posted_values(result),
        "holds": list(result.holds),
        "match": result.match.as_dict() if result.match else None,
        "decisions": result.explanation(),
        "configuration_version": result.configuration_version,
    }


def posted_values(result: MappingResult) -> dict[str, object] | None:
    """Return the document that would be posted, in Visma's names, without the wrapping of its wire format."""
    if result.body is None:
        return None
    return result.body.model_dump(mode="json", by_alias=True, exclude_none=True)


@dataclass(frozen=True, slots=True)
class Explaining:
    """What documents are explained with.

    Attributes:
        overrides: Fields of each document to set otherwise.
        partner: The partner's id, where a file does not say itself whose it is.
    """

    configuration: Configuration
    lookups: Lookups
    overrides: Mapping[str, str]
    partner: str = ""

    def file(self, stream: BinaryIO) -> Iterator[Explained]:
        """Yield what would become of every document of a file; acknowledgements are left out."""
        head = stream.read(_HEAD)
        stream.seek(0)
        yield from self._filed(stream) if has_own_syntax(head) else self._interchanges(stream)

    def _filed(self, stream: BinaryIO) -> Iterator[Explained]:
        """Yield what would become of the documents of a file without interchanges: UBL, cXML, IDoc."""
        for filed in read_filed(stream):
            try:
                partner = self._partner_of_file(filed)
                documents = list(read_documents(filed.content, profile=codec_profile(partner)))
            except ConnectorError as error:
                yield Explained(filed.type, filed.number, self.partner, error=error)
                continue
            for document in documents:
                if not isinstance(document, FunctionalAcknowledgement):
                    yield self._explained(document, partner)

    def _partner_of_file(self, filed: Filed) -> Partner:
        if self.partner:
            return self.configuration.partner(self.partner)
        if found := partner_of(filed, self.configuration):
            return found
        raise self.configuration.directory.explain_unknown(
            filed.standard, filed.senders[0], filed.receivers[0], test=filed.test
        )

    def _interchanges(self, stream: BinaryIO) -> Iterator[Explained]:
        for interchange in read_interchanges(stream, self._reading(stream)):
            explained = [self._guarded(interchange, message) for message in business_messages(interchange)]
            broken = _first_error(interchange)
            for one in filter(None, explained):
                yield replace(one, result=None, error=broken) if broken else one

    def _reading(self, stream: BinaryIO) -> ReadOptions:
        """Return how the file is read: as its first sender says. The stream is left at its beginning."""
        partner = self.configuration.partner(self.partner) if self.partner else None
        first = None if partner else next(read_interchanges(stream), None)
        if first is not None:
            partner = self.configuration.partner_for(
                first.standard.value, first.sender, first.receiver, first.test
            )
        stream.seek(0)
        return reading_of(partner) if partner else ReadOptions()

    def json(self, text: bytes) -> Explained:
        """Return what would become of a document given as JSON, as ``edi parse`` prints it."""
        document = DOCUMENTS.validate_json(text)
        if isinstance(document, FunctionalAcknowledgement):
            raise Rejected("An acknowledgement becomes nothing in Visma.")
        partner = self.partner or (document.source.partner_id if document.source else None)
        if not partner:
            raise Misconfigured(
                "The document does not say whose it is.", advice="Name its partner with --partner."
            )
        return self._explained(document, self.configuration.partner(partner))

    def _guarded(self, interchange: Interchange, message: Message) -> Explained | None:
        try:
            partner = self._partner(interchange)
            overlay = overlay_for(partner, message, self.configuration)
            refuse_faulty(examined(message, overlay), message)
            document = decode(interchange, message, profile=codec_profile(partner))
        except ConnectorError as error:
            return Explained(message.type, message.control_number, self.partner, error=error)
        if isinstance(document, FunctionalAcknowledgement):
            return None
        return self._explained(document, partner)

    def _partner(self, interchange: Interchange) -> Partner:
        if self.partner:
            return self.configuration.partner(self.partner)
        return self.configuration.require_partner(
            interchange.standard.value, interchange.sender, interchange.receiver, interchange.test
        )

    def _explained(self, document: AnyDocument, partner: Partner) -> Explained:
        named = (document.document_type, document.number, partner.id)
        try:
            changed = with_fields(document, self.overrides)
            result = map_document(changed, partner, self.configuration, self.lookups, document_id="explained")
        except ConnectorError as error:
            return Explained(*named, document=document, error=error)
        return Explained(*named, document=changed, result=result)


def _first_error(interchange: Interchange) -> Rejected | None:
    """Return why nothing of the interchange would be processed, if its envelope is broken."""
    for finding in interchange.findings:
        if finding.severity is Severity.ERROR:
            return Rejected(finding.message, advice="The partner must send the interchange again, right.")
    return None
