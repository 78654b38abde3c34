"""
When to wake up. APScheduler is only the clock here.

Its jobs say « this plan, this instant » and nothing more: what is due is a row of the store,
unique per plan and slot, because several processes may have the same schedule (reliability
facts, §0.14). It runs in UTC with one job store in memory; a cron expression is read in the
city's zone (`wall_times`).
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, time, timedelta
from itertools import islice, takewhile
from queue import Empty, SimpleQueue
from threading import Lock
from time import monotonic
from typing import Any, Final

from apscheduler.executors.base import BaseExecutor
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.date import DateTrigger
from apscheduler.triggers.interval import IntervalTrigger

from sync.settings import PlanSettings
from sync.worker.wall_times import WallTimes

BEFORE_THE_FREEZE: Final = time(23, 45, fold=1)
"""Where the clocks go back before midnight, the second time: the day ends after that one."""
AFTER_THE_FREEZE: Final = time(0, 1)
EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
LATE_AFTER: Final = 3
"""Wake-ups that may pass without an ended cycle before the service is called unhealthy."""
MOST_COUNTED: Final = 1_000


@dataclass(frozen=True, slots=True)
class Wake:
    """
    A plan is due. `due` is the scheduled instant, None right at the start of a worker.

    `heard` says that a change was told of too, which no other process was told of.
    """

    plan_id: str
    due: datetime | None
    full: bool
    heard: bool = field(default=False, compare=False)

    @property
    def slot(self) -> str | None:
        """The same in every process; a full read is another slot than a cycle of that instant."""
        if self.due is None:
            return None
        return f"{self.due.astimezone(UTC).isoformat()}{' full' if self.full else ''}"


@dataclass(frozen=True, slots=True)
class Heard:
    """Somebody says that something changed: a reason to look, once the plan has rested."""

    plan_id: str


@dataclass(frozen=True, slots=True)
class Stop:
    """Told by a signal: no further cycle begins."""


Message = Wake | Stop

REST_SECONDS: Final = 2.0
"""The least time from the end of a plan's cycle to one that was only heard of."""
BUSY_SECONDS: Final = 5.0
"""Between two looks whether another process has done with a plan that was heard of."""


class Mailbox:
    """
    What is due, in the order it fell due, at most one entry per plan.

    Posting is safe from any thread and from a signal handler. A plan that falls due again while
    another cycle runs is due once, and fully read if any of its wake-ups asked for it. A plan that
    was heard of, however often, is due once too, but not before it has rested.
    """

    def __init__(
        self, *, ticks: Callable[[], float] = monotonic, rest_seconds: float = REST_SECONDS
    ) -> None:
        self._posted: SimpleQueue[Message | Heard] = SimpleQueue()
        self._due: dict[str, Wake] = {}
        self._ticks = ticks
        self._rest_seconds = rest_seconds
        self._rests_until: dict[str, float] = {}
        self._held_until = float("-inf")
        self._heard: dict[str, None] = {}
        self._on_the_way: set[str] = set()
        self._hearing = Lock()

    def post(self, message: Message) -> None:
        self._posted.put(message)

    def hear(self, plan_id: str) -> None:
        """From any thread; what is already waiting to be taken is not posted again."""
        with self._hearing:
            if plan_id in self._on_the_way:
                return
            self._on_the_way.add(plan_id)
        self._posted.put(Heard(plan_id))

    def rest(self, plan_id: str) -> None:
        """A cycle of the plan has just ended."""
        self._rests_until[plan_id] = self._ticks() + self._rest_seconds

    def defer(self, wake: Wake) -> None:
        """
        Another process had the plan: its cycle may have read before the change that was heard of.

        So that is heard once more. What only the schedule asked for is done there.
        """
        self.rest(wake.plan_id)
        if wake.heard:
            self._rests_until[wake.plan_id] = self._ticks() + BUSY_SECONDS
            self.hear(wake.plan_id)

    def hold(self, seconds: float) -> None:
        """Nothing is due before then, but to stop."""
        self._held_until = self._ticks() + seconds

    def take(self, timeout: float | None = None) -> Message | None:
        """The next one; None when nothing came in time. A stop goes before everything."""
        ends = None if timeout is None else self._ticks() + timeout
        while True:
            pause = self._pause(ends)
            try:
                message = self._posted.get(block=pause != 0, timeout=pause or None)
            except Empty:
                found = self._next()
                if found is not None or (ends is not None and self._ticks() >= ends):
                    return found
                continue
            match message:
                case Stop():
                    return message
                case Heard(plan_id):
                    with self._hearing:
                        self._on_the_way.discard(plan_id)
                    self._heard[plan_id] = None
                case Wake():
                    self._fall_due(message)

    def _fall_due(self, wake: Wake) -> None:
        before = self._due.get(wake.plan_id)
        if before is not None:
            wake = replace(wake, due=wake.due or before.due, full=wake.full or before.full)
        self._due[wake.plan_id] = wake

    def _pause(self, ends: float | None) -> float | None:
        """How long nothing can become due of what has come so far; 0 when something is."""
        now = self._ticks()
        if self._due and self._held_until <= now:
            return 0
        moments = [self._rests_until.get(plan_id, now) for plan_id in self._heard]
        moments += [now] if self._due else []
        moments = [max(each, self._held_until) for each in moments]
        moments += [] if ends is None else [ends]
        return max(0.0, min(moments) - now) if moments else None

    def _next(self) -> Wake | None:
        """A cycle that begins now covers everything that was heard of its plan before."""
        now = self._ticks()
        if now < self._held_until:
            return None
        rested = (one for one in self._heard if self._rests_until.get(one, now) <= now)
        plan_id = next(iter(self._due), None) or next(rested, None)
        if plan_id is None:
            return None
        heard = plan_id in self._heard
        self._heard.pop(plan_id, None)
        found = self._due.pop(plan_id, None) or Wake(plan_id, None, full=False)
        return replace(found, heard=heard)


