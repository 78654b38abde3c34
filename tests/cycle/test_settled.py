"""What a person chose for a finding, on the whole road: it acts once, and all is quiet after."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from sync.core.settling import Ask
from sync.errors import ConfigError, SyncError
from sync.model.finding import Choice, FindingState, StoredFinding
from sync.model.mapping import BuiltinRule
from sync.model.progress import Status
from sync.sandbox.process import RunningSandbox
from sync.settlement import see_finding, settle_finding
from tests.core.paper_asana import rules_for, small_plan
from tests.cycle.test_crashes import LEASE_GONE, count_points, run_until_killed
from tests.cycle.test_faults import break_once
from tests.cycle.test_people import A1, A2, A3, AFTER_GEL, action, page
from tests.road import Road, with_limits

WHO = "Mme la greffière"
RENAMED = f"field.drifted:{A1}#name"
LOST = f"task.missing:{A3}"
LOST_LINE = "indicator:A1-03-mi-chemin-1"


def settle(
    road: Road, key: str, choice: Choice, why: str = "décidé au comité", **more: Any
) -> None:
    plan = road.store.revisions()[-1].plan
    settle_finding(
        road.store,
        plan,
        key,
        Ask(choice, WHO, why, **more),
        road.clock.now(),
        zone=road.steering.zone,
    )


def found(road: Road, key: str) -> StoredFinding:
    return next(f for f in road.store.findings(closed=True) if f.finding.key == key)


def state(road: Road, key: str) -> FindingState:
    return found(road, key).state


def rename(road: Road, ref: str, name: str) -> None:
    road.control.edit_task(road.gid(ref), "Greffière", name=name)


def move(road: Road, ref: str, section: str) -> None:
    project = road.gid("project:actions")
    road.control.move_task(road.gid(ref), "Greffière", project, road.gid(section))


def name_in_asana(road: Road, ref: str) -> str:
    return str(road.tasks()[road.gid(ref)]["name"])


def assert_quiet(road: Road) -> None:
    """The next cycle writes nothing, publishes nothing and says nothing."""
    rows = len(list(road.store.log()))
    road.control.forget_requests()
    report = road.cycle()
    assert (road.writes(), report.snapshot_is_new) == (0, False)
    assert report.outcome == "ok"
    assert len(list(road.store.log())) == rows


def drifted(road: Road) -> None:
    road.begin()
    rename(road, A1, "Bureau des projets")
    road.wait(90)
    road.cycle()


def lost(road: Road) -> None:
    road.begin()
    road.control.edit_task(
        road.gid(A3), "Greffière", fields={road.field_name("declare/mi-chemin"): "En cours"}
    )
    road.control.edit_task(road.gid(LOST_LINE), "Greffière", completed=True)
    road.wait(90)
    road.cycle()
    road.control.trash_task(road.gid(A3), "Greffière")
    road.wait(3600)
    road.cycle(full=True)


# the plan's value


def test_the_plan_s_value_is_written_once_and_the_finding_closes(road: Road) -> None:
    drifted(road)
    settle(road, RENAMED, "plan")
    assert name_in_asana(road, A1) == "Bureau des projets", "the command itself writes nothing"
    road.cycle()
    assert name_in_asana(road, A1) == "Bureau"
    assert state(road, RENAMED) == "closed"
    (row,) = [r for r in road.store.log(subject=A1) if r.rule == "settle"]
    assert (row.from_, row.to, row.outcome) == ("Bureau des projets", "Bureau", "done")
    assert WHO in row.reason_fr
    (chosen,) = [r for r in road.store.log(subject=A1) if r.kind == "settlement"]
    assert (chosen.actor, chosen.to) == (WHO, "plan")
    assert_quiet(road)


def test_a_later_edit_is_not_overwritten_by_an_earlier_choice(road: Road) -> None:
    drifted(road)
    settle(road, RENAMED, "plan")
    rename(road, A1, "Bureau tout neuf")
    road.wait(90)
    road.cycle()
    assert name_in_asana(road, A1) == "Bureau tout neuf"
    assert state(road, RENAMED) == "reopened"


def test_a_long_text_changed_beyond_what_is_shown_is_another_question(road: Road) -> None:
    """The finding shows 160 characters: the rest counts too."""
    road.begin()
    key, long = f"field.drifted:{A1}#notes", "x" * 400
    road.control.edit_task(road.gid(A1), "Greffière", notes=long + " un")
    road.wait(90)
    road.cycle()
    settle(road, key, "plan")
    road.control.edit_task(road.gid(A1), "Greffière", notes=long + " deux")
    road.wait(90)
    road.cycle()
    assert road.tasks()[road.gid(A1)]["notes"].endswith("deux")
    assert state(road, key) == "reopened"


def test_the_same_edit_made_again_is_asked_again(road: Road) -> None:
    """The plan's value is put back once for a choice, not for ever."""
    drifted(road)
    settle(road, RENAMED, "plan")
    road.cycle()
    rename(road, A1, "Bureau des projets")
    road.wait(90)
    road.cycle()
    assert name_in_asana(road, A1) == "Bureau des projets"
    assert state(road, RENAMED) == "reopened"
    told = [r.outcome for r in road.store.log(subject=f"{A1}#name") if r.rule == "field.drifted"]
    assert told[-2:] == ["closed", "reopened"], "the log says what the table of findings does"


