"""Everything the sandbox holds, as tests and people want to read it: by name, in order."""

from dataclasses import asdict
from typing import Any

from sync.sandbox.clock import stamp
from sync.sandbox.state import CustomField, Project, Story, Task, World
from sync.sandbox.values import option_named


def dump(world: World) -> dict[str, Any]:
    return {
        "now": stamp(world.now()),
        "projects": [_project(project) for project in world.of(Project)],
        "tasks": {task.gid: _task(world, task) for task in world.of(Task)},
        "fields": [_field(field) for field in world.of(CustomField)],
        "history": [{**asdict(entry), "at": stamp(entry.at)} for entry in world.history],
    }


def summary(world: World) -> dict[str, Any]:
    tasks = [task for task in world.of(Task) if task.deleted is None]
    return {
        "now": stamp(world.now()),
        "frozen": world.clock.frozen,
        "people": [
            {"gid": user.gid, "name": user.name, "email": user.email}
            for user in dict.fromkeys(grant.user for grant in world.tokens.values())
        ],
        "projects": sum(project.deleted is None for project in world.of(Project)),
        "tasks": len(tasks),
        "subtasks": sum(task.parent is not None for task in tasks),
        "trashed": sum(task.deleted is not None for task in world.of(Task)),
        "custom_fields": sum(field.deleted is None for field in world.of(CustomField)),
        "comments": sum(story.kind == "comment" for story in world.of(Story)),
        "events": len(world.events),
        "lost_events": world.lost_events,
        "date_forms": world.date_forms,
        "switches": asdict(world.switches),
    }


def _project(project: Project) -> dict[str, Any]:
    return {
        "gid": project.gid,
        "name": project.name,
        "notes": project.notes,
        "archived": project.archived,
        "trashed": project.deleted is not None,
        "fields": [setting.field.name for setting in project.settings],
        "members": {each.member.name: each.access_level for each in project.memberships},
        "sections": [
            {
                "gid": section.gid,
                "name": section.name,
                "tasks": [task.gid for task in section.tasks if task.deleted is None],
            }
            for section in project.sections
        ],
    }


def _task(world: World, task: Task) -> dict[str, Any]:
    return {
        "gid": task.gid,
        "name": task.name,
        "notes": task.notes,
        "parent": task.parent.gid if task.parent else None,
        "subtasks": [child.gid for child in task.subtasks if child.deleted is None],
        "memberships": [
            {
                "project": home.project.gid,
                "project_name": home.project.name,
                "section": home.gid,
                "section_name": home.name,
            }
            for home in task.homes
        ],
        "completed": task.completed,
        "completed_at": stamp(task.completed_at) if task.completed_at else None,
        "assignee": task.assignee.name if task.assignee else None,
        "due_on": task.due_on,
        "created_by": task.created_by.name,
        "created_at": stamp(task.created_at),
        "modified_at": stamp(task.modified_at),
        "trashed": task.deleted is not None,
        "fields": _values(world, task),
        "comments": [
            {"by": story.created_by.name, "text": story.text}
            for story in task.stories
            if story.kind == "comment"
        ],
    }


def _values(world: World, task: Task) -> dict[str, Any]:
    values = {}
    for gid, value in task.values.items():
        field = world.find(CustomField, gid)
        if field is not None:
            values[field.name] = _plain(field, value)
    return values


def _plain(field: CustomField, value: Any) -> Any:
    match field.kind:
        case "enum":
            return option_named(field, value).name
        case "multi_enum":
            return [option_named(field, gid).name for gid in value]
        case "date":
            return value["date_time"] or value["date"]
        case "people":
            return [user.name for user in value]
        case _:
            return value


def _field(field: CustomField) -> dict[str, Any]:
    return {
        "gid": field.gid,
        "name": field.name,
        "kind": field.kind,
        "description": field.description,
        "deleted": field.deleted is not None,
        "options": [
            {"gid": each.gid, "name": each.name, "enabled": each.enabled, "color": each.color}
            for each in field.options
        ],
    }
