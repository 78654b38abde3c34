"""
Anything that can happen to a plan, in any order: Hypothesis draws it, and all promises are held.

After each step: one task per promise, nothing of people's touched, no revision or frozen status
changed, the public folder whole and never behind, no loss invented, nothing written beside a
lease or while held. At the end of each run the faults cease: two clean cycles at most, then all
is quiet, the chain verifies, each write has one row, every loss is told, both sides agree.

A run is fixed by its seed, and goes on until it did everything often enough. `make night` plays
sixteen more; a failure names what plays it again.
"""

from collections import Counter
from collections.abc import Callable, Hashable

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import seed as seeded
from hypothesis.stateful import run_state_machine_as_test

from tests.machine.machine import FLOOR, KINDS, Machine
from tests.machine.town import Country

Count = Callable[[str, object], None]
STEPS, STEPS_AT_NIGHT = 2_500, 3_150
"""How many of a seed's steps there are at least; a step is one rule and all that is held after."""
RUNS, MORE_RUNS, MORE_TIMES = 50, 10, 6
"""A seed's runs, and how many more are played, how often, where something came too seldom."""
SETTINGS = settings(
    stateful_step_count=80,
    deadline=None,
    database=None,
    phases=[Phase.generate],  # a failure is told as it came: it can be played again
    suppress_health_check=list(HealthCheck),
    print_blob=False,
)


def play(country: Country, seed: int, record_property: Count, steps: int = STEPS) -> None:
    machine = type("Town", (Machine,), {"country": country, "exercised": Counter(), "steps": 0})
    try:
        run(machine, seed, RUNS)
        for more in range(MORE_TIMES):
            if machine.steps >= steps and not too_seldom(machine):
                break
            run(machine, f"{seed}, and {more} more", MORE_RUNS)
    except BaseException as error:
        error.add_note(
            f"seed {seed}; replay: pytest tests/machine -m machine -k by_name --machine-seed {seed}"
        )
        raise
    record_property("cases: steps of the state machine", machine.steps)
    for name, count in machine.exercised.items():
        record_property(f"exercised: {name}", count)
    never = too_seldom(machine)
    assert not never, f"not exercised as often as it should be: {never}"
    assert machine.steps >= steps


def run(machine: type[Machine], seed: Hashable, runs: int) -> None:
    run_state_machine_as_test(seeded(seed)(machine), settings=settings(SETTINGS, max_examples=runs))


def too_seldom(machine: type[Machine]) -> dict[str, int]:
    """What was exercised less often than it must be, and how often that is."""
    seldom = {name: least for name, least in FLOOR.items() if machine.exercised[name] < least}
    for begins, least in KINDS.items():
        kinds = [
            name for name, count in machine.exercised.items() if count and name.startswith(begins)
        ]
        seldom |= {} if len(kinds) >= least else {f"{begins}{kinds}": least}
    return seldom


@pytest.mark.machine
@pytest.mark.parametrize("seed", [1, 2])
def test_in_any_order(country: Country, seed: int, record_property: Count) -> None:
    play(country, seed, record_property)


@pytest.mark.night
@pytest.mark.parametrize("seed", range(3, 19))
def test_in_many_more_orders(country: Country, seed: int, record_property: Count) -> None:
    play(country, seed, record_property, STEPS_AT_NIGHT)


@pytest.mark.machine
def test_by_name(country: Country, request: pytest.FixtureRequest, record_property: Count) -> None:
    for seed in request.config.getoption("--machine-seed"):
        play(country, seed, record_property, STEPS_AT_NIGHT)
