"""The limiter, against a clock that the test holds."""

from typing import Any

import pytest

from sync.sandbox.client import SandboxControl
from sync.sandbox.limits import Limits
from sync.sandbox.switches import Switches
from tests.sandbox.sandbox_hand import Hand

SERVICE = "Jalon (compte de service)"
TOWN = "1200001000000001"


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
    assert ask(limits, switches) == (429, "40"), "the rejected call has taken a place too"
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
    assert control.limits()[SERVICE]["calls"] == 6


def test_a_batch_that_goes_too_far_is_refused_whole(hand: Hand, control: SandboxControl) -> None:
    """None of its actions is done, not even those that the budget had room for."""
    control.switch(requests_per_minute=2)
    add = {"method": "post", "relative_path": "/tasks", "data": {"name": "T", "workspace": TOWN}}
    answer = hand.call("POST", "/batch", {"actions": [add, add]})
    assert (answer.status_code, control.dump()["tasks"]) == (429, {})


def test_a_bucket_refills_without_a_pause(limits: Limits, ticks: Ticks) -> None:
    """In a window of ten seconds a budget of 60 a minute lets ten go, then one a second."""
    switches = Switches(requests_per_minute=60, rate_shape="bucket", rate_seconds=10)
    assert [ask(limits, switches) for _ in range(10)] == [None] * 10
    assert ask(limits, switches) == (429, "2")
    ticks.now += 1
    assert ask(limits, switches) == (429, "2"), "the rejected call was counted"
    ticks.now += 2
    assert ask(limits, switches) is None


@pytest.mark.parametrize("shape", ["window", "bucket"])
def test_who_comes_back_when_told_is_let_in(limits: Limits, ticks: Ticks, shape: str) -> None:
    switches = Switches(requests_per_minute=150, rate_shape=shape, rate_seconds=5)
    for _ in range(40):
        while (told := ask(limits, switches)) is None:
            ticks.now += 0.07
        ticks.now += int(told[1])
        assert ask(limits, switches) is None


def test_the_answer_that_goes_beyond_the_cost_budget_is_the_last(
    limits: Limits, ticks: Ticks
) -> None:
    """It succeeds, for its cost is known afterwards; later ones wait until the debt is paid."""
    switches = Switches(cost_per_minute=600)
    assert ask(limits, switches) is None
    limits.charge(switches, "a", 900)
    assert ask(limits, switches) == (429, "30")
    assert ask(limits, switches, owner="b") is None
    ticks.now += 29
    assert ask(limits, switches) == (429, "1")
    ticks.now += 1
    assert ask(limits, switches) is None
    assert limits.report()["a"]["refused"] == {"cost": 2}


def test_an_answer_costs_its_rows_times_the_fields_asked_for(
    hand: Hand, control: SandboxControl
) -> None:
    project = hand.project()
    for name in ("A", "B", "C"):
        hand.task(name, projects=[project])
    before = control.limits()[SERVICE]["cost"]
    hand.get("/tasks", project=project, limit="2", opt_fields="name,notes,memberships.section.gid")
    assert control.limits()[SERVICE]["cost"] - before == 2 * 3

    control.switch(cost_per_minute=5)
    hand.get("/tasks", project=project, opt_fields="name,notes")
    answer = hand.call("GET", "/users/me")
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "12")


def test_too_many_at_once_may_be_told_without_a_time_to_come_back(limits: Limits) -> None:
    switches = Switches(concurrent_writes=1, retry_after_at_once="absent")
    limits.enter(switches, "a", read=False)
    refusal = limits.enter(switches, "a", read=False)
    assert refusal is not None
    assert (refusal.status, refusal.headers) == (429, {})


def test_task_counts_have_a_limit_of_their_own(hand: Hand, control: SandboxControl) -> None:
    project = hand.project()
    control.switch(task_counts_per_minute=1)
    path = f"/projects/{project}/task_counts"
    statuses = [hand.call("GET", path, opt_fields="num_tasks").status_code for _ in range(2)]
    assert statuses == [200, 429]
    assert hand.call("GET", f"/projects/{project}").status_code == 200
    assert control.limits()[SERVICE]["refused"] == {"task_counts": 1}


def test_the_limits_can_go_by_the_clock_that_a_test_moves(
    hand: Hand, control: SandboxControl
) -> None:
    control.switch(requests_per_minute=1, limits_clock="sandbox")
    ask_me = [hand.call("GET", "/users/me").status_code for _ in range(2)]
    control.advance(121)
    assert [*ask_me, hand.call("GET", "/users/me").status_code] == [200, 429, 200]


def test_the_documented_limits_are_one_word(hand: Hand, control: SandboxControl) -> None:
    control.real_limits(paid=False)
    switches = control.state()["switches"]
    assert (switches["requests_per_minute"], switches["concurrent_writes"]) == (150, 15)
    statuses = [hand.call("GET", "/users/me").status_code for _ in range(151)]
    assert (statuses[:150], statuses[150]) == ([200] * 150, 429)
