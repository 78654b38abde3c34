"""What a reader of the reconciliation log finds there: for each event its row, word for word."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from sync.core.log_rows import (
    choice_row,
    decision_row,
    finding_rows,
    freeze_row,
    is_told,
    operation_rows,
    recovered_row,
    restored_row,
    revision_rows,
    seen_row,
    settlement_row,
    worth_a_row,
)
from sync.model.decision import Decision, Verdict
from sync.model.finding import Choice, Finding, FindingState, NewSettlement, StoredFinding
from sync.model.operation import (
    AnyOperation,
    AttachField,
    CreateTask,
    PlaceTask,
    SetParent,
    ShareProject,
    UpdateTask,
)
from sync.model.plan import Revision
from sync.model.progress import FrozenStanding, Standing, Status
from sync.model.record import Head, JournalEntry, JournalState, NewLogRow
from tests.core.paper_asana import small_plan

A1, A2, I1 = "action:A1-01", "action:A1-02", "indicator:A1-01-mi-chemin-1"
AT = datetime(2026, 2, 21, 14, 5, 9, tzinfo=UTC)
NO_WRITE = {
    Verdict.KEEP,
    Verdict.AGREE,
    Verdict.REPORT,
    Verdict.CONFLICT,
    Verdict.HOLD,
    Verdict.PULL,
}


def decided(verdict: Verdict, **facts: str | None) -> Decision:
    told = {"field": "name", "base": "Bureau", "plan": "Bureau", "asana": "Notre bureau"} | facts
    return Decision(verdict, A1, rule="name/report", reason_fr="écart", reason_en="drift", **told)  # type: ignore[arg-type]


@pytest.mark.parametrize("verdict", Verdict)
def test_a_write_waits_for_its_outcome_and_all_else_is_told_at_once(verdict: Verdict) -> None:
    assert worth_a_row(decided(verdict)) is (verdict in NO_WRITE)


@pytest.mark.parametrize(
    ("verdict", "kind", "outcome"),
    [
        (Verdict.PULL, "pull", "read"),
        (Verdict.REPORT, "report", "left"),
        (Verdict.CONFLICT, "conflict", "left"),
        (Verdict.HOLD, "hold", "left"),
    ],
)
def test_what_was_decided_without_a_write_is_told_with_its_three_sides(
    verdict: Verdict, kind: str, outcome: str
) -> None:
    assert decision_row(decided(verdict, base="Avant", plan="Plan")) == NewLogRow(
        kind=kind,
        subject=A1,
        field="name",
        base="Avant",
        plan="Plan",
        asana="Notre bureau",
        from_="Avant",
        to="Notre bureau",
        rule="name/report",
        reason_fr="écart",
        reason_en="drift",
        outcome=outcome,
        actor="asana",
    )


def test_a_value_that_was_never_seen_before_replaces_nothing() -> None:
    row = decision_row(decided(Verdict.PULL, base="unseen"))
    assert (row.base, row.from_, row.to) == ("unseen", None, "Notre bureau")


UNDECIDED = NewLogRow(
    kind="", subject=A1, rule="create", reason_fr="absent d’Asana", reason_en="absent from Asana"
)


@pytest.mark.parametrize(
    ("operation", "rows"),
    [
        pytest.param(
            CreateTask(ref=A1, name="Bureau", notes="…", role="actions", section="section:1.1"),
            [("CreateTask", "", "Bureau")],
            id="a creation by its name",
        ),
        pytest.param(
            AttachField(ref=A1, role="actions", field="field:axe"),
            [("AttachField", "", None)],
            id="what has no name by what it concerns",
        ),
        pytest.param(
            ShareProject(ref=A1, role="actions", member="le-greffe"),
            [("ShareProject", "", None)],
            id="no member by name",
        ),
        pytest.param(
            UpdateTask(
                ref=A1,
                builtins={"name": "Bureau", "due_on": date(2026, 2, 15), "assignee": None},
                fields={"field:axe": "option:axe/axe-1", "field:quantite": 3},
            ),
            [
                ("UpdateTask", "name", "Bureau"),
                ("UpdateTask", "due_on", "2026-02-15"),
                ("UpdateTask", "assignee", None),
                ("UpdateTask", "axe", "option:axe/axe-1"),
                ("UpdateTask", "quantite", "3"),
            ],
            id="an update field by field, built-in ones first",
        ),
        pytest.param(
            PlaceTask(ref=A1, role="actions", section="section:1.2", insert_after=A2),
            [("PlaceTask", "section", "section:1.2")],
            id="a move by its section",
        ),
        pytest.param(SetParent(ref=A1, parent=A2), [("SetParent", "parent", A2)], id="a parent"),
    ],
)
def test_a_write_is_told_by_what_it_wrote(
    operation: AnyOperation, rows: list[tuple[str, str, str | None]]
) -> None:
    assert list(operation_rows(operation, "rejected", {})) == [
        replace(UNDECIDED, kind=kind, field=field, to=to, outcome="rejected")
        for kind, field, to in rows
    ]


def test_a_write_is_told_with_the_decision_that_asked_for_that_field() -> None:
    """What it overwrote is Asana's value, and another field's decision says nothing of it."""
    asked = decided(Verdict.RESTORE, base="Avant", plan="Bureau")
    operation = UpdateTask(ref=A1, builtins={"name": "Bureau", "notes": "Notes"})
    told = {(A1, "name"): asked, (A2, "notes"): decided(Verdict.WRITE)}
    name, notes = operation_rows(operation, "done", told)
    assert name == NewLogRow(
        kind="UpdateTask",
        subject=A1,
        field="name",
        base="Avant",
        plan="Bureau",
        asana="Notre bureau",
        from_="Notre bureau",
        to="Bureau",
        rule="name/report",
        reason_fr="écart",
        reason_en="drift",
        outcome="done",
    )
    assert notes == replace(UNDECIDED, kind="UpdateTask", field="notes", to="Notes", outcome="done")


HAPPENED = ("réponse perdue : l’écriture a eu lieu", "answer lost: the write happened")
NOT_HAPPENED = (
    "réponse perdue : l’écriture n’a pas eu lieu",
    "answer lost: the write did not happen",
)
READ_AGAIN = (
    "réponse perdue : la tâche est relue, et ce qui manque est écrit de nouveau",
    "answer lost: the task is read again, and what is missing is written again",
)


@pytest.mark.parametrize(
    ("kind", "state", "gid", "reasons"),
    [
        ("CreateTask", "resolved", "1201", HAPPENED),
        ("CreateTask", "void", None, NOT_HAPPENED),
        ("CreateSection", "resolved", "1202", HAPPENED),
        ("UpdateTask", "resolved", "1203", READ_AGAIN),
        ("UpdateTask", "void", None, READ_AGAIN),
    ],
)
def test_a_lost_answer_is_told_with_what_became_of_it(
    kind: str, state: JournalState, gid: str | None, reasons: tuple[str, str]
) -> None:
    waiting = JournalEntry(7, "cycle", A1, kind, "unknown", AT)
    assert settlement_row((waiting, state, gid)) == NewLogRow(
        kind=kind,
        subject=A1,
        to=gid,
        rule="lost_answer",
        reason_fr=reasons[0],
        reason_en=reasons[1],
        outcome=state,
    )


@pytest.mark.parametrize(
    ("late", "fr", "en"), [(False, "", ""), (True, ", après coup", ", after the fact")]
)
def test_a_freeze_says_what_was_fixed_and_whether_in_time(late: bool, fr: str, en: str) -> None:
    standing = Standing(Status.NOT_ACHIEVED, 1, 2, "calendrier")
    fixed = FrozenStanding(standing, date(2026, 2, 20), after_the_fact=late)
    assert freeze_row((("A1-01", "mi-chemin"), fixed)) == NewLogRow(
        kind="freeze",
        subject=A1,
        field="gel/mi-chemin",
        to="non_atteint",
        rule="gel",
        reason_fr=f"état figé au 20 février 2026{fr}",
        reason_en=f"frozen as of 2026-02-20{en}",
        outcome="done",
    )


def undeclared(action: str, checkpoint: str = "Mi-chemin") -> Finding:
    facts = {"action": action, "checkpoint": checkpoint}
    return Finding("status.undeclared", f"action:{action}#mi-chemin", facts)


def stored(finding: Finding, state: FindingState = "open") -> StoredFinding:
    return StoredFinding(finding, "warning", state, AT, AT, "c1", "c2")


def by_key(*findings: Finding) -> dict[str, Finding]:
    return {finding.key: finding for finding in findings}


def said(action: str, outcome: str, checkpoint: str = "Mi-chemin") -> NewLogRow:
    return NewLogRow(
        kind="finding",
        subject=f"action:{action}#mi-chemin",
        rule="status.undeclared",
        reason_fr=f"{action}, « {checkpoint} » : "
        "l’échéance est passée et rien n’est déclaré ni fait.",
        reason_en=f"{action}, “{checkpoint}”: "
        "the due date has passed and nothing is declared or done.",
        outcome=outcome,
    )


def test_a_finding_is_told_when_it_opens_changes_and_closes_and_not_while_it_lasts() -> None:
    """A past day is explained from these rows: the words of that day must be among them."""
    before = {
        one.finding.key: one
        for one in (
            stored(undeclared("D"), "open"),
            stored(undeclared("C"), "seen"),
            stored(undeclared("F"), "settled"),
            stored(undeclared("E"), "seen"),
            stored(undeclared("H"), "open"),
            stored(undeclared("G"), "reopened"),
        )
    }
    after = by_key(
        undeclared("B"),
        undeclared("A"),
        undeclared("C"),
        undeclared("D", "Finalité"),  # nobody has seen it: still simply open, in other words
        undeclared("F", "Finalité"),
        undeclared("E", "Finalité"),
    )
    assert list(finding_rows(before, after)) == [
        said("A", "open"),
        said("B", "open"),
        said("D", "changed", "Finalité"),
        said("E", "reopened", "Finalité"),
        said("F", "reopened", "Finalité"),
        said("G", "closed"),
        said("H", "closed"),
    ]


def test_a_finding_that_comes_back_is_reopened_and_one_that_stays_away_is_not_told() -> None:
    """As the table of findings has it, whether its facts are those of before or others."""
    before = {
        one.finding.key: one for one in (stored(undeclared(a), "closed") for a in ("A", "B", "C"))
    }
    after = by_key(undeclared("A"), undeclared("B", "Finalité"))
    assert list(finding_rows(before, after)) == [
        said("A", "reopened"),
        said("B", "reopened", "Finalité"),
    ]


def test_one_that_was_closed_before_hides_none_that_closes_now() -> None:
    """The log would keep silent on every later one, in the order of their keys."""
    before = {
        undeclared(id_).key: stored(undeclared(id_), state)
        for id_, state in (("A", "closed"), ("B", "open"), ("C", "closed"), ("D", "seen"))
    }
    assert list(finding_rows(before, {})) == [said("B", "closed"), said("D", "closed")]


def test_a_finding_that_is_open_again_already_is_told_again_in_other_words_only() -> None:
    before = {undeclared("A").key: stored(undeclared("A"), "reopened")}
    assert list(finding_rows(before, by_key(undeclared("A")))) == []
    assert list(finding_rows(before, by_key(undeclared("A", "Finalité")))) == [
        said("A", "changed", "Finalité")
    ]


def test_what_each_attempt_words_anew_is_told_when_it_begins_and_when_it_ends() -> None:
    """A target that is down for a week would fill the log with its attempts."""

    def away(detail: str) -> Finding:
        facts = {"target": "public", "number": 4, "detail": detail, "detail_en": detail}
        return Finding("publish.failed", "target:public", facts)

    before = {away("un").key: stored(away("un"), "open")}
    assert list(finding_rows(before, by_key(away("deux")))) == []
    assert [row.outcome for row in finding_rows(before, {})] == ["closed"]


@pytest.mark.parametrize(
    ("state", "same_facts", "told"),
    [
        (None, True, True),
        ("open", True, True),
        ("seen", True, True),
        ("settled", True, False),
        ("settled", False, True),
        ("closed", True, True),
    ],
)
def test_what_a_person_settled_is_not_told_while_its_facts_last(
    state: FindingState | None, same_facts: bool, told: bool
) -> None:
    was = undeclared("A")
    now = was if same_facts else undeclared("A", "Finalité")
    assert is_told(stored(was, state) if state else None, now) is told


@pytest.mark.parametrize(
    ("choice", "value", "from_", "to", "name"),
    [
        ("keep", None, None, "keep", ("laisser tel quel", "leave as it is")),
        ("plan", None, None, "plan", ("remettre selon le plan", "restore from the plan")),
        ("recreate", '{"a": "1"}', None, "recreate", ("recréer", "create anew")),
        ("confirm", "atteint", None, "confirm atteint", ("confirmer un état", "confirm a status")),
        (
            "correct",
            "atteint",
            "non_atteint",
            "correct atteint",
            ("corriger l’état figé", "correct the frozen status"),
        ),
    ],
)
def test_a_choice_is_told_with_who_made_it_and_why(
    choice: Choice, value: str | None, from_: str | None, to: str, name: tuple[str, str]
) -> None:
    facts: Mapping[str, str] = {"was": "non_atteint"}
    key = f"status.frozen_otherwise:{A1}#mi-chemin"
    made = NewSettlement(key, choice, "Mme Roy", "vu au conseil", facts, value)
    assert choice_row(made) == NewLogRow(
        kind="settlement",
        subject=f"{A1}#mi-chemin",
        from_=from_,
        to=to,
        rule="status.frozen_otherwise",
        reason_fr=f"{name[0]} : vu au conseil",
        reason_en=f"{name[1]}: vu au conseil",
        outcome="settled",
        actor="Mme Roy",
    )


def test_who_read_a_finding_is_told_in_the_finding_s_words() -> None:
    assert seen_row(undeclared("A"), "Mme Roy") == replace(said("A", "seen"), actor="Mme Roy")


def test_a_restored_database_says_from_which_day_it_is() -> None:
    assert restored_row(AT) == NewLogRow(
        kind="restored",
        subject="store",
        to="2026-02-21T14:05:09+00:00",
        rule="restored",
        reason_fr="base restaurée de sa sauvegarde du 21 février 2026 à 14:05 UTC",
        reason_en="database restored from its backup of 2026-02-21 14:05:09 UTC",
        outcome="done",
    )


def test_a_recovery_says_what_it_took_over_and_which_end_of_the_log_was_lost() -> None:
    row = NewLogRow(
        kind="recovered",
        subject=A1,
        to="1201",
        rule="recovered",
        reason_fr="tâche reprise",
        reason_en="task taken over",
        outcome="done",
        actor="Mme Roy",
    )
    words = ("tâche reprise", "task taken over", "Mme Roy")
    assert recovered_row(A1, *words, to="1201") == row
    lost = recovered_row(A1, *words, lost=Head(12, "ab" * 32))
    assert lost == replace(row, from_="12:" + "ab" * 32, to=None)


def test_a_revision_is_told_difference_by_difference_under_its_number() -> None:
    before = small_plan()
    axis, other = before.axes
    volet, second = axis.volets
    bureau, budget = volet.actions
    kept = replace(volet, actions=(replace(bureau, title="Bureau de projets"),))
    after = replace(before, axes=(replace(axis, volets=(kept, second)), other))
    rows = list(revision_rows(before, Revision(2, AT.date(), "séance du 20", after), "Mme Roy"))
    row = NewLogRow(
        kind="revision",
        subject="",
        rule="révision 2",
        reason_fr="séance du 20",
        reason_en="séance du 20",
        outcome="done",
        actor="Mme Roy",
    )
    assert rows[:2] == [
        replace(row, subject="action:A1-02", from_=budget.title),
        replace(row, subject="action:A1-01", from_="Bureau", to="Bureau de projets"),
    ]
    assert {one.subject for one in rows[2:]} == {
        f"indicator:{line.id}" for _, line in budget.all_indicators()
    }
