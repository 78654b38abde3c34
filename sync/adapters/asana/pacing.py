"""When a request may leave: its turn among the others, and what a refusal says of the next one."""

import contextlib
import threading
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Final

from sync.adapters.asana.budget import Budget, Way

_LOOK_AGAIN: Final = 0.05
"""Seconds between two looks for a place in flight, where other processes hold them all."""


class TooLong(Exception):
    """The wait would be longer than a cycle may sleep; `asked` says whether Asana asked for it."""

    def __init__(self, seconds: float, *, asked: bool) -> None:
        super().__init__(seconds)
        self.seconds = seconds
        self.asked = asked


class Pace:
    """Lets requests go one by one, in the budget of their token; safe to share between threads."""

    def __init__(
        self,
        budget: Budget,
        *,
        in_flight: Mapping[Way, int],
        longest: float,
        sleep: Callable[[float], None],
    ) -> None:
        self._budget = budget
        self._longest = longest
        self._sleep = sleep
        self._here = {way: threading.BoundedSemaphore(most) for way, most in in_flight.items()}

    @contextlib.contextmanager
    def turn(self, way: Way) -> Iterator[None]:
        """Wait, up to the longest pause in all, and hold a place while the request is out."""
        waited = 0.0
        heard = float("-inf")
        with self._here[way], contextlib.ExitStack() as held:
            placed = False
            while True:
                quiet = self._budget.quiet_until()
                if quiet > heard:
                    heard, asked = quiet, True
                    pause = quiet - self._budget.ticks()
                elif not placed:
                    placed, asked = held.enter_context(self._budget.place(way)), False
                    pause = 0.0 if placed else _LOOK_AGAIN
                else:
                    asked = False
                    pause = self._budget.ask()
                    if pause <= 0:
                        break
                waited += max(0.0, pause)
                if waited > self._longest:
                    raise TooLong(pause, asked=asked)
                if pause > 0:
                    self._sleep(pause)
            yield


def asked_pause(headers: Mapping[str, str], now: datetime) -> float | None:
    """
    What Retry-After says, in seconds; None when it is absent or says nothing usable.

    A date is read against the answer's own date, for our clock may be wrong. Now, a moment that
    is past and a negative number are no pause at all, so they say nothing.
    """
    said = headers.get("Retry-After", "").strip()
    seconds: float | None = None
    try:
        seconds = float(said)
    except ValueError:
        with contextlib.suppress(ValueError, TypeError, OverflowError):
            seconds = (parsedate_to_datetime(said) - _dated(headers, now)).total_seconds()
    return seconds if seconds is not None and 0 < seconds < float("inf") else None


def _dated(headers: Mapping[str, str], now: datetime) -> datetime:
    with contextlib.suppress(ValueError, TypeError, OverflowError):
        told = parsedate_to_datetime(headers.get("Date", ""))
        return told if told.tzinfo is not None else now
    return now
