"""Events are hints, at most once: what they lose, a full read heals, and no crash loses more."""

import json
import random
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import requests

from sync.core.marks import indicator_ref
from sync.cycle import run_cycle
from sync.errors import TargetUnavailable
from sync.ports import Ports
from sync.proposal import Wishes
from sync.sandbox.process import RunningSandbox
from tests.bench.measure import benched
from tests.cycle.test_crashes import LEASE_GONE, Killed, Mortal
from tests.road import Road

DAY = 24 * 3600


@pytest.fixture
def aline(sandbox: RunningSandbox) -> str:
    """A person's token: only what comes over the wire meets a fault."""
    return str(sandbox.control.add_person("Aline Roy", "aline@ville.example")["token"])


@pytest.fixture
def town(sandbox: RunningSandbox, tmp_path: Path) -> Iterator[Road]:
    """Ten actions and 26 indicators in place, and a quiet cycle behind them."""
    with benched(10, tmp_path / "town", sandbox) as road:
        road.cycle()
        road.wait(120)
        road.cycle()
        yield road


def tick(road: Road, token: str, ref: str) -> None:
    answer = requests.put(
        f"{road.sandbox.url}/tasks/{road.gid(ref)}",
        json={"data": {"completed": True}},
        headers={"Authorization": f"Bearer {token}"},
        timeout=5,
    )
    assert answer.ok, answer.text


def done(road: Road) -> set[str]:
    """The indicators that the page tells as done."""
    page: dict[str, Any] = json.loads((road.public / "dernier.json").read_bytes())
    return {
        indicator_ref(one["id"])
        for axis in page["axes"]
        for volet in axis["volets"]
        for action in volet["actions"]
        for standing in action["jalons"].values()
        for one in standing["indicateurs"]
        if one["fait"]
    }


def everything_agrees(road: Road) -> bool:
    """What is remembered is what a reader without any memory sees."""
    mirror = road.store.mirror()
    read = road.propose(full=True).reading.observed
    return mirror is not None and replace(mirror, read_at=read.read_at) == read


@pytest.mark.parametrize("share", [0.1, 0.5, 1.0])
def test_events_that_were_lost_are_healed_by_the_scheduled_full_read(
    town: Road, aline: str, share: float
) -> None:
    """Until then the page tells what was heard, and nothing that is not so."""
    indicators = [indicator_ref(one.id) for *_, one in town.plan.indicators()]
    chance = random.Random(share)  # noqa: S311
    lost = {ref for ref in indicators if chance.random() < share}
    assert lost
    town.control.add_faults(
        [
            {"kind": "lose_events", "method": "PUT", "path": f"/tasks/{town.gid(ref)}"}
            for ref in sorted(lost)
        ]
    )
    number = town.store.last_snapshot()
    for ref in indicators:
        tick(town, aline, ref)
    assert all(fault["fired"] == 1 for fault in town.control.faults())
    town.wait(900)

    report = town.cycle()

    assert (report.outcome, report.full_read) == ("ok", False)
    assert set(indicators) - lost <= done(town)
    if share == 1.0:
        assert done(town) == set()
        assert town.store.last_snapshot() == number, "nothing was heard, nothing is new"
    codes = {f.finding.code.partition(".")[0] for f in town.store.findings()}
    assert codes <= {"status"}, "no task is missing, nothing is held"

    town.wait(DAY)
    report = town.cycle()

    assert (report.outcome, report.full_read) == ("ok", True)
    assert done(town) == set(indicators)
    town.wait(120)
    town.cycle()
    assert everything_agrees(town)
    town.control.forget_requests()
    town.cycle()
    assert town.writes() == 0


def test_what_comes_late_is_heard_when_it_comes(town: Road, aline: str) -> None:
    """Most within ten minutes: until then the cycle is quiet, and no token skips them."""
    town.control.switch(events_delay=600.0)
    ref = indicator_ref(next(one.id for *_, one in town.plan.indicators()))
    tick(town, aline, ref)
    town.wait(300)
    town.cycle()
    assert done(town) == set()

    town.wait(400)
    assert not town.cycle().full_read
    assert done(town) == {ref}


def kill_at(road: Road, name: str) -> None:
    """One cycle that dies, and stays dead, at that call of the store while a reading is kept."""
    keeping = dead = False

    def point(called: str) -> None:
        nonlocal keeping, dead
        keeping = keeping or called == "remember"
        dead = dead or (keeping and called == name)
        if dead:
            raise Killed

    with road.ports() as real:
        ports: Ports = replace(real, store=Mortal(real.store, point))
        with pytest.raises(Killed):
            run_cycle(ports, road.steering, road.plan, Wishes())
    road.reopen()


@pytest.mark.parametrize("name", ["remember", "agree", "append_log", "commit"])
@pytest.mark.parametrize("lapsed", [False, True], ids=["events", "412"])
def test_a_crash_between_a_reading_and_its_commit_loses_nothing(
    town: Road, aline: str, name: str, lapsed: bool
) -> None:
    """The token is committed with the reads that it caused, after a 412 too."""
    ref = indicator_ref(next(one.id for *_, one in town.plan.indicators()))
    tick(town, aline, ref)
    if lapsed:
        town.control.expire_sync()
    cursors, mirror = town.store.cursors(), town.store.mirror()
    town.wait(60)

    kill_at(town, name)

    assert town.store.cursors() == cursors
    assert town.store.mirror() == mirror
    town.wait(LEASE_GONE)
    assert town.cycle().full_read == lapsed
    assert done(town) == {ref}
    town.wait(120)
    town.cycle()
    assert everything_agrees(town)


def test_a_full_read_that_fails_after_a_412_is_made_by_the_next_cycle(
    town: Road, aline: str
) -> None:
    """The fresh token is worth nothing without the reading that must follow it."""
    ref = indicator_ref(next(one.id for *_, one in town.plan.indicators()))
    tick(town, aline, ref)
    town.control.expire_sync()
    cursors = town.store.cursors()
    town.control.add_fault("unavailable", "GET", "/projects/*/tasks", times=0)
    with pytest.raises(TargetUnavailable):
        town.cycle()
    assert town.store.cursors() == cursors

    town.control.clear_faults()
    town.wait(900)
    assert town.cycle().full_read
    assert done(town) == {ref}
