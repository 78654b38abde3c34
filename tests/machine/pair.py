"""
Two workers on one plan, each in a thread, and one baton: only who holds it goes on.

It is passed at points only: the calls to the store, the waiting for a turn, the requests, the
steps on the public disk. Within a transaction of the store it is kept, because there the database
itself lets nobody else write.
"""

import threading
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

from sync.errors import SyncError
from tests.machine.near import BEGIN, COMMITTED, NearRoad
from tests.machine.town import (
    LATER,
    LEASE_GONE,
    WRITES,
    Country,
    Town,
    each_action,
    with_one_more,
)

FOR_EVER: Final = 1_000_000
"""More points than any cycle has."""
PATIENCE: Final = 60.0
"""Seconds after which a worker that never gets the baton back is a defect of ours."""


@dataclass(frozen=True)
class Schedule:
    """
    The first worker goes for so many points, the second for so many, then the first to its end.

    That is two switches; where `back` is None there is only one. With `paused` the first stands
    still past its lease at its switch.
    """

    first: int
    back: int | None = None
    paused: bool = False

    def __str__(self) -> str:
        return f"{self.first}:{self.back or 'end'}{':paused' if self.paused else ''}"

    @classmethod
    def read(cls, text: str) -> "Schedule":
        first, back, *paused = text.split(":")
        return cls(int(first), None if back == "end" else int(back), bool(paused))


class Baton:
    """`passed` counts the points of each worker."""

    def __init__(self, schedule: Schedule, town: Town) -> None:
        self._schedule = schedule
        self._town = town
        self._turns = threading.Condition()
        self._holder = 0
        self._ended: set[int] = set()
        self._depth = [0, 0]
        self._switches = 0
        self.passed = [0, 0]
        self.lost = False
        """Whether the second took the lease from the first while that stood still."""
        self.late: list[str] = []
        """What the first sent to Asana after that."""

    def wait_for(self, worker: int) -> None:
        with self._turns:
            got = self._turns.wait_for(lambda: self._holder == worker, PATIENCE)
            assert got, f"worker {worker} never got the baton: {self._schedule}"

    def point(self, worker: int, name: str) -> None:
        """One more point of this worker, at which it may have to stand still."""
        if worker == 0 and self.lost and name.startswith(WRITES):
            self.late.append(name.partition("?")[0])
        depth = self._depth[worker]
        self._depth[worker] += (name == BEGIN) - (name == COMMITTED)
        if depth and name != COMMITTED:
            return
        if depth > 1:
            return
        self.passed[worker] += 1
        limit = (self._schedule.first, self._schedule.back)[worker]
        if self._schedule.paused and worker == 0 and name.startswith(WRITES):
            return  # on its way: between the last look at the lease and the line
        if limit and self.passed[worker] >= limit and self._switches == worker:
            self._switches += 1
            before = self._town.holder()
            if worker == 0 and self._schedule.paused:
                self._town.road.wait(LEASE_GONE)
            self._pass(1 - worker)
            self.wait_for(worker)
            if worker == 0:
                self.lost = before is not None and self._town.holder() != before

    def end(self, worker: int) -> None:
        self._ended.add(worker)
        self._pass(1 - worker)

    def _pass(self, worker: int) -> None:
        with self._turns:
            if worker not in self._ended:
                self._holder = worker
                self._turns.notify_all()


def play(country: Country, schedule: Schedule) -> tuple[int, int]:
    """Let both run so, then hold what came of it to all invariants; the points that each passed."""
    with country.town("settled") as town:
        something_to_do(town)
        baton = Baton(schedule, town)
        ran: list[str] = ["", ""]
        went_wrong: list[BaseException] = []

        def work(worker: int, road: NearRoad) -> None:
            road.point = lambda name: baton.point(worker, name)
            try:
                baton.wait_for(worker)
                ran[worker] = one_cycle(road)
            except BaseException as error:  # noqa: BLE001 - raised again where pytest sees it
                went_wrong.append(error)
            finally:
                baton.end(worker)

        threads = [
            threading.Thread(target=work, args=each, name=f"worker-{each[0]}")
            for each in enumerate(town.roads)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(PATIENCE)
        for road in town.roads:
            road.point = lambda _name: None
            road.revive()
        town.after_step()
        for error in went_wrong:
            raise error
        if baton.lost:
            assert not baton.late, f"sent without the lease: {baton.late}"
            outcomes = {each.outcome for each in town.road.store.cycles(2)}
            done = ran[0] == "ok" and "abandoned" not in outcomes  # it had only to give it back
            assert done or ran[0] == "CycleBusy", f"went on without the lease: {ran}, {outcomes}"
        assert "ok" in ran or schedule.paused, f"neither came to its end: {ran}"
        town.calm(quiet=3)
        return baton.passed[0], baton.passed[1]


def one_cycle(road: NearRoad) -> str:
    try:
        return road.cycle().outcome
    except SyncError as error:
        return type(error).__name__


def something_to_do(town: Town) -> None:
    """A promise more and another title to write, a correction to make, a declaration to read."""
    town.road.wait(LATER)
    plan = with_one_more(town.plan, 1)
    plan = each_action(plan, lambda a: replace(a, title="Bureau central") if a.id == "A1-01" else a)
    town.road.store.add_revision(plan, town.road.clock.now().date(), "essai")
    for road in town.roads:
        road.plan = plan
    gid = town.links()["action:A2-01"]
    town.types(gid, **{"declare__mi-chemin": "En cours"})
    town.person("edit_task", task=gid, fields={"Suivi public": "Brouillon"})


def schedules(country: Country) -> Iterator[Schedule]:
    """
    All with one or two switches. How far the second comes when nobody disturbs it is how many
    places there are to take the baton from it again.
    """
    alone, _ = play(country, Schedule(FOR_EVER))
    for first in range(1, alone + 1):
        once = Schedule(first)
        _, there = play(country, once)
        yield once
        yield from (Schedule(first, back) for back in range(1, there))
