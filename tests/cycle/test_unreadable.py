"""What Asana does not show: a private task, one odd answer, an indicator hung elsewhere."""

import json
from typing import Any

import pytest

from sync.core.marks import action_ref, indicator_ref
from tests.road import Road

A3 = action_ref("A1-03")
INDICATOR = indicator_ref("A1-02-mi-chemin-1")
SETTLED = 90  # a create is no longer fresh: reads show it


def action(road: Road, id_: str) -> dict[str, Any]:
    page = json.loads((road.public / "dernier.json").read_bytes())
    (found,) = [
        one
        for axis in page["axes"]
        for volet in axis["volets"]
        for one in volet["actions"]
        if one["id"] == id_
    ]
    return dict(found)


def open_codes(road: Road) -> dict[str, str]:
    return {one.finding.subject: one.finding.code for one in road.store.findings()}


def test_a_task_made_private_ends_no_cycle_of_any_kind(road: Road) -> None:
    """It is told as moved, with what was last known of it, and everything else goes on."""
    road.begin()
    road.wait(SETTLED)
    gid = road.gid(A3)
    road.control.remove_task(gid, road.someone(), road.gid("project:actions"))
    road.control.add_fault("status", "GET", f"/tasks/{gid}", times=0, status=403)

    for full in (False, True, False, True):
        report = road.cycle(full=full)
        road.wait(SETTLED)

        assert report.outcome == "ok"
        assert "task.moved" in open_codes(road).values()
        assert action(road, "A1-03")["donnees_du"]


@pytest.mark.parametrize("status", [403, 404])
def test_one_odd_answer_is_no_loss(road: Road, status: int) -> None:
    """What the manager declared is read in the same cycle, and the page says nothing of a loss."""
    road.begin()
    road.wait(SETTLED)
    road.cycle()
    before = open_codes(road)
    road.control.edit_task(
        road.gid(A3), road.someone(), fields={road.field_name("declare/mi-chemin"): "En cours"}
    )
    road.control.add_fault("status", "GET", f"/tasks/{road.gid(A3)}", status=status)

    report = road.cycle()

    assert road.control.faults()[0]["fired"] == 1
    assert report.full_read
    assert open_codes(road) == before
    assert action(road, "A1-03")["donnees_du"] is None
    assert action(road, "A1-03")["jalons"]["mi-chemin"]["declare"] == "en_cours"


def test_an_indicator_hung_elsewhere_is_read_by_events(road: Road) -> None:
    """A person who made it a task of its own still ticks it there."""
    road.begin()
    road.wait(SETTLED)
    road.control.act("convert_to_task", road.someone(), task=road.gid(INDICATOR))
    road.cycle()
    assert "task.rehung" in open_codes(road).values()
    assert road.cycle().full_read, "the companion's stream is followed from here on"
    road.control.edit_task(
        road.gid(INDICATOR),
        road.someone(),
        completed=True,
        fields={road.field_name("fait_le"): "2026-01-30"},
    )

    report = road.cycle()

    assert not report.full_read
    (indicator,) = action(road, "A1-02")["jalons"]["mi-chemin"]["indicateurs"]
    assert indicator["fait_le"] == "2026-01-30"
