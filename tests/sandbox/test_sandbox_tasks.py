"""Tasks, their homes, their order, their parents, their dates."""

from typing import Any

import pytest

from sync.sandbox.client import SandboxControl
from tests.sandbox.sandbox_hand import Hand


@pytest.fixture
def project(hand: Hand) -> Any:
    return hand.project()


def order(hand: Hand, project: str) -> Any:
    return {
        section["name"]: hand.names("/tasks", section=section["gid"])
        for section in hand.get(f"/projects/{project}/sections")
    }


def test_a_task_lives_in_several_projects_with_one_section_in_each(
    hand: Hand, project: str
) -> None:
    other = hand.project("Autre")
    volet = hand.section(project, "Volet")
    gid = hand.task("T", projects=[other], memberships=[{"project": project, "section": volet}])

    homes = hand.get(f"/tasks/{gid}", opt_fields="memberships.(project|section).name")
    assert {
        (home["project"]["name"], home["section"]["name"]) for home in homes["memberships"]
    } == {("Plan", "Volet"), ("Autre", "Untitled section")}

    hand.post(f"/tasks/{gid}/addProject", {"project": project})
    assert order(hand, project) == {"Untitled section": [], "Volet": ["T"]}
    first = hand.get(f"/projects/{project}/sections")[0]["gid"]
    hand.post(f"/sections/{first}/addTask", {"task": gid})
    assert order(hand, project) == {"Untitled section": ["T"], "Volet": []}


def test_add_task_puts_at_the_top_and_add_project_at_the_end(hand: Hand, project: str) -> None:
    """Provisioning in order depends on knowing which."""
    volet = hand.section(project, "Volet")
    gids = {name: hand.task(name, workspace=hand.workspace) for name in "abcdef"}
    add = f"/sections/{volet}/addTask"
    hand.post(add, {"task": gids["a"]})
    hand.post(add, {"task": gids["b"]})
    hand.post(f"/tasks/{gids['c']}/addProject", {"project": project, "section": volet})
    hand.post(add, {"task": gids["d"], "insert_after": gids["b"]})
    hand.post(add, {"task": gids["e"], "insert_before": gids["c"]})
    hand.post(
        f"/tasks/{gids['f']}/addProject",
        {"project": project, "section": volet, "insert_after": None},
    )

    assert order(hand, project)["Volet"] == list("fbdaec")


@pytest.mark.parametrize(("position", "expected"), [("end", ["a", "b"]), ("top", ["b", "a"])])
def test_where_a_create_lands_is_a_switch(
    hand: Hand, control: SandboxControl, project: str, position: str, expected: Any
) -> None:
    control.switch(create_position=position)
    for name in "ab":
        hand.task(name, projects=[project])

    assert hand.names("/tasks", project=project) == expected


def test_an_anchor_must_be_in_the_section(hand: Hand, project: str) -> None:
    volet = hand.section(project, "Volet")
    inside, outside = hand.task("in", projects=[project]), hand.task("out", projects=[project])

    for anchor in (outside, inside):
        body = {"task": inside, "insert_after": anchor}
        assert hand.refusal("POST", f"/sections/{volet}/addTask", body)[0] == 400
    assert order(hand, project)["Volet"] == []


def test_a_subtask_is_listed_in_a_project_only_if_it_has_a_home_there(
    hand: Hand, project: str
) -> None:
    parent = hand.task("parent", projects=[project])
    hand.task("bare", parent=parent)
    hand.task("housed", parent=parent, memberships=[{"project": project}])

    assert hand.names("/tasks", project=project) == ["parent", "housed"]
    assert hand.names(f"/tasks/{parent}/subtasks") == ["bare", "housed"]
    assert hand.get(f"/tasks/{parent}", opt_fields="num_subtasks")["num_subtasks"] == 2


