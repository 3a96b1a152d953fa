"""The partner's EDI and a readable rendering of it, attached to the supplier invoice it became.

One file holds both: an HTML page that shows the document to whoever approves it, and below the very bytes
that came, to read and to save. So the attachment costs one call, not two.
"""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

from jinja2 import Environment, PackageLoader, select_autoescape

from ml_connector.errors import Misconfigured, OutcomeUnknown
from ml_connector.visma.wire import path_key

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ml_connector.visma.client import VismaClient
    from ml_connector.visma.models.supplier_invoice import SupplierInvoice
    from ml_connector.visma.wire import Json

_TEMPLATES = Environment(
    loader=PackageLoader("ml_connector.visma"),
    autoescape=select_autoescape(default=True),
    trim_blocks=True,
    lstrip_blocks=True,
)


def attach(
    client: VismaClient,
    document_type: str,
    number: str,
    *,
    name: str,
    content: bytes,
    media_type: str = "application/octet-stream",
) -> str:
    """Attach a file to a supplier document before its release and return the attachment's id.

    The same name again makes a new revision, so a repetition does no harm (API A12.11).

    Raises:
        Misconfigured: The name has no extension, which Visma refuses.
        OutcomeUnknown: Visma did not say the attachment's id, so it may not be there.
        ConnectorError: As for any write.
    """
    if "." not in name.strip("."):
        raise Misconfigured(f"The attachment {name!r} has no extension.", advice="Give its name one.")
    key = path_key(number)
    typed = key if document_type == "Invoice" else f"documentType/{document_type}/{key}"
    path = f"/v1/supplierInvoice/{typed}/attachment"
    attached = client.upload(path, name, content, media_type)
    if not attached:
        raise OutcomeUnknown(f"Visma took {name} for {path} without naming it.", advice="It is sent again.")
    return attached


def attach_rendering(
    client: VismaClient,
    invoice: SupplierInvoice,
    number: str,
    *,
    title: str,
    facts: Mapping[str, str],
    edi: bytes,
) -> str:
    """Attach the rendering of a posted supplier invoice and return the attachment's id.

    Args:
        client: The company's client.
        invoice: What was posted.
        number: Visma's number of it.
        title: What the page is called; the file is called after it.
        facts: What else a reader wants to know, such as the partner and the interchange.
        edi: The bytes of the message, as they came.
    """
    name = "".join(c if c.isalnum() or c in "-_." else "_" for c in title) + ".html"
    content = render(invoice, title=title, facts=facts, edi=edi)
    return attach(client, invoice.document_type, number, name=name, content=content, media_type="text/html")


def render(invoice: SupplierInvoice, *, title: str, facts: Mapping[str, str], edi: bytes) -> bytes:
    """Return the page: the invoice's values and lines, and the EDI as text and as a link that saves it."""
    template = _TEMPLATES.get_template("invoice.html.jinja")
    page = template.render(
        title=title,
        facts=facts,
        values=_values(invoice.body()),
        lines=[_values(line.body()) for line in invoice.invoice_lines],
        text=edi.decode("latin-1"),
        encoded=base64.b64encode(edi).decode(),
    )
    return page.encode()


def _values(body: Mapping[str, Json]) -> dict[str, str]:
    """Return a body's plain values by name; what is nested is shown elsewhere, or not."""
    plain = {
        name: value["value"] for name, value in body.items() if isinstance(value, dict) and "value" in value
    }
    return {name: str(value) for name, value in plain.items() if not isinstance(value, dict)}
