"""Webhooks of the sandbox: the handshake inside the create, deliveries, failures, their end."""

import hashlib
import hmac
import json
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from sync.sandbox.client import ControlRefusedError, SandboxControl
from tests.sandbox.ear import Ear, listening
from tests.sandbox.sandbox_hand import Hand

JULIE = "Julie Gagnon"


@pytest.fixture
def ear() -> Iterator[Ear]:
    with listening() as ear:
        yield ear


def subscribe(hand: Hand, resource: str, target: str, **more: Any) -> tuple[str, str]:
    """The new webhook's gid and its secret."""
    answer = hand.call("POST", "/webhooks", {"resource": resource, "target": target, **more})
    assert answer.status_code == 201, answer.text
    body = answer.json()
    assert answer.headers["Location"].endswith(f"/webhooks/{body['data']['gid']}")
    return body["data"]["gid"], body["X-Hook-Secret"]


def until(what: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 10
    while not what():
        assert time.monotonic() < deadline, "it never happened"
        time.sleep(0.005)


def attempts(control: SandboxControl) -> list[dict[str, Any]]:
    return [each for webhook in control.webhooks() for each in webhook["attempts"]]


def actions(body: bytes) -> list[tuple[str, str]]:
    return [(e["action"], e["resource"]["resource_type"]) for e in json.loads(body)["events"]]


def test_a_webhook_is_made_by_a_handshake_inside_the_create(hand: Hand, ear: Ear) -> None:
    """The target is asked while the create is open, and a first empty delivery follows."""
    gid, secret = subscribe(hand, hand.project(), f"{ear.url}?of=plan")
    assert [(each.path, each.secret) for each in ear.told[:1]] == [("/hooks?of=plan", secret)]
    (heartbeat,) = ear.wait_for(1)
    assert heartbeat.body == b'{"events": []}'
    made = hmac.new(secret.encode(), heartbeat.body, hashlib.sha256).hexdigest()
    assert heartbeat.signature == made
    until(lambda: hand.get(f"/webhooks/{gid}")["active"])


def test_the_world_is_free_while_the_target_is_asked(hand: Hand, ear: Ear) -> None:
    """A target may well call the API before it answers, in the handshake and in a delivery."""
    project = hand.project()
    ear.meanwhile = lambda: hand.get(f"/projects/{project}")
    subscribe(hand, project, ear.url)
    hand.task("T", projects=[project])
    ear.wait_for(2)


@pytest.mark.parametrize(
    ("answer", "echo"),
    [
        pytest.param(500, True, id="an error"),
        pytest.param(200, False, id="no echo"),
        pytest.param(202, True, id="another success than 200 or 204"),
        pytest.param(302, True, id="a redirect"),
    ],
)
def test_a_handshake_that_is_not_confirmed_makes_nothing(
    hand: Hand, ear: Ear, answer: int, echo: bool
) -> None:
    ear.answer, ear.echo = answer, echo
    project = hand.project()
    status, _ = hand.refusal("POST", "/webhooks", {"resource": project, "target": ear.url})
    assert status == 403
    assert hand.get("/webhooks", workspace=hand.workspace) == []


@pytest.mark.parametrize(
    ("target", "status"),
    [
        pytest.param("http://127.0.0.1:1/nobody", 403, id="nobody listens"),
        pytest.param("ftp://127.0.0.1/", 400, id="not the web"),
        pytest.param("http://127.0.0.1:port/", 400, id="no port"),
        pytest.param("nowhere", 400, id="no address"),
        pytest.param("https://jalon.ville.example/", 501, id="beyond this machine"),
        pytest.param("http://127.0.0.1.example/", 501, id="looks like this machine"),
    ],
)
def test_bad_targets(hand: Hand, target: str, status: int) -> None:
    project = hand.project()
    assert hand.refusal("POST", "/webhooks", {"resource": project, "target": target})[0] == status


def test_the_same_target_twice_is_a_duplicate(hand: Hand, ear: Ear) -> None:
    project = hand.project()
    subscribe(hand, project, ear.url)
    body = {"resource": project, "target": ear.url}
    status, message = hand.refusal("POST", "/webhooks", body)
    assert (status, message[:19]) == (403, "Duplicated webhook.")
    subscribe(hand, project, f"{ear.url}/other")
    subscribe(hand, hand.project(), ear.url)


def test_events_are_delivered_compact_and_signed(
    hand: Hand, ear: Ear, control: SandboxControl
) -> None:
    """Names and values are never in it: what changed is to be read through the API."""
    project = hand.project()
    task = hand.task("Secret de Julie", projects=[project])
    _, secret = subscribe(hand, project, ear.url)
    ear.wait_for(1)
    control.edit_task(task, JULIE, name="Autre secret")
    told = ear.wait_for(2)[1]
    assert ("changed", "task") in actions(told.body)
    assert told.signature == hmac.new(secret.encode(), told.body, hashlib.sha256).hexdigest()
    assert b"secret" not in told.body.lower()
    event = json.loads(told.body)["events"][0]
    assert event["resource"] == {
        "gid": task,
        "resource_type": "task",
        "resource_subtype": "default_task",
    }
    assert event["change"] == {"field": "name", "action": "changed"}
    assert event["parent"] is None


def test_only_what_happens_after_the_create_is_told(hand: Hand, ear: Ear) -> None:
    project = hand.project()
    hand.task("Avant", projects=[project])
    subscribe(hand, project, ear.url)
    hand.task("Ailleurs", projects=[hand.project()])
    late = hand.task("Après", projects=[project])
    until(lambda: any(late.encode() in each.body for each in ear.deliveries()))
    resources = [
        event["resource"] for each in ear.deliveries() for event in json.loads(each.body)["events"]
    ]
    gids = {each["gid"] for each in resources if each["resource_type"] == "task"}
    assert gids == {late}


def test_filters_let_through_what_any_of_them_wants(
    hand: Hand, ear: Ear, control: SandboxControl
) -> None:
    project = hand.project()
    task = hand.task("T", projects=[project])
    gid, _ = subscribe(
        hand,
        project,
        ear.url,
        filters=[{"resource_type": "task", "action": "changed", "fields": ["due_on"]}],
    )
    ear.wait_for(1)
    control.edit_task(task, JULIE, name="U")
    control.edit_task(task, JULIE, due_on="2026-03-01")
    assert actions(ear.wait_for(2)[1].body) == [("changed", "task")]
    shown = hand.put(f"/webhooks/{gid}", {"filters": [{"action": "deleted"}]})["filters"]
    assert shown == [{"action": "deleted"}]
    control.edit_task(task, JULIE, due_on="2026-03-02")
    control.trash_task(task, JULIE)
    assert actions(ear.wait_for(3)[2].body) == [("deleted", "task")]


@pytest.mark.parametrize(
    "filters",
    [
        pytest.param({}, id="no list"),
        pytest.param(["task"], id="no object"),
        pytest.param([{"action": "exploded"}], id="no action of Asana's"),
        pytest.param([{"action": "added", "fields": ["name"]}], id="fields of what is added"),
        pytest.param([{"type": "task"}], id="a misspelt key"),
    ],
)
def test_bad_filters(hand: Hand, ear: Ear, filters: Any) -> None:
    body = {"resource": hand.project(), "target": ear.url, "filters": filters}
    assert hand.refusal("POST", "/webhooks", body)[0] == 400
    assert ear.told == []


def test_a_failed_delivery_is_tried_again_later_and_later(
    hand: Hand, ear: Ear, control: SandboxControl
) -> None:
    """On the sandbox's clock, which stands still: what was not taken is told with what came."""
    project = hand.project()
    gid, _ = subscribe(hand, project, ear.url)
    ear.wait_for(1)
    ear.answer = 503
    first = hand.task("Un", projects=[project])
    until(lambda: hand.get(f"/webhooks/{gid}")["delivery_retry_count"] == 1)
    failed = hand.get(f"/webhooks/{gid}")
    assert failed["last_failure_at"] == "2026-01-05T15:00:00.000Z"
    assert failed["next_attempt_after"] == "2026-01-05T15:00:10.000Z"
    assert failed["failure_deletion_timestamp"] == "2026-01-06T15:00:00.000Z"
    control.advance(10)
    until(lambda: hand.get(f"/webhooks/{gid}")["delivery_retry_count"] == 2)
    assert hand.get(f"/webhooks/{gid}")["next_attempt_after"] == "2026-01-05T15:00:30.000Z"
    second = hand.task("Deux", projects=[project])
    ear.answer = 204
    control.advance(20)
    until(lambda: hand.get(f"/webhooks/{gid}")["delivery_retry_count"] == 0)
    last = ear.deliveries()[-1]
    assert first.encode() in last.body
    assert second.encode() in last.body
    mended = hand.get(f"/webhooks/{gid}")
    assert mended["next_attempt_after"] is None
    assert mended["failure_deletion_timestamp"] is None
    assert mended["last_failure_at"] == "2026-01-05T15:00:10.000Z"


def test_what_fails_for_a_day_is_deleted(hand: Hand, ear: Ear, control: SandboxControl) -> None:
    project = hand.project()
    gid, _ = subscribe(hand, project, ear.url)
    ear.wait_for(1)
    ear.answer = 500
    hand.task("T", projects=[project])
    until(lambda: hand.get(f"/webhooks/{gid}")["delivery_retry_count"] == 1)
    control.advance(24 * 3600 - 1)
    until(lambda: hand.get(f"/webhooks/{gid}")["delivery_retry_count"] == 2)
    control.advance(1)
    until(lambda: hand.call("GET", f"/webhooks/{gid}").status_code == 404)
    assert hand.get("/webhooks", workspace=hand.workspace) == []


def test_a_heartbeat_comes_every_eight_hours(hand: Hand, ear: Ear, control: SandboxControl) -> None:
    gid, _ = subscribe(hand, hand.project(), ear.url)
    until(lambda: hand.get(f"/webhooks/{gid}")["active"])  # the eight hours run from its answer
    control.advance(8 * 3600)
    assert [json.loads(each.body) for each in ear.wait_for(2)] == [{"events": []}] * 2


def test_what_a_switch_delays_is_delivered_late(
    hand: Hand, ear: Ear, control: SandboxControl
) -> None:
    project = hand.project()
    subscribe(hand, project, ear.url)
    ear.wait_for(1)
    control.switch(events_delay=60)
    task = hand.task("T", projects=[project])
    control.advance(59)
    control.advance(1)
    until(lambda: any(task.encode() in each.body for each in ear.deliveries()))
    assert all(each["at"] >= "2026-01-05T15:01:00" for each in attempts(control)[1:])


def test_what_a_fault_loses_is_not_delivered(hand: Hand, ear: Ear, control: SandboxControl) -> None:
    project = hand.project()
    subscribe(hand, project, ear.url)
    control.add_fault("lose_events", "POST", "/tasks")
    lost = hand.task("Perdue", projects=[project])
    found = hand.task("Dite", projects=[project])
    until(lambda: any(found.encode() in each.body for each in ear.deliveries()))
    assert not any(lost.encode() in each.body for each in ear.deliveries())


def test_a_delivery_can_be_forged_and_come_twice(
    hand: Hand, ear: Ear, control: SandboxControl
) -> None:
    project = hand.project()
    gid, secret = subscribe(hand, project, ear.url)
    until(lambda: hand.get(f"/webhooks/{gid}")["active"])
    control.steer_webhook(gid, twice=True, forged=True)
    hand.task("T", projects=[project])
    one, other = ear.wait_for(3)[1:3]
    assert (one.body, one.signature) == (other.body, other.signature)
    assert one.signature != hmac.new(secret.encode(), one.body, hashlib.sha256).hexdigest()
    with pytest.raises(ControlRefusedError, match="known: twice"):
        control.steer_webhook(gid, thrice=True)


def test_a_webhook_is_its_makers_own(hand: Hand, julie: Hand, ear: Ear) -> None:
    project = hand.project()
    gid, _ = subscribe(hand, project, ear.url)
    assert julie.get("/webhooks", workspace=hand.workspace) == []
    for method, data in (("GET", None), ("PUT", {"filters": []}), ("DELETE", None)):
        assert julie.refusal(method, f"/webhooks/{gid}", data)[0] == 403
    mine = hand.get("/webhooks", workspace=hand.workspace, resource=project)
    assert [(each["gid"], each["resource"]["gid"]) for each in mine] == [(gid, project)]
    assert hand.get("/webhooks", workspace=hand.workspace, resource="1") == []
    assert hand.refusal("GET", "/webhooks")[0] == 400
    assert hand.data("DELETE", f"/webhooks/{gid}") == {}
    assert hand.refusal("GET", f"/webhooks/{gid}")[0] == 404


def test_a_private_project_cannot_be_followed(
    hand: Hand, julie: Hand, ear: Ear, control: SandboxControl
) -> None:
    project = hand.project(privacy_setting="private")
    assert julie.refusal("POST", "/webhooks", {"resource": project, "target": ear.url})[0] == 403
    assert ear.told == []


def test_a_batch_makes_no_webhook(hand: Hand, ear: Ear) -> None:
    action = {
        "relative_path": "/webhooks",
        "method": "post",
        "data": {"resource": hand.project(), "target": ear.url},
    }
    (result,) = hand.post("/batch", {"actions": [action]})
    assert result["status_code"] == 501
    assert ear.told == []


def test_two_creates_at_once_make_one_webhook(hand: Hand, ear: Ear) -> None:
    """The world is free between the halves of a create, so the second half looks again."""
    project = hand.project()
    meeting = threading.Barrier(2)
    ear.meanwhile = lambda: meeting.wait(10) if len(ear.told) <= 2 else None
    body = {"resource": project, "target": ear.url}
    answers: list[int] = []
    threads = [
        threading.Thread(
            target=lambda: answers.append(hand.call("POST", "/webhooks", body).status_code)
        )
        for _ in range(2)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == [201, 403]
