"""
The fields of each kind of thing, as the official description lists them.

One table per kind: how a field is read, and whether it is compact or Opt In.
"""

from collections.abc import Callable
from datetime import datetime
from html import escape
from typing import Any

from sync.sandbox.clock import stamp
from sync.sandbox.fields import ABSENT, Field, Shape
from sync.sandbox.state import (
    CustomField,
    CustomFieldSetting,
    EnumOption,
    External,
    Project,
    ProjectMembership,
    Section,
    Story,
    Task,
    Team,
    Thing,
    User,
    Workspace,
    World,
    attached_fields,
    projects_of,
)
from sync.sandbox.values import FieldValue, display, option_named

TYPES: dict[type, str] = {
    Workspace: "workspace",
    User: "user",
    Team: "team",
    Project: "project",
    Section: "section",
    Task: "task",
    Story: "story",
    CustomField: "custom_field",
    EnumOption: "enum_option",
    CustomFieldSetting: "custom_field_setting",
    ProjectMembership: "membership",
}


def _attr(name: str, **options: Any) -> Field:
    return Field(lambda _world, thing: getattr(thing, name), **options)


def _instant(name: str, **options: Any) -> Field:
    def read(_world: World, thing: Any) -> str | None:
        moment = getattr(thing, name)
        return None if moment is None else stamp(moment)

    return Field(read, **options)


def _detail(name: str, **options: Any) -> Field:
    """Conditional: there only where the story is about it."""
    return Field(lambda _world, story: story.details.get(name, ABSENT), **options)


def _dated(value: Any) -> str | None:
    return stamp(value) if isinstance(value, datetime) else value


def _constant(value: Any, **options: Any) -> Field:
    return Field(lambda _world, _thing: value, **options)


def _subtype(thing: Thing) -> Any:
    match thing:
        case Task():
            return thing.subtype
        case Story():
            return thing.subtype
        case CustomField():
            return thing.kind
        case _:
            return ABSENT


def _named(resource_type: str) -> dict[str, Field]:
    return {
        "gid": _attr("gid", compact=True),
        "resource_type": _constant(resource_type, compact=True),
        "name": _attr("name", compact=True),
    }


def _permalink(kind: str) -> Field:
    return Field(
        lambda _world, thing: (
            f"https://app.asana.com/1/{thing.workspace.gid}/{kind}/{thing.gid}?sandbox=1"
        )
    )


def _as_html(_world: World, thing: Any) -> str:
    """Plain notes as Asana's markup, whose newline is the plain one."""
    return f"<body>{escape(thing.notes, quote=False)}</body>"


def _members(_world: World, project: Project) -> list[User]:
    people: dict[str, User] = {}
    for membership in project.memberships:
        member = membership.member
        for user in member.members if isinstance(member, Team) else [member]:
            people[user.gid] = user
    return list(people.values())


# --- custom fields -------------------------------------------------------------------------


def _only(kinds: tuple[str, ...], read: Callable[[CustomField], Any], **options: Any) -> Field:
    """A conditional field: absent from definitions of another kind."""

    def reader(_world: World, thing: Any) -> Any:
        field = thing.field if isinstance(thing, FieldValue) else thing
        return read(field) if field.kind in kinds else ABSENT

    return Field(reader, **options)


def _definition(name: str, **options: Any) -> Field:
    """The same field of a definition and of a value on a task."""

    def reader(_world: World, thing: Any) -> Any:
        return getattr(thing.field if isinstance(thing, FieldValue) else thing, name)

    return Field(reader, **options)


_DEFINITION: dict[str, Field] = {
    "gid": _definition("gid", compact=True),
    "resource_type": _constant("custom_field", compact=True),
    "resource_subtype": _definition("kind", compact=True),
    "type": _definition("kind", compact=True),
    "name": _definition("name", compact=True),
    "description": _definition("description", opt_in=True),
    "representation_type": _definition("kind", compact=True),
    "id_prefix": _constant(None, compact=True),
    "is_formula_field": _constant(value=False, compact=True),
    "enum_options": _only(
        ("enum", "multi_enum"),
        lambda field: field.options,
        shape="enum_option",
        compact=True,
        whole=True,
    ),
    "precision": _only(("number",), lambda field: field.precision, compact=True),
    "format": _only(("number",), lambda field: field.format),
    "currency_code": _only(("number",), lambda field: field.currency_code),
    "custom_label": _only(("number",), lambda field: field.custom_label),
    "custom_label_position": _only(("number",), lambda field: field.custom_label_position),
    "is_global_to_workspace": _constant(value=True),
    "has_notifications_enabled": _definition("has_notifications_enabled"),
    "is_value_read_only": _constant(value=False),
    "asana_created_field": _constant(None),
    "privacy_setting": _constant("public"),
    "default_access_level": _constant("editor"),
    "created_by": _definition("created_by", shape="user"),
}


