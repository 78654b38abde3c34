"""
An errand run by Asana's official Python SDK, as it comes: what it could do, in plain values.

The same errand is run by the official client for Node, in `official_client.mjs`. Events are
followed by single calls that give the whole answer: the SDK's own event iterator swallows the
412 and repeats pages for ever.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

import asana
from asana.rest import ApiException

from sync.sandbox.client import SandboxControl

TASKS: Final = 250
PER_BATCH: Final = 10


@contextmanager
def official(url: str, token: str) -> Iterator[Any]:
    configuration: Any = asana.Configuration()
    configuration.host = url
    configuration.access_token = token
    client: Any = asana.ApiClient(configuration)
    try:
        yield client
    finally:
        client.rest_client.pool_manager.clear()
        client.pool.close()
        client.pool.join()


def run_errand(
    url: str, token: str, workspace: str, control: SandboxControl, receiver: str
) -> dict[str, Any]:
    with official(url, token) as client:
        return _errand(client, workspace, control, receiver)


def _errand(client: Any, workspace: str, control: SandboxControl, receiver: str) -> dict[str, Any]:
    projects, sections = asana.ProjectsApi(client), asana.SectionsApi(client)
    tasks, fields = asana.TasksApi(client), asana.CustomFieldsApi(client)
    settings, batches = asana.CustomFieldSettingsApi(client), asana.BatchAPIApi(client)

    me = asana.UsersApi(client).get_user("me", {})
    project = projects.create_project({"data": {"name": "Plan", "workspace": workspace}}, {})["gid"]
    section = sections.create_section_for_project(project, {"body": {"data": {"name": "Volet"}}})
    field = fields.create_custom_field(
        {
            "data": {
                "name": "Statut",
                "workspace": workspace,
                "resource_subtype": "enum",
                "enum_options": [{"name": "À venir"}, {"name": "Atteint"}],
            }
        },
        {},
    )
    projects.add_custom_field_setting_for_project(
        {"data": {"custom_field": field["gid"]}}, project, {}
    )
    attached = list(settings.get_custom_field_settings_for_project(project, {}))

    first = _refusal(lambda: asana.EventsApi(client).get_events(project, {}, full_payload=True))

    made: list[str] = []
    for start in range(0, TASKS, PER_BATCH):
        actions = [
            {
                "method": "post",
                "relative_path": "/tasks",
                "data": {
                    "name": f"T{number:03}",
                    "memberships": [{"project": project, "section": section["gid"]}],
                },
            }
            for number in range(start, start + PER_BATCH)
        ]
        answer = batches.create_batch_request({"data": {"actions": actions}}, {}, full_payload=True)
        made += [each["body"]["data"]["gid"] for each in answer["data"]]

    iterated = [task["name"] for task in tasks.get_tasks({"project": project, "limit": 100})]
    pages: list[list[str]] = []
    offset: str | None = None
    while True:
        asked = {"limit": 50, "opt_fields": "name,memberships.section.name"}
        if offset is not None:
            asked["offset"] = offset
        page = tasks.get_tasks_for_project(project, asked, full_payload=True)
        pages.append([task["name"] for task in page["data"]])
        if page["next_page"] is None:
            break
        offset = page["next_page"]["offset"]

    done = field["enum_options"][1]["gid"]
    tasks.update_task(
        {"data": {"name": "T000, renommée", "completed": True,
                  "custom_fields": {field["gid"]: done}}},
        made[0],
        {},
    )  # fmt: skip
    updated = tasks.get_task(made[0], {"opt_fields": "name,completed,custom_fields.display_value"})
    child = tasks.create_subtask_for_task({"data": {"name": "Indicateur"}}, made[1], {})["gid"]
    tasks.delete_task(made[2])

    mixed = batches.create_batch_request(
        {
            "data": {
                "actions": [
                    {"method": "get", "relative_path": "/users/me"},
                    {"method": "get", "relative_path": "/tasks/1"},
                    {
                        "method": "put",
                        "relative_path": f"/tasks/{made[3]}",
                        "data": {"completed": True},
                    },
                ]
            }
        },
        {},
        full_payload=True,
    )

    told, sync, calls = _followed(client, project, first["sync"])
    control.expire_sync()
    events = asana.EventsApi(client)
    expired = _refusal(lambda: events.get_events(project, {"sync": sync}, full_payload=True))
    resumed = events.get_events(project, {"sync": expired["sync"]}, full_payload=True)

    webhooks = asana.WebhooksApi(client)
    wanted = {"data": {"resource": project, "target": receiver}}
    hook = webhooks.create_webhook(wanted, {}, full_payload=True)
    hooks = [each["target"] for each in webhooks.get_webhooks(workspace, {"resource": project})]
    webhooks.delete_webhook(hook["data"]["gid"])

    return {
        "me": me["name"],
        "project": project,
        "attached": [each["custom_field"]["name"] for each in attached],
        "first_events_call": first["status"],
        "made": made,
        "iterated": iterated,
        "pages": pages,
        "updated": {
            "name": updated["name"],
            "completed": updated["completed"],
            "field": updated["custom_fields"][0]["display_value"],
        },
        "child": child,
        "trashed": made[2],
        "mixed": [each["status_code"] for each in mixed["data"]],
        "event_calls": calls,
        "events": [[e["action"], e["resource"]["resource_type"], e["resource"]["gid"]]
                   for e in told],
        "expired": expired["status"],
        "resumed": len(resumed["data"]),
        "hook_secret": len(hook["X-Hook-Secret"]),
        "hooks": hooks,
        "hook_read": _refusal(lambda: webhooks.get_webhook(hook["data"]["gid"], {}))["status"],
        "unknown": _refusal(lambda: tasks.get_task("1", {}))["status"],
        "trashed_read": _refusal(lambda: tasks.get_task(made[2], {}))["status"],
    }  # fmt: skip


def _followed(client: Any, resource: str, sync: str) -> tuple[list[Any], str, int]:
    """Every event after this token, the token after them, and the calls that it took."""
    told: list[Any] = []
    calls = 0
    while True:
        answer = asana.EventsApi(client).get_events(resource, {"sync": sync}, full_payload=True)
        calls += 1
        told += answer["data"]
        sync = answer["sync"]
        if not answer["has_more"]:
            return told, sync, calls


def _refusal(call: Any) -> dict[str, Any]:
    try:
        call()
    except ApiException as refused:
        return {"status": refused.status, **json.loads(refused.body)}
    raise AssertionError("it was not refused")
