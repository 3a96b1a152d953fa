"""What validation can find, how it weighs, and what the standards call it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from ml_connector.edi.finding import Severity

_ERROR, _WARNING, _INFO = Severity.ERROR, Severity.WARNING, Severity.INFO


class Fault(StrEnum):
    """The rules of validation."""

    # A segment's place.
    UNKNOWN_SEGMENT = "unknown-segment"
    NOT_IN_MESSAGE = "segment-not-in-message"
    UNEXPECTED = "unexpected-segment"
    OUT_OF_SEQUENCE = "segment-out-of-sequence"
    SEGMENT_OVER_MAXIMUM = "segment-over-maximum"
    LOOP_OVER_MAXIMUM = "loop-over-maximum"
    SEGMENT_MISSING = "segment-missing"
    SEGMENT_UNUSED = "segment-not-used-by-partner"
    # What a segment holds.
    ELEMENT_MISSING = "element-missing"
    CONDITION_UNMET = "condition-unmet"
    TOO_MANY_ELEMENTS = "too-many-elements"
    TOO_SHORT = "value-too-short"
    TOO_LONG = "value-too-long"
    INVALID_CHARACTER = "invalid-character"
    POINT_IN_IMPLIED_DECIMAL = "point-in-implied-decimal"
    TRAILING_MINUS = "trailing-minus"
    PADDED = "value-padded"
    NO_DIGIT_BEFORE_MARK = "no-digit-before-decimal-mark"
    TWO_DECIMAL_MARKS = "two-decimal-marks"
    CODE_UNKNOWN = "code-not-in-list"
    CODE_REFUSED = "code-not-agreed"
    CODE_IN_LOWER_CASE = "code-in-lower-case"
    DATE_INVALID = "date-invalid"
    DATE_SHORT = "date-without-century"
    TIME_INVALID = "time-invalid"
    EXCLUDED_TOGETHER = "excluded-together"
    TOO_MANY_REPETITIONS = "too-many-repetitions"
    TOO_MANY_COMPONENTS = "too-many-components"
    ELEMENT_UNUSED = "element-not-used-by-partner"
    # HL hierarchies.
    HL_PARENT_UNKNOWN = "hl-parent-unknown"
    HL_PARENT_ITSELF = "hl-parent-itself"
    HL_CYCLE = "hl-cycle"
    HL_CHILD_BEFORE_PARENT = "hl-child-before-parent"
    HL_NUMBER_REPEATED = "hl-number-repeated"
    HL_NUMBER_GAP = "hl-number-gap"
    HL_CHILD_CODE_WRONG = "hl-child-code-wrong"
    HL_WITHOUT_ORDER = "hl-item-without-order"
    CPS_MISSING = "cps-missing"
    CPS_PARENT_UNKNOWN = "cps-parent-unknown"
    # The message as a whole.
    TYPE_UNKNOWN = "message-type-unknown"
    VERSION_NOT_HELD = "version-read-as-nearest"


@dataclass(frozen=True, slots=True)
class Weight:
    """How a fault weighs, and its codes: X12's with its element in front, EDIFACT's 0085."""

    severity: Severity
    x12: str = ""
    edifact: str = ""

    def code(self, standard: str) -> str:
        """The code in a standard's own vocabulary; TRADACOMS has none."""
        if standard == "x12":
            return self.x12
        return f"0085:{self.edifact}" if standard == "edifact" and self.edifact else ""


#: X12 data elements 720, 723 and 718 with their 999 extensions 620 and 621; EDIFACT 0085.
WEIGHTS: dict[Fault, Weight] = {
    Fault.UNKNOWN_SEGMENT: Weight(_WARNING, "AK3:1", "15"),
    Fault.NOT_IN_MESSAGE: Weight(_ERROR, "AK3:6", "15"),
    Fault.UNEXPECTED: Weight(_ERROR, "AK3:2", "15"),
    Fault.OUT_OF_SEQUENCE: Weight(_ERROR, "AK3:7", "15"),
    Fault.SEGMENT_OVER_MAXIMUM: Weight(_ERROR, "AK3:5", "35"),
    Fault.LOOP_OVER_MAXIMUM: Weight(_ERROR, "AK3:4", "36"),
    Fault.SEGMENT_MISSING: Weight(_ERROR, "AK3:3", "13"),
    Fault.SEGMENT_UNUSED: Weight(_ERROR, "IK3:I4", "15"),
    Fault.ELEMENT_MISSING: Weight(_ERROR, "AK4:1", "13"),
    Fault.CONDITION_UNMET: Weight(_ERROR, "AK4:2", "13"),
    Fault.TOO_MANY_ELEMENTS: Weight(_WARNING, "AK4:3", "16"),
    Fault.TOO_SHORT: Weight(_ERROR, "AK4:4", "40"),
    Fault.TOO_LONG: Weight(_ERROR, "AK4:5", "39"),
    Fault.INVALID_CHARACTER: Weight(_ERROR, "AK4:6", "37"),
    Fault.POINT_IN_IMPLIED_DECIMAL: Weight(_WARNING, "AK4:6", "37"),
    Fault.TRAILING_MINUS: Weight(_WARNING, "AK4:6", "37"),
    Fault.PADDED: Weight(_WARNING, "AK4:6", "21"),
    Fault.NO_DIGIT_BEFORE_MARK: Weight(_WARNING, "AK4:6", "38"),
    Fault.TWO_DECIMAL_MARKS: Weight(_ERROR, "AK4:6", "19"),
    Fault.CODE_UNKNOWN: Weight(_WARNING, "AK4:7", "12"),
    Fault.CODE_REFUSED: Weight(_ERROR, "AK4:7", "12"),
    Fault.CODE_IN_LOWER_CASE: Weight(_WARNING, "AK4:7", "12"),
    Fault.DATE_INVALID: Weight(_ERROR, "AK4:8", "12"),
    Fault.DATE_SHORT: Weight(_WARNING, "AK4:8", "12"),
    Fault.TIME_INVALID: Weight(_ERROR, "AK4:9", "12"),
    Fault.EXCLUDED_TOGETHER: Weight(_ERROR, "AK4:10", "12"),
    Fault.TOO_MANY_REPETITIONS: Weight(_ERROR, "AK4:12", "35"),
    Fault.TOO_MANY_COMPONENTS: Weight(_WARNING, "AK4:13", "16"),
    Fault.ELEMENT_UNUSED: Weight(_ERROR, "IK4:I10", "15"),
    Fault.HL_PARENT_UNKNOWN: Weight(_ERROR, "AK4:7"),
    Fault.HL_PARENT_ITSELF: Weight(_ERROR, "AK4:7"),
    Fault.HL_CYCLE: Weight(_ERROR, "AK4:7"),
    Fault.HL_CHILD_BEFORE_PARENT: Weight(_WARNING, "AK4:7"),
    Fault.HL_NUMBER_REPEATED: Weight(_ERROR, "AK4:7"),
    Fault.HL_NUMBER_GAP: Weight(_WARNING, "AK4:7"),
    Fault.HL_CHILD_CODE_WRONG: Weight(_WARNING, "AK4:7"),
    Fault.HL_WITHOUT_ORDER: Weight(_WARNING),
    Fault.CPS_MISSING: Weight(_WARNING),
    Fault.CPS_PARENT_UNKNOWN: Weight(_WARNING, edifact="12"),
    Fault.TYPE_UNKNOWN: Weight(_WARNING, "AK5:1", "14"),
    Fault.VERSION_NOT_HELD: Weight(_INFO),
}
