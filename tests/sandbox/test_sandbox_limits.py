"""The limiter, against a clock that the test holds."""

from typing import Any

import pytest

from sync.sandbox.client import SandboxControl
from sync.sandbox.limits import Limits
from sync.sandbox.switches import Switches
from tests.sandbox.sandbox_hand import Hand


class Ticks:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def ticks() -> Any:
    return Ticks()


@pytest.fixture
def limits(ticks: Ticks) -> Any:
    return Limits(ticks)


def ask(limits: Limits, switches: Switches, owner: str = "a", *, read: bool = True) -> Any:
    refusal = limits.enter(switches, owner, read=read)
    limits.leave(owner, read=read)
    return None if refusal is None else (refusal.status, refusal.headers["Retry-After"])


def test_a_budget_is_a_minute_long_and_says_when_to_come_back(limits: Limits, ticks: Ticks) -> None:
    switches = Switches(requests_per_minute=3)
    for second in (0, 10, 20):
        ticks.now = second
        assert ask(limits, switches) is None
    ticks.now = 30
    assert ask(limits, switches) == (429, "30")
    assert ask(limits, switches, owner="b") is None


def test_waiting_as_told_is_enough_and_insisting_is_not(limits: Limits, ticks: Ticks) -> None:
    """Rejected calls count: who insists waits longer."""
    switches = Switches(requests_per_minute=2)
    ask(limits, switches)
    ask(limits, switches)
    status, wait = ask(limits, switches)
    for _ in range(2):
        assert int(ask(limits, switches)[1]) >= int(wait)
    ticks.now += 59
    assert ask(limits, switches)[0] == status
    ticks.now += 61
    assert ask(limits, switches) is None


def test_reads_and_writes_in_flight_are_counted_apart(limits: Limits) -> None:
    switches = Switches(concurrent_reads=2, concurrent_writes=1)
    assert limits.enter(switches, "a", read=True) is None
    assert limits.enter(switches, "a", read=False) is None
    assert limits.enter(switches, "a", read=True) is None
    assert limits.enter(switches, "a", read=False).status == 429
    limits.leave("a", read=False)
    limits.leave("a", read=False)
    assert limits.enter(switches, "a", read=False) is None


def test_a_refused_call_has_no_effect(hand: Hand, control: SandboxControl) -> None:
    control.switch(requests_per_minute=2)
    body = {"name": "T", "workspace": "1200001000000001"}
    answers = [hand.call("POST", "/tasks", body) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [201, 201, 429]
    assert int(answers[-1].headers["Retry-After"]) > 0
    assert len(control.dump()["tasks"]) == 2


def test_a_batch_costs_what_its_actions_cost(hand: Hand, control: SandboxControl) -> None:
    control.switch(requests_per_minute=5)
    actions = [{"method": "get", "relative_path": "/users/me"}] * 5
    answer = hand.call("POST", "/batch", {"actions": actions})
    assert answer.status_code == 429
