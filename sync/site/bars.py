"""
Counts drawn as one bar.

Positions are in percent, so the bar is fluid without a view box and its patterns keep their
shape. The drawing never stands alone: whoever places it prints the same counts beside it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sync.core.status import STATUS_NAMES
from sync.model.progress import Status


@dataclass(frozen=True, slots=True)
class Segment:
    status: Status
    count: int
    x: str
    width: str


def segments(counts: Mapping[Status, int]) -> tuple[Segment, ...]:
    """One segment per status that occurs, in the order in which statuses are always shown."""
    total = sum(counts.values())
    found: list[Segment] = []
    passed = 0
    for status in STATUS_NAMES:
        count = counts.get(status, 0)
        if count:
            found.append(Segment(status, count, _percent(passed, total), _percent(count, total)))
            passed += count
    return tuple(found)


def tally(statuses: Iterable[Status]) -> dict[Status, int]:
    """How often each status occurs, in the order in which statuses are always shown."""
    seen = list(statuses)
    return {status: seen.count(status) for status in STATUS_NAMES if status in seen}


def _percent(part: int, whole: int) -> str:
    return f"{round(100 * part / whole, 2):g}%"
