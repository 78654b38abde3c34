"""How one look puts together what was read, what it means and what people chose."""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from sync.core.activity import ACTIVE
from sync.core.chosen import Chosen
from sync.core.history import History
from sync.core.view import Seen, View, due_freezes
from sync.model.finding import Choice, Finding, Settlement
from sync.model.operation import CreateTask, UpdateTask
from sync.model.plan import Action, Axis, Goal, Indicator, Plan, Volet
from sync.model.progress import (
    ActionProgress,
    FrozenStanding,
    IndicatorProgress,
    Ruling,
    Standing,
    Status,
)
from tests.core.paper_asana import CHECKPOINTS, READ_AT, PaperAsana, provisioned, rules_for

A1, A2, I1 = "action:A1-01", "action:A1-02", "indicator:A1-01-mi-chemin-1"
BEFORE, LATE, LATER = date(2026, 2, 1), date(2026, 2, 17), date(2026, 2, 25)
DECIDED = datetime(2026, 2, 19, 3, tzinfo=UTC)  # still the 18th in the city


def settlement(finding: Finding, choice: Choice, value: str | None = None) -> Settlement:
    return Settlement(
        key=finding.key,
        choice=choice,
        by="Mme Roy",
        reason="séance",
        facts=finding.facts,
        value=value,
        public_reason="vu au conseil",
        id=1,
        at=DECIDED,
    )


def settled(finding: Finding, choice: Choice, value: str | None = None) -> Chosen:
    return Chosen(settled={finding.key: settlement(finding, choice, value)})


def told(view: View, code: str) -> list[str]:
    return [finding.subject for finding in view.findings if finding.code == code]


def followups(view: View) -> dict[str, list[str]]:
    """What « Suivi public » is changed to, line by line, by action."""
    return {
        operation.ref: str(operation.fields["field:suivi_public"]).split("\n")
        for operation in view.changes.operations
        if isinstance(operation, UpdateTask) and "field:suivi_public" in operation.fields
    }


UNDECLARED = "l’échéance est passée et rien n’est déclaré ni fait."


def test_the_manager_reads_the_standings_what_was_frozen_and_what_is_asked() -> None:
    paper = provisioned()
    fixed = FrozenStanding(Standing(Status.NOT_ASSESSED, 0, 2, "aucun"), date(2026, 2, 20))
    paper.frozen["A1-01", "mi-chemin"] = fixed
    assert followups(paper.look(LATER))[A1] == [
        "Mi-chemin : non évalué (0 sur 2); figé « non évalué ».",
        "Finalité : à venir (0 sur 1).",
        f"À voir : Bureau, « Mi-chemin » : {UNDECLARED}",
    ]


def test_the_manager_reads_what_was_noticed_on_the_way_of_the_action_and_its_indicators() -> None:
    paper = provisioned()
    paper.set_field(A1, "direction", "10")
    paper.set_field(I1, "quantite", -1)
    paper.set_field(I1, "jalon_id", "essai/A1-03-mi-chemin-1")
    lines = followups(paper.look(BEFORE))
    assert "\n".join(lines.pop(A1)[2:]) == (
        "À voir : L’identité de « Bureau, 1 » est en doute : « Jalon id » = "
        "essai/A1-03-mi-chemin-1. Rien n’y est écrit.\n"
        "À voir : Bureau, 1 : la quantité « -1 » n’est pas un nombre plausible; elle n’est ni "
        "comptée ni publiée.\n"
        "À voir : Bureau porte dans « Direction responsable » une option que Jalon ne connaît "
        "pas (« 10 »); la dernière valeur connue est gardée."
    )
    assert lines == {}, "and nothing of it under another action"


def asked(paper: PaperAsana) -> Finding:
    """That A1-01 is silent after the due date."""
    (finding,) = [
        f
        for f in paper.look(LATE).findings
        if f.code == "status.undeclared" and f.subject.startswith(A1)
    ]
    return finding


def test_what_a_person_left_as_it_is_is_not_asked_again_and_stays_a_finding() -> None:
    paper = provisioned()
    view = paper.look(LATE, chosen=settled(asked(paper), "keep"))
    assert followups(view)[A1] == [
        "Mi-chemin : à venir (0 sur 2), provisoire.",
        "Finalité : à venir (0 sur 1).",
    ]
    assert f"{A1}#mi-chemin" in told(view, "status.undeclared")


