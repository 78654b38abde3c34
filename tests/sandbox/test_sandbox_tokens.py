"""Whose token it is, which app it was given to, and what it may see and change."""

from collections.abc import Callable
from typing import Any

import pytest

from sync.sandbox.client import ControlRefusedError, SandboxControl
from tests.sandbox.sandbox_hand import Hand

Hands = Callable[[str | None], Hand]
KEY = "A-001/mi chemin"
SECOND_NAME = "/tasks/external:A-001%2Fmi%20chemin"


@pytest.fixture
def project(hand: Hand) -> str:
    return hand.project()


@pytest.fixture
def ours(control: SandboxControl, hands: Hands) -> Hand:
    """Julie through an app of ours; `julie` is her personal token."""
    return hands(control.add_token("Julie Gagnon", app="ours"))


@pytest.fixture
def theirs(control: SandboxControl, hands: Hands) -> Hand:
    return hands(control.add_token("Julie Gagnon", app="theirs"))


def keep(hand: Hand, key: str = KEY, data: str = "d") -> str:
    external = {"gid": key, "data": data}
    return hand.task("T", workspace=hand.workspace, external=external)


def test_what_an_app_keeps_is_seen_by_that_app_only(ours: Hand, theirs: Hand, julie: Hand) -> None:
    gid = keep(ours)
    kept = {"gid": KEY, "data": "d"}
    assert ours.get(f"/tasks/{gid}")["external"] == kept
    assert ours.get(f"/tasks/{gid}", opt_fields="external.data")["external"] == kept
    for other in (theirs, julie):
        assert "external" not in other.get(f"/tasks/{gid}")
        assert other.get(f"/tasks/{gid}", opt_fields="external")["external"] is None
        assert other.refusal("GET", SECOND_NAME)[0] == 404


def test_an_app_s_key_is_a_second_name_of_the_task(
    ours: Hand, control: SandboxControl, hands: Hands, project: str
) -> None:
    """Of everyone who uses the app and can see the task; in any path."""
    gid = keep(ours)
    control.add_person("Marc", token="marc", app="ours")
    ours.post(f"/tasks/{gid}/addProject", {"project": project})
    assert hands("marc").get(SECOND_NAME)["gid"] == gid
    ours.put(SECOND_NAME, {"name": "U"})
    assert ours.get(f"/tasks/{gid}")["name"] == "U"


def test_a_key_can_be_changed_and_let_go(ours: Hand) -> None:
    gid = keep(ours)
    ours.put(f"/tasks/{gid}", {"external": {"gid": "other"}})
    assert ours.get("/tasks/external:other")["external"] == {"gid": "other", "data": "d"}
    assert ours.refusal("GET", SECOND_NAME)[0] == 404
    ours.put(f"/tasks/{gid}", {"external": None})
    assert ours.refusal("GET", "/tasks/external:other")[0] == 404
    assert keep(ours, "other") != gid


def test_a_key_that_another_task_bears_is_refused_until_a_switch_says_otherwise(
    ours: Hand, theirs: Hand, control: SandboxControl
) -> None:
    first = keep(ours)
    body = {"name": "T", "workspace": ours.workspace, "external": {"gid": KEY}}
    assert ours.refusal("POST", "/tasks", body)[0] == 400
    assert len(control.dump()["tasks"]) == 1, "a refused create makes nothing"
    keep(theirs)
    control.switch(external_taken="accept")
    second = keep(ours)
    assert ours.get(SECOND_NAME)["gid"] == first
    ours.data("DELETE", f"/tasks/{first}")
    assert ours.get(SECOND_NAME)["gid"] == second


@pytest.mark.parametrize(("switch", "status"), [("refuse", 400), ("forbid", 403), ("ignore", 201)])
def test_a_personal_token_s_key_is_refused_until_a_switch_says_otherwise(
    hand: Hand, control: SandboxControl, switch: str, status: int
) -> None:
    control.switch(external_by_pat=switch)
    body = {"name": "T", "workspace": hand.workspace, "external": {"gid": KEY}}
    assert hand.call("POST", "/tasks", body).status_code == status
    assert len(control.dump()["tasks"]) == (status == 201)
    assert hand.refusal("GET", SECOND_NAME)[0] == 404


