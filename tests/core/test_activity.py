"""When people last changed anything of an action, and which ones have lain still."""

from collections.abc import Mapping
from datetime import date, timedelta

import pytest

from sync.core.activity import ACTIVE, stale, with_activity
from sync.core.draft import ChangeSet
from sync.core.values import Comparable
from sync.model.decision import Decision, Verdict
from sync.model.finding import Finding
from sync.model.operation import Ref
from sync.model.plan import Action, Axis, Goal, Indicator, Plan, Volet
from sync.model.progress import Standing, Status

TODAY = date(2026, 3, 1)
BEFORE = "2026-02-01"
NAMES = ("A-1", "A-2", "A-3")
PLAN = Plan(
    "p",
    "Plan",
    (
        Axis(
            1,
            "Axe",
            "But",
            (
                Volet(
                    "1.1",
                    "Volet",
                    tuple(
                        Action(
                            name,
                            f"Action {name}",
                            {
                                "mi": (Indicator(f"{name}-1", "Guide.", Goal("deliverable")),),
                                "fin": (Indicator(f"{name}-2", "Guide.", Goal("deliverable")),),
                            },
                        )
                        for name in NAMES
                    ),
                ),
            ),
        ),
    ),
)
KNOWN: Mapping[tuple[Ref, str], Comparable] = {(f"action:{n}", "active"): BEFORE for n in NAMES}


def changed(*subjects: Ref, verdict: Verdict = Verdict.PULL) -> ChangeSet:
    return ChangeSet(
        decisions=tuple(Decision(verdict, ref, "note", "pull", "", "") for ref in subjects),
        agreed={("action:A-1", "note"): "Bien"},
    )


@pytest.mark.parametrize(
    ("changes", "known", "active"),
    [
        pytest.param(changed(), KNOWN, [], id="nobody"),
        pytest.param(changed("action:A-2"), KNOWN, ["A-2"], id="the action"),
        pytest.param(changed("indicator:A-2-1"), KNOWN, ["A-2"], id="one of its lines"),
        pytest.param(changed("indicator:A-3-2"), KNOWN, ["A-3"], id="a line of the last"),
        pytest.param(changed("A-2", "indicator:A-2"), KNOWN, [], id="another thing of that name"),
        pytest.param(
            changed("action:A-2", verdict=Verdict.WRITE), KNOWN, [], id="what Jalon writes is none"
        ),
        pytest.param(changed(), {}, ["A-1", "A-2", "A-3"], id="seen first"),
        pytest.param(
            changed("action:A-2"),
            {**KNOWN, ("action:A-2", "active"): "2026-03-01"},
            [],
            id="already today",
        ),
    ],
)
def test_the_day_is_remembered_when_people_changed_something(
    changes: ChangeSet, known: Mapping[tuple[Ref, str], Comparable], active: list[str]
) -> None:
    kept = {("action:A-1", "note"): "Bien"}
    today = {(f"action:{name}", "active"): "2026-03-01" for name in active}
    found = with_activity(PLAN, changes, known, TODAY)
    assert found.agreed == kept | today
    assert found.decisions == changes.decisions


def test_where_nothing_was_touched_the_change_set_is_the_same() -> None:
    changes = changed()
    assert with_activity(PLAN, changes, KNOWN, TODAY) is changes
    assert ACTIVE == "active"


def standings(*first: Status) -> dict[str, dict[str, Standing]]:
    """A-1 at its checkpoints; the others are done."""
    told = {name: {"mi": Standing(Status.ACHIEVED, 1, 1, "accord")} for name in NAMES}
    told["A-1"] = {str(n): Standing(one, 0, 1, "accord") for n, one in enumerate(first)}
    return told


THIRTY = TODAY - timedelta(days=30)
LONGER = TODAY - timedelta(days=31)


@pytest.mark.parametrize(
    ("statuses", "last", "told"),
    [
        pytest.param((Status.UNDER_WAY,), LONGER, True, id="under way and still"),
        pytest.param((Status.CONTINUOUS,), LONGER, True, id="continuous and still"),
        pytest.param((Status.ACHIEVED, Status.UNDER_WAY), LONGER, True, id="at one checkpoint"),
        pytest.param((Status.ACHIEVED, Status.UPCOMING), LONGER, False, id="nothing going on"),
        pytest.param((), LONGER, False, id="at no checkpoint"),
        pytest.param((Status.UNDER_WAY,), THIRTY, False, id="thirty days are not too long"),
        pytest.param((Status.UNDER_WAY,), None, False, id="never seen"),
    ],
)
def test_what_is_said_to_go_on_and_lies_still_is_told(
    statuses: tuple[Status, ...], last: date | None, told: bool
) -> None:
    known: dict[tuple[Ref, str], Comparable] = {
        (f"action:{name}", "active"): "2025-01-01" for name in NAMES
    }
    known["action:A-1", "active"] = last.isoformat() if last else None
    facts = {"action": "Action A-1", "since": "2026-01-29"}
    expected = [Finding("action.stale", "action:A-1", facts)] if told else []
    assert list(stale(PLAN, standings(*statuses), known, {}, TODAY)) == expected


def test_what_is_agreed_on_now_goes_before_what_was_known() -> None:
    still = standings(Status.UNDER_WAY)
    place = ("action:A-1", "active")
    assert list(stale(PLAN, still, {place: BEFORE}, {place: "2026-03-01"}, TODAY)) == []
    (told,) = stale(PLAN, still, {place: "2026-03-01"}, {place: "2026-01-29"}, TODAY)
    assert told.facts["since"] == "2026-01-29"


def test_each_action_is_looked_at() -> None:
    """One that is done hides none that comes after it."""
    going = {name: {"mi": Standing(Status.UNDER_WAY, 0, 1, "accord")} for name in NAMES}
    going["A-1"] = {"mi": Standing(Status.ACHIEVED, 1, 1, "accord")}
    lain = {(f"action:{name}", "active"): "2025-01-01" for name in NAMES}
    subjects = [one.subject for one in stale(PLAN, going, lain, {}, TODAY)]
    assert subjects == ["action:A-2", "action:A-3"]
