"""Until when Asana wants to be left alone, as it is remembered from one cycle to the next."""

from datetime import datetime, timedelta
from math import ceil
from typing import Final

NOT_BEFORE: Final = "not_before"
"""The fact that holds the instant before which no cycle of the plan asks Asana anything."""
LONGEST: Final = timedelta(days=1)
"""After a day one request finds out whether it still holds, whatever was asked for."""


def not_before(now: datetime, seconds: float) -> str:
    """The instant to remember, as text; nothing to wait for is the empty text."""
    if seconds <= 0:
        return ""
    return (now + timedelta(seconds=ceil(min(seconds, LONGEST.total_seconds())))).isoformat()


def waiting_until(remembered: str | None, now: datetime, resting: float = 0.0) -> datetime | None:
    """
    What is remembered, else what the token's budget knows; None when neither waits.

    An instant further away than we ever wait was noted by a clock that was since put back.
    """
    told = (remembered, not_before(now, resting))
    moments = (datetime.fromisoformat(text) for text in told if text)
    return next((m for m in moments if now < m <= now + LONGEST), None)
