"""What a publication tells of a lost store, and what it does not."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest

from sync.adapters.plans.adopted import load_plan
from sync.core.after_recovery import after_recovery
from sync.core.chosen import Chosen
from sync.core.history import history_of
from sync.core.rebuild import entered_in, frozen_in, plan_in, revisions_in
from sync.core.reword import reword
from sync.core.snapshot import build_snapshot, canonical
from sync.core.view import Seen, due_freezes
from sync.model.plan import Plan, Revision
from sync.model.progress import Status
from sync.model.snapshot import Snapshot
from tests.core.paper_asana import PaperAsana, provisioned, rules_for, small_plan

ADOPTED = Path(__file__).parents[2] / "config" / "plans"
FIRST = Revision(1, date(2025, 11, 28), "première adoption", small_plan())
GEL = date(2026, 2, 20)
TODAY = date(2026, 3, 1)


def shown(paper: PaperAsana, day: date, number: int, revision: Revision = FIRST) -> Snapshot:
    """As a reader gets it: through its bytes."""
    view = paper.look(day)
    made = build_snapshot(
        revision,
        paper.rules,
        view.progress,
        view.standings,
        paper.frozen,
        number=number,
        as_of=day,
        generated_at=datetime.combine(day, time(17), UTC),
        demonstration=True,
    )
    return Snapshot.model_validate_json(canonical(made))


def published(plan: Plan, number: int, revision: int = 1) -> Snapshot:
    paper = PaperAsana(plan, rules_for(plan))
    dated = Revision(revision, date(2025, 11, 28) + timedelta(days=revision), "", plan)
    return shown(paper, date(2026, 2, 1), number, dated)


@pytest.mark.parametrize("file", sorted(ADOPTED.glob("*.yaml")), ids=lambda file: file.stem)
def test_the_page_tells_a_real_plan_word_for_word(file: Path) -> None:
    plan = load_plan(file.read_text(encoding="utf-8"), file.name)
    assert plan_in(published(plan, 1)) == replace(plan, retired_ids=())
    (again,) = revisions_in([published(plan, 1)], plan, (), TODAY)
    assert again.plan == plan


def test_words_that_the_file_says_otherwise_are_those_of_the_page() -> None:
    """A file that was edited since is no revision; one that only looks the same is spelt so."""
    plan = small_plan()
    (action, *_) = [action for _, _, action in plan.actions()]
    other = reword(plan, {f"action:{action.id}": "Tout autre chose"})
    (found,) = revisions_in([published(plan, 1)], other, (), TODAY)
    assert found.plan == plan
    hidden = reword(plan, {f"action:{action.id}": f"{action.title}\u200b"})
    (found,) = revisions_in([published(hidden, 1)], hidden, (), TODAY)
    assert found.plan == hidden


def test_revisions_keep_number_and_day_and_ids_are_never_given_again() -> None:
    plan = small_plan()
    (line, *_) = [line for _, _, line in plan.indicators()]
    axes = tuple(
        replace(axis, volets=tuple(replace(v, actions=v.actions[:1]) for v in axis.volets))
        for axis in plan.axes
    )
    smaller = replace(plan, axes=axes)
    series = [published(plan, 1), published(smaller, 2, revision=3)]
    found = revisions_in(series, smaller, (), TODAY)
    assert [one.number for one in found] == [1, 2, 3]
    assert [one.adopted_on for one in found] == [date(2025, 11, 29)] * 2 + [date(2025, 12, 1)]
    assert found[1].plan == found[0].plan
    gone = {a.id for _, _, a in plan.actions()} - {a.id for _, _, a in smaller.actions()}
    assert gone <= set(found[2].plan.retired_ids)
    assert line.id not in found[2].plan.retired_ids
    assert [one.number for one in revisions_in(series, smaller, found[:1], TODAY)] == [2, 3]
    (only,) = revisions_in([], smaller, (), TODAY)
    assert (only.plan, only.adopted_on) == (smaller, TODAY)
    assert "fichier" in only.reason


def test_what_was_frozen_is_found_as_it_was_and_not_as_it_became() -> None:
    """One line was done on the gel's day; another later, set back before it: it did not count."""
    paper = provisioned()
    paper.set_field("indicator:A1-01-mi-chemin-1", "fait_le", GEL)
    series = [shown(paper, GEL, 1)]
    view = paper.look(GEL)
    seen = Seen(view.progress, GEL, view.rulings, at_its_end=True)
    due = due_freezes(
        paper.plan, paper.rules, seen, seen, {}, date(2026, 2, 21), history_of([FIRST])
    )
    paper.frozen.update(due)
    paper.set_field("indicator:A1-02-mi-chemin-1", "fait_le", date(2026, 2, 10))
    series += [shown(paper, date(2026, 2, 21), 2), shown(paper, TODAY, 3)]
    found = frozen_in(series)
    assert found.keys() == due.keys()
    for key, fixed in due.items():
        again = found[key]
        assert (again.standing.status, again.frozen_on) == (fixed.standing.status, GEL)
        assert (again.done, again.standing.done) == (fixed.done, fixed.standing.done)
        assert again.after_the_fact == fixed.after_the_fact


