"""What kind of request it was: the method and the path, without whose gid it was."""

from typing import Final
from urllib.parse import unquote, urlsplit

_WORDS: Final = frozenset(
    {
        "batch",
        "custom_field_settings",
        "custom_fields",
        "enum_options",
        "events",
        "memberships",
        "projects",
        "sections",
        "stories",
        "subtasks",
        "task_counts",
        "tasks",
        "teams",
        "users",
        "webhooks",
        "workspace_memberships",
        "workspaces",
        "addCustomFieldSetting",
        "addProject",
        "addTask",
        "setParent",
        "me",
    }
)


def kind_of(method: str, url: str, root: str) -> str:
    """
    `GET /projects/{}/tasks`: what is counted, and what may stand in a report.

    A part of the path that is no known word stands as `{}`, so that no gid and no address is
    ever in a count.
    """
    path = urlsplit(url).path.removeprefix(urlsplit(root).path)
    parts = (unquote(part) for part in path.strip("/").split("/"))
    return f"{method} /{'/'.join(part if part in _WORDS else '{}' for part in parts)}"
