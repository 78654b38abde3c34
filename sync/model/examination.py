"""What a look at Asana's side found before anything is written: facts, and no judgment yet."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from sync.model.target import ObservedField, ObservedProject, ProjectRole
from sync.wording import Text

Question = Literal["account", "workspace", "seat", "fields", "projects", "access"]
Seat = Literal["admin", "member", "guest", "view_only"]


@dataclass(frozen=True, slots=True)
class Account:
    """Whose token it is."""

    gid: str
    name: str
    email: str


@dataclass(frozen=True, slots=True)
class Refused:
    """A question that was not answered, and what an operator would be told of it."""

    text: Text
    exit_code: int
    status: int = 0


@dataclass(frozen=True, slots=True)
class Examination:
    """
    One plan's side of Asana. What is None or empty while its question stands in `refused` is
    not known; otherwise it is not there. A `seat` that is None is not known either way.

    `projects` are those linked or marked as this plan's, `access` the account's level in each
    (None: a member only through a team, or not at all), `namesakes` projects that bear a wanted
    name without being this plan's. `skew_seconds` is how far Asana's clock is ahead of ours.
    """

    account: Account | None = None
    workspace: str | None = None
    seat: Seat | None = None
    fields: tuple[ObservedField, ...] = ()
    projects: Mapping[ProjectRole, ObservedProject] = field(default_factory=dict)
    access: Mapping[ProjectRole, str | None] = field(default_factory=dict)
    namesakes: tuple[ObservedProject, ...] = ()
    skew_seconds: float | None = None
    sandbox: bool = False
    refused: Mapping[Question, Refused] = field(default_factory=dict)
