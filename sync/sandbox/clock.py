"""The sandbox's own time: it can be set, moved on and stopped, so that months fit in seconds."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta


class Clock:
    """
    A clock that starts at a given instant and runs, or stands still, from there.

    `ticks` gives elapsed seconds and is a parameter so that tests need not wait.
    """

    def __init__(
        self, start: datetime, ticks: Callable[[], float], *, frozen: bool = False
    ) -> None:
        self._base = start
        self._ticks = ticks
        self._anchor = ticks()
        self._frozen = frozen

    @property
    def frozen(self) -> bool:
        return self._frozen

    def now(self) -> datetime:
        if self._frozen:
            return self._base
        return self._base + timedelta(seconds=self._ticks() - self._anchor)

    def set(self, now: datetime) -> None:
        self._base = now
        self._anchor = self._ticks()

    def advance(self, seconds: float) -> None:
        self.set(self.now() + timedelta(seconds=seconds))

    def freeze(self, *, frozen: bool) -> None:
        self.set(self.now())
        self._frozen = frozen


def stamp(moment: datetime) -> str:
    """An instant as Asana writes it: UTC, milliseconds, Z."""
    text = moment.astimezone(UTC).isoformat(timespec="milliseconds")
    return text.replace("+00:00", "Z")


def parse_instant(text: str) -> datetime:
    """An ISO 8601 instant; a date alone is its midnight, no zone means UTC, as Asana reads it."""
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
