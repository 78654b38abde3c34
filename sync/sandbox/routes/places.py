"""Finding what a path names, and whether the caller may see or change it."""

from typing import TypeVar

from sync.sandbox.call import Call
from sync.sandbox.external import task_with_key
from sync.sandbox.project_edits import access_of, require_access
from sync.sandbox.refusal import NoAccess, invalid, unknown_object
from sync.sandbox.state import Project, Section, Task, Thing, ancestors, projects_of

T = TypeVar("T", bound=Thing)


def found(call: Call, kind: type[T], name: str, gid: str, *, read: bool) -> T:
    """
    The thing that the path names.

    A read does not show what is younger than the visibility delay; a write reaches it,
    for its maker holds the gid.
    """
    if not gid.isdecimal():
        raise invalid(f"{name}: Not a recognized ID: {gid}")
    thing = call.world.find(kind, gid)
    if thing is None or (read and not call.world.reachable(thing)):
        raise unknown_object(name, gid, in_path=True)
    return thing


def project_at(call: Call, gid: str, *, write: bool = False) -> Project:
    project = found(call, Project, "project", gid, read=not write)
    require_access(call.user, project, write=write)
    return project


def section_at(call: Call, gid: str, *, write: bool = False) -> Section:
    section = found(call, Section, "section", gid, read=not write)
    if section.project.deleted is not None:
        raise unknown_object("section", gid, in_path=True)
    require_access(call.user, section.project, write=write)
    return section


def task_at(call: Call, gid: str, *, write: bool = False) -> Task:
    if gid.startswith("external:"):
        bearing = task_with_key(call.world, call.grant, gid.removeprefix("external:"))
        if bearing is None:
            raise unknown_object("task", gid, in_path=True)
        gid = bearing.gid
    trashed = call.world.things.get(gid)
    forbidden = call.world.switches.trashed_task == "forbidden"
    if forbidden and isinstance(trashed, Task) and trashed.deleted is not None:
        raise NoAccess("You do not have access to this task.", seen=True)
    task = found(call, Task, "task", gid, read=not write)
    require_task(call, task, write=write)
    return task


def require_task(call: Call, task: Task, *, write: bool = False) -> None:
    """
    A task opens through any of its projects, its parent's, or because it is one's own.

    A private one opens only to those who follow it; which of two refusals others get is a switch.
    """
    user = call.user
    if write and user.seat == "view_only":
        raise NoAccess("A view-only seat changes nothing.", seen=True)
    if task.private and user is not task.assignee and user not in task.followers:
        if call.world.switches.private_task == "unknown":
            raise unknown_object("task", task.gid, in_path=True)
        raise NoAccess("You do not have access to this task.")
    if user in (task.created_by, task.assignee) or user in task.followers:
        return
    projects = [project for each in (task, *ancestors(task)) for project in projects_of(each)]
    levels = {access_of(user, project) for project in projects} - {None}
    if projects and not levels:
        raise NoAccess("You do not have access to this task.")
    if projects and write and not levels & {"admin", "editor"}:
        raise NoAccess("You do not have the right to change this task.", seen=True)
