"""
The loop of the service: take what is due, run its cycle, tell how it went, go on.

A failed cycle never ends the worker: the next one starts again from what the store remembers.
Everything runs in the main thread, which alone hears signals. On SIGTERM or SIGINT the running
cycle may finish within a few seconds; then it is broken off, as a crash would, but with its lease
given back, and the next cycle completes what it left.
"""

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from time import monotonic
from types import FrameType
from typing import Final

import structlog
from apscheduler.schedulers.background import BackgroundScheduler

from sync import __version__, logs
from sync.adapters.webhooks import Doors, Receiver
from sync.core.guard import guard_clock
from sync.cycle import run_cycle
from sync.errors import CycleBusy, NotYet, SyncError
from sync.ports import Clock, Store
from sync.proposal import CREATE_SETTLES_AFTER, Wishes
from sync.settings import PlanSettings, Settings
from sync.wiring import connected, followed_projects, known_plans, open_plan, subscribing
from sync.worker.health import Health, PlanHealth, write_health
from sync.worker.jumps import Jumps
from sync.worker.wakeups import (
    Mailbox,
    Stop,
    Timing,
    Wake,
    expected_by,
    passed_over,
    scheduler,
    timings,
)
from sync.worker.webhooks import Followed, Webhooks

GRACE_SECONDS: Final = 8.0
"""What a cycle may still take after SIGTERM; a container is killed ten seconds after it."""
LAST_SECONDS: Final = 1.5
"""What breaking off may take, in-flight requests included, before the process just ends."""
ELSEWHERE: Final = "elsewhere"
"""How a wake-up ends that another process had already begun to answer."""
LOOK_SECONDS: Final = 20.0
"""How long a clock that was set goes unseen while nothing is due."""

_log = structlog.get_logger(__name__)


class CycleBrokenOff(BaseException):
    """Raised in the middle of a cycle when its grace has run out."""


@dataclass(frozen=True, slots=True)
class _Trouble:
    """Since when a plan's cycles fail, and with what."""

    kind: str
    since: datetime


@dataclass(slots=True)
class _Plan:
    """What the worker itself remembers of a plan; everything that matters is in the store."""

    settings: PlanSettings
    timings: tuple[Timing, ...]
    trouble: _Trouble | None = None
    waiting: bool = False