def test_the_order_that_people_gave_is_mended_when_settled_so(road: Road) -> None:
    road.begin()
    key = "field.drifted:section:1.1#order"
    move(road, A1, "section:1.1")
    road.wait(90)
    road.cycle(full=True)
    settle(road, key, "plan")
    road.cycle()
    assert state(road, key) == "closed"
    assert_quiet(road)


# Asana's value


def test_asana_s_words_become_a_dated_revision_and_the_old_ones_stay(road: Road) -> None:
    drifted(road)
    settle(road, RENAMED, "asana", "le nouveau nom est le bon")
    assert len(road.store.revisions()) == 1, "the plan changes in the cycle, not before"
    road.cycle()
    first, second = road.store.revisions()
    assert next(a.title for _, _, a in first.plan.actions()) == "Bureau"
    assert next(a.title for _, _, a in second.plan.actions()) == "Bureau des projets"
    assert (second.reason, second.adopted_on) == ("le nouveau nom est le bon", date(2026, 2, 1))
    assert action(road, "A1-01")["titre"] == "Bureau des projets"
    assert page(road)["plan"]["revision"] == 2
    assert name_in_asana(road, A1) == "Bureau des projets"
    assert state(road, RENAMED) == "closed"
    rows = [r for r in road.store.log(subject="action:A1-01") if r.kind == "revision"]
    assert [(r.from_, r.to, r.actor) for r in rows] == [("Bureau", "Bureau des projets", WHO)]
    assert road.cycle().outcome == "ok"
    assert_quiet(road)


def test_other_words_than_those_accepted_are_not_taken_into_the_plan(road: Road) -> None:
    drifted(road)
    settle(road, RENAMED, "asana")
    rename(road, A1, "Tout autre chose")
    road.wait(90)
    road.cycle()
    assert len(road.store.revisions()) == 1
    assert state(road, RENAMED) == "reopened"


def test_an_action_moved_to_another_volet_is_accepted_there(road: Road) -> None:
    road.begin()
    key = f"field.drifted:{A2}#section"
    move(road, A2, "section:2.1")
    road.wait(90)
    road.cycle(full=True)
    settle(road, key, "asana")
    road.cycle()
    volets = {v.id: [a.id for a in v.actions] for _, v in road.store.revisions()[-1].plan.volets()}
    assert volets["2.1"] == ["A2-01", "A1-02"]
    assert road.cycle().outcome == "ok"
    assert_quiet(road)


@pytest.mark.parametrize("part", ["notes"])
def test_what_the_plan_does_not_say_cannot_be_accepted_into_it(road: Road, part: str) -> None:
    road.begin()
    road.control.edit_task(road.gid(A1), "Greffière", **{part: "À ma façon"})
    road.wait(90)
    road.cycle()
    refused(road, f"field.drifted:{A1}#{part}", "asana", "rien à y accepter")


def test_private_words_are_not_accepted_into_what_is_published(road: Road) -> None:
    road.begin()
    rename(road, A1, "Écrire à jeanne@exemple.org")
    road.wait(90)
    road.cycle()
    refused(road, RENAMED, "asana", "serait publié")


