"""What a message lost of a document: the bytes are read again and laid beside what was to be written."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from ml_connector.documents import Model
from ml_connector.errors import Misconfigured

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ml_connector.documents import Document

# How a document was read, what was made of it, and how another standard called things: not to be written.
_NOT_CONTENT = frozenset(
    {
        "findings",
        "level",
        "normalisations",
        "raw_extensions",
        "source",
        "source_code",
        "source_qualifier",
        "totals_computed",
    }
)


#: No value may come back as another.
NOTHING_WEAKER: Mapping[object, object] = MappingProxyType({})


def check_fidelity(
    document: Document, read_back: Document, message: str, *, weaker: Mapping[object, object] = NOTHING_WEAKER
) -> None:
    """Return if what was written reads back as the document; more than it said is no loss.

    Args:
        document: What was to be written.
        read_back: What the written bytes say.
        message: The message's name, for the error.
        weaker: Values that may read back as a less exact one: value -> what it may become.

    Raises:
        Misconfigured: The message has no place for a value of the document; the error names the field.
    """
    for path, value, found in losses(document, read_back):
        if isinstance(value, str) and value in weaker and weaker[value] == found:
            continue
        raise Misconfigured(
            f"{path} can't be written as {message}: {value!r} would read back as {found!r}.",
            advice="Correct the value, leave it out in the mapping, or send another message that carries it.",
            field=path,
            value=str(value),
            document_type=document.document_type,
            number=document.number,
        )


def _as_it_is(value: object) -> object:
    return value


def _by_role(parties: object) -> object:
    """Parties in one order: that in which a message names them says nothing."""
    return (
        tuple(sorted(parties, key=lambda party: str(party.role))) if isinstance(parties, tuple) else parties
    )


def losses(sent: object, found: object, path: str = "") -> Iterator[tuple[str, object, object]]:
    """The places where ``found`` says less than ``sent`` or something else: path, both values."""
    if sent is None or sent in ((), found):
        return
    if isinstance(sent, Model) and isinstance(found, Model):
        for name in type(sent).model_fields:
            if name not in _NOT_CONTENT:
                inner = f"{path}.{name}" if path else name
                ordered = _by_role if name == "parties" else _as_it_is
                yield from losses(ordered(getattr(sent, name)), ordered(getattr(found, name, None)), inner)
    elif isinstance(sent, tuple) and isinstance(found, tuple) and len(sent) == len(found):
        for index, (one, other) in enumerate(zip(sent, found, strict=True)):
            yield from losses(one, other, f"{path}[{index}]")
    elif not (isinstance(sent, Model) and sent == type(sent).model_construct()):
        yield path, sent, found
