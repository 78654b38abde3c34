"""Which call answers which method and path."""

from collections.abc import Callable
from typing import Any

from werkzeug.routing import Map, Rule

from sync.sandbox.call import Answer
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
)

Handler = Callable[..., Answer]

SUPPORTED: tuple[tuple[str, str, Handler], ...] = (
    ("GET", "/users", people.list_users),
    ("GET", "/users/<user_gid>", people.get_user),
    ("GET", "/workspaces", people.list_workspaces),
    ("GET", "/workspaces/<workspace_gid>", people.get_workspace),
    ("GET", "/workspaces/<workspace_gid>/users", people.list_workspace_users),
    ("GET", "/workspaces/<workspace_gid>/teams", people.list_teams),
    ("GET", "/workspaces/<workspace_gid>/projects", projects.list_workspace_projects),
    ("GET", "/workspaces/<workspace_gid>/custom_fields", custom_fields.list_custom_fields),
    ("GET", "/teams/<team_gid>", people.get_team),
    ("GET", "/projects", projects.list_projects),
    ("POST", "/projects", projects.post_project),
    ("GET", "/projects/<project_gid>", projects.get_project),
    ("PUT", "/projects/<project_gid>", projects.put_project),
    ("DELETE", "/projects/<project_gid>", projects.delete_project),
    ("GET", "/projects/<project_gid>/task_counts", projects.get_task_counts),
    ("GET", "/projects/<project_gid>/tasks", tasks.list_project_tasks),
    ("GET", "/projects/<project_gid>/sections", sections.list_sections),
    ("POST", "/projects/<project_gid>/sections", sections.post_section),
    ("POST", "/projects/<project_gid>/sections/insert", sections.insert_section),
    ("GET", "/projects/<project_gid>/custom_field_settings", custom_fields.list_settings),
    ("POST", "/projects/<project_gid>/addCustomFieldSetting", custom_fields.post_add_setting),
    ("POST", "/projects/<project_gid>/removeCustomFieldSetting", custom_fields.post_remove_setting),
    ("GET", "/sections/<section_gid>", sections.get_section),
    ("PUT", "/sections/<section_gid>", sections.put_section),
    ("DELETE", "/sections/<section_gid>", sections.delete_section_at),
    ("GET", "/sections/<section_gid>/tasks", tasks.list_section_tasks),
    ("POST", "/sections/<section_gid>/addTask", sections.add_task),
    ("GET", "/tasks", tasks.list_tasks),
    ("POST", "/tasks", tasks.post_task),
    ("GET", "/tasks/<task_gid>", tasks.get_task),
    ("PUT", "/tasks/<task_gid>", tasks.put_task),
    ("DELETE", "/tasks/<task_gid>", tasks.delete_task),
    ("GET", "/tasks/<task_gid>/subtasks", tasks.list_subtasks),
    ("POST", "/tasks/<task_gid>/subtasks", tasks.post_subtask),
    ("POST", "/tasks/<task_gid>/setParent", tasks.post_set_parent),
    ("POST", "/tasks/<task_gid>/addProject", tasks.post_add_project),
    ("POST", "/tasks/<task_gid>/removeProject", tasks.post_remove_project),
    ("POST", "/tasks/<task_gid>/addFollowers", tasks.post_add_followers),
    ("GET", "/tasks/<task_gid>/stories", tasks.list_stories),
    ("POST", "/tasks/<task_gid>/stories", tasks.post_story),
    ("GET", "/stories/<story_gid>", tasks.get_story),
    ("POST", "/custom_fields", custom_fields.post_custom_field),
    ("GET", "/custom_fields/<custom_field_gid>", custom_fields.get_custom_field),
    ("PUT", "/custom_fields/<custom_field_gid>", custom_fields.put_custom_field),
    ("DELETE", "/custom_fields/<custom_field_gid>", custom_fields.delete_custom_field),
    ("POST", "/custom_fields/<custom_field_gid>/enum_options", custom_fields.post_enum_option),
    (
        "POST",
        "/custom_fields/<custom_field_gid>/enum_options/insert",
        custom_fields.insert_enum_option,
    ),
    ("PUT", "/enum_options/<enum_option_gid>", custom_fields.put_enum_option),
    ("GET", "/memberships", memberships.list_memberships),
    ("POST", "/memberships", memberships.post_membership),
    ("GET", "/memberships/<membership_gid>", memberships.get_membership),
    ("PUT", "/memberships/<membership_gid>", memberships.put_membership),
    ("DELETE", "/memberships/<membership_gid>", memberships.delete_membership),
    ("GET", "/events", events.get_events),
)


def build_map() -> Map:
    """Supported calls first; a call of Asana's that is missing here is told apart from none."""
    rules = [Rule(path, methods=[method], endpoint=handler) for method, path, handler in SUPPORTED]
    for method, path in missing_calls():
        parts = "/".join(
            f"<part{index}>" if part == "*" else part for index, part in enumerate(path.split("/"))
        )
        rules.append(Rule(parts, methods=[method], endpoint=_missing(method, path)))
    return Map(rules, strict_slashes=True, merge_slashes=False, redirect_defaults=False)


def _missing(method: str, path: str) -> Handler:
    def refuse(*_call: Any, **_parts: str) -> Answer:
        raise not_in_sandbox(f"{method} {path}")

    return refuse
