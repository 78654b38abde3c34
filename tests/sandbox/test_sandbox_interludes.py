"""Acts that fall between two requests, and worlds that are kept and begun again."""

from typing import Any

import pytest

from sync.sandbox.client import ControlRefusedError, SandboxControl
from tests.sandbox.sandbox_hand import Hand

JULIE = "Julie Gagnon"


def rename(task: str, name: str) -> dict[str, str]:
    return {"verb": "edit_task", "task": task, "name": name}


@pytest.fixture
def task(hand: Hand) -> Any:
    return hand.task("T", projects=[hand.project()])


@pytest.mark.parametrize(("when", "seen"), [("before", "Hers"), ("after", "T")])
def test_a_person_acts_right_before_or_right_after_the_nth_request(
    hand: Hand, control: SandboxControl, task: str, when: str, seen: str
) -> None:
    control.interlude(JULIE, [rename(task, "Hers")], nth=2, when=when)
    names = [hand.get(f"/tasks/{task}")["name"] for _ in range(3)]
    assert names == ["T", seen, "Hers"]
    (told,) = control.interludes()
    assert (told["fired_at"], told["matched"], told["refused"]) == (2, 3, None)


def test_the_edit_between_a_read_and_a_write_is_overwritten_and_history_says_so(
    hand: Hand, control: SandboxControl, task: str
) -> None:
    """The race that Asana gives no means against: the last writer wins."""
    hand.get(f"/tasks/{task}")
    control.interlude(JULIE, [rename(task, "Hers")], method="PUT", path="/tasks/*")
    assert hand.put(f"/tasks/{task}", {"name": "Ours"})["name"] == "Ours"
    written = [e for e in control.dump()["history"] if e["field"] == "name"]
    assert [(e["before"], e["after"]) for e in written] == [("T", "Hers"), ("Hers", "Ours")]


def test_a_patient_one_waits_until_its_object_exists(hand: Hand, control: SandboxControl) -> None:
    """Gids are counted, so that a test can name what is yet to be made."""
    control.save("empty")
    project = hand.project()
    later = hand.task("T", projects=[project])
    control.restore("empty")
    acts = [rename(later, "Hers")]
    control.interlude(JULIE, acts, patient=True)
    control.interlude(JULIE, acts)
    assert hand.project() == project
    assert hand.task("T", projects=[project]) == later
    assert hand.get(f"/tasks/{later}")["name"] == "Hers"
    patient, hasty = control.interludes()
    assert hasty["fired_at"] is None
    assert "Unknown object" in hasty["refused"]
    assert patient["fired_at"] > 1


def test_a_saved_world_is_begun_again_as_often_as_one_likes(
    hand: Hand, control: SandboxControl, task: str
) -> None:
    control.switch(story_events=False)
    control.save("before")
    for _ in range(2):
        control.trash_task(task, JULIE)
        control.add_fault("status", status=500)
        control.restore("before")
        assert hand.get(f"/tasks/{task}")["name"] == "T"
        assert control.faults() == []
        assert control.requests()["total"] == 1
        assert control.state()["switches"]["story_events"] is False
    with pytest.raises(ControlRefusedError, match="no world was saved as 'after'"):
        control.restore("after")


def test_an_interlude_that_makes_no_sense_is_refused(control: SandboxControl) -> None:
    for wrong in ({"when": "during"}, {"nth": 0}, {"path": "re:("}):
        with pytest.raises(ControlRefusedError):
            control.interlude(JULIE, [rename("1", "x")], **wrong)
    with pytest.raises(ControlRefusedError, match="no person"):
        control.interlude("Nobody", [rename("1", "x")])


# --- acts -----------------------------------------------------------------------------------


@pytest.fixture
def stage(hand: Hand) -> dict[str, Any]:
    project = hand.project()
    status = hand.field(
        "Statut", "enum", project, enum_options=[{"name": "À venir"}, {"name": "Atteint"}]
    )
    number = hand.field("Quantité", "number", project, precision=0)
    home = hand.section(project, "Volet")
    task = hand.task("T", memberships=[{"project": project, "section": home}],
                     custom_fields={status["gid"]: status["enum_options"][1]["gid"]})  # fmt: skip
    return {"project": project, "status": status["gid"], "number": number["gid"],
            "section": home, "task": task}  # fmt: skip


