"""A disagreement that lasts is one finding with a life, not a line per cycle."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from sync.adapters.store import Database, PlanStore
from sync.adapters.store.tables import finding
from sync.model.finding import Choice, Finding, NewSettlement, StoredFinding
from tests.adapters.store.stored_values import NOW

DRIFT = Finding("field.drifted", "action:A-1", {"plan": "12", "asana": None, "n": 3})
GONE = Finding("task.gone", "action:A-2")


def see(store: PlanStore, cycle: int, *findings: Finding, complete: bool = True) -> None:
    at = NOW + timedelta(hours=cycle)
    store.record_findings([(f, "warning") for f in findings], f"c{cycle}", at, complete=complete)


def only(store: PlanStore) -> StoredFinding:
    (found,) = store.findings(closed=True)
    return found


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


def chosen(found: Finding, choice: Choice = "keep") -> NewSettlement:
    return NewSettlement(found.key, choice, "Mme X", "voulu", dict(found.facts))


def test_what_a_person_settled_closes_once_it_is_gone(store: PlanStore) -> None:
    see(store, 1, DRIFT)
    store.add_settlement(chosen(DRIFT), NOW)
    see(store, 2, DRIFT)
    assert only(store).state == "settled"
    see(store, 3, complete=False)
    assert only(store).state == "settled"
    see(store, 4)
    assert only(store).state == "closed"
    see(store, 5, DRIFT)
    assert only(store).state == "reopened", "what was settled is over: it is asked again"


def test_other_facts_reopen_what_a_person_settled_or_saw(store: PlanStore) -> None:
    other = Finding(DRIFT.code, DRIFT.subject, {**DRIFT.facts, "asana": "14"})
    see(store, 1, DRIFT)
    store.mark_seen(DRIFT.key)
    see(store, 2, DRIFT)
    assert only(store).state == "seen"
    see(store, 3, other)
    assert only(store).state == "reopened"
    store.add_settlement(chosen(other), NOW)
    see(store, 4, other)
    assert only(store).state == "settled"
    see(store, 5, DRIFT)
    assert only(store).state == "reopened"


def test_settlements_are_numbered_and_come_back_whole(store: PlanStore) -> None:
    see(store, 1, DRIFT)
    first = store.add_settlement(chosen(DRIFT), NOW)
    second = store.add_settlement(
        NewSettlement(DRIFT.key, "confirm", "M. Y", "vérifié", DRIFT.facts, "atteint", "Dit."), NOW
    )
    assert (first.id, second.id) == (1, 2)
    assert store.settlements() == (first, second)


def test_a_finding_that_is_not_there_cannot_be_settled(store: PlanStore) -> None:
    with pytest.raises(LookupError):
        store.add_settlement(chosen(DRIFT), NOW)
    assert store.settlements() == ()
