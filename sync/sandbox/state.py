"""
What the stand-in remembers: workspaces, people, projects, sections, tasks, fields.

These are plain records that change in place, as a platform's own do. Order is data: a
project lists its sections, a section its tasks, a task its subtasks. Things that were
deleted stay, marked, because a person can bring a task back.
"""

import threading
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, TypeVar

from sync.sandbox.clock import Clock
from sync.sandbox.switches import Switches

FIRST_GID = 1_200_000_000_000_000


@dataclass(slots=True, eq=False)
class Thing:
    """
    Anything with a gid.

    `deleted` names what it was deleted with (itself, or a parent). `shown_from` is when reads
    begin to show it, `maker` whose call made it if it was a call.
    """

    gid: str
    created_at: datetime
    deleted: str | None = field(default=None, kw_only=True)
    shown_from: datetime | None = field(default=None, kw_only=True)
    maker: "User | None" = field(default=None, kw_only=True)


@dataclass(slots=True, eq=False)
class Workspace(Thing):
    name: str
    users: list["User"] = field(default_factory=list)
    teams: list["Team"] = field(default_factory=list)
    projects: list["Project"] = field(default_factory=list)
    fields: list["CustomField"] = field(default_factory=list)


@dataclass(slots=True, eq=False)
class User(Thing):
    name: str
    email: str
    workspace: Workspace
    seat: str = "member"
    """`admin`, `member`, `guest` or `view_only`: a guest or a viewer makes no custom field."""


@dataclass(slots=True, eq=False)
class Grant:
    """A token as the platform knows it: whose it is, and the OAuth app that it was given to."""

    user: User
    label: str
    app: str | None = None
    revoked: bool = False


@dataclass(slots=True, eq=False)
class Team(Thing):
    name: str
    workspace: Workspace
    members: list[User] = field(default_factory=list)


@dataclass(slots=True, eq=False)
class EnumOption(Thing):
    name: str
    color: str = "none"
    enabled: bool = True


@dataclass(slots=True, eq=False)
class CustomField(Thing):
    """A definition. `kind` is Asana's `resource_subtype` and never changes."""

    name: str
    kind: str
    workspace: Workspace
    created_by: User
    description: str = ""
    options: list[EnumOption] = field(default_factory=list)
    precision: int = 0
    format: str = "none"
    currency_code: str | None = None
    custom_label: str | None = None
    custom_label_position: str | None = None
    has_notifications_enabled: bool = False
    locked_by: User | None = None


@dataclass(slots=True, eq=False)
class CustomFieldSetting(Thing):
    project: "Project"
    field: CustomField
    is_important: bool = False


@dataclass(slots=True, eq=False)
class ProjectMembership(Thing):
    project: "Project"
    member: User | Team
    access_level: str


@dataclass(slots=True, eq=False)
class Section(Thing):
    name: str
    project: "Project"
    tasks: list["Task"] = field(default_factory=list)


@dataclass(slots=True, eq=False)
class Project(Thing):
    name: str
    workspace: Workspace
    owner: User | None
    modified_at: datetime
    notes: str = ""
    archived: bool = False
    color: str | None = None
    icon: str | None = "list"
    default_view: str = "list"
    due_on: str | None = None
    start_on: str | None = None
    privacy_setting: str = "public_to_workspace"
    sections: list[Section] = field(default_factory=list)
    settings: list[CustomFieldSetting] = field(default_factory=list)
    memberships: list[ProjectMembership] = field(default_factory=list)
    team: Team | None = None


@dataclass(slots=True, eq=False)
class Task(Thing):
    name: str
    workspace: Workspace
    created_by: User
    modified_at: datetime
    notes: str = ""
    subtype: str = "default_task"
    approval_status: str | None = None
    completed: bool = False
    completed_at: datetime | None = None
    completed_by: User | None = None
    assignee: User | None = None
    followers: list[User] = field(default_factory=list)
    due_on: str | None = None
    due_at: datetime | None = None
    start_on: str | None = None
    start_at: datetime | None = None
    parent: "Task | None" = None
    subtasks: list["Task"] = field(default_factory=list)
    homes: list[Section] = field(default_factory=list)
    values: dict[str, Any] = field(default_factory=dict)
    private: bool = False
    """Only its assignee and its followers see it; being its maker does not help."""
    stories: list["Story"] = field(default_factory=list)
    external: dict[str, "External"] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class External:
    """What one app keeps on a task: its own key for it, and data."""

    gid: str | None
    data: str | None


@dataclass(slots=True, eq=False)
class Story(Thing):
    task: Task
    created_by: User
    kind: str
    subtype: str
    text: str
    details: Mapping[str, Any] = field(default_factory=dict)
    """What changed, under the names of Asana's conditional fields: `old_name`, `new_name`, …"""


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """Who changed what, kept so that a test can ask whose words a field holds."""

    at: datetime
    by: str
    gid: str
    field: str
    before: Any
    after: Any


