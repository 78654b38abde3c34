"""
Every way a task changes, whoever changes it: the API's routes and a person's hand alike.

Each edit checks before it writes, so that a refused one leaves nothing behind, and notes its
author, its events and its stories.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sync.sandbox.journal import emit, emit_change, note_history, tell_story, touch
from sync.sandbox.refusal import invalid
from sync.sandbox.state import (
    CustomField,
    Project,
    Section,
    Task,
    User,
    Workspace,
    World,
    ancestors,
    attached_fields,
    descendants,
)
from sync.sandbox.values import display, option_named

STORIES = {
    "name": "name_changed",
    "notes": "notes_changed",
    "completed": "marked_complete",
    "assignee": "assigned",
    "due_on": "due_date_changed",
    "due_at": "due_date_changed",
    "start_on": "start_date_changed",
    "start_at": "start_date_changed",
    "approval_status": "approval_status_changed",
    "subtype": "resource_subtype_changed",
}
"""The fields that people see change, and the story that Asana writes for each."""

DATES = ("due_on", "due_at", "start_on", "start_at")


@dataclass(frozen=True, slots=True)
class Place:
    """Where in a section. `before` or `after` a task of that section, else its top or its end."""

    section: Section
    before: Task | None = None
    after: Task | None = None
    top: bool = False


def create_task(
    world: World,
    user: User,
    *,
    workspace: Workspace,
    parent: Task | None,
    sections: Sequence[Section],
    changes: Mapping[str, Any],
    values: Mapping[str, Any],
    followers: Sequence[User] = (),
) -> Task:
    """
    Make a task, in any number of projects, under a parent, or both.

    Whether Asana takes both at once is written nowhere: two switches stand for the answers.
    `values` are keyed by field gid and already parsed.
    """
    if parent is not None and sections:
        if world.switches.refuse_two_homes:
            raise invalid("parent: A task cannot be created with both a parent and projects")
        if world.switches.drop_home:
            sections, values = (), {}
    if len({section.project.gid for section in sections}) > world.switches.max_projects_per_task:
        raise invalid("projects: Too many projects for one task")
    if parent is not None:
        _check_depth(world, parent, levels_below=0)
    now = world.now()
    task = Task(
        world.next_gid(), now, name="", workspace=workspace, created_by=user, modified_at=now
    )
    settled = _settle(world, user, task, changes)
    on_projects = {
        setting.field.gid for section in sections for setting in section.project.settings
    }
    for gid in values:
        if gid not in on_projects:
            raise _not_on_object(gid)

    world.keep(task)
    for name, value in settled.items():
        setattr(task, name, value)
    task.followers = list(dict.fromkeys([*followers, *([task.assignee] if task.assignee else [])]))
    task.values = {gid: value for gid, value in values.items() if value is not None}
    note_history(world, user, task, "created", None, task.name)
    if parent is not None:
        task.parent = parent
        parent.subtasks.append(task)
        emit(world, user, task, "added", parent=parent)
    for section in sections:
        top = world.switches.create_position == "top"
        _put(task, Place(section, top=top))
        emit(world, user, task, "added", parent=section.project)
        emit(world, user, task, "added", parent=section)
    return task


def write_task(
    world: World,
    user: User,
    task: Task,
    changes: Mapping[str, Any],
    values: Mapping[str, Any] | None = None,
) -> None:
    """A partial update: the last writer wins, and what is already so leaves no trace."""
    settled = _settle(world, user, task, changes)
    values = values or {}
    attached = attached_fields(task)
    for gid, value in values.items():
        if gid not in attached and (value is not None or gid not in task.values):
            raise _not_on_object(gid)

    changed = False
    for name, value in settled.items():
        before = getattr(task, name)
        if before == value:
            continue
        setattr(task, name, value)
        changed = True
        if name in STORIES:
            _tell_change(world, user, task, name, before, value)
    for gid, value in values.items():
        changed |= _write_value(world, user, task, gid, value)
    if changed:
        touch(world, task)


def place_task(world: World, user: User, task: Task, place: Place) -> None:
    """Put a task in a section: a new home, a move inside the project, or a new order."""
    for anchor in (place.before, place.after):
        if anchor is not None and (anchor is task or anchor not in place.section.tasks):
            raise invalid("insert: The anchor task is not in this section")
    project = place.section.project
    task.private = False  # whoever sees the project sees its tasks
    old = _home(task, project)
    if old is None and len(task.homes) >= world.switches.max_projects_per_task:
        raise invalid("projects: A task can be in at most 20 projects")
    _put(task, place)
    if old is None:
        note_history(world, user, task, "project", None, project)
        emit(world, user, task, "added", parent=project)
        emit(world, user, task, "added", parent=place.section)
        tell_story(world, user, task, "added_to_project", f"added to {project.name}")
    elif old is not place.section:
        note_history(world, user, task, "section", old, place.section)
        if world.switches.section_events:
            emit(world, user, task, "removed", parent=old)
            emit(world, user, task, "added", parent=place.section)
        tell_story(
            world, user, task, "section_changed", f"moved to {place.section.name}",
            old_section=old, new_section=place.section,
        )  # fmt: skip


def remove_from_project(world: World, user: User, task: Task, project: Project) -> None:
    """Take it out of one project. The task lives on, without a home if that was its last."""
    home = _home(task, project)
    if home is None:
        raise invalid("project: The task is not in this project")
    home.tasks.remove(task)
    task.homes.remove(home)
    note_history(world, user, task, "project", project, None)
    emit(world, user, task, "removed", parent=project)
    tell_story(world, user, task, "removed_from_project", f"removed from {project.name}")


def set_parent(
    world: World,
    user: User,
    task: Task,
    parent: Task | None,
    *,
    before: Task | None = None,
    after: Task | None = None,
) -> None:
    """Hang a task under another, or free it. Its own homes stay as they are."""
    if parent is not None:
        if parent is task or task in ancestors(parent):
            raise invalid("parent: A task cannot be a subtask of itself")
        below = max((len(list(ancestors(each))) for each in descendants(task)), default=0)
        own = len(list(ancestors(task)))
        _check_depth(world, parent, levels_below=max(below - own, 0))
        for anchor in (before, after):
            if anchor is not None and (anchor is task or anchor.parent is not parent):
                raise invalid("insert: The anchor is not a subtask of this parent")
    old = task.parent
    if old is not None:
        old.subtasks.remove(task)
    task.parent = parent
    if parent is not None:
        _insert(parent.subtasks, task, before=before, after=after)
    if old is not parent:
        note_history(world, user, task, "parent", old, parent)
        if old is not None:
            emit(world, user, task, "removed", parent=old)
        if parent is not None:
            emit(world, user, task, "added", parent=parent)


def add_followers(world: World, user: User, task: Task, followers: Sequence[User]) -> None:
    for follower in followers:
        if follower not in task.followers:
            task.followers.append(follower)
            note_history(world, user, task, "followers", None, follower)
            emit(world, user, task, "changed", change={"field": "followers", "action": "added"})


def trash_task(world: World, user: User, task: Task, *, root: str | None = None) -> None:
    """To the trash, subtasks too. They come back together."""
    root = root or task.gid
    for each in (task, *descendants(task)):
        if each.deleted is None:
            each.deleted = root
            each.modified_at = world.now()
            note_history(world, user, each, "deleted", None, root)
            emit(world, user, each, "deleted")


def restore_task(world: World, user: User, task: Task) -> None:
    """Out of the trash, with what went there with it, to the place it had."""
    root = task.deleted
    for each in (task, *descendants(task)):
        if each.deleted == root:
            each.deleted = None
            each.modified_at = world.now()
            note_history(world, user, each, "deleted", root, None)
            emit(world, user, each, "undeleted")


def duplicate_task(world: World, user: User, task: Task, name: str) -> Task:
    """
    Copy a task as a person does: notes, dates, people, homes and every custom field.

    An id kept in a custom field is copied with the rest, which is what makes it a hazard.
    Subtasks are copied under the copy.
    """
    copy = _copy(world, user, task, name, task.parent)
    for child in task.subtasks:
        if child.deleted is None:
            _copy_tree(world, user, child, copy)
    return copy


def merge_task(world: World, user: User, task: Task, into: Task) -> None:
    """
    Say that a task is a duplicate of another: it is completed, its followers follow the other.

    Nothing on the task itself tells what it was merged into; only the stories do.
    """
    if task is into:
        raise invalid("task: A task cannot be merged into itself")
    write_task(world, user, task, {"completed": True})
    add_followers(world, user, into, task.followers)
    tell_story(world, user, task, "marked_duplicate", f"marked as a duplicate of {into.name}")
    tell_story(world, user, into, "duplicate_merged", f"merged with {task.name}")
    touch(world, into)


def hide_task(world: World, user: User, task: Task) -> None:
    """Out of every project and from under its parent, with nobody else following it."""
    for home in list(task.homes):
        remove_from_project(world, user, task, home.project)
    if task.parent is not None:
        set_parent(world, user, task, None)
    task.followers, task.private = [user], True
    note_history(world, user, task, "private", None, "private")
    touch(world, task)


def _copy_tree(world: World, user: User, task: Task, parent: Task) -> None:
    copy = _copy(world, user, task, task.name, parent)
    for child in task.subtasks:
        if child.deleted is None:
            _copy_tree(world, user, child, copy)


def _copy(world: World, user: User, task: Task, name: str, parent: Task | None) -> Task:
    now = world.now()
    copy = world.keep(
        Task(
            world.next_gid(), now, name=name, workspace=task.workspace, created_by=user,
            modified_at=now, notes=task.notes, subtype=task.subtype, assignee=task.assignee,
            followers=list(task.followers), due_on=task.due_on, due_at=task.due_at,
            start_on=task.start_on, start_at=task.start_at, values=dict(task.values),
        )
    )  # fmt: skip
    note_history(world, user, copy, "created", None, name)
    if parent is not None:
        copy.parent = parent
        parent.subtasks.append(copy)
        emit(world, user, copy, "added", parent=parent)
    for section in task.homes:
        _put(copy, Place(section, after=task))
        emit(world, user, copy, "added", parent=section.project)
        emit(world, user, copy, "added", parent=section)
    return copy


def _settle(world: World, user: User, task: Task, changes: Mapping[str, Any]) -> dict[str, Any]:
    """The changes with all that follows from them, or a refusal. Nothing is written yet."""
    settled = dict(changes)
    for name, most in (("name", world.switches.max_name), ("notes", world.switches.max_notes)):
        if most and len(settled.get(name) or "") > most:
            raise invalid(f"{name}: Must be at most {most} characters")
    if any(name in settled for name in DATES):
        settled.update(_settle_dates(world, task, settled))
    subtype = settled.get("subtype", task.subtype)
    if subtype == "approval":
        _settle_approval(task, settled)
    elif "approval_status" in settled:
        raise invalid("approval_status: Only approval tasks have an approval status")
    else:
        settled["approval_status"] = None
    if "completed" in settled and settled["completed"] != task.completed:
        settled["completed_at"] = world.now() if settled["completed"] else None
        settled["completed_by"] = user if settled["completed"] else None
    return settled


def _settle_dates(world: World, task: Task, changes: Mapping[str, Any]) -> dict[str, Any]:
    if changes.get("due_on") is not None and changes.get("due_at") is not None:
        raise invalid("You may only provide one of due_on or due_at!")
    if changes.get("start_on") is not None and changes.get("start_at") is not None:
        raise invalid("You may only provide one of start_on or start_at!")
    if "start_on" in changes and not ("due_on" in changes or "due_at" in changes):
        raise invalid("start_on: You must also provide due_on or due_at")
    if "start_at" in changes and "due_at" not in changes:
        raise invalid("start_at: You must also provide due_at")
    dates: dict[str, Any] = {name: getattr(task, name) for name in DATES}
    if changes.get("due_at") is not None:
        dates |= {"due_at": changes["due_at"], "due_on": _local(world, changes["due_at"])}
    elif "due_on" in changes or "due_at" in changes:
        dates |= {"due_on": changes.get("due_on"), "due_at": None}
    if changes.get("start_at") is not None:
        dates |= {"start_at": changes["start_at"], "start_on": _local(world, changes["start_at"])}
    elif "start_on" in changes or "start_at" in changes:
        dates |= {"start_on": changes.get("start_on"), "start_at": None}
    if dates["start_on"] is not None:
        if changes.get("subtype", task.subtype) == "milestone":
            raise invalid("start_on: A milestone cannot have a start date")
        if dates["due_on"] is None:
            raise invalid("start_on: A start date needs a due date")
        if dates["start_on"] > dates["due_on"]:
            raise invalid("start_on: The start date must not be after the due date")
    return dates


def _settle_approval(task: Task, settled: dict[str, Any]) -> None:
    """An approval's status and its completion are one thing said twice."""
    if "approval_status" in settled:
        settled["completed"] = settled["approval_status"] != "pending"
    elif "completed" in settled:
        settled["approval_status"] = "approved" if settled["completed"] else "pending"
    elif task.approval_status is None:
        settled["approval_status"] = "approved" if task.completed else "pending"


