"""The sandbox's answers against the official description of Asana's API."""

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from ruamel.yaml import YAML

from sync.sandbox.server import SandboxServer
from tests.sandbox.ear import listening
from tests.sandbox.sandbox_hand import Hand

DESCRIPTION = Path(__file__).parents[2] / ".." / "shared" / "data" / "asana_oas.prism.yaml"

pytestmark = pytest.mark.skipif(
    not DESCRIPTION.exists(), reason="the official description is not beside the repository"
)


@pytest.fixture(scope="session")
def schemas() -> Any:
    """Schemas as JSON Schema: `nullable` is OpenAPI's, and single references may be null."""
    with DESCRIPTION.open(encoding="utf-8") as lines:
        described = YAML(typ="safe").load(lines)
    return {"components": {"schemas": _translate(described["components"]["schemas"])}}


def _translate(node: Any) -> Any:
    """
    Make OpenAPI's `nullable` mean what it says, for the type and for the enum.

    The file is the official description with its known slips mended, such as a parent that
    may be null and was not said to be. Where it says so beside an `allOf`, JSON Schema cannot
    be told: so any object may be null here.
    """
    if isinstance(node, list):
        return [_translate(each) for each in node]
    if not isinstance(node, dict):
        return node
    node = {name: _translate(each) for name, each in node.items() if name != "example"}
    if node.get("nullable") and isinstance(node.get("type"), str):
        node["type"] = [node["type"], "null"]
        if "enum" in node:
            node["enum"] = [*node["enum"], None]
    if node.get("type") == "object":
        node["type"] = ["object", "null"]
    return node


@pytest.fixture
def check(schemas: Any) -> Any:
    def check(name: str, value: Any) -> None:
        schema = {"$ref": f"#/components/schemas/{name}", **schemas}
        errors = [
            f"{'/'.join(map(str, error.absolute_path))}: {error.message[:200]}"
            for error in Draft202012Validator(schema).iter_errors(value)
        ]
        assert errors == [], f"{name}: {errors}"

    return check


def test_the_answers_fit_the_official_schemas(
    check: Any, hand: Hand, server: SandboxServer
) -> None:
    project = hand.project(notes="n", due_on="2026-03-15")
    section = hand.section(project, "Volet")
    enum = hand.field("Statut", "enum", project, enum_options=[{"name": "A", "color": "green"}])
    number = hand.field("Quantité", "number", project, precision=1)
    day = hand.field("Fait le", "date", project)
    text = hand.field("Note", "text", project)
    task = hand.post(
        "/tasks",
        {
            "name": "T",
            "memberships": [{"project": project, "section": section}],
            "assignee": "me",
            "due_on": "2026-02-15",
            "completed": True,
            "custom_fields": {
                enum["gid"]: enum["enum_options"][0]["gid"],
                number["gid"]: 2.5,
                day["gid"]: "2026-02-14",
                text["gid"]: "mot",
            },
        },
    )
    sync = hand.sync_token(project)
    child = hand.task("child", parent=task["gid"])
    hand.put(f"/tasks/{task['gid']}", {"name": "U"})
    story = hand.post(f"/tasks/{task['gid']}/stories", {"text": "Bonjour"})

    check("UserResponse", {k: v for k, v in hand.get("/users/me").items() if k != "photo"})
    check("WorkspaceResponse", hand.get(f"/workspaces/{hand.workspace}"))
    check("TeamResponse", hand.get(f"/teams/{server.greeting()['team']}"))
    check("ProjectResponse", hand.get(f"/projects/{project}"))
    check("SectionResponse", hand.get(f"/sections/{section}"))
    check("TaskResponse", hand.get(f"/tasks/{task['gid']}"))
    check("TaskResponse", hand.get(f"/tasks/{child}"))
    rare = "html_notes,dependencies,dependents,is_rendered_as_separator,actual_time_minutes"
    asked = hand.get(f"/tasks/{task['gid']}", opt_fields=f"{rare},likes.user.gid,hearts.user.gid")
    check("TaskResponse", asked)
    assert set(rare.split(",")) < set(asked)
    check("StoryResponse", story)
    check("EnumOption", enum["enum_options"][0])
    for field in (enum, number, day, text):
        check("CustomFieldResponse", field)
    for setting in hand.get(f"/projects/{project}/custom_field_settings"):
        check("CustomFieldSettingResponse", setting)
    for listed in hand.get("/tasks", project=project):
        check("TaskCompact", listed)
    for membership in hand.get("/memberships", parent=project):
        check("ProjectMembershipCompactResponse", membership)
    events = hand.events(project, sync)["data"]
    assert events
    for event in events:
        check("EventResponse", event)
    refused = hand.call("GET", "/tasks/1")
    check("ErrorResponse", refused.json())


def test_the_check_sees_a_wrong_answer(check: Any) -> None:
    """The description is permissive: that it catches anything at all is worth a test."""
    for wrong in ({"completed": "false"}, {"gid": 1}, {"resource_subtype": "nope"}):
        with pytest.raises(AssertionError):
            check("TaskResponse", wrong)


def test_webhooks_fit_the_official_schemas(check: Any, hand: Hand) -> None:
    """Before the first delivery, with its dates unset, and after a failed one."""
    with listening() as ear:
        project = hand.project()
        made = hand.post("/webhooks", {"resource": project, "target": ear.url})
        check("WebhookResponse", made)
        ear.wait_for(1)
        ear.answer = 500
        hand.task("T", projects=[project])
        ear.wait_for(2)
        path = f"/webhooks/{made['gid']}"
        check("WebhookResponse", hand.put(path, {"filters": [{"action": "added"}]}))
        for listed in hand.get("/webhooks", workspace=hand.workspace):
            check("WebhookCompact", listed)
        for delivered in ear.deliveries():
            for event in json.loads(delivered.body)["events"]:
                check("EventResponse", event)
