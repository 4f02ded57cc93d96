"""What was heard of one target, span after span, ready to be added up over any stretch."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import accumulate

from monitoring.availability import Sums
from monitoring.calendars import Stretch

Row = Sequence[int]
"""Bucket, then the figures of `Sums` in order."""
_BITS = 32
"""Room for one figure: ninety days are fewer seconds than this can count."""
_MASK = (1 << _BITS) - 1


class Series:
    """Sums in constant time: five figures side by side in one number, added up once."""

    def __init__(self, rows: Iterable[Row], *, span: int, first: int, last: int) -> None:
        """`first` and `last` (not included) are buckets; rows outside them are left out."""
        self._span, self._first, self._last = span, first, last
        figures = [0] * (last - first)
        for place, *row in rows:
            if first <= place < last:
                figures[place - first] = _packed(row)
        self._so_far = list(accumulate(figures, initial=0))

    def sums(self, stretches: Iterable[Stretch]) -> Sums:
        """Add up the buckets that begin within these stretches."""
        total = 0
        for stretch in stretches:
            start, end = self._place(stretch.start), self._place(stretch.end)
            if start < end:
                total += self._so_far[end] - self._so_far[start]
        return _unpacked(total)

    def _place(self, instant: int) -> int:
        """Return the first bucket that does not begin before this instant, counted from ours."""
        bucket = -(-instant // self._span)
        return min(max(bucket, self._first), self._last) - self._first


def _packed(figures: Sequence[int]) -> int:
    total = 0
    for place, figure in enumerate(figures):
        if figure:
            total |= figure << (place * _BITS)
    return total


def _unpacked(total: int) -> Sums:
    up, degraded, down, maintenance, failures = (
        (total >> (place * _BITS)) & _MASK for place in range(5)
    )
    return Sums(up=up, degraded=degraded, down=down, maintenance=maintenance, failures=failures)
