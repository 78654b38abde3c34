"""Where each promise stands, told apart by who says so."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Literal

from sync.model.mapping import DeclaredWord

Basis = Literal[
    "accord", "indicateurs", "declaration", "desaccord", "calendrier", "reglement", "aucun"
]
"""
Both accounts agree; evidence alone; declaration alone; they differ and the weaker is shown; the
calendar decided after the freeze; settled by a person; neither account exists.
"""


class Status(StrEnum):
    """The consolidated status of an action at a checkpoint; see `sync/core/status.py`."""

    RETIRED = "retire"
    NOT_APPLICABLE = "sans_objet"
    CONTINUOUS = "en_continu"
    ACHIEVED = "atteint"
    ACHIEVED_LATE = "atteint_en_retard"
    UPCOMING = "a_venir"
    UNDER_WAY = "en_cours"
    NOT_ASSESSED = "non_evalue"
    NOT_ACHIEVED = "non_atteint"


@dataclass(frozen=True, slots=True)
class IndicatorProgress:
    """
    What people recorded on one indicator.

    `done_on` is « Fait le », else the completion's calendar day in the city's zone;
    `stated` tells which. `visible` is false when the task is gone or was never read.
    """

    done: bool = False
    done_on: date | None = None
    stated: bool = False
    quantity: float | None = None
    evidence: str | None = None
    visible: bool = True


@dataclass(frozen=True, slots=True)
class ActionProgress:
    """`declared` and `indicators` are keyed by checkpoint id and by indicator id."""

    declared: Mapping[str, DeclaredWord | None] = field(default_factory=dict)
    indicators: Mapping[str, IndicatorProgress] = field(default_factory=dict)
    evidence: str | None = None
    note: str | None = None
    publish_note: bool = False
    direction: str | None = None
    completed: bool = False
    visible: bool = True
    read_on: date | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """
    The consolidated answer for one action at one checkpoint.

    `basis` says whose account it rests on; `confirmed` is false while declared and evidence
    differ (« à confirmer »); `provisional` is true between échéance and gel.
    """

    status: Status
    done: int
    expected: int
    basis: Basis
    confirmed: bool = True
    provisional: bool = False


@dataclass(frozen=True, slots=True)
class Correction:
    """What a person wrote beside a frozen status, for good; the public reads the reason."""

    status: Status
    on: date
    reason: str


@dataclass(frozen=True, slots=True)
class FrozenStanding:
    """
    The standing as it was fixed at the gel; `after_the_fact` when no read was in time.

    `done` maps the indicators that counted as done to their day, so that a date set back
    later is told from one that was known. `corrections` stand beside it, oldest first, and
    change nothing of it.
    """

    standing: Standing
    frozen_on: date
    after_the_fact: bool = False
    done: Mapping[str, date | None] = field(default_factory=dict)
    corrections: tuple[Correction, ...] = ()

    @property
    def corrected(self) -> Status:
        """What now stands for that day: the last correction, else what was frozen."""
        return self.corrections[-1].status if self.corrections else self.standing.status


@dataclass(frozen=True, slots=True)
class Ruling:
    """A status that a person decided: since when, and the reason that the public reads."""

    status: Status
    on: date
    reason: str | None = None


Rulings = Mapping[tuple[str, str], Ruling]
"""By action id and checkpoint id."""
