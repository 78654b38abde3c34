"""What every answer of the sandbox must do, whatever the call."""

from collections.abc import Callable
from typing import Any

import pytest
import requests

from sync.sandbox.client import SandboxControl
from sync.sandbox.server import SandboxServer
from tests.sandbox.sandbox_hand import Hand

SERVICE = "Jalon (compte de service)"


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        pytest.param("GET", "/users/me", 200, id="a success"),
        pytest.param("GET", "/tasks/1", 404, id="an unknown object"),
        pytest.param("GET", "/tasks/x", 400, id="no gid at all"),
        pytest.param("GET", "/nothing", 404, id="an unknown path"),
        pytest.param("POST", "/users/me", 404, id="a wrong method: Asana has no 405"),
        pytest.param("GET", "/users/me/", 404, id="a slash too many"),
        pytest.param("PATCH", "/tasks/1", 404, id="a method that Asana does not use"),
        pytest.param("GET", "/goals", 501, id="in Asana, not here"),
        pytest.param("POST", "/tasks/1/addDependencies", 501, id="an action not here"),
        pytest.param("GET", "/tasks/external:abc", 404, id="an unknown key of an app"),
    ],
)
def test_every_answer_announces_the_sandbox(
    hand: Hand, method: str, path: str, status: int
) -> None:
    """A fact that came from here must never pass for Asana's."""
    answer = hand.call(method, path, {} if method in ("POST", "PATCH") else None)

    assert answer.status_code == status
    assert answer.headers["Jalon-Sandbox"] == "1"
    if status >= 400:
        assert answer.headers["Content-Type"] == "application/json; charset=UTF-8"
        (error,) = answer.json()["errors"]
        assert error["message"]
        assert error["help"]


def test_a_path_outside_the_api_is_announced_too(server: SandboxServer) -> None:
    for method in ("GET", "BREW"):
        answer = requests.request(method, f"{server.base_url}/elsewhere", timeout=10)
        assert not answer.ok
        assert answer.headers["Jalon-Sandbox"] == "1"


def test_an_unsupported_call_says_which_one_in_both_languages(hand: Hand) -> None:
    status, message = hand.refusal("GET", "/portfolios/1/items")

    assert status == 501
    assert message.count("GET /portfolios/*/items") == 2


@pytest.mark.parametrize(
    "value",
    [
        pytest.param(r'"a\ud800b"', id="half of a surrogate pair"),
        pytest.param("NaN", id="not a number"),
        pytest.param("1e999", id="beyond any float"),
    ],
)
def test_what_is_no_json_is_refused_and_kept_nowhere(
    hand: Hand, control: SandboxControl, value: str
) -> None:
    """Python would read it, and then every later answer that shows it would fail."""
    task = hand.task("T", workspace=hand.workspace)
    for method, url, body in (
        ("PUT", f"{hand.url}/tasks/{task}", f'{{"data": {{"notes": {value}}}}}'),
        (
            "POST",
            f"{control.base_url}/control/act/edit_task",
            f'{{"as": "{SERVICE}", "task": "{task}", "notes": {value}}}',
        ),
    ):
        headers = {"Content-Type": "application/json"}
        answer = hand.session.request(method, url, data=body, headers=headers, timeout=10)

        assert answer.status_code == 400
        assert hand.get(f"/tasks/{task}")["notes"] == ""


@pytest.mark.parametrize("token", [None, "wrong", ""])
def test_without_a_known_token_nothing_is_answered(
    hands: Callable[[str | None], Hand], token: Any
) -> None:
    assert hands(token).refusal("GET", "/users/me") == (401, "Not Authorized")


@pytest.mark.parametrize(
    ("json", "word"),
    [
        pytest.param({"name": "T"}, "name", id="no envelope"),
        pytest.param({"data": {"name": "T"}, "extra": 1}, "extra", id="a key too many"),
        pytest.param({"data": []}, "data", id="data is no object"),
        pytest.param([], "object", id="no object at all"),
        pytest.param({"data": {"nom": "T"}}, "nom", id="a misspelt field"),
        pytest.param({"data": {"gid": "1"}}, "gid", id="a field that nobody writes"),
        pytest.param({"data": {"name": "T"}}, "workspace, parent, projects", id="no home"),
    ],
)
def test_a_malformed_body_is_refused_and_changes_nothing(
    hand: Hand, control: SandboxControl, json: Any, word: str
) -> None:
    answer = hand.call("POST", "/tasks", json=json)

    assert answer.status_code == 400
    assert word in answer.json()["errors"][0]["message"]
    assert control.dump()["tasks"] == {}


def test_invalid_json_is_a_400_and_a_form_is_not_supported(hand: Hand) -> None:
    send = hand.session.post
    broken = send(
        f"{hand.url}/tasks", data="{", headers={"Content-Type": "application/json"}, timeout=10
    )
    form = send(f"{hand.url}/tasks", data={"name": "T"}, timeout=10)

    assert (broken.status_code, form.status_code) == (400, 501)


def test_a_create_says_where_it_put_it(hand: Hand) -> None:
    answer = hand.call("POST", "/tasks", {"name": "T", "workspace": hand.workspace})

    assert answer.status_code == 201
    gid = answer.json()["data"]["gid"]
    assert answer.headers["Location"] == f"{hand.url}/tasks/{gid}"


def test_a_listing_is_compact_and_a_single_thing_full_without_what_is_opt_in(hand: Hand) -> None:
    project = hand.project()
    gid = hand.task("T", projects=[project])

    (compact,) = hand.get("/tasks", project=project)
    full = hand.get(f"/tasks/{gid}")

    assert compact.keys() == {"gid", "resource_type", "name", "resource_subtype"}
    assert {"notes", "custom_fields", "memberships", "modified_at"} <= full.keys()
    assert not {"num_subtasks", "created_by"} & full.keys()


