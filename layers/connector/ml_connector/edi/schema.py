"""Message schemas: which segments a message of a version may hold, in which order, and what they may hold.

The facts are package data (``schemas/*.json``, see `ml_connector.edi.notation`), read when a message first
asks for them and kept. A version the package doesn't hold is answered with the nearest one it does.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field, replace
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from ml_connector.edi.notation import (
    Composite,
    Element,
    Node,
    Part,
    SegmentRule,
    read_conditions,
    read_element,
    read_parts,
    read_tree,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ml_connector.edi.discrimination import Step, Watch
    from ml_connector.edi.segment import Segment


@dataclass(frozen=True, slots=True, eq=False)
class MessageSchema:
    """The rules of one message in one version.

    Attributes:
        standard: ``x12``, ``edifact`` or ``tradacoms``.
        version: The version the rules are from: ``004010``, ``D.96A``; empty in TRADACOMS.
        type: ``850``, ``ORDERS``.
        nodes: The message's tree in order; node 0 is the message.
        rules: The rules of every segment the version has, also those outside this message.
        group: X12's functional group code (GS01); empty elsewhere.
        exact: Whether the version is the one asked for, and not the nearest one held.
        areas: The tree's lines in the schema files' notation.
        watches: How often segments with a certain code may occur, as a partner's guide says.
        variants: By tag, the rules of segments with a certain code, as a partner's guide says.
    """

    standard: str
    version: str
    type: str
    nodes: tuple[Node, ...]
    rules: dict[str, SegmentRule]
    group: str = ""
    exact: bool = True
    areas: dict[str, str] = field(default_factory=dict)
    watches: tuple[Watch, ...] = ()
    variants: Mapping[str, tuple[tuple[Step, SegmentRule], ...]] = field(default_factory=dict)
    tables: dict[object, Any] = field(default_factory=dict)  # compiled from these rules

    @property
    def root(self) -> Node:
        """The message itself."""
        return self.nodes[0]

    def rule_of(self, node: Node) -> SegmentRule:
        """What the segment at a place may hold."""
        return self.rules[node.tag]

    def variant_of(self, segment: Segment, rule: SegmentRule | None) -> SegmentRule | None:
        """What a segment may hold by what its qualifier says; the rule given where no variant is meant."""
        variants = self.variants.get(segment.tag, ())
        return next((variant for step, variant in variants if step.fits(segment)), rule)

    def tags(self) -> frozenset[str]:
        """The segments this message may hold."""
        if "tags" not in self.tables:
            self.tables["tags"] = frozenset(node.tag for node in self.nodes if node.tag)
        known: frozenset[str] = self.tables["tags"]
        return known


def find_schema(standard: str, message_type: str, version: str, *, syntax: str = "") -> MessageSchema | None:
    """The rules for a message, or ``None`` for a type no rules are known for.

    Args:
        standard: ``x12``, ``edifact`` or ``tradacoms``.
        message_type: ST01, UNH S009.0065 or the type in MHD.
        version: GS08 (``004010``, ``005010X231A1``), or directory and release (``D.96A``).
        syntax: EDIFACT syntax version (UNB S001.0002); it decides CONTRL and the service segments.
    """
    if standard == "edifact":
        return _edifact(message_type, version, "v4" if syntax == "4" else "v3")
    if standard == "x12":
        return _x12(message_type, version)
    if standard != "tradacoms":
        return None
    return _read(standard, "tradacoms", message_type, version)


@cache
def _x12(message_type: str, version: str) -> MessageSchema | None:
    """005010 and later are read by 005010, everything before by 004010, unless only the other has the set."""
    nearest = ("005010", "004010") if version[:6] >= "005010" else ("004010", "005010")
    for held in nearest:
        found = _read("x12", f"x12-{held}", message_type, held)
        if found is not None:
            break
    return found and replace(found, exact=message_type == "TA1" or version[:6] == held, tables={})


@cache
def _edifact(message_type: str, version: str, syntax: str) -> MessageSchema | None:
    service = f"edifact-service-{syntax}"
    directory = _edifact_directory(version)
    held = "D." + directory[-3:].upper()
    if message_type == "CONTRL":
        return _read("edifact", service, message_type, version)
    found = _read("edifact", directory, message_type, held)
    if found is None:
        return None
    rules = {**found.rules, **_rules(service)}
    return replace(found, rules=rules, exact=version == held, tables={})


def _edifact_directory(version: str) -> str:
    """The nearer of D.96A and D.01B: releases from 1999 on have D.01B's composites more often than not."""
    release = re.search(r"(\d\d)[A-Z]?$", version)
    year = int(release[1]) if release else 96
    return "edifact-d96a" if 88 <= year <= 98 else "edifact-d01b"


@cache
def _read(standard: str, directory: str, message_type: str, version: str) -> MessageSchema | None:
    message = load_directory(directory)["messages"].get(message_type)
    if message is None:
        return None
    areas = {area: line for area, line in message.items() if area != "group"}
    nodes = read_tree(message_type, areas)
    group = message.get("group", "")
    return MessageSchema(standard, version, message_type, nodes, _rules(directory), group=group, areas=areas)


@cache
def load_directory(name: str) -> dict[str, Any]:
    """A schema file as it lies in the package."""
    text = (files("ml_connector.edi") / "schemas" / f"{name}.json").read_text(encoding="utf-8")
    loaded: dict[str, Any] = json.loads(text)
    return loaded


@cache
def _rules(directory: str) -> dict[str, SegmentRule]:
    facts = load_directory(directory)
    codes = facts["codes"]
    simple = {name: read_element(name, text, codes.get(name, "")) for name, text in facts["elements"].items()}
    composites: dict[str, Composite] = {}
    for name, line in facts["composites"].items():
        positions, _, conditions = line.partition("|")
        composites[name] = Composite(name, _parts(positions, simple, {}), read_conditions(conditions))
    rules = {}
    for tag, line in facts["segments"].items():
        positions, _, conditions = line.partition("|")
        rules[tag] = SegmentRule(tag, _parts(positions, simple, composites), read_conditions(conditions))
    return rules


def _parts(line: str, elements: dict[str, Element], composites: dict[str, Composite]) -> tuple[Part, ...]:
    return tuple(
        Part(mandatory, repeat, elements.get(name), composites.get(name))
        for name, mandatory, repeat in read_parts(line)
    )


@cache
def load_rules(standard: str, version: str = "") -> dict[str, SegmentRule]:
    """The rules of every segment of a standard's version, the envelope's included.

    Args:
        standard: ``x12``, ``edifact`` or ``tradacoms``.
        version: As in `find_schema`; by default 005010 and D.01B, whose segments are the longer ones.
    """
    if standard == "x12":
        return _rules("x12-004010" if "" < version[:6] < "005010" else "x12-005010")
    if standard == "edifact":
        directory = _edifact_directory(version) if version else "edifact-d01b"
        return {**_rules(directory), **_rules("edifact-service-v4")}
    return _rules("tradacoms")
