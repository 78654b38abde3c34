"""What one look proposes: provisioning, drift, people's edits, copies, losses. And the laws."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sync.core.catalogue import CATALOGUE, entry, wording
from sync.core.history import History
from sync.core.marks import action_ref, indicator_ref
from sync.core.view import Seen, due_freezes
from sync.model.decision import Verdict
from sync.model.operation import CreateTask, PlaceTask, SetParent, UpdateTask
from sync.model.plan import Action
from sync.model.progress import FrozenStanding, Status
from sync.model.rules import Direction
from sync.model.target import ObservedOption
from tests.core.paper_asana import (
    PaperAsana,
    codes,
    kinds,
    provisioned,
    rules_for,
    small_plan,
)

A1, A2, A3 = action_ref("A1-01"), action_ref("A1-02"), action_ref("A1-03")
I1 = indicator_ref("A1-01-mi-chemin-1")


def test_an_empty_asana_gets_everything_once_in_plan_order() -> None:
    plan = small_plan()
    paper = PaperAsana(plan, rules_for(plan))
    view = paper.cycle()
    created = [op for op in view.changes.operations if isinstance(op, CreateTask)]
    tasks = sum(1 for _ in plan.actions()) + sum(1 for _ in plan.indicators())
    assert len(created) == len({op.ref for op in created}) == tasks
    actions = [op.ref for op in created if op.parent is None]
    assert actions == [action_ref(a.id) for _, _, a in plan.actions()]
    assert all(op.parent in actions for op in created if op.parent)


def test_a_second_look_changes_nothing() -> None:
    """Promise 3: after a clean cycle there is nothing left to write, nor to remember."""
    paper = provisioned()
    view = paper.look()
    assert view.changes.operations == ()
    assert view.changes.agreed == {}
    assert codes(view) == set()


def test_same_inputs_same_operations_in_the_same_order() -> None:
    one, other = (PaperAsana(small_plan(), rules_for(small_plan())) for _ in range(2))
    assert one.look().changes == other.look().changes


def test_a_creation_carries_its_id_in_the_same_call() -> None:
    """A task without its id, even for a moment, is a task that could be made twice."""
    plan = small_plan()
    view = PaperAsana(plan, rules_for(plan)).look()
    for operation in view.changes.operations:
        if isinstance(operation, CreateTask):
            wanted = f"essai/{operation.ref.split(':')[1]}"
            assert operation.fields["field:jalon_id"] == wanted
            assert operation.notes.endswith(f"[jalon: {wanted}]")
            assert "attach:" + operation.role + "/jalon_id" in operation.after


def test_what_people_own_is_read_and_never_written() -> None:
    """Promise 2, first half."""
    paper = provisioned()
    paper.set_field(A1, "declare/mi-chemin", "en_cours")
    paper.set_field(A1, "note_publique", "Tout va bien.")
    view = paper.cycle()
    written = [op for op in view.changes.operations if isinstance(op, UpdateTask)]
    assert all(set(op.fields) == {"field:suivi_public"} for op in written)
    pulled = {(d.field, d.asana) for d in view.changes.decisions if d.verdict is Verdict.PULL}
    assert pulled == {("declare/mi-chemin", "en_cours"), ("note_publique", "Tout va bien.")}
    assert view.standings["A1-01"]["mi-chemin"].status is Status.UNDER_WAY
    assert paper.look().changes.operations == ()


def test_a_restored_field_is_put_back_said_and_its_text_kept() -> None:
    """Promise 2, second half."""
    paper = provisioned()
    paper.set_field(A1, "jalon_id", "moi")
    view = paper.cycle()
    assert "field.restored" in codes(view)
    (decision,) = [d for d in view.changes.decisions if d.verdict is Verdict.RESTORE]
    assert decision.asana == "moi"
    assert paper.look().changes.operations == ()


def test_a_field_restored_within_seven_days_is_held_not_fought() -> None:
    paper = provisioned()
    paper.set_field(A1, "suivi_public", "Non!")
    view = paper.look(restored=frozenset({(A1, "suivi_public")}))
    assert view.changes.operations == ()
    assert "field.restored_again" in codes(view)


def test_a_renamed_task_is_reported_and_left() -> None:
    paper = provisioned()
    paper.change(A1, name="Notre bureau")
    view = paper.cycle()
    assert view.changes.operations == ()
    (finding,) = [f for f in view.findings if f.code == "field.drifted"]
    assert (finding.subject, finding.facts["asana"]) == (f"{A1}#name", "Notre bureau")


def test_a_reworded_plan_reaches_the_task_unless_a_person_renamed_it() -> None:
    paper = provisioned()
    paper.change(A2, name="Mon budget")
    renamed = {"A1-01": "Bureau de projets", "A1-02": "Budget adopté"}
    axes = tuple(
        replace(
            axis,
            volets=tuple(
                replace(
                    volet,
                    actions=tuple(
                        replace(a, title=renamed.get(a.id, a.title)) for a in volet.actions
                    ),
                )
                for volet in axis.volets
            ),
        )
        for axis in paper.plan.axes
    )
    paper.plan = replace(paper.plan, axes=axes)
    view = paper.cycle()
    assert paper.tasks[paper.links[A1]].name == "Bureau de projets"
    assert paper.tasks[paper.links[A2]].name == "Mon budget"
    conflicts = [f.subject for f in view.findings if f.code == "field.conflict"]
    assert f"{A2}#name" in conflicts


def test_a_copy_is_reported_and_never_touched() -> None:
    """Asana copies our id field with the task: the linked one stays the one."""
    paper = provisioned()
    original = paper.tasks[paper.links[A1]]
    copy = replace(original, gid="9", created_at=datetime(2020, 1, 1, tzinfo=UTC), name="Copie")
    paper.tasks["9"] = copy
    paper.order.append("9")
    view = paper.cycle()
    assert "task.duplicated" in codes(view)
    assert paper.links[A1] == original.gid
    assert all(op.ref == A1 for op in view.changes.operations), "only its « Suivi public »"
    assert paper.tasks["9"] == copy


def test_without_links_the_oldest_task_with_the_id_is_recognised_never_one_by_title() -> None:
    paper = provisioned()
    gid = paper.links.pop(A1)
    paper.tasks["9"] = replace(
        paper.tasks[gid], gid="9", created_at=datetime(2027, 1, 1, tzinfo=UTC)
    )
    namesake = replace(paper.tasks[gid], gid="8", notes="", fields={}, parent_gid=None)
    paper.tasks["8"] = namesake
    paper.order += ["8", "9"]
    view = paper.look()
    assert view.recognition.gids[A1] == gid
    assert {"task.duplicated", "task.foreign"} <= codes(view)


def test_the_mark_in_the_notes_recognises_when_the_field_is_empty() -> None:
    paper = provisioned()
    gid = paper.links.pop(A1)
    paper.edit(gid, **{paper.links["field:jalon_id"]: None})
    assert paper.look().recognition.gids[A1] == gid


def test_two_marks_that_disagree_hold_the_task() -> None:
    """The stored gid says one action, the id field another: nothing is written to it."""
    paper = provisioned()
    paper.set_field(A1, "jalon_id", "essai/A1-02")
    view = paper.look()
    assert view.recognition.held == {A1}
    assert codes(view) == {"task.identity_doubt"}, "and A1-02 is not said to be copied"
    assert A1 not in {op.ref for op in view.changes.operations}


def test_a_missing_task_is_a_question_never_a_new_task() -> None:
    paper = provisioned()
    paper.set_field(A1, "declare/mi-chemin", "en_cours")
    paper.cycle()
    gone = {paper.links[A1]} | {
        g for g, t in paper.tasks.items() if t.parent_gid == paper.links[A1]
    }
    paper.absent |= gone
    view = paper.cycle()
    assert not [op for op in view.changes.operations if isinstance(op, CreateTask)]
    missing = [f.subject for f in view.findings if f.code == "task.missing"]
    assert missing == [A1], "the action once, not each of its indicators"
    assert view.standings["A1-01"]["mi-chemin"].status is Status.UNDER_WAY
    assert view.progress["A1-01"].visible is False
    again = paper.look()
    assert again.progress["A1-01"].read_on == date(2026, 2, 1)


def test_an_indicator_that_lost_a_home_before_it_was_agreed_gets_it_back() -> None:
    """The two-step creation that stopped between its steps is completed, not repeated."""
    paper = provisioned()
    for name in ("parent", "section"):
        paper.baselines.pop((I1, name))
    paper.change(I1, parent_gid=None, homes={})
    view = paper.cycle()
    operations = [op for op in view.changes.operations if op.ref == I1]
    assert {type(op) for op in operations} == {PlaceTask, SetParent}
    paper.cycle()
    assert paper.look().changes.operations == ()


def test_a_task_that_left_the_project_is_reported_and_keeps_what_it_said() -> None:
    paper = provisioned()
    paper.set_field(A1, "declare/mi-chemin", "en_cours")
    paper.cycle()
    elsewhere = {k: v for k, v in paper.tasks[paper.links[A1]].fields.items() if v != "essai/A1-01"}
    paper.change(A1, homes={"9": None}, fields=elsewhere)
    paper.set_field(A1, "axe", None)
    view = paper.look()
    assert "task.moved" in codes(view)
    assert view.changes.operations == (), "nothing is written to a task that is not at home"
    assert view.standings["A1-01"]["mi-chemin"].status is Status.UNDER_WAY


def test_a_removed_field_keeps_its_last_known_value_and_is_said() -> None:
    """A schema change in Asana must not turn every public status back."""
    paper = provisioned()
    paper.set_field(A1, "declare/mi-chemin", "en_cours")
    paper.cycle()
    gid = paper.links["field:declare/mi-chemin"]
    del paper.fields[gid]
    for task in list(paper.tasks.values()):
        fields = {k: v for k, v in task.fields.items() if k != gid}
        paper.tasks[task.gid] = replace(task, fields=fields)
    view = paper.look()
    assert "schema.field_missing" in codes(view)
    assert view.standings["A1-01"]["mi-chemin"].status is Status.UNDER_WAY


def test_an_unknown_option_is_a_finding_and_never_a_guess() -> None:
    paper = provisioned()
    paper.set_field(A1, "declare/mi-chemin", "en_cours")
    paper.cycle()
    paper.set_field(A1, "declare/mi-chemin", "777")
    view = paper.look()
    assert "schema.option_unknown" in codes(view)
    assert view.progress["A1-01"].declared["mi-chemin"] == "en_cours"


def test_what_is_typed_is_told_as_it_was_typed_whatever_it_looks_like() -> None:
    """Words that begin as Jalon's own names do are still a person's words."""
    paper = provisioned()
    paper.change(A1, name="gid:77")
    paper.change(A2, name="section:1.2")
    paper.set_field(A1, "note_publique", "gid:12, voir le registre")
    view = paper.look()
    drifted = {f.subject: f.facts["asana"] for f in view.findings if f.code == "field.drifted"}
    assert drifted == {f"{A1}#name": "gid:77", f"{A2}#name": "section:1.2"}
    assert view.changes.agreed[A1, "note_publique"] == "gid:12, voir le registre"
    (pulled,) = [d for d in view.changes.decisions if d.verdict is Verdict.PULL]
    assert (pulled.subject, pulled.asana) == (A1, "gid:12, voir le registre")


def test_an_option_is_told_by_its_name_a_persons_own_too() -> None:
    paper = provisioned()
    axe = paper.fields[paper.links["field:axe"]]
    added = ObservedOption("777", "Axe inventé")
    paper.fields[axe.gid] = replace(axe, options=(*axe.options, added))
    paper.set_field(A1, "axe", "axe-2")
    paper.set_field(A2, "axe", "777")
    told = {f.subject: f.facts for f in paper.look().findings if f.code == "field.restored"}
    assert [told[f"{ref}#axe"]["asana"] for ref in (A1, A2)] == [axe.options[1].name, "Axe inventé"]
    assert told[f"{A1}#axe"]["plan"] == axe.options[0].name


def test_options_that_swapped_their_names_are_not_read_until_each_has_its_own() -> None:
    """Who picks « Atteint » then means what the label says: by its gid it would be published."""
    paper = provisioned()
    paper.set_field(A1, "declare/mi-chemin", "atteint")
    paper.cycle()
    gid = paper.links["field:declare/mi-chemin"]
    before = paper.fields[gid]
    names = {"En cours": "Atteint", "Atteint": "En cours"}
    swapped = tuple(replace(o, name=names.get(o.name, o.name)) for o in before.options)
    paper.fields[gid] = replace(before, options=swapped)
    paper.set_field(A1, "declare/mi-chemin", "en_cours")
    paper.set_field(A2, "declare/mi-chemin", "en_cours")
    paper.set_field(A3, "declare/mi-chemin", "a_venir")
    view = paper.cycle()
    told = {f.subject for f in view.findings if f.code == "schema.option_confused"}
    assert told == {f"option:declare/mi-chemin/{id_}" for id_ in ("en_cours", "atteint")}
    said = {id_: one.declared["mi-chemin"] for id_, one in view.progress.items()}
    assert (said["A1-01"], said["A1-02"], said["A1-03"]) == ("atteint", None, "a_venir")
    paper.fields[gid] = before
    view = paper.cycle()
    assert "schema.option_confused" not in codes(view)
    said = {id_: one.declared["mi-chemin"] for id_, one in view.progress.items()}
    assert (said["A1-01"], said["A1-02"]) == ("en_cours", "en_cours")


def test_renamed_fields_options_and_sections_are_findings_not_new_ones() -> None:
    paper = provisioned()
    gid = paper.links["field:declare/mi-chemin"]
    definition = paper.fields[gid]
    options = (replace(definition.options[0], name="Plus tard"), *definition.options[1:])
    paper.fields[gid] = replace(definition, name="Où en est-on?", options=options)
    paper.sections[0] = replace(paper.sections[0], name="Autre titre")
    view = paper.look()
    assert {"schema.field_renamed", "schema.option_renamed", "schema.section_renamed"} <= codes(
        view
    )
    assert view.changes.operations == ()


def test_a_field_with_our_name_and_not_our_mark_is_not_taken() -> None:
    paper = provisioned()
    gid = paper.links.pop("field:axe")
    paper.fields[gid] = replace(paper.fields[gid], description="À nous")
    assert "field:axe" not in paper.look().recognition.gids


def test_an_unanswered_creation_is_awaited_not_repeated() -> None:
    """Promise 1 at the heart: no blind second create."""
    plan = small_plan()
    paper = PaperAsana(plan, rules_for(plan))
    view = paper.look(awaited={A1: "12:00:00"})
    refs = {op.ref for op in view.changes.operations if isinstance(op, CreateTask)}
    assert A1 not in refs
    assert A2 in refs
    assert view.changes.awaited == (A1,)


def test_the_order_is_mended_once_then_only_reported() -> None:
    paper = provisioned()
    del paper.baselines["section:1.1", "order"]
    paper.order.remove(paper.links[A2])
    paper.order.insert(0, paper.links[A2])
    view = paper.cycle()
    assert kinds(view.changes.operations) == ["PlaceTask", "PlaceTask"]
    assert paper.cycle().changes.operations == ()
    paper.order.remove(paper.links[A2])
    paper.order.insert(0, paper.links[A2])
    view = paper.look()
    assert view.changes.operations == ()
    assert "field.drifted" in codes(view)


def test_an_assignee_is_set_once_and_then_belongs_to_people() -> None:
    paper = provisioned()
    assert paper.tasks[paper.links[A2]].assignee_gid == "1"
    paper.change(A2, assignee_gid=None)
    assert paper.look().changes.operations == ()


GEL, DAY_AFTER = date(2026, 2, 20), date(2026, 2, 21)
SINCE = History({id_: date(2025, 12, 1) for id_ in ("A1-01", "A1-02", "A1-03", "A2-01")})


def frozen_now(
    paper: PaperAsana,
    today: date = DAY_AFTER,
    before: Seen | None = None,
    history: History = SINCE,
) -> dict[tuple[str, str], FrozenStanding]:
    now = Seen(paper.look(today).progress, today)
    return due_freezes(paper.plan, paper.rules, now, before, paper.frozen, today, history)


def test_nothing_is_frozen_before_the_gel_has_ended() -> None:
    assert frozen_now(provisioned(), GEL) == {}


def test_the_freeze_is_taken_from_the_last_read_of_the_gel_s_day() -> None:
    """What people do on the day after, back-dated or undone, cannot change what was true."""
    paper = provisioned()
    paper.set_field(I1, "fait_le", date(2026, 2, 10))
    before = Seen(paper.look(GEL).progress, GEL, at_its_end=True)
    paper.set_field(I1, "fait_le", None)
    paper.set_field(indicator_ref("A1-02-mi-chemin-1"), "fait_le", date(2026, 2, 12))
    due = frozen_now(paper, before=before)
    assert set(due) == {(a, "mi-chemin") for a in SINCE.since}
    first, second = due["A1-01", "mi-chemin"], due["A1-02", "mi-chemin"]
    assert (first.standing.status, first.standing.done) == (Status.NOT_ACHIEVED, 1)
    assert first.done == {"A1-01-mi-chemin-1": date(2026, 2, 10)}
    assert second.standing.status is Status.NOT_ASSESSED
    assert not first.after_the_fact
    paper.frozen.update(due)
    assert frozen_now(paper, before=before) == {}, "once"


days = st.sampled_from([None, date(2026, 2, 10), GEL, DAY_AFTER, date(2026, 3, 1)])


@settings(max_examples=40, deadline=None)
@given(
    st.lists(days, min_size=4, max_size=4),
    st.sampled_from([DAY_AFTER, date(2026, 3, 1), date(2026, 3, 12)]),
)
def test_what_is_done_after_the_gel_never_enters_what_is_frozen(
    dated: list[date | None], today: date
) -> None:
    """However late the freeze is made, and whatever was dated since."""

    def frozen(lines: list[date | None]) -> object:
        paper = provisioned()
        for at, day in enumerate(lines):
            ref = indicator_ref(f"{sorted(SINCE.since)[at]}-mi-chemin-1")
            paper.set_field(ref, "fait_le", day)
        due = frozen_now(paper, today)
        return {key: one for key, one in due.items() if key[1] == "mi-chemin"}

    assert frozen(dated) == frozen([day if day and day <= GEL else None for day in dated])


@pytest.mark.parametrize("read_on", [None, date(2026, 2, 18), GEL])
def test_without_a_read_on_the_gel_s_day_the_freeze_says_after_the_fact(
    read_on: date | None,
) -> None:
    paper = provisioned()
    before = Seen(paper.look(read_on).progress, read_on) if read_on else None
    assert all(one.after_the_fact for one in frozen_now(paper, before=before).values())


def test_without_a_complete_read_what_was_not_read_in_time_waits() -> None:
    paper = provisioned()
    said = paper.look(GEL).progress

    def due(before: Seen | None) -> object:
        return due_freezes(paper.plan, paper.rules, None, before, {}, DAY_AFTER, SINCE)

    assert due(None) == due(Seen(said, GEL)) == {}
    assert due(Seen(said, GEL, at_its_end=True))


def test_a_promise_that_did_not_stand_yet_is_not_frozen() -> None:
    """Neither an action adopted after the gel, nor a whole city that came later."""
    late = History({**SINCE.since, "A1-02": date(2026, 2, 24)})
    paper = provisioned()
    assert ("A1-02", "mi-chemin") not in frozen_now(paper, date(2026, 2, 25), history=late)
    assert frozen_now(paper, date(2026, 2, 25), history=History()) == {}


def test_every_finding_has_words_in_both_languages() -> None:
    """Each template names only facts that its finding carries."""
    paper = provisioned()
    paper.set_field(A1, "jalon_id", "moi")
    paper.change(A2, name="Autre", homes={})
    paper.set_field(I1, "fait_le", date(2027, 1, 1))
    view = paper.look(date(2026, 2, 17))
    assert view.findings
    for finding in view.findings:
        text = wording(finding)
        assert "{" not in text.fr + text.en
        assert entry(finding) is CATALOGUE[finding.code]


edits = st.lists(
    st.tuples(
        st.sampled_from(["rename", "declare", "tick", "untick", "followup", "id", "move", "axis"]),
        st.sampled_from(["A1-01", "A1-02", "A1-03", "A2-01"]),
        st.sampled_from(["a_venir", "en_cours", "atteint", "en_continu", None]),
    ),
    max_size=8,
)
reached: dict[str, int] = {}


@settings(max_examples=60, deadline=None)
@given(edits, st.sampled_from([date(2026, 2, 1), date(2026, 2, 17), date(2026, 3, 25)]))
def test_whatever_people_did_one_cycle_settles_it(
    done: list[tuple[str, str, str | None]], today: date
) -> None:
    """After any edits: people's fields as they left them, no new task, then nothing to write."""
    paper = provisioned()
    before = set(paper.tasks)
    for what, id_, word in done:
        reached[what] = reached.get(what, 0) + 1
        ref, child = action_ref(id_), indicator_ref(f"{id_}-mi-chemin-1")
        match what:
            case "rename":
                paper.change(ref, name=f"Nom {word}")
            case "declare":
                paper.set_field(ref, "declare/mi-chemin", word)
            case "tick":
                paper.change(child, completed=True, completed_at=datetime(2026, 2, 3, tzinfo=UTC))
            case "untick":
                paper.change(child, completed=False, completed_at=None)
            case "followup":
                paper.set_field(ref, "suivi_public", f"texte {word}")
            case "id":
                paper.set_field(ref, "jalon_id", word)
            case "move":
                paper.change(ref, homes={})
            case "axis":
                paper.set_field(ref, "axe", None)
    left = {
        (gid, key): task.fields.get(paper.links[f"field:{key}"])
        for gid, task in paper.tasks.items()
        for key in ("declare/mi-chemin", "note_publique", "fait_le", "preuve")
    }
    paper.cycle(today)
    assert set(paper.tasks) == before
    for (gid, key), value in left.items():
        assert paper.tasks[gid].fields.get(paper.links[f"field:{key}"]) == value
    assert paper.cycle(today).changes.operations == ()


