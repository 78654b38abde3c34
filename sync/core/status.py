"""
The consolidated status of an action at a checkpoint.

Three questions stay apart: *declared* (what the manager says), *evidence* (what is done and
dated) and *schedule* (what the calendar says). `STATUS_TABLE` is read from the top; the code,
the docs and the page show this same object. So it is with `INDICATOR_TABLE`, which says when one
indicator counts as done.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import NamedTuple

from sync.model.mapping import DeclaredWord
from sync.model.plan import Checkpoint, Goal, Indicator
from sync.model.progress import Basis, FrozenStanding, IndicatorProgress, Standing, Status
from sync.wording import Text

STATUS_NAMES: dict[Status, Text] = {
    Status.ACHIEVED: Text("Atteint", "Achieved"),
    Status.ACHIEVED_LATE: Text("Atteint en retard", "Achieved late"),
    Status.CONTINUOUS: Text("En continu", "Ongoing by nature"),
    Status.UNDER_WAY: Text("En cours", "Under way"),
    Status.UPCOMING: Text("À venir", "Upcoming"),
    Status.NOT_ACHIEVED: Text("Non atteint", "Not achieved"),
    Status.NOT_ASSESSED: Text("Non évalué", "Not assessed"),
    Status.NOT_APPLICABLE: Text("Sans objet", "Not applicable"),
    Status.RETIRED: Text("Retiré", "Retired"),
}
"""Every status with its public name, in the order in which counts are shown."""

_STRENGTH: dict[Status, int] = {Status.UPCOMING: 0, Status.UNDER_WAY: 1, Status.ACHIEVED: 2}
_DECLARED: dict[DeclaredWord, Status] = {
    "a_venir": Status.UPCOMING,
    "en_cours": Status.UNDER_WAY,
    "atteint": Status.ACHIEVED,
    "en_continu": Status.UNDER_WAY,
}


class Account(NamedTuple):
    """
    Everything the table looks at, for one action at one checkpoint on one day.

    A tuple, because there are two to an action and each is looked up by all that it holds.
    """

    expected: int
    done: int
    started: bool  # a quantity short of its goal is work begun, though nothing is done
    last_done_on: date | None
    declared: DeclaredWord | None
    continuity: bool  # a continuity goal, and everything else done
    checkpoint: Checkpoint
    today: date
    doubtful: bool = False  # what was ticked has other words today
    retired: bool = False
    settled: Status | None = None

    @property
    def evidence(self) -> Status:
        if self.done == self.expected:
            return Status.ACHIEVED
        return Status.UNDER_WAY if self.done or self.started else Status.UPCOMING

    @property
    def declared_status(self) -> Status | None:
        return None if self.declared is None else _DECLARED[self.declared]

    @property
    def before_freeze(self) -> bool:
        return self.today <= self.checkpoint.freeze_on

    @property
    def silent(self) -> bool:
        """Nothing declared and nothing done."""
        return self.declared is None and self.evidence is Status.UPCOMING

    @property
    def fulfilled(self) -> bool:
        """All is done, and nobody says otherwise."""
        return self.evidence is Status.ACHIEVED and self.declared in (None, "atteint")

    @property
    def late(self) -> bool:
        return self.last_done_on is not None and self.last_done_on > self.checkpoint.due


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the table: the first whose `holds` is true answers."""

    id: str
    when: Text
    gives: tuple[Status, ...]
    holds: Callable[[Account], bool]
    answer: Callable[[Account], Status]


def _weaker(account: Account) -> Status:
    declared = account.declared_status or account.evidence
    if account.evidence is Status.UPCOMING and declared is not Status.ACHIEVED:
        # Indicators are results: that none is done yet does not gainsay work under way.
        return declared
    return min(declared, account.evidence, key=_STRENGTH.__getitem__)