def test_what_a_person_confirmed_is_the_standing_with_its_day_and_reason() -> None:
    paper = provisioned()
    chosen = settled(asked(paper), "confirm", "atteint")
    view = paper.look(LATE, chosen=chosen)
    ruling = Ruling(Status.ACHIEVED, date(2026, 2, 18), "vu au conseil")
    assert view.rulings == {("A1-01", "mi-chemin"): ruling}
    assert view.standings["A1-01"]["mi-chemin"].status is Status.ACHIEVED
    assert view.standings["A1-02"]["mi-chemin"].status is Status.UPCOMING
    assert view.chosen is chosen
    assert followups(view)[A1][0] == "Mi-chemin : atteint (0 sur 2), provisoire."


def test_of_a_retired_action_nothing_is_asked_any_more_and_it_can_be_reinstated() -> None:
    """Neither of itself nor of its indicators; of the others all goes on."""
    paper = provisioned()
    paper.set_field(A1, "direction", "10")
    paper.set_field(I1, "quantite", -1)
    retired = settlement(Finding("task.missing", A1), "retire")
    view = paper.look(LATE, chosen=Chosen(retired={"A1-01": retired}))
    about = [f for f in view.findings if f.subject.partition("#")[0] in (A1, I1)]
    said = {"action": "Bureau", "by": "Mme Roy", "on": "2026-02-18"}
    assert about == [Finding("action.retired", A1, said)]
    assert told(view, "status.undeclared") == [
        f"action:{id_}#mi-chemin" for id_ in ("A1-02", "A1-03", "A2-01")
    ]
    assert view.findings[-1] == about[0], "after what is asked"
    assert {one.status for one in view.standings["A1-01"].values()} == {Status.RETIRED}
    assert followups(view)[A1] == [
        "Mi-chemin : retiré (0 sur 2), provisoire.",
        "Finalité : retiré (0 sur 1).",
    ]


def test_a_task_that_a_person_had_created_anew_is_created() -> None:
    paper = provisioned()
    gid = paper.links[I1]
    paper.absent.add(gid)
    (missing,) = [f for f in paper.look(BEFORE).findings if f.code == "task.missing"]
    view = paper.look(BEFORE, chosen=settled(missing, "recreate", json.dumps({I1: gid})))
    assert view.recognition.anew == {I1: gid}
    created = [op.ref for op in view.changes.operations if isinstance(op, CreateTask)]
    assert created == [I1]


def test_a_task_that_is_gone_is_shown_as_of_the_previous_read() -> None:
    paper = provisioned()
    paper.absent.add(paper.links[A1])
    paper.baselines.pop((A1, "last_seen"), None)
    assert paper.look(LATE).progress["A1-01"].read_on == READ_AT.date()


def test_what_was_noticed_of_an_action_is_found_of_the_others_too_when_none_is_retired() -> None:
    paper = provisioned()
    paper.set_field(A1, "direction", "10")
    assert told(paper.look(BEFORE), "schema.option_unknown") == [f"{A1}#direction"]


def test_findings_come_in_one_order_and_each_once() -> None:
    """The plan's, the comparison's, the reader's, each action's, and what lay still."""
    paper = provisioned()
    paper.set_field(A1, "declare/finalite", "en_cours")
    paper.cycle(BEFORE)
    paper.change(A1, name="Notre bureau")
    paper.set_field(A2, "direction", "10")
    paper.baselines[A1, ACTIVE] = "2026-01-01"
    view = paper.look(LATE)
    assert [finding.code for finding in view.findings] == [
        "plan.no_indicator",
        "field.drifted",
        "schema.option_unknown",
        *["status.undeclared"] * 4,
        "action.stale",
    ]
    assert len({finding.key for finding in view.findings}) == len(view.findings)


def test_an_action_that_people_change_today_does_not_lie_still() -> None:
    paper = provisioned()
    paper.set_field(A1, "declare/finalite", "en_cours")
    paper.baselines[A1, ACTIVE] = "2026-01-01"
    view = paper.look(LATE)
    assert view.changes.agreed[A1, ACTIVE] == "2026-02-17"
    assert told(view, "action.stale") == []


