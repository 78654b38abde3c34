"""
Several processes on one token, against a sandbox that limits as Asana does.

A budget made from a folder knows nothing of the others in its process, so that two of them stand
for two processes; that real processes count as one is tested with the budget itself.
"""

import heapq
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

from sync.adapters.asana import Budget, Limits, Session, reads
from sync.adapters.asana.writes import Writer
from sync.errors import SyncError
from sync.model.operation import UpdateTask
from sync.sandbox.limits import Limits as Asanas
from sync.sandbox.switches import Switches
from tests.adapters.asana.asana_desk import PERSON, Desk

START = 1_772_000_000.0


class Together:
    """A clock that goes on only when all its workers sleep, and takes the sandbox's along."""

    def __init__(self, workers: int, went_on: Callable[[float], None]) -> None:
        self._now = START
        self._awake = workers
        self._asleep: list[float] = []
        self._changed = threading.Condition()
        self._went_on = went_on

    def ticks(self) -> float:
        return self._now

    def sleep(self, seconds: float) -> None:
        with self._changed:
            wake = self._now + seconds
            heapq.heappush(self._asleep, wake)
            self.leave()
            self._changed.wait_for(lambda: self._now >= wake)

    def leave(self) -> None:
        """One less is awake, for a while or for good."""
        with self._changed:
            self._awake -= 1
            while self._awake == 0 and self._asleep:
                soonest = self._asleep[0]
                self._went_on(soonest - self._now)
                self._now = soonest
                while self._asleep and self._asleep[0] <= self._now:
                    heapq.heappop(self._asleep)
                    self._awake += 1
                self._changed.notify_all()


def refused(desk: Desk) -> int:
    return sum(status == 429 for status in desk.statuses())


@contextmanager
def working(workers: list[Callable[[], None]]) -> Iterator[None]:
    threads = [threading.Thread(target=worker) for worker in workers]
    for thread in threads:
        thread.start()
    yield
    for thread in threads:
        thread.join()


@pytest.mark.parametrize("shared", [True, False], ids=["sharing a folder", "each for itself"])
def test_two_processes_use_one_quota_and_are_never_refused(
    desk: Desk, tmp_path: Path, shared: bool
) -> None:
    """
    Five minutes at sixty a minute: no refusal, and at least 85 % of what Asana grants.

    Each for itself they take it twice, are refused, and the test shows that it would see it.
    """
    quota, minutes = 60, 5
    desk.sandbox.control.freeze()
    desk.sandbox.control.switch(requests_per_minute=quota, limits_clock="sandbox")
    clock = Together(4, desk.sandbox.control.advance)
    sessions = [
        Session(
            desk.token,
            url=desk.url,
            budget=Budget(
                quota, folder=tmp_path if shared else tmp_path / str(n), ticks=clock.ticks
            ),
            sleep=clock.sleep,
        )
        for n in range(2)
    ]

    def work(session: Session) -> None:
        try:
            while clock.ticks() < START + minutes * 60:
                with suppress(SyncError):
                    reads.me(session)
        finally:
            clock.leave()

    with working([lambda s=session: work(s) for session in sessions * 2]):  # type: ignore[misc]
        pass
    for session in sessions:
        session.close()
    answered = len(desk.statuses()) - refused(desk)
    if shared:
        assert refused(desk) == 0
        assert answered >= 0.85 * quota * minutes
    else:
        assert refused(desk) > 0


@pytest.mark.parametrize("shared", [True, False], ids=["sharing a folder", "each for itself"])
def test_processes_on_one_token_have_no_more_than_fifteen_writings_in_flight(
    desk: Desk, tmp_path: Path, shared: bool
) -> None:
    """Five each is nothing to four processes; twenty would be refused."""
    desk.sandbox.control.switch(concurrent_writes=15)
    desk.person("POST", "/tasks", {"workspace": desk.sandbox.workspace, "name": "x"})
    (gid,) = desk.sandbox.control.dump()["tasks"]
    desk.sandbox.control.set_latency(0.3)
    sessions = [
        Session(
            desk.token,
            url=desk.url,
            limits=Limits(writes_in_flight=5),
            budget=Budget(folder=tmp_path if shared else None),
            sleep=lambda seconds: time.sleep(min(seconds, 0.05)),
        )
        for _ in range(4)
    ]
    links = {"action:a": gid}

    def write(session: Session) -> None:
        operation = UpdateTask(ref="action:a", builtins={"name": "y"})
        with suppress(SyncError):
            Writer(session, lambda: "9", None).send(operation, links)

    with working([lambda s=session: write(s) for session in sessions * 5]):  # type: ignore[misc]
        pass
    for session in sessions:
        session.close()
    assert (refused(desk) == 0) is shared
    assert (desk.most_in_flight() <= 15) is shared


@pytest.mark.parametrize("shape", ["window", "bucket"])
@pytest.mark.parametrize("per_minute", [150, 1_500])
def test_a_request_that_is_late_on_its_way_still_finds_room(per_minute: int, shape: str) -> None:
    """
    Granted now, it may reach Asana up to two seconds later, and in another order.

    On a clock of the test's own, both as Asana may count: the last sixty seconds, or a bucket
    that fills without a pause.
    """
    now = START
    budget = Budget(per_minute, ticks=lambda: now)
    arrivals: list[float] = []
    minutes = 10
    while now < START + minutes * 60:
        wait = budget.ask()
        if wait > 0:
            now += wait
        else:
            arrivals.append(now + 1.95 * ((len(arrivals) * 7_919) % 101) / 100)
            now += 0.004
    at = START
    asana = Asanas(lambda: at)
    switches = Switches(requests_per_minute=per_minute, rate_shape=shape)
    answers: list[Any] = []
    for moment in sorted(arrivals):
        at = moment
        answers.append(asana.enter(switches, PERSON, read=True))
        asana.leave(PERSON, read=True)

    assert not any(answers)
    assert len(arrivals) >= 0.85 * per_minute * minutes
