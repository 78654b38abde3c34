"""Every way a project and its sections change, and with whom a project is shared."""

from collections.abc import Mapping
from typing import Any

from sync.sandbox.journal import emit, emit_change, note_history
from sync.sandbox.refusal import NoAccess, invalid
from sync.sandbox.state import (
    Project,
    ProjectMembership,
    Section,
    Task,
    Team,
    User,
    Workspace,
    World,
)
from sync.sandbox.task_edits import Place, place_task, restore_task, trash_task

ACCESS_LEVELS = ("admin", "editor", "commenter", "viewer")


def create_project(
    world: World, user: User, workspace: Workspace, changes: Mapping[str, Any]
) -> Project:
    """A new project has its maker as a member and one section, as on the platform."""
    _check_dates(changes.get("start_on"), changes.get("due_on"))
    now = world.now()
    project = Project(world.next_gid(), now, "", workspace, user, now)
    for name, value in changes.items():
        setattr(project, name, value)
    world.keep(project)
    workspace.projects.append(project)
    note_history(world, user, project, "created", None, project.name)
    add_section(world, user, project, "Untitled section")
    share(world, user, project, user, "admin")
    return project


def write_project(world: World, user: User, project: Project, changes: Mapping[str, Any]) -> None:
    _check_dates(changes.get("start_on", project.start_on), changes.get("due_on", project.due_on))
    if changes.get("start_on") is not None and "due_on" not in changes:
        raise invalid("start_on: You must also provide due_on")
    for name, value in changes.items():
        before = getattr(project, name)
        if before != value:
            setattr(project, name, value)
            project.modified_at = world.now()
            note_history(world, user, project, name, before, value)
            emit_change(world, user, project, name)


def trash_project(world: World, user: User, project: Project) -> None:
    """Tasks that live nowhere else go with it."""
    for section in project.sections:
        for task in list(section.tasks):
            if task.deleted is None and task.parent is None and task.homes == [section]:
                trash_task(world, user, task, root=project.gid)
    project.deleted = project.gid
    note_history(world, user, project, "deleted", None, project.gid)
    emit(world, user, project, "deleted")


def add_section(
    world: World,
    user: User,
    project: Project,
    name: str,
    *,
    before: Section | None = None,
    after: Section | None = None,
) -> Section:
    """Two sections of a project may bear the same name: nothing here makes one unique."""
    section = world.keep(Section(world.next_gid(), world.now(), name, project))
    project.sections.append(section)
    if before is not None or after is not None:
        move_section(world, user, section, before=before, after=after)
    note_history(world, user, section, "created", None, name)
    return section


def move_section(
    world: World,
    user: User,
    section: Section,
    *,
    before: Section | None,
    after: Section | None,
) -> None:
    anchor = before or after
    if anchor is None:
        raise invalid("You should specify one of before_section, after_section")
    if anchor.project is not section.project:
        raise invalid("section: The sections are not in the same project")
    if anchor is section:
        raise invalid("section: A section cannot be moved around itself")
    sections = section.project.sections
    old = sections.index(section)
    sections.remove(section)
    sections.insert(sections.index(anchor) + (after is not None), section)
    if sections.index(section) != old:
        note_history(world, user, section, "position", old, sections.index(section))


def rename_section(world: World, user: User, section: Section, name: str) -> None:
    if section.name != name:
        note_history(world, user, section, "name", section.name, name)
        section.name = name


def restore_project(world: World, user: User, project: Project) -> None:
    """Out of the trash, with the tasks that went there with it."""
    for task in list(world.of(Task)):
        if task.deleted == project.gid and task.parent is None:
            restore_task(world, user, task)
    project.deleted = None
    note_history(world, user, project, "deleted", project.gid, None)
    emit(world, user, project, "undeleted")


def empty_section(world: World, user: User, section: Section) -> None:
    """
    Move its tasks to the section before it, or else to the one after.

    What Asana's screens do when a person keeps the tasks of a section that goes. Where they
    land is documented nowhere.
    """
    sections = section.project.sections
    if len(sections) == 1:
        raise invalid("section: Cannot delete the last section of a project")
    at = sections.index(section)
    home = sections[at - 1] if at else sections[1]
    for task in [each for each in section.tasks if each.deleted is None]:
        place_task(world, user, task, Place(home))


def delete_section(world: World, user: User, section: Section) -> None:
    """Only an empty one, and never the last: the platform keeps at least one."""
    if any(task.deleted is None for task in section.tasks):
        raise invalid("section: Cannot delete a section that has tasks")
    if len(section.project.sections) == 1:
        raise invalid("section: Cannot delete the last section of a project")
    section.project.sections.remove(section)
    for task in section.tasks:  # in the trash: they come back without this home
        task.homes.remove(section)
    section.deleted = section.gid
    note_history(world, user, section, "deleted", None, section.gid)


def share(
    world: World, user: User, project: Project, member: User | Team, access_level: str
) -> ProjectMembership:
    """Sharing again with the same member changes the level and makes no second membership."""
    for membership in project.memberships:
        if membership.member is member:
            if membership.access_level != access_level:
                note_history(world, user, project, "access", membership.access_level, access_level)
                membership.access_level = access_level
            return membership
    membership = world.keep(
        ProjectMembership(world.next_gid(), world.now(), project, member, access_level)
    )
    project.memberships.append(membership)
    note_history(world, user, project, "member", None, member)
    return membership


def unshare(world: World, user: User, membership: ProjectMembership) -> None:
    membership.project.memberships.remove(membership)
    membership.deleted = membership.gid
    note_history(world, user, membership.project, "member", membership.member, None)


def access_of(user: User, project: Project) -> str | None:
    """
    What a person may do in a project: their best level.

    None where it is not shared with them and they are a guest, or it is private.
    """
    levels = [
        membership.access_level
        for membership in project.memberships
        if membership.member is user
        or (isinstance(membership.member, Team) and user in membership.member.members)
    ]
    if levels:
        return min(levels, key=ACCESS_LEVELS.index)
    hidden = project.privacy_setting == "private" or user.seat == "guest"
    return None if hidden else "editor"


def require_access(user: User, project: Project, *, write: bool = False) -> None:
    level = access_of(user, project)
    if level is None:
        raise NoAccess("You do not have access to this project.")
    if write and (level not in ("admin", "editor") or user.seat == "view_only"):
        raise NoAccess("You do not have the right to change this project.", seen=True)


def _check_dates(start_on: str | None, due_on: str | None) -> None:
    if start_on is None:
        return
    if due_on is None:
        raise invalid("start_on: A start date needs a due date")
    if start_on >= due_on:
        raise invalid("start_on: The start date must be before the due date")
