"""
A cycle killed at any point, for real, is completed: as if it had never been killed.

A child process runs the cycle, against a real SQLite file and a sandbox in a process of its own,
until SIGKILL takes it at a numbered point. Whatever it left, the folder stands whole; two clean
cycles at most make all quiet, and then both sides, the store and the page are what they are when
nothing is killed. Virtual time passes in between, as long as a dead cycle's lease lasts.
"""

import random
import re
from collections.abc import Iterator
from typing import Any

import pytest

from tests.crash.conftest import Ask
from tests.crash.golden import known
from tests.crash.scenes import SCENES

pytestmark = pytest.mark.crash

STRIDE = {"first": 9, "edits": 4, "gel": 4, "end": 12, "revision": 4}
"""Of which scene only every so manieth single kill is tried each time; of the others all are."""
TWICE, TWICE_AT_NIGHT, SECONDS_KILLS = 6, 60, 5
FEWER = {"end": 2}
"""Draws by day of a scene whose cycle does what another's does, and less."""
FAULTED, FAULTED_AT_NIGHT, FAULTS_EACH = 3, 20, 5
KINDS = (
    "drop_before", "drop_after", "reset_before", "reset_after", "reset_body", "cut_body",
    "short_length", "truncate_json", "html_200", "empty_200", "bad_utf8", "wrong_shape",
    "server_error", "server_error_after", "bad_gateway", "unavailable", "gateway_timeout",
    "gateway_timeout_after", "too_many", "too_many_bare", "too_many_negative", "too_many_date",
    "payment_required", "embargo", "bad_request", "conflict", "precondition", "redirect",
    "unauthorized", "forbidden", "missing",
)  # fmt: skip
REQUEST = re.compile(r"(GET|POST|PUT) .*: before")


def case(scene: str, at: int, *, night: bool) -> Any:
    marks = [pytest.mark.xdist_group(scene), *([pytest.mark.night] if night else [])]
    return pytest.param(scene, at, id=f"{scene}-{at}", marks=marks)


def singles() -> Iterator[Any]:
    for scene in SCENES:
        stride = STRIDE.get(scene, 1)
        for at in range(1, len(known(scene)) + 1):
            yield case(scene, at, night=bool((at - 1) % stride))


def drawn(what: str, by_day: int, at_night: int) -> Iterator[Any]:
    """The points of the first kill: the first of them by day as well, the same ones each time."""
    for scene in SCENES:
        points = list(range(1, len(known(scene)) + 1))
        random.Random(f"{what} {scene}").shuffle(points)  # noqa: S311 - a sample, no secret
        for number, at in enumerate(points[: by_day + at_night]):
            yield case(scene, at, night=number >= min(by_day, FEWER.get(scene, by_day)))


@pytest.mark.parametrize(
    "scene", [pytest.param(name, marks=pytest.mark.xdist_group(name)) for name in SCENES]
)
def test_the_points_are_those_known(told: Ask, scene: str) -> None:
    """Written anew by `python -m tests.crash.golden`."""
    assert told(ask="names", scene=scene) == known(scene)


@pytest.mark.parametrize(("scene", "at"), list(singles()))
def test_a_cycle_killed_at_a_point_is_completed(told: Ask, scene: str, at: int) -> None:
    told("kills of a cycle", ask="play", scene=scene, kills=[at])


@pytest.mark.parametrize(("scene", "at"), list(drawn("twice", TWICE, TWICE_AT_NIGHT)))
def test_the_cycle_after_it_is_killed_as_well(told: Ask, scene: str, at: int) -> None:
    following = told(ask="following", scene=scene, at=at)
    chance = random.Random(f"{scene} {at}")  # noqa: S311 - a sample, no secret
    for again in chance.sample(range(1, len(following) + 1), SECONDS_KILLS):
        told("pairs of kills", ask="play", scene=scene, kills=[at, again])


@pytest.mark.parametrize(("scene", "at"), list(drawn("faults", FAULTED, FAULTED_AT_NIGHT)))
def test_the_cycle_after_it_meets_a_fault(told: Ask, scene: str, at: int) -> None:
    requests = [name for name in told(ask="following", scene=scene, at=at) if REQUEST.match(name)]
    chance = random.Random(f"{scene} {at}")  # noqa: S311 - a sample, no secret
    for kind in chance.sample(KINDS, FAULTS_EACH):
        nth, times = chance.randint(1, len(requests)), chance.choice((0, 1))
        fault = {"kind": kind, "nth": nth, "times": times}
        told("kills with a fault after them", ask="play", scene=scene, kills=[at], fault=fault)
