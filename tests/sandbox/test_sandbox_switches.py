"""What nobody documents, or what depends on the customer: either answer, by a named switch."""

from collections.abc import Callable
from typing import Any

import pytest

from sync.sandbox.client import ControlRefusedError, SandboxControl
from sync.sandbox.sandbox import Opening, Sandbox
from sync.sandbox.switches import parse
from tests.sandbox.sandbox_hand import Hand

TEAM_CHANGE = "project_team_deprecation"


@pytest.fixture
def project(hand: Hand) -> str:
    return hand.project()


@pytest.mark.parametrize(
    ("switch", "word"),
    [
        ({"plan_teir": "free"}, "plan_tier"),
        ({"plan_tier": "cheap"}, "paid, free"),
        ({"events_loss": "half"}, "float"),
        ({"story_events": 1}, "bool"),
    ],
)
def test_a_switch_that_does_not_fit_is_refused(
    control: SandboxControl, switch: dict[str, Any], word: str
) -> None:
    before = control.state()["switches"]
    with pytest.raises(ControlRefusedError, match=word):
        control.switch(**switch)
    assert control.state()["switches"] == before


def test_a_switch_turned_from_the_start_is_so_again_after_a_reset() -> None:
    said = dict(map(parse, ["plan_tier=free", "events_loss=0.5", "story_events=false"]))
    sandbox = Sandbox(Opening(switches=said))
    sandbox.world.switches.turn("plan_tier", "paid")
    sandbox.reset()
    switches = sandbox.world.switches
    assert (switches.plan_tier, switches.events_loss, switches.story_events) == ("free", 0.5, False)


# who sees what


@pytest.mark.parametrize(("switch", "status"), [("missing", 404), ("forbidden", 403)])
def test_a_task_in_the_trash_is_missing_or_forbidden(
    hand: Hand, control: SandboxControl, project: str, switch: str, status: int
) -> None:
    control.switch(trashed_task=switch)
    gid = hand.task("T", projects=[project])
    hand.data("DELETE", f"/tasks/{gid}")
    assert hand.refusal("GET", f"/tasks/{gid}")[0] == status
    assert hand.names("/tasks", project=project) == []


def test_a_workspace_need_not_be_an_organization(hand: Hand, control: SandboxControl) -> None:
    control.switch(is_organization=False)
    workspace = hand.workspace
    assert hand.get(f"/workspaces/{workspace}")["is_organization"] is False
    assert hand.refusal("GET", f"/workspaces/{workspace}/teams")[0] == 400
    team = {"workspace": workspace, "name": "P", "team": "1200001000000002"}
    assert hand.refusal("POST", "/projects", team)[0] == 400
    assert control.dump()["projects"] == []
    assert hand.project()


# coming changes


def changes(hand: Hand, method: str, path: str, data: Any = None, **headers: str) -> list[str]:
    url = f"{hand.url}{path}"
    body = None if data is None else {"data": data}
    answer = hand.session.request(method, url, json=body, headers=headers, timeout=10)
    assert answer.ok, answer.text
    said = answer.raw.headers.getlist("Asana-Change")
    return [part.split(";")[0].removeprefix("name=") for part in said]


@pytest.mark.parametrize(("switch", "read"), [("null", None), ("kept", "Équipe du plan")])
def test_a_team_is_announced_to_go_and_read_as_null_or_kept(
    hand: Hand, control: SandboxControl, switch: str, read: str | None
) -> None:
    control.switch(team_read=switch)
    team = control_team(hand)
    data = {"workspace": hand.workspace, "name": "P", "team": team}
    assert changes(hand, "POST", "/projects", data) == [TEAM_CHANGE]
    (project,) = hand.get("/projects", workspace=hand.workspace, opt_fields="team.name")
    assert project["team"] == (None if read is None else {"gid": team, "name": read})


@pytest.mark.parametrize("choosing", ["Asana-Enable", "Asana-Disable"])
def test_a_change_that_the_caller_chose_about_is_no_longer_announced(
    hand: Hand, control: SandboxControl, choosing: str
) -> None:
    control.switch(changes="new_goals,new_tags")
    assert changes(hand, "GET", "/users/me") == ["new_goals", "new_tags"]
    data = {"workspace": hand.workspace, "name": "P", "team": control_team(hand)}
    named = {choosing: f"new_goals, {TEAM_CHANGE}"}
    assert changes(hand, "POST", "/projects", data, **named) == ["new_tags"]


def control_team(hand: Hand) -> str:
    return str(hand.get(f"/workspaces/{hand.workspace}/teams")[0]["gid"])


# writes


@pytest.mark.parametrize(
    ("form", "string", "object_"), [("any", 200, 200), ("string", 200, 400), ("object", 400, 200)]
)
def test_a_date_field_is_written_in_one_form_or_the_other(
    hand: Hand, control: SandboxControl, project: str, form: str, string: int, object_: int
) -> None:
    field = hand.field("Fait le", "date", project)["gid"]
    gid = hand.task("T", projects=[project])
    control.switch(date_form=form)
    for value, status in (("2026-02-15", string), ({"date": "2026-02-15"}, object_)):
        body = {"custom_fields": {field: value}}
        assert hand.call("PUT", f"/tasks/{gid}", body).status_code == status


