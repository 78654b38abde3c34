"""The published plan: axes, volets, actions, and what each promises at each checkpoint."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

GoalKind = Literal["deliverable", "quantity", "state", "continuity"]


@dataclass(frozen=True, slots=True)
class Goal:
    """
    What one indicator expects, recognised from its words and never invented.

    A quantity carries a closed range, `at_least` ≤ `at_most` (« 2 textes » is 2 to 2), and the
    counted `unit` when the words name one. A state keeps the published word (« Terminé »).
    """

    kind: GoalKind
    at_least: int | None = None
    at_most: int | None = None
    unit: str | None = None
    word: str | None = None


@dataclass(frozen=True, slots=True)
class Indicator:
    """One line of one cell: `text` exactly as published, flaws included."""

    id: str
    text: str
    goal: Goal


@dataclass(frozen=True, slots=True)
class Action:
    """One promise. `indicators` is keyed by checkpoint id; a checkpoint without any is absent."""

    id: str
    title: str
    indicators: Mapping[str, tuple[Indicator, ...]]

    def all_indicators(self) -> Iterator[tuple[str, Indicator]]:
        """Checkpoint id and indicator, in published order."""
        for checkpoint_id, lines in self.indicators.items():
            for indicator in lines:
                yield checkpoint_id, indicator


@dataclass(frozen=True, slots=True)
class Volet:
    id: str
    title: str
    actions: tuple[Action, ...]


@dataclass(frozen=True, slots=True)
class Axis:
    number: int
    title: str
    objective: str
    volets: tuple[Volet, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """
    A whole plan at one revision.

    Ids of actions and indicators are unique in the plan and never reused: an id that was
    ever given and is no longer in the axes stands in `retired_ids`.
    """

    id: str
    title: str
    axes: tuple[Axis, ...]
    retired_ids: tuple[str, ...] = ()

    def volets(self) -> Iterator[tuple[Axis, Volet]]:
        for axis in self.axes:
            for volet in axis.volets:
                yield axis, volet

    def actions(self) -> Iterator[tuple[Axis, Volet, Action]]:
        for axis, volet in self.volets():
            for action in volet.actions:
                yield axis, volet, action

    def indicators(self) -> Iterator[tuple[Action, str, Indicator]]:
        for _, _, action in self.actions():
            for checkpoint_id, indicator in action.all_indicators():
                yield action, checkpoint_id, indicator


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """
    A dated control point that the city fixes in its config.

    `due` (échéance) is what counts; `freeze_on` (gel) is the last day that counts for the status
    that is then fixed, while the current one goes on. Both are calendar days in the city's zone.
    """

    id: str
    title: str
    due: date
    freeze_on: date


@dataclass(frozen=True, slots=True)
class Revision:
    """A dated state of the plan of record and the reason for it; `number` counts from 1."""

    number: int
    adopted_on: date
    reason: str
    plan: Plan


@dataclass(frozen=True, slots=True)
class Change:
    """One difference between two readings of a plan, for a person to review before adopting."""

    kind: Literal["added", "removed", "reworded", "moved"]
    level: Literal["plan", "axis", "volet", "action", "indicator"]
    id: str
    before: str | None = None
    after: str | None = None


@dataclass(frozen=True, slots=True)
class Remark:
    """Something in the document that is kept as published but that a person should know."""

    code: Literal[
        "action_without_indicator",
        "state_word",
        "ambiguous_column",
        "empty_action",
        "ignored_column",
        "private_words",
    ]
    subject: str
    text: str
    place: str = field(default="")
