"""What the stored rows say of a day that is over; nothing is computed anew."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from typing import Final

from sync.model.record import RECOVERED, RESTORED, LogRow, SnapshotRecord

CLOSING: Final = timedelta(hours=1)
_ENDS = frozenset({"closed", "settled"})
_TELLS = frozenset({"open", "reopened", "changed"})


@dataclass(frozen=True, slots=True)
class InForce:
    """The snapshot that stood at the end of a day, since when, and the next one, if it came."""

    record: SnapshotRecord
    that_day: tuple[int, ...]
    until: SnapshotRecord | None


def end_of(day: date, zone: tzinfo) -> datetime:
    """The first instant that is no longer of that day, in the city."""
    return datetime.combine(day + timedelta(days=1), time(), zone)


def reads_its_end(read_at: datetime, zone: tzinfo) -> bool:
    """Whether a read was made in the last hour of its day: little can have come after it."""
    return end_of(read_at.astimezone(zone).date(), zone) - read_at <= CLOSING


def in_force(records: Sequence[SnapshotRecord], day: date, zone: tzinfo) -> InForce | None:
    """None before the first snapshot; `that_day` are the numbers that were issued on it."""
    over = end_of(day, zone)
    before = [record for record in records if record.generated_at < over]
    if not before:
        return None
    after = records[len(before) :]
    issued = tuple(r.number for r in before if r.generated_at.astimezone(zone).date() == day)
    return InForce(before[-1], issued, after[0] if after else None)


@dataclass(frozen=True, slots=True)
class OpenThen:
    """A finding as it stood: `row` has the words of that day, `since` is its first sighting."""

    row: LogRow
    since: datetime


def findings_then(rows: Iterable[LogRow]) -> tuple[OpenThen, ...]:
    """Each finding that is still open after these rows, oldest first."""
    first: dict[tuple[str, str], datetime] = {}
    standing: dict[tuple[str, str], LogRow] = {}
    for row in rows:
        key = (row.rule, row.subject)
        if row.kind == "finding" and row.outcome in _TELLS:
            first.setdefault(key, row.at)
            standing[key] = row
        elif row.outcome in _ENDS:
            standing.pop(key, None)
    found = (OpenThen(row, first[key]) for key, row in standing.items())
    return tuple(sorted(found, key=lambda one: (one.since, one.row.id)))


def lost_then(rows: Iterable[LogRow], moment: datetime) -> LogRow | None:
    """The row of whatever took the log's rows of that moment away, where they are gone."""
    for row in rows:
        if row.kind == RESTORED and row.to is not None:
            if datetime.fromisoformat(row.to) < moment <= row.at:
                return row
        elif row.kind == RECOVERED and row.id == 1 and moment <= row.at:
            return row
    return None


def freezes_then(rows: Iterable[LogRow]) -> dict[str, LogRow]:
    """By checkpoint id, the row of the freeze that these rows tell."""
    return {row.field.removeprefix("gel/"): row for row in rows if row.kind == "freeze"}