# left as it is


def test_what_is_left_as_it_is_is_not_told_again_until_it_changes(road: Road) -> None:
    drifted(road)
    before = road.cycle().findings
    settle(road, RENAMED, "keep")
    report = road.cycle()
    assert (state(road, RENAMED), report.findings) == ("settled", before - 1)
    assert_quiet(road)
    rename(road, A1, "Encore autrement")
    road.wait(90)
    road.cycle()
    assert state(road, RENAMED) == "reopened"
    rows = [r.outcome for r in road.store.log(subject=f"{A1}#name") if r.rule == "field.drifted"]
    assert rows == ["open", "settled", "reopened"]


def test_what_was_settled_closes_by_itself_when_the_sides_agree_again(road: Road) -> None:
    drifted(road)
    settle(road, RENAMED, "keep")
    road.cycle()
    rename(road, A1, "Bureau")
    road.wait(90)
    road.cycle()
    assert state(road, RENAMED) == "closed"
    rename(road, A1, "Bureau des projets")
    road.wait(90)
    road.cycle()
    assert state(road, RENAMED) == "reopened", "the same words again are asked again"


def test_seen_lasts_and_is_still_told(road: Road) -> None:
    drifted(road)
    see_finding(road.store, RENAMED, WHO, road.clock.now())
    told = road.cycle().findings
    assert state(road, RENAMED) == "seen"
    settle(road, RENAMED, "keep")
    assert road.cycle().findings == told - 1


# a task that is gone


def test_a_lost_task_is_created_anew_exactly_once_with_what_people_had_entered(road: Road) -> None:
    lost(road)
    old = {ref: road.gid(ref) for ref in (A3, LOST_LINE)}
    settle(road, LOST, "recreate")
    road.cycle(full=True)
    assert road.marks() == road.expected_marks()
    assert {road.gid(A3), road.gid(LOST_LINE)}.isdisjoint(old.values())
    assert state(road, LOST) == "closed"
    standing = action(road, "A1-03")["jalons"]["mi-chemin"]
    assert (standing["declare"], standing["faits"]) == ("en_cours", 1)
    assert standing["indicateurs"][0]["fait_le"] == "2026-02-01"
    assert action(road, "A1-03")["donnees_du"] is None
    assert road.tasks()[road.gid(LOST_LINE)]["parent"] == road.gid(A3)
    assert road.cycle().outcome == "ok"
    assert_quiet(road)


def test_a_task_created_anew_stands_where_the_plan_has_it(road: Road) -> None:
    """Asana puts it last: that is nobody's sorting, and no question to anybody."""
    road.steering = with_limits(road.steering, max_created_share=1.0)
    road.cycle()
    road.control.trash_task(road.gid(A1), "Greffière")
    road.wait(3600)
    road.cycle(full=True)
    settle(road, f"task.missing:{A1}", "recreate")
    road.cycle(full=True)
    project = next(
        p for p in road.control.dump()["projects"] if p["gid"] == road.gid("project:actions")
    )
    (tasks,) = [s["tasks"] for s in project["sections"] if s["gid"] == road.gid("section:1.1")]
    assert [gid for gid in tasks if gid in (road.gid(A1), road.gid(A2))] == [
        road.gid(A1),
        road.gid(A2),
    ]
    assert not [f for f in road.store.findings() if f.finding.subject.endswith("#order")]
    assert_quiet(road)


def test_a_task_created_anew_and_lost_again_is_asked_again(road: Road) -> None:
    """The choice was about the task that was gone, and about no other."""
    lost(road)
    settle(road, LOST, "recreate")
    road.cycle(full=True)
    road.wait(90)
    road.control.trash_task(road.gid(A3), "Greffière")
    road.wait(3600)
    road.cycle(full=True)
    assert road.marks() != road.expected_marks()
    assert state(road, LOST) == "reopened"


