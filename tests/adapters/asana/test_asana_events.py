"""Events are hints: whatever order, number or shape they come in, the reading is the same."""

from collections.abc import Callable
from typing import Any

import pytest
import requests

from sync.errors import TargetUnavailable
from tests.adapters.asana.asana_desk import Desk
from tests.adapters.asana.test_asana_target import same

Events = list[dict[str, Any]]


def edit_much(desk: Desk) -> None:
    """Edits, a new task, a departure: each leaves several events."""
    for n in range(3):
        desk.person("PUT", desk.task(f"action:A-{n}"), {"name": f"A{n}", "notes": "autre"})
        desk.person("PUT", desk.task(f"indicator:I-{n}"), {"completed": True})
    desk.person("POST", "/tasks", {"name": "À moi", "projects": [desk.links["project:actions"]]})
    home = {"project": desk.links["project:actions"]}
    desk.person("POST", f"{desk.task('action:A-1')}/removeProject", home)


def told(desk: Desk) -> tuple[Events, str]:
    """What Asana has to tell, and the token to go on with."""
    answer = requests.get(
        f"{desk.url}/events",
        params={"resource": desk.links["project:actions"], "sync": desk.cursors["events"]},
        headers={"Authorization": f"Bearer {desk.token}"},
        timeout=5,
    ).json()
    assert not answer["has_more"]
    return answer["data"], answer["sync"]


def tell(desk: Desk, events: Any, sync: str, **more: Any) -> None:
    body = {"data": events, "sync": sync, "has_more": False, **more}
    desk.fault("status", "GET", "/events", status=200, body=body)


def repeated(events: Events) -> Events:
    return [each for each in events for _ in range(3)]


def backwards(events: Events) -> Events:
    return events[::-1]


def by_nobody(events: Events) -> Events:
    return [{**each, "user": None, "parent": None} for each in events]


def with_what_nobody_knows(events: Events) -> Events:
    odd = {"action": "transmuted", "resource": {"gid": "77", "resource_type": "quark"}}
    return [odd, *({**each, "phase": "lune", "change": {"field": "x"}} for each in events), odd]


@pytest.mark.parametrize("told_as", [repeated, backwards, by_nobody, with_what_nobody_knows])
def test_however_events_are_told_the_reading_is_the_same(
    desk: Desk, told_as: Callable[[Events], Events]
) -> None:
    target = desk.provisioned(3)
    edit_much(desk)
    events, sync = told(desk)
    tell(desk, told_as(events), sync)

    reading = desk.keep(target.observe(desk.known(), full=False))

    assert desk.fired() == 1
    assert not reading.full
    assert same(reading.observed, desk.full())


def test_each_thing_is_read_once_however_often_it_is_told_of(desk: Desk) -> None:
    target = desk.provisioned(2)
    for n in range(5):
        desk.person("PUT", desk.task("action:A-0"), {"name": f"essai {n}"})
    desk.forget_requests()

    reading = target.observe(desk.known(), full=False)

    assert reading.requests == len(desk.asked()) == 2
    assert reading.observed.tasks[desk.links["action:A-0"]].name == "essai 4"


def test_an_edit_that_only_its_story_tells_of_is_read(desk: Desk) -> None:
    """Under what name the edit of a custom field is told nobody says, nor that it is."""
    target = desk.provisioned(2)
    desk.sandbox.control.switch(field_event="")
    written = {"custom_fields": {desk.links["field:quantite"]: 3}}
    desk.person("PUT", desk.task("indicator:I-0"), written)
    events, _ = told(desk)
    assert {each["resource"]["resource_type"] for each in events} == {"story"}
    desk.forget_requests()

    reading = target.observe(desk.known(), full=False)

    assert len(desk.asked()) == 2
    assert reading.observed.tasks[desk.links["indicator:I-0"]].fields[
        desk.links["field:quantite"]
    ] == 3  # fmt: skip


@pytest.mark.parametrize(
    ("subtype", "task"),
    [
        pytest.param("comment_added", "action:A-0", id="a comment"),
        pytest.param("name_changed", None, id="of a task that is not ours"),
    ],
)
def test_a_story_that_tells_of_no_edit_of_ours_costs_nothing(
    desk: Desk, subtype: str, task: str | None
) -> None:
    target = desk.provisioned(1)
    _, sync = told(desk)
    parent = {"gid": desk.links[task] if task else "77", "resource_type": "task"}
    story = {"gid": "88", "resource_type": "story", "resource_subtype": subtype}
    tell(desk, [{"action": "added", "resource": story, "parent": parent}], sync)
    desk.forget_requests()

    assert not target.observe(desk.known(), full=False).full
    assert desk.asked() == [("GET", "/events")]


@pytest.mark.parametrize(
    "event",
    [
        pytest.param({"action": "changed", "resource": None}, id="no resource"),
        pytest.param({"action": "changed"}, id="nothing at all"),
        pytest.param({"action": "changed", "resource": {"gid": "5"}}, id="of no kind"),
        pytest.param({"resource": {"resource_type": "task"}}, id="without a gid"),
        pytest.param("un mot", id="no object"),
    ],
)
def test_an_event_that_says_nothing_leads_to_a_full_read(desk: Desk, event: Any) -> None:
    """It says that something happened; and it must not be met again and again."""
    target = desk.provisioned(2)
    desk.fault("lose_events", "PUT", "/tasks/*")
    desk.person("PUT", desk.task("action:A-0"), {"name": "Renommée"})
    _, sync = told(desk)
    desk.clear_faults()
    tell(desk, [event], sync)

    reading = desk.keep(target.observe(desk.known(), full=False))

    assert reading.full
    assert reading.observed.tasks[desk.links["action:A-0"]].name == "Renommée"
    assert target.observe(desk.known(), full=False).requests == 1


def test_events_over_many_pages_are_all_heard(desk: Desk) -> None:
    """Asana tells at most a hundred at a time."""
    target = desk.provisioned(2)
    for n in range(60):
        desk.person("PUT", desk.task("action:A-0"), {"name": f"essai {n}", "notes": f"n {n}"})
    desk.person("PUT", desk.task("indicator:I-1"), {"completed": True})
    desk.forget_requests()

    reading = target.observe(desk.known(), full=False)

    assert sum(path == "/events" for _, path in desk.asked()) >= 3
    assert not reading.full
    assert same(reading.observed, desk.full())


def test_a_token_that_lapses_on_a_later_page_leads_to_a_full_read(desk: Desk) -> None:
    target = desk.provisioned(2)
    desk.person("PUT", desk.task("action:A-0"), {"name": "Renommée"})
    events, sync = told(desk)
    tell(desk, events, sync, has_more=True)
    desk.fault("resync", "GET", "/events", nth=2)

    reading = desk.keep(target.observe(desk.known(), full=False))

    assert desk.fired() == 2
    assert reading.full
    assert same(reading.observed, desk.full())
    assert target.observe(desk.known(), full=False).requests == 1


def test_events_that_go_round_in_a_circle_are_no_reading(desk: Desk) -> None:
    """The same token again, and more to come: it would never end."""
    target = desk.provisioned(1)
    body = {"data": [], "sync": desk.cursors["events"], "has_more": True}
    desk.fault("status", "GET", "/events", status=200, body=body, times=0)
    desk.forget_requests()

    with pytest.raises(TargetUnavailable):
        target.observe(desk.known(), full=False)
    assert len(desk.asked()) < 5
