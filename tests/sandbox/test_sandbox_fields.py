"""Custom fields: a workspace's, carried by projects, valued on their tasks."""

from typing import Any

import pytest

from sync.sandbox.client import SandboxControl
from tests.sandbox.sandbox_hand import Hand

OPTIONS = [{"name": "À venir"}, {"name": "Atteint", "color": "green"}]


@pytest.fixture
def project(hand: Hand) -> Any:
    return hand.project()


def value_of(hand: Hand, task: str, field: str) -> Any:
    for each in hand.get(f"/tasks/{task}")["custom_fields"]:
        if each["gid"] == field:
            return each
    return None


@pytest.mark.parametrize(
    ("kind", "more", "sent", "key", "kept", "display"),
    [
        pytest.param("text", {}, "été", "text_value", "été", "été", id="text"),
        pytest.param("text", {}, "", "text_value", None, None, id="an empty text is no text"),
        pytest.param("number", {}, 3, "number_value", 3, "3", id="a whole number"),
        pytest.param("number", {"precision": 2}, 2.345, "number_value", 2.35, "2.35", id="rounded"),
        pytest.param("number", {}, 2.5, "number_value", 3, "3", id="half is rounded up"),
        pytest.param(
            "number",
            {"format": "percentage", "precision": 2},
            0.25,
            "number_value",
            0.25,
            "25%",
            id="a percentage",
        ),
        pytest.param(
            "number",
            {"format": "custom", "custom_label": "organismes", "custom_label_position": "suffix"},
            4,
            "number_value",
            4,
            "4 organismes",
            id="a label",
        ),
        pytest.param(
            "date",
            {},
            "2026-02-15",
            "date_value",
            {"date": "2026-02-15", "date_time": None},
            "2026-02-15T00:00:00.000Z",
            id="a day as a string",
        ),
        pytest.param(
            "date",
            {},
            {"date": "2026-02-15"},
            "date_value",
            {"date": "2026-02-15", "date_time": None},
            "2026-02-15T00:00:00.000Z",
            id="a day as an object: the documents contradict each other",
        ),
        pytest.param("date", {}, None, "date_value", None, None, id="cleared"),
    ],
)
def test_a_value_is_kept_and_shown(
    hand: Hand, project: str, kind: str, more: Any, sent: Any, key: Any, kept: Any, display: Any
) -> None:
    field = hand.field("Champ", kind, project, **more)["gid"]
    task = hand.task("T", projects=[project], custom_fields={field: sent})

    shown = value_of(hand, task, field)
    assert (shown[key], shown["display_value"]) == (kept, display)
    assert shown["enabled"] is True


@pytest.mark.parametrize(
    ("kind", "sent"),
    [
        pytest.param("text", 3, id="a number for a text"),
        pytest.param("text", "x" * 1025, id="a text too long"),
        pytest.param("number", "3", id="a text for a number"),
        pytest.param("number", True, id="a flag for a number"),
        pytest.param("number", 1e30, id="a number of more digits than can be kept"),
        pytest.param("enum", "Atteint", id="an option by name"),
        pytest.param("enum", "1200001000000001", id="the gid of something else"),
        pytest.param("multi_enum", "x", id="one instead of several"),
        pytest.param("date", "15 février", id="a date in words"),
        pytest.param("date", {"jour": "2026-02-15"}, id="a date of another shape"),
        pytest.param("people", ["1"], id="nobody"),
    ],
)
def test_a_value_that_does_not_fit_is_refused_whole(
    hand: Hand, project: str, kind: str, sent: Any
) -> None:
    options = {"enum_options": OPTIONS} if "enum" in kind else {}
    field = hand.field("Champ", kind, project, **options)["gid"]
    task = hand.task("T", projects=[project])

    body = {"name": "changed", "custom_fields": {field: sent}}
    assert hand.refusal("PUT", f"/tasks/{task}", body)[0] == 400
    assert hand.get(f"/tasks/{task}")["name"] == "T"