def test_a_tick_older_than_its_words_is_asked_about_and_not_confirmed() -> None:
    paper = provisioned()
    for n in (1, 2):
        paper.set_field(f"indicator:A1-01-mi-chemin-{n}", "fait_le", date(2026, 1, 10))
    history = History(reworded={"A1-01-mi-chemin-1": date(2026, 1, 20)})
    view = paper.look(BEFORE, history)
    assert told(view, "indicator.reworded_after_done") == [I1]
    assert followups(view)[A1][0] == "Mi-chemin : atteint (2 sur 2), à confirmer."


# the freeze

LINES = (
    Indicator("A-1", "Bilan", Goal("deliverable")),
    Indicator("A-2", "Guide", Goal("deliverable")),
)
PROMISE = Action("A", "Promesse", {"mi-chemin": LINES})
EMPTY = Action("B", "Sans indicateur", {"finalite": LINES[:1]})
OTHER = Action("C", "Autre", {"mi-chemin": (Indicator("C-1", "Plan", Goal("deliverable")),)})
PLAN = Plan("p", "P", (Axis(1, "Axe", "", (Volet("1.1", "V", (EMPTY, PROMISE, OTHER)),)),))
RULES = rules_for(PLAN)
GEL, AFTER = CHECKPOINTS[0].freeze_on, date(2026, 2, 21)
SINCE = {"A": date(2025, 12, 1), "B": date(2025, 12, 1), "C": date(2025, 12, 1)}
OPEN = IndicatorProgress()


def done(day: date) -> IndicatorProgress:
    return IndicatorProgress(done=True, done_on=day, stated=True)


def seen(
    first: IndicatorProgress = OPEN,
    second: IndicatorProgress = OPEN,
    read_on: date = AFTER,
    rulings: Mapping[tuple[str, str], Ruling] | None = None,
    *,
    at_its_end: bool = False,
) -> Seen:
    own = ActionProgress(indicators={"A-1": first, "A-2": second})
    others = ActionProgress(indicators={"A-1": OPEN, "C-1": done(date(2026, 2, 3))})
    progress = {"A": own, "B": others, "C": others}
    return Seen(progress, read_on, rulings or {}, at_its_end)


def frozen(
    now: Seen | None,
    before: Seen | None = None,
    known: Mapping[tuple[str, str], FrozenStanding] | None = None,
    today: date = AFTER,
    since: Mapping[str, date] = SINCE,
    reworded: Mapping[str, date] | None = None,
) -> dict[tuple[str, str], FrozenStanding]:
    history = History(since, reworded or {})
    return due_freezes(PLAN, RULES, now, before, known or {}, today, history)


A, C = ("A", "mi-chemin"), ("C", "mi-chemin")


@pytest.mark.parametrize(
    ("today", "due"), [(GEL, set()), (AFTER, {A, C}), (date(2026, 3, 20), {A, C})]
)
def test_a_standing_is_frozen_once_its_gel_is_over(today: date, due: set[tuple[str, str]]) -> None:
    assert set(frozen(seen(), today=today)) == due


def test_both_checkpoints_are_frozen_when_both_gels_are_over() -> None:
    assert set(frozen(seen(), today=date(2026, 3, 21))) == {A, C, ("B", "finalite")}


def test_a_checkpoint_is_frozen_in_its_own_time_whatever_stands_before_it() -> None:
    backwards = replace(RULES, checkpoints=RULES.checkpoints[::-1])
    due = due_freezes(PLAN, backwards, seen(), None, {}, AFTER, History(SINCE))
    assert set(due) == {A, C}


def test_what_is_frozen_already_is_left_and_the_others_go_on() -> None:
    fixed = frozen(seen())[A]
    assert set(frozen(seen(), known={A: fixed})) == {C}


@pytest.mark.parametrize(
    ("since", "due"),
    [
        pytest.param({"A": GEL, "C": GEL}, {A, C}, id="adopted on the gel's day"),
        pytest.param({"A": AFTER, "C": GEL}, {C}, id="adopted on the day after"),
        pytest.param({"C": GEL}, {C}, id="of no known day"),
    ],
)
def test_a_promise_is_frozen_only_where_it_stood(
    since: Mapping[str, date], due: set[tuple[str, str]]
) -> None:
    assert set(frozen(seen(), since=since)) == due


