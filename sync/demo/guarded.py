"""
One scene of the demo: a slip over the whole plan, held by the guard and mended by a person's yes.

Somebody empties a field that the plan owns on every action at once. Jalon would put every value
back; that many corrections are not made unasked. The administrator reads the change set, accepts
it by its digest, and Jalon mends the slip. On a plan too small for shares to count nothing is held.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final

from sync.core.marks import action_ref
from sync.cycle import CycleReport
from sync.demo.people import People
from sync.demo.script import Edit
from sync.errors import UnsafeChangeSet
from sync.model.guarding import Acceptance
from sync.model.record import LogRow
from sync.ports import Store
from sync.proposal import Wishes
from sync.wiring import OpenedPlan
from sync.wording import Text

AFTER: Final = timedelta(days=3)
BY: Final = "Administratrice inventée"
UNASKED: Final = Wishes(sandbox_only=True)
WHY: Final = "Démonstration : un champ vidé par erreur, à rétablir partout."

Cycle = Callable[[Wishes], CycleReport]


@dataclass(frozen=True, slots=True)
class GuardScene:
    """`refused` are the guard's words; `rows` what the log tells of the scene and of one action."""

    day: date
    emptied: int
    refused: Text
    digest: str
    accepted: CycleReport
    action_id: str
    rows: tuple[LogRow, ...]


def play(opened: OpenedPlan, people: People, day: date, cycle: Cycle) -> GuardScene | None:
    """Two cycles on that day: the one that is held, and the one that was accepted."""
    actions = [action.id for _, _, action in opened.plan.actions()]
    axis = opened.rules.mapping.role("axis").key
    slip = [Edit(day, action_ref(id_), fields={axis: None}) for id_ in actions]
    emptied = people.work(slip, opened.store.links())
    try:
        cycle(UNASKED)
    except UnsafeChangeSet as held:
        digest = str(held.facts["digest"])
        yes = Acceptance(digest, BY, WHY)
        report = cycle(replace(UNASKED, accept=yes))
        rows = _rows(opened.store, actions[0])
        return GuardScene(day, emptied, held.text, digest, report, actions[0], rows)
    return None


def _rows(store: Store, action_id: str) -> tuple[LogRow, ...]:
    """The refusal, the yes, and what both did to one action."""
    latest = store.cycles(2)
    cycles = {record.id for record in latest}
    about = {"cycle", action_ref(action_id)}
    return tuple(row for row in store.log() if row.cycle_id in cycles and row.subject in about)