def test_an_enum_is_set_by_option_gid_and_shows_the_option(hand: Hand, project: str) -> None:
    field = hand.field("Statut", "enum", project, enum_options=OPTIONS)
    reached = field["enum_options"][1]
    task = hand.task("T", projects=[project], custom_fields={field["gid"]: reached["gid"]})

    shown = value_of(hand, task, field["gid"])
    assert shown["enum_value"] == reached
    assert shown["display_value"] == "Atteint"
    assert [option["name"] for option in shown["enum_options"]] == ["À venir", "Atteint"]


def test_a_disabled_option_stays_where_it_was_and_cannot_be_chosen_again(
    hand: Hand, project: str
) -> None:
    field = hand.field("Statut", "enum", project, enum_options=OPTIONS)
    gid, reached = field["gid"], field["enum_options"][1]["gid"]
    task = hand.task("T", projects=[project], custom_fields={gid: reached})
    hand.put(f"/enum_options/{reached}", {"enabled": False})

    assert value_of(hand, task, gid)["enum_value"]["enabled"] is False
    assert hand.refusal("PUT", f"/tasks/{task}", {"custom_fields": {gid: reached}})[0] == 400
    last = field["enum_options"][0]["gid"]
    assert hand.refusal("PUT", f"/enum_options/{last}", {"enabled": False})[0] == 400
    assert hand.refusal("DELETE", f"/enum_options/{reached}")[0] == 404


def test_options_are_added_ordered_and_named_once(hand: Hand, project: str) -> None:
    field = hand.field("Statut", "enum", project, enum_options=OPTIONS)
    gid, first = field["gid"], field["enum_options"][0]["gid"]
    new = hand.post(f"/custom_fields/{gid}/enum_options", {"name": "En cours"})
    hand.post(
        f"/custom_fields/{gid}/enum_options/insert",
        {"enum_option": new["gid"], "after_enum_option": first},
    )

    names = [option["name"] for option in hand.get(f"/custom_fields/{gid}")["enum_options"]]
    assert names == ["À venir", "En cours", "Atteint"]
    again = {"name": "En cours"}
    assert hand.refusal("POST", f"/custom_fields/{gid}/enum_options", again)[0] == 400


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        pytest.param({"name": "Statut", "resource_subtype": "text"}, "taken", id="a name taken"),
        pytest.param({"name": "Due Date", "resource_subtype": "text"}, "built in", id="built in"),
        pytest.param({"name": "N", "resource_subtype": "formula"}, "kind", id="no such kind"),
        pytest.param({"name": "N", "resource_subtype": "enum"}, "none", id="no options"),
        pytest.param({"resource_subtype": "text"}, "name", id="no name"),
        pytest.param({"name": "N"}, "kind", id="no kind"),
        pytest.param(
            {"name": "N", "resource_subtype": "number", "precision": 7}, "0-6", id="precision"
        ),
        pytest.param(
            {"name": "N", "resource_subtype": "text", "precision": 2}, "no number", id="text"
        ),
    ],
)
def test_a_definition_that_asana_would_not_take(hand: Hand, body: Any, reason: str) -> None:
    hand.field("Statut", "text")
    answer = hand.refusal("POST", "/custom_fields", {"workspace": hand.workspace, **body})
    assert answer[0] == 400, reason


def test_a_fields_type_never_changes(hand: Hand) -> None:
    field = hand.field("Champ", "text")["gid"]
    assert hand.refusal("PUT", f"/custom_fields/{field}", {"type": "number"})[0] == 400
    renamed = hand.put(f"/custom_fields/{field}", {"name": "Autre", "description": "À nous"})
    assert renamed["name"] == "Autre"
    shown = hand.get(f"/custom_fields/{field}", opt_fields="description")
    assert shown["description"] == "À nous"


def test_a_subtask_has_only_the_fields_of_its_own_projects(hand: Hand, project: str) -> None:
    field = hand.field("Fait le", "date", project)["gid"]
    parent = hand.task("parent", projects=[project])
    bare = {"name": "bare", "parent": parent, "custom_fields": {field: "2026-02-01"}}

    assert hand.refusal("POST", "/tasks", bare) == (
        400,
        f"Custom field with ID {field} is not on given object",
    )
    housed = hand.post("/tasks", {**bare, "memberships": [{"project": project}]})
    assert value_of(hand, housed["gid"], field)["date_value"]["date"] == "2026-02-01"


