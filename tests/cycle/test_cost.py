"""A forecast is worth what it foretells: each one is held against what the sandbox counted."""

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from sync import adoption
from sync.proposal import cost_of, propose
from sync.sandbox.process import RunningSandbox
from tests.bench.synthetic import synthetic_plan
from tests.core.paper_asana import rules_for
from tests.cycle.test_people import A1, A2
from tests.hands import Hands
from tests.road import GREFFE, Road, with_limits


def foretold(road: Road) -> Counter[str]:
    with road.ports() as ports:
        proposal = propose(ports, road.steering, road.plan)
        return Counter(cost_of(ports, road.steering, proposal).requests)


def counted(road: Road) -> Counter[str]:
    road.control.forget_requests()
    assert road.cycle().outcome == "ok"
    asked = road.control.requests()["requests"]
    return Counter(f"{each['method']} {re.sub(r'[0-9]+', '{}', each['path'])}" for each in asked)


def nothing(_road: Road) -> None: ...


def a_declaration(road: Road) -> None:
    declared = {road.field_name("declare/mi-chemin"): "En cours"}
    road.control.edit_task(road.gid(A2), "Greffière", fields=declared)


def a_drifted_text(road: Road) -> None:
    road.control.edit_task(
        road.gid(A1), "Greffière", fields={road.field_name("suivi_public"): "Tout va mal"}
    )


def every_text(road: Road) -> None:
    road.steering = replace(road.steering, page_url="https://ville.example/plan")


def an_option_more(road: Road) -> None:
    directions = road.steering.directions
    more = replace(directions[0], id="autre", name="Autre direction")
    road.steering = replace(rules_for(road.plan), directions=(*directions, more))


@pytest.mark.parametrize(
    "happens", [nothing, a_declaration, a_drifted_text, every_text, an_option_more]
)
def test_a_cycle_takes_the_requests_that_were_foretold(
    road: Road, happens: Callable[[Road], None]
) -> None:
    assert foretold(road) == counted(road), "the first provisioning"
    road.wait(120)
    road.cycle()
    happens(road)
    assert foretold(road) == counted(road)


@pytest.mark.parametrize("switch", ["refuse_two_homes", "drop_home"])
def test_once_known_the_form_of_an_indicator_is_counted_in(
    road: Road, sandbox: RunningSandbox, tmp_path: Path, switch: str
) -> None:
    """Before, nobody can foretell it."""
    road.control.switch(**{switch: True})
    road.cycle()
    learned = road.store.facts()
    with Road(synthetic_plan(3), tmp_path / "autre", sandbox, clock=road.clock) as other:
        other.store.note_fact("indicator_form", learned["indicator_form"])
        assert foretold(other) == counted(other)


def test_pages_are_foretold_too(sandbox: RunningSandbox, tmp_path: Path) -> None:
    """With more than a page of indicators, and then a plan that grows."""
    plan = synthetic_plan(60)
    rules = with_limits(rules_for(plan), max_created_share=1.0)
    with Road(plan, tmp_path / "grand", sandbox, rules=rules) as road:
        assert foretold(road) == counted(road)


@dataclass(frozen=True, slots=True)
class Hand:
    """What people had typed before Jalon came: every how manieth action, and what of it."""

    every: int = 1
    subtasks: bool = True
    done: bool = False
    whose: str | None = None
    fields: int = 0


def typed(road: Road, sandbox: RunningSandbox, hand: Hand) -> None:
    """A project typed under our titles, and adopted."""
    hands = Hands(sandbox)
    project = hands.post("/projects", workspace=sandbox.workspace, name="À la main")
    for n in range(hand.fields):
        field = hands.post(
            "/custom_fields",
            workspace=sandbox.workspace,
            name=f"Le leur {n}",
            resource_subtype="text",
        )
        hands.post(f"/projects/{project}/addCustomFieldSetting", custom_field=field)
    for _, _, action in list(road.plan.actions())[:: hand.every]:
        whose = {"assignee": hand.whose} if hand.whose else {}
        task = hands.post("/tasks", name=action.title, projects=[project], **whose)
        for checkpoint, line in action.all_indicators() if hand.subtasks else ():
            due = road.steering.checkpoint(checkpoint).due.isoformat()
            hands.post(f"/tasks/{task}/subtasks", name=line.text, due_on=due, completed=hand.done)
    with road.ports() as ports:
        seen = adoption.survey(ports.target, ports.store, ports.clock, project)
        proposal = adoption.propose(road.plan, road.steering, seen, {})
        adoption.adopt(
            ports.target,
            ports.store,
            ports.clock,
            ports.holder,
            plan=road.plan,
            rules=road.steering,
            seen=seen,
            adoption=proposal,
        )


@pytest.mark.parametrize(
    "hand",
    [
        pytest.param(Hand(), id="everything"),
        pytest.param(Hand(every=2), id="half"),
        pytest.param(Hand(subtasks=False), id="no subtask"),
        pytest.param(Hand(every=3, done=True), id="done already"),
        pytest.param(Hand(whose=GREFFE), id="somebody's"),
        pytest.param(Hand(fields=8), id="with fields of their own"),
    ],
)
def test_the_first_cycle_after_an_adoption_is_foretold_and_the_next_one_too(
    road: Road, sandbox: RunningSandbox, hand: Hand
) -> None:
    typed(road, sandbox, hand)
    assert foretold(road) == counted(road)
    road.wait(120)
    assert foretold(road) == counted(road)


def test_a_large_adopted_project_is_foretold(sandbox: RunningSandbox, tmp_path: Path) -> None:
    """More subtasks than a page, which all get their fields in the second round."""
    plan = synthetic_plan(60)
    rules = with_limits(rules_for(plan), max_created_share=1.0)
    with Road(plan, tmp_path / "grand", sandbox, rules=rules) as road:
        typed(road, sandbox, Hand(every=2))
        assert foretold(road) == counted(road)