def test_a_parent_is_not_modified_because_its_subtask_is(
    hand: Hand, control: SandboxControl, project: str
) -> None:
    parent = hand.task("parent", projects=[project])
    child = hand.task("child", parent=parent)
    before = hand.get(f"/tasks/{parent}")["modified_at"]
    control.advance(60)
    hand.put(f"/tasks/{child}", {"completed": True})

    assert hand.get(f"/tasks/{parent}")["modified_at"] == before


def test_one_call_gives_a_task_a_parent_and_a_project_unless_the_switch_says_no(
    hand: Hand, control: SandboxControl, project: str
) -> None:
    """Whether Asana takes both is documented nowhere: the service must hold either way."""
    parent = hand.task("parent", projects=[project])
    field = hand.field("Fait le", "date", project)["gid"]
    body = {
        "name": "both",
        "parent": parent,
        "memberships": [{"project": project}],
        "custom_fields": {field: "2026-02-01"},
    }

    both = hand.post("/tasks", body)
    assert both["parent"]["gid"] == parent
    assert [each["gid"] for each in both["projects"]] == [project]

    control.switch(refuse_two_homes=True)
    assert hand.refusal("POST", "/tasks", body)[0] == 400
    control.switch(refuse_two_homes=False, drop_home=True)
    dropped = hand.post("/tasks", body)
    assert (dropped["parent"]["gid"], dropped["projects"]) == (parent, [])


def test_the_two_step_form_ends_in_the_same_place(hand: Hand, project: str) -> None:
    parent = hand.task("parent", projects=[project])
    other = hand.project("Indicateurs")
    child = hand.task("child", projects=[other])
    hand.post(f"/tasks/{child}/setParent", {"parent": parent})

    shown = hand.get(f"/tasks/{child}")
    assert shown["parent"]["gid"] == parent
    assert [each["gid"] for each in shown["projects"]] == [other]


def test_a_task_cannot_hang_under_itself_or_deeper_than_five_levels(
    hand: Hand, project: str
) -> None:
    chain = [hand.task("0", projects=[project])]
    for level in range(1, 6):
        chain.append(hand.task(str(level), parent=chain[-1]))

    assert hand.refusal("POST", "/tasks", {"name": "6", "parent": chain[-1]})[0] == 400
    assert hand.refusal("POST", f"/tasks/{chain[0]}/setParent", {"parent": chain[2]})[0] == 400
    tall = hand.task("tall", projects=[project])
    hand.task("on top", parent=tall)
    assert hand.refusal("POST", f"/tasks/{tall}/setParent", {"parent": chain[4]})[0] == 400
    hand.post(f"/tasks/{tall}/setParent", {"parent": chain[3]})


@pytest.mark.parametrize(
    "name", ["workspace", "projects", "memberships", "followers", "parent", "created_at"]
)
def test_what_only_a_create_may_say_is_refused_later(hand: Hand, project: str, name: str) -> None:
    gid = hand.task("T", projects=[project])
    refused = hand.refusal("PUT", f"/tasks/{gid}", {name: [], "name": "changed"})

    assert refused == (400, f"{name}: Cannot write this property")
    assert hand.get(f"/tasks/{gid}")["name"] == "T"


DAY, MOMENT = "2026-02-15", "2026-02-15T02:00:00.000Z"


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        pytest.param({"due_on": DAY}, 200, id="a day"),
        pytest.param({"due_at": MOMENT}, 200, id="an instant"),
        pytest.param({"due_on": DAY, "due_at": MOMENT}, 400, id="both"),
        pytest.param({"due_on": "15/02/2026"}, 400, id="no ISO date"),
        pytest.param({"due_on": "2026-02-30"}, 400, id="no such day"),
        pytest.param({"start_on": "2026-02-01"}, 400, id="a start alone"),
        pytest.param({"start_on": None}, 400, id="clearing a start alone"),
        pytest.param({"start_on": "2026-02-01", "due_on": DAY}, 200, id="start and due"),
        pytest.param({"start_on": "2026-03-01", "due_on": DAY}, 400, id="start after due"),
        pytest.param({"start_at": MOMENT, "due_on": DAY}, 400, id="start_at without due_at"),
        pytest.param(
            {"start_on": "2026-02-01", "due_on": DAY, "resource_subtype": "milestone"},
            400,
            id="a milestone has no start",
        ),
    ],
)
def test_the_rules_of_dates(hand: Hand, project: str, sent: Any, status: int) -> None:
    gid = hand.task("T", projects=[project])
    assert hand.call("PUT", f"/tasks/{gid}", sent).status_code == status


