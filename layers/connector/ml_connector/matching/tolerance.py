"""Whether two figures lie close enough together."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from decimal import Decimal

    from ml_connector.partners.fragments import Tolerance


def within(found: Decimal, expected: Decimal, tolerance: Tolerance | None) -> bool:
    """Tell whether ``found`` lies within ``tolerance`` of ``expected``.

    Args:
        found: The figure to judge.
        expected: What it is compared with; percentages are of it.
        tolerance: What may differ; none means nothing may.
    """
    difference = abs(found - expected)
    if difference == 0:
        return True
    if tolerance is None:
        return False
    limits = []
    if tolerance.percent is not None:
        limits.append(abs(expected) * tolerance.percent / 100)
    if tolerance.amount is not None:
        limits.append(tolerance.amount)
    if not limits:
        return False
    return difference <= (min(limits) if tolerance.both else max(limits))
