"""
Two workers on one plan, at every interleaving of at most two switches: one of everything.

Neither loses an edit, no row of the log is written twice, the chain verifies; and whoever stood
still until another took over writes nothing more, in Asana or in the store. A sample runs in CI, a
larger one each night, others each time; `make whole` plays all where nobody stands still.
"""

import random
from collections.abc import Callable, Sequence

import pytest

from tests.machine.pair import FOR_EVER, Schedule, play, schedules
from tests.machine.town import Country

Count = Callable[[str, object], None]
FAMILY = "cases: interleavings of two workers"
ALWAYS = ("2:2", "30:end", "60:2", "104:40", "40:30:paused", "85:10:paused")
"""By the fast tests too: before and in the first one's lease, in its writing, at its end."""


def play_all(country: Country, chosen: Sequence[Schedule]) -> None:
    for schedule in chosen:
        try:
            play(country, schedule)
        except AssertionError as error:
            error.add_note(
                f"replay: pytest tests/machine -m machine -k by_name --machine-schedule {schedule}"
            )
            raise


@pytest.mark.parametrize("schedule", ALWAYS)
def test_a_schedule(country: Country, schedule: str) -> None:
    play_all(country, [Schedule.read(schedule)])


@pytest.mark.machine
def test_by_name(country: Country, request: pytest.FixtureRequest) -> None:
    play_all(country, list(map(Schedule.read, request.config.getoption("--machine-schedule"))))


@pytest.mark.machine
@pytest.mark.parametrize("half", [0, 1])
def test_a_sample_of_the_schedules(country: Country, half: int, record_property: Count) -> None:
    chosen = drawn(country, f"jalon {half}", 81)
    record_property(FAMILY, len(chosen))
    play_all(country, chosen)


@pytest.mark.night
@pytest.mark.parametrize("part", range(10))
def test_a_larger_sample_of_the_schedules(
    country: Country, part: int, record_property: Count, request: pytest.FixtureRequest
) -> None:
    chosen = drawn(country, f"{request.config.getoption('--drawn-by')} {part}", 120)
    record_property(FAMILY, len(chosen))
    play_all(country, chosen)


def drawn(country: Country, word: str, count: int) -> list[Schedule]:
    """A third of them with a pause that outlasts the lease."""
    alone, behind = play(country, Schedule(FOR_EVER))
    chance = random.Random(word)  # noqa: S311 - to be repeatable
    chosen = [
        Schedule(chance.randint(1, alone), chance.choice((None, 1, 2, chance.randint(1, behind))))
        for _ in range(count - count // 3)
    ]
    return chosen + [
        Schedule(
            chance.randint(1, alone), chance.choice((None, chance.randint(1, alone))), paused=True
        )
        for _ in range(count // 3)
    ]


@pytest.mark.whole
def test_all_schedules_of_two_switches(country: Country, record_property: Count) -> None:
    count = 0
    for schedule in schedules(country):
        play_all(country, [schedule])
        count += 1
    record_property(FAMILY, count)


@pytest.mark.whole
@pytest.mark.parametrize("quarter", range(4))
def test_two_thousand_pauses(country: Country, quarter: int, record_property: Count) -> None:
    alone, _ = play(country, Schedule(FOR_EVER))
    every = [
        Schedule(i, j, paused=True) for i in range(1, alone + 1) for j in (None, *range(1, alone))
    ]
    chosen = random.Random(quarter).sample(every, 500)  # noqa: S311 - to be repeatable
    record_property(FAMILY, len(chosen))
    play_all(country, chosen)
