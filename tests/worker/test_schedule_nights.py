"""
What the schedule makes of the two nights in which a city's clocks are changed, and of set clocks.

The expected instants are written out in UTC: the nights of 2026, of the tz database.
"""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from structlog.testing import capture_logs

from sync.core.rest import waiting_until
from sync.settings import PlanSettings, load_settings
from sync.settings.config import working_days_after
from sync.worker.health import Health, PlanHealth
from sync.worker.jumps import Jumps
from sync.worker.loop import Worker, _Plan
from sync.worker.wakeups import (
    EPOCH,
    Mailbox,
    Stop,
    Timing,
    Wake,
    expected_by,
    passed_over,
    scheduler,
    timings,
)
from tests.cli.town import CONFIG, Town
from tests.road import START, HandClock

TORONTO, PARIS, SANTIAGO = "America/Toronto", "Europe/Paris", "America/Santiago"
LORD_HOWE = "Australia/Lord_Howe"
NIGHTS = {
    "Toronto-spring": (TORONTO, "2026-03-08", 23.0),
    "Toronto-autumn": (TORONTO, "2026-11-01", 25.0),
    "Paris-spring": (PARIS, "2026-03-29", 23.0),
    "Paris-autumn": (PARIS, "2026-10-25", 25.0),
    "UTC-spring": ("UTC", "2026-03-08", 24.0),
    "UTC-autumn": ("UTC", "2026-11-01", 24.0),
    "Santiago-spring": (SANTIAGO, "2026-09-06", 23.0),
    "Santiago-autumn": (SANTIAGO, "2026-04-04", 25.0),
    "Lord_Howe-spring": (LORD_HOWE, "2026-10-04", 23.5),
    "Lord_Howe-autumn": (LORD_HOWE, "2026-04-05", 24.5),
}
"""Zone, day, and how many hours that day has."""
DAILY = {
    ("Toronto-spring", "02:30"): "2026-03-08T07:30",  # there is none: 03:30 on the new clock
    ("Toronto-autumn", "02:30"): "2026-11-01T07:30",
    ("Toronto-autumn", "01:30"): "2026-11-01T05:30",  # comes twice: the first
    ("Toronto-spring", "00:00"): "2026-03-08T05:00",
    ("Paris-spring", "02:30"): "2026-03-29T01:30",
    ("Paris-autumn", "02:30"): "2026-10-25T00:30",
    ("UTC-spring", "02:30"): "2026-03-08T02:30",
    ("UTC-autumn", "02:30"): "2026-11-01T02:30",
    ("Santiago-spring", "02:30"): "2026-09-06T05:30",
    ("Santiago-spring", "00:30"): "2026-09-06T04:30",  # the day begins at one o'clock
    ("Santiago-spring", "00:00"): "2026-09-06T04:00",
    ("Santiago-autumn", "02:30"): "2026-04-04T05:30",
    ("Santiago-autumn", "23:30"): "2026-04-05T02:30",
    ("Lord_Howe-spring", "02:30"): "2026-10-03T15:30",
    ("Lord_Howe-spring", "02:15"): "2026-10-03T15:45",  # half an hour is left out
    ("Lord_Howe-autumn", "02:30"): "2026-04-04T16:00",
    ("Lord_Howe-autumn", "01:45"): "2026-04-04T14:45",
}


def plan_with(folder: Path, zone: str, schedule: str, gel: str = "2026-02-20") -> PlanSettings:
    town = Town(folder)
    config = CONFIG.replace("America/Toronto", zone)
    assert zone == TORONTO or config != CONFIG
    if gel != "2026-02-20":
        config = config.replace("echeance: 2026-02-15", f"echeance: 2026-01-15, gel: {gel}")
        config = config.replace("echeance: 2026-03-15", "echeance: 2040-03-15")
        assert config.count("2040") == config.count(gel) == 1
    town.settle(f"{config}schedule: {schedule}\n")
    return load_settings([town.config], {}).plans[0]


def in_the_day(timing: Timing, zone: str, day: str) -> list[datetime]:
    """What APScheduler would run on that civil day, as it goes from one to the next."""
    midnight = datetime.fromisoformat(day).replace(tzinfo=ZoneInfo(zone))
    tomorrow = (datetime.fromisoformat(day) + timedelta(days=1)).replace(tzinfo=ZoneInfo(zone))
    found: list[datetime] = []
    previous: datetime | None = None
    moment = midnight.astimezone(UTC)
    while True:
        previous = timing.trigger.get_next_fire_time(previous, moment)
        if previous is None or previous >= tomorrow.astimezone(UTC):
            return found
        assert len(found) < 200
        moment = previous.astimezone(UTC)
        found.append(moment)


