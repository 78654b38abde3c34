"""What a write is about to change, kept so that a cycle that dies tells it all the same."""

import json
from datetime import UTC, datetime

import pytest

from sync.core.intended import (
    intention,
    restored_found,
    rows_found,
    settle_write,
    spent_found,
)
from sync.core.races import Written
from sync.model.decision import Decision, Verdict
from sync.model.finding import Finding
from sync.model.operation import CreateTask, PlaceTask, SetParent, UpdateTask
from sync.model.record import JournalEntry, JournalState, NewLogRow

AT = datetime(2026, 2, 1, tzinfo=UTC)
REF = "action:A-1"
WRITE = UpdateTask(
    ref=REF, builtins={"name": "Été", "notes": None}, fields={"field:axe": "option:axe/1"}
)
DECISIONS = {
    (REF, "name"): Decision(
        Verdict.WRITE, REF, "name", "write", "le plan a changé", "the plan changed", "a", "Été", "b"
    ),
    (REF, "axe"): Decision(
        Verdict.RESTORE, REF, "axe", "restore", "le plan possède", "the plan owns", "1", "1", "2"
    ),
}
RESTORED = {
    f"{REF}#axe": Finding("drift.restored", f"{REF}#axe", {"action": "Été", "n": 2}),
    f"{REF}#autre": Finding("drift.restored", f"{REF}#autre"),
    "action:A-2#axe": Finding("drift.restored", "action:A-2#axe"),
}
HOPED = {(REF, "name"): "Été", (REF, "name!"): "12", (REF, "axe!"): None}


def kept(detail: str | None, state: JournalState = "intended") -> JournalEntry:
    return JournalEntry(1, "c1", REF, "UpdateTask", state, AT, detail=detail)


def told() -> str:
    detail = intention(WRITE, DECISIONS, RESTORED, HOPED)
    assert detail is not None
    return detail


def row(field: str, to: str | None, outcome: str, **said: str) -> NewLogRow:
    if field == "notes":
        why = ("absent d’Asana", "absent from Asana")
        rule, values = "create", {}
    elif field == "name":
        why, rule = ("le plan a changé", "the plan changed"), "write"
        values = {"base": "a", "plan": "Été", "asana": "b", "from_": "b"}
    else:
        why, rule = ("le plan possède", "the plan owns"), "restore"
        values = {"base": "1", "plan": "1", "asana": "2", "from_": "2"}
    return NewLogRow(
        "UpdateTask",
        REF,
        field,
        **values,
        to=to,
        rule=rule,
        reason_fr=f"{why[0]} (cycle interrompu, constaté après coup)",
        reason_en=f"{why[1]} (cycle interrupted, found afterwards)",
        outcome=outcome,
    )


@pytest.mark.parametrize("state", ["resolved", "void", "unseen"])
def test_what_a_dead_cycle_wrote_is_told_as_it_would_have_told_it(state: JournalState) -> None:
    assert list(rows_found((kept(told()), state, None))) == [
        row("name", "Été", state),
        row("notes", None, state),
        row("axe", "option:axe/1", state),
    ]


def test_the_form_in_which_an_intention_is_kept() -> None:
    """Said in full once: what an older release kept is told by a newer one."""
    ours = PlaceTask(ref=REF, role="actions", section="section:1.1")
    there = Decision(Verdict.RESTORE, REF, "section", "restore", "fr", "en", "a", "b", "c")
    back = Finding("field.restored", f"{REF}#section", {"n": 1})
    detail = intention(ours, {(REF, "section"): there}, {back.subject: back}, {(REF, "x!"): None})
    assert json.loads(detail or "") == {
        "rows": [
            {
                "kind": "PlaceTask",
                "subject": REF,
                "field": "section",
                "base": "a",
                "plan": "b",
                "asana": "c",
                "from_": "c",
                "to": "section:1.1",
                "rule": "restore",
                "reason_fr": "fr",
                "reason_en": "en",
                "outcome": "intended",
                "actor": "jalon",
            }
        ],
        "restored": [{"code": "field.restored", "subject": f"{REF}#section", "facts": {"n": 1}}],
        "spent": [[REF, "x!", None]],
    }


@pytest.mark.parametrize("state", ["resolved", "unseen"])
def test_what_it_put_back_is_told_with_it_unless_it_did_not_happen(state: JournalState) -> None:
    """Of this write's own fields only."""
    assert list(restored_found((kept(told()), state, None))) == [RESTORED[f"{REF}#axe"]]
    assert list(restored_found((kept(told()), "void", None))) == []


@pytest.mark.parametrize("state", ["resolved", "unseen"])
def test_a_settlement_that_it_carried_out_is_spent_unless_it_did_not_happen(
    state: JournalState,
) -> None:
    assert spent_found((kept(told()), state, None)) == {
        (REF, "name!"): "12",
        (REF, "axe!"): None,
    }
    assert spent_found((kept(told()), "void", None)) == {}


@pytest.mark.parametrize("state", ["done", "rejected", "unknown", "resolved", "void", "unseen"])
def test_what_was_answered_has_been_told(state: JournalState) -> None:
    settled = kept(told(), state), state, None
    assert (list(rows_found(settled)), list(restored_found(settled)), spent_found(settled)) == (
        [],
        [],
        {},
    )


@pytest.mark.parametrize("detail", [None, "", "{}"])
def test_an_intention_of_nothing_tells_nothing(detail: str | None) -> None:
    """A creation keeps none: whether it happened is told by another row."""
    settled: tuple[JournalEntry, JournalState, str | None] = (kept(detail), "resolved", "1")
    assert (list(rows_found(settled)), list(restored_found(settled)), spent_found(settled)) == (
        [],
        [],
        {},
    )
    assert settle_write(kept(detail), [Written(REF, "name", "b")]) == "resolved"


def test_a_creation_writes_over_nothing() -> None:
    made = CreateTask(ref=REF, name="Été", notes="", role="actions", section="section:1.1")
    assert intention(made, {}, {}, {}) is None


def test_moves_are_writes_too_and_accents_are_kept_as_they_are() -> None:
    """The journal is read by people."""
    assert "Été" in told()
    placed = intention(PlaceTask(ref=REF, role="actions", section="section:1.1"), {}, {}, {})
    hung = intention(SetParent(ref=REF, parent="action:A-2"), {}, {}, {})
    rows = [next(rows_found((kept(each), "resolved", None))) for each in (placed, hung)]
    assert [(one.field, one.to) for one in rows] == [
        ("section", "section:1.1"),
        ("parent", "action:A-2"),
    ]


def seen(**values: str | None) -> list[Written]:
    return [Written(REF, name, value) for name, value in values.items()]


@pytest.mark.parametrize(
    ("now", "state"),
    [
        pytest.param(seen(name="b", axe="2"), "void", id="nothing of it stands there"),
        pytest.param(seen(name="Été", axe="2"), "resolved", id="one of it does"),
        pytest.param(seen(name="b", axe="1"), "resolved", id="the other does"),
        pytest.param(seen(name="tout autre"), "void", id="what is seen is something else"),
        pytest.param(seen(name=None), "void", id="it is empty"),
        pytest.param(seen(), "unseen", id="nothing was seen"),
        pytest.param(seen(due_on="x"), "unseen", id="another field was seen"),
        pytest.param(seen(notes="x"), "unseen", id="a field of which no decision tells"),
    ],
)
def test_a_write_is_void_where_nothing_of_it_stands(now: list[Written], state: str) -> None:
    assert settle_write(kept(told()), now) == state
