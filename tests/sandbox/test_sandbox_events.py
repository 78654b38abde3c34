"""The event stream: hints, at most once, behind tokens that expire."""

from typing import Any

import pytest

from sync.sandbox.client import SandboxControl
from sync.sandbox.server import SandboxServer
from tests.sandbox.sandbox_hand import Hand


@pytest.fixture
def project(hand: Hand) -> Any:
    return hand.project()


def told(body: Any, *, stories: bool = False) -> Any:
    return [
        (event["action"], event["resource"]["gid"], (event.get("change") or {}).get("field"))
        for event in body["data"]
        if stories or event["type"] != "story"
    ]


def test_the_first_call_is_a_412_that_carries_the_token_to_begin_with(
    hand: Hand, project: str
) -> None:
    answer = hand.call("GET", "/events", resource=project)

    assert answer.status_code == 412
    assert answer.json().keys() == {"errors", "sync"}
    assert hand.events(project, answer.json()["sync"])["data"] == []


def test_each_answer_gives_the_token_of_the_next(hand: Hand, project: str) -> None:
    sync = hand.sync_token(project)
    gid = hand.task("T", projects=[project])
    body = hand.events(project, sync)
    assert {(action, each) for action, each, _ in told(body)} == {("added", gid)}
    assert hand.events(project, body["sync"])["data"] == []
    hand.task("later", projects=[project])
    assert hand.events(project, sync) == body, "asked again, the same is told"
    assert len(hand.events(project, body["sync"])["data"]) == 2


def test_a_change_names_the_field_and_never_the_value(hand: Hand, project: str) -> None:
    gid = hand.task("T", projects=[project])
    sync = hand.sync_token(project)
    hand.put(f"/tasks/{gid}", {"name": "U", "due_on": "2026-02-15"})

    body = hand.events(project, sync)
    assert told(body) == [("changed", gid, "name"), ("changed", gid, "due_on")]
    assert all(
        event["change"].keys() == {"field", "action"}
        for event in body["data"]
        if event["action"] == "changed"
    )


@pytest.mark.parametrize("housed", [True, False], ids=["with its own home", "bare"])
def test_subtasks_and_their_stories_bubble_to_the_project(
    hand: Hand, project: str, housed: bool
) -> None:
    parent = hand.task("parent", projects=[project])
    sync = hand.sync_token(project)
    home = {"memberships": [{"project": project}]} if housed else {}
    child = hand.task("child", parent=parent, **home)
    hand.put(f"/tasks/{child}", {"completed": True})
    hand.post(f"/tasks/{child}/stories", {"text": "Fait"})

    body = hand.events(project, sync)
    assert ("added", child, None) in told(body)
    assert ("changed", child, "completed") in told(body)
    stories = [event for event in body["data"] if event["type"] == "story"]
    assert {event["parent"]["gid"] for event in stories} == {child}


def test_our_own_edits_are_told_with_everyone_elses_under_their_names(
    hand: Hand, julie: Hand, project: str
) -> None:
    """The token may be a manager's: who edited tells nothing about whether to read again."""
    gid = hand.task("T", projects=[project])
    sync = hand.sync_token(project)
    hand.put(f"/tasks/{gid}", {"name": "ours"})
    julie.put(f"/tasks/{gid}", {"name": "hers"})

    events = [event for event in hand.events(project, sync)["data"] if event["type"] == "task"]
    assert [event["user"]["name"] for event in events] == [
        "Jalon (compte de service)",
        "Julie Gagnon",
    ]


def test_leaving_the_project_is_removed_and_the_trash_is_deleted(
    hand: Hand, control: SandboxControl, project: str
) -> None:
    gid = hand.task("T", projects=[project])
    sync = hand.sync_token(project)
    hand.post(f"/tasks/{gid}/removeProject", {"project": project})
    hand.post(f"/tasks/{gid}/addProject", {"project": project})
    hand.data("DELETE", f"/tasks/{gid}")
    control.restore_task(gid, by="Julie Gagnon")

    body = hand.events(project, sync)
    actions = [action for action, _, _ in told(body)]
    assert actions == ["removed", "added", "added", "deleted", "undeleted"]
    removed = next(event for event in body["data"] if event["action"] == "removed")
    assert removed["parent"]["gid"] == project


def test_a_story_is_an_event_of_its_own_unless_the_switch_is_off(
    hand: Hand, control: SandboxControl, project: str
) -> None:
    gid = hand.task("T", projects=[project])
    sync = hand.sync_token(project)
    hand.put(f"/tasks/{gid}", {"name": "U"})
    assert len(hand.events(project, sync)["data"]) == 2

    control.switch(story_events=False)
    sync = hand.sync_token(project)
    hand.put(f"/tasks/{gid}", {"name": "V"})
    assert len(hand.events(project, sync)["data"]) == 1


def test_a_stream_tells_only_its_own_project(hand: Hand, project: str) -> None:
    other = hand.project("Autre")
    sync = hand.sync_token(project)
    hand.task("T", projects=[other])
    assert hand.events(project, sync)["data"] == []


