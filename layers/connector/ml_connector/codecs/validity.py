"""What was written, held against its own standard: a message that breaks it does not leave."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from ml_connector.edi import Severity, read_interchanges, validate
from ml_connector.errors import Misconfigured

if TYPE_CHECKING:
    from ml_connector.documents import Document


def check_validity(data: bytes, document: Document, message: str) -> None:
    """Return if the written bytes keep their standard.

    Raises:
        Misconfigured: They lack what is mandatory, or break it otherwise; the error says where.
    """
    for interchange in read_interchanges(io.BytesIO(data)):
        for written in interchange.messages():
            for finding in validate(written):
                if finding.severity is Severity.ERROR:
                    raise Misconfigured(
                        f"{document.document_type} {document.number} can't be written as {message}: "
                        f"{finding.message}",
                        advice="Give the document what belongs there: its date, its lines, its parties.",
                        field=finding.tag,
                        rule=finding.rule,
                        document_type=document.document_type,
                        number=document.number,
                    )
