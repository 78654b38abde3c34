"""
An indicator hangs under its action and lives in the companion project: how it gets both homes.

Whether Asana takes both in one call is documented nowhere. The first one proves the form, the form
is remembered, and a platform that changes its mind is followed.
"""

from dataclasses import replace
from typing import Any

import pytest

from sync.cycle import run_cycle
from sync.ports import Ports
from sync.proposal import Wishes
from tests.cycle.test_crashes import LEASE_GONE, Killed, Mortal
from tests.cycle.test_faults import assert_one_of_everything, converge, with_one_more_action
from tests.road import Road


def children(road: Road) -> list[dict[str, Any]]:
    ours = {f"{road.plan.id}/{one.id}" for _, _, one in road.plan.indicators()}
    return [t for t in road.tasks().values() if t["fields"].get(road.id_field) in ours]


def assert_two_homes(road: Road) -> None:
    assert len(children(road)) == sum(1 for _ in road.plan.indicators())
    companion = road.gid("project:indicators")
    for child in children(road):
        assert child["parent"], child["name"]
        assert [home["project"] for home in child["memberships"]] == [companion]


def asked(road: Road) -> list[dict[str, Any]]:
    return list(road.control.requests()["requests"])


def more_of_the_plan(road: Road) -> None:
    road.plan = with_one_more_action(road.plan)
    road.store.add_revision(road.plan, road.clock.now().date(), "une action de plus")
    road.wait(90)
    road.control.forget_requests()


def test_the_first_indicator_is_read_back_before_the_others_are_made(road: Road) -> None:
    road.in_flight = 1
    road.cycle()
    calls = [(one["method"], one["path"], one["created"]) for one in asked(road)]
    tasks = road.tasks()
    indicators = [
        n for n, call in enumerate(calls) if call[2] in tasks and tasks[call[2]]["parent"]
    ]
    read_back = [n for n in indicators if calls[n + 1][:2] == ("GET", f"/tasks/{calls[n][2]}")]
    assert read_back == indicators[:1]
    assert road.store.facts()["indicator_form"] == "one_call"
    assert_two_homes(road)


@pytest.mark.parametrize("switch", ["refuse_two_homes", "drop_home"])
def test_the_form_that_was_learned_is_used_by_the_next_cycle(road: Road, switch: str) -> None:
    road.control.switch(**{switch: True})
    road.cycle()
    assert road.store.facts()["indicator_form"] == "two_steps"
    more_of_the_plan(road)
    assert road.cycle().outcome == "ok"
    told = [(one["method"], one["path"].split("/")[-1], one["status"]) for one in asked(road)]
    assert ("POST", "tasks", 400) not in told, "the refused form is not tried again"
    assert [status for _, name, status in told if name == "setParent"] == [200]
    assert [name for _, name, _ in told].count("addProject") == 0
    assert_two_homes(road)
    assert_one_of_everything(road)


@pytest.mark.parametrize("switch", ["refuse_two_homes", "drop_home"])
def test_a_platform_that_changes_its_mind_is_followed(road: Road, switch: str) -> None:
    """`one_call` was proved and remembered; from today on Asana takes it no more."""
    road.begin()
    assert road.store.facts()["indicator_form"] == "one_call"
    road.control.switch(**{switch: True})
    more_of_the_plan(road)
    report = road.cycle()
    assert (report.outcome, report.refused) == ("ok", 0)
    if switch == "refuse_two_homes":
        assert road.store.facts()["indicator_form"] == "two_steps"
    assert_two_homes(road)
    assert_one_of_everything(road)
    road.control.forget_requests()
    road.cycle()
    assert road.writes() == 0


def test_a_task_that_asana_refuses_for_itself_does_not_change_the_form(road: Road) -> None:
    road.begin()
    more_of_the_plan(road)
    road.control.add_fault("status", "POST", "/tasks", nth=2, times=2, status=400)
    report = road.cycle()
    assert road.control.faults()[0]["fired"] == 2, "both forms were refused"
    assert report.refused == 1
    assert road.store.facts()["indicator_form"] == "one_call"
    converge(road)
    assert_two_homes(road)


@pytest.mark.parametrize("nth", [1, *(pytest.param(n, marks=pytest.mark.night) for n in (2, 5))])
@pytest.mark.parametrize("kind", ["drop_before", "drop_after"])
def test_a_crash_between_the_two_steps_leaves_one_indicator_that_is_hung_later(
    road: Road, kind: str, nth: int
) -> None:
    """At home in the companion, without a parent, and no row that tells of it."""
    road.in_flight = 1
    road.control.switch(refuse_two_homes=True)
    road.control.add_fault(kind, "POST", "/tasks/*/setParent", nth=nth)

    def point(_name: str) -> None:
        if road.control.faults()[0]["fired"]:
            raise Killed

    with road.ports() as real:
        ports: Ports = replace(real, store=Mortal(real.store, point))
        with pytest.raises(Killed):
            run_cycle(ports, road.steering, road.plan, Wishes())
    alone = [t for t in children(road) if not t["parent"]]
    assert len(alone) == (1 if kind == "drop_before" else 0)
    road.reopen()
    road.wait(LEASE_GONE)
    assert converge(road) <= 3
    assert_two_homes(road)
    assert_one_of_everything(road)
