"""Numbers that follow one another."""

from collections.abc import Collection, Iterator
from itertools import groupby


def runs(numbers: Collection[int]) -> Iterator[tuple[int, int]]:
    """First and last of each unbroken run: what stands between two of them is left alone."""
    for _, run in groupby(enumerate(sorted(numbers)), lambda pair: pair[1] - pair[0]):
        members = [number for _, number in run]
        yield members[0], members[-1]
