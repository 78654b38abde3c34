"""
An edit that falls between Jalon's reading and its writing: overwritten, found, told once.

The next cycle finds it in its events, which no later cycle is told again: whatever kills that cycle
must lose neither the row of the log nor the finding.
"""

import shutil
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from sync.core.marks import action_ref
from sync.errors import TargetUnavailable
from sync.model.finding import FindingState
from sync.model.record import LogRow
from sync.proposal import cost_of, propose
from tests.cycle.test_crashes import LEASE_GONE, count_points, run_until_killed
from tests.cycle.test_faults import converge
from tests.people.stage import renamed
from tests.road import Road

A1, A2 = action_ref("A1-01"), action_ref("A1-02")
SERVICE = "Jalon (compte de service)"
THEIRS, AGAIN = "Mot de la greffière", "Autre mot de la greffière"
WEEK = timedelta(days=7).total_seconds()


def raced(road: Road, ref: str, by: str | None = None, **edit: Any) -> None:
    """Run the cycle in which somebody edits a task right before our own write to it arrives."""
    act = {"verb": "edit_task", "task": road.gid(ref), **edit}
    road.control.interlude(
        by or road.someone(), [act], method="PUT", path=f"/tasks/{road.gid(ref)}"
    )
    road.wait(90)
    road.cycle()
    assert road.control.interludes()[-1]["fired_at"]


def overwrite(road: Road, theirs: str, ours: str, by: str | None = None) -> None:
    """The plan renames an action; a person does too."""
    road.plan = renamed(road.plan, "A1-01", ours)
    road.store.add_revision(road.plan, road.clock.now().date(), "essai")
    raced(road, A1, by, name=theirs)
    assert road.tasks()[road.gid(A1)]["name"] == ours, "Asana has no compare-and-set"


def declare_while_she_types(road: Road, **fields: str) -> None:
    """A declaration has Jalon rewrite « Suivi public »; somebody types into a field meanwhile."""
    road.edit(A2, **{"declare__mi-chemin": "En cours"})
    raced(road, A2, fields=fields)


def read_on(road: Road, *, full: bool = False) -> None:
    road.wait(90)
    road.cycle(full=full)


def rows(road: Road, ref: str = A1) -> list[LogRow]:
    return [row for row in road.store.log(subject=ref) if row.kind == "overwritten"]


def lost(road: Road, ref: str = A1) -> list[str | None]:
    return [row.asana for row in rows(road, ref)]


def state(road: Road, code: str = "field.overwritten") -> FindingState | None:
    for one in road.store.findings(closed=True):
        if one.finding.code == code:
            return one.state
    return None


def test_it_is_told_once_kept_a_week_and_told_again_when_it_happens_again(road: Road) -> None:
    road.begin()
    overwrite(road, THEIRS, "Bureau central")
    assert lost(road) == []
    read_on(road)
    assert lost(road) == [THEIRS]
    assert state(road) == "open"
    road.wait(WEEK - 3_600)
    road.cycle()
    assert state(road) == "open"
    road.wait(2 * 3_600)
    road.cycle()
    assert state(road) == "closed"

    overwrite(road, AGAIN, "Bureau des ententes")
    for _ in range(2):
        read_on(road)
        assert lost(road) == [THEIRS, AGAIN]
        assert state(road) == "reopened"


@pytest.mark.parametrize("step", [5, pytest.param(1, marks=pytest.mark.night)])
def test_the_cycle_that_finds_it_may_be_killed_anywhere(
    road: Road, tmp_path: Path, step: int
) -> None:
    road.begin()
    overwrite(road, THEIRS, "Bureau central")
    road.wait(90)
    kept = tmp_path / "kept"
    shutil.copytree(road.folder, kept, ignore=shutil.ignore_patterns("kept"), symlinks=True)
    road.control.save("overwritten")
    now = road.clock.now()
    at = count_points(road)
    assert at > 20
    for point in range(1, at + 1, step):
        shutil.rmtree(road.public)
        shutil.copytree(kept, road.folder, dirs_exist_ok=True, symlinks=True)
        road.control.restore("overwritten")
        road.go_to(now)
        road.reopen()
        run_until_killed(road, point)
        road.reopen()
        road.wait(LEASE_GONE)
        assert converge(road) <= 3
        told = (lost(road), state(road))
        assert told == ([THEIRS], "open"), f"killed at point {point} of {at}: {told}"


