"""Hierarchies by number: X12 HL levels and EDIFACT CPS, checked as they pass."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ml_connector.edi.faults import Fault

if TYPE_CHECKING:
    from ml_connector.edi.report import Report
    from ml_connector.edi.segment import Segment


@dataclass(slots=True)
class _Level:
    parent: str
    kind: str
    says: str


class HlCheck:
    """Checks HL segments: numbers, parents and child codes.

    HL02 must name another HL01 of the message; one that comes later is accepted, a circle is not. What is
    kept per level is its number, parent, kind and child code.
    """

    def __init__(self, report: Report) -> None:
        self._report = report
        self._levels: dict[str, _Level] = {}
        self._childless: dict[str, Segment] = {}
        self._waiting: list[tuple[str, Segment]] = []
        self._last = 0

    def see(self, segment: Segment) -> None:
        """Take in the next HL."""
        number, parent = segment.element(1), segment.element(2)
        self._check_number(number, segment)
        self._check_parent(number, parent, segment)
        kind, says = segment.element(3).upper(), segment.element(4)
        if number not in self._levels:
            self._levels[number] = _Level(parent, kind, says)
        if says == "1":
            self._childless[number] = segment
        known = not parent or (parent in self._levels and parent != number)
        if kind == "I" and known and not self._below_order(parent):
            self._note(
                Fault.HL_WITHOUT_ORDER, "expected an order level (O) above the item, found none", segment, 3
            )

    def finish(self) -> None:
        """Say what only the end of the message shows."""
        for parent, segment in self._waiting:
            self._check_waiting(parent, segment)
        for number, segment in self._childless.items():
            self._note(Fault.HL_CHILD_CODE_WRONG, f"HL {number} announces children and has none", segment, 4)

    def _check_number(self, number: str, segment: Segment) -> None:
        if number in self._levels:
            self._note(
                Fault.HL_NUMBER_REPEATED, f"expected a number of its own, found {number!r} again", segment, 1
            )
            return
        expected = self._last + 1
        if number.isdecimal():
            self._last = int(number)
        if number != str(expected):
            self._note(Fault.HL_NUMBER_GAP, f"expected the number {expected}, found {number!r}", segment, 1)

    def _check_parent(self, number: str, parent: str, segment: Segment) -> None:
        if not parent:
            return
        if parent == number:
            self._note(
                Fault.HL_PARENT_ITSELF,
                f"expected another level as parent, found {number!r} itself",
                segment,
                2,
            )
        elif parent in self._levels:
            self._childless.pop(parent, None)
            if self._levels[parent].says == "0":
                self._note(Fault.HL_CHILD_CODE_WRONG, f"HL {parent} announced no children", segment, 2)
        else:
            self._waiting.append((parent, segment))

    def _check_waiting(self, parent: str, segment: Segment) -> None:
        if parent not in self._levels:
            self._note(Fault.HL_PARENT_UNKNOWN, f"expected the number of an HL, found {parent!r}", segment, 2)
        elif self._circles(segment.element(1)):
            self._note(Fault.HL_CYCLE, f"HL {parent} stands below this level itself", segment, 2)
        else:
            self._childless.pop(parent, None)
            self._note(Fault.HL_CHILD_BEFORE_PARENT, f"the parent {parent} comes after its child", segment, 2)

    def _circles(self, number: str) -> bool:
        seen = set()
        while number in self._levels and number not in seen:
            seen.add(number)
            number = self._levels[number].parent
        return number in seen

    def _below_order(self, number: str) -> bool:
        seen = set()
        while number in self._levels and number not in seen:
            if self._levels[number].kind == "O":
                return True
            seen.add(number)
            number = self._levels[number].parent
        return False

    def _note(self, fault: Fault, sentence: str, segment: Segment, element: int) -> None:
        value = segment.element(element)
        place = f"HL{element:02d}"
        self._report.note(
            fault, f"{place}: {sentence}.", segment, loop="HL", element=element, value=value or None
        )


class CpsCheck:
    """Checks that CPS parents (7166) name an earlier CPS (7164); numbers may be any text."""

    def __init__(self, report: Report) -> None:
        self._report = report
        self._numbers: set[str] = set()

    def see(self, segment: Segment) -> None:
        """Take in the next CPS."""
        number, parent = segment.element(1), segment.element(2)
        if parent and parent not in self._numbers:
            self._report.note(
                Fault.CPS_PARENT_UNKNOWN,
                f"CPS02: expected the number of an earlier CPS, found {parent!r}.",
                segment,
                element=2,
                value=parent,
            )
        self._numbers.add(number)

    def finish(self) -> None:
        """Nothing is left to say at the end."""
