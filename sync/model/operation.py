"""
The writes Jalon may ask of Asana, as values. There is no delete.

Operations name what they concern by *ref*, never by gid: `project:actions`,
`section:<volet or checkpoint id>`, `field:<key>`, `option:<field key>/<option id>`,
`action:<id>`, `indicator:<id>`. Whoever applies them resolves refs through the links. `after`
lists refs that must exist first; `lane` makes operations with the same lane run one after the
other, in order, while lanes run side by side.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from sync.model.mapping import FieldRule
from sync.model.target import FieldValue, ProjectRole

Ref = str


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    ref: Ref
    after: frozenset[Ref] = frozenset()
    lane: str | None = None

    @property
    def key(self) -> str:
        """Unique in a change set: one thing may be updated and placed in the same one."""
        return f"{type(self).__name__} {self.ref}"


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateProject(Operation):
    role: ProjectRole
    name: str
    notes: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ShareProject(Operation):
    """Ref is `share:<role>/<member>`; `member` is an e-mail, a gid or a team name."""

    role: ProjectRole
    member: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateSection(Operation):
    role: ProjectRole
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateField(Operation):
    rule: FieldRule


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateOption(Operation):
    field: Ref
    name: str
    color: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AttachField(Operation):
    """Ref is `attach:<role>/<field key>`."""

    role: ProjectRole
    field: Ref


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateTask(Operation):
    """
    Create an action's task, or an indicator's subtask when `parent` is given.

    `fields` is keyed by field ref; an enum's value is an option ref.
    """

    name: str
    notes: str
    role: ProjectRole
    section: Ref
    parent: Ref | None = None
    due_on: date | None = None
    fields: Mapping[Ref, FieldValue] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateTask(Operation):
    """Change only what is listed; `builtins` is keyed by name, notes, due_on, assignee."""

    builtins: Mapping[str, str | date | None] = field(default_factory=dict)
    fields: Mapping[Ref, FieldValue] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceTask(Operation):
    """
    Put a task into a section, right after a sibling when one is given.

    `arriving` says that it is not at home in the section's project yet.
    """

    role: ProjectRole
    section: Ref
    insert_after: Ref | None = None
    arriving: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SetParent(Operation):
    """Hang an indicator under its action again."""

    parent: Ref


AnyOperation = (
    CreateProject
    | ShareProject
    | CreateSection
    | CreateField
    | CreateOption
    | AttachField
    | CreateTask
    | UpdateTask
    | PlaceTask
    | SetParent
)
