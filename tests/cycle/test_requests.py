"""How many requests a cycle takes, small and at the size that Asana's limits make felt."""

from math import ceil
from pathlib import Path

import pytest

from sync.sandbox.process import RunningSandbox
from tests.bench.measure import Step, benched, measure

QUIET = {"GET /events": 1}
CHANGE = 5


def pages(count: int) -> int:
    return max(1, ceil(count / 100))


def steps(size: int, folder: Path, sandbox: RunningSandbox) -> dict[str, Step]:
    with benched(size, folder, sandbox) as road:
        return measure(road)


def assert_cheap(taken: dict[str, Step], actions: int, indicators: int, sections: int) -> None:
    """A full read is the pages of both projects, their records, one token; no more."""
    assert taken["quiet"].kinds == QUIET
    assert taken["full read"].kinds == {
        "GET /events": 1,
        "GET /projects/{}": 2,
        "GET /projects/{}/sections": pages(sections) + 1,
        "GET /projects/{}/tasks": pages(actions) + pages(indicators),
    }
    assert taken["one change"].requests <= CHANGE
    assert taken["provision"].kinds["POST /tasks"] == actions + indicators


@pytest.mark.parametrize(("actions", "indicators", "sections"), [(3, 9, 2), (50, 130, 6)])
def test_a_small_plan_costs_a_handful(
    sandbox: RunningSandbox, tmp_path: Path, actions: int, indicators: int, sections: int
) -> None:
    assert_cheap(steps(actions, tmp_path, sandbox), actions, indicators, sections)


@pytest.mark.night
def test_a_thousand_actions_are_read_whole_in_42_requests(
    sandbox: RunningSandbox, tmp_path: Path
) -> None:
    """36 pages of tasks, three of sections, two records, one token."""
    taken = steps(1_000, tmp_path, sandbox)

    assert_cheap(taken, 1_000, 2_600, sections=101)
    assert taken["full read"].requests <= 42
    assert taken["quiet"].requests <= 2
