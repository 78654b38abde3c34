"""A forecast is worth what it foretells: each one is held against what the sandbox counted."""

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from sync.cycle import cost_of, propose
from sync.sandbox.process import RunningSandbox
from tests.bench.synthetic import synthetic_plan
from tests.core.paper_asana import rules_for
from tests.cycle.test_people import A1, A2
from tests.road import Road, with_limits


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
