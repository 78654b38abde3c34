"""
Asana's answers as values: lenient about what is added, strict about what we rest on.

An unknown key is ignored and so is a kind of field that Jalon has none of; an object without
a gid, or whose date is no date, makes the whole answer unreadable.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, TypeVar

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from sync.adapters.asana.exchange import Failure
from sync.model.target import (
    Edit,
    FieldValue,
    ObservedField,
    ObservedOption,
    ObservedProject,
    ObservedSection,
    ObservedTask,
    Remark,
)

PROJECT = "name,notes,archived"
SECTION = "name"
FIELD = (
    "name,description,resource_subtype,enum_options.name,enum_options.enabled,enum_options.color"
)
SETTING = ",".join(f"custom_field.{path}" for path in FIELD.split(","))
RECORD = ",".join([PROJECT, *(f"custom_field_settings.{path}" for path in SETTING.split(","))])
STORY = (
    "created_at,created_by.gid,resource_subtype,text,old_name,new_name,old_dates.due_on,"
    "new_dates.due_on,old_section.gid,new_section.gid,custom_field.gid,old_text_value,"
    "new_text_value,old_number_value,new_number_value,old_enum_value.gid,new_enum_value.gid,"
    "old_date_value.due_on,new_date_value.due_on"
)
TASK = (
    "name,notes,parent.gid,completed,completed_at,due_on,created_at,modified_at,assignee.gid,"
    "resource_subtype,memberships.project.gid,memberships.section.gid,custom_fields.gid,"
    "custom_fields.resource_subtype,custom_fields.text_value,custom_fields.number_value,"
    "custom_fields.enum_value.gid,custom_fields.date_value"
)


class _Answer(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class _Thing(_Answer):
    gid: str


class Webhook(_Thing):
    """`target` is null for one that belongs to another app."""

    target: str | None = None


class _Option(_Thing):
    name: str
    enabled: bool = True
    color: str | None = None


class _Field(_Thing):
    name: str
    resource_subtype: str
    description: str | None = None
    enum_options: tuple[_Option, ...] | None = None


class _Setting(_Answer):
    custom_field: _Field


class _Project(_Thing):
    name: str
    notes: str | None = None
    archived: bool | None = None
    custom_field_settings: tuple[_Setting, ...] | None = None


class _Section(_Thing):
    name: str


class _Membership(_Answer):
    project: _Thing | None = None
    section: _Thing | None = None


class _Day(_Answer):
    day: date | None = Field(default=None, alias="date")


class _Value(_Thing):
    resource_subtype: str
    text_value: str | None = None
    number_value: int | float | None = None
    enum_value: _Thing | None = None
    date_value: _Day | None = None


class _Task(_Thing):
    name: str
    notes: str | None = None
    parent: _Thing | None = None
    completed: bool | None = None
    completed_at: AwareDatetime | None = None
    due_on: date | None = None
    created_at: AwareDatetime | None = None
    modified_at: AwareDatetime | None = None
    assignee: _Thing | None = None
    resource_subtype: str | None = None
    memberships: tuple[_Membership, ...] | None = None
    custom_fields: tuple[_Value, ...] | None = None


class Event(_Answer):
    """A hint that something moved: what, and from or into what, as far as it says so."""

    action: str = ""
    resource: "EventSubject | None" = None
    parent: "EventSubject | None" = None
    user: "EventSubject | None" = None
    change: "EventChange | None" = None


class EventChange(_Answer):
    field: str = ""


class EventSubject(_Thing):
    resource_type: str = ""
    resource_subtype: str | None = None


class _Dates(_Answer):
    due_on: date | None = None


class _Story(_Thing):
    created_at: AwareDatetime
    resource_subtype: str = ""
    text: str | None = None
    created_by: _Thing | None = None
    custom_field: _Thing | None = None
    old_name: str | None = None
    new_name: str | None = None
    old_text_value: str | None = None
    new_text_value: str | None = None
    old_number_value: float | None = None
    new_number_value: float | None = None
    old_enum_value: _Thing | None = None
    new_enum_value: _Thing | None = None
    old_date_value: _Dates | None = None
    new_date_value: _Dates | None = None
    old_dates: _Dates | None = None
    new_dates: _Dates | None = None
    old_section: _Thing | None = None
    new_section: _Thing | None = None


_BUILTIN_STORIES = {
    "name_changed": ("name", "name"),
    "notes_changed": ("notes", ""),
    "due_date_changed": ("due_on", "dates"),
    "section_changed": ("section", "section"),
    "assigned": ("assignee", ""),
}
"""The stories that Asana writes when a built-in field of ours changes, and where they hold it."""
_CUSTOM_STORY = "_custom_field_changed"


def remark(raw: Any) -> Remark:
    read = _parsed(_Story, raw)
    subtype = read.resource_subtype
    about, told = _BUILTIN_STORIES.get(subtype, ("", ""))
    if subtype.endswith(_CUSTOM_STORY):
        about = read.custom_field.gid if read.custom_field else "custom field"
        told = f"{subtype.removesuffix(_CUSTOM_STORY)}_value"
    names = {f"{age}_{told}" for age in ("old", "new")} & read.model_fields_set
    return Remark(
        gid=read.gid,
        at=_utc(read.created_at) or read.created_at,
        by=read.created_by.gid if read.created_by else "",
        text=read.text or "",
        about=about,
        old=_held(getattr(read, f"old_{told}", None)),
        new=_held(getattr(read, f"new_{told}", None)),
        valued=bool(names),
    )


def _held(value: Any) -> FieldValue:
    if isinstance(value, _Thing):
        return value.gid
    held: FieldValue = value.due_on if isinstance(value, _Dates) else value
    return held


def edits(events: Iterable[Event]) -> tuple[Edit, ...]:
    """What the events tell of tasks; a section is told as what a task was added to."""
    told: list[Edit] = []
    for event in events:
        by, subject = event.user.gid if event.user else "", event.resource
        if subject is None:
            continue
        if subject.resource_type == "story":
            if event.parent and event.action == "added":
                told.append(Edit(event.parent.gid, "story", by))
            continue
        name = event.change.field if event.change and event.action == "changed" else ""
        if event.parent and event.parent.resource_type == "section" and event.action == "added":
            name = "section"
        if subject.resource_type == "task" and name:
            told.append(Edit(subject.gid, name, by))
    return tuple(told)


def task(raw: Any) -> ObservedTask:
    read = _parsed(_Task, raw)
    return ObservedTask(
        gid=read.gid,
        name=read.name,
        notes=read.notes or "",
        parent_gid=read.parent.gid if read.parent else None,
        completed=bool(read.completed),
        completed_at=_utc(read.completed_at),
        due_on=read.due_on,
        created_at=_utc(read.created_at),
        modified_at=_utc(read.modified_at),
        assignee_gid=read.assignee.gid if read.assignee else None,
        resource_subtype=read.resource_subtype or "default_task",
        homes={
            home.project.gid: home.section.gid if home.section else None
            for home in read.memberships or ()
            if home.project
        },
        fields={
            value.gid: _VALUES[value.resource_subtype](value)
            for value in read.custom_fields or ()
            if value.resource_subtype in _VALUES
        },
    )


def _utc(moment: datetime | None) -> datetime | None:
    try:
        return moment.astimezone(UTC) if moment else None
    except OverflowError:  # elsewhere the last hour of the year 9999
        raise Failure("unreadable") from None


_VALUES: dict[str, Callable[[_Value], FieldValue]] = {
    # Asana and its clients write an emptied text now as null, now as ""
    "text": lambda value: value.text_value or None,
    "number": lambda value: value.number_value,
    "enum": lambda value: value.enum_value.gid if value.enum_value else None,
    "date": lambda value: value.date_value.day if value.date_value else None,
}


def field(raw: Any, attached_to: frozenset[str] = frozenset()) -> ObservedField:
    return _field(_parsed(_Field, raw), attached_to)


def field_of_setting(raw: Any, project_gid: str) -> ObservedField:
    return _field(_parsed(_Setting, raw).custom_field, frozenset({project_gid}))


def _field(read: _Field, attached_to: frozenset[str]) -> ObservedField:
    return ObservedField(
        gid=read.gid,
        name=read.name,
        kind=read.resource_subtype,
        description=read.description or "",
        options=tuple(
            ObservedOption(gid=each.gid, name=each.name, enabled=each.enabled, color=each.color)
            for each in read.enum_options or ()
        ),
        attached_to=attached_to,
    )


def project(raw: Any) -> ObservedProject:
    read = _parsed(_Project, raw)
    return ObservedProject(read.gid, read.name, read.notes or "", archived=bool(read.archived))


def fields_of_record(raw: Any) -> tuple[ObservedField, ...] | None:
    """The fields that a project's record tells; None when it tells of none, not even that."""
    read = _parsed(_Project, raw)
    if read.custom_field_settings is None:
        return None
    here = frozenset({read.gid})
    return tuple(_field(each.custom_field, here) for each in read.custom_field_settings)


