"""
Pages that never change, kept from one publication to the next.

Only to be fast: a page is the same bytes whether it was remembered or drawn again, because its
key holds all that it is made from.
"""

from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping
from typing import Final

Files = Mapping[str, bytes]

LARGEST: Final = 48_000_000
"""Bytes of pages kept in one process: all of a hundred snapshots of a plan of 300 actions."""


class Memory:
    """What was drawn last is kept; what has not been asked for longest goes first."""

    def __init__(self, largest: int = LARGEST) -> None:
        self._largest = largest
        self._kept: OrderedDict[Hashable, Files] = OrderedDict()
        self._size = 0

    def recall(self, key: Hashable, draw: Callable[[], Files]) -> Files:
        """`draw` must depend on nothing but `key`."""
        if key in self._kept:
            self._kept.move_to_end(key)
            return self._kept[key]
        drawn = self._kept[key] = draw()
        self._size += _size(drawn)
        while self._size > self._largest and len(self._kept) > 1:
            _, forgotten = self._kept.popitem(last=False)
            self._size -= _size(forgotten)
        return drawn


def _size(files: Files) -> int:
    return sum(map(len, files.values()))