def _local(world: World, moment: datetime) -> str:
    return moment.astimezone(ZoneInfo(world.switches.due_zone)).date().isoformat()


def _tell_change(world: World, user: User, task: Task, name: str, before: Any, after: Any) -> None:
    field = "resource_subtype" if name == "subtype" else name
    subtype = STORIES[name]
    if name == "completed" and not after:
        subtype = "marked_incomplete"
    note_history(world, user, task, field, before, after)
    emit_change(world, user, task, field, after if isinstance(after, User) else None)
    tell_story(
        world, user, task, subtype, _told(user, field, after), **_details(task, name, before, after)
    )


def _details(task: Task, name: str, before: Any, after: Any) -> dict[str, Any]:
    """Old and new, as far as Asana's description has fields for them."""
    if name == "name":
        return {"old_name": before, "new_name": after}
    if name in DATES:
        now = {each: getattr(task, each) for each in DATES}
        return {"old_dates": {**now, name: before}, "new_dates": now}
    if name == "assignee":
        return {"assignee": after}
    return {}


def _told(user: User, field: str, after: Any) -> str:
    """In words, with the new value; of a description Asana tells only that it changed."""
    match field, after:
        case "notes", _:
            return f"{user.name} changed the description"
        case _, None:
            return f"{user.name} removed the {field}"
        case _, User():
            return f"{user.name} set the {field} to {after.name}"
        case _:
            return f"{user.name} changed the {field} to {after}"


