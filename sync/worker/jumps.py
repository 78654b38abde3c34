"""
Whether the wall clock was set while nobody looked: held against a stopwatch, which nothing sets.

A machine that slept looks the same, and is: its schedule is behind, and so is whatever counted on
seconds that nobody lived through.
"""

from collections.abc import Callable
from datetime import timedelta
from time import monotonic
from typing import Final

from sync.ports import Clock

NOTICED: Final = timedelta(seconds=30)
"""What is less is drift and mending: it moves no day, no slot and no minute by much."""


class Jumps:
    def __init__(self, clock: Clock, ticks: Callable[[], float] = monotonic) -> None:
        self._clock = clock
        self._ticks = ticks
        self._seen = (clock.now(), ticks())

    def since_last_look(self) -> timedelta:
        """How far the clock was set, forwards or backwards; nothing where it went as time does."""
        (then, ticked), (now, ticks) = self._seen, (self._clock.now(), self._ticks())
        self._seen = (now, ticks)
        jumped = (now - then) - timedelta(seconds=ticks - ticked)
        return jumped if abs(jumped) > NOTICED else timedelta(0)