@pytest.mark.parametrize("nth", [1, 2])
@pytest.mark.parametrize("kind", ["drop_after", "drop_before"])
def test_a_task_created_anew_whose_answer_was_lost_is_made_once(
    road: Road, kind: str, nth: int
) -> None:
    """The action's own, then its indicator's: whether it happened is told by a later reading."""
    lost(road)
    settle(road, LOST, "recreate")
    break_once(road, kind=kind, method="POST", path="/tasks", nth=nth)
    road.control.clear_faults()
    road.cycle()
    road.wait(90)
    road.cycle()
    road.wait(90)
    road.cycle()
    assert road.marks() == road.expected_marks()
    assert state(road, LOST) == "closed"
    assert not road.store.unsettled()
    assert action(road, "A1-03")["jalons"]["mi-chemin"]["declare"] == "en_cours"


def test_a_task_back_from_the_trash_is_not_created_anew(road: Road) -> None:
    lost(road)
    settle(road, LOST, "recreate")
    road.control.restore_task(road.gid(A3), "Greffière")
    road.wait(90)
    road.cycle(full=True)
    assert road.marks() == road.expected_marks()
    assert state(road, LOST) == "closed"


def test_the_old_task_back_after_it_was_created_anew_is_a_copy(road: Road) -> None:
    lost(road)
    old = road.gid(A3)
    settle(road, LOST, "recreate")
    road.cycle(full=True)
    road.control.restore_task(old, "Greffière")
    road.wait(90)
    road.cycle(full=True)
    assert road.gid(A3) != old
    assert state(road, f"task.duplicated:{A3}") == "open"


# a copy


def test_a_declared_copy_is_not_asked_again_and_never_taken_for_the_task(road: Road) -> None:
    road.begin()
    copy = road.control.duplicate_task(road.gid(A1), "Greffière", "Copie")
    road.wait(90)
    road.cycle()
    key = f"task.duplicated:{A1}"
    settle(road, key, "duplicate")
    road.cycle()
    assert state(road, key) == "settled"
    assert_quiet(road)
    original = road.gid(A1)
    road.control.trash_task(original, "Greffière")
    road.wait(3600)
    road.cycle(full=True)
    settle(road, f"task.missing:{A1}", "recreate")
    road.steering = with_limits(road.steering, max_created_share=0.5)  # four of a plan of twelve
    road.cycle(full=True)
    assert road.gid(A1) not in (copy, original)
    tasks = road.control.dump()["tasks"]
    lines = {gid for ref, gid in road.store.links().items() if ref.startswith("indicator:A1-01-")}
    assert lines == set(tasks[road.gid(A1)]["subtasks"]), "its lines hang under it"
    assert not lines & set(tasks[copy]["subtasks"]), "none of them is the copy's"
    another = road.control.duplicate_task(road.gid(A1), "Greffière", "Autre copie")
    road.wait(90)
    road.cycle(full=True)
    assert another
    assert state(road, key) == "reopened"


# decisions that the page shows


def test_a_retired_action_is_published_so_and_its_frozen_status_stays(road: Road) -> None:
    road.begin()
    road.control.edit_task(
        road.gid(A3), "Greffière", fields={road.field_name("declare/mi-chemin"): "En cours"}
    )
    road.go_to(AFTER_GEL)
    road.cycle(full=True)
    frozen = action(road, "A1-03")["jalons"]["mi-chemin"]["etat_fige"]
    assert frozen == "non_atteint"
    road.control.trash_task(road.gid(A3), "Greffière")
    road.wait(3600)
    road.cycle(full=True)
    settle(road, LOST, "retire", "plus de budget", public_reason="Reportée au prochain plan.")
    report = road.cycle()
    assert report.outcome == "ok"
    told = action(road, "A1-03")["jalons"]
    assert {standing["etat"] for standing in told.values()} == {"retire"}
    assert told["mi-chemin"]["etat_fige"] == frozen
    assert told["mi-chemin"]["motif"] == "Reportée au prochain plan."
    assert "plus de budget" not in (road.public / "dernier.json").read_text(encoding="utf-8")
    page = (road.public / "actions/A1-03.html").read_text(encoding="utf-8")
    assert "Reportée au prochain plan." in page
    assert state(road, LOST) == "closed", "nothing is asked of a retired action"
    assert_quiet(road)
    settle(road, f"action.retired:{A3}", "reinstate")
    road.cycle()
    assert action(road, "A1-03")["jalons"]["mi-chemin"]["etat"] == "non_atteint"
    assert state(road, LOST) == "reopened"
    assert state(road, f"action.retired:{A3}") == "closed"


