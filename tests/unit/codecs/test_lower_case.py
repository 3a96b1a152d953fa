"""Codes in lower case are read as in upper case, wherever a segment holds one, and every fold is recorded."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from tests.unit.codecs.roundtrip import content, read

from ml_connector.codecs import CodecProfile
from ml_connector.edi import Segment, read_segments
from ml_connector.edi.schema import load_rules

FIXTURES = Path(__file__).parents[2] / "fixtures"
ENVELOPE = {"UNA", "UNB", "UNH", "UNT", "UNZ", "ISA", "GS", "ST", "SE", "GE", "IEA"}


def files(standard: str) -> list[Path]:
    return sorted((FIXTURES / standard).rglob("*.edi"))


def is_edifact_code(name: str, kind: str, maximum: int) -> bool:
    return int(name) % 2 == 1 and (maximum <= 3 or name == "7065")


def is_x12_code(name: str, kind: str, maximum: int) -> bool:
    return kind == "ID"


CODED = {"edifact": is_edifact_code, "x12": is_x12_code}


def lower_case(data: bytes, standard: str) -> bytes:
    """The data with tags and all codes in lower case, envelopes apart."""
    rules = load_rules(standard)
    segments = list(read_segments(io.BytesIO(data)))
    lowered = [
        segment.raw if segment.tag in ENVELOPE else lowered_segment(segment, rules) for segment in segments
    ]
    terminator = segments[0].syntax.terminator
    return b"".join(raw + terminator + b"\n" for raw in lowered)


def lowered_segment(segment: Segment, rules) -> bytes:
    syntax, rule = segment.syntax, rules.get(segment.tag)
    tag, *elements = segment.raw.split(syntax.element)
    parts = rule.parts if rule else ()
    for index, part in enumerate(parts[: len(elements)]):
        held = [one.element for one in part.composite.parts] if part.composite else [part.element]
        components = elements[index].split(syntax.component) if part.composite else [elements[index]]
        for at, element in enumerate(held[: len(components)]):
            if element and CODED[syntax.standard.value](element.name, element.type, element.maximum):
                components[at] = components[at].lower()
        elements[index] = syntax.component.join(components)
    return syntax.element.join([tag.lower(), *elements])


@pytest.mark.parametrize(
    "path", [*files("edifact"), *files("x12")], ids=lambda path: f"{path.parent.name}-{path.stem}"
)
def test_codes_in_lower_case_say_the_same(path):
    data = path.read_bytes()
    lowered = lower_case(data, path.relative_to(FIXTURES).parts[0])
    assert lowered != data
    for upper, lower in zip(read(data), read(lowered), strict=True):
        assert content(lower) == content(upper)
        assert [left.path for left in lower.raw_extensions] == [left.path for left in upper.raw_extensions]
        assert "code-case" in {change.rule for change in lower.normalisations}


def test_tradacoms_codes_in_lower_case_say_the_same():
    data = (FIXTURES / "tradacoms" / "invoice-two-lines.edi").read_bytes()
    lowered = data.replace(b"+S+", b"+s+").replace(b"+Z+", b"+z+")
    assert lowered != data
    (upper,), (lower,) = read(data), read(lowered)
    assert content(lower) == content(upper)
    assert "code-case" in {change.rule for change in lower.normalisations}


def test_a_fold_names_the_element_and_what_was_sent():
    data = (FIXTURES / "edifact" / "orders-two-lines.edi").read_bytes().replace(b"NAD+BY", b"nad+by")
    (order,) = read(data)
    (fold,) = [change for change in order.normalisations if change.rule == "code-case"]
    assert (fold.path.split()[0], fold.original, fold.value) == ("NAD01", "by", "BY")


def test_numbers_ids_references_and_texts_are_never_folded():
    data = (FIXTURES / "edifact" / "orders-two-lines.edi").read_bytes()
    (before,) = read(data)
    (after,) = read(data.replace(before.order_number.encode(), b"po-abc"))
    assert (after.order_number, after.normalisations) == ("po-abc", before.normalisations)


def test_a_unit_of_the_partner_in_lower_case_is_found_as_the_partner_wrote_it():
    data = (FIXTURES / "edifact" / "orders-two-lines.edi").read_bytes().replace(b":PCE", b":stk")
    (order,) = read(data, CodecProfile(units_in={"stk": "PCE"}))
    assert [line.uom.code for line in order.lines] == ["PCE", "KGM"]
    changed = [(n.path, n.original, n.value) for n in order.normalisations if n.rule == "unit-override"]
    assert changed == [("QTY01 of segment 14", "stk", "PCE")]
