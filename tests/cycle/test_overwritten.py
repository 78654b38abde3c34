"""
An edit that falls between Jalon's reading and its writing: overwritten, found, told once.

The next cycle finds it in its events, which no later cycle is told again: whatever kills that cycle
must lose neither the row of the log nor the finding.
"""

import shutil
from datetime import timedelta

import pytest

from sync.core.marks import action_ref
from sync.model.finding import FindingState
from tests.cycle.test_crashes import LEASE_GONE, count_points, run_until_killed
from tests.cycle.test_faults import converge
from tests.people.stage import renamed
from tests.road import Road

A1 = action_ref("A1-01")
THEIRS, AGAIN = "Mot de la greffière", "Autre mot de la greffière"
WEEK = timedelta(days=7).total_seconds()


def overwrite(road: Road, theirs: str, ours: str) -> None:
    """The plan renames an action; a person does too, right before our request arrives."""
    road.plan = renamed(road.plan, "A1-01", ours)
    road.store.add_revision(road.plan, road.clock.now().date(), "essai")
    edit = {"verb": "edit_task", "task": road.gid(A1), "name": theirs}
    road.control.interlude(road.someone(), [edit], method="PUT", path=f"/tasks/{road.gid(A1)}")
    road.wait(90)
    road.cycle()
    assert road.tasks()[road.gid(A1)]["name"] == ours, "Asana has no compare-and-set"
    assert road.control.interludes()[-1]["fired_at"]


def rows(road: Road) -> list[str]:
    return [row.asana or "" for row in road.store.log(subject=A1) if row.kind == "overwritten"]


def state(road: Road) -> FindingState | None:
    for one in road.store.findings(closed=True):
        if one.finding.code == "field.overwritten":
            return one.state
    return None


def test_it_is_told_once_kept_a_week_and_told_again_when_it_happens_again(road: Road) -> None:
    road.cycle()
    overwrite(road, THEIRS, "Bureau central")
    assert rows(road) == []
    road.wait(90)
    road.cycle()
    assert [THEIRS in said for said in rows(road)] == [True]
    assert state(road) == "open"
    road.wait(WEEK - 3_600)
    road.cycle()
    assert state(road) == "open"
    road.wait(2 * 3_600)
    road.cycle()
    assert state(road) == "closed"
    assert len(rows(road)) == 1

    overwrite(road, AGAIN, "Bureau des ententes")
    for _ in range(2):
        road.wait(90)
        road.cycle()
        assert [AGAIN in said for said in rows(road)] == [False, True]
        assert state(road) == "reopened"


@pytest.mark.parametrize("step", [5, pytest.param(1, marks=pytest.mark.night)])
def test_the_cycle_that_finds_it_may_be_killed_anywhere(road: Road, step: int) -> None:
    road.cycle()
    overwrite(road, THEIRS, "Bureau central")
    road.wait(90)
    kept = road.folder.parent / "kept"
    shutil.copytree(road.folder, kept)
    road.control.save("overwritten")
    now = road.clock.now()
    at = count_points(road)
    assert at > 20
    for point in range(1, at + 1, step):
        shutil.copytree(kept, road.folder, dirs_exist_ok=True, symlinks=True)
        road.control.restore("overwritten")
        road.go_to(now)
        road.reopen()
        run_until_killed(road, point)
        road.reopen()
        road.wait(LEASE_GONE)
        assert converge(road) <= 3
        told = (len(rows(road)), state(road))
        assert told == (1, "open"), f"killed at point {point} of {at}: rows, finding {told}"
