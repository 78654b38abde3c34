"""How the plan becomes Asana fields, and who owns each: a product choice, so it lives in data."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Owner = Literal["plan", "people", "shared"]
OnDrift = Literal["restore", "report"]
FieldKind = Literal["text", "number", "date", "enum"]
Scope = Literal["action", "indicator"]
FieldScope = Literal["action", "indicator", "both"]
Role = Literal[
    "jalon_id",  # the id that makes a task ours
    "axis",
    "declared",  # one status per checkpoint, said by the manager
    "evidence",  # link to a proof
    "note",  # public note
    "publish_note",  # empty means no
    "direction",
    "public_followup",  # « Suivi public »: what the citizen reads, told to the manager
    "done_on",  # « Fait le »
    "quantity",
]
DeclaredWord = Literal["a_venir", "en_cours", "atteint", "en_continu"]

FIELDS_IN_A_PROJECT = 20
"""How many custom fields Asana lets one project carry."""
TEXT_LIMIT = 1024
"""Characters that Asana takes in a text field's value; a field's description keeps to it too."""


@dataclass(frozen=True, slots=True)
class Option:
    """One choice of an enum field. `means` ties a declared status to the status table."""

    id: str
    name: str
    color: str = "none"
    means: str | None = None


@dataclass(frozen=True, slots=True)
class FieldRule:
    """
    One Asana custom field.

    `key` is unique in the mapping and names the field in logs, baselines and the store; a
    `declared` role is expanded to one rule per checkpoint with the key `declare/<checkpoint>`.
    A field of scope `both` is one Asana field carried by both projects, since a name can be
    given only once in a workspace.
    """

    key: str
    role: Role
    scope: FieldScope
    name: str
    description: str
    kind: FieldKind
    owner: Owner
    on_drift: OnDrift | None = None
    options: tuple[Option, ...] = ()
    checkpoint_id: str | None = None
    precision: int = 0
    existing: bool = False
    """People's own: found by its name on the managers' project, read, never made or changed."""


@dataclass(frozen=True, slots=True)
class BuiltinRule:
    """Who owns a built-in property of a task."""

    owner: Owner
    on_drift: OnDrift | None = None


Builtin = Literal["name", "notes", "due_on", "section", "order", "assignee"]


@dataclass(frozen=True, slots=True)
class FieldMapping:
    """The whole mapping, already expanded for one plan's checkpoints and directions."""

    fields: tuple[FieldRule, ...]
    builtins: Mapping[Builtin, BuiltinRule]

    def of(self, scope: Scope) -> tuple[FieldRule, ...]:
        return tuple(rule for rule in self.fields if rule.scope in (scope, "both"))

    def role(self, role: Role, checkpoint_id: str | None = None) -> FieldRule:
        for rule in self.fields:
            if rule.role == role and rule.checkpoint_id == checkpoint_id:
                return rule
        raise KeyError(role, checkpoint_id)