def test_a_detached_field_leaves_its_values_disabled_and_only_clearable(
    hand: Hand, project: str
) -> None:
    field = hand.field("Note", "text", project)["gid"]
    task = hand.task("T", projects=[project], custom_fields={field: "mot"})
    hand.post(f"/projects/{project}/removeCustomFieldSetting", {"custom_field": field})

    left = value_of(hand, task, field)
    assert (left["text_value"], left["enabled"]) == ("mot", False)
    body = {"custom_fields": {field: "autre"}}
    assert hand.refusal("PUT", f"/tasks/{task}", body)[0] == 400
    hand.put(f"/tasks/{task}", {"custom_fields": {field: None}})
    assert value_of(hand, task, field) is None


def test_a_project_carries_a_field_once_in_an_order_and_not_without_end(
    hand: Hand, control: SandboxControl, project: str
) -> None:
    first = hand.field("A", "text", project)
    second = hand.field("B", "text")
    add = f"/projects/{project}/addCustomFieldSetting"
    settings = hand.get(f"/projects/{project}/custom_field_settings")
    hand.post(add, {"custom_field": second["gid"], "insert_before": settings[0]["gid"]})

    settings = hand.get(f"/projects/{project}/custom_field_settings")
    assert [each["custom_field"]["name"] for each in settings] == ["B", "A"]
    assert hand.refusal("POST", add, {"custom_field": first["gid"]})[0] == 400
    control.switch(max_fields_per_project=2)
    third = hand.field("C", "text")
    assert hand.refusal("POST", add, {"custom_field": third["gid"]})[0] == 400


def test_a_free_workspace_has_no_custom_fields(
    hand: Hand, control: SandboxControl, project: str
) -> None:
    """Preflight must meet it before the first write."""
    field = hand.field("Note", "text", project)["gid"]
    control.switch(plan_tier="free")

    for method, path, body in (
        ("GET", f"/workspaces/{hand.workspace}/custom_fields", None),
        ("GET", f"/projects/{project}/custom_field_settings", None),
        ("POST", "/custom_fields", {"workspace": hand.workspace, "name": "N", "type": "text"}),
        ("POST", "/tasks", {"name": "T", "projects": [project], "custom_fields": {field: "x"}}),
    ):
        assert hand.refusal(method, path, body)[0] == 402


def test_a_locked_field_is_edited_only_by_who_locked_it(
    hand: Hand, julie: Hand, control: SandboxControl, project: str
) -> None:
    field = hand.field("Note", "text", project)["gid"]
    control.act("lock_field", by="Julie Gagnon", field="Note")

    assert hand.refusal("PUT", f"/custom_fields/{field}", {"name": "N"})[0] == 403
    assert julie.put(f"/custom_fields/{field}", {"name": "N"})["name"] == "N"


def test_a_deleted_field_is_gone_from_every_task(
    hand: Hand, control: SandboxControl, project: str
) -> None:
    field = hand.field("Note", "text", project)["gid"]
    task = hand.task("T", projects=[project], custom_fields={field: "mot"})
    control.act("delete_field", by="Julie Gagnon", field="Note")

    assert value_of(hand, task, field) is None
    assert hand.refusal("GET", f"/custom_fields/{field}")[0] == 404
    assert hand.field("Note", "text")["gid"] != field


def test_an_update_refused_for_one_field_changes_none(hand: Hand, project: str) -> None:
    field = hand.field("Note", "text")["gid"]
    task = hand.task("T", projects=[project])
    body = {"name": "changed", "completed": True, "custom_fields": {field: "mot"}}

    assert hand.refusal("PUT", f"/tasks/{task}", body)[0] == 400
    shown = hand.get(f"/tasks/{task}")
    assert (shown["name"], shown["completed"]) == ("T", False)
