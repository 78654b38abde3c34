"""
What people do in Asana's own screens, past the API and its limits.

Each act is named for a person and goes through the same edits as the API, so that it leaves
the same history, events and stories under that person's name. Fields and options are given
by name, as people see them.
"""

import inspect
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from sync.sandbox import field_edits, inputs, project_edits, task_edits
from sync.sandbox.journal import tell_story, touch
from sync.sandbox.refusal import invalid
from sync.sandbox.routes.tasks import read_changes
from sync.sandbox.state import (
    CustomField,
    CustomFieldSetting,
    EnumOption,
    Project,
    Section,
    Task,
    Team,
    Thing,
    User,
    World,
    attached_fields,
)
from sync.sandbox.values import parse_value

Act = Callable[..., Thing | None]
T = TypeVar("T", bound=Thing)


def act(world: World, user: User, verb: str, data: Mapping[str, Any]) -> Thing | None:
    """Do what the verb says with the named arguments; what it made, if it made something."""
    known = ACTS.get(verb)
    if known is None:
        raise invalid(f"unknown act {verb!r}; the acts are {', '.join(ACTS)}")
    try:
        bound = inspect.signature(known).bind(world, user, **data)
    except TypeError as error:
        raise invalid(f"{verb}: {error}") from None
    return known(*bound.args, **bound.kwargs)


def edit_task(world: World, user: User, task: str, **changes: Any) -> Task:
    """`name`, `notes`, `completed`, `assignee`, `due_on`…, and `fields` by name."""
    edited = _task(world, task)
    values = _values(world, edited, changes.pop("fields", {}))
    inputs.check_names(
        changes,
        ("name", "notes", "completed", "assignee", "due_on", "due_at", "start_on", "start_at",
         "resource_subtype", "approval_status"),
    )  # fmt: skip
    task_edits.write_task(world, user, edited, read_changes(world, user, changes), values)
    return edited


def add_task(
    world: World,
    user: User,
    name: str,
    project: str | None = None,
    section: str | None = None,
    parent: str | None = None,
    **changes: Any,
) -> Task:
    """A task of a person's own, in a project or under a task; `fields` by name."""
    sections = []
    if project is not None:
        home = _thing(world, Project, project)
        sections = [home.sections[0] if section is None else _section(home, section)]
    fields = changes.pop("fields", {})
    task = task_edits.create_task(
        world,
        user,
        workspace=user.workspace,
        parent=None if parent is None else _task(world, parent),
        sections=sections,
        changes=read_changes(world, user, {**changes, "name": name}),
        values={},
    )
    if fields:
        task_edits.write_task(world, user, task, {}, _values(world, task, fields))
    return task


def comment(world: World, user: User, task: str, text: str) -> Thing:
    subject = _task(world, task)
    story = tell_story(world, user, subject, "comment_added", text)
    touch(world, subject)
    return story


def trash_task(world: World, user: User, task: str) -> None:
    task_edits.trash_task(world, user, _task(world, task))


def restore_task(world: World, user: User, task: str) -> Task:
    trashed = world.things.get(task)
    if not isinstance(trashed, Task) or trashed.deleted is None:
        raise invalid(f"task: not in the trash: {task}")
    task_edits.restore_task(world, user, trashed)
    return trashed


def duplicate_task(world: World, user: User, task: str, name: str | None = None) -> Task:
    """Every custom field is copied, a field that holds an id too."""
    original = _task(world, task)
    return task_edits.duplicate_task(world, user, original, name or original.name)


def merge_task(world: World, user: User, task: str, into: str) -> Task:
    """The first is the duplicate: it is completed, and lives on."""
    merged = _task(world, task)
    task_edits.merge_task(world, user, merged, _task(world, into))
    return merged


def make_task_private(world: World, user: User, task: str) -> Task:
    """Only this person sees it from now on, until somebody puts it into a project."""
    private = _task(world, task)
    task_edits.hide_task(world, user, private)
    return private


def move_task(
    world: World, user: User, task: str, project: str, section: str, position: str = "end"
) -> Task:
    """To a section (by gid or name) of a project, also of one that it was not in."""
    moved = _task(world, task)
    place = task_edits.Place(_section(_thing(world, Project, project), section))
    if position == "top":
        place = task_edits.Place(place.section, top=True)
    task_edits.place_task(world, user, moved, place)
    return moved


def remove_task(world: World, user: User, task: str, project: str) -> Task:
    """Out of a project; the task lives on."""
    removed = _task(world, task)
    task_edits.remove_from_project(world, user, removed, _thing(world, Project, project))
    return removed


