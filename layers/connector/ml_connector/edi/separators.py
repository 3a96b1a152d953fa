"""The standards and the service characters an interchange is written with."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Standard(StrEnum):
    """The EDI standards; UNKNOWN stands for a stream in which no interchange was found."""

    X12 = "x12"
    EDIFACT = "edifact"
    TRADACOMS = "tradacoms"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Separators:
    """Service characters, each one character or empty where the syntax has none.

    Attributes:
        element: Between data elements.
        component: Between the components of a composite.
        repetition: Between repetitions of an element (X12 from 00402, EDIFACT syntax 4).
        release: Makes the next character plain data (EDIFACT, TRADACOMS).
        decimal: The decimal mark announced (EDIFACT UNA); both marks are accepted on reading.
        terminator: After each segment.
        tag: Between the tag and the first element; the element separator outside of TRADACOMS.
    """

    element: str
    component: str
    terminator: str
    tag: str
    repetition: str = ""
    release: str = ""
    decimal: str = "."


#: ISO 9735 service string advice defaults (level A), used where no UNA stands.
EDIFACT_SEPARATORS = Separators(element="+", component=":", release="?", terminator="'", tag="+")
#: ANA syntax: fixed, TRADACOMS has no service string advice.
TRADACOMS_SEPARATORS = Separators(element="+", component=":", release="?", terminator="'", tag="=")
#: What X12 senders use most; an interchange's own are read from its ISA.
X12_SEPARATORS = Separators(element="*", component=">", terminator="~", tag="*")
