"""What exactly is wrong inside a segment: each element, component and repetition against its rule."""

from __future__ import annotations

from itertools import takewhile
from typing import TYPE_CHECKING

from ml_connector.edi.faults import Fault
from ml_connector.edi.patterns import holds
from ml_connector.edi.values import DATE_FORMATS, PERIOD_FORMATS, faults_of, is_date

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from ml_connector.edi.notation import Composite, Condition, Element, Part, SegmentRule
    from ml_connector.edi.report import Report
    from ml_connector.edi.segment import Segment

_RELATIONS = {
    "P": "all of them or none",
    "R": "at least one of them",
    "E": "at most one of them",
    "C": "the others with the first",
    "L": "one of the others with the first",
}


class Explanation:
    """Explains one segment into a report.

    Args:
        segment: The segment.
        rule: What it may hold.
        loop: The loop it stands in.
        report: Where the findings go.
    """

    def __init__(self, segment: Segment, rule: SegmentRule, loop: str, report: Report) -> None:
        self._segment = segment
        self._rule = rule
        self._loop = loop
        self._report = report

    def explain(self) -> None:
        """Note every fault of the segment."""
        segment, parts = self._segment, self._rule.parts
        present = set()
        for number, part in enumerate(parts, 1):
            repetitions = [segment.components(number, n) for n in range(1, segment.repetitions(number) + 1)]
            if any(map(any, repetitions)):
                present.add(number)
                self._explain_element(number, part, repetitions)
            elif part.mandatory:
                self._note(Fault.ELEMENT_MISSING, part.name, "a value", "", number)
        if len(segment) > len(parts):
            extra = len(parts) + 1
            self._note(Fault.TOO_MANY_ELEMENTS, "", f"{len(parts)} elements", segment.whole(extra), extra)
        self._explain_conditions(self._rule.conditions, present)
        self._explain_periods(present)

    def _explain_element(self, number: int, part: Part, repetitions: list[list[str]]) -> None:
        if part.unused:
            self._note(Fault.ELEMENT_UNUSED, part.name, "nothing", self._segment.whole(number), number)
        most = self._most_repetitions(number, part)
        if len(repetitions) > most:
            expected = f"at most {most} repetitions"
            self._note(
                Fault.TOO_MANY_REPETITIONS,
                part.name,
                expected,
                str(len(repetitions)),
                number,
                repetition=most + 1,
            )
        for repetition, components in enumerate(repetitions, 1):
            which = repetition if len(repetitions) > 1 else None
            if part.composite is not None:
                self._explain_composite(number, which, part.composite, components)
            elif part.element is not None:
                self._explain_simple(number, which, part.element, components)

    def _most_repetitions(self, number: int, part: Part) -> int:
        """How often an element may repeat; EDIFACT directories write repeats out as positions of one id."""
        following = takewhile(lambda other: other.name == part.name, self._rule.parts[number:])
        return max(part.repeat, 1 + sum(1 for _ in following))

    def _explain_simple(
        self, number: int, repetition: int | None, element: Element, components: list[str]
    ) -> None:
        if any(components[1:]):
            whole = self._segment.whole(number)
            self._note(
                Fault.TOO_MANY_COMPONENTS, element.name, "one value", whole, number, repetition=repetition
            )
        if components[0]:
            self._explain_value(components[0], element, number, None, repetition)

    def _explain_composite(
        self, number: int, repetition: int | None, composite: Composite, components: list[str]
    ) -> None:
        parts = composite.parts
        present = set()
        for place, part in enumerate(parts, 1):
            value = components[place - 1] if place <= len(components) else ""
            if not value:
                if part.mandatory:
                    self._note(Fault.ELEMENT_MISSING, part.name, "a value", "", number, place, repetition)
                continue
            present.add(place)
            if part.unused:
                self._note(Fault.ELEMENT_UNUSED, part.name, "nothing", value, number, place, repetition)
            elif part.element is not None:
                self._explain_value(value, part.element, number, place, repetition)
        if any(components[len(parts) :]):
            expected, extra = f"{len(parts)} components", len(parts) + 1
            found = next(filter(None, components[len(parts) :]))
            self._note(Fault.TOO_MANY_COMPONENTS, composite.name, expected, found, number, extra, repetition)
        self._explain_conditions(composite.conditions, present, number)
        if composite.name == "C507":
            self._explain_date(components, number, DATE_FORMATS)

    def _explain_value(
        self, value: str, element: Element, number: int, component: int | None, repetition: int | None
    ) -> None:
        for fault, expected in faults_of(value, element):
            self._note(fault, element.name, expected, value, number, component, repetition)

    def _explain_date(self, components: Sequence[str], number: int, layouts: dict[str, str]) -> None:
        """A date beside its format (EDIFACT C507: qualifier, date, format)."""
        _, value, layout = [*components, "", "", ""][:3]
        expected = layouts.get(layout, "")
        if value and expected and not is_date(value, expected):
            self._note(Fault.DATE_INVALID, "2380", f"a date {expected}", value, number, 2)

    def _explain_periods(self, present: Iterable[int]) -> None:
        """A date beside its format in X12: 1250 followed by 1251."""
        names = [part.name for part in self._rule.parts]
        for number in present:
            if names[number - 1 : number + 1] != ["1250", "1251"]:
                continue
            value, layout = self._segment.element(number + 1), self._segment.element(number)
            expected = PERIOD_FORMATS.get(layout, "")
            if value and expected and not is_date(value, expected):
                self._note(Fault.DATE_INVALID, "1251", f"a date {expected}", value, number + 1)

    def _explain_conditions(
        self, conditions: Iterable[Condition], present: set[int], number: int | None = None
    ) -> None:
        for condition in conditions:
            if holds(condition, present):
                continue
            excluded = condition.rule == "E"
            blamed = _blamed(condition, present)
            fault = Fault.EXCLUDED_TOGETHER if excluded else Fault.CONDITION_UNMET
            where = "components" if number else "elements"
            expected = f"{where} {', '.join(map(str, condition.positions))}: {_RELATIONS[condition.rule]}"
            place = (number, blamed) if number else (blamed, None)
            self._note(fault, condition.name, expected, self._value_at(*place), *place)

    def _value_at(self, number: int, component: int | None) -> str:
        return self._segment.element(number, component or 1)

    def _note(  # noqa: PLR0913, PLR0917 # the place of a value has this many coordinates
        self,
        fault: Fault,
        name: str,
        expected: str,
        value: str,
        number: int,
        component: int | None = None,
        repetition: int | None = None,
    ) -> None:
        place = f"{self._segment.tag}{number:02d}" + (f"-{component}" if component else "")
        label = f"{place} ({name})" if name else place
        found = repr(value) if value else "nothing"
        self._report.note(
            fault,
            f"{label}: expected {expected}, found {found}.",
            self._segment,
            loop=self._loop,
            element=number,
            component=component,
            repetition=repetition,
            value=value or None,
        )


def _blamed(condition: Condition, present: set[int]) -> int:
    """The position a broken condition is reported at: the absent one, or the one too many."""
    if condition.rule == "E":
        return [position for position in condition.positions if position in present][-1]
    return next(position for position in condition.positions if position not in present)
