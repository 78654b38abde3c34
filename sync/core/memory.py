"""
What never changes, kept from one publication to the next.

Only to be fast: what is recalled is equal to what would be worked out again, because its key
holds all that it is made from.
"""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

T = TypeVar("T")


class Memory(Generic[T]):
    """
    What was asked for last is kept; what has not been asked for longest goes first.

    `weigh` gives the weight of a value, and `heaviest` is what all of them may weigh together.
    """

    def __init__(self, heaviest: int, weigh: Callable[[T], int]) -> None:
        self._heaviest = heaviest
        self._weigh = weigh
        self._kept: OrderedDict[Hashable, T] = OrderedDict()
        self._weight = 0

    def recall(self, key: Hashable, work_out: Callable[[], T]) -> T:
        """`work_out` must depend on nothing but `key`."""
        if key in self._kept:
            self._kept.move_to_end(key)
            return self._kept[key]
        found = self._kept[key] = work_out()
        self._weight += self._weigh(found)
        while self._weight > self._heaviest and len(self._kept) > 1:
            _, forgotten = self._kept.popitem(last=False)
            self._weight -= self._weigh(forgotten)
        return found