def test_a_retired_action_stays_retired_when_its_task_comes_back(road: Road) -> None:
    lost(road)
    settle(road, LOST, "retire")
    road.cycle(full=True)
    road.control.restore_task(road.gid(A3), "Greffière")
    road.wait(90)
    road.cycle(full=True)
    assert action(road, "A1-03")["jalons"]["mi-chemin"]["etat"] == "retire"


def test_a_confirmed_status_stands_until_the_facts_change(road: Road) -> None:
    road.begin()
    field = road.field_name("declare/mi-chemin")
    road.control.edit_task(road.gid(A1), "Greffière", fields={field: "Atteint"})
    road.wait(90)
    road.cycle()
    key = f"status.declared_without_evidence:{A1}#mi-chemin"
    settle(road, key, "confirm", status=Status.UNDER_WAY, public_reason="Vérifié sur place.")
    road.cycle()
    standing = action(road, "A1-01")["jalons"]["mi-chemin"]
    assert (standing["etat"], standing["selon"], standing["confirme"]) == (
        "en_cours",
        "reglement",
        True,
    )
    assert (standing["regle_le"], standing["motif"]) == ("2026-02-01", "Vérifié sur place.")
    followup = road.tasks()[road.gid(A1)]["fields"][road.field_name("suivi_public")]
    assert "À voir" not in followup, "the manager is not asked again"
    assert_quiet(road)
    line = road.gid("indicator:A1-01-mi-chemin-1")
    road.control.edit_task(line, "Greffière", completed=True)
    road.wait(90)
    road.cycle()
    standing = action(road, "A1-01")["jalons"]["mi-chemin"]
    assert (standing["selon"], standing["regle_le"]) == ("desaccord", None)
    assert state(road, key) == "reopened"


def test_a_confirmed_status_does_not_outlive_a_result_that_became_late(road: Road) -> None:
    """As many indicators are done as before: only their day says that the status is another."""
    road.begin()
    line, field = road.gid("indicator:A1-02-mi-chemin-1"), road.field_name("fait_le")
    road.control.edit_task(line, "Greffière", completed=True, fields={field: "2026-02-01"})
    road.wait(90)
    road.cycle()
    key = f"status.evidence_without_declaration:{A2}#mi-chemin"
    settle(road, key, "confirm")
    road.cycle()
    assert action(road, "A1-02")["jalons"]["mi-chemin"]["selon"] == "reglement"
    road.go_to(AFTER_GEL - timedelta(days=3))
    road.control.edit_task(line, "Greffière", fields={field: "2026-02-17"})
    road.cycle()
    standing = action(road, "A1-02")["jalons"]["mi-chemin"]
    assert (standing["etat"], standing["selon"]) == ("atteint_en_retard", "indicateurs")
    assert state(road, key) == "reopened"


def test_a_status_confirmed_at_the_gel_is_what_is_frozen(road: Road) -> None:
    road.begin()
    road.go_to(AFTER_GEL - timedelta(days=4))
    road.cycle()
    key = f"status.undeclared:{A1}#mi-chemin"
    settle(road, key, "confirm", status=Status.ACHIEVED)
    road.go_to(AFTER_GEL - timedelta(days=1))
    road.cycle(full=True)
    road.go_to(AFTER_GEL)
    road.cycle(full=True)
    assert action(road, "A1-01")["jalons"]["mi-chemin"]["etat_fige"] == "atteint"


# what both sides share


@pytest.fixture
def shared(sandbox: RunningSandbox, tmp_path: Any) -> Iterator[Road]:
    rules = rules_for(small_plan())
    builtins = {**rules.mapping.builtins, "name": BuiltinRule("shared")}
    rules = replace(rules, mapping=replace(rules.mapping, builtins=builtins))
    with Road(small_plan(), tmp_path, sandbox, rules) as opened:
        yield opened


def apart(road: Road) -> str:
    """Revision 2 of the plan and a person give the action different names."""
    road.begin()
    plan = road.plan
    axis = plan.axes[0]
    volet = axis.volets[0]
    first = replace(volet.actions[0], title="Bureau du plan")
    volets = (replace(volet, actions=(first, *volet.actions[1:])), *axis.volets[1:])
    revised = replace(plan, axes=(replace(axis, volets=volets), *plan.axes[1:]))
    road.store.add_revision(revised, road.clock.now().date(), "nouveau nom")
    road.plan = revised
    rename(road, A1, "Bureau des gens")
    road.wait(90)
    road.cycle()
    return f"field.conflict:{A1}#name"


