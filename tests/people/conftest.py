"""The stage is built once for all cases of a worker; which cases are drawn is fixed by a seed."""

import random
from collections.abc import Iterator
from typing import cast

import pytest

from tests.people.kinds import KINDS
from tests.people.stage import SCENES, Scene, Stage, stage


@pytest.fixture(scope="package")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with stage(tmp_path_factory.mktemp("people")) as built:
        yield built


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "drawn" in metafunc.fixturenames:
        metafunc.parametrize("drawn", list(_draw(metafunc.config)))


def _draw(config: pytest.Config) -> Iterator[tuple[str, Scene, int | float]]:
    """
    Kind, scene, and where in it: a share of the scene's requests, which only a run can count.

    Every kind comes up before any does again, so that a small sample still has many.
    """
    chance = random.Random(config.getoption("--drawn-by"))  # noqa: S311 - to be repeatable
    kinds: list[str] = []
    for _ in range(config.getoption("--people-sample")):
        if not kinds:
            kinds = [kind.number for kind in KINDS]
            chance.shuffle(kinds)
        yield kinds.pop(), chance.choice(SCENES), round(chance.random(), 3)
    for case in config.getoption("--people-case"):
        number, scene, point = case.split(":")
        yield number, cast("Scene", scene), int(point)