@pytest.mark.parametrize("full", [False, True], ids=["events", "full"])
@pytest.mark.parametrize(
    "switches",
    [
        {"event_user": "null"},
        {"story_details": False},
        {"field_event": "custom_field_values"},
        {"story_events": False},
        {},
    ],
    ids=str,
)
def test_it_is_found_however_much_asana_tells(
    road: Road, switches: dict[str, Any], full: bool
) -> None:
    road.begin()
    road.control.switch(**switches)
    overwrite(road, THEIRS, "Bureau central")
    declare_while_she_types(road, **{"Suivi public": AGAIN})
    read_on(road, full=full)
    assert [said and THEIRS in said for said in lost(road)] == [True]
    assert [said and AGAIN in said for said in lost(road, A2)] == [True]
    read_on(road, full=full)
    assert len(rows(road)) + len(rows(road, A2)) == 2


def test_it_is_found_though_the_token_is_hers(road: Road) -> None:
    """Both writes have one author: only what stood there before ours gives her edit away."""
    road.begin()
    overwrite(road, THEIRS, "Bureau central", by=SERVICE)
    read_on(road)
    assert lost(road) == [THEIRS]


def test_it_is_found_in_a_field_that_people_renamed(road: Road) -> None:
    road.begin()
    road.control.act("rename_field", road.someone(), field="Suivi public", name="Lu par tous")
    read_on(road, full=True)
    declare_while_she_types(road, **{"Lu par tous": THEIRS})
    read_on(road)
    assert lost(road, A2) == [THEIRS]


def test_a_field_that_she_emptied_is_told_too(road: Road) -> None:
    road.begin()
    read_on(road)
    declare_while_she_types(road, **{"Suivi public": None})  # type: ignore[arg-type]
    read_on(road)
    assert lost(road, A2) == [None]


def test_an_edit_of_a_field_of_her_own_is_no_loss_whatever_the_past_holds(road: Road) -> None:
    """Last month a text of ours was typed over, restored and logged; today she writes a note."""
    road.begin()
    read_on(road)
    road.edit(A2, suivi_public="Vieux brouillon")
    read_on(road)
    read_on(road)
    road.wait(30 * 86_400)
    road.cycle()
    declare_while_she_types(road, **{"Note publique": "Bonjour"})
    read_on(road)
    assert lost(road, A2) == []
    assert state(road) is None


def test_what_the_reading_saw_is_restored_and_not_told_as_overwritten(road: Road) -> None:
    road.begin()
    read_on(road)
    road.edit(A2, suivi_public=THEIRS)
    read_on(road)
    read_on(road)
    assert lost(road, A2) == []
    assert THEIRS in [row.asana for row in road.store.log(subject=A2) if row.rule == "restore"]


@pytest.mark.parametrize("why", ["private", "trashed", "bad_request", "forbidden", "missing"])
def test_a_history_that_asana_refuses_stops_nothing_and_hides_nothing(road: Road, why: str) -> None:
    road.begin()
    overwrite(road, THEIRS, "Bureau central")
    if why == "private":
        road.control.act("make_task_private", road.someone(), task=road.gid(A1))
    elif why == "trashed":
        road.control.trash_task(road.gid(A1), road.someone())
    else:
        road.control.add_fault(why, "GET", f"/tasks/{road.gid(A1)}/stories")
    for _ in range(2):
        read_on(road)
        assert [row.field for row in rows(road)] == ["history"]
        assert state(road, "task.history_unread") == "open"


def test_a_history_that_cannot_be_had_today_is_read_by_a_later_cycle(road: Road) -> None:
    road.begin()
    overwrite(road, THEIRS, "Bureau central")
    road.control.add_fault("unavailable", "GET", f"/tasks/{road.gid(A1)}/stories", times=3)
    with pytest.raises(TargetUnavailable):
        read_on(road)
    assert (road.control.faults()[0]["fired"], lost(road)) == (3, [])
    read_on(road)
    assert lost(road) == [THEIRS]


@pytest.mark.parametrize("kind", ["drop_after", "server_error_after"])
def test_it_is_found_though_the_answer_to_our_write_was_lost(road: Road, kind: str) -> None:
    """What was put there is not in the log then; what had been seen there is in the mirror."""
    road.begin()
    read_on(road)
    road.control.add_fault(kind, "PUT", f"/tasks/{road.gid(A1)}", times=3)
    overwrite(road, THEIRS, "Bureau central")
    assert road.control.faults()[0]["fired"] >= 1
    converge(road)
    assert lost(road) == [THEIRS]


def test_the_cost_of_looking_is_foretold(road: Road) -> None:
    road.begin()
    overwrite(road, THEIRS, "Bureau central")
    road.wait(90)
    with road.ports() as ports:
        foretold = cost_of(ports, road.steering, propose(ports, road.steering, road.plan))
    assert dict(road.cycle().requests) == dict(foretold.requests)
    assert foretold.requests["GET /tasks/{}/stories"] == 1
