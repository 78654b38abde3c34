"""
When people last changed anything of an action, and which actions have lain still since.

Asana's own date of change would not do: Jalon's writes move it too. So the day of the last change
that was pulled is remembered beside the baselines, from the first sight of the action on.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Final

from sync.core.draft import ChangeSet
from sync.core.marks import action_ref, refs_in
from sync.core.values import Comparable
from sync.model.decision import Verdict
from sync.model.finding import Finding
from sync.model.operation import Ref
from sync.model.plan import Plan
from sync.model.progress import Standing, Status

STALE_AFTER: Final = timedelta(days=30)
ACTIVE: Final = "active"
"""Where the baselines remember it, beside an action's fields."""
_GOING_ON = (Status.UNDER_WAY, Status.CONTINUOUS)

Baselines = Mapping[tuple[Ref, str], Comparable]


def with_activity(plan: Plan, changes: ChangeSet, baselines: Baselines, today: date) -> ChangeSet:
    """The change set, with today for each action that people changed or that is seen first."""
    touched = {d.subject for d in changes.decisions if d.verdict is Verdict.PULL}
    active: dict[tuple[Ref, str], Comparable] = {}
    day = today.isoformat()
    for _, _, action in plan.actions():
        ref = action_ref(action.id)
        last = baselines.get((ref, ACTIVE))
        if last is None or (last != day and touched and not touched.isdisjoint(refs_in(action))):
            active[ref, ACTIVE] = day
    return replace(changes, agreed={**changes.agreed, **active}) if active else changes


def stale(
    plan: Plan,
    standings: Mapping[str, Mapping[str, Standing]],
    baselines: Baselines,
    agreed: Baselines,
    today: date,
) -> Iterator[Finding]:
    """
    Said to be going on, and nothing was changed for longer than STALE_AFTER.

    What is `agreed` on now goes before the baselines; they are too many to be laid together.
    """
    for _, _, action in plan.actions():
        if not any(one.status in _GOING_ON for one in standings[action.id].values()):
            continue
        key = (action_ref(action.id), ACTIVE)
        last = agreed.get(key) or baselines.get(key)
        if last and today - date.fromisoformat(last) > STALE_AFTER:
            facts: dict[str, str | int | None] = {"action": action.title, "since": last}
            yield Finding("action.stale", action_ref(action.id), facts)