@dataclass(slots=True)
class Worker:
    """`every` seconds replaces the configured schedule, in rehearsal."""

    settings: Settings
    clock: Clock
    holder: str
    health_file: Path
    grace: float = GRACE_SECONDS
    every: float | None = None
    ticks: Callable[[], float] = monotonic
    _mailbox: Mailbox = field(default_factory=Mailbox)
    _waking: BackgroundScheduler | None = None
    _webhooks: Webhooks | None = None
    _plans: dict[str, _Plan] = field(default_factory=dict)
    _in_cycle: bool = False
    _stopping: bool = False
    _breaking_off: bool = False

    def run(self) -> None:
        """Until a signal. A cycle of each plan comes first, whatever the schedule says."""
        now = self.clock.now()
        guard_clock(now)
        jumps = Jumps(self.clock, self.ticks)
        for one, plan in known_plans(self.settings):
            one.rules(plan)  # a configuration that cannot work stops the start, not a cycle
            one.asana.needed_token()
            self._plans[plan.id] = _Plan(one, timings(one, now, self.every))
        with self._listening(), self._signals():
            health = Health(os.getpid(), now, plans=self._first_health(now))
            write_health(self.health_file, health)
            for plan_id in self._plans:
                self._mailbox.post(Wake(plan_id, None, full=False))
            self._follow_schedule()
            _log.info("worker.started", version=__version__, plans=list(self._plans))
            with suppress(CycleBrokenOff):
                self._serve(health, jumps)
            self._leave_schedule()
        last = replace(health, stopped=True, plans=self._first_health(self.clock.now()))
        write_health(self.health_file, last)
        _log.info("worker.stopped")

    def _first_health(self, now: datetime) -> dict[str, PlanHealth]:
        return {id_: PlanHealth(expected_by(p.timings, now)) for id_, p in self._plans.items()}

    def _follow_schedule(self) -> None:
        timed = [(id_, plan.timings) for id_, plan in self._plans.items()]
        self._waking = scheduler(timed, self._mailbox.post)
        self._waking.start()
        logs.adopt_libraries()

    def _leave_schedule(self) -> None:
        if self._waking is not None:
            self._waking.shutdown(wait=False)
            self._waking = None

    def _serve(self, health: Health, jumps: Jumps) -> None:
        while not self._stopping:
            message = self._mailbox.take(LOOK_SECONDS)
            if isinstance(message, Stop) or self._stopping:
                return
            if jumped := jumps.since_last_look():
                if message is not None:
                    self._mailbox.post(message)
                health = self._begin_anew(health, jumped)
                self._tell(health)
                continue
            if message is None:
                continue
            with logs.during(plan=message.plan_id):
                outcome = self._answer(message)
            if outcome == ELSEWHERE:
                self._mailbox.defer(message)
            else:
                self._mailbox.rest(message.plan_id)
            now = self.clock.now()
            told = self._webhooks.state_of(message.plan_id) if self._webhooks else None
            by = expected_by(self._plans[message.plan_id].timings, now)
            plans = {**health.plans, message.plan_id: PlanHealth(by, now, outcome, told)}
            health = replace(health, plans=plans)
            self._tell(health)

    def _begin_anew(self, health: Health, jumped: timedelta) -> Health:
        """
        The clock was set: the schedule from now on, a cycle of each plan, and a new health.

        What waits for an instant of the clock that was (the wake-ups of a year that has not come,
        the read before a gel) would wait in vain. A minute goes by first, by the stopwatch: a
        creation without an answer is given up when it is a minute old, and must be.
        """
        now = self.clock.now()
        _log.warning("clock.jumped", seconds=round(jumped.total_seconds()), now=now.isoformat())
        self._leave_schedule()
        for plan in self._plans.values():
            plan.timings = timings(plan.settings, now, self.every)
        self._mailbox.hold(CREATE_SETTLES_AFTER.total_seconds())
        for plan_id in self._plans:
            self._mailbox.post(Wake(plan_id, None, full=False))
        self._follow_schedule()
        plans = {
            id_: replace(known, expected_by=expected_by(self._plans[id_].timings, now))
            for id_, known in health.plans.items()
        }
        return replace(health, plans=plans)

    def _tell(self, health: Health) -> None:
        try:
            write_health(self.health_file, health)
        except OSError as error:
            _log.error("health.unwritten", reason=error.strerror, file=str(self.health_file))

    def _answer(self, wake: Wake) -> str:
        """One wake-up, and in a word how it ended."""
        plan = self._plans[wake.plan_id]
        try:
            outcome = self._cycle(wake, plan)
        except CycleBusy:
            _log.info("cycle.busy")
            return ELSEWHERE
        except NotYet as error:
            self._wait(plan, error)
            return "waiting"
        except SyncError as error:
            self._in_trouble(plan, error)
            return "failed"
        except Exception as error:  # noqa: BLE001 - said below, and never silent
            # The service outlives what nobody foresaw: the whole story goes to the log.
            _log.exception("cycle.crashed")
            self._in_trouble(plan, error)
            return "failed"
        if outcome is None:
            _log.info("slot.taken", slot=wake.slot)
            return ELSEWHERE
        plan.waiting = False
        if plan.trouble is not None:
            lasted = (self.clock.now() - plan.trouble.since).total_seconds()
            _log.info("outage.ended", kind=plan.trouble.kind, seconds=round(lasted))
            plan.trouble = None
        return outcome

    def _cycle(self, wake: Wake, plan: _Plan) -> str | None:
        with open_plan(self.settings, plan.settings) as opened, self._interruptible():
            with connected(opened, self.clock, self.holder) as ports:
                missed = self._missed(wake, plan, ports.store)
                wishes = Wishes(full=wake.full, slot=wake.slot, missed=missed)
                report = run_cycle(ports, opened.rules, opened.plan_file, wishes)
            if report and self._webhooks:
                followed = Followed(
                    lambda: followed_projects(opened), lambda: subscribing(opened, self.clock)
                )
                self._webhooks.tend(wake.plan_id, followed, full=report.full_read)
        return report.outcome if report else None

    def _missed(self, wake: Wake, plan: _Plan, store: Store) -> int:
        """How many slots went by since the last cycle began, in whatever process: said once."""
        last = next(iter(store.cycles(1)), None)
        if last is None:
            return 0
        missed = passed_over(plan.timings, last.started_at, wake.due or self.clock.now())
        if missed:
            told = {"since": missed[0].isoformat(), "until": missed[-1].isoformat()}
            _log.warning("slots.missed", count=len(missed), **told)
        return len(missed)

    def _in_trouble(self, plan: _Plan, error: Exception) -> None:
        """Told when it begins and when its kind changes, not at each tick."""
        plan.waiting = False
        kind = type(error).__name__
        if plan.trouble is not None and plan.trouble.kind == kind:
            return
        since = plan.trouble.since if plan.trouble else self.clock.now()
        plan.trouble = _Trouble(kind, since)
        reason = error.in_("fr") if isinstance(error, SyncError) else kind
        _log.error("outage.started", kind=kind, reason=reason)

    def _wait(self, plan: _Plan, error: NotYet) -> None:
        """Told once a pause: no cycle was tried, so none has failed."""
        if not plan.waiting:
            plan.waiting = True
            _log.info("cycle.postponed", until=error.until.isoformat())

    @contextmanager
    def _listening(self) -> Iterator[None]:
        """For webhooks, when the settings say where; an address that is taken stops the start."""
        access = self.settings.webhook
        if access is None:
            yield
            return
        doors = Doors(heard=self._mailbox.hear, now=self.clock.now)
        self._webhooks = Webhooks(
            access.url,
            doors,
            state=self.health_file.parent,
            clock=self.clock,
            post=self._mailbox.post,
        )
        self._webhooks.recall(self._plans)
        with Receiver(access.host, access.port, doors):
            yield

    # stopping

    @contextmanager
    def _interruptible(self) -> Iterator[None]:
        """Only inside a cycle does the end of the grace break anything off."""
        self._in_cycle = True
        try:
            if self._stopping:
                raise CycleBrokenOff
            yield
        finally:
            self._in_cycle = False
            if not self._breaking_off:
                signal.setitimer(signal.ITIMER_REAL, 0)

    @contextmanager
    def _signals(self) -> Iterator[None]:
        wanted = {
            signal.SIGTERM: self._on_stop,
            signal.SIGINT: self._on_stop,
            signal.SIGALRM: self._on_alarm,
        }
        before = {number: signal.signal(number, handler) for number, handler in wanted.items()}
        try:
            yield
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
            for number, handler in before.items():
                signal.signal(number, handler)

    def _on_stop(self, _number: int, _frame: FrameType | None) -> None:
        if self._stopping:
            return
        self._stopping = True
        self._mailbox.post(Stop())
        if self._in_cycle:
            signal.setitimer(signal.ITIMER_REAL, self.grace)

    def _on_alarm(self, _number: int, _frame: FrameType | None) -> None:
        if self._breaking_off:
            # A request still hangs. The lease runs out by itself and the next cycle takes over.
            os._exit(0)
        if self._in_cycle:
            self._breaking_off = True
            signal.setitimer(signal.ITIMER_REAL, LAST_SECONDS)
            raise CycleBrokenOff