@pytest.mark.parametrize(
    ("choice", "name"), [("plan", "Bureau du plan"), ("asana", "Bureau des gens")]
)
def test_a_shared_name_changed_apart_is_held_until_it_is_settled(
    shared: Road, choice: Choice, name: str
) -> None:
    road = shared
    key = apart(road)
    assert state(road, key) == "open"
    assert name_in_asana(road, A1) == "Bureau des gens", "not overwritten"
    assert action(road, "A1-01")["titre"] == "Bureau", "neither is published: the last agreed is"
    settle(road, key, choice)
    road.cycle()
    assert name_in_asana(road, A1) == name
    assert action(road, "A1-01")["titre"] == name
    assert state(road, key) == "closed"
    assert road.cycle().outcome == "ok"
    assert_quiet(road)


# what cannot be


def refused(road: Road, key: str, choice: Choice, words: str, **more: Any) -> None:
    before = (road.store.settlements(), road.store.findings(closed=True), list(road.store.log()))
    with pytest.raises(ConfigError) as error:
        settle(road, key, choice, **more)
    assert words in error.value.text.fr
    assert "Rien n’a été écrit" in error.value.text.fr
    assert error.value.exit_code == 2
    after = (road.store.settlements(), road.store.findings(closed=True), list(road.store.log()))
    assert before == after


def test_what_does_not_fit_is_refused_and_nothing_is_written(road: Road) -> None:
    drifted(road)
    refused(road, RENAMED, "recreate", "ne convient pas")
    refused(road, "field.drifted:action:A1-99#name", "keep", RENAMED)
    refused(road, RENAMED, "keep", "--public-reason", public_reason="Dit.")
    refused(road, RENAMED, "keep", "ne peuvent être vides", why=" ")
    settle(road, RENAMED, "keep")
    refused(road, RENAMED, "keep", "l’a déjà réglé ainsi")
    with pytest.raises(SyncError):
        see_finding(road.store, RENAMED, WHO, road.clock.now())


def test_a_closed_finding_is_not_settled(road: Road) -> None:
    drifted(road)
    rename(road, A1, "Bureau")
    road.wait(90)
    road.cycle()
    refused(road, RENAMED, "plan", "est fermé")


def test_the_last_of_two_choices_counts(road: Road) -> None:
    drifted(road)
    settle(road, RENAMED, "keep")
    settle(road, RENAMED, "plan")
    road.cycle()
    assert name_in_asana(road, A1) == "Bureau"
    assert [one.choice for one in road.store.settlements()] == ["keep", "plan"]


def test_a_private_public_reason_is_refused(road: Road) -> None:
    lost(road)
    refused(road, LOST, "retire", "serait publié", public_reason="Voir jeanne@exemple.org")


# killed in between


def assert_restored(road: Road) -> None:
    assert name_in_asana(road, A1) == "Bureau"


def assert_accepted(road: Road) -> None:
    assert len(road.store.revisions()) == 2
    assert action(road, "A1-01")["titre"] == "Bureau des projets"


def assert_anew(road: Road) -> None:
    assert road.marks() == road.expected_marks()
    assert action(road, "A1-03")["jalons"]["mi-chemin"]["declare"] == "en_cours"


def assert_retired(road: Road) -> None:
    assert action(road, "A1-03")["jalons"]["mi-chemin"]["etat"] == "retire"


CASES: list[Any] = [
    pytest.param(drifted, RENAMED, "plan", assert_restored, id="plan"),
    pytest.param(drifted, RENAMED, "asana", assert_accepted, id="asana"),
    pytest.param(lost, LOST, "recreate", assert_anew, id="recreate"),
    pytest.param(lost, LOST, "retire", assert_retired, id="retire"),
]


AT_NIGHT = [pytest.param(part, marks=pytest.mark.night) for part in (0.2, 0.5, 0.8, 0.95)]