def test_lengths_and_colours_are_limited_only_if_a_switch_says_so(
    hand: Hand, control: SandboxControl, project: str
) -> None:
    field = hand.field("F", "enum", enum_options=[{"name": "a", "color": "mauve"}])["gid"]
    gid = hand.task("T" * 5000, notes="n" * 5000, projects=[project])
    control.switch(max_name=10, max_notes=20, enum_color="listed")
    assert hand.refusal("PUT", f"/tasks/{gid}", {"name": "T" * 11})[0] == 400
    assert hand.refusal("PUT", f"/tasks/{gid}", {"notes": "n" * 21})[0] == 400
    options = f"/custom_fields/{field}/enum_options"
    assert hand.refusal("POST", options, {"name": "b", "color": "mauve"})[0] == 400
    hand.post(options, {"name": "b", "color": "hot-pink"})


def test_an_option_beside_a_foreign_one_is_refused_and_not_made(hand: Hand) -> None:
    field = hand.field("F", "enum", enum_options=[{"name": "a"}])
    other = hand.field("G", "enum", enum_options=[{"name": "b"}])
    path = f"/custom_fields/{field['gid']}"
    data = {"name": "c", "insert_after": other["enum_options"][0]["gid"]}
    assert hand.refusal("POST", f"{path}/enum_options", data)[0] == 400
    assert [each["name"] for each in hand.get(path)["enum_options"]] == ["a"]


# reads


def test_modified_since_is_documented_for_one_listing_only(
    hand: Hand, control: SandboxControl, project: str
) -> None:
    hand.task("old", projects=[project])
    control.advance(10)
    hand.task("new", projects=[project])
    since = {"modified_since": "2026-01-05T15:00:05Z"}
    path = f"/projects/{project}/tasks"
    assert hand.names("/tasks", project=project, **since) == ["new"]
    assert hand.refusal("GET", path, **since)[0] == 400
    control.switch(modified_since_elsewhere="filter")
    assert hand.names(path, **since) == ["new"]
    control.switch(modified_since_elsewhere="ignore")
    assert hand.names(path, **since) == ["old", "new"]


@pytest.mark.parametrize(
    ("holds", "second"),
    [
        pytest.param("position", ["D"], id="C has moved up into a page that was read"),
        pytest.param("row", ["C", "D"], id="after the last row that was shown"),
    ],
)
def test_an_offset_holds_a_position_or_a_row_while_others_edit(
    hand: Hand, control: SandboxControl, project: str, holds: str, second: list[str]
) -> None:
    control.switch(offset_holds=holds)
    gids = [hand.task(name, projects=[project]) for name in "ABCD"]
    query = {"project": project, "limit": "2", "opt_fields": "name"}
    offset = hand.call("GET", "/tasks", **query).json()["next_page"]["offset"]
    hand.post(f"/tasks/{gids[0]}/removeProject", {"project": project})
    assert [each["name"] for each in hand.get("/tasks", **query, offset=offset)] == second


# how late a create shows

Look = Callable[[Hand, str, str], bool]


def listed(hand: Hand, project: str, gid: str) -> bool:
    return gid in [each["gid"] for each in hand.get("/tasks", project=project)]


def gotten(hand: Hand, project: str, gid: str) -> bool:
    return hand.call("GET", f"/tasks/{gid}").status_code == 200


@pytest.mark.parametrize(("switch", "look"), [("delay_listings", listed), ("delay_gets", gotten)])
def test_a_create_shows_late_where_its_switch_says_so(
    hand: Hand, julie: Hand, control: SandboxControl, project: str, switch: str, look: Look
) -> None:
    control.set_visibility_delay(30)
    gid = hand.task("T", projects=[project])
    assert not look(hand, project, gid)
    control.switch(**{switch: False})
    assert look(hand, project, gid)
    control.switch(**{switch: True, "read_your_writes": True})
    assert (look(hand, project, gid), look(julie, project, gid)) == (True, False)
    control.advance(30)
    assert look(julie, project, gid)


def test_events_of_a_create_wait_for_it_unless_their_switch_is_off(
    hand: Hand, control: SandboxControl, project: str
) -> None:
    """The maker's own reads may be spared the delay; a stream is one for all."""
    control.set_visibility_delay(30)
    control.switch(read_your_writes=True)
    sync = hand.sync_token(project)
    gid = hand.task("T", projects=[project])
    assert hand.events(project, sync)["data"] == []
    control.switch(delay_events=False)
    assert {each["resource"]["gid"] for each in hand.events(project, sync)["data"]} == {gid}


# events


def test_an_event_may_not_say_who(hand: Hand, control: SandboxControl, project: str) -> None:
    control.switch(event_user="null")
    sync = hand.sync_token(project)
    hand.task("T", projects=[project])
    assert {each["user"] for each in hand.events(project, sync)["data"]} == {None}


def test_what_a_field_and_a_section_are_told_under_is_a_switch(
    hand: Hand, control: SandboxControl, project: str
) -> None:
    field = hand.field("F", "text", project)["gid"]
    gid, section = hand.task("T", projects=[project]), hand.section(project, "S")

    def told_of(value: str) -> list[Any]:
        sync = hand.sync_token(project)
        hand.put(f"/tasks/{gid}", {"custom_fields": {field: value}})
        events = hand.events(project, sync)["data"]
        return [each["change"]["field"] for each in events if "change" in each]

    assert told_of("a") == ["custom_fields"]
    control.switch(field_event="custom_field_values", story_events=False)
    assert told_of("b") == ["custom_field_values"]
    control.switch(field_event="", section_events=False)
    assert told_of("c") == []
    sync = hand.sync_token(project)
    hand.post(f"/sections/{section}/addTask", {"task": gid})
    assert hand.events(project, sync)["data"] == []
