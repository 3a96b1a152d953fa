"""A partner's guide over the standard's rules: narrower, wider, other codes, other weights.

::

    Overlay(
        segments={"PO1/PID": SegmentOverlay(use="required"), "N1[ST]/N3": SegmentOverlay(use="required")},
        elements={"BEG02": ElementOverlay(codes=("NE",), closed=True), "N1[ST]04": ElementOverlay(maximum=4)},
        codes={"353": CodeOverlay(extra=("ZY",))},
        additions={"PO1": "ZZZ:10"},
        severities={"segment-out-of-sequence": Severity.WARNING},
    )
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Literal

from pydantic import BaseModel, ConfigDict

from ml_connector.edi.discrimination import Step, Watch, loops_around, read_step
from ml_connector.edi.finding import Severity
from ml_connector.edi.notation import Node, Part, SegmentRule, read_tree
from ml_connector.errors import Misconfigured

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from ml_connector.edi.finding import Finding
    from ml_connector.edi.notation import Composite, Element
    from ml_connector.edi.schema import MessageSchema

Use = Literal["required", "optional", "unused"]

#: The rules a partner with lenient counts is not refused for.
_COUNT_RULES = ("interchange-count-wrong", "group-count-wrong", "message-count-wrong")


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class SegmentOverlay(_Frozen):
    """What a partner says of a segment or loop: whether it is used, and how often at most."""

    use: Use | None = None
    maximum: int | None = None


class ElementOverlay(_Frozen):
    """What a partner says of an element: use, lengths, and the codes agreed beside or instead of the list."""

    use: Use | None = None
    minimum: int | None = None
    maximum: int | None = None
    codes: tuple[str, ...] = ()
    closed: bool | None = None


class CodeOverlay(_Frozen):
    """What a partner says of a code list wherever it is used: further values, and whether it is closed."""

    extra: tuple[str, ...] = ()
    closed: bool | None = None


class Overlay(_Frozen):
    """A partner's guide for one message type.

    Attributes:
        segments: By place, ``PO1/PID`` or ``NAD``: the loops' triggers and the segment; the shortest path
            that names it will do, and one tag alone means every place it has; ``/N1`` means the one outside
            of all loops. A code in brackets means the
            segments whose first element says it (``N1[ST]/N3``), or another (``HL[03=O]``, ``LIN[03.2=EN]``).
        elements: By position: ``BEG03``; ``DTM01.2`` is the second component, ``N1[ST]04`` the fourth element
            of an N1 with ST, to which what is said of N104 applies too.
        codes: By element identifier, ``353``.
        additions: By loop trigger (empty for the message): segments in schema notation that may follow there.
        severities: By rule of validation or reading.
        lenient_counts: Whether wrong counts are warnings.
    """

    segments: dict[str, SegmentOverlay] = {}
    elements: dict[str, ElementOverlay] = {}
    codes: dict[str, CodeOverlay] = {}
    additions: dict[str, str] = {}
    severities: dict[str, Severity] = {}
    lenient_counts: bool = False

    @property
    def weights(self) -> Mapping[str, Severity]:
        """The severities by rule, those of lenient counts included."""
        lenient = dict.fromkeys(_COUNT_RULES, Severity.WARNING) if self.lenient_counts else {}
        return {**lenient, **self.severities}

    def weigh(self, finding: Finding) -> Finding:
        """A finding of reading as this partner's guide weighs it."""
        severity = self.weights.get(finding.rule, finding.severity)
        return finding if severity is finding.severity else replace(finding, severity=severity)


def apply_overlay(schema: MessageSchema, overlay: Overlay | None) -> MessageSchema:
    """The schema as the partner's guide has it; kept with the schema, so that it is built once.

    Raises:
        Misconfigured: The overlay names a place or element the message hasn't.
    """
    if overlay is None:
        return schema
    kept: dict[str, MessageSchema] = schema.tables.setdefault("overlays", {})
    key = overlay.model_dump_json()
    if key not in kept:
        kept[key] = _narrowed(schema, overlay)
    return kept[key]


