"""
A cycle killed at any point is completed by later ones: one of everything, no edit lost.

Every call of the cycle to its store and every callback of the target is a numbered point. After
the kill nothing of the dying cycle reaches the store any more, as if the process were gone, while
all five requests on their way to Asana still arrive: the worst case. These run in `make night`;
always run those of `tests/crash`, whose processes are really killed, with one request on its way.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from typing import Any

import pytest

from sync.cycle import run_cycle
from sync.ports import Ports
from sync.proposal import Wishes
from tests.cycle.test_faults import assert_one_of_everything, converge
from tests.road import Road

LEASE_GONE = 400


class Killed(BaseException):
    """Not an Exception: nothing in the cycle may catch it and go on."""


class Mortal:
    """A port that dies at the n-th call, and stays dead."""

    def __init__(self, port: Any, point: Callable[[str], None]) -> None:
        self._port = port
        self._point = point

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._port, name)
        if not callable(found):
            return found
        if name == "transaction":
            return partial(self._transaction, found)

        def called(*args: Any, **kwargs: Any) -> Any:
            self._point(name)
            return found(*args, **kwargs)

        return called

    @contextmanager
    def _transaction(self, found: Callable[[], Any]) -> Iterator[None]:
        self._point("begin")
        with found():
            yield
            self._point("commit")


def run_until_killed(road: Road, at: int) -> int:
    """Run one cycle that dies at point `at`; returns how many points it passed."""
    passed = 0

    def point(_name: str) -> None:
        nonlocal passed
        passed += 1
        if passed >= at:
            raise Killed

    with road.ports() as real:
        ports: Ports = replace(real, store=Mortal(real.store, point))
        try:
            run_cycle(ports, road.steering, road.plan, Wishes())
        except Killed:
            return passed
    raise AssertionError(f"the cycle ended before point {at}")


def count_points(road: Road) -> int:
    passed = 0

    def point(_name: str) -> None:
        nonlocal passed
        passed += 1

    with road.ports() as real:
        ports: Ports = replace(real, store=Mortal(real.store, point))
        run_cycle(ports, road.steering, road.plan, Wishes())
    return passed


def survive(road: Road, at: int) -> None:
    run_until_killed(road, at)
    road.reopen()
    road.wait(LEASE_GONE)
    assert converge(road) <= 3
    assert_one_of_everything(road)
    outcomes = {c.outcome for c in road.store.cycles()}
    assert None not in outcomes, "an abandoned cycle is closed at the next start"
    assert not road.store.unsettled(), "unknown outcomes are closed"
    road.control.forget_requests()
    road.cycle()
    assert road.writes() == 0


POINTS = 403
"""How many points the first cycle of the small plan has; a new point shows in review."""


def test_the_number_of_points_is_known(road: Road) -> None:
    assert count_points(road) == POINTS


@pytest.mark.night
@pytest.mark.parametrize("at", range(1, POINTS + 1))
def test_a_cycle_killed_at_every_point_is_completed(road: Road, at: int) -> None:
    survive(road, at)


@pytest.mark.night
@pytest.mark.parametrize("at", [12, 16, 20, 26])
def test_a_manager_s_edit_survives_a_killed_cycle(road: Road, at: int) -> None:
    road.begin()
    road.wait(90)
    ref = "action:A1-02"
    road.control.edit_task(
        road.gid(ref), "Greffière", fields={road.field_name("declare/mi-chemin"): "En cours"}
    )
    run_until_killed(road, at)
    road.reopen()
    road.wait(LEASE_GONE)
    converge(road)
    task = road.tasks()[road.gid(ref)]
    assert task["fields"][road.field_name("declare/mi-chemin")] == "En cours"
    pulled = [r for r in road.store.log(subject=ref) if r.kind == "pull"]
    assert [(r.field, r.to) for r in pulled] == [("declare/mi-chemin", "en_cours")]
    assert '"declare":"en_cours"' in (road.public / "dernier.json").read_text(encoding="utf-8")
