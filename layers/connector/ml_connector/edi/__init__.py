"""Syntax: reading, validating, acknowledging and writing X12, EDIFACT and TRADACOMS."""

from __future__ import annotations

from ml_connector.edi.dialects.descriptions import Address
from ml_connector.edi.finding import Finding, Severity, Status
from ml_connector.edi.model import Group, Interchange, Message
from ml_connector.edi.options import ReadOptions
from ml_connector.edi.reading import read_interchanges, read_segments
from ml_connector.edi.segment import Block, Segment
from ml_connector.edi.separators import (
    EDIFACT_SEPARATORS,
    TRADACOMS_SEPARATORS,
    X12_SEPARATORS,
    Separators,
    Standard,
)

__all__ = [
    "EDIFACT_SEPARATORS",
    "TRADACOMS_SEPARATORS",
    "X12_SEPARATORS",
    "Address",
    "Block",
    "Finding",
    "Group",
    "Interchange",
    "Message",
    "ReadOptions",
    "Segment",
    "Separators",
    "Severity",
    "Standard",
    "Status",
    "read_interchanges",
    "read_segments",
]
