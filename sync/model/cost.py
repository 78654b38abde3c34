"""What a cycle costs in requests, which is what Asana limits."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import ceil
from typing import Final

FREE_RATE: Final = 150
PAID_RATE: Final = 1_500
"""Requests a minute and token that Asana allows on its free and on its paid tiers (rate limits)."""


@dataclass(frozen=True, slots=True)
class Cost:
    """Requests by kind, such as `GET /tasks/{}`."""

    requests: Mapping[str, int]

    @property
    def total(self) -> int:
        return sum(self.requests.values())

    @property
    def reads(self) -> int:
        return sum(n for kind, n in self.requests.items() if kind.startswith("GET "))

    @property
    def writes(self) -> int:
        return self.total - self.reads

    def minutes(self, rate: int) -> int:
        """Within how many whole minutes `rate` requests a minute let it through; at least one."""
        return max(1, ceil(self.total / rate))
