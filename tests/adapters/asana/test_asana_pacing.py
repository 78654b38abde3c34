"""A request's turn: what it waits for, for how long at most, and what it is told then."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from filelock import FileLock

from sync.adapters.asana import Budget, Limits, Session, reads
from sync.adapters.asana.budget import MOST_IN_FLIGHT, Way
from sync.adapters.asana.pacing import Pace, TooLong
from sync.errors import TargetUnavailable
from tests.adapters.asana.asana_faults import Faults, fault_server

IN_FLIGHT: dict[Way, int] = {"reads": 5, "writes": 5}


class Time:
    """Sleeping moves it; `meanwhile` happens during the next sleep."""

    def __init__(self) -> None:
        self.at = 1_772_000_000.0
        self.slept: list[float] = []
        self.meanwhile = lambda: None

    def ticks(self) -> float:
        return self.at

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        happens, self.meanwhile = self.meanwhile, lambda: None
        happens()
        self.at += seconds


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def faults() -> Iterator[Faults]:
    with fault_server() as server:
        yield server


def pace_of(budget: Budget, time: Time) -> Pace:
    return Pace(budget, in_flight=IN_FLIGHT, longest=60, sleep=time.sleep)


def spend(budget: Budget) -> None:
    while budget.ask() == 0:
        pass


def test_a_spent_budget_is_waited_for(time: Time) -> None:
    budget = Budget(20, ticks=time.ticks)
    spend(budget)
    with pace_of(budget, time).turn("reads"):
        assert time.slept == [31.001]


def test_others_who_always_come_first_do_not_keep_a_cycle_for_ever(
    time: Time, tmp_path: Path
) -> None:
    """The wait has an end, and the cycle then says that it was not Asana who asked."""
    ours, theirs = (Budget(20, folder=tmp_path, ticks=time.ticks) for _ in range(2))
    spend(theirs)

    def again() -> None:
        time.at += 31.001
        spend(theirs)
        time.at -= 31.001
        time.meanwhile = again

    time.meanwhile = again
    with pytest.raises(TooLong) as caught, pace_of(ours, time).turn("writes"):
        raise AssertionError("it never had its turn")
    assert not caught.value.asked
    assert sum(time.slept) <= 60
    ours.close()
    theirs.close()


def test_a_limit_learned_while_one_waits_is_waited_for_too(time: Time) -> None:
    budget = Budget(20, ticks=time.ticks)
    spend(budget)
    time.meanwhile = lambda: budget.rest(50)
    with pace_of(budget, time).turn("reads"):
        assert time.slept == [31.001, pytest.approx(18.999)]
        assert budget.resting() == 0


def test_no_place_in_flight_is_waited_for_and_not_for_ever(time: Time, tmp_path: Path) -> None:
    budget = Budget(folder=tmp_path, ticks=time.ticks)
    taken = [FileLock(tmp_path / f"writes-{n}") for n in range(MOST_IN_FLIGHT["writes"])]
    for place in taken:
        place.acquire()
    pace = pace_of(budget, time)
    with pytest.raises(TooLong), pace.turn("writes"):
        raise AssertionError("it never had its turn")
    assert sum(time.slept) <= 60
    with pace.turn("reads"):
        pass  # those have places of their own
    time.meanwhile = taken[7].release
    with pace.turn("writes"):
        assert (tmp_path / "writes-7").exists()
    for place in taken:
        place.release(force=True)


def test_a_minute_that_is_taken_ends_the_cycle_and_says_when_to_come_back(
    faults: Faults, time: Time
) -> None:
    """Without one request that Asana would have to refuse."""
    budget = Budget(20, ticks=time.ticks)
    spend(budget)
    session = Session(
        "2/jeton",
        url=faults.url,
        limits=Limits(longest_pause=10),
        budget=budget,
        sleep=time.sleep,
    )
    with pytest.raises(TargetUnavailable) as caught:
        reads.me(session)
    session.close()

    assert caught.value.retry_after == pytest.approx(31, abs=0.1)
    assert "Le budget de requêtes du jeton est pris" in caught.value.in_("fr")
    assert faults.heard == []
    assert time.slept == []