@pytest.mark.parametrize(
    "external", [{"gid": "k" * 1025}, {"gid": "k", "data": "d" * 32_769}, {"key": "k"}, "k"]
)
def test_an_external_of_another_form_or_too_long_is_refused(ours: Hand, external: Any) -> None:
    body = {"name": "T", "workspace": ours.workspace, "external": external}
    assert ours.refusal("POST", "/tasks", body)[0] == 400


def test_each_token_has_its_own_limits(ours: Hand, julie: Hand, control: SandboxControl) -> None:
    control.switch(requests_per_minute=1)
    assert [ours.call("GET", "/users/me").status_code for _ in range(2)] == [200, 429]
    assert julie.call("GET", "/users/me").status_code == 200
    assert control.limits()["Julie Gagnon (ours)"]["refused"] == {"minute": 1}


def test_a_revoked_token_is_refused_midway_and_another_goes_on(
    ours: Hand, julie: Hand, hands: Hands, control: SandboxControl
) -> None:
    ours.get("/users/me")
    control.revoke("Julie Gagnon (ours)")
    assert ours.refusal("GET", "/users/me") == (401, "Not Authorized")
    julie.get("/users/me")
    control.revoke("Julie Gagnon")
    assert julie.refusal("GET", "/users/me")[0] == 401
    again = hands(control.add_token("Julie Gagnon"))
    assert again.get("/users/me")["name"] == "Julie Gagnon"
    with pytest.raises(ControlRefusedError, match="Nobody"):
        control.revoke("Nobody")


@pytest.mark.parametrize(("switch", "status"), [("forbidden", 403), ("missing", 404)])
def test_what_one_may_not_see_is_forbidden_or_missing(
    hand: Hand, julie: Hand, control: SandboxControl, project: str, switch: str, status: int
) -> None:
    gid = hand.task("T", projects=[project])
    hand.put(f"/projects/{project}", {"privacy_setting": "private"})
    control.switch(no_access=switch)
    paths = (f"/projects/{project}", f"/projects/{project}/tasks", f"/tasks/{gid}")
    assert {julie.refusal("GET", path)[0] for path in paths} == {status}
    (one,) = julie.post("/batch", {"actions": [{"method": "get", "relative_path": paths[0]}]})
    assert one["status_code"] == status


@pytest.mark.parametrize("level", ["commenter", "viewer"])
def test_who_may_only_look_is_forbidden_to_write_and_knows_why(
    hand: Hand, julie: Hand, control: SandboxControl, project: str, level: str
) -> None:
    """They see the object: to call it missing would be a lie, whatever the switch says."""
    control.switch(no_access="missing")
    gid = hand.task("T", projects=[project])
    me = julie.get("/users/me")["gid"]
    hand.post("/memberships", {"parent": project, "member": me, "access_level": level})
    assert julie.get(f"/tasks/{gid}")["name"] == "T"
    assert julie.refusal("PUT", f"/tasks/{gid}", {"name": "U"})[0] == 403
    assert julie.refusal("POST", f"/projects/{project}/sections", {"name": "S"})[0] == 403
    assert hand.get(f"/tasks/{gid}")["name"] == "T"


def test_a_guest_sees_what_is_shared_with_them_and_no_more(
    hand: Hand, hands: Hands, control: SandboxControl, project: str
) -> None:
    control.add_person("Invitée", token="guest", seat="guest", team=False)
    guest = hands("guest")
    assert guest.refusal("GET", f"/projects/{project}")[0] == 403
    assert guest.get("/projects", workspace=hand.workspace) == []
    me = guest.get("/users/me")["gid"]
    hand.post("/memberships", {"parent": project, "member": me, "access_level": "editor"})
    assert guest.get(f"/projects/{project}")["gid"] == project


def test_a_view_only_seat_changes_nothing(
    hand: Hand, hands: Hands, control: SandboxControl, project: str
) -> None:
    gid = hand.task("T", projects=[project])
    control.add_person("Vue", token="view", seat="view_only")
    view = hands("view")
    assert view.get(f"/tasks/{gid}")["name"] == "T"
    assert view.refusal("PUT", f"/tasks/{gid}", {"name": "U"})[0] == 403
    assert view.refusal("POST", "/tasks", {"name": "U", "projects": [project]})[0] == 403
    assert hand.names("/tasks", project=project) == ["T"]