def test_what_the_page_said_was_agreed_and_what_it_hid_is_unseen() -> None:
    paper = provisioned()
    paper.set_field("action:A1-01", "declare/mi-chemin", "en_cours")
    paper.set_field("action:A1-01", "note_publique", "Pas encore publiée.")
    paper.set_field("indicator:A1-01-mi-chemin-1", "fait_le", date(2026, 2, 1))
    then = shown(paper, date(2026, 2, 1), 1)
    seen = {
        ("action:A1-01", "declare/mi-chemin"): "en_cours",
        ("action:A1-01", "note_publique"): "Pas encore publiée.",
        ("indicator:A1-01-mi-chemin-1", "fait_le"): "2026-02-01",
    }
    same = entered_in(paper.rules, then, shown(paper, date(2026, 2, 2), 2), seen)
    assert same == seen
    paper.set_field("action:A1-01", "declare/mi-chemin", None)
    paper.set_field("indicator:A1-01-mi-chemin-1", "fait_le", None)
    now = shown(paper, date(2026, 2, 2), 2)
    emptied = entered_in(paper.rules, then, now, {})
    assert emptied == {
        ("action:A1-01", "declare/mi-chemin"): "en_cours",
        ("indicator:A1-01-mi-chemin-1", "fait_le"): "2026-02-01",
    }


def test_after_a_recovery_the_page_turns_nothing_back_unseen() -> None:
    paper = provisioned()
    paper.set_field("indicator:A1-01-mi-chemin-1", "fait_le", date(2026, 2, 1))
    then = shown(paper, date(2026, 2, 1), 1)
    assert after_recovery(paper.look(), 5, then, shown(paper, date(2026, 2, 2), 2)) == ()
    paper.set_field("indicator:A1-01-mi-chemin-1", "fait_le", None)
    (alarm,) = after_recovery(paper.look(), 5, then, shown(paper, date(2026, 2, 2), 2))
    assert alarm.rule == "page after a recovery"
    assert "indicator:A1-01-mi-chemin-1" in alarm.subjects


def test_a_ruling_that_would_leave_the_page_is_told() -> None:
    paper = provisioned()
    now = shown(paper, TODAY, 2)
    (axis, *axes) = now.axes
    (volet, *volets) = axis.volets
    (action, *actions) = volet.actions
    ruled = {
        key: one.model_copy(update={"etat": Status.RETIRED, "selon": "reglement"})
        for key, one in action.jalons.items()
    }
    volet = volet.model_copy(
        update={"actions": (action.model_copy(update={"jalons": ruled}), *actions)}
    )
    axis = axis.model_copy(update={"volets": (volet, *volets)})
    then = now.model_copy(update={"axes": (axis, *axes)})
    (alarm,) = after_recovery(paper.look(TODAY, chosen=Chosen()), 5, then, now)
    assert all(subject.startswith(f"action:{action.id}#") for subject in alarm.subjects)