class _Handover(BaseExecutor):  # type: ignore[misc]  # APScheduler is not typed
    """Posts at once, in the scheduler's thread, with the instant the job was scheduled for."""

    def _do_submit_job(self, job: Any, run_times: Sequence[datetime]) -> None:
        job.func(*job.args, due=run_times[-1])
        self._run_job_success(job.id, [])


@dataclass(frozen=True, slots=True)
class Timing:
    """One reason to wake up for one plan."""

    name: str
    trigger: Any
    full: bool
    steady: bool = True  # comes again and again, so that its absence is a sign


def timings(plan: PlanSettings, now: datetime, every: float | None = None) -> tuple[Timing, ...]:
    """
    The plan's schedule in its city's zone, and around each gel still to come: a full read just
    before the day ends, so that the frozen status rests on it, and a cycle right after midnight.
    Right after the plan's last day there is one too.

    `every` seconds replaces the configured cycle, in rehearsal; aligned, so that processes agree.
    """
    zone, schedule = plan.city.zone(), plan.city.schedule
    steady = (
        IntervalTrigger(seconds=every, start_date=EPOCH, timezone=UTC)
        if every
        else WallTimes(schedule.cycle, zone)
    )
    found = [
        Timing("cycle", steady, full=False),
        Timing("full", WallTimes(schedule.full_read, zone), full=True),
    ]
    for checkpoint in plan.checkpoints():
        last = datetime.combine(checkpoint.freeze_on, BEFORE_THE_FREEZE, zone)
        after = datetime.combine(checkpoint.freeze_on + timedelta(days=1), AFTER_THE_FREEZE, zone)
        # A date that has passed would fire at once: the next cycle freezes after the fact anyway.
        if last > now:
            found.append(Timing(f"gel {checkpoint.id}", DateTrigger(last), full=True, steady=False))
        if after > now:
            found.append(
                Timing(f"figé {checkpoint.id}", DateTrigger(after), full=False, steady=False)
            )
    if plan.city.ends is not None:
        over = datetime.combine(plan.city.ends + timedelta(days=1), AFTER_THE_FREEZE, zone)
        if over > now:
            found.append(Timing("fin", DateTrigger(over), full=True, steady=False))
    return tuple(found)


def expected_by(found: Sequence[Timing], since: datetime) -> datetime:
    """When too many wake-ups have passed: an hour between two, or a night, is no reason."""
    coming = list(islice(_coming(found, since), LATE_AFTER))
    # a schedule that has ended expects nothing
    return coming[-1] if len(coming) == LATE_AFTER else datetime.max.replace(tzinfo=UTC)


def passed_over(found: Sequence[Timing], since: datetime, until: datetime) -> tuple[datetime, ...]:
    """The scheduled instants between the two, neither included; the first thousand of them."""
    between = takewhile(lambda instant: instant < until, _coming(found, since))
    return tuple(islice(between, MOST_COUNTED))


def _coming(found: Sequence[Timing], since: datetime) -> Iterator[datetime]:
    """Every later instant at which the schedule wakes, in UTC."""
    triggers = [timing.trigger for timing in found if timing.steady]
    after = since.astimezone(UTC)
    while True:
        moment = after + timedelta(microseconds=1)
        instants = [each.get_next_fire_time(None, moment) for each in triggers]
        if not any(instants):
            return
        after = min(each.astimezone(UTC) for each in instants if each)
        yield after


def scheduler(
    plans: Sequence[tuple[str, Sequence[Timing]]], post: Callable[[Wake], None]
) -> BackgroundScheduler:
    """Not started yet. Late wake-ups count, missed ones count once."""
    clock = BackgroundScheduler(
        timezone=UTC,
        executors={"default": _Handover()},
        job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
    )

    def wake(plan_id: str, full: bool, due: datetime | None = None) -> None:
        post(Wake(plan_id, due, full))

    for plan_id, found in plans:
        for timing in found:
            clock.add_job(
                wake,
                timing.trigger,
                args=(plan_id, timing.full),
                id=f"{plan_id} {timing.name}",
                name=timing.name,
            )
    return clock