def _value(kind: str, read: Callable[[FieldValue], Any], **options: Any) -> Field:
    def reader(_world: World, thing: FieldValue) -> Any:
        if thing.field.kind != kind:
            return ABSENT
        return read(thing)

    return Field(reader, compact=True, **options)


def _chosen(value: FieldValue) -> EnumOption | None:
    return None if value.value is None else option_named(value.field, value.value)


_VALUE: dict[str, Field] = {
    **_DEFINITION,
    "enabled": Field(lambda _world, thing: thing.enabled, compact=True),
    "text_value": _value("text", lambda thing: thing.value),
    "number_value": _value("number", lambda thing: thing.value),
    "enum_value": _value("enum", _chosen, shape="enum_option", whole=True),
    "multi_enum_values": _value(
        "multi_enum",
        lambda thing: [option_named(thing.field, gid) for gid in thing.value or []],
        shape="enum_option",
        whole=True,
    ),
    "date_value": _value("date", lambda thing: thing.value, shape="date_value"),
    "people_value": _value("people", lambda thing: thing.value or [], shape="user", whole=True),
    "display_value": Field(lambda _world, thing: display(thing.field, thing.value), compact=True),
}


def field_values(world: World, task: Task) -> list[FieldValue]:
    """What the task shows: its projects' fields, then values whose field was detached."""
    attached = attached_fields(task)
    shown = [FieldValue(field, task.values.get(gid)) for gid, field in attached.items()]
    for gid, value in task.values.items():
        field = world.find(CustomField, gid)
        if gid not in attached and field is not None:
            shown.append(FieldValue(field, value, enabled=False))
    return shown


# --- tasks ---------------------------------------------------------------------------------


def _external(world: World, task: Task) -> External | None:
    app = world.caller.app if world.caller is not None else None
    return None if app is None else task.external.get(app)


_TASK: dict[str, Field] = {
    "gid": _attr("gid", compact=True),
    "resource_type": _constant("task", compact=True),
    "name": _attr("name", compact=True),
    "resource_subtype": _attr("subtype", compact=True),
    "created_by": _attr("created_by", shape="user", opt_in=True),
    "approval_status": Field(lambda _world, task: task.approval_status or ABSENT),
    "actual_time_minutes": _constant(None),
    "assignee": _attr("assignee", shape="user"),
    "assignee_section": _constant(ABSENT, shape="section"),  # of « My tasks », which is not here
    "assignee_status": _constant("inbox"),
    "completed": _attr("completed"),
    "completed_at": _instant("completed_at"),
    "completed_by": _attr("completed_by", shape="user"),
    "created_at": _instant("created_at"),
    "modified_at": _instant("modified_at"),
    "custom_fields": Field(field_values, shape="custom_field_value", whole=True),
    "dependencies": Field(lambda _world, _task: [], shape="any", opt_in=True),
    "dependents": Field(lambda _world, _task: [], shape="any", opt_in=True),
    "due_at": _instant("due_at"),
    "due_on": _attr("due_on"),
    "external": Field(_external, shape="external", whole=True, quiet=True),
    "html_notes": Field(_as_html, opt_in=True),
    "is_rendered_as_separator": Field(
        lambda _world, task: False if task.subtype == "default_task" else ABSENT, opt_in=True
    ),
    "start_at": _instant("start_at"),
    "start_on": _attr("start_on"),
    "followers": _attr("followers", shape="user"),
    "memberships": _attr("homes", shape="home"),
    "notes": _attr("notes"),
    "num_subtasks": Field(
        lambda world, task: sum(world.visible(each) for each in task.subtasks), opt_in=True
    ),
    "parent": _attr("parent", shape="task"),
    "projects": Field(lambda _world, task: projects_of(task), shape="project"),
    "tags": Field(lambda _world, _task: [], shape="any"),
    "workspace": _attr("workspace", shape="workspace"),
    "permalink_url": _permalink("task"),
    "liked": _constant(value=False),
    "likes": Field(lambda _world, _task: [], shape="like"),
    "num_likes": _constant(0),
    "hearted": _constant(value=False),
    "hearts": Field(lambda _world, _task: [], shape="like"),
    "num_hearts": _constant(0),
}

