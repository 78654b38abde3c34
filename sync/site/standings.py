"""What is said beside a status: its reservations, its three questions, what was counted."""

from typing import Any

from sync.model.progress import Status
from sync.model.snapshot import (
    PublicAction,
    PublicCheckpoint,
    PublicIndicator,
    PublicStanding,
    Snapshot,
)
from sync.site.locales.page import PAGE
from sync.wording import Language

RESERVATIONS = ("provisional", "disagreement", "unconfirmed")
"""Marks that weaken a status, and so stand beside it wherever it is shown."""


def marks(standing: PublicStanding) -> tuple[str, ...]:
    """Keys of the reservations that go with a status."""
    found = [
        ("provisional", standing.provisoire),
        ("disagreement", standing.selon == "desaccord"),
        ("unconfirmed", not standing.confirme and standing.selon != "desaccord"),
        ("by_indicators", standing.selon == "indicateurs"),
        ("by_declaration", standing.selon == "declaration"),
        ("by_calendar", standing.selon == "calendrier"),
        ("by_settlement", standing.selon == "reglement" and standing.regle_le is None),
    ]
    return tuple(key for key, holds in found if holds)


def reservations(standing: PublicStanding) -> tuple[str, ...]:
    return tuple(key for key in marks(standing) if key in RESERVATIONS)


def moved_on(standing: PublicStanding) -> bool:
    """The current status is no longer the frozen one."""
    return standing.etat_fige is not None and standing.etat_fige is not standing.etat


def corrected_to(standing: PublicStanding) -> Status | None:
    """What stands for the gel's day once the corrections are heard; None without a correction."""
    return standing.corrections[-1].etat if standing.corrections else None


def calendar(snapshot: Snapshot, checkpoint: PublicCheckpoint) -> str:
    """The key of the sentence that answers the schedule's question on the snapshot's day."""
    if snapshot.etat_au <= checkpoint.echeance:
        return "schedule_before"
    return "schedule_provisional" if snapshot.etat_au <= checkpoint.gel else "schedule_past"


def unseen_at_freeze(action: PublicAction, standing: PublicStanding) -> bool:
    """The task had gone from sight before the gel: the frozen status rests on an older reading."""
    read_on, frozen_on = action.donnees_du, standing.fige_le
    return read_on is not None and frozen_on is not None and read_on < frozen_on


def quantity(line: PublicIndicator, language: Language) -> str | None:
    """What was counted, beside what the plan expects when it gives a range."""
    if line.quantite is None:
        return None
    value: Any = line.quantite
    if language == "fr":
        value = str(value).replace(".", ",")
    low, high = line.cible.minimum, line.cible.maximum
    if low is None:
        return PAGE["quantity_bare"].in_(language).format(value=value)
    if high is None or high == low:
        goal = str(low)
    else:
        goal = PAGE["range"].in_(language).format(low=low, high=high)
    if line.cible.unite:
        goal = f"{goal} {line.cible.unite}"
    return PAGE["quantity"].in_(language).format(value=value, goal=goal)
