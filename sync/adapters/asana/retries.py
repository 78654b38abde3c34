"""
Which request is sent again, and how many of them.

Three attempts at most for each. And of all that one session sends, at most a tenth may be
repeats: where most requests fail, repeating them only adds to what Asana is failing under.
"""

from dataclasses import dataclass
from typing import Literal

from sync.adapters.asana.exchange import Failure

Kind = Literal["read", "update", "create"]


@dataclass(frozen=True, slots=True)
class Retries:
    """The budget of repeats; below `least` of them the share does not count."""

    attempts: int = 3
    share: float = 0.10
    least: int = 6

    def allow(self, attempt: int, repeats: int, requests: int) -> bool:
        """Whether one more repeat may follow this attempt, after so many in the whole session."""
        return attempt < self.attempts and repeats < max(self.least, int(self.share * requests))


def may_repeat(failure: Failure, kind: Kind) -> bool:
    """
    Whether sending it again can help, and can do no harm.

    A creation is sent again only when nothing can have happened: the line never opened, or 429.
    """
    if failure.mishap == "untrusted":
        return False
    if failure.mishap == "unsent" or failure.status == 429:
        return True
    if kind == "create":
        return False
    if failure.mishap == "unreadable":
        return not 300 <= failure.status <= 399  # a redirect will not change its mind
    return failure.mishap != "status" or failure.status >= 500


def jittered(attempt: int, chance: float) -> float:
    """Full jitter: anything between nothing and twice as long as last time."""
    return chance * min(8.0, 0.5 * 2.0**attempt)