def convert_to_subtask(
    world: World, user: User, task: str, parent: str, keep_projects: bool = False
) -> Task:
    converted = _task(world, task)
    task_edits.set_parent(world, user, converted, _task(world, parent))
    if not keep_projects:
        for home in list(converted.homes):
            task_edits.remove_from_project(world, user, converted, home.project)
    return converted


def convert_to_task(world: World, user: User, task: str) -> Task:
    """Out from under its parent; its own projects stay."""
    converted = _task(world, task)
    task_edits.set_parent(world, user, converted, None)
    return converted


def rename_field(world: World, user: User, field: str, name: str) -> CustomField:
    renamed = _field(world, field)
    field_edits.write_field(world, user, renamed, {"name": name})
    return renamed


def describe_field(world: World, user: User, field: str, description: str) -> CustomField:
    described = _field(world, field)
    field_edits.write_field(world, user, described, {"description": description})
    return described


def delete_field(world: World, user: User, field: str) -> None:
    field_edits.delete_field(world, user, _field(world, field))


def add_field(
    world: World,
    user: User,
    name: str,
    project: str,
    kind: str = "text",
    options: tuple[str, ...] | list[str] = (),
    **changes: Any,
) -> CustomField:
    """A field of a person's own on a project; `options` by name, and `description`."""
    inputs.check_names(changes, ("description", "precision"))
    home = _thing(world, Project, project)
    named = [(each, "none") for each in options]
    made = field_edits.create_field(
        world, user, user.workspace, kind, {**changes, "name": name}, named
    )
    field_edits.attach(world, user, home, made, is_important=True)
    return made


def replace_field(
    world: World, user: User, field: str, kind: str | None = None, *, described: bool = False
) -> CustomField:
    """
    Delete a field and make another of the same name, on the same projects.

    The only way to give it another kind. Its values are lost, and so is its description, unless
    the person copied that too (`described`).
    """
    old = _field(world, field)
    homes = [s.project for s in world.of(CustomFieldSetting)
             if s.field is old and s.deleted is None]  # fmt: skip
    kind = kind or old.kind
    field_edits.delete_field(world, user, old)
    changes: dict[str, Any] = {"name": old.name}
    if described:
        changes["description"] = old.description
    if kind == "number":
        changes["precision"] = old.precision
    options = [(each.name, each.color) for each in old.options] or [("Oui", "none")]
    new = field_edits.create_field(
        world, user, old.workspace, kind, changes, options if kind == "enum" else []
    )
    for project in homes:
        field_edits.attach(world, user, project, new, is_important=True)
    return new


def set_precision(world: World, user: User, field: str, precision: int) -> CustomField:
    changed = _field(world, field)
    field_edits.write_field(world, user, changed, {"precision": precision})
    return changed


def lock_field(world: World, user: User, field: str) -> CustomField:
    """Afterwards only this person may edit the definition: others are answered 403."""
    locked = _field(world, field)
    field_edits.require_unlocked(user, locked)
    locked.locked_by = user
    return locked


def rename_option(world: World, user: User, field: str, option: str, name: str) -> EnumOption:
    return _write_option(world, user, field, option, {"name": name})


def disable_option(world: World, user: User, field: str, option: str) -> EnumOption:
    return _write_option(world, user, field, option, {"enabled": False})


def delete_option(world: World, user: User, field: str, option: str) -> EnumOption:
    """Asana has no deletion of an option: what its screens call so disables it."""
    return disable_option(world, user, field, option)


def duplicate_option(
    world: World, user: User, field: str, option: str, name: str | None = None
) -> EnumOption:
    """A second option beside it, of the same name where the switch allows that."""
    owner = _field(world, field)
    original = _option(owner, option)
    wanted = name or original.name
    return field_edits.add_option(world, user, owner, wanted, original.color, after=original)


def move_option(world: World, user: User, field: str, option: str, before: str) -> EnumOption:
    owner = _field(world, field)
    moved = _option(owner, option)
    anchor = _option(owner, before)
    field_edits.move_option(world, user, owner, moved, before=anchor, after=None)
    return moved


def add_option(world: World, user: User, field: str, name: str, color: str = "none") -> EnumOption:
    return field_edits.add_option(world, user, _field(world, field), name, color)


def detach_field(world: World, user: User, field: str, project: str) -> None:
    detached = _field(world, field)
    for setting in _thing(world, Project, project).settings:
        if setting.field is detached:
            field_edits.detach(world, user, setting)
            return
    raise invalid(f"field: the project does not carry {field}")


def edit_project(world: World, user: User, project: str, **changes: Any) -> Project:
    """`name`, `notes`, `archived`."""
    edited = _thing(world, Project, project)
    inputs.check_names(changes, ("name", "notes", "archived"))
    project_edits.write_project(world, user, edited, changes)
    return edited


