"""Projects, their sections, and who may see them."""

from typing import Any

import pytest

from sync.sandbox.client import SandboxControl
from sync.sandbox.server import SandboxServer
from tests.sandbox.sandbox_hand import Hand


def test_a_new_project_has_one_section_and_its_maker(hand: Hand) -> None:
    gid = hand.project()
    assert hand.names(f"/projects/{gid}/sections") == ["Untitled section"]
    (member,) = hand.get("/memberships", parent=gid)
    assert member["member"]["name"] == "Jalon (compte de service)"


def test_two_projects_and_two_sections_may_bear_one_name(hand: Hand) -> None:
    """So nothing may be recognised by title."""
    first, second = hand.project("Plan"), hand.project("Plan")
    assert first != second
    hand.section(first, "Volet")
    hand.section(first, "Volet")
    assert hand.names(f"/projects/{first}/sections")[1:] == ["Volet", "Volet"]


def test_a_team_on_a_create_is_deprecated_aloud(hand: Hand, server: SandboxServer) -> None:
    team = server.greeting()["team"]
    answer = hand.call("POST", "/projects", {"name": "Plan", "team": team})

    assert "project_team_deprecation" in answer.headers["Asana-Change"]
    assert answer.json()["data"]["team"] is None
    members = hand.get("/memberships", parent=answer.json()["data"]["gid"])
    assert team in [each["member"]["gid"] for each in members]


def test_sections_are_ordered_by_insertion_and_reordered_by_insert(hand: Hand) -> None:
    project = hand.project()
    a, b = hand.section(project, "A"), hand.section(project, "B")
    c = hand.post(f"/projects/{project}/sections", {"name": "C", "insert_before": b})["gid"]
    assert hand.names(f"/projects/{project}/sections")[1:] == ["A", "C", "B"]

    insert = f"/projects/{project}/sections/insert"
    hand.post(insert, {"section": a, "after_section": b})
    assert hand.names(f"/projects/{project}/sections")[1:] == ["C", "B", "A"]
    assert hand.refusal("POST", insert, {"section": c})[0] == 400
    assert hand.refusal("POST", insert, {"section": c, "after_section": c})[0] == 400


def test_only_an_empty_section_goes_and_never_the_last(hand: Hand) -> None:
    project = hand.project()
    volet = hand.section(project, "Volet")
    task = hand.task("T", memberships=[{"project": project, "section": volet}])

    assert hand.refusal("DELETE", f"/sections/{volet}")[0] == 400
    hand.data("DELETE", f"/tasks/{task}")
    hand.data("DELETE", f"/sections/{volet}")
    (last,) = hand.get(f"/projects/{project}/sections")
    assert hand.refusal("DELETE", f"/sections/{last['gid']}")[0] == 400


def test_archived_projects_are_listed_unless_filtered(hand: Hand) -> None:
    kept, archived = hand.project("Ouvert"), hand.project("Archivé")
    hand.put(f"/projects/{archived}", {"archived": True})

    def listed(**query: Any) -> Any:
        return [each["gid"] for each in hand.get("/projects", workspace=hand.workspace, **query)]

    assert listed() == [kept, archived]
    assert listed(archived="false") == [kept]
    assert listed(archived="true") == [archived]


@pytest.mark.parametrize(
    ("dates", "status"),
    [
        pytest.param({"due_on": "2026-03-15"}, 200, id="a due date"),
        pytest.param({"start_on": "2026-03-01"}, 400, id="a start without a due date"),
        pytest.param({"start_on": "2026-03-15", "due_on": "2026-03-15"}, 400, id="equal"),
        pytest.param({"start_on": "2026-03-01", "due_on": "2026-03-15"}, 200, id="both"),
    ],
)
def test_the_dates_of_a_project(hand: Hand, dates: Any, status: int) -> None:
    assert hand.call("PUT", f"/projects/{hand.project()}", dates).status_code == status