@pytest.mark.parametrize(
    ("opt_fields", "expected"),
    [
        pytest.param("name", {"name": "T"}, id="exactly the named field"),
        pytest.param("gid", {}, id="the gid always"),
        pytest.param("this.name", {"name": "T"}, id="this"),
        pytest.param(
            "assignee.(name|email)",
            {"assignee": {"name": SERVICE, "email": "service@bac-a-sable.invalid"}},
            id="a group",
        ),
        pytest.param(
            "(this.name|assignee.name)", {"name": "T", "assignee": {"name": SERVICE}}, id="paths"
        ),
        pytest.param("assignee", {"assignee": {"resource_type": "user"}}, id="a bare reference"),
        pytest.param("parent.name", {"parent": None}, id="an empty reference"),
        pytest.param("num_subtasks", {"num_subtasks": 0}, id="opt in"),
        pytest.param(
            "memberships.section.name",
            {"memberships": [{"section": {"name": "Untitled section"}}]},
            id="below a thing without a gid",
        ),
    ],
)
def test_opt_fields_cuts_the_record_to_what_was_asked(
    hand: Hand, opt_fields: str, expected: Any
) -> None:
    gid = hand.task("T", projects=[hand.project()], assignee="me")

    shown = _without_gids(hand.get(f"/tasks/{gid}", opt_fields=opt_fields))

    assert shown == expected


def test_notes_are_shown_as_markup_when_asked(hand: Hand) -> None:
    """A character that means something in markup is written so that it does not."""
    task = hand.task("T", workspace=hand.workspace, notes="a < b & « c »\nd")
    assert "html_notes" not in hand.get(f"/tasks/{task}")
    shown = hand.get(f"/tasks/{task}", opt_fields="html_notes")["html_notes"]
    assert shown == "<body>a &lt; b &amp; « c »\nd</body>"


@pytest.mark.parametrize(
    "opt_fields", ["nmae", "assignee.nom", "name.x", "['name', 'notes']", "(a"]
)
def test_a_misspelt_opt_field_is_refused_before_anything_is_done(
    hand: Hand, control: SandboxControl, opt_fields: str
) -> None:
    """A client must not read an empty answer as an empty field, nor a refusal as nothing done."""
    answer = hand.call(
        "POST", "/tasks", {"name": "T", "workspace": hand.workspace}, opt_fields=opt_fields
    )

    assert answer.status_code == 400
    assert control.dump()["tasks"] == {}


def test_a_switch_lets_unknown_opt_fields_pass(hand: Hand, control: SandboxControl) -> None:
    """Nobody says what Asana does with one."""
    control.switch(unknown_opt_field="ignore")
    gid = hand.task("T", workspace=hand.workspace)

    assert hand.get(f"/tasks/{gid}", opt_fields="name,nmae") == {"gid": gid, "name": "T"}


def test_options_in_the_body_count_as_opt_fields_do(hand: Hand) -> None:
    body = {"data": {"name": "T", "workspace": hand.workspace}, "options": {"fields": ["name"]}}
    created = hand.call("POST", "/tasks", json=body).json()["data"]

    assert created.keys() == {"gid", "name"}


def test_a_batch_answers_each_call_for_itself(hand: Hand) -> None:
    gid = hand.task("T", workspace=hand.workspace)
    results = hand.post(
        "/batch",
        {
            "actions": [
                {
                    "method": "get",
                    "relative_path": f"/tasks/{gid}",
                    "options": {"fields": ["name"]},
                },
                {"method": "put", "relative_path": f"/tasks/{gid}", "data": {"name": "U"}},
                {"method": "get", "relative_path": "/tasks/1"},
                {"method": "get", "relative_path": "/batch"},
            ]
        },
    )

    assert [each["status_code"] for each in results] == [200, 200, 404, 400]
    assert results[0]["body"]["data"].keys() == {"gid", "name"}
    assert hand.get(f"/tasks/{gid}")["name"] == "U"
    assert hand.refusal("POST", "/batch", {"actions": []})[0] == 400


@pytest.mark.parametrize("part", ["data", "options"])
def test_an_action_with_a_part_that_is_no_object_is_refused_by_itself(
    hand: Hand, part: str
) -> None:
    good = {"method": "get", "relative_path": "/users/me"}
    results = hand.post("/batch", {"actions": [{**good, part: ["name"]}, good]})

    assert [each["status_code"] for each in results] == [400, 200]


@pytest.mark.parametrize(("order", "read"), [("any", "U"), ("sent", "T")])
def test_a_batch_is_done_in_no_promised_order(
    hand: Hand, control: SandboxControl, order: str, read: str
) -> None:
    """The results stand in the order of the request all the same."""
    control.switch(batch_order=order)
    gid = hand.task("T", workspace=hand.workspace)
    look = {"method": "get", "relative_path": f"/tasks/{gid}"}
    rename = {"method": "put", "relative_path": f"/tasks/{gid}", "data": {"name": "U"}}
    first, second = hand.post("/batch", {"actions": [look, rename]})

    assert (first["body"]["data"]["name"], second["body"]["data"]["name"]) == (read, "U")


def test_a_connection_is_kept_alive(hand: Hand) -> None:
    """What breaks when a kept connection is cut is part of what is rehearsed."""
    for _ in range(3):
        assert hand.call("GET", "/users/me").headers.get("Connection") != "close"


def _without_gids(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _without_gids(each) for name, each in value.items() if name != "gid"}
    return [_without_gids(each) for each in value] if isinstance(value, list) else value
