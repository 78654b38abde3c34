"""
When a cron expression fires in a city whose clocks are changed twice a year.

APScheduler's own trigger fires a daily time twice in the night that has it twice, and not at all
where the day begins with an hour that does not exist (Santiago, Cairo). Here it only counts wall
times, in a calendar without changes; which instants those are is said below, as cron has always
said it:

- a time that comes twice counts once, the first time; but an expression for every hour (`*`) goes
  on through both;
- a time that does not exist counts as far after the change as it was meant after it.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from apscheduler.triggers.base import BaseTrigger
from apscheduler.triggers.cron import CronTrigger

_AROUND: Final = timedelta(hours=4)
"""No zone changes its clocks by more, but for those that once left out a whole day."""
_LOOKED_BACK: Final = timedelta(days=1)
"""After a longer sleep, or a clock set right by years, what was missed is not gone through."""


class WallTimes(BaseTrigger):  # type: ignore[misc]  # APScheduler is not typed
    """Fires in UTC, strictly later each time; the same in every process."""

    def __init__(self, expression: str, zone: ZoneInfo) -> None:
        self._walls = CronTrigger.from_crontab(expression, timezone=UTC)
        self._zone = zone
        self._every_hour = expression.split()[1].startswith("*")

    def __repr__(self) -> str:
        return f"<WallTimes {self._walls} {self._zone}>"

    def get_next_fire_time(self, previous: datetime | None, now: datetime) -> datetime | None:
        """The first instant after `previous`; without one, not before `now`."""
        after = now - timedelta(microseconds=1)
        if previous is not None:
            after = max(previous, now - _LOOKED_BACK)
        after = after.astimezone(UTC)
        found: datetime | None = None
        for wall in self._from(after):
            if found is not None and wall > self._wall(found) + _AROUND:
                break
            later = [instant for instant in self._instants(wall) if instant > after]
            found = min([*later, *([found] if found else [])], default=None)
            if found is not None and not (self._changes(after) or self._changes(found)):
                break
        return found

    def _from(self, after: datetime) -> Iterator[datetime]:
        """The wall times that may be instants after this one, as if they were UTC."""
        wall = self._wall(after) - (_AROUND if self._changes(after) else timedelta(0))
        while (next_wall := self._walls.get_next_fire_time(None, wall)) is not None:
            yield next_wall
            wall = next_wall + timedelta(microseconds=1)

    def _instants(self, wall: datetime) -> list[datetime]:
        meant = wall.replace(tzinfo=self._zone)
        first, second = meant.astimezone(UTC), meant.replace(fold=1).astimezone(UTC)
        return [first, second] if self._every_hour and second > first else [first]

    def _wall(self, instant: datetime) -> datetime:
        return instant.astimezone(self._zone).replace(tzinfo=UTC, fold=0)

    def _changes(self, instant: datetime) -> bool:
        """Whether the city's clocks are changed near this instant."""
        before, later = instant - _AROUND, instant + _AROUND
        return self._offset(before) != self._offset(later)

    def _offset(self, instant: datetime) -> timedelta | None:
        return instant.astimezone(self._zone).utcoffset()