_PROJECT: dict[str, Field] = {
    **_named("project"),
    "archived": _attr("archived"),
    "color": _attr("color"),
    "icon": _attr("icon"),
    "created_at": _instant("created_at"),
    "modified_at": _instant("modified_at"),
    "created_from_template": _constant(None, shape="any", opt_in=True),
    "current_status": _constant(None, shape="any"),
    "current_status_update": _constant(None, shape="any"),
    "custom_fields": Field(lambda _world, _project: [], shape="any"),
    "custom_field_settings": _attr("settings", shape="custom_field_setting", whole=True),
    "default_view": _attr("default_view"),
    "default_access_level": _constant("editor"),
    "minimum_access_level_for_customization": _constant("editor"),
    "minimum_access_level_for_sharing": _constant("editor"),
    "due_date": _attr("due_on"),
    "due_on": _attr("due_on"),
    "start_on": _attr("start_on"),
    "followers": Field(_members, shape="user"),
    "members": Field(_members, shape="user"),
    "html_notes": Field(_as_html, opt_in=True),
    "notes": _attr("notes"),
    "owner": _attr("owner", shape="user"),
    "public": Field(lambda _world, project: project.privacy_setting != "private"),
    "privacy_setting": _attr("privacy_setting"),
    "project_brief": _constant(None, shape="any", opt_in=True),
    "completed": _constant(value=False),
    "completed_at": _constant(None),
    "completed_by": _constant(None, shape="user"),
    "team": Field(
        lambda world, project: project.team if world.switches.team_read == "kept" else None,
        shape="team",
    ),
    "permalink_url": _permalink("project"),
    "workspace": _attr("workspace", shape="workspace"),
}