def _narrowed(schema: MessageSchema, overlay: Overlay) -> MessageSchema:
    nodes = list(_with_additions(schema, overlay.additions))
    discriminated = {path: change for path, change in overlay.segments.items() if "[" in path}
    for path, change in overlay.segments.items():
        for index in _places(nodes, path) if path not in discriminated else ():
            nodes[index] = _changed_node(nodes[index], change)
    rules = (
        {tag: _coded_rule(rule, overlay.codes) for tag, rule in schema.rules.items()} if overlay.codes else {}
    )
    rules = {**schema.rules, **rules}
    variants: dict[Step, SegmentRule] = {}
    for position, wanted in sorted(overlay.elements.items(), key=lambda item: "[" in item[0]):
        step, place = _position(position)
        if not step.code:
            rules[step.tag] = _changed_rule(_rule(rules, step.tag, position), place, wanted)
            continue
        rule = variants.get(step) or _rule(rules, step.tag, position)
        variants[step] = _changed_rule(rule, place, wanted)
    watches = [watch for path, change in discriminated.items() for watch in _watches(nodes, path, change)]
    by_tag: dict[str, tuple[tuple[Step, SegmentRule], ...]] = {}
    for step, rule in variants.items():
        by_tag[step.tag] = (*by_tag.get(step.tag, ()), (step, rule))
    return replace(
        schema, nodes=tuple(nodes), rules=rules, watches=tuple(watches), variants=by_tag, tables={}
    )


def _position(position: str) -> tuple[Step, str]:
    """The segments meant and the place in them: ``N1[ST]04.2`` is an N1 with ST, and 04.2."""
    match = re.fullmatch(r"(.+?)(\d\d(?:\.\d+)?)", position)
    step = read_step(match[1]) if match else None
    if match is None or step is None:
        raise _unknown(f"no segment has the position {position!r}")
    return step, match[2]


def _watches(nodes: Sequence[Node], path: str, change: SegmentOverlay) -> Iterator[Watch]:
    """What a path with codes says of each place it names."""
    steps = [read_step(text) for text in path.removeprefix("/").split("/")]
    known = [step for step in steps if step is not None]
    if len(known) < len(steps):
        raise _unknown(f"the message has no place {path!r}")
    maximum = 0 if change.use == "unused" else change.maximum
    plain = "/".join(step.tag for step in known)
    for index in _places(nodes, f"/{plain}" if path.startswith("/") else plain):
        around = dict(zip(loops_around(nodes, nodes[index]), known[-2::-1], strict=False))
        coded = {place: step for place, step in around.items() if step.code}
        yield Watch(nodes[index], known[-1], coded, change.use == "required", maximum)


def _places(nodes: Sequence[Node], path: str) -> list[int]:
    anchored = path.startswith("/")
    wanted = path.removeprefix("/").split("/")
    paths = ((node.index, list(_path(nodes, node))) for node in nodes[1:])
    found = [index for index, steps in paths if (steps if anchored else steps[-len(wanted) :]) == wanted]
    if not found:
        raise _unknown(f"the message has no place {path!r}")
    return found


def _path(nodes: Sequence[Node], node: Node) -> Iterator[str]:
    if node.parent > 0:
        yield from _path(nodes, nodes[node.parent])
    yield node.tag


def _changed_node(node: Node, change: SegmentOverlay) -> Node:
    mandatory = node.mandatory if change.use is None else change.use == "required"
    maximum = node.maximum if change.maximum is None else change.maximum
    if change.use == "unused":
        maximum = 0
    return replace(node, mandatory=mandatory, maximum=maximum)


def _rule(rules: dict[str, SegmentRule], tag: str, position: str) -> SegmentRule:
    if tag not in rules:
        raise _unknown(f"no segment has the position {position!r}")
    return rules[tag]


