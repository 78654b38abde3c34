"""An existing project, as people built it, and how it could be taken for a plan's."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from sync.model.mapping import FieldRule
from sync.model.operation import Ref
from sync.model.target import ObservedField, ObservedProject, ObservedSection, ObservedTask
from sync.wording import Text

Certainty = Literal["exact", "likely", "answered", "doubtful", "none"]
"""
`exact`: the same words, once on each side. `likely`: near, and nothing else is. `answered`: a
person said so. `doubtful`: a person must say. `none`: nothing is near, or a person said so.
"""

Answers = Mapping[Ref, str | None]
"""What a person said: a gid, or None for « none of them »."""


@dataclass(frozen=True, slots=True)
class Survey:
    """
    One project of Asana, read whole: its top tasks in their order, each one's own subtasks.

    `sandbox` says that it came from the stand-in.
    """

    project: ObservedProject
    sections: tuple[ObservedSection, ...]
    fields: tuple[ObservedField, ...]
    tasks: tuple[ObservedTask, ...]
    subtasks: Mapping[str, tuple[ObservedTask, ...]]
    sandbox: bool = False


@dataclass(frozen=True, slots=True)
class Candidate:
    """Something of the project that a thing of the plan may be; `score` runs from 0 to 100."""

    gid: str
    name: str
    score: float


@dataclass(frozen=True, slots=True)
class Match:
    """One thing of the plan; `gid` is what it is taken for, `candidates` the nearest first."""

    ref: Ref
    title: str
    certainty: Certainty
    gid: str | None = None
    candidates: tuple[Candidate, ...] = ()

    @property
    def chosen(self) -> Candidate | None:
        return next((one for one in self.candidates if one.gid == self.gid), None)


@dataclass(frozen=True, slots=True)
class Use:
    """A rule of the mapping that a field could serve, were the mapping to say so."""

    rule: FieldRule
    score: float


@dataclass(frozen=True, slots=True)
class UnreadField:
    """A field of people's that nothing reads; `uses` the nearest first, none where none is near."""

    field: ObservedField
    uses: tuple[Use, ...] = ()


@dataclass(frozen=True, slots=True)
class Adoption:
    """
    What adopting a project would link, and what it leaves alone.

    `matches` holds sections, actions, indicators and fields in plan order. `untouched` counts
    tasks and subtasks that stay people's own, `unread` are fields that do; `doubts` are refs that
    a person must answer.
    """

    project: ObservedProject
    matches: tuple[Match, ...]
    untouched: int
    unread: tuple[UnreadField, ...] = ()
    notes: tuple[Text, ...] = ()

    @property
    def doubts(self) -> tuple[Match, ...]:
        return tuple(match for match in self.matches if match.certainty == "doubtful")

    @property
    def links(self) -> dict[Ref, str]:
        return {match.ref: match.gid for match in self.matches if match.gid is not None}