def slots(instants: list[datetime]) -> set[str | None]:
    return {Wake("p", each, full=False).slot for each in instants}


@pytest.mark.parametrize(("night", "at"), DAILY, ids=lambda word: word)
def test_a_daily_time_is_one_slot_in_either_night(tmp_path: Path, night: str, at: str) -> None:
    """APScheduler alone runs it twice in autumn, and in Santiago's spring not at all."""
    zone, day, _ = NIGHTS[night]
    hour, minute = at.split(":")
    plan = plan_with(tmp_path, zone, f'{{cycle: "{int(minute)} {int(hour)} * * *"}}')
    found = in_the_day(timings(plan, datetime(2026, 1, 1, tzinfo=UTC))[0], zone, day)
    assert found == [datetime.fromisoformat(DAILY[night, at]).replace(tzinfo=UTC)]


@pytest.mark.parametrize("night", NIGHTS)
def test_an_hourly_schedule_goes_on_through_either_night(tmp_path: Path, night: str) -> None:
    zone, day, hours = NIGHTS[night]
    plan = plan_with(tmp_path, zone, '{cycle: "0 * * * *"}')
    found = in_the_day(timings(plan, datetime(2026, 1, 1, tzinfo=UTC))[0], zone, day)
    apart = [later - one for one, later in pairwise(found)]
    assert all(timedelta(0) < each <= timedelta(hours=1.5) for each in apart)
    assert len(slots(found)) == len(found)
    walls = {each.astimezone(ZoneInfo(zone)).hour for each in found}
    there = {
        (datetime.fromisoformat(day).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
         + timedelta(minutes=15 * n)).astimezone(ZoneInfo(zone)).hour
        for n in range(int(hours * 4))
    }  # fmt: skip
    assert walls == there, "no hour of that day goes without"
    assert hours - 0.5 <= len(found) <= hours + 0.5


@pytest.mark.parametrize("night", NIGHTS)
def test_an_interval_knows_no_night(tmp_path: Path, night: str) -> None:
    zone, day, hours = NIGHTS[night]
    plan = plan_with(tmp_path, zone, "{}")
    found = in_the_day(timings(plan, datetime(2026, 1, 1, tzinfo=UTC), 900)[0], zone, day)
    assert len(found) == len(slots(found)) == hours * 4
    assert {later - one for one, later in pairwise(found)} == {timedelta(minutes=15)}


@pytest.mark.parametrize("night", NIGHTS)
def test_the_wake_ups_around_a_gel_stand_on_either_side_of_its_midnight(
    tmp_path: Path, night: str
) -> None:
    """In Santiago's autumn there are two 23:45 on that day, and in its spring no 00:01 after it."""
    zone, day, _ = NIGHTS[night]
    gel = date.fromisoformat(day)
    for civil in (gel - timedelta(days=1), gel):
        plan = plan_with(tmp_path, zone, "{}", gel=civil.isoformat())
        found = {t.name: t.trigger.run_date for t in timings(plan, datetime(2026, 1, 1, tzinfo=UTC))
                 if not t.steady}  # fmt: skip
        last, first = found["gel mi-chemin"], found["figé mi-chemin"]
        ends = first.astimezone(UTC) - timedelta(minutes=1)
        assert last.astimezone(UTC).astimezone(ZoneInfo(zone)).date() == civil
        assert (ends - timedelta(seconds=1)).astimezone(ZoneInfo(zone)).date() == civil
        assert first.astimezone(UTC).astimezone(ZoneInfo(zone)).date() == civil + timedelta(days=1)
        assert ends - last.astimezone(UTC) == timedelta(minutes=15)


