"""Asana's limits, off until a switch turns them on: a budget a minute, and calls at once."""

import math
from collections import deque
from collections.abc import Callable

from sync.sandbox.refusal import Refusal
from sync.sandbox.switches import Switches


class Limits:
    """
    Per token. A rejected call counts too, so that ignoring Retry-After makes things worse.

    The minute is real elapsed time (`ticks`), not the sandbox's clock, which may stand still.
    """

    def __init__(self, ticks: Callable[[], float]) -> None:
        self._ticks = ticks
        self._spent: dict[str, deque[float]] = {}
        self._in_flight: dict[tuple[str, bool], int] = {}

    def enter(self, switches: Switches, owner: str, *, read: bool) -> Refusal | None:
        """Count one call, refused or not; a 429 if it goes too far. `leave` must follow."""
        now = self._ticks()
        spent = self._spent.setdefault(owner, deque())
        while spent and spent[0] <= now - 60:
            spent.popleft()
        spent.append(now)
        key = (owner, read)
        self._in_flight[key] = self._in_flight.get(key, 0) + 1
        budget = switches.requests_per_minute
        if budget and len(spent) > budget:
            wait = max(1, math.ceil(spent[len(spent) - budget - 1] + 60 - now))
            return Refusal(
                429,
                "You have made too many requests recently. Please, be chill.",
                headers={"Retry-After": str(wait)},
            )
        at_once = switches.concurrent_reads if read else switches.concurrent_writes
        if at_once and self._in_flight[key] > at_once:
            return Refusal(
                429, "You have too many requests in flight.", headers={"Retry-After": "1"}
            )
        return None

    def leave(self, owner: str, *, read: bool) -> None:
        self._in_flight[owner, read] -= 1
