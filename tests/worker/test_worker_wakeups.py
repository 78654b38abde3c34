"""When the worker wakes up, and what it makes of several wake-ups at once."""

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from queue import SimpleQueue
from zoneinfo import ZoneInfo

import pytest

from sync.core.past import reads_its_end
from sync.settings import PlanSettings, load_settings
from sync.worker.wakeups import (
    AFTER_THE_FREEZE,
    BEFORE_THE_FREEZE,
    BUSY_SECONDS,
    Mailbox,
    Stop,
    Timing,
    Wake,
    expected_by,
    scheduler,
    timings,
)
from tests.cli.town import CONFIG, Town

ZONE = ZoneInfo("America/Toronto")
Settled = Callable[[str], PlanSettings]


@pytest.fixture
def settled(tmp_path: Path) -> Settled:
    """The small town with this schedule."""

    def settle(schedule: str) -> PlanSettings:
        town = Town(tmp_path)
        town.settle(f"{CONFIG}schedule: {schedule}\n")
        return load_settings([town.config], {}).plans[0]

    return settle


def fires(timing: Timing, after: datetime, count: int) -> list[datetime]:
    found: list[datetime] = []
    previous: datetime | None = None
    moment = after
    for _ in range(count):
        previous = timing.trigger.get_next_fire_time(previous, moment)
        if previous is None:
            break
        found.append(previous)
        moment = previous + timedelta(microseconds=1)
    return found


def test_the_schedule_is_read_in_the_city_s_zone(settled: Settled) -> None:
    """Nine o'clock in Québec is nine o'clock in winter and in summer."""
    plan = settled('{cycle: "0 9 * * *"}')
    cycle = timings(plan, datetime(2026, 3, 7, tzinfo=UTC))[0]
    around_the_change = fires(cycle, datetime(2026, 3, 7, 12, tzinfo=UTC), 2)
    assert [f.astimezone(UTC).hour for f in around_the_change] == [14, 13]


def test_a_weekday_is_the_one_that_is_written(settled: Settled) -> None:
    """APScheduler counts weekdays from Monday = 0 and cron from Sunday: only names are taken."""
    cycle = timings(settled('{cycle: "0 9 * * mon"}'), datetime(2026, 1, 1, tzinfo=UTC))[0]
    assert [f.strftime("%A") for f in fires(cycle, datetime(2026, 1, 1, tzinfo=UTC), 3)] == [
        "Monday"
    ] * 3


def test_each_gel_has_a_full_read_before_its_end_and_a_cycle_right_after(
    settled: Settled,
) -> None:
    """The frozen status rests on the last complete read, so there is one just before."""
    found = timings(settled("{}"), datetime(2026, 1, 1, tzinfo=UTC))
    around = {t.name: (t.trigger.run_date.astimezone(ZONE), t.full) for t in found if not t.steady}
    assert around == {
        "gel mi-chemin": (datetime(2026, 2, 20, 23, 45, tzinfo=ZONE), True),
        "figé mi-chemin": (datetime(2026, 2, 21, 0, 1, tzinfo=ZONE), False),
        "gel finalite": (datetime(2026, 3, 20, 23, 45, tzinfo=ZONE), True),
        "figé finalite": (datetime(2026, 3, 21, 0, 1, tzinfo=ZONE), False),
    }


@pytest.mark.parametrize(
    "gel", [date(2026, 2, 20), date(2026, 3, 8), date(2026, 11, 1)], ids=["plain", "23 h", "25 h"]
)
def test_the_read_before_the_gel_s_end_counts_for_it_whatever_the_clocks_do(gel: date) -> None:
    """Else every status would be marked as fixed afterwards."""
    read = datetime.combine(gel, BEFORE_THE_FREEZE, ZONE)
    assert reads_its_end(read.astimezone(UTC), ZONE)
    assert not reads_its_end(read.astimezone(UTC) - timedelta(hours=1), ZONE)
    after = datetime.combine(gel + timedelta(days=1), AFTER_THE_FREEZE, ZONE)
    assert not reads_its_end(after.astimezone(UTC), ZONE)


def test_a_gel_that_has_passed_does_not_wake_anybody(settled: Settled) -> None:
    """A date job in the past would fire at every start."""
    found = timings(settled("{}"), datetime(2026, 3, 1, tzinfo=UTC))
    assert [t.name for t in found if not t.steady] == ["gel finalite", "figé finalite"]


