"""Which call answers which method and path."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from werkzeug.routing import Map, Rule

from sync.sandbox.call import Answer, Errand
from sync.sandbox.elsewhere import missing_calls
from sync.sandbox.refusal import not_in_sandbox
from sync.sandbox.routes import (
    custom_fields,
    events,
    memberships,
    people,
    projects,
    sections,
    tasks,
    webhooks,
    workspace_memberships,
)

Handler = Callable[..., Answer | Errand[Any]]

SUPPORTED: tuple[tuple[str, str, str | None, Handler], ...] = (
    ("GET", "/users", "user", people.list_users),
    ("GET", "/users/<user_gid>", "user", people.get_user),
    ("GET", "/workspaces", "workspace", people.list_workspaces),
    ("GET", "/workspaces/<workspace_gid>", "workspace", people.get_workspace),
    ("GET", "/workspaces/<workspace_gid>/users", "user", people.list_workspace_users),
    (
        "GET",
        "/workspaces/<workspace_gid>/workspace_memberships",
        "workspace_membership",
        workspace_memberships.list_of_workspace,
    ),
    (
        "GET",
        "/users/<user_gid>/workspace_memberships",
        "workspace_membership",
        workspace_memberships.list_of_user,
    ),
    ("GET", "/workspaces/<workspace_gid>/teams", "team", people.list_teams),
    ("GET", "/workspaces/<workspace_gid>/projects", "project", projects.list_workspace_projects),
    (
        "GET",
        "/workspaces/<workspace_gid>/custom_fields",
        "custom_field",
        custom_fields.list_custom_fields,
    ),
    ("GET", "/teams/<team_gid>", "team", people.get_team),
    ("GET", "/projects", "project", projects.list_projects),
    ("POST", "/projects", "project", projects.post_project),
    ("GET", "/projects/<project_gid>", "project", projects.get_project),
    ("PUT", "/projects/<project_gid>", "project", projects.put_project),
    ("DELETE", "/projects/<project_gid>", None, projects.delete_project),
    ("GET", "/projects/<project_gid>/task_counts", None, projects.get_task_counts),
    ("GET", "/projects/<project_gid>/tasks", "task", tasks.list_project_tasks),
    ("GET", "/projects/<project_gid>/sections", "section", sections.list_sections),
    ("POST", "/projects/<project_gid>/sections", "section", sections.post_section),
    ("POST", "/projects/<project_gid>/sections/insert", None, sections.insert_section),
    (
        "GET",
        "/projects/<project_gid>/custom_field_settings",
        "custom_field_setting",
        custom_fields.list_settings,
    ),
    (
        "POST",
        "/projects/<project_gid>/addCustomFieldSetting",
        "custom_field_setting",
        custom_fields.post_add_setting,
    ),
    (
        "POST",
        "/projects/<project_gid>/removeCustomFieldSetting",
        None,
        custom_fields.post_remove_setting,
    ),
    ("GET", "/sections/<section_gid>", "section", sections.get_section),
    ("PUT", "/sections/<section_gid>", "section", sections.put_section),
    ("DELETE", "/sections/<section_gid>", None, sections.delete_section_at),
    ("GET", "/sections/<section_gid>/tasks", "task", tasks.list_section_tasks),
    ("POST", "/sections/<section_gid>/addTask", None, sections.add_task),
    ("GET", "/tasks", "task", tasks.list_tasks),
    ("POST", "/tasks", "task", tasks.post_task),
    ("GET", "/tasks/<task_gid>", "task", tasks.get_task),
    ("PUT", "/tasks/<task_gid>", "task", tasks.put_task),
    ("DELETE", "/tasks/<task_gid>", None, tasks.delete_task),
    ("GET", "/tasks/<task_gid>/subtasks", "task", tasks.list_subtasks),
    ("POST", "/tasks/<task_gid>/subtasks", "task", tasks.post_subtask),
    ("POST", "/tasks/<task_gid>/setParent", "task", tasks.post_set_parent),
    ("POST", "/tasks/<task_gid>/addProject", None, tasks.post_add_project),
    ("POST", "/tasks/<task_gid>/removeProject", None, tasks.post_remove_project),
    ("POST", "/tasks/<task_gid>/addFollowers", "task", tasks.post_add_followers),
    ("GET", "/tasks/<task_gid>/stories", "story", tasks.list_stories),
    ("POST", "/tasks/<task_gid>/stories", "story", tasks.post_story),
    ("GET", "/stories/<story_gid>", "story", tasks.get_story),
    ("POST", "/custom_fields", "custom_field", custom_fields.post_custom_field),
    ("GET", "/custom_fields/<custom_field_gid>", "custom_field", custom_fields.get_custom_field),
    ("PUT", "/custom_fields/<custom_field_gid>", "custom_field", custom_fields.put_custom_field),
    ("DELETE", "/custom_fields/<custom_field_gid>", None, custom_fields.delete_custom_field),
    (
        "POST",
        "/custom_fields/<custom_field_gid>/enum_options",
        "enum_option",
        custom_fields.post_enum_option,
    ),
    (
        "POST",
        "/custom_fields/<custom_field_gid>/enum_options/insert",
        "enum_option",
        custom_fields.insert_enum_option,
    ),
    ("PUT", "/enum_options/<enum_option_gid>", "enum_option", custom_fields.put_enum_option),
    ("GET", "/memberships", "membership", memberships.list_memberships),
    ("POST", "/memberships", "membership", memberships.post_membership),
    ("GET", "/memberships/<membership_gid>", "membership", memberships.get_membership),
    ("PUT", "/memberships/<membership_gid>", "membership", memberships.put_membership),
    ("DELETE", "/memberships/<membership_gid>", None, memberships.delete_membership),
    ("GET", "/events", "event", events.get_events),
    ("GET", "/webhooks", "webhook", webhooks.list_webhooks),
    ("POST", "/webhooks", "webhook", webhooks.post_webhook),
    ("GET", "/webhooks/<webhook_gid>", "webhook", webhooks.get_webhook),
    ("PUT", "/webhooks/<webhook_gid>", "webhook", webhooks.put_webhook),
    ("DELETE", "/webhooks/<webhook_gid>", None, webhooks.delete_webhook),
)
"""Method, path, the shape that `opt_fields` is asked of, and what answers."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """What answers a call. `shape` lets a bad `opt_fields` be refused before anything is done."""

    handler: Handler
    shape: str | None = None


def build_map() -> Map:
    """Supported calls first; a call of Asana's that is missing here is told apart from none."""
    rules = [
        Rule(path, methods=[method], endpoint=Endpoint(handler, shape))
        for method, path, shape, handler in SUPPORTED
    ]
    for method, path in missing_calls():
        parts = "/".join(
            f"<part{index}>" if part == "*" else part for index, part in enumerate(path.split("/"))
        )
        rules.append(Rule(parts, methods=[method], endpoint=Endpoint(_missing(method, path))))
    return Map(rules, strict_slashes=True, merge_slashes=False, redirect_defaults=False)


def _missing(method: str, path: str) -> Handler:
    def refuse(*_call: Any, **_parts: str) -> Answer:
        raise not_in_sandbox(f"{method} {path}")

    return refuse
