"""The control interface: time, people and their hands, and what happened."""

from typing import Any

import pytest

from sync.sandbox.client import ControlRefusedError, SandboxControl
from tests.sandbox.sandbox_hand import Hand

JULIE = "Julie Gagnon"


@pytest.fixture
def project(hand: Hand) -> Any:
    return hand.project()


@pytest.fixture
def stage(hand: Hand, project: str) -> Any:
    """A task with an id and a status, as the service makes them."""
    text = hand.field("Jalon id", "text", project)
    enum = hand.field(
        "Statut", "enum", project, enum_options=[{"name": "À venir"}, {"name": "Atteint"}]
    )
    task = hand.task("T", projects=[project], custom_fields={text["gid"]: "A-1"})
    return {"project": project, "task": task, "id": text["gid"], "status": enum["gid"]}


def test_the_clock_can_be_set_moved_on_and_stopped(hand: Hand, control: SandboxControl) -> None:
    control.set_clock("2026-02-10T14:00:00Z", frozen=True)
    control.advance(90)
    gid = hand.task("T", workspace=hand.workspace)
    assert hand.get(f"/tasks/{gid}")["created_at"] == "2026-02-10T14:01:30.000Z"
    control.freeze(frozen=False)
    assert control.state()["frozen"] is False


def test_a_person_edits_by_name_and_is_the_author(
    hand: Hand, control: SandboxControl, stage: dict[str, str]
) -> None:
    """The history is how a test knows whose words a field holds."""
    control.edit_task(
        stage["task"], by=JULIE, name="Nommée", completed=True, fields={"Statut": "Atteint"}
    )

    dump = control.dump()
    task = dump["tasks"][stage["task"]]
    assert (task["name"], task["completed"]) == ("Nommée", True)
    assert task["fields"] == {"Jalon id": "A-1", "Statut": "Atteint"}
    hers = [entry for entry in dump["history"] if entry["by"] == JULIE]
    assert {(entry["field"], entry["before"], entry["after"]) for entry in hers} == {
        ("name", "T", "Nommée"),
        ("completed", False, True),
        ("custom_fields.Statut", None, "Atteint"),
    }
    control.edit_task(stage["task"], by=JULIE, fields={"Statut": None})
    assert "Statut" not in control.dump()["tasks"][stage["task"]]["fields"]


def test_acts_leave_events_and_no_requests(
    hand: Hand, control: SandboxControl, stage: dict[str, str]
) -> None:
    """People do not spend the service's budget."""
    sync = hand.sync_token(stage["project"])
    control.forget_requests()
    control.edit_task(stage["task"], by=JULIE, due_on="2026-02-20")
    assert control.requests()["total"] == 0
    events = hand.events(stage["project"], sync)["data"]
    assert events[0]["user"]["name"] == JULIE
    assert events[0]["change"]["field"] == "due_on"


def test_a_duplicate_copies_the_id_field_too(
    hand: Hand, control: SandboxControl, stage: dict[str, str]
) -> None:
    copy = control.duplicate_task(stage["task"], by=JULIE)

    ids = [
        each["custom_fields"][0]["text_value"]
        for each in hand.get("/tasks", project=stage["project"], opt_fields="custom_fields")
    ]
    assert ids == ["A-1", "A-1"]
    assert hand.names("/tasks", project=stage["project"]) == ["T", "T"]
    assert copy != stage["task"]


def test_a_duplicate_takes_its_subtasks_along(
    hand: Hand, control: SandboxControl, stage: dict[str, str]
) -> None:
    hand.task("child", parent=stage["task"])
    copy = control.duplicate_task(stage["task"], by=JULIE, name="Copie de T")
    assert hand.names(f"/tasks/{copy}/subtasks") == ["child"]


def test_what_people_do_to_fields_and_options(
    hand: Hand, control: SandboxControl, stage: dict[str, str]
) -> None:
    control.rename_option("Statut", "Atteint", by=JULIE, name="Fait")
    control.disable_option("Statut", "À venir", by=JULIE)
    control.rename_field("Statut", by=JULIE, name="État")
    control.detach_field("Jalon id", by=JULIE, project=stage["project"])

    field = hand.get(f"/custom_fields/{stage['status']}")
    assert field["name"] == "État"
    assert [(each["name"], each["enabled"]) for each in field["enum_options"]] == [
        ("À venir", False),
        ("Fait", True),
    ]
    (left,) = hand.get(f"/projects/{stage['project']}/custom_field_settings")
    assert left["custom_field"]["gid"] == stage["status"]


