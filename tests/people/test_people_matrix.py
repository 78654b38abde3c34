"""
What people do in Asana, and what becomes of it: every kind, between two cycles and during one.

After each case: one task per key and none made twice (I1), no staff edit overwritten that is not
in the log (I2), nothing deleted or archived and nothing of people's written to (I10), no loss that
is none (I17), quiet after two clean cycles at most (I4, I5), the findings and the published
statuses that the table foretells. A case that did not happen at its request is a failure.

`--people-sample` of the requests of a cycle are drawn by `--drawn-by`: a few always, hundreds each
night, others each time; `make whole` plays all. A failure names the option that plays it again.
"""

from collections.abc import Callable

import pytest

from tests.people.kinds import KINDS, Kind
from tests.people.stage import SCENES, Case, Scene, Stage

BY_NUMBER = {kind.number: kind for kind in KINDS}
Count = Callable[[str, object], None]
FAMILY = "cases: cases of people in Asana"


def play(world: Stage, case: Case) -> None:
    """The whole matrix in one line of blame: what to type to see it again."""
    try:
        world.play(case)
    except AssertionError as error:
        error.add_note(f"replay: pytest tests/people --people-sample 0 --people-case '{case}'")
        raise


@pytest.mark.parametrize("read", ["events", "full"])
@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.number)
def test_between_two_cycles(world: Stage, kind: Kind, read: str, record_property: Count) -> None:
    record_property(FAMILY, 1)
    play(world, Case(kind, "full" if read == "full" else "events"))


def test_at_a_request_of_a_cycle(
    world: Stage, drawn: tuple[str, Scene, int | float], record_property: Count
) -> None:
    number, scene, where = drawn
    points = world.points(BY_NUMBER[number], scene)
    point = where if isinstance(where, int) else points[int(where * len(points))]
    record_property(FAMILY, 1)
    play(world, Case(BY_NUMBER[number], scene, point))


@pytest.mark.whole
@pytest.mark.parametrize("scene", SCENES)
@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.number)
def test_at_every_request_of_a_cycle(
    world: Stage, kind: Kind, scene: Scene, record_property: Count
) -> None:
    failures = []
    points = world.points(kind, scene)
    record_property(FAMILY, len(points))
    for point in points:
        try:
            play(world, Case(kind, scene, point))
        except AssertionError as error:
            failures.append(f"{error}\n{' '.join(error.__notes__)}")
    assert not failures, "\n".join(failures)