STATUS_TABLE: tuple[Row, ...] = (
    Row(
        "retired",
        Text("action retirée par décision", "action retired by decision"),
        (Status.RETIRED,),
        lambda a: a.retired,
        lambda _: Status.RETIRED,
    ),
    Row(
        "no_indicator",
        Text("aucun indicateur à ce jalon", "no indicator at this checkpoint"),
        (Status.NOT_APPLICABLE,),
        lambda a: a.expected == 0,
        lambda _: Status.NOT_APPLICABLE,
    ),
    Row(
        "settled",
        Text("réglé par l’administration", "settled by an administrator"),
        (),
        lambda a: a.settled is not None,
        lambda a: a.settled or Status.NOT_ASSESSED,
    ),
    Row(
        "continuous",
        Text(
            "déclaré « en continu » sur une cible de continuité",
            "declared « en continu » on a continuity goal",
        ),
        (Status.CONTINUOUS,),
        lambda a: a.declared == "en_continu" and a.continuity,
        lambda _: Status.CONTINUOUS,
    ),
    Row(
        "achieved_late",
        Text(
            "tous les indicateurs faits, le dernier après l’échéance, et déclaré « atteint » ou "
            "non déclaré",
            "all indicators done, the last after the due date, and declared « atteint » or not at "
            "all",
        ),
        (Status.ACHIEVED_LATE,),
        lambda a: a.fulfilled and a.late,
        lambda _: Status.ACHIEVED_LATE,
    ),
    Row(
        "achieved",
        Text(
            "tous les indicateurs faits à temps, et déclaré « atteint » ou non déclaré",
            "all indicators done in time, and declared « atteint » or not at all",
        ),
        (Status.ACHIEVED,),
        lambda a: a.fulfilled,
        lambda _: Status.ACHIEVED,
    ),
    Row(
        "upcoming",
        Text(
            "jusqu’au gel, rien de déclaré et rien de fait",
            "until the freeze, nothing declared and nothing done",
        ),
        (Status.UPCOMING,),
        lambda a: a.before_freeze and a.silent,
        lambda _: Status.UPCOMING,
    ),
    Row(
        "part_done",
        Text(
            "jusqu’au gel, une partie des indicateurs faite, ou une quantité sous sa cible, et "
            "rien de déclaré de plus faible",
            "until the freeze, part of the indicators done, or a quantity short of its goal, and "
            "nothing weaker declared",
        ),
        (Status.UNDER_WAY,),
        lambda a: (
            a.before_freeze
            and a.evidence is Status.UNDER_WAY
            and a.declared_status is not Status.UPCOMING
        ),
        lambda _: Status.UNDER_WAY,
    ),
    Row(
        "weaker",
        Text(
            "jusqu’au gel, le plus faible de ce qui est déclaré et de ce qui est fait, ou le seul "
            "des deux qui existe",
            "until the freeze, the weaker of what is declared and what is done, or the only one "
            "of them",
        ),
        (Status.UPCOMING, Status.UNDER_WAY),
        lambda a: a.before_freeze,
        _weaker,
    ),
    Row(
        "not_assessed",
        Text(
            "après le gel, rien de déclaré et rien de fait",
            "after the freeze, nothing declared and nothing done",
        ),
        (Status.NOT_ASSESSED,),
        lambda a: a.silent,
        lambda _: Status.NOT_ASSESSED,
    ),
    Row(
        "not_achieved",
        Text(
            "après le gel, tout n’est pas fait, ou ce qui est déclaré n’est pas « atteint »",
            "after the freeze, not all is done, or what is declared is not « atteint »",
        ),
        (Status.NOT_ACHIEVED,),
        lambda _: True,
        lambda _: Status.NOT_ACHIEVED,
    ),
)


def row_for(account: Account) -> Row:
    return next(row for row in STATUS_TABLE if row.holds(account))


_ALL_DONE = ("achieved_late", "achieved")


@lru_cache(maxsize=1024)
def stand(account: Account) -> Standing:
    """
    The consolidated standing: the table's status, whose account it rests on, and marks.

    Most actions of a plan give one of a few accounts, so each is looked up in the table once.
    """
    row = row_for(account)
    apart = _apart(account) if row.id not in ("retired", "no_indicator", "settled") else False
    due, freeze = account.checkpoint.due, account.checkpoint.freeze_on
    return Standing(
        status=row.answer(account),
        done=account.done,
        expected=account.expected,
        basis=_basis(account, row, apart=apart),
        confirmed=not (apart or (account.doubtful and row.id in _ALL_DONE)),
        provisional=due < account.today <= freeze and row.id != "no_indicator",
    )


def _apart(account: Account) -> bool:
    """Declared and evidence cannot both be right."""
    declared = account.declared_status
    if declared is None or (account.declared == "en_continu" and account.continuity):
        return False
    if declared is Status.UNDER_WAY and account.evidence is Status.UPCOMING:
        return False
    return declared is not account.evidence


