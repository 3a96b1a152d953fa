"""Nothing a UBL, cXML or IDoc says is dropped: change any text or attribute, and the document changes."""

from __future__ import annotations

from pathlib import Path
from xml.etree.ElementTree import Element, fromstring, tostring

import pytest
from tests.unit.codecs.idoc.flat import as_markup, order
from tests.unit.codecs.roundtrip import written
from tests.unit.codecs.ubl.complete import ADVICE, CREDIT_NOTE, INVOICE, ORDER, RESPONSE

from ml_connector.codecs.recognition import read_documents
from ml_connector.errors import Rejected

FIXTURES = Path(__file__).parents[2] / "fixtures"
FILES = {
    **{
        f"{path.parent.name}-{path.stem}": path.read_bytes()
        for folder in ("ubl", "cxml")
        for path in sorted((FIXTURES / folder).glob("*.xml"))
    },
    **{
        f"ubl-{document.document_type}-{document.number}": written(document, "ubl", "")
        for document in (INVOICE, CREDIT_NOTE, ORDER, RESPONSE, ADVICE)
    },
    "idoc-order": as_markup(order()),
}
#: What names the rules a document keeps, its sender's credentials and its envelope: the document's source.
SOURCE = {"CustomizationID", "ProfileID", "Header", "EDI_DC40", "IDOC", "cXML", "Request"}


def changed(value: str) -> str:
    """Another value of the same form."""
    return "".join("7" if sign == "1" else "1" if sign.isdigit() else "Q" for sign in value)


def said(root: Element) -> object:
    """All that a document says, or that it is refused."""
    try:
        return [found.model_dump(exclude={"source"}) for found in read_documents(tostring(root))]
    except Rejected as error:
        return error.message


def places(element: Element, path: str = ""):
    """Every element with a text and every attribute, by its path."""
    name = element.tag.rpartition("}")[2]
    path = f"{path}/{name}"
    if name in SOURCE - {"cXML", "IDOC", "Request"}:
        return
    if (element.text or "").strip():
        yield path, element, None
    for attribute in element.keys() if name not in SOURCE else ():
        yield f"{path}/@{attribute.rpartition('}')[2]}", element, attribute
    for child in element:
        yield from places(child, path)


@pytest.mark.parametrize("name", FILES)
def test_every_text_and_attribute_that_is_changed_changes_the_document(name):
    root = fromstring(FILES[name])  # noqa: S314 - our own
    usual, dropped, seen = said(root), [], 0
    for path, element, attribute in list(places(root)):
        seen += 1
        before = element.get(attribute) if attribute else element.text
        if attribute:
            element.set(attribute, changed(before))
        else:
            element.text = changed(before)
        if said(root) == usual:
            dropped.append(f"{path}: {before.strip()}")
        if attribute:
            element.set(attribute, before)
        else:
            element.text = before

    assert seen > 15
    assert "\n".join(dropped) == ""