SHAPES: dict[str, Shape] = {
    "any": {
        "gid": _attr("gid", compact=True),
        "resource_type": Field(lambda _world, thing: TYPES[type(thing)], compact=True),
        "resource_subtype": Field(lambda _world, thing: _subtype(thing), compact=True),
        "name": Field(lambda _world, thing: getattr(thing, "name", ABSENT), compact=True),
    },
    "workspace": {
        **_named("workspace"),
        "email_domains": _constant(["bac-a-sable.invalid"]),
        "is_organization": Field(lambda world, _workspace: world.switches.is_organization),
    },
    "user": {
        **_named("user"),
        "email": _attr("email"),
        "photo": _constant(None),
        "workspaces": Field(lambda _world, user: [user.workspace], shape="workspace"),
    },
    "team": {
        **_named("team"),
        "description": _constant("", opt_in=True),
        "organization": _attr("workspace", shape="workspace"),
        "permalink_url": _permalink("team"),
        "visibility": _constant("public"),
    },
    "project": _PROJECT,
    "section": {
        **_named("section"),
        "created_at": _instant("created_at"),
        "project": _attr("project", shape="project"),
        "projects": Field(lambda _world, section: [section.project], shape="project"),
    },
    "task": _TASK,
    "home": {
        "project": _attr("project", shape="project", compact=True),
        "section": Field(lambda _world, section: section, shape="section", compact=True),
    },
    "external": {"gid": _attr("gid", compact=True), "data": _attr("data", compact=True)},
    "like": {"gid": _attr("gid", compact=True), "user": _attr("user", shape="user", compact=True)},
    "custom_field": _DEFINITION,
    "custom_field_value": _VALUE,
    "date_value": {
        "date": Field(lambda _world, value: value["date"], compact=True),
        "date_time": Field(lambda _world, value: value["date_time"], compact=True),
    },
    "enum_option": {
        "gid": _attr("gid", compact=True),
        "resource_type": _constant("enum_option", compact=True),
        "name": _attr("name", compact=True),
        "enabled": _attr("enabled", compact=True),
        "color": _attr("color", compact=True),
    },
    "custom_field_setting": {
        "gid": _attr("gid", compact=True),
        "resource_type": _constant("custom_field_setting", compact=True),
        "custom_field": _attr("field", shape="custom_field", compact=True, whole=True),
        "is_important": _attr("is_important", compact=True),
        "parent": _attr("project", shape="project", compact=True),
        "project": _attr("project", shape="project", compact=True),
    },
    "membership": {
        "gid": _attr("gid", compact=True),
        "resource_type": _constant("membership", compact=True),
        "resource_subtype": _constant("project_membership", compact=True),
        "parent": _attr("project", shape="project", compact=True),
        "member": _attr("member", shape="any", compact=True),
        "access_level": _attr("access_level", compact=True),
    },
    "workspace_membership": {
        "gid": Field(lambda _world, user: f"9{user.gid}", compact=True),
        "resource_type": _constant("workspace_membership", compact=True),
        "user": Field(lambda _world, user: user, shape="user", compact=True),
        "workspace": _attr("workspace", shape="workspace", compact=True),
        "is_active": _constant(value=True),
        "is_admin": Field(lambda _world, user: user.seat == "admin"),
        "is_guest": Field(lambda _world, user: user.seat == "guest"),
        "is_view_only": Field(lambda _world, user: user.seat == "view_only"),
    },
    "story": {
        "gid": _attr("gid", compact=True),
        "resource_type": _constant("story", compact=True),
        "created_at": _instant("created_at", compact=True),
        "created_by": _attr("created_by", shape="user", compact=True),
        "resource_subtype": _attr("subtype", compact=True),
        "text": _attr("text", compact=True),
        "type": _attr("kind", compact=True),
        "source": _constant("api"),
        "is_editable": Field(lambda _world, story: story.kind == "comment"),
        "is_edited": _constant(value=False),
        "is_pinned": _constant(value=False),
        "target": _attr("task", shape="task"),
        **{
            f"{age}_{name}": _detail(f"{age}_{name}", **options)
            for age in ("old", "new")
            for name, options in {
                "name": {},
                "text_value": {},
                "number_value": {},
                "enum_value": {"shape": "enum_option"},
                "date_value": {"shape": "story_dates"},
                "dates": {"shape": "story_dates"},
                "section": {"shape": "section"},
            }.items()
        },
        "custom_field": _detail("custom_field", shape="custom_field"),
        "assignee": _detail("assignee", shape="user"),
    },
    "story_dates": {
        name: Field(
            lambda _world, dates, name=name: _dated(dates.get(name)),  # type: ignore[misc]
            compact=True,
        )
        for name in ("start_on", "due_at", "due_on")
    },
    "event": {
        "user": Field(
            lambda world, event: event.user if world.switches.event_user == "named" else None,
            shape="user",
            compact=True,
        ),
        "resource": _attr("resource", shape="any", compact=True),
        "type": Field(lambda _world, event: TYPES[type(event.resource)], compact=True),
        "action": _attr("action", compact=True),
        "parent": Field(
            lambda _world, event: event.parent if event.action in ("added", "removed") else None,
            shape="any",
            compact=True,
        ),
        "created_at": _instant("at", compact=True),
        "change": Field(lambda _world, event: event.change or ABSENT, shape="change", compact=True),
    },
    "change": {
        "field": Field(lambda _world, change: change["field"], compact=True),
        "action": Field(lambda _world, change: change["action"], compact=True),
        "new_value": Field(
            lambda _world, change: change.get("new_value", ABSENT), shape="any", compact=True
        ),
    },
    "webhook": {
        "gid": _attr("gid", compact=True),
        "resource_type": _constant("webhook", compact=True),
        "active": _attr("active", compact=True),
        "resource": _attr("resource", shape="any", compact=True, whole=True),
        "target": _attr("target", compact=True),
        "created_at": _instant("created_at"),
        "last_success_at": _instant("last_success_at"),
        "last_failure_at": _instant("last_failure_at"),
        "last_failure_content": _attr("last_failure_content"),
        "delivery_retry_count": _attr("delivery_retry_count"),
        "next_attempt_after": _instant("next_attempt_after"),
        "failure_deletion_timestamp": _instant("failure_deletion_timestamp"),
        "filters": _attr("filters", shape="webhook_filter"),
    },
    "webhook_filter": {
        name: Field(
            lambda _world, wanted, name=name: wanted.get(name, ABSENT),  # type: ignore[misc]
            compact=True,
        )
        for name in ("resource_type", "resource_subtype", "action", "fields")
    },
}
"""Every kind of record that the sandbox shows, by name."""
