"""Asana's limits, off until a switch turns them on: calls a minute, calls at once, and cost."""

import math
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from sync.sandbox.refusal import Refusal
from sync.sandbox.switches import Switches

TOO_MANY = "You have made too many requests recently. Please, be chill."
HAIR = 1e-9
"""Seconds that rounding may cost: who comes back exactly when told is let in."""


@dataclass(slots=True)
class Debt:
    """What was drawn from a budget that refills without a pause, less what came back since."""

    at: float
    owed: float = 0.0

    def draw(self, amount: float, now: float, per_second: float) -> float:
        self.owed = max(0.0, self.owed - max(now - self.at, 0.0) * per_second) + amount
        self.at = now
        return self.owed


@dataclass(slots=True)
class Account:
    """One token's use, as far as the limits look back."""

    calls: int = 0
    cost: int = 0
    refused: dict[str, int] = field(default_factory=dict)
    most_reads: int = 0
    most_writes: int = 0
    reads: int = 0
    writes: int = 0


class Limits:
    """
    Per token. A rejected call counts too, so that ignoring Retry-After makes things worse.

    The minute is real elapsed time (`ticks`) unless the switch `limits_clock` names the
    sandbox's own (`clock`), which a test moves.
    """

    def __init__(
        self, ticks: Callable[[], float], clock: Callable[[], float] | None = None
    ) -> None:
        self._clocks = {"real": ticks, "sandbox": clock or ticks}
        self._spent: dict[tuple[str, ...], deque[float]] = {}
        self._debts: dict[tuple[str, ...], Debt] = {}
        self.accounts: dict[str, Account] = {}

    def enter(
        self, switches: Switches, owner: str, *, read: bool, path: str = ""
    ) -> Refusal | None:
        """Count one call, refused or not; a 429 if it goes too far. `leave` must follow."""
        account = self.accounts.setdefault(owner, Account())
        account.calls += 1
        if read:
            account.reads += 1
            account.most_reads = max(account.most_reads, account.reads)
        else:
            account.writes += 1
            account.most_writes = max(account.most_writes, account.writes)
        over = self._over(switches, owner, account, read=read, path=path)
        if over is None:
            return None
        limit, wait = over
        account.refused[limit] = account.refused.get(limit, 0) + 1
        at_once = limit.endswith("at once")
        silent = at_once and switches.retry_after_at_once == "absent"
        return Refusal(
            429,
            "You have too many requests in flight." if at_once else TOO_MANY,
            headers={} if silent else {"Retry-After": str(max(1, math.ceil(wait - HAIR)))},
        )

    def leave(self, owner: str, *, read: bool) -> None:
        account = self.accounts.get(owner)
        if account is None:  # begun before a reset
            return
        if read:
            account.reads -= 1
        else:
            account.writes -= 1

    def charge(self, switches: Switches, owner: str, cost: int) -> None:
        """Take what an answer cost, once it is given: the one that goes too far still succeeds."""
        self.accounts.setdefault(owner, Account()).cost += cost
        if switches.cost_per_minute:
            self._draw(switches, ("cost", owner), cost, switches.cost_per_minute)

    def report(self) -> dict[str, Any]:
        """By token: its calls, their cost, how many were refused and by which limit."""
        return {owner: asdict(account) for owner, account in self.accounts.items()}

    def _over(
        self, switches: Switches, owner: str, account: Account, *, read: bool, path: str
    ) -> tuple[str, float] | None:
        """The limit that this call goes beyond, and the seconds until it would not."""
        for limit, wait in (
            ("minute", self._rate(switches, ("minute", owner), switches.requests_per_minute)),
            ("cost", self._cost(switches, owner)),
            (
                "task_counts",
                self._rate(switches, ("task_counts", owner), switches.task_counts_per_minute)
                if path.endswith("/task_counts")
                else 0.0,
            ),
        ):
            if wait > HAIR:
                return limit, wait
        at_once = switches.concurrent_reads if read else switches.concurrent_writes
        if at_once and (account.reads if read else account.writes) > at_once:
            return ("reads at once" if read else "writes at once"), 1.0
        return None

    def _rate(self, switches: Switches, key: tuple[str, ...], per_minute: int) -> float:
        """Seconds until a call would be in the budget again; 0 for one that is in it."""
        if not per_minute:
            return 0.0
        budget = max(1, int(per_minute * switches.rate_seconds / 60))
        if switches.rate_shape == "bucket":
            owed = self._draw(switches, key, 1, per_minute)
            return (owed + 1 - budget) * 60 / per_minute if owed > budget else 0.0
        now = self._now(switches)
        spent = self._spent.setdefault((*key, switches.limits_clock), deque())
        while spent and spent[0] <= now - switches.rate_seconds:
            spent.popleft()
        spent.append(now)
        if len(spent) <= budget:
            return 0.0
        return spent[len(spent) - budget] + switches.rate_seconds - now

    def _cost(self, switches: Switches, owner: str) -> float:
        if not switches.cost_per_minute:
            return 0.0
        owed = self._draw(switches, ("cost", owner), 0, switches.cost_per_minute)
        return (owed - switches.cost_per_minute) * 60 / switches.cost_per_minute

    def _draw(
        self, switches: Switches, key: tuple[str, ...], amount: float, per_minute: int
    ) -> float:
        now = self._now(switches)
        debt = self._debts.setdefault((*key, switches.limits_clock), Debt(now))
        return debt.draw(amount, now, per_minute / 60)

    def _now(self, switches: Switches) -> float:
        return self._clocks[switches.limits_clock]()


def real_limits(*, paid: bool) -> Mapping[str, int]:
    """The switches of the limits that Asana documents, for a free or a paid domain."""
    return {
        "requests_per_minute": 1500 if paid else 150,
        "concurrent_reads": 50,
        "concurrent_writes": 15,
    }