def test_a_project_does_not_change_when_its_tasks_do(hand: Hand, control: SandboxControl) -> None:
    project = hand.project()
    before = hand.get(f"/projects/{project}")["modified_at"]
    control.advance(60)
    hand.task("T", projects=[project])
    assert hand.get(f"/projects/{project}")["modified_at"] == before


def test_a_deleted_project_takes_the_tasks_that_live_only_there(hand: Hand) -> None:
    project, other = hand.project(), hand.project("Autre")
    alone = hand.task("alone", projects=[project])
    shared = hand.task("shared", projects=[project, other])
    hand.data("DELETE", f"/projects/{project}")

    assert hand.refusal("GET", f"/projects/{project}")[0] == 404
    assert hand.refusal("GET", f"/tasks/{alone}")[0] == 404
    assert hand.get(f"/tasks/{shared}")["name"] == "shared"


def test_counts_are_all_opt_in(hand: Hand) -> None:
    project = hand.project()
    hand.task("done", projects=[project], completed=True)
    hand.task("milestone", projects=[project], resource_subtype="milestone")
    counts = f"/projects/{project}/task_counts"

    assert hand.get(counts) == {}
    fields = "num_tasks,num_completed_tasks,num_incomplete_milestones"
    assert hand.get(counts, opt_fields=fields) == {
        "num_tasks": 2,
        "num_completed_tasks": 1,
        "num_incomplete_milestones": 1,
    }


def test_a_private_project_is_closed_to_those_it_is_not_shared_with(
    hand: Hand, julie: Hand, server: SandboxServer
) -> None:
    project = hand.project(privacy_setting="private")
    task = hand.task("T", projects=[project])
    for path in (f"/projects/{project}", f"/tasks/{task}", f"/projects/{project}/tasks"):
        assert julie.refusal("GET", path)[0] == 403
    assert julie.refusal("GET", "/events", resource=project)[0] == 403
    assert julie.get("/projects", workspace=julie.workspace) == []

    team = server.greeting()["team"]
    share = {"parent": project, "member": team, "access_level": "viewer"}
    membership = hand.post("/memberships", share)
    assert julie.get(f"/tasks/{task}")["name"] == "T"
    assert julie.refusal("PUT", f"/tasks/{task}", {"name": "U"})[0] == 403
    hand.put(f"/memberships/{membership['gid']}", {"access_level": "editor"})
    assert julie.put(f"/tasks/{task}", {"name": "U"})["name"] == "U"
    hand.data("DELETE", f"/memberships/{membership['gid']}")
    assert julie.refusal("GET", f"/tasks/{task}")[0] == 403


def test_sharing_twice_with_the_same_member_makes_one_membership(hand: Hand, julie: Hand) -> None:
    project, me = hand.project(), julie.get("/users/me")["gid"]
    first = hand.post("/memberships", {"parent": project, "member": me})
    again = hand.post(
        "/memberships", {"parent": project, "member": "julie@ville.invalid", "role": "admin"}
    )
    assert first["gid"] == again["gid"]
    assert [each["access_level"] for each in hand.get("/memberships", parent=project)] == [
        "admin",
        "admin",
    ]
    assert len(hand.get("/memberships", parent=project, member=me)) == 1


def test_people_and_teams_can_be_looked_up(hand: Hand, julie: Hand, server: SandboxServer) -> None:
    team = server.greeting()["team"]
    assert hand.names("/users", workspace=hand.workspace) == hand.names(
        f"/workspaces/{hand.workspace}/users"
    )
    assert hand.get("/users/julie@ville.invalid")["name"] == "Julie Gagnon"
    assert [each["gid"] for each in hand.get(f"/workspaces/{hand.workspace}/teams")] == [team]
    assert hand.get(f"/teams/{team}")["organization"]["gid"] == hand.workspace
    assert hand.get(f"/workspaces/{hand.workspace}")["is_organization"] is True