def test_an_answer_holds_a_hundred_events_and_says_that_there_are_more(
    hand: Hand, project: str
) -> None:
    sync = hand.sync_token(project)
    gids = [hand.task(f"T{number}", projects=[project]) for number in range(60)]
    first = hand.events(project, sync)
    rest = hand.events(project, first["sync"])

    assert (len(first["data"]), first["has_more"]) == (100, True)
    assert (len(rest["data"]), rest["has_more"]) == (20, False)
    seen = [event["resource"]["gid"] for event in first["data"] + rest["data"]]
    assert list(dict.fromkeys(seen)) == gids


@pytest.mark.parametrize("sync", ["", "x", "made.up"])
def test_a_token_that_was_never_issued_is_a_412(hand: Hand, project: str, sync: str) -> None:
    answer = hand.call("GET", "/events", resource=project, sync=sync)
    assert answer.status_code == 412
    assert hand.events(project, answer.json()["sync"])["data"] == []


def test_a_token_lives_a_day_and_what_happened_meanwhile_is_not_told(
    hand: Hand, control: SandboxControl, project: str
) -> None:
    sync = hand.sync_token(project)
    hand.task("T", projects=[project])
    control.advance(86_401)

    answer = hand.call("GET", "/events", resource=project, sync=sync)
    assert answer.status_code == 412
    assert hand.events(project, answer.json()["sync"])["data"] == []


def test_tokens_can_be_expired_at_will(hand: Hand, control: SandboxControl, project: str) -> None:
    sync = hand.sync_token(project)
    control.expire_sync()
    answer = hand.call("GET", "/events", resource=project, sync=sync)
    assert answer.status_code == 412
    hand.events(project, answer.json()["sync"])


def test_a_token_of_one_resource_is_no_good_for_another(hand: Hand, project: str) -> None:
    sync = hand.sync_token(hand.project("Autre"))
    assert hand.call("GET", "/events", resource=project, sync=sync).status_code == 412


def test_a_spent_token_is_refused_only_if_the_switch_says_so(
    hand: Hand, control: SandboxControl, project: str
) -> None:
    """A service that crashed before keeping the new token asks the old one again."""
    control.switch(refuse_spent_sync=True)
    first = hand.sync_token(project)
    second = hand.events(project, first)["sync"]
    hand.events(project, first)
    hand.events(project, second)
    assert hand.call("GET", "/events", resource=project, sync=first).status_code == 412


def test_late_events_are_told_later_and_never_skipped(
    hand: Hand, control: SandboxControl, project: str
) -> None:
    control.switch(events_delay=60)
    sync = hand.sync_token(project)
    gid = hand.task("T", projects=[project])
    early = hand.events(project, sync)
    assert early["data"] == []
    control.advance(60)
    assert {each for _, each, _ in told(hand.events(project, early["sync"]))} == {gid}


def test_a_tasks_own_stream_carries_its_subtasks(hand: Hand, project: str) -> None:
    gid = hand.task("T", projects=[project])
    sync = hand.sync_token(gid)
    child = hand.task("child", parent=gid)
    assert told(hand.events(gid, sync)) == [("added", child, None)]
    section = hand.get(f"/projects/{project}/sections")[0]["gid"]
    assert hand.refusal("GET", "/events", resource=section)[0] == 501
    assert hand.refusal("GET", "/events")[0] == 400


def test_the_stream_waits_for_a_create_that_reads_do_not_show_yet(
    hand: Hand, control: SandboxControl, project: str
) -> None:
    """To tell the later event and move on would lose the earlier one for good."""
    seen = hand.task("seen", projects=[project])
    sync = hand.sync_token(project)
    control.set_visibility_delay(30)
    unseen = hand.task("unseen", projects=[project])
    hand.put(f"/tasks/{seen}", {"name": "changed"})

    early = hand.events(project, sync)
    assert early["data"] == []
    control.advance(30)
    late = [each for _, each, _ in told(hand.events(project, early["sync"]))]
    assert list(dict.fromkeys(late)) == [unseen, seen]


def shown_of(server: SandboxServer, share: float) -> list[int]:
    """Which of 200 events a stream tells, where a share of them is lost."""
    with SandboxControl(server.base_url) as control:
        control.reset()
        control.switch(events_loss=share, story_events=False)
        hand = Hand(server.greeting()["url"], server.greeting()["token"])
        project = hand.project()
        sync, seen = hand.sync_token(project), []
        gid = hand.task("T", projects=[project])
        for number in range(200):
            hand.put(f"/tasks/{gid}", {"notes": str(number)})
            body = hand.events(project, sync)
            sync = body["sync"]
            seen += [number] if body["data"] else []
        lost = control.state()["lost_events"]
        hand.session.close()
    assert lost >= 200 - len(seen)
    return seen


@pytest.mark.parametrize(("share", "least", "most"), [(0.0, 200, 200), (0.5, 80, 120), (1.0, 0, 0)])
def test_a_share_of_the_events_is_lost_and_always_the_same_ones(
    server: SandboxServer, share: float, least: int, most: int
) -> None:
    seen = shown_of(server, share)
    assert least <= len(seen) <= most
    assert shown_of(server, share) == seen
