"""What is needed to take the segments of one interchange apart."""

from __future__ import annotations

from dataclasses import dataclass, field

from ml_connector.edi.charset import Charset
from ml_connector.edi.separators import Separators, Standard


@dataclass(frozen=True, slots=True, kw_only=True)
class Syntax:
    """Standard, service characters (as bytes) and charset of one interchange.

    ``upper_only`` says that the label (UNOA) allows no lower case. A separator may be several bytes long
    (``¦`` in UTF-8); an empty one does not exist in this interchange.
    """

    standard: Standard
    element: bytes
    component: bytes
    terminator: bytes
    tag: bytes
    repetition: bytes = b""
    release: bytes = b""
    decimal: bytes = b"."
    charset: Charset = field(default_factory=lambda: Charset("latin-1"))
    upper_only: bool = False

    @property
    def separators(self) -> Separators:
        """The service characters as text."""
        return Separators(
            element=character(self.element),
            component=character(self.component),
            repetition=character(self.repetition),
            release=character(self.release),
            decimal=character(self.decimal),
            terminator=character(self.terminator),
            tag=character(self.tag),
        )


def character(data: bytes) -> str:
    """Return a separator's bytes as text: UTF-8 when there are several, latin-1 for one."""
    return data.decode("utf-8" if len(data) > 1 and not data.isascii() else "latin-1")