@pytest.mark.parametrize(
    ("since", "late"),
    [
        pytest.param("2026-11-01T05:50", "2026-11-01T06:30", id="in the hour that comes twice"),
        pytest.param("2026-11-01T05:10", "2026-11-01T05:45", id="before it comes again"),
        pytest.param("2026-03-08T06:50", "2026-03-08T07:30", id="over the hour that is not"),
    ],
)
def test_nobody_is_late_for_a_night_s_sake(tmp_path: Path, since: str, late: str) -> None:
    """A false alarm restarts the service, each quarter of an hour, for an hour."""
    plan = plan_with(tmp_path, TORONTO, '{cycle: "*/15 * * * *", full_read: "12:00"}')
    moment = datetime.fromisoformat(since).replace(tzinfo=UTC)
    assert expected_by(timings(plan, moment), moment) == datetime.fromisoformat(late).replace(
        tzinfo=UTC
    )


@pytest.mark.parametrize(
    ("cron", "since", "fires"),
    [
        pytest.param("0 9 29 feb *", "2026-01-01", ["2028-02-29", "2032-02-29"], id="29 February"),
        pytest.param("0 9 * * *", "2028-02-28T20:00", ["2028-02-29", "2028-03-01"], id="every day"),
        pytest.param("0 9 last * *", "2028-02-01", ["2028-02-29", "2028-03-31"], id="month's end"),
        pytest.param("0 9 * * *", "2038-01-18T20:00", ["2038-01-19", "2038-01-20"], id="2038"),
        pytest.param("0 9 * * *", "2100-02-28T20:00", ["2100-03-01", "2100-03-02"], id="2100"),
    ],
)
def test_the_calendar(tmp_path: Path, cron: str, since: str, fires: list[str]) -> None:
    plan = plan_with(tmp_path, TORONTO, f'{{cycle: "{cron}"}}')
    moment = datetime.fromisoformat(since).replace(tzinfo=UTC)
    trigger = timings(plan, moment)[0].trigger
    first = trigger.get_next_fire_time(None, moment)
    second = trigger.get_next_fire_time(first, first)
    found = [each.astimezone(ZoneInfo(TORONTO)) for each in (first, second)]
    assert [f"{each:%Y-%m-%d}" for each in found] == fires
    assert [each.hour for each in found] == [9, 9]


@pytest.mark.parametrize(
    ("due", "gel"),
    [
        pytest.param(date(2026, 2, 15), date(2026, 2, 20), id="from a Sunday"),
        pytest.param(date(2028, 2, 22), date(2028, 2, 29), id="to 29 February"),
        pytest.param(date(2028, 2, 25), date(2028, 3, 3), id="over 29 February"),
        pytest.param(date(2027, 2, 24), date(2027, 3, 3), id="where there is none"),
        pytest.param(date(2026, 10, 30), date(2026, 11, 6), id="over the autumn night"),
        pytest.param(date(2037, 12, 31), date(2038, 1, 7), id="to 2038"),
    ],
)
def test_five_working_days_after(due: date, gel: date) -> None:
    assert working_days_after(due, 5) == gel


@pytest.mark.parametrize(
    ("set_by", "noticed"),
    [
        pytest.param(timedelta(seconds=1), False, id="a second on"),
        pytest.param(timedelta(seconds=-1), False, id="a second back"),
        pytest.param(timedelta(hours=1), True, id="an hour on"),
        pytest.param(timedelta(hours=-1), True, id="an hour back"),
        pytest.param(timedelta(days=1), True, id="a day on"),
        pytest.param(timedelta(days=-1), True, id="a day back"),
        pytest.param(EPOCH - START, True, id="to 1970"),
        pytest.param(timedelta(days=5082), True, id="past 2038"),
    ],
)
def test_a_clock_that_was_set_is_noticed_against_a_stopwatch(
    set_by: timedelta, noticed: bool
) -> None:
    clock, ticks = HandClock(), [100.0]
    jumps = Jumps(clock, lambda: ticks[0])
    clock.at += timedelta(hours=6)
    ticks[0] += 6 * 3600
    assert not jumps.since_last_look(), "six hours in six hours are no jump"
    clock.at += set_by + timedelta(seconds=20)
    ticks[0] += 20
    assert jumps.since_last_look() == (set_by if noticed else timedelta(0))
    assert not jumps.since_last_look(), "told once"


