"""Bar charts as SVG figures: sizes only; colours are the style sheet's, the numbers stand in a table too."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

WIDTH, HEIGHT, _GAP = 640, 160, 6


@dataclass(frozen=True, slots=True)
class Bar:
    """A part of one column: where it is, and what it says."""

    series: str
    x: float
    y: float
    width: float
    height: float
    label: str
    count: int


@dataclass(frozen=True, slots=True)
class Chart:
    """Stacked columns, one per label."""

    labels: Sequence[str]
    series: Sequence[str]
    rows: Sequence[Mapping[str, int]]
    bars: Sequence[Bar]
    highest: int

    @property
    def column(self) -> float:
        """How far columns are apart."""
        return WIDTH / max(len(self.labels), 1)


def stacked(rows: Mapping[str, Mapping[str, int]], series: Sequence[str]) -> Chart:
    """Return a chart of how many of each series every label has, the first series at the bottom."""
    highest = max((sum(row.get(name, 0) for name in series) for row in rows.values()), default=0)
    column = WIDTH / max(len(rows), 1)
    bars: list[Bar] = []
    for place, (label, row) in enumerate(rows.items()):
        top = float(HEIGHT)
        for name in series:
            count = row.get(name, 0)
            height = HEIGHT * count / highest if highest else 0.0
            top -= height
            if count:
                x = round(place * column + _GAP / 2, 1)
                bars.append(
                    Bar(name, x, round(top, 1), round(column - _GAP, 1), round(height, 1), label, count)
                )
    return Chart(list(rows), series, list(rows.values()), bars, highest)
