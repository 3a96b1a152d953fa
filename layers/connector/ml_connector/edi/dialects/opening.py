"""The start of an interchange as a dialect recognised it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ml_connector.edi.syntax import Syntax

#: How many bytes from a header's first byte a dialect wants to see to judge it.
LOOK_AHEAD = 1024


@dataclass(frozen=True, slots=True)
class Remark:
    """Something a dialect noticed about a header: a rule, a sentence and the value at fault."""

    rule: str
    message: str
    value: str | None = None


@dataclass(frozen=True, slots=True)
class Opening:
    """A recognised header.

    Attributes:
        syntax: The separators and charset found.
        prelude: How many bytes stand before the header segment itself (UNA and blanks after it).
        remarks: What had to be repaired or is wrong.
        refused: Whether the content can't be read by any reasonable guess.
        bare: Whether the data start with a message that has no interchange header.
    """

    syntax: Syntax
    prelude: int = 0
    remarks: tuple[Remark, ...] = field(default=())
    refused: bool = False
    bare: bool = False
