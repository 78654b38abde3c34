"""A disagreement that lasts is one finding with a life, not a line per cycle."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from sync.adapters.store import Database, PlanStore
from sync.adapters.store.findings import state_after_sighting
from sync.adapters.store.tables import finding
from sync.model.finding import Finding, FindingState, StoredFinding
from tests.adapters.store.stored_values import NOW

DRIFT = Finding("field.drifted", "action:A-1", {"plan": "12", "asana": None, "n": 3})
GONE = Finding("task.gone", "action:A-2")


def see(store: PlanStore, cycle: int, *findings: Finding, complete: bool = True) -> None:
    at = NOW + timedelta(hours=cycle)
    store.record_findings([(f, "warning") for f in findings], f"c{cycle}", at, complete=complete)


def only(store: PlanStore) -> StoredFinding:
    (found,) = store.findings(closed=True)
    return found


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param(None, "open", id="first seen"),
        pytest.param("open", "open", id="still there"),
        pytest.param("seen", "seen", id="a person saw it"),
        pytest.param("settled", "settled", id="a person settled it, and it lasts"),
        pytest.param("reopened", "reopened", id="came back and stays"),
        pytest.param("closed", "reopened", id="came back"),
    ],
)
def test_a_sighting_moves_the_state(before: FindingState | None, after: FindingState) -> None:
    assert state_after_sighting(before) == after


def test_a_finding_that_lasts_keeps_its_first_sighting_and_tells_its_last(store: PlanStore) -> None:
    see(store, 1, DRIFT)
    newer = Finding(DRIFT.code, DRIFT.subject, {"plan": "13"})
    store.record_findings([(newer, "error")], "c2", NOW + timedelta(hours=2), complete=True)
    assert only(store) == StoredFinding(
        finding=newer,
        severity="error",
        state="open",
        first_seen=NOW + timedelta(hours=1),
        last_seen=NOW + timedelta(hours=2),
        first_cycle="c1",
        last_cycle="c2",
    )


def test_what_a_complete_cycle_does_not_see_is_over(store: PlanStore, database: Database) -> None:
    see(store, 1, DRIFT, GONE)
    see(store, 2, GONE)
    assert [f.finding.key for f in store.findings()] == [GONE.key]
    assert {f.finding.key: f.state for f in store.findings(closed=True)} == {
        DRIFT.key: "closed",
        GONE.key: "open",
    }
    with database._engine.connect() as connection:
        closed = select(finding.c.closed_at).where(finding.c.key == DRIFT.key)
        assert connection.scalar(closed) == NOW + timedelta(hours=2)


def test_a_partial_cycle_closes_nothing(store: PlanStore) -> None:
    """Nothing may be concluded from absence when a listing failed."""
    see(store, 1, DRIFT)
    see(store, 2, complete=False)
    assert only(store).state == "open"
    assert only(store).last_cycle == "c1"


def test_a_finding_that_comes_back_is_reopened_since_its_first_day(store: PlanStore) -> None:
    see(store, 1, DRIFT)
    see(store, 2)
    see(store, 3, DRIFT)
    assert only(store).state == "reopened"
    assert only(store).first_seen == NOW + timedelta(hours=1)
    see(store, 4, DRIFT)
    assert only(store).state == "reopened"


def test_what_a_person_settled_closes_once_it_is_gone(store: PlanStore, database: Database) -> None:
    see(store, 1, DRIFT)
    with database._engine.begin() as connection:
        connection.execute(update(finding).values(state="settled"))
    see(store, 2, DRIFT)
    assert only(store).state == "settled"
    see(store, 3)
    assert only(store).state == "closed"
