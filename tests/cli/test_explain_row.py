"""The reason that `jalon explain` gives is the one by which the status was published."""

from datetime import UTC, date, datetime
from itertools import product

import pytest

from sync.cli.commands.explain import row_behind
from sync.core.reconcile import accounts_of, ruled, standings_of
from sync.core.snapshot import build_snapshot
from sync.core.status import row_for
from sync.model.mapping import DeclaredWord
from sync.model.plan import Action, Axis, Goal, Indicator, Plan, Revision, Volet
from sync.model.progress import ActionProgress, IndicatorProgress, Ruling, Status
from tests.core.paper_asana import CHECKPOINTS, rules_for

MID = CHECKPOINTS[0]
IN_TIME, LATE, AHEAD = date(2026, 2, 10), date(2026, 2, 17), date(2026, 9, 1)
DAYS = (date(2026, 2, 12), date(2026, 2, 18), date(2026, 3, 1))
WORDS: tuple[DeclaredWord | None, ...] = (None, "a_venir", "en_cours", "atteint", "en_continu")
RULED = (None, Ruling(Status.ACHIEVED, DAYS[0], ""), Ruling(Status.RETIRED, DAYS[0], ""))
DONE = (
    IndicatorProgress(),
    IndicatorProgress(done=True, done_on=IN_TIME, quantity=3),
    IndicatorProgress(done=True, done_on=LATE, quantity=5),
    IndicatorProgress(done=True, done_on=AHEAD),
    IndicatorProgress(quantity=2),
    IndicatorProgress(quantity=2_000_000_000),
)
GOALS = {
    "a quantity": Goal("quantity", 3, 4, "organismes"),
    "a continuity": Goal("continuity"),
    "a deliverable": Goal("deliverable"),
}


@pytest.mark.parametrize("goal", GOALS)
def test_the_row_that_explains_is_the_row_that_answered(goal: str) -> None:
    """Only what was published is looked at: of a figure without a tick the page says nothing."""
    lines = (Indicator("A-1", "Un", GOALS[goal]), Indicator("A-2", "Deux", GOALS["a deliverable"]))
    plan = Plan(
        "p",
        "Plan",
        (Axis(1, "x", "y", (Volet("1.1", "v", (Action("A", "T", {MID.id: lines}),)),)),),
    )
    rules = rules_for(plan)
    given = set()
    for first, second, word, day, ruling in product(DONE, DONE, WORDS, DAYS, RULED):
        progress = {
            "A": ActionProgress(declared={MID.id: word}, indicators={"A-1": first, "A-2": second})
        }
        rulings = {} if ruling is None else {("A", MID.id): ruling}
        accounts = accounts_of(plan, rules, progress, day)
        snapshot = build_snapshot(
            Revision(1, date(2025, 11, 28), "séance", plan),
            rules,
            progress,
            standings_of(accounts, rulings),
            {},
            number=1,
            as_of=day,
            generated_at=datetime(2026, 2, 1, tzinfo=UTC),
            demonstration=True,
            rulings=rulings,
        )
        (action,) = snapshot.actions()
        answered = row_for(ruled(accounts["A"][MID.id], ruling))
        told = row_behind(action.jalons[MID.id], snapshot.jalons[0], snapshot)
        assert told is answered, (first, second, word, day, ruling, action.jalons[MID.id])
        given.add(answered.id)
    assert len(given) >= 9