def test_an_instant_shows_as_the_day_it_is_there_and_a_day_clears_the_instant(
    hand: Hand, project: str
) -> None:
    gid = hand.task("T", projects=[project], due_at=MOMENT)
    shown = hand.get(f"/tasks/{gid}")
    assert (shown["due_at"], shown["due_on"]) == (MOMENT, "2026-02-14")

    shown = hand.put(f"/tasks/{gid}", {"due_on": DAY})
    assert (shown["due_at"], shown["due_on"]) == (None, DAY)


def test_completing_says_when_and_by_whom_and_moves_nothing(
    hand: Hand, julie: Hand, control: SandboxControl, project: str
) -> None:
    gid = hand.task("T", projects=[project])
    julie.put(f"/tasks/{gid}", {"completed": True})
    shown = hand.get(f"/tasks/{gid}")
    assert shown["completed_at"] == "2026-01-05T15:00:00.000Z"
    assert shown["completed_by"]["name"] == "Julie Gagnon"

    shown = hand.put(f"/tasks/{gid}", {"completed": False})
    assert (shown["completed_at"], shown["completed_by"]) == (None, None)


def test_an_approval_and_its_completion_are_one(hand: Hand, project: str) -> None:
    gid = hand.task("T", projects=[project], resource_subtype="approval")
    assert hand.put(f"/tasks/{gid}", {"completed": True})["approval_status"] == "approved"
    assert hand.put(f"/tasks/{gid}", {"approval_status": "pending"})["completed"] is False
    assert hand.refusal("PUT", f"/tasks/{gid}", {"approval_status": "oui"})[0] == 400


@pytest.mark.parametrize(
    ("change", "moves"),
    [
        pytest.param({"name": "U"}, True, id="a new name"),
        pytest.param({"name": "T"}, False, id="the same name"),
        pytest.param({"notes": "n"}, True, id="notes"),
        pytest.param({"completed": True}, True, id="completion"),
        pytest.param({"assignee": "me"}, True, id="assignee"),
        pytest.param({"due_on": DAY}, True, id="due date"),
    ],
)
def test_modified_at_moves_with_what_changes(
    hand: Hand, control: SandboxControl, project: str, change: Any, moves: bool
) -> None:
    gid = hand.task("T", projects=[project])
    before = hand.get(f"/tasks/{gid}")["modified_at"]
    control.advance(1)
    after = hand.put(f"/tasks/{gid}", change)["modified_at"]

    assert (after > before) is moves


def test_a_comment_modifies_and_a_move_does_not(
    hand: Hand, control: SandboxControl, project: str
) -> None:
    gid, volet = hand.task("T", projects=[project]), hand.section(project, "Volet")
    before = hand.get(f"/tasks/{gid}")["modified_at"]
    control.advance(1)
    hand.post(f"/sections/{volet}/addTask", {"task": gid})
    assert hand.get(f"/tasks/{gid}")["modified_at"] == before
    hand.post(f"/tasks/{gid}/stories", {"text": "Bonjour"})
    assert hand.get(f"/tasks/{gid}")["modified_at"] > before
    assert [
        (story["type"], story["text"])
        for story in hand.get(f"/tasks/{gid}/stories")
        if story["type"] == "comment"
    ] == [("comment", "Bonjour")]


