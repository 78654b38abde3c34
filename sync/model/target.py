"""What Asana returned, as values. Recognition and comparison happen in the core."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

from sync.model.mapping import FieldKind

ProjectRole = Literal["actions", "indicators"]

FieldValue = str | int | float | date | None
"""Text, number, date; an enum holds its option's gid. None is an empty field: a value."""


@dataclass(frozen=True, slots=True)
class ObservedOption:
    gid: str
    name: str
    enabled: bool = True
    color: str | None = None


@dataclass(frozen=True, slots=True)
class ObservedField:
    """A custom field definition. `attached_to` holds the gids of our projects that carry it."""

    gid: str
    name: str
    kind: FieldKind | str
    description: str = ""
    options: tuple[ObservedOption, ...] = ()
    attached_to: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class ObservedSection:
    gid: str
    name: str
    project_gid: str


@dataclass(frozen=True, slots=True)
class ObservedProject:
    gid: str
    name: str
    notes: str
    archived: bool = False


@dataclass(frozen=True, slots=True)
class ObservedTask:
    """
    One task or subtask as last read.

    `fields` is keyed by field gid and lacks a field that its projects do not carry.
    `unknown_options` names enum fields whose option Jalon does not know: their value is kept
    as read but is never interpreted.
    """

    gid: str
    name: str
    notes: str = ""
    parent_gid: str | None = None
    completed: bool = False
    completed_at: datetime | None = None
    due_on: date | None = None
    created_at: datetime | None = None
    modified_at: datetime | None = None
    assignee_gid: str | None = None
    resource_subtype: str = "default_task"
    homes: Mapping[str, str | None] = field(default_factory=dict)  # project gid → section gid
    fields: Mapping[str, FieldValue] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Edit:
    """
    One change that the events tell of: of which task, which field, by whom. Never its value.

    `field` is Asana's name, or `story` for a line in the task's history; `by` is empty where the
    events leave the author out.
    """

    gid: str
    field: str
    by: str


@dataclass(frozen=True, slots=True)
class Remark:
    """
    One line of a task's history in Asana: by whom, when, in words.

    `about` is a built-in field's name, a custom field's gid, `custom field` where that is not
    told, else empty. `old` and `new` count only where `valued`: Asana does not always tell them.
    """

    gid: str
    at: datetime
    by: str
    text: str
    about: str = ""
    old: FieldValue = None
    new: FieldValue = None
    valued: bool = False


@dataclass(frozen=True, slots=True)
class Observed:
    """
    The observed state of one plan.

    `complete` is true only when every listing it rests on ended: without it nothing may be
    concluded from absence. `absent` holds gids that a direct read proved gone, `moved` those
    that still exist but in none of our projects. `order` is the listing order per project.
    """

    complete: bool
    read_at: datetime
    projects: Mapping[ProjectRole, ObservedProject] = field(default_factory=dict)
    sections: tuple[ObservedSection, ...] = ()
    fields: tuple[ObservedField, ...] = ()
    tasks: Mapping[str, ObservedTask] = field(default_factory=dict)  # by gid
    order: Mapping[ProjectRole, tuple[str, ...]] = field(default_factory=dict)
    absent: frozenset[str] = frozenset()
    moved: frozenset[str] = frozenset()
    sandbox: bool = False