def test_the_property_above_really_did_every_kind_of_edit() -> None:
    """A property test can be nearly idle and green."""
    test_whatever_people_did_one_cycle_settles_it()
    kinds_ = ("rename", "declare", "tick", "untick", "followup", "id", "move", "axis")
    assert all(reached.get(kind, 0) >= 5 for kind in kinds_), reached


@pytest.mark.parametrize("code", sorted(CATALOGUE))
def test_the_catalogue_speaks_both_languages(code: str) -> None:
    one = CATALOGUE[code]
    assert one.says.fr != one.says.en
    assert one.do.fr != one.do.en


def test_a_date_set_back_after_the_freeze_is_told_from_one_that_was_known() -> None:
    """Of two indicators, the one done in time is not suspected because the other was open."""
    paper = provisioned()
    second, late = indicator_ref("A1-01-mi-chemin-2"), indicator_ref("A1-03-mi-chemin-1")
    paper.set_field(I1, "fait_le", date(2026, 2, 10))
    paper.set_field(late, "fait_le", date(2026, 2, 18))
    paper.frozen.update(frozen_now(paper))
    paper.set_field(second, "fait_le", date(2026, 2, 11))
    paper.set_field(late, "fait_le", date(2026, 2, 9))
    view = paper.look(date(2026, 2, 25))
    told = {f.subject for f in view.findings if f.code == "indicator.backdated"}
    assert told == {second, late}