def test_a_cycle_comes_right_after_the_plan_s_last_day(settled: Settled) -> None:
    """Nothing is to be written any more, and its last state is not to wait for the morning."""
    plan = settled("{}")
    ending = replace(plan, city=plan.city.model_copy(update={"ends": date(2026, 4, 30)}))
    before, after = datetime(2026, 4, 30, 12, tzinfo=UTC), datetime(2026, 5, 1, 12, tzinfo=UTC)
    (one,) = [t for t in timings(ending, before) if not t.steady]
    assert (one.name, one.full) == ("fin", True)
    assert one.trigger.run_date.astimezone(ZONE) == datetime(2026, 5, 1, 0, 1, tzinfo=ZONE)
    assert all(t.steady for t in timings(ending, after))


def test_two_processes_have_the_same_slots(settled: Settled) -> None:
    """The slot is the scheduled instant and not when somebody woke up."""
    plan = settled('{cycle: "*/15 * * * *"}')
    one = timings(plan, datetime(2026, 1, 1, 10, 3, tzinfo=UTC))[0]
    other = timings(plan, datetime(2026, 1, 1, 10, 4, 59, tzinfo=UTC))[0]
    slots = [
        Wake("p", fires(t, datetime(2026, 1, 1, 10, 5, tzinfo=UTC), 1)[0], full=False).slot
        for t in (one, other)
    ]
    assert slots == ["2026-01-01T10:15:00+00:00"] * 2


def test_a_late_wake_up_posts_the_instant_it_was_due(settled: Settled) -> None:
    """Else two processes that are late by different amounts would both run the slot."""
    posted: SimpleQueue[Wake] = SimpleQueue()
    waking = scheduler([("p", timings(settled("{}"), datetime.now(UTC)))], posted.put)
    waking.start(paused=True)
    due = datetime(2026, 1, 1, 9, tzinfo=UTC)
    next(job for job in waking.get_jobs() if job.name == "cycle").modify(next_run_time=due)
    waking.resume()
    wake = posted.get(timeout=10)
    waking.shutdown()
    assert wake.plan_id == "p"
    assert wake.due is not None
    assert wake.due <= datetime.now(UTC)
    assert wake.due.second == wake.due.microsecond == 0


@pytest.mark.parametrize(
    ("schedule", "since", "late"),
    [
        pytest.param("*/15 * * * *", "2026-01-05T10:00", "2026-01-05T10:45", id="quarter hours"),
        pytest.param("0 6-20 * * *", "2026-01-05T20:10", "2026-01-06T07:00", id="over a night"),
        pytest.param("0 9 * * mon-fri", "2026-01-09T09:05", "2026-01-12T03:30", id="a weekend"),
    ],
)
def test_a_service_is_late_after_three_wake_ups_and_not_before(
    settled: Settled, schedule: str, since: str, late: str
) -> None:
    """A night without cycles is the schedule, and no failure."""
    plan = settled(f'{{cycle: "{schedule}", full_read: "03:30"}}')
    moment = datetime.fromisoformat(since).replace(tzinfo=ZONE)
    assert expected_by(timings(plan, moment), moment) == datetime.fromisoformat(late).replace(
        tzinfo=ZONE
    )


def test_a_plan_that_falls_due_again_is_due_once_and_fully_if_once_asked() -> None:
    box = Mailbox()
    times = [datetime(2026, 1, 1, hour, tzinfo=UTC) for hour in (1, 2, 3)]
    box.post(Wake("a", times[0], full=True))
    box.post(Wake("b", times[1], full=False))
    box.post(Wake("a", times[2], full=False))
    assert box.take(0) == Wake("a", times[2], full=True)
    assert box.take(0) == Wake("b", times[1], full=False)
    assert box.take(0) is None


def test_a_stop_goes_before_everything_that_is_due() -> None:
    """Else a container with many plans would start another cycle after SIGTERM."""
    box = Mailbox()
    box.post(Wake("a", None, full=False))
    box.post(Wake("b", None, full=False))
    assert isinstance(box.take(0), Wake)
    box.post(Stop())
    assert isinstance(box.take(0), Stop)