def section(raw: Any, project_gid: str) -> ObservedSection:
    read = _parsed(_Section, raw)
    return ObservedSection(read.gid, read.name, project_gid)


def rows(raw: Any) -> list[Any]:
    """One record is no list of one."""
    if not isinstance(raw, list):
        raise Failure("unreadable")
    return raw


def events(raw: Any) -> Sequence[Event]:
    return [_event(each) for each in rows(raw)]


def _event(raw: Any) -> Event:
    """One that cannot be read still says that something happened."""
    try:
        return Event.model_validate(raw)
    except ValidationError:
        return Event()


@dataclass(frozen=True, slots=True)
class Membership:
    """Of a project or a workspace; `said` is the answer as it came."""

    gid: str
    said: Mapping[str, Any]


def membership(raw: Any) -> Membership:
    return Membership(gid(raw), raw)


def count(raw: Any, name: str) -> int:
    said = raw.get(name) if isinstance(raw, dict) else None
    if not isinstance(said, int) or isinstance(said, bool) or said < 0:
        raise Failure("unreadable")
    return said


def gid(raw: Any) -> str:
    return _parsed(_Thing, raw).gid


def webhook(raw: Any) -> Webhook:
    return _parsed(Webhook, raw)


_Model = TypeVar("_Model", bound=BaseModel)


def _parsed(model: type[_Model], raw: Any) -> _Model:
    try:
        return model.model_validate(raw)
    except ValidationError:
        # the library's own words would repeat people's text
        raise Failure("unreadable") from None