@dataclass(frozen=True, slots=True)
class Event:
    """One entry of the event stream, and the gids of the streams that carry it."""

    number: int
    at: datetime
    user: User
    resource: Thing
    action: str
    streams: frozenset[str]
    parent: Thing | None = None
    change: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Retold:
    """What a sync token was answered, to be said again: up to which event, and what follows."""

    upto: int
    has_more: bool
    sync: str


T = TypeVar("T", bound=Thing)


class World:
    """
    Everything, under one lock.

    Gids are counted up from the seed, so that two runs which do the same get the same.
    """

    def __init__(self, clock: Clock, seed: int = 1) -> None:
        self.clock = clock
        self.seed = seed
        self.lock = threading.RLock()
        self.switches = Switches()
        self.things: dict[str, Thing] = {}
        self.tokens: dict[str, Grant] = {}
        self.caller: Grant | None = None
        """Whose call is being answered: an app sees its own `external` only."""
        self.external: dict[tuple[str, str | None], dict[str, Task]] = {}
        self.events: list[Event] = []
        self.streams: dict[str, list[Event]] = {}
        self._kinds: dict[type[Thing], dict[str, Thing]] = {}
        self.history: list[HistoryEntry] = []
        self.fault: str | None = None
        """What a fault does to the call that is being answered, where the answer itself must."""
        self.lost_events = 0
        self.emitted = 0
        self.answers: dict[int, Retold] = {}
        self.spent_sync: set[int] = set()
        self.sync_floor = 0
        self.date_forms = {"string": 0, "object": 0}
        self._held_back = False
        self._issued = 0
        self._counter = 0

    def __getstate__(self) -> dict[str, Any]:
        """Everything but the lock, for a copy that is kept."""
        return {name: value for name, value in vars(self).items() if name != "lock"}

    def __setstate__(self, state: dict[str, Any]) -> None:
        vars(self).update(state, lock=threading.RLock())

    def next_gid(self) -> str:
        self._counter += 1
        return str(FIRST_GID + self.seed * 1_000_000_000 + self._counter)

    def expire_sync(self) -> None:
        """Every token of an event stream issued so far is refused from now on."""
        self.sync_floor = self._issued

    def next_issue(self) -> int:
        self._issued += 1
        return self._issued

    def keep(self, thing: T) -> T:
        """Take in a new thing, which reads show once it has the age that a test asked for."""
        if self.switches.visibility_delay:
            thing.shown_from = self.now() + timedelta(seconds=self.switches.visibility_delay)
            self._held_back = True
            thing.maker = self.caller.user if self.caller is not None else None
        self.things[thing.gid] = thing
        self._kinds.setdefault(type(thing), {})[thing.gid] = thing
        return thing

    def now(self) -> datetime:
        return self.clock.now()

    def of(self, kind: type[T]) -> Iterator[T]:
        return (thing for thing in self._kinds.get(kind, {}).values() if isinstance(thing, kind))

    def find(self, kind: type[T], gid: object) -> T | None:
        """The living thing of that kind, or None; for reads, ask `visible` as well."""
        thing = self.things.get(gid) if isinstance(gid, str) else None
        return thing if isinstance(thing, kind) and thing.deleted is None else None

    def visible(self, thing: Thing) -> bool:
        """Whether a listing shows it: alive, and no longer held back."""
        if thing.deleted is not None:
            return False
        return thing.shown_from is None or self._shown(thing, late=self.switches.delay_listings)

    def shown(self, things: Iterable[T]) -> list[T]:
        """Those that a listing shows; quickly where nothing was ever held back, for long ones."""
        if not self._held_back:
            return [thing for thing in things if thing.deleted is None]
        return [thing for thing in things if self.visible(thing)]

    def reachable(self, thing: Thing) -> bool:
        """Whether the read of this one thing by its gid shows it."""
        if thing.deleted is not None:
            return False
        return thing.shown_from is None or self._shown(thing, late=self.switches.delay_gets)

    def told_of(self, thing: Thing) -> bool:
        """Whether events tell of it. Who made it has no say there: a stream is one for all."""
        if thing.shown_from is None or not self.switches.delay_events:
            return True
        return thing.shown_from <= self.now()

    def _shown(self, thing: Thing, *, late: bool) -> bool:
        if not late or (thing.shown_from is not None and thing.shown_from <= self.now()):
            return True
        own = self.caller is not None and thing.maker is self.caller.user
        return own and self.switches.read_your_writes


def projects_of(task: Task) -> list[Project]:
    return [section.project for section in task.homes]


def ancestors(task: Task) -> Iterator[Task]:
    parent = task.parent
    while parent is not None:
        yield parent
        parent = parent.parent


def descendants(task: Task) -> Iterator[Task]:
    for child in task.subtasks:
        yield child
        yield from descendants(child)


def attached_fields(task: Task) -> dict[str, CustomField]:
    """The fields that its own projects carry, in their order. A parent's projects give none."""
    return {
        setting.field.gid: setting.field
        for project in projects_of(task)
        for setting in project.settings
        if setting.field.deleted is None
    }