def test_a_line_reworded_after_it_was_done_is_to_be_confirmed() -> None:
    paper = provisioned()
    ref = indicator_ref("A1-03-mi-chemin-1")
    paper.set_field(ref, "fait_le", date(2026, 1, 10))
    history = History(SINCE.since, {"A1-03-mi-chemin-1": date(2026, 1, 20)})
    view = paper.look(history=history)
    assert view.standings["A1-03"]["mi-chemin"].confirmed is False
    assert "indicator.reworded_after_done" in codes(view)
    paper.set_field(ref, "fait_le", date(2026, 1, 21))
    assert paper.look(history=history).standings["A1-03"]["mi-chemin"].confirmed is True


@pytest.mark.parametrize("quantity", [-3, 99999999999999999, 1e30, 8192945500])
def test_a_number_nobody_can_have_meant_is_a_finding_and_counts_for_nothing(
    quantity: float,
) -> None:
    paper = provisioned()
    paper.set_field(I1, "quantite", quantity)
    view = paper.cycle()
    assert view.progress["A1-01"].indicators["A1-01-mi-chemin-1"].quantity is None
    assert "indicator.quantity_unfit" in codes(view)


def test_an_action_added_in_the_middle_is_put_there_and_nobody_is_blamed() -> None:
    paper = provisioned()
    axis = paper.plan.axes[0]
    volet = axis.volets[0]
    new = Action("A1-09", "Entre deux", {})
    grown = replace(volet, actions=(volet.actions[0], new, volet.actions[1]))
    axes = (replace(axis, volets=(grown, *axis.volets[1:])), *paper.plan.axes[1:])
    paper.plan = replace(paper.plan, axes=axes)
    seen = codes(paper.cycle()) | codes(paper.cycle())
    assert "field.drifted" not in seen
    assert paper.look().changes.operations == ()
    ranks = [paper.order.index(paper.links[action_ref(a.id)]) for a in grown.actions]
    assert ranks == sorted(ranks)