def archive_project(world: World, user: User, project: str) -> Project:
    return edit_project(world, user, project, archived=True)


def make_private(world: World, user: User, project: str) -> Project:
    """Only its members see it from now on."""
    private = _thing(world, Project, project)
    project_edits.write_project(world, user, private, {"privacy_setting": "private"})
    return private


def share_project(
    world: World, user: User, project: str, member: str, level: str = "editor"
) -> None:
    shared = _thing(world, Project, project)
    members: list[User | Team] = [*world.of(User), *world.of(Team)]
    for each in members:
        if member in (each.gid, each.name):
            project_edits.share(world, user, shared, each, level)
            return
    raise invalid(f"member: nobody is called {member}")


def unshare_project(world: World, user: User, project: str, member: str) -> None:
    shared = _thing(world, Project, project)
    for membership in shared.memberships:
        if member in (membership.member.gid, membership.member.name):
            project_edits.unshare(world, user, membership)
            return
    raise invalid(f"member: the project is not shared with {member}")


def trash_project(world: World, user: User, project: str) -> None:
    project_edits.trash_project(world, user, _thing(world, Project, project))


def restore_project(world: World, user: User, project: str) -> None:
    trashed = world.things.get(project)
    if not isinstance(trashed, Project) or trashed.deleted is None:
        raise invalid(f"project: not in the trash: {project}")
    project_edits.restore_project(world, user, trashed)


def add_section(world: World, user: User, project: str, name: str) -> Section:
    return project_edits.add_section(world, user, _thing(world, Project, project), name)


def rename_section(world: World, user: User, section: str, name: str) -> Section:
    renamed = _thing(world, Section, section)
    project_edits.rename_section(world, user, renamed, name)
    return renamed


def delete_section(world: World, user: User, section: str, tasks: str = "refuse") -> None:
    """
    With tasks in it, Asana's screens ask: `keep` moves them, `trash` throws them away too.

    The API knows only `refuse`.
    """
    deleted = _thing(world, Section, section)
    if tasks not in ("refuse", "keep", "trash"):
        raise invalid(f"tasks: one of refuse, keep, trash, not {tasks!r}")
    if tasks == "keep":
        project_edits.empty_section(world, user, deleted)
    if tasks == "trash":
        for task in [each for each in deleted.tasks if each.deleted is None]:
            task_edits.trash_task(world, user, task)
    project_edits.delete_section(world, user, deleted)


ACTS: dict[str, Act] = {
    each.__name__: each
    for each in (
        edit_task, add_task, comment, trash_task, restore_task, duplicate_task, move_task,
        remove_task, convert_to_subtask, convert_to_task, rename_field, describe_field,
        add_field, delete_field, replace_field, set_precision, lock_field, rename_option,
        disable_option, delete_option, duplicate_option, move_option, add_option, detach_field,
        edit_project, archive_project, make_private, share_project, unshare_project, trash_project,
        restore_project, add_section, rename_section, delete_section, merge_task,
        make_task_private,
    )
}  # fmt: skip
"""The verbs of `POST /control/act/<verb>`."""


def _thing(world: World, kind: type[T], gid: str) -> T:
    found = world.find(kind, gid)
    if found is None:
        raise invalid(f"{kind.__name__.lower()}: Unknown object: {gid}")
    return found


def _task(world: World, gid: str) -> Task:
    return _thing(world, Task, gid)


def _section(project: Project, name: str) -> Section:
    for section in project.sections:
        if name in (section.gid, section.name):
            return section
    raise invalid(f"section: the project has none called {name}")


def _field(world: World, name: str) -> CustomField:
    for field in world.of(CustomField):
        if field.deleted is None and name in (field.gid, field.name):
            return field
    raise invalid(f"field: none is called {name}")


def _option(field: CustomField, name: str) -> EnumOption:
    for option in field.options:
        if name in (option.gid, option.name):
            return option
    raise invalid(f"option: {field.name} has none called {name}")


def _write_option(
    world: World, user: User, field: str, option: str, changes: Mapping[str, Any]
) -> EnumOption:
    owner = _field(world, field)
    written = _option(owner, option)
    field_edits.write_option(world, user, owner, written, changes)
    return written


def _values(world: World, task: Task, fields: Mapping[str, Any]) -> dict[str, Any]:
    """Fields by name, enum options by name, as a person picks them."""
    attached = {field.name: field for field in attached_fields(task).values()}
    values = {}
    for name, raw in fields.items():
        field = attached.get(name) or _field(world, name)
        value = raw
        if raw is not None and field.kind == "enum":
            value = _option(field, raw).gid
        elif raw is not None and field.kind == "multi_enum":
            value = [_option(field, each).gid for each in raw]
        values[field.gid] = parse_value(world, field, value)
    return values