def _basis(account: Account, row: Row, *, apart: bool) -> Basis:
    if row.id in ("retired", "settled"):
        return "reglement"
    if row.id == "no_indicator" or account.silent:
        return "aucun"
    if apart:
        return "desaccord"
    if row.id == "not_achieved":
        return "calendrier"
    if account.declared is None:
        return "indicateurs"
    if account.evidence is Status.UPCOMING or row.id == "continuous":
        return "declaration"
    return "accord"


@dataclass(frozen=True, slots=True)
class IndicatorRow:
    """One row of the table of indicators; `counts` says whether it is done."""

    id: str
    when: Text
    counts: bool
    holds: Callable[[Goal, IndicatorProgress, date], bool]


def _least(goal: Goal) -> int | None:
    return goal.at_least if goal.kind == "quantity" else None


INDICATOR_TABLE: tuple[IndicatorRow, ...] = (
    IndicatorRow(
        "open",
        Text("ni coché ni daté, même chiffré", "neither ticked nor dated, even with a figure"),
        False,
        lambda _, p, _on: not p.done,
    ),
    IndicatorRow(
        "future",
        Text("« Fait le » après le jour considéré", "“Fait le” after the day considered"),
        False,
        lambda _, p, on: p.done_on is not None and p.done_on > on,
    ),
    IndicatorRow(
        "no_quantity",
        Text("aucune quantité attendue", "no quantity expected"),
        True,
        lambda goal, _p, _on: _least(goal) is None,
    ),
    IndicatorRow(
        "quantity_missing",
        Text("quantité attendue, aucune inscrite", "quantity expected, none entered"),
        False,
        lambda _, p, _on: p.quantity is None,
    ),
    IndicatorRow(
        "quantity_short",
        Text(
            "quantité sous la cible (« 3 à 4 organismes » : 2)",
            "quantity short of the goal (« 3 à 4 organismes »: 2)",
        ),
        False,
        lambda goal, p, _on: (p.quantity or 0) < (_least(goal) or 0),
    ),
    IndicatorRow(
        "quantity_exceeded",
        Text(
            "quantité au-delà de la cible (« 3 à 4 organismes » : 5)",
            "quantity beyond the goal (« 3 à 4 organismes »: 5)",
        ),
        True,
        lambda goal, p, _on: goal.at_most is not None and (p.quantity or 0) > goal.at_most,
    ),
    IndicatorRow(
        "quantity_met",
        Text("cible atteinte (« 3 à 4 organismes » : 3)", "goal met (« 3 à 4 organismes »: 3)"),
        True,
        lambda _, _p, _on: True,
    ),
)
"""Read from the top, as the table of statuses is; a finding asks where it says no for a tick."""


def indicator_row(indicator: Indicator, progress: IndicatorProgress, on: date) -> IndicatorRow:
    for row in INDICATOR_TABLE:
        if row.holds(indicator.goal, progress, on):
            return row
    raise LookupError(indicator.id)  # never: the last row always holds


def is_done(indicator: Indicator, progress: IndicatorProgress, on: date) -> bool:
    """Done by that day, and its quantity met."""
    return indicator_row(indicator, progress, on).counts


def account_for(
    indicators: Sequence[Indicator],
    progress: Sequence[IndicatorProgress],
    declared: DeclaredWord | None,
    checkpoint: Checkpoint,
    today: date,
    *,
    known_by: date | None = None,
    doubtful: bool = False,
) -> Account:
    """Gather one account; `known_by` leaves out what was done later, for the freeze."""
    on = known_by or today
    pairs = [(i, p, is_done(i, p, on)) for i, p in zip(indicators, progress, strict=True)]
    kinds = {i.goal.kind for i in indicators}
    done = [p for _, p, counts in pairs if counts]
    return Account(
        expected=len(pairs),
        done=len(done),
        started="quantity" in kinds
        and any(p.done or (p.quantity or 0) > 0 for i, p, _ in pairs if i.goal.kind == "quantity"),
        last_done_on=max((p.done_on for p in done if p.done_on), default=None),
        declared=declared,
        continuity="continuity" in kinds
        and all(i.goal.kind == "continuity" or counts for i, _, counts in pairs),
        checkpoint=checkpoint,
        today=today,
        doubtful=doubtful,
    )


def freeze(
    account: Account, done: Mapping[str, date | None], *, after_the_fact: bool
) -> FrozenStanding:
    """Fix the standing as of the day after the gel; the frozen date is the gel's own."""
    return FrozenStanding(
        standing=stand(account),
        frozen_on=account.checkpoint.freeze_on,
        after_the_fact=after_the_fact,
        done=done,
    )