def test_a_private_task_is_seen_by_its_follower_only_and_not_even_by_its_maker(
    hand: Hand, julie: Hand, control: SandboxControl, stage: dict[str, Any]
) -> None:
    task = stage["task"]
    control.act("make_task_private", JULIE, task=task)
    assert julie.get(f"/tasks/{task}")["name"] == "T"
    assert hand.refusal("GET", f"/tasks/{task}")[0] == 403
    assert hand.refusal("PUT", f"/tasks/{task}", {"name": "x"})[0] == 403
    assert hand.get(f"/projects/{stage['project']}/tasks") == []
    control.switch(private_task="unknown")
    assert hand.refusal("GET", f"/tasks/{task}")[0] == 404
    control.move_task(task, JULIE, stage["project"], "Volet")
    assert hand.get(f"/tasks/{task}")["name"] == "T"


def test_a_merged_task_is_completed_and_only_its_stories_tell_why(
    hand: Hand, control: SandboxControl, stage: dict[str, Any]
) -> None:
    other = hand.task("Autre", projects=[stage["project"]])
    control.act("merge_task", JULIE, task=stage["task"], into=other)
    assert hand.get(f"/tasks/{stage['task']}")["completed"] is True
    assert hand.get(f"/tasks/{other}")["completed"] is False
    told = hand.get(f"/tasks/{stage['task']}/stories", opt_fields="resource_subtype")
    assert "marked_duplicate" in {each["resource_subtype"] for each in told}


@pytest.mark.parametrize("kind", [None, "text"])
def test_a_field_made_anew_has_its_name_and_place_and_no_value(
    hand: Hand, control: SandboxControl, stage: dict[str, Any], kind: str | None
) -> None:
    more = {} if kind is None else {"kind": kind}
    new = control.act("replace_field", JULIE, field="Statut", **more)["gid"]
    assert hand.refusal("GET", f"/custom_fields/{stage['status']}")[0] == 404
    (shown,) = [
        one
        for one in hand.get(f"/tasks/{stage['task']}")["custom_fields"]
        if one["name"] == "Statut"
    ]
    assert (shown["gid"], shown["display_value"]) == (new, None)
    assert shown["resource_subtype"] == (kind or "enum")


def test_options_are_doubled_sorted_and_never_deleted(
    hand: Hand, control: SandboxControl, stage: dict[str, Any]
) -> None:
    with pytest.raises(ControlRefusedError, match="already has an option"):
        control.act("duplicate_option", JULIE, field="Statut", option="Atteint")
    control.switch(same_option_names=True)
    control.act("duplicate_option", JULIE, field="Statut", option="Atteint")
    control.act("move_option", JULIE, field="Statut", option="Atteint", before="À venir")
    control.act("delete_option", JULIE, field="Statut", option="À venir")
    options = hand.get(f"/custom_fields/{stage['status']}")["enum_options"]
    told = [(each["name"], each["enabled"]) for each in options]
    assert told == [("Atteint", True), ("À venir", False), ("Atteint", True)]


def test_a_number_keeps_another_precision(
    hand: Hand, control: SandboxControl, stage: dict[str, Any]
) -> None:
    control.act("set_precision", JULIE, field="Quantité", precision=2)
    control.edit_task(stage["task"], JULIE, fields={"Quantité": 3.25})
    assert hand.get(f"/custom_fields/{stage['number']}")["precision"] == 2
    assert control.dump()["tasks"][stage["task"]]["fields"]["Quantité"] == 3.25


@pytest.mark.parametrize(("tasks", "left"), [("keep", ["T"]), ("trash", [])])
def test_a_section_goes_with_its_tasks_or_leaves_them_to_the_one_before(
    hand: Hand, control: SandboxControl, stage: dict[str, Any], tasks: str, left: list[str]
) -> None:
    with pytest.raises(ControlRefusedError, match="has tasks"):
        control.act("delete_section", JULIE, section=stage["section"])
    control.act("delete_section", JULIE, section=stage["section"], tasks=tasks)
    assert hand.names(f"/projects/{stage['project']}/sections") == ["Untitled section"]
    assert hand.names(f"/projects/{stage['project']}/tasks") == left


def test_a_project_comes_back_with_its_tasks_and_its_members(
    hand: Hand, control: SandboxControl, stage: dict[str, Any]
) -> None:
    project = stage["project"]
    control.act("trash_project", JULIE, project=project)
    assert hand.refusal("GET", f"/projects/{project}")[0] == 404
    control.act("restore_project", JULIE, project=project)
    assert hand.names(f"/projects/{project}/tasks") == ["T"]
    control.act("share_project", JULIE, project=project, member=JULIE, level="commenter")
    assert {"commenter"} <= set(control.dump()["projects"][0]["members"].values())