class Ticks:
    """A stopwatch in the test's hand."""

    def __init__(self) -> None:
        self.at = 0.0

    def __call__(self) -> float:
        return self.at


@pytest.fixture
def ticks() -> Ticks:
    return Ticks()


@pytest.fixture
def box(ticks: Ticks) -> Mailbox:
    return Mailbox(ticks=ticks, rest_seconds=2.0)


def test_a_plan_is_due_at_once_when_it_is_heard_of(box: Mailbox) -> None:
    box.hear("a")
    assert box.take(0) == Wake("a", None, full=False)
    assert box.take(0) is None


def test_a_thousand_times_heard_of_is_due_once(box: Mailbox) -> None:
    """And what waits to be taken stays small, however much is told while a cycle runs."""
    for _ in range(1_000):
        box.hear("a")
    assert box._posted.qsize() == 1
    assert box.take(0) == Wake("a", None, full=False)
    assert box.take(0) is None


def test_a_plan_rests_after_a_cycle_before_it_is_due_for_being_heard_of(
    box: Mailbox, ticks: Ticks
) -> None:
    box.hear("a")
    box.take(0)
    box.rest("a")
    box.hear("a")
    box.hear("b")
    assert box.take(0) == Wake("b", None, full=False)
    assert box.take(0) is None
    ticks.at = 1.9
    assert box.take(0) is None
    ticks.at = 2.0
    assert box.take(0) == Wake("a", None, full=False)


def test_the_schedule_does_not_rest(box: Mailbox) -> None:
    """A cycle on the schedule covers everything that was heard of before."""
    due = datetime(2026, 1, 1, tzinfo=UTC)
    box.rest("a")
    box.hear("a")
    box.post(Wake("a", due, full=False))
    assert box.take(0) == Wake("a", due, full=False)
    assert box.take(0) is None


def test_what_is_heard_of_while_a_cycle_runs_is_looked_at_after_it(
    box: Mailbox, ticks: Ticks
) -> None:
    """It may have come after the cycle had read."""
    box.hear("a")
    assert box.take(0) is not None
    box.hear("a")  # the cycle runs
    box.rest("a")
    assert box.take(0) is None
    ticks.at = 2.5
    assert box.take(0) == Wake("a", None, full=False)


@pytest.mark.parametrize("due", [None, datetime(2026, 1, 1, tzinfo=UTC)])
def test_what_was_heard_of_while_another_process_had_the_plan_is_heard_once_more(
    box: Mailbox, ticks: Ticks, due: datetime | None
) -> None:
    """That process may have read before the change, and was not told of it."""
    box.hear("a")
    if due:
        box.post(Wake("a", due, full=False))
    wake = box.take(0)
    assert isinstance(wake, Wake)
    box.defer(wake)
    ticks.at = BUSY_SECONDS - 0.1
    assert box.take(0) is None
    ticks.at = BUSY_SECONDS
    assert box.take(0) == Wake("a", None, full=False)
    assert box.take(0) is None


def test_a_slot_that_another_process_runs_is_not_run_once_more(box: Mailbox, ticks: Ticks) -> None:
    box.post(Wake("a", datetime(2026, 1, 1, tzinfo=UTC), full=False))
    wake = box.take(0)
    assert isinstance(wake, Wake)
    box.defer(wake)
    ticks.at = 1_000.0
    assert box.take(0) is None


def test_a_scheduled_instant_is_not_lost_to_a_wake_up_without_one() -> None:
    """The slot tells other processes that it was run."""
    box = Mailbox()
    due = datetime(2026, 1, 1, tzinfo=UTC)
    box.post(Wake("a", due, full=False))
    box.post(Wake("a", None, full=True))
    assert box.take(0) == Wake("a", due, full=True)


def test_a_box_wakes_by_itself_when_a_plan_has_rested() -> None:
    box = Mailbox(rest_seconds=0.05)
    box.rest("a")
    box.hear("a")
    assert box.take(30) == Wake("a", None, full=False)


def test_a_stop_ends_the_rest() -> None:
    box = Mailbox(rest_seconds=3_600)
    box.rest("a")
    box.hear("a")
    threading.Timer(0.05, box.post, (Stop(),)).start()
    assert isinstance(box.take(), Stop)
