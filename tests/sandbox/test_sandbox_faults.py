"""What goes wrong on purpose, and above all whether it went wrong before or after the effect."""

import json
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any

import pytest
import requests

from sync.sandbox.client import ControlRefusedError, SandboxControl
from sync.sandbox.fault_kinds import KINDS
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
        ({"kind": "stale"}, "nth >= 2"),
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


def test_every_kind_of_fault_strikes_and_says_so(hand: Hand, control: SandboxControl) -> None:
    """One that never could would let the matrix that leans on it pass for nothing."""
    project = hand.project()
    for name in ("A", "B", "C"):
        hand.task(name, projects=[project])
    sync = hand.sync_token(project)
    page = {"project": project, "limit": "1"}
    second = {**page, "offset": hand.call("GET", "/tasks", **page).json()["next_page"]["offset"]}
    for kind in KINDS:
        control.clear_faults()
        quick = {"seconds": 0.001} if "seconds" in KINDS[kind].given else {}
        quick |= {"size": 1000} if kind == "oversized" else {}
        control.add_fault(kind, nth=2 if kind == "stale" else 1, **quick)
        assert [each["kind"] for each in control.unfired()] == [kind]
        for query in (page, second):
            with suppress(*LOST, requests.RequestException):
                hand.call("GET", "/tasks", **query)
        with suppress(*LOST, requests.RequestException):
            hand.call("GET", "/events", resource=project, sync=sync)
        with suppress(*LOST, requests.RequestException):
            hand.call("GET", "/users/me")
        assert control.unfired() == [] or kind == "other_gid", kind


@pytest.mark.parametrize(
    ("kind", "done"),
    [("reset_before", False), ("reset_after", True), ("reset_body", True)],
)
def test_a_line_can_be_reset(
    hand: Hand, control: SandboxControl, project: str, kind: str, done: bool
) -> None:
    control.add_fault(kind, "POST", "/tasks")
    with pytest.raises(LOST, match="reset by peer"):
        create(hand, project)
    assert hand.names("/tasks", project=project) == (["T"] if done else [])


@pytest.mark.parametrize(("kind", "done"), [("timeout_before", False), ("timeout_after", True)])
def test_a_silence_ends_when_the_client_has_had_enough(
    hand: Hand, control: SandboxControl, project: str, kind: str, done: bool
) -> None:
    control.add_fault(kind, "POST", "/tasks")
    body = {"data": {"name": "T", "projects": [project]}}
    with pytest.raises(requests.ReadTimeout):
        hand.session.post(f"{hand.url}/tasks", json=body, timeout=0.2)
    assert hand.names("/tasks", project=project) == (["T"] if done else [])


def test_a_short_length_leaves_half_an_answer(
    hand: Hand, control: SandboxControl, project: str
) -> None:
    control.add_fault("short_length", "GET", "/projects/*")
    with pytest.raises(ValueError):
        json.loads(hand.call("GET", f"/projects/{project}").content)


def test_an_oversized_answer_is_right_but_for_its_size(
    hand: Hand, control: SandboxControl, project: str
) -> None:
    """Only a cap refuses it: it is JSON, and says what was asked."""
    control.add_fault("oversized", "GET", "/projects/*", size=300_000)
    answer = hand.call("GET", f"/projects/{project}")
    assert answer.json()["data"]["gid"] == project
    assert len(answer.content) > 300_000


def test_a_slow_drip_comes_byte_by_byte(
    hand: Hand, control: SandboxControl, server: SandboxServer, project: str
) -> None:
    pauses: list[float] = []
    server.sandbox.sleep = pauses.append
    control.add_fault("slow_drip", "GET", "/projects/*", seconds=9)
    answer = hand.call("GET", f"/projects/{project}", opt_fields="name")
    sent = len(answer.content)
    assert pauses[: sent - 1] == [9] * (sent - 1)  # the pause after the last byte may be to come


@pytest.mark.parametrize(
    ("kind", "shown"),
    [
        pytest.param("too_many", "1", id="seconds"),
        pytest.param("too_many_bare", None, id="none"),
        pytest.param("too_many_huge", "100000", id="more than a day"),
        pytest.param("too_many_negative", "-1", id="negative"),
        pytest.param("too_many_date", "Thu, 01 Jan 1970 00:01:42 GMT", id="a date"),
    ],
)
def test_too_many_says_when_to_come_back_in_every_form(
    hand: Hand, control: SandboxControl, server: SandboxServer, kind: str, shown: str | None
) -> None:
    server.sandbox.wall = lambda: 100.0
    control.add_fault(kind, **({"seconds": 2} if kind == "too_many_date" else {}))
    answer = hand.call("GET", "/users/me")
    assert (answer.status_code, answer.headers.get("Retry-After")) == (429, shown)


