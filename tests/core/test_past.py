"""What stored rows say of a day that is over."""

from dataclasses import replace
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from sync.core.past import findings_then, freezes_then, in_force, lost_then, reads_its_end
from sync.model.record import LogRow, SnapshotRecord

CITY = ZoneInfo("America/Toronto")


def record(number: int, at: datetime) -> SnapshotRecord:
    return SnapshotRecord(number, at.date(), at, "0" * 64, b"{}")


RECORDS = (
    record(1, datetime(2026, 2, 17, 15, tzinfo=UTC)),
    record(2, datetime(2026, 2, 18, 3, tzinfo=UTC)),  # still the 17th in the city
    record(3, datetime(2026, 2, 20, 15, tzinfo=UTC)),
)


@pytest.mark.parametrize(
    ("day", "number", "that_day", "until"),
    [
        (date(2026, 2, 17), 2, (1, 2), 3),
        (date(2026, 2, 18), 2, (), 3),
        (date(2026, 2, 19), 2, (), 3),
        (date(2026, 2, 20), 3, (3,), None),
        (date(2027, 1, 1), 3, (), None),
    ],
)
def test_a_day_ends_at_midnight_in_the_city(
    day: date, number: int, that_day: tuple[int, ...], until: int | None
) -> None:
    found = in_force(RECORDS, day, CITY)
    assert found is not None
    assert (found.record.number, found.that_day) == (number, that_day)
    assert (found.until and found.until.number) == until


def test_before_the_first_snapshot_there_is_none() -> None:
    assert in_force(RECORDS, date(2026, 2, 16), CITY) is None
    assert in_force((), date(2026, 2, 16), CITY) is None


def test_what_is_published_at_midnight_is_of_the_new_day() -> None:
    midnight = datetime(2026, 2, 18, 5, tzinfo=UTC)
    records = (RECORDS[0], record(2, midnight))
    found = in_force(records, date(2026, 2, 17), CITY)
    assert found is not None
    assert (found.record.number, found.until) == (1, records[1])


@pytest.mark.parametrize(
    ("hour", "minute", "is_end"), [(0, 30, False), (22, 59, False), (23, 0, True), (23, 59, True)]
)
def test_a_read_is_of_the_day_s_end_in_its_last_hour_in_the_city(
    hour: int, minute: int, is_end: bool
) -> None:
    read_at = datetime(2026, 2, 20, hour, minute, tzinfo=CITY).astimezone(UTC)
    assert reads_its_end(read_at, CITY) is is_end


def row(
    number: int, outcome: str, kind: str = "finding", code: str = "stale", day: int = 17
) -> LogRow:
    return LogRow(
        number, datetime(2026, 2, day, tzinfo=UTC), "c", "jalon", kind, "action:A", "gel/mi-chemin",
        None, None, None, None, "atteint", code, f"mots {number}", "words", outcome,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("outcomes", "opened_by"),
    [
        (["open"], [1]),
        (["open", "closed"], []),
        (["open", "closed", "reopened"], [3]),
        (["open", "changed"], [2]),
        (["open", "changed", "closed"], []),
        (["open", "seen"], [1]),
        (["open", "settled"], []),
        (["open", "settled", "reopened"], [3]),
        (["closed"], []),
    ],
)
def test_a_finding_is_open_until_a_row_ends_it(outcomes: list[str], opened_by: list[int]) -> None:
    rows = [row(number, outcome) for number, outcome in enumerate(outcomes, start=1)]
    assert [one.row.id for one in findings_then(rows)] == opened_by


def test_findings_end_one_by_one_and_other_rows_open_none() -> None:
    rows = [
        row(1, "open"),
        row(2, "open", code="late"),
        row(3, "open", kind="pull", code="pull"),
        row(4, "settled", kind="settlement"),
    ]
    assert [one.row.id for one in findings_then(rows)] == [2]


def test_what_is_open_comes_in_the_order_in_which_it_opened() -> None:
    rows = [row(1, "open"), row(2, "open", code="late", day=18), row(3, "changed", day=19)]
    assert [(one.row.id, one.since.day) for one in findings_then(rows)] == [(3, 17), (2, 18)]


def test_a_finding_dates_from_its_first_sighting_as_in_the_list_of_findings() -> None:
    rows = [row(1, "open"), row(2, "closed", day=18), row(3, "reopened", day=20)]
    assert [(one.row.id, one.since.day) for one in findings_then(rows)] == [(3, 17)]


@pytest.mark.parametrize(
    ("day", "hour", "lost"),
    [(16, 23, False), (17, 12, False), (17, 13, True), (19, 0, True), (20, 1, False)],
)
def test_what_went_by_between_a_backup_and_its_restore_is_lost(
    day: int, hour: int, lost: bool
) -> None:
    """Its rows are gone with the database that was replaced; their silence proves nothing."""
    made = datetime(2026, 2, 17, 12, tzinfo=UTC)
    put_back = replace(row(9, "done", kind="restored", day=20), to=made.isoformat())
    found = lost_then([row(1, "open"), put_back], datetime(2026, 2, day, hour, tzinfo=UTC))
    assert found == (put_back if lost else None)


def test_before_a_log_that_begins_with_a_recovery_everything_is_lost() -> None:
    rebuilt = row(1, "done", kind="recovered", day=20)
    assert lost_then([rebuilt], datetime(2026, 2, 19, tzinfo=UTC)) == rebuilt
    assert lost_then([rebuilt], datetime(2026, 2, 21, tzinfo=UTC)) is None
    later = row(7, "done", kind="recovered", day=20)
    assert lost_then([row(1, "open"), later], datetime(2026, 2, 19, tzinfo=UTC)) is None


def test_a_freeze_is_known_by_its_checkpoint() -> None:
    rows = [row(1, "open"), row(2, "done", kind="freeze", code="gel")]
    assert freezes_then(rows) == {"mi-chemin": rows[1]}