def test_filters_by_time(hand: Hand, control: SandboxControl, project: str) -> None:
    hand.task("old", projects=[project])
    done = hand.task("done", projects=[project], completed=True)
    control.advance(3600)
    hand.task("new", projects=[project])

    def listed(**query: Any) -> Any:
        return hand.names("/tasks", project=project, **query)

    assert listed(modified_since="2026-01-05T15:30:00Z") == ["new"]
    assert listed(modified_since="2026-01-05T16:00:00Z") == ["new"]
    assert listed(completed_since="now") == ["old", "new"]
    assert listed(completed_since="2026-01-05T15:30:00Z") == ["old", "new"]
    hand.data("DELETE", f"/tasks/{done}")
    assert "done" not in listed(modified_since="2026-01-01")


@pytest.mark.parametrize(
    ("query", "status"),
    [
        pytest.param({}, 400, id="no filter"),
        pytest.param({"project": "P", "section": "S"}, 400, id="two"),
        pytest.param({"assignee": "me"}, 400, id="assignee without workspace"),
        pytest.param({"tag": "1"}, 501, id="a filter that is not here"),
    ],
)
def test_a_listing_names_exactly_one_home(hand: Hand, query: Any, status: int) -> None:
    assert hand.refusal("GET", "/tasks", **query)[0] == status


def test_the_trash_takes_subtasks_along(hand: Hand, control: SandboxControl, project: str) -> None:
    parent = hand.task("parent", projects=[project])
    child = hand.task("child", parent=parent, memberships=[{"project": project}])
    hand.data("DELETE", f"/tasks/{parent}")

    for gid in (parent, child):
        assert hand.refusal("GET", f"/tasks/{gid}")[0] == 404
        assert hand.refusal("PUT", f"/tasks/{gid}", {"name": "x"})[0] == 404
    assert hand.names("/tasks", project=project) == []

    control.restore_task(parent, by="Julie Gagnon")
    assert hand.names("/tasks", project=project) == ["parent", "child"]
    assert hand.get(f"/tasks/{child}")["parent"]["gid"] == parent


def test_a_task_taken_out_of_its_project_lives_on(hand: Hand, project: str) -> None:
    gid = hand.task("T", projects=[project])
    hand.post(f"/tasks/{gid}/removeProject", {"project": project})

    assert hand.names("/tasks", project=project) == []
    assert hand.get(f"/tasks/{gid}")["memberships"] == []


def test_a_task_has_a_limited_number_of_projects(
    hand: Hand, control: SandboxControl, project: str
) -> None:
    control.switch(max_projects_per_task=1)
    gid, other = hand.task("T", projects=[project]), hand.project("Autre")

    assert hand.refusal("POST", f"/tasks/{gid}/addProject", {"project": other})[0] == 400
    body = {"name": "U", "projects": [project, other]}
    assert hand.refusal("POST", "/tasks", body)[0] == 400


def test_followers_and_assignee_are_people_by_gid_address_or_me(
    hand: Hand, julie: Hand, project: str
) -> None:
    me = julie.get("/users/me")["gid"]
    gid = hand.task("T", projects=[project], assignee="julie@ville.invalid", followers=["me"])
    shown = hand.get(f"/tasks/{gid}")
    assert shown["assignee"]["gid"] == me
    assert len(shown["followers"]) == 2
    assert (
        hand.post(f"/tasks/{gid}/addFollowers", {"followers": [me]})["followers"]
        == (shown["followers"])
    )
    assert hand.refusal("PUT", f"/tasks/{gid}", {"assignee": "personne@ville.invalid"})[0] == 400
    assert [task["gid"] for task in julie.get("/tasks", assignee="me", workspace=hand.workspace)]


@pytest.mark.parametrize("name", ["html_notes", "tags"])
def test_what_the_sandbox_cannot_keep_is_not_pretended(hand: Hand, project: str, name: str) -> None:
    refused = hand.refusal("POST", "/tasks", {"name": "T", "projects": [project], name: "x"})
    assert refused[0] == 501