def test_an_answer_may_be_that_of_another_task(
    hand: Hand, control: SandboxControl, project: str
) -> None:
    first, second = (hand.task(name, projects=[project]) for name in ("A", "B"))
    control.add_fault("other_gid", "GET", "/tasks/*")
    answer = hand.get(f"/tasks/{second}", opt_fields="name")
    assert answer == {"gid": first, "name": "A"}

    control.clear_faults()
    control.add_fault("other_gid", "POST", "/tasks")
    created = hand.post("/tasks", {"name": "C", "projects": [project]}, opt_fields="name")
    assert created == {"gid": first, "name": "A"}
    assert "C" in hand.names("/tasks", project=project), "and yet it was made"


def test_a_fault_that_found_nothing_to_spoil_has_not_fired(
    hand: Hand, control: SandboxControl
) -> None:
    control.add_faults([{"kind": "other_gid"}, {"kind": "duplicate_rows"}])
    hand.get("/workspaces")
    hand.get("/users/me")
    assert [each["kind"] for each in control.unfired()] == ["other_gid", "duplicate_rows"]


def test_a_stale_answer_is_the_one_that_was_true_before(
    hand: Hand, control: SandboxControl, project: str
) -> None:
    gid = hand.task("before", projects=[project])
    control.add_fault("stale", "GET", "/tasks/*", nth=2)
    hand.get(f"/tasks/{gid}")
    hand.put(f"/tasks/{gid}", {"name": "after"})
    assert hand.get(f"/tasks/{gid}")["name"] == "before"
    assert hand.get(f"/tasks/{gid}")["name"] == "after"


def pages(hand: Hand, project: str, most: int) -> list[str]:
    names: list[str] = []
    query = {"project": project, "limit": "2", "opt_fields": "name"}
    for _ in range(most):
        body = hand.call("GET", "/tasks", **query).json()
        names += [each["name"] for each in body["data"]]
        if body["next_page"] is None:
            break
        query["offset"] = body["next_page"]["offset"]
    return names


@pytest.mark.parametrize(
    ("kind", "times", "names"),
    [
        pytest.param("duplicate_rows", 1, "ABACDE", id="a row twice in one page"),
        pytest.param("page_overlap", 1, "ABBCDE", id="a page begins before the last one ended"),
        pytest.param("offset_loop", 1, "ABABCDE", id="a page once more"),
        pytest.param("offset_loop", 0, "AB" * 9, id="the same page for ever"),
    ],
)
def test_a_listing_can_repeat_itself(
    hand: Hand, control: SandboxControl, project: str, kind: str, times: int, names: str
) -> None:
    for name in "ABCDE":
        hand.task(name, projects=[project])
    control.add_fault(kind, "GET", "/tasks", times=times)
    assert "".join(pages(hand, project, most=9)) == names
    assert control.unfired() == []


def test_an_expired_offset_strikes_only_a_call_that_sends_one(
    hand: Hand, control: SandboxControl, project: str
) -> None:
    for name in "ABC":
        hand.task(name, projects=[project])
    control.add_fault("expired_offset")
    body = hand.call("GET", "/tasks", project=project, limit="2").json()
    offset = body["next_page"]["offset"]
    refusal = hand.refusal("GET", "/tasks", project=project, limit="2", offset=offset)
    assert refusal == (400, "offset: Your pagination token has expired.")


def test_a_resync_at_will_carries_a_token_that_works(
    hand: Hand, control: SandboxControl, project: str
) -> None:
    sync = hand.sync_token(project)
    control.add_fault("resync")
    answer = hand.call("GET", "/events", resource=project, sync=sync)
    assert answer.status_code == 412
    assert hand.events(project, answer.json()["sync"])["data"] == []


def test_who_follows_a_redirect_is_seen(hand: Hand, control: SandboxControl) -> None:
    control.add_fault("redirect", "GET", "/users/me")
    assert hand.call("GET", "/users/me").status_code == 404
    assert [each["path"] for each in control.requests()["requests"]] == ["/users/me", "/redirected"]