def test_an_action_taken_out_of_the_plan_is_no_stranger() -> None:
    paper = provisioned()
    axis = paper.plan.axes[0]
    smaller = replace(axis.volets[0], actions=axis.volets[0].actions[:1])
    axes = (replace(axis, volets=(smaller, *axis.volets[1:])), *paper.plan.axes[1:])
    paper.plan = replace(paper.plan, axes=axes)
    view = paper.look()
    assert [f.subject for f in view.findings if f.code == "task.retired"] == [A2]
    assert "task.foreign" not in codes(view)
    assert view.changes.operations == ()


def test_a_task_whose_section_is_gone_is_said_to_be_blocked() -> None:
    paper = provisioned()
    paper.sections = [s for s in paper.sections if s.gid != paper.links["section:2.1"]]
    axis = paper.plan.axes[1]
    volet = axis.volets[0]
    grown = replace(volet, actions=(*volet.actions, Action("A2-09", "Nouvelle", {})))
    axes = (paper.plan.axes[0], replace(axis, volets=(grown,)))
    paper.plan = replace(paper.plan, axes=axes)
    view = paper.look()
    assert {"schema.section_missing", "task.blocked"} <= codes(view)
    assert not [op for op in view.changes.operations if isinstance(op, CreateTask)]


def test_an_option_whose_id_changed_in_the_config_keeps_its_object() -> None:
    paper = provisioned()
    paper.rules = rules_for(
        paper.plan, directions=(Direction("greffe-et-archives", "Greffe", None, ()),)
    )
    view = paper.look()
    assert view.recognition.relinked == {
        "option:direction/greffe": "option:direction/greffe-et-archives"
    }
    assert view.changes.operations == ()