def _write_value(world: World, user: User, task: Task, gid: str, value: Any) -> bool:
    before = task.values.get(gid)
    if before == value:
        return False
    if value is None:
        del task.values[gid]
    else:
        task.values[gid] = value
    field = world.things[gid]
    assert isinstance(field, CustomField)  # noqa: S101 - callers checked it
    note_history(
        world, user, task, f"custom_fields.{field.name}",
        display(field, before), display(field, value),
    )  # fmt: skip
    if world.switches.field_event:
        emit_change(world, user, task, world.switches.field_event)
    tell_story(
        world, user, task, f"{field.kind}_custom_field_changed",
        f"{user.name} changed {field.name} to {display(field, value)}",
        **_value_details(field, before, value),
    )  # fmt: skip
    return True


def _value_details(field: CustomField, before: Any, after: Any) -> dict[str, Any]:
    if field.kind == "enum":
        before, after = (gid and option_named(field, gid) for gid in (before, after))
    elif field.kind == "date":
        before, after = (
            value and {"due_on": value["date"], "due_at": value["date_time"]}
            for value in (before, after)
        )
    elif field.kind not in ("text", "number"):
        return {"custom_field": field}
    return {
        "custom_field": field,
        f"old_{field.kind}_value": before,
        f"new_{field.kind}_value": after,
    }


def _not_on_object(gid: str) -> Exception:
    return invalid(f"Custom field with ID {gid} is not on given object")


def _check_depth(world: World, parent: Task, *, levels_below: int) -> None:
    depth = 1 + len(list(ancestors(parent))) + levels_below
    if depth > world.switches.max_subtask_depth:
        raise invalid("parent: Subtasks can be nested only five levels deep")


def _home(task: Task, project: Project) -> Section | None:
    return next((home for home in task.homes if home.project is project), None)


def _put(task: Task, place: Place) -> None:
    """One section per project: the new one takes the place of the old."""
    old = _home(task, place.section.project)
    if old is not None:
        old.tasks.remove(task)
        task.homes[task.homes.index(old)] = place.section
    else:
        task.homes.append(place.section)
    _insert(place.section.tasks, task, before=place.before, after=place.after, top=place.top)


def _insert(
    tasks: list[Task],
    task: Task,
    *,
    before: Task | None = None,
    after: Task | None = None,
    top: bool = False,
) -> None:
    if before is not None:
        tasks.insert(tasks.index(before), task)
    elif after is not None:
        tasks.insert(tasks.index(after) + 1, task)
    elif top:
        tasks.insert(0, task)
    else:
        tasks.append(task)