IN_TIME = seen(done(GEL), read_on=GEL, at_its_end=True)
TOO_EARLY = seen(done(GEL), read_on=GEL)
DAY_BEFORE = seen(done(GEL), read_on=date(2026, 2, 19), at_its_end=True)


@pytest.mark.parametrize(
    ("now", "before", "done_then", "after_the_fact"),
    [
        pytest.param(seen(), IN_TIME, 1, False, id="the read at the end of the gel's day"),
        pytest.param(None, IN_TIME, 1, False, id="it is enough"),
        pytest.param(seen(), TOO_EARLY, 0, True, id="not one made earlier on that day"),
        pytest.param(seen(), DAY_BEFORE, 0, True, id="nor at the end of another day"),
        pytest.param(seen(), None, 0, True, id="without one, what is read now"),
    ],
)
def test_which_read_is_frozen(
    now: Seen | None, before: Seen | None, done_then: int, after_the_fact: bool
) -> None:
    fixed = frozen(now, before)[A]
    assert (fixed.standing.done, fixed.after_the_fact) == (done_then, after_the_fact)
    assert fixed.frozen_on == GEL


@pytest.mark.parametrize("before", [None, TOO_EARLY, DAY_BEFORE])
def test_without_a_read_in_time_or_now_nothing_is_frozen_yet(before: Seen | None) -> None:
    assert frozen(None, before) == {}


def test_a_checkpoint_that_waits_for_a_read_holds_no_other_up() -> None:
    """The first gel was missed; of the second there is a read in time."""
    second = CHECKPOINTS[1].freeze_on
    before = seen(read_on=second, at_its_end=True)
    assert set(frozen(None, before, today=date(2026, 3, 21))) == {("B", "finalite")}


def test_what_counts_is_what_was_done_by_the_gel_s_day() -> None:
    fixed = frozen(seen(done(GEL), done(AFTER)))[A]
    assert fixed.standing == Standing(Status.NOT_ACHIEVED, 1, 2, "calendrier")
    assert fixed.done == {"A-1": GEL}
    whole = frozen(seen(done(date(2026, 2, 10)), IndicatorProgress(done=True)))[A]
    assert whole.standing == Standing(Status.ACHIEVED, 2, 2, "indicateurs")
    assert whole.done == {"A-1": date(2026, 2, 10), "A-2": None}


def test_what_was_ruled_by_then_is_frozen_and_of_its_own_action_alone() -> None:
    ruling = Ruling(Status.ACHIEVED, date(2026, 2, 18))
    fixed = frozen(seen(rulings={A: ruling}))
    assert fixed[A].standing == Standing(Status.ACHIEVED, 0, 2, "reglement")
    assert fixed[C].standing.basis == "indicateurs"


def test_a_tick_older_than_its_words_is_frozen_unconfirmed() -> None:
    day = date(2026, 2, 10)
    fixed = frozen(seen(done(day), done(day)), reworded={"A-2": date(2026, 2, 11)})[A]
    assert (fixed.standing.status, fixed.standing.confirmed) == (Status.ACHIEVED, False)


@pytest.mark.parametrize(
    ("visible", "read_on", "after_the_fact"),
    [
        pytest.param(True, None, False, id="in sight"),
        pytest.param(True, date(2026, 2, 19), False, id="in sight, whatever was noted before"),
        pytest.param(False, date(2026, 2, 19), True, id="last seen before the gel's day"),
        pytest.param(False, GEL, False, id="last seen on it"),
        pytest.param(False, None, False, id="not known since when it is out of sight"),
    ],
)
def test_a_task_that_was_out_of_sight_on_the_gel_s_day_was_not_read_in_time(
    visible: bool, read_on: date | None, after_the_fact: bool
) -> None:
    before = seen(read_on=GEL, at_its_end=True)
    own = replace(before.progress["A"], visible=visible, read_on=read_on)
    before = replace(before, progress={**before.progress, "A": own})
    assert frozen(seen(), before)[A].after_the_fact is after_the_fact
