"""Syntax: reading, validating, acknowledging and writing X12, EDIFACT and TRADACOMS."""

from __future__ import annotations

from ml_connector.edi.acknowledgement import (
    AcknowledgementKind,
    AcknowledgementStyle,
    ControlNumbers,
    acknowledge,
)
from ml_connector.edi.compose import compose_interchange, compose_parts
from ml_connector.edi.dialects.descriptions import Address
from ml_connector.edi.finding import Finding, Severity, Status
from ml_connector.edi.interchange import Interchange
from ml_connector.edi.loops import Loop, place, schema_of
from ml_connector.edi.message import Group, Message
from ml_connector.edi.options import ReadOptions
from ml_connector.edi.outcome import MessageOutcome, examine, outcome_of
from ml_connector.edi.outgoing import OutgoingGroup, OutgoingInterchange, OutgoingMessage
from ml_connector.edi.overlay import CodeOverlay, ElementOverlay, Overlay, SegmentOverlay
from ml_connector.edi.reading import read_blocks, read_interchanges, read_segments
from ml_connector.edi.rewriting import message_bytes, rewrite
from ml_connector.edi.rows import Row, Trailing, Value, row_of, rows_of
from ml_connector.edi.schema import MessageSchema, find_schema
from ml_connector.edi.segment import Block, Segment
from ml_connector.edi.separators import (
    EDIFACT_SEPARATORS,
    TRADACOMS_SEPARATORS,
    X12_SEPARATORS,
    Separators,
    Standard,
)
from ml_connector.edi.validation import validate

__all__ = [
    "EDIFACT_SEPARATORS",
    "TRADACOMS_SEPARATORS",
    "X12_SEPARATORS",
    "AcknowledgementKind",
    "AcknowledgementStyle",
    "Address",
    "Block",
    "CodeOverlay",
    "ControlNumbers",
    "ElementOverlay",
    "Finding",
    "Group",
    "Interchange",
    "Loop",
    "Message",
    "MessageOutcome",
    "MessageSchema",
    "OutgoingGroup",
    "OutgoingInterchange",
    "OutgoingMessage",
    "Overlay",
    "ReadOptions",
    "Row",
    "Segment",
    "SegmentOverlay",
    "Separators",
    "Severity",
    "Standard",
    "Status",
    "Trailing",
    "Value",
    "acknowledge",
    "compose_interchange",
    "compose_parts",
    "examine",
    "find_schema",
    "message_bytes",
    "outcome_of",
    "place",
    "read_blocks",
    "read_interchanges",
    "read_segments",
    "rewrite",
    "row_of",
    "rows_of",
    "schema_of",
    "validate",
]