def test_what_people_do_to_places(
    hand: Hand, control: SandboxControl, stage: dict[str, str]
) -> None:
    project, task = stage["project"], stage["task"]
    control.act("add_section", by=JULIE, project=project, name="Ailleurs")
    control.move_task(task, by=JULIE, project=project, section="Ailleurs")
    home = hand.get(f"/tasks/{task}")["memberships"][0]
    assert home["section"]["name"] == "Ailleurs"

    foreign = control.add_task(
        "Réunion", by=JULIE, project=project, fields={"Jalon id": "?"}, assignee="me"
    )
    control.convert_to_subtask(foreign, by=JULIE, parent=task)
    assert hand.get(f"/tasks/{foreign}")["parent"]["gid"] == task
    assert hand.get(f"/tasks/{foreign}")["projects"] == []
    control.act("convert_to_task", by=JULIE, task=foreign)
    assert hand.get(f"/tasks/{foreign}")["parent"] is None

    control.comment(task, by=JULIE, text="Vu")
    control.remove_task(task, by=JULIE, project=project)
    assert hand.names("/tasks", project=project) == []
    control.archive_project(project, by=JULIE)
    assert hand.get(f"/projects/{project}")["archived"] is True


def test_a_new_thing_can_stay_unseen_for_a_while(
    hand: Hand, control: SandboxControl, project: str
) -> None:
    """Reads may lag creates; the maker holds the gid and may go on writing."""
    sync = hand.sync_token(project)
    control.set_visibility_delay(30)
    section = hand.section(project, "Volet")
    gid = hand.task("T", memberships=[{"project": project, "section": section}])

    assert hand.refusal("GET", f"/tasks/{gid}")[0] == 404
    assert hand.names("/tasks", project=project) == []
    assert hand.names(f"/projects/{project}/sections") == ["Untitled section"]
    early = hand.events(project, sync)
    assert early["data"] == []
    assert hand.put(f"/tasks/{gid}", {"notes": "n"})["notes"] == "n"

    control.advance(30)
    assert hand.names("/tasks", project=project) == ["T"]
    assert {event["action"] for event in hand.events(project, early["sync"])["data"]} == {
        "added",
        "changed",
    }


def test_requests_are_logged_by_owner_and_never_with_a_token(
    hand: Hand, julie: Hand, control: SandboxControl
) -> None:
    control.forget_requests()
    hand.get("/users/me", opt_fields="name")
    julie.call("POST", "/tasks", {"name": "T"})

    report = control.requests()
    assert report["total"] == 2
    assert report["by_method"] == {"GET": 1, "POST": 1}
    assert report["by_status"] == {"200": 1, "400": 1}
    assert [entry["user"] for entry in report["requests"]] == [
        "Jalon (compte de service)",
        JULIE,
    ]
    assert len(control.requests(last=1)["requests"]) == 1
    text = str([report, control.dump(), control.state()])
    assert "sandbox/1/service" not in text
    assert "'julie'" not in text


def test_a_reset_begins_again_with_the_same_gids(hand: Hand, control: SandboxControl) -> None:
    first = hand.project()
    control.reset()
    assert control.state()["projects"] == 0
    control.add_person("Julie Gagnon", "julie@ville.invalid", token="julie")
    assert hand.project() == first


def test_the_dump_tells_order_homes_and_the_trash(
    hand: Hand, control: SandboxControl, stage: dict[str, str]
) -> None:
    child = hand.task("child", parent=stage["task"])
    hand.data("DELETE", f"/tasks/{child}")

    dump = control.dump()
    (shown,) = dump["projects"]
    assert shown["sections"][0]["tasks"] == [stage["task"]]
    assert shown["fields"] == ["Jalon id", "Statut"]
    assert dump["tasks"][child]["trashed"] is True
    assert dump["tasks"][child]["parent"] == stage["task"]
    assert dump["tasks"][stage["task"]]["memberships"][0]["project"] == stage["project"]


@pytest.mark.parametrize(
    ("call", "word"),
    [
        pytest.param(lambda it: it.switch(refuse_2_homes=True), "refuse_two_homes", id="switch"),
        pytest.param(lambda it: it.switch(refuse_two_homes="yes"), "bool", id="kind of value"),
        pytest.param(lambda it: it.switch(plan_tier="gold"), "free", id="choice"),
        pytest.param(lambda it: it.edit_task("1", by=JULIE, name="x"), "Unknown", id="task"),
        pytest.param(lambda it: it.edit_task("1", by="Nobody", name="x"), "Nobody", id="person"),
        pytest.param(lambda it: it.act("dance", by=JULIE), "edit_task", id="verb"),
        pytest.param(lambda it: it.act("trash_task", by=JULIE, gid="1"), "trash_task", id="word"),
        pytest.param(lambda it: it.add_person(JULIE), JULIE, id="a name taken"),
        pytest.param(lambda it: it.set_clock("soon"), "soon", id="instant"),
    ],
)
def test_what_the_control_interface_does_not_understand_it_refuses(
    control: SandboxControl, call: Any, word: str
) -> None:
    """A misspelt stage direction must not pass as a scene that was played."""
    with pytest.raises(ControlRefusedError, match=word):
        call(control)


def test_an_edit_that_a_person_may_not_make_changes_nothing(
    hand: Hand, control: SandboxControl, stage: dict[str, str]
) -> None:
    with pytest.raises(ControlRefusedError):
        control.edit_task(stage["task"], by=JULIE, name="x", fields={"Statut": "Jamais"})
    with pytest.raises(ControlRefusedError):
        control.edit_task(stage["task"], by=JULIE, nom="x")
    assert hand.get(f"/tasks/{stage['task']}")["name"] == "T"