def _changed_rule(rule: SegmentRule, place: str, change: ElementOverlay) -> SegmentRule:
    element, _, component = place.partition(".")
    number = int(element)
    if not 0 < number <= len(rule.parts):
        raise _unknown(f"{rule.tag} has no position {place!r}")
    parts = list(rule.parts)
    parts[number - 1] = _changed_part(parts[number - 1], component, change, rule.tag + place)
    return replace(rule, parts=tuple(parts))


def _changed_part(part: Part, component: str, change: ElementOverlay, position: str) -> Part:
    if component:
        composite = part.composite
        if composite is None or not component.isdigit() or not 0 < int(component) <= len(composite.parts):
            raise _unknown(f"no component stands at {position!r}")
        inner = list(composite.parts)
        inner[int(component) - 1] = _changed_part(inner[int(component) - 1], "", change, position)
        return replace(part, composite=replace(composite, parts=tuple(inner)))
    mandatory = part.mandatory if change.use is None else change.use == "required"
    element = part.element and _changed_element(part.element, change)
    return replace(part, mandatory=mandatory, unused=change.use == "unused", element=element)


def _changed_element(element: Element, change: ElementOverlay) -> Element:
    closed = element.closed if change.closed is None else change.closed
    codes = frozenset(change.codes) if change.closed else element.codes | set(change.codes)
    return replace(
        element,
        minimum=element.minimum if change.minimum is None else change.minimum,
        maximum=element.maximum if change.maximum is None else change.maximum,
        codes=codes if change.codes else element.codes,
        closed=closed,
    )


def _coded_rule(rule: SegmentRule, codes: Mapping[str, CodeOverlay]) -> SegmentRule:
    parts = tuple(_coded_part(part, codes) for part in rule.parts)
    return rule if parts == rule.parts else replace(rule, parts=parts)


def _coded_part(part: Part, codes: Mapping[str, CodeOverlay]) -> Part:
    composite: Composite | None = part.composite
    if composite is not None:
        return replace(
            part, composite=replace(composite, parts=tuple(_coded_part(p, codes) for p in composite.parts))
        )
    change = codes.get(part.name)
    if change is None or part.element is None:
        return part
    closed = part.element.closed if change.closed is None else change.closed
    known = part.element.codes | set(change.extra)
    return replace(part, element=replace(part.element, codes=known, closed=closed))


def _with_additions(schema: MessageSchema, additions: Mapping[str, str]) -> tuple[Node, ...]:
    """The tree with further segments at the end of loops, or before the message's trailer."""
    areas = dict(schema.areas)
    for loop, line in additions.items():
        if loop:
            widened = {area: _widened(text, loop, line) for area, text in areas.items()}
            if widened == areas:
                raise _unknown(f"{schema.type} has no loop {loop!r}")
            areas = widened
        else:
            last = list(areas)[-1]
            head, _, trailer = areas[last].rpartition(" ")
            areas[last] = f"{head} {line} {trailer}"
    return read_tree(schema.type, areas) if additions else schema.nodes


def _widened(text: str, loop: str, line: str) -> str:
    """A tree's line with more segments at the end of each loop of a trigger."""
    pieces = []
    rest = text
    while (match := re.search(rf"\b{re.escape(loop)}[#!:*\d]*\(", rest)) is not None:
        end = _closing(rest, match.end())
        pieces.append(f"{rest[:end]} {line})")
        rest = rest[end + 1 :]
    return "".join([*pieces, rest])


def _closing(text: str, start: int) -> int:
    """Where the parenthesis opened before start closes."""
    depth = 1
    for index in range(start, len(text)):
        depth += (text[index] == "(") - (text[index] == ")")
        if depth == 0:
            return index
    return len(text)


def _unknown(what: str) -> Misconfigured:
    return Misconfigured(f"The partner's overlay can't be applied: {what}.", advice="Correct the overlay.")