def test_a_lasting_drift_is_logged_when_it_begins_changes_and_ends() -> None:
    """Promise 5: each change on either side has its row, and a lasting one only once."""
    paper = provisioned()
    told: list[tuple[str, str | None]] = []

    def cycle() -> None:
        decisions = paper.cycle().changes.decisions
        told.extend((d.verdict.value, d.asana) for d in decisions if d.field == "name")

    for name in ("Un", "Un", "Deux", "Budget", "Budget"):
        paper.change(A2, name=name)
        cycle()
    assert told == [("report", "Un"), ("report", "Deux"), ("agree", "Budget")]


def test_a_copied_action_is_one_finding_not_one_for_each_of_its_indicators() -> None:
    paper = provisioned()
    for n, ref in enumerate((A1, I1)):
        task = paper.tasks[paper.links[ref]]
        parent = "90" if ref == I1 else None
        paper.tasks[f"9{n}"] = replace(task, gid=f"9{n}", parent_gid=parent)
    found = [f.subject for f in paper.look().findings if f.code == "task.duplicated"]
    assert found == [A1]


def test_nothing_is_hung_under_a_task_that_is_gone() -> None:
    """An indicator added to the plan while its action's task is missing waits for the answer."""
    paper = provisioned()
    paper.absent.add(paper.links[A1])
    del paper.tasks[paper.links.pop(I1)]
    paper.order = [gid for gid in paper.order if gid in paper.tasks]
    view = paper.look()
    assert "task.missing" in codes(view)
    assert not [op for op in view.changes.operations if isinstance(op, CreateTask)]


def test_a_task_out_of_sight_is_not_written_to() -> None:
    """Made private, it is known by its gid alone: an empty name is no invitation to fill it."""
    paper = provisioned()
    for name in ("name", "notes"):
        paper.baselines.pop((A1, name))
    paper.change(A1, name="", notes="", homes={}, fields={})
    view = paper.look()
    assert "task.moved" in codes(view)
    assert view.changes.operations == ()


@pytest.mark.parametrize("known", ["Autre nom", None])
def test_what_both_sides_hold_alike_is_agreed_whatever_was_agreed_before(known: str | None) -> None:
    """Else the next change on one side would be judged by what nobody holds any more."""
    paper = provisioned()
    action, indicator = ("action:A1-01", "name"), ("indicator:A1-01-mi-chemin-1", "jalon_id")
    held = {key: paper.baselines[key] for key in (action, indicator)}
    for key in held:
        if known is None:
            del paper.baselines[key]
        else:
            paper.baselines[key] = known

    view = paper.look()

    assert {key: view.changes.agreed.get(key) for key in held} == held
    assert not view.changes.operations