@pytest.mark.parametrize("part", [0.35, 0.65, *AT_NIGHT])
@pytest.mark.parametrize(("before", "key", "choice", "after"), CASES)
def test_a_choice_survives_a_cycle_killed_while_it_acts(
    road: Road,
    tmp_path_factory: pytest.TempPathFactory,
    before: Callable[[Road], None],
    key: str,
    choice: Choice,
    after: Callable[[Road], None],
    part: float,
) -> None:
    before(road)
    settle(road, key, choice)
    run_until_killed(road, max(2, round(part * POINTS[choice])))
    road.reopen()
    road.wait(LEASE_GONE)
    for _ in range(3):
        road.cycle()
        road.wait(90)
    after(road)
    assert state(road, key) == "closed"
    assert not road.store.unsettled()
    assert len(road.store.settlements()) == 1
    assert_quiet(road)


POINTS: dict[Choice, int] = {"plan": 79, "asana": 100, "recreate": 89, "retire": 54}
"""How many points the cycle that acts has; held by the test below."""


@pytest.mark.parametrize(("before", "key", "choice", "after"), CASES)
def test_the_points_are_known(
    road: Road,
    before: Callable[[Road], None],
    key: str,
    choice: Choice,
    after: Callable[[Road], None],
) -> None:
    before(road)
    settle(road, key, choice)
    assert count_points(road) == POINTS[choice]
    after(road)


def test_what_was_carried_out_is_not_carried_out_again_upon_the_same_words(road: Road) -> None:
    """The cycle died after its write was recorded; somebody types the very same words again."""
    drifted(road)
    settle(road, RENAMED, "plan")
    run_until_killed(road, 58)
    road.reopen()
    written = [r.outcome for r in road.store.log(subject=A1) if r.rule == "settle"]
    assert (written, state(road, RENAMED)) == (["done"], "settled")
    rename(road, A1, "Bureau des projets")
    road.wait(LEASE_GONE)
    road.cycle()
    assert name_in_asana(road, A1) == "Bureau des projets"
    assert state(road, RENAMED) == "reopened"


def test_a_task_that_left_the_project_is_put_back_when_settled_so(road: Road) -> None:
    road.begin()
    road.control.remove_task(road.gid(A3), "Greffière", project=road.gid("project:actions"))
    road.wait(3600)
    road.cycle(full=True)
    key = f"task.moved:{A3}"
    assert state(road, key) == "open"
    settle(road, key, "plan")
    road.cycle(full=True)
    assert state(road, key) == "closed"
    assert road.cycle().outcome == "ok"
    assert_quiet(road)


def test_an_indicator_hung_elsewhere_is_hung_back_when_settled_so(road: Road) -> None:
    road.begin()
    road.control.convert_to_subtask(road.gid(LOST_LINE), "Greffière", parent=road.gid(A1))
    road.wait(3600)
    road.cycle(full=True)
    key = f"task.rehung:{LOST_LINE}"
    assert state(road, key) == "open"
    settle(road, key, "plan")
    road.cycle()
    assert road.tasks()[road.gid(LOST_LINE)]["parent"] == road.gid(A3)
    assert state(road, key) == "closed"
    assert_quiet(road)


def test_a_deleted_section_is_made_anew_by_a_person_and_its_tasks_are_put_back(road: Road) -> None:
    """Until it is there nothing is sent that could not arrive, and the choice waits."""
    road.begin()
    gone, project = road.gid("section:1.2"), road.gid("project:actions")
    road.control.act("delete_section", "Greffière", section=gone, tasks="keep")
    road.wait(3600)
    road.cycle(full=True)
    key, missing = f"field.drifted:{A3}#section", "schema.section_missing:section:1.2"
    settle(road, key, "plan")
    report = road.cycle(full=True)
    assert (report.outcome, report.operations) == ("ok", {})
    assert (state(road, key), state(road, missing)) == ("settled", "open")
    road.control.act("add_section", "Greffière", project=project, name="Efficacité")
    road.wait(3600)
    road.cycle(full=True)
    assert road.gid("section:1.2") != gone
    assert (state(road, key), state(road, missing)) == ("closed", "closed")
    home = road.tasks()[road.gid(A3)]["memberships"]
    assert road.gid("section:1.2") in str(home)
    assert road.cycle().outcome == "ok"
    assert_quiet(road)
