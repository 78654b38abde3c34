"""What goes wrong on purpose, and above all whether it went wrong before or after the effect."""

import json
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import requests

from sync.sandbox.client import ControlRefusedError, SandboxControl
from sync.sandbox.server import SandboxServer
from tests.sandbox.sandbox_hand import Hand

LOST = (requests.ConnectionError, requests.exceptions.ChunkedEncodingError)


@pytest.fixture
def project(hand: Hand) -> Any:
    return hand.project()


def create(hand: Hand, project: str) -> Any:
    return hand.call("POST", "/tasks", {"name": "T", "projects": [project]})


@pytest.mark.parametrize(
    ("kind", "done"),
    [
        pytest.param("drop_before", False, id="dropped before"),
        pytest.param("drop_after", True, id="done, then the answer is lost"),
        pytest.param("cut_body", True, id="done, then the line drops in the middle"),
    ],
)
def test_a_lost_answer_is_lost_before_or_after_the_effect(
    hand: Hand, control: SandboxControl, project: str, kind: str, done: bool
) -> None:
    """The client sees the same; only a later read can tell."""
    control.add_fault(kind, "POST", "/tasks")
    with pytest.raises(LOST):
        create(hand, project)

    assert hand.names("/tasks", project=project) == (["T"] if done else [])


@pytest.mark.parametrize(
    ("kind", "more", "status", "done"),
    [
        pytest.param("status", {"status": 503}, 503, False, id="unavailable"),
        pytest.param(
            "status", {"status": 429, "headers": {"Retry-After": "7"}}, 429, False, id="too many"
        ),
        pytest.param("status", {"status": 502, "html": True}, 502, False, id="an HTML page"),
        pytest.param("status_after", {"status": 504}, 504, True, id="done, then too slow"),
        pytest.param("status_after", {"status": 500}, 500, True, id="done, then an error"),
    ],
)
def test_a_status_comes_before_or_after_the_effect(
    hand: Hand, control: SandboxControl, project: str, kind: str, more: Any, status: int, done: bool
) -> None:
    control.add_fault(kind, "POST", "/tasks", **more)
    answer = create(hand, project)

    assert answer.status_code == status
    assert answer.headers["Jalon-Sandbox"] == "1"
    assert answer.headers.get("Retry-After") == more.get("headers", {}).get("Retry-After")
    assert answer.headers["Content-Type"].startswith(
        "text/html" if more.get("html") else "application/json"
    )
    assert len(hand.names("/tasks", project=project)) == done


@pytest.mark.parametrize(
    ("kind", "readable"),
    [
        ("html_200", False),
        ("empty_200", False),
        ("truncate_json", False),
        ("bad_utf8", False),
        ("wrong_shape", True),
    ],
)
def test_a_200_can_hold_anything(
    hand: Hand, control: SandboxControl, project: str, kind: str, readable: bool
) -> None:
    control.add_fault(kind, "GET", "/projects/*/tasks")
    answer = hand.call("GET", f"/projects/{project}/tasks")

    assert answer.status_code == 200
    if readable:
        assert not isinstance(answer.json()["data"], list)
    else:
        with pytest.raises(ValueError):
            json.loads(answer.content.decode("utf-8"))
    assert hand.get(f"/projects/{project}/tasks") == []


def test_a_fault_strikes_the_nth_matching_call_as_often_as_asked(
    hand: Hand, control: SandboxControl, project: str
) -> None:
    control.add_fault("status", "GET", "/users/*", nth=2, times=2, status=500)
    hand.get("/workspaces")
    statuses = [hand.call("GET", "/users/me").status_code for _ in range(5)]

    assert statuses == [200, 500, 500, 200, 200]
    (fault,) = control.faults()
    assert (fault["matched"], fault["fired"]) == (5, 2)
    control.clear_faults()
    assert control.faults() == []


def test_a_fault_can_last(hand: Hand, control: SandboxControl) -> None:
    control.add_fault("status", status=503, times=0)
    assert {hand.call("GET", "/users/me").status_code for _ in range(4)} == {503}


@pytest.mark.parametrize(
    ("path", "strikes"),
    [
        pytest.param("/tasks/*", True, id="one part"),
        pytest.param("/*", False, id="a star is one part only"),
        pytest.param("**", True, id="anything"),
        pytest.param("/tasks", False, id="the collection is not the thing"),
        pytest.param(r"re:/tasks/\d+", True, id="a regular expression"),
    ],
)
def test_a_fault_is_aimed_by_path(
    hand: Hand, control: SandboxControl, project: str, path: str, strikes: bool
) -> None:
    gid = hand.task("T", projects=[project])
    control.add_fault("status", "GET", path, status=503)
    assert (hand.call("GET", f"/tasks/{gid}").status_code == 503) is strikes


def test_lost_events_are_never_told(hand: Hand, control: SandboxControl, project: str) -> None:
    """Events are at most once: only a full read finds what they left out."""
    sync = hand.sync_token(project)
    control.add_fault("lose_events", "PUT", "/tasks/*")
    gid = hand.task("T", projects=[project])
    body = hand.events(project, sync)
    hand.put(f"/tasks/{gid}", {"name": "lost"})
    assert hand.events(project, body["sync"])["data"] == []
    assert hand.get(f"/tasks/{gid}")["name"] == "lost"
    assert control.state()["lost_events"] == 2

    hand.put(f"/tasks/{gid}", {"name": "told"})
    assert hand.events(project, body["sync"])["data"] != []


def test_a_delay_holds_up_one_call_and_no_other(
    hand: Hand, control: SandboxControl, server: SandboxServer
) -> None:
    """The delay is waited for outside the lock: `sleep` here is a gate and not a clock."""
    held: list[float] = []
    server.sandbox.sleep = held.append
    control.add_fault("delay", "GET", "/users/me", seconds=30, headers={"Asana-Change": "name=x"})

    answer = hand.call("GET", "/users/me")
    hand.get("/workspaces")
    assert held == [30]
    assert answer.headers["Asana-Change"] == "name=x"


def test_latency_is_added_to_calls_at_the_same_time(
    hand: Hand, hands: Callable[[str | None], Hand], control: SandboxControl, server: SandboxServer
) -> None:
    """Five calls in flight wait together: the lock is not held while they do."""
    together = threading.Barrier(5, timeout=10)
    server.sandbox.sleep = lambda _seconds: together.wait()
    control.set_latency(0.1)
    five = [hands(server.greeting()["token"]) for _ in range(5)]
    with ThreadPoolExecutor(5) as pool:
        statuses = list(pool.map(lambda each: each.call("GET", "/users/me").status_code, five))
    assert statuses == [200] * 5
    assert control.requests()["max_reads_in_flight"] == 5


@pytest.mark.parametrize(
    ("fault", "word"),
    [
        ({"kind": "explode"}, "drop_after"),
        ({"kind": "status", "nht": 2}, "nht"),
        ({"kind": "status", "nth": 0}, "nth"),
        ({"kind": "status", "path": "re:("}, "regular expression"),
        ({}, "kind"),
    ],
)
def test_a_fault_that_could_never_strike_is_refused(
    control: SandboxControl, fault: Any, word: str
) -> None:
    """A misspelt fault would let a test pass for nothing."""
    with pytest.raises(ControlRefusedError, match=word):
        control.add_faults([fault])
    assert control.faults() == []
