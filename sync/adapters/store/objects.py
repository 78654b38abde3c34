"""
Observed objects as JSON text and back, exactly.

A missing field and an empty one stay apart, as do 1 and 1.0; a date is tagged, because Asana's
text fields may hold anything that looks like one.
"""

import json
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

from sync.adapters.store.columns import encoded
from sync.model.target import (
    FieldValue,
    ObservedField,
    ObservedOption,
    ObservedProject,
    ObservedSection,
    ObservedTask,
)


def project_body(project: ObservedProject) -> str:
    return encoded([project.gid, project.name, project.notes, project.archived])


def project_of(body: str) -> ObservedProject:
    gid, name, notes, archived = json.loads(body)
    return ObservedProject(gid, name, notes, archived)


def section_body(section: ObservedSection) -> str:
    return encoded([section.gid, section.name, section.project_gid])


def section_of(body: str) -> ObservedSection:
    gid, name, project_gid = json.loads(body)
    return ObservedSection(gid, name, project_gid)


def field_body(field: ObservedField) -> str:
    return encoded(
        {
            "gid": field.gid,
            "name": field.name,
            "kind": field.kind,
            "description": field.description,
            "options": [
                [option.gid, option.name, option.enabled, option.color] for option in field.options
            ],
            "attached_to": sorted(field.attached_to),
        }
    )


def field_of(body: str) -> ObservedField:
    known = json.loads(body)
    return ObservedField(
        gid=known["gid"],
        name=known["name"],
        kind=known["kind"],
        description=known["description"],
        options=tuple(ObservedOption(*option) for option in known["options"]),
        attached_to=frozenset(known["attached_to"]),
    )


def task_body(task: ObservedTask) -> str:
    return encoded(
        {
            "gid": task.gid,
            "name": task.name,
            "notes": task.notes,
            "parent_gid": task.parent_gid,
            "completed": task.completed,
            "completed_at": _instant_text(task.completed_at),
            "due_on": None if task.due_on is None else task.due_on.isoformat(),
            "created_at": _instant_text(task.created_at),
            "modified_at": _instant_text(task.modified_at),
            "assignee_gid": task.assignee_gid,
            "resource_subtype": task.resource_subtype,
            "homes": dict(task.homes),
            "fields": {gid: _value_json(value) for gid, value in task.fields.items()},
        }
    )


def task_of(body: str) -> ObservedTask:
    known = json.loads(body)
    due_on = known["due_on"]
    return ObservedTask(
        gid=known["gid"],
        name=known["name"],
        notes=known["notes"],
        parent_gid=known["parent_gid"],
        completed=known["completed"],
        completed_at=_instant(known["completed_at"]),
        due_on=None if due_on is None else date.fromisoformat(due_on),
        created_at=_instant(known["created_at"]),
        modified_at=_instant(known["modified_at"]),
        assignee_gid=known["assignee_gid"],
        resource_subtype=known["resource_subtype"],
        homes=known["homes"],
        fields={gid: _value(value) for gid, value in known["fields"].items()},
    )


def _value_json(value: FieldValue) -> str | int | float | Mapping[str, str] | None:
    return {"date": value.isoformat()} if isinstance(value, date) else value


def _value(value: Any) -> FieldValue:
    if isinstance(value, dict):
        return date.fromisoformat(value["date"])
    found: FieldValue = value
    return found


def _instant_text(value: datetime | None) -> str | None:
    if value is None:
        return None
    if value.tzinfo is None:
        raise ValueError(f"an instant without a time zone cannot be stored: {value!r}")
    return value.astimezone(UTC).isoformat()


def _instant(value: str | None) -> datetime | None:
    return None if value is None else datetime.fromisoformat(value)
