"""What several entities have in common: lines' operations, subaccount segments, numbered references."""

from __future__ import annotations

from datetime import date
from typing import Annotated, ClassVar, Literal, TypeAlias

from ml_connector.visma.wire import Plain, ReadModel, WriteModel

# Fields are called ``date`` as Visma calls them, so the type needs a name of its own.
Day: TypeAlias = date

Operation = Annotated[Literal["Insert", "Update", "Delete"], Plain()]


class SegmentValue(WriteModel):
    """One segment of a subaccount on a write; all segments of the SUBACCOUNT dimension must be given."""

    schema_name: ClassVar[str] = "SegmentUpdateDto"
    segment_id: Annotated[int, Plain()]
    segment_value: Annotated[str, Plain()]


Subaccount = Annotated[tuple[SegmentValue, ...], Plain()]


class NumberName(ReadModel):
    """A master record as a document names it."""

    number: str = ""
    name: str | None = None


class NumberDescription(ReadModel):
    """A numbered record with its description."""

    number: str = ""
    description: str | None = None


class IdDescription(ReadModel):
    """A record with an id and its description."""

    id: str = ""
    description: str | None = None


class ReadSegment(ReadModel):
    """One segment of a subaccount as read."""

    segment_id: int
    segment_value: str
    segment_value_description: str | None = None


class ReadSubaccount(ReadModel):
    """A subaccount as read: its number and segments."""

    subaccount_number: str = ""
    segments: tuple[ReadSegment, ...] = ()


class AccountNumber(ReadModel):
    """A general ledger account as a line names it."""

    number: str = ""
    description: str | None = None