@pytest.mark.parametrize(
    ("set_by", "again"),
    [
        pytest.param(timedelta(days=-300), ["gel mi-chemin", "figé mi-chemin"], id="far back"),
        pytest.param(timedelta(days=30), ["gel finalite", "figé finalite"], id="past one gel"),
        pytest.param(timedelta(days=5000), [], id="past everything"),
    ],
)
def test_after_a_jump_the_schedule_is_that_of_the_new_clock(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, set_by: timedelta, again: list[str]
) -> None:
    """Else it waits for the wake-ups of a year that is not, and its health with it."""
    monkeypatch.setattr(Worker, "_follow_schedule", lambda _self: None)  # that clock is real
    town = Town(tmp_path)
    town.settle()
    settings = load_settings([town.config], {})
    clock, ticks = HandClock(), [0.0]
    box = Mailbox(ticks=lambda: ticks[0])
    worker = Worker(settings, clock, "ici", tmp_path / "h.json", every=900, _mailbox=box)
    before = timings(settings.plans[0], clock.at, 900)
    worker._plans["petit-plan"] = _Plan(settings.plans[0], before)
    health = Health(1, clock.at, plans={"petit-plan": PlanHealth(clock.at)})
    clock.at += set_by
    with capture_logs() as log:
        health = worker._begin_anew(health, set_by)
    assert [line["event"] for line in log] == ["clock.jumped"]
    assert log[0]["seconds"] == set_by.total_seconds()
    known = worker._plans["petit-plan"].timings
    assert {t.name for t in known if not t.steady} >= set(again)
    assert bool(again) is any(not t.steady for t in known)
    assert timedelta(0) < health.plans["petit-plan"].expected_by - clock.at <= timedelta(hours=1)
    assert box.take(0) is None, "what was sent a moment ago is not a minute old by any clock"
    ticks[0] = 59.9
    assert box.take(0) is None
    ticks[0] = 60.0
    assert box.take(0) == Wake("petit-plan", None, full=False)


def test_whoever_waits_after_a_jump_is_stopped_at_once() -> None:
    box = Mailbox(ticks=lambda: 0.0)
    box.hold(60)
    box.post(Wake("p", None, full=False))
    box.post(Stop())
    assert isinstance(box.take(), Stop)


@pytest.mark.parametrize(
    ("since", "until", "missed"),
    [
        pytest.param("10:15:01", "10:30", 0, id="none"),
        pytest.param("10:15:01", "10:45", 1, id="a cycle that took long"),
        pytest.param("10:15:01", "12:20", 8, id="a service that was down"),
        pytest.param("10:15:01", "10:15", 0, id="a clock that was put back"),
    ],
)
def test_what_was_missed_is_counted(tmp_path: Path, since: str, until: str, missed: int) -> None:
    plan = plan_with(tmp_path, "UTC", "{}")
    one, other = (
        datetime.fromisoformat(f"2026-02-02T{each}").replace(tzinfo=UTC) for each in (since, until)
    )
    assert len(passed_over(timings(plan, one), one, other)) == missed


def test_years_that_were_missed_are_not_gone_through_one_by_one(tmp_path: Path) -> None:
    """A clock set from 1970 to now: two million quarters of an hour, at a stand-still."""
    plan = plan_with(tmp_path, TORONTO, "{}")
    then, now = datetime(2024, 1, 1, tzinfo=UTC), datetime(2040, 3, 1, 12, 7, tzinfo=UTC)
    assert len(passed_over(timings(plan, then), then, now)) == 1000
    waking = scheduler([("p", timings(plan, then))], lambda _wake: None)
    waking.start(paused=True)
    (job,) = (each for each in waking.get_jobs() if each.name == "cycle")
    job.modify(next_run_time=then)
    due = job._get_run_times(now)
    waking.shutdown()
    assert len(due) < 100
    assert due[-1] == datetime(2040, 3, 1, 12, tzinfo=UTC), "the last of them is due, once"


@pytest.mark.parametrize(
    ("set_by", "waits"),
    [
        pytest.param(timedelta(seconds=-1), True, id="a second back"),
        pytest.param(timedelta(hours=-1), True, id="an hour back"),
        pytest.param(timedelta(days=-1), False, id="a day back"),
        pytest.param(timedelta(hours=1), False, id="an hour on"),
        pytest.param(timedelta(days=5000), False, id="past 2038"),
    ],
)
def test_what_asana_asked_for_outlives_no_clock(set_by: timedelta, waits: bool) -> None:
    """It asked for half an hour; more than a day nobody ever waits."""
    then = datetime(2026, 2, 1, 17, tzinfo=UTC)
    until = then + timedelta(minutes=30)
    assert (waiting_until(until.isoformat(), then + set_by) == until) is waits
