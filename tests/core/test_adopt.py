"""Which typed title is which promise: plain pairs are taken, doubts are asked, nothing twice."""

from dataclasses import replace
from datetime import date

import pytest

from sync.core.adopt import propose_adoption
from sync.core.likeness import EXACT, likeness, plain
from sync.core.marks import action_ref, indicator_ref, section_ref
from sync.model.adoption import Adoption, Answers, Certainty, Survey
from sync.model.plan import Action, Axis, Goal, Indicator, Plan, Volet
from sync.model.target import ObservedProject, ObservedSection, ObservedTask
from sync.wording import Text
from tests.bench.synthetic import synthetic_plan
from tests.core.paper_asana import rules_for, small_plan

PROJECT = ObservedProject("1", "Plan des 100 jours", "")


@pytest.mark.parametrize(
    ("typed", "published"),
    [
        pytest.param("  BUREAU de projet ", "Bureau de projet", id="case and spacing"),
        pytest.param("Elaborer l'echeancier", "Élaborer l’échéancier", id="accents and quotes"),
        pytest.param("1.2 – Budget participatif", "Budget participatif", id="a number in front"),
        pytest.param("A1-02 Budget participatif", "Budget participatif", id="our id in front"),
        pytest.param("Axe 3 : Budget participatif", "Budget participatif", id="the axis in front"),
        pytest.param("Guichet—unique.", "Guichet - unique", id="dashes and full stops"),
        pytest.param("Œuvres\u00a0d’art", "Oeuvres d'art", id="ligatures and no-break spaces"),
    ],
)
def test_what_typing_changes_changes_nothing(typed: str, published: str) -> None:
    assert likeness(typed, published) == EXACT


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param("3 à 4 organismes", "5 à 6 organismes", id="figures are words"),
        pytest.param("100 jours", "200 jours", id="a figure in front is no number of a list"),
        pytest.param("Phase 1", "Phase 2", id="a figure at the end"),
        pytest.param("", "", id="nothing is like nothing"),
        pytest.param("…", "!", id="nor is punctuation"),
    ],
)
def test_what_says_something_else_is_never_the_same(one: str, other: str) -> None:
    assert likeness(one, other) < EXACT


@pytest.mark.parametrize(
    ("one", "other", "score"),
    [
        pytest.param("plan vert", "vert plan", 95.0, id="other order, a little less"),
        pytest.param("abcdefghij", "abcdefwxyz", 60.0, id="six letters of ten"),
        pytest.param("abc", "xyz", 0.0, id="nothing in common"),
        pytest.param("…", "Budget", 0.0, id="no word at all"),
        pytest.param("…", "!", 0.0, id="none on either side"),
        pytest.param("…", "…", EXACT, id="the same sign"),
        pytest.param("a" * 400, "a" * 399 + "b", 99.0, id="never quite the same"),
    ],
)
def test_how_near_two_titles_are(one: str, other: str, score: float) -> None:
    assert likeness(one, other) == score


def test_a_number_alone_stays_a_title() -> None:
    assert plain("2026") == "2026"


def task(gid: str, name: str, section: str | None = None, due: date | None = None) -> ObservedTask:
    homes = {"1": section} if section else {"1": None}
    return ObservedTask(gid, name, homes=homes, due_on=due)


def survey_of(*tasks: ObservedTask, **subtasks: tuple[ObservedTask, ...]) -> Survey:
    sections = (ObservedSection("s1", "Gestion", "1"), ObservedSection("s2", "Tissu", "1"))
    children = {gid.removeprefix("t"): some for gid, some in subtasks.items()}
    return Survey(PROJECT, sections, (), tasks, children)


def adoption_of(plan: Plan, survey: Survey, answers: Answers | None = None) -> Adoption:
    return propose_adoption(plan, rules_for(plan), survey, answers or {})


def verdicts(adoption: Adoption) -> dict[str, tuple[Certainty, str | None]]:
    return {match.ref: (match.certainty, match.gid) for match in adoption.matches}


def plan_of(*titles: str) -> Plan:
    """Two volets; the titles go in turn to one and to the other."""
    actions = [Action(f"A1-{n:02d}", title, {}) for n, title in enumerate(titles, start=1)]
    volets = (
        Volet("1.1", "Gestion", tuple(actions[::2])),
        Volet("1.2", "Tissu", tuple(actions[1::2])),
    )
    return Plan("essai", "Plan", (Axis(1, "Axe", "Mieux", volets),))


GRANTS = "Réviser la politique de subvention"
SPORTS = "Réviser la politique de subvention sportive"


def test_the_same_words_once_on_each_side_are_taken() -> None:
    found = verdicts(adoption_of(plan_of("Budget", "Mobilité"), survey_of(task("7", "BUDGET"))))
    assert found[action_ref("A1-01")] == ("exact", "7")
    assert found[action_ref("A1-02")] == ("none", None)
    assert found[section_ref("1.1")] == ("exact", "s1")


def test_a_slip_is_likely_and_the_wrong_promise_is_not() -> None:
    plan = plan_of("Créer un bureau de projet", "Mobilité active")
    survey = survey_of(task("7", "Creér un bureau de porjet"), task("8", "Acheter du café"))
    found = verdicts(adoption_of(plan, survey))
    assert found[action_ref("A1-01")] == ("likely", "7")
    assert found[action_ref("A1-02")] == ("none", None)


def test_exact_words_free_what_they_take_for_the_near_ones() -> None:
    survey = survey_of(task("7", GRANTS), task("8", SPORTS))
    found = verdicts(adoption_of(plan_of(GRANTS, SPORTS), survey))
    assert found[action_ref("A1-01")] == ("exact", "7")
    assert found[action_ref("A1-02")] == ("exact", "8")


def test_two_near_titles_for_one_promise_are_a_doubt_with_both_shown() -> None:
    survey = survey_of(task("7", f"{GRANTS} A"), task("8", f"{GRANTS} B"))
    adoption = adoption_of(plan_of(GRANTS), survey)
    (doubt,) = adoption.doubts
    assert doubt.gid is None
    assert [one.gid for one in doubt.candidates] == ["7", "8"]


def test_one_title_near_two_promises_is_nobody_s_without_a_person() -> None:
    adoption = adoption_of(
        plan_of(f"{GRANTS} A", f"{GRANTS} B"), survey_of(task("7", f"{GRANTS} C"))
    )
    assert len(adoption.doubts) == 2
    assert action_ref("A1-01") not in adoption.links


def test_the_same_words_twice_are_told_apart_by_their_section_and_by_nothing_less() -> None:
    twice = plan_of("Suivi", "Suivi")
    placed = survey_of(task("7", "Suivi", "s2"), task("8", "Suivi", "s1"))
    found = verdicts(adoption_of(twice, placed))
    assert found[action_ref("A1-01")] == ("exact", "8")
    assert found[action_ref("A1-02")] == ("exact", "7")
    loose = survey_of(task("7", "Suivi"), task("8", "Suivi"))
    assert len(adoption_of(twice, loose).doubts) == 2


def lines_of(*texts: tuple[str, str]) -> Plan:
    indicators: dict[str, tuple[Indicator, ...]] = {}
    for n, (checkpoint, text) in enumerate(texts, start=1):
        line = Indicator(f"A1-01-{checkpoint}-{n}", text, Goal("deliverable"))
        indicators[checkpoint] = (*indicators.get(checkpoint, ()), line)
    action = Action("A1-01", "Budget", indicators)
    axis = Axis(1, "Axe", "Mieux", (Volet("1.1", "Gestion", (action,)),))
    return Plan("essai", "Plan", (axis,))


def test_an_indicator_is_sought_among_the_subtasks_of_its_own_action_only() -> None:
    plan = lines_of(("mi-chemin", "Comité formé."))
    elsewhere = survey_of(task("7", "Budget"), task("8", "Autre"), t8=(task("9", "Comité formé"),))
    ref = indicator_ref("A1-01-mi-chemin-1")
    assert verdicts(adoption_of(plan, elsewhere))[ref] == ("none", None)
    at_home = survey_of(task("7", "Budget"), t7=(task("9", "Comité formé"),))
    assert verdicts(adoption_of(plan, at_home))[ref] == ("exact", "9")


def test_the_same_line_at_two_checkpoints_is_told_apart_by_its_due_date() -> None:
    plan = lines_of(("mi-chemin", "Terminé."), ("finalite", "Terminé."))
    dated = survey_of(
        task("7", "Budget"),
        t7=(task("9", "Terminé", due=date(2026, 3, 15)), task("10", "Terminé")),
    )
    found = verdicts(adoption_of(plan, dated))
    assert found[indicator_ref("A1-01-finalite-2")] == ("exact", "9")
    assert found[indicator_ref("A1-01-mi-chemin-1")] == ("exact", "10"), "what is left is plain"


def test_an_answer_counts_before_everything_and_leads_to_its_subtasks() -> None:
    plan = lines_of(("mi-chemin", "Comité formé."))
    survey = survey_of(task("6", "Budget"), task("7", "Finances"), t7=(task("9", "Comité formé"),))
    found = verdicts(adoption_of(plan, survey, {action_ref("A1-01"): "7"}))
    assert found[action_ref("A1-01")] == ("answered", "7")
    assert found[indicator_ref("A1-01-mi-chemin-1")] == ("exact", "9")
    none = verdicts(adoption_of(plan, survey, {action_ref("A1-01"): None}))
    assert none[action_ref("A1-01")] == ("none", None)


def test_a_task_that_carries_a_mark_is_nobody_s_candidate() -> None:
    marked = replace(task("7", "Budget"), notes="[jalon: autre/A1-01]")
    adoption = adoption_of(plan_of("Budget"), survey_of(marked))
    assert not adoption.links.keys() & {action_ref("A1-01")}
    assert adoption.notes == (
        Text(
            "1 tâche porte déjà une marque de Jalon : laissée de côté.",
            "1 task already carries a mark of Jalon's: left alone.",
        ),
    )


def test_the_lines_of_each_action_are_sought() -> None:
    """And the proposal says of which project it is."""
    one, two = (
        Action(
            f"A1-{n:02d}", title, {"mi-chemin": (Indicator(f"L{n}", line, Goal("deliverable")),)}
        )
        for n, title, line in ((1, "Budget", "Comité formé."), (2, "Mobilité", "Plan remis."))
    )
    plan = Plan("p", "Plan", (Axis(1, "Axe", "Mieux", (Volet("1.1", "Gestion", (one, two)),)),))
    survey = survey_of(
        task("7", "Budget"),
        task("8", "Mobilité"),
        t7=(task("70", "Comité formé"),),
        t8=(task("80", "Plan remis"),),
    )
    adoption = adoption_of(plan, survey)
    assert adoption.project == PROJECT
    assert adoption.links == {
        section_ref("1.1"): "s1",
        action_ref("A1-01"): "7",
        action_ref("A1-02"): "8",
        indicator_ref("L1"): "70",
        indicator_ref("L2"): "80",
    }


def test_nothing_is_ever_given_twice_and_the_same_inputs_give_the_same_proposal() -> None:
    """300 actions typed in reverse, every tenth one twice, every seventh with a slip."""
    plan = synthetic_plan(300)
    typed: list[ObservedTask] = []
    for n, (_, _, action) in enumerate(reversed(list(plan.actions()))):
        name = f"{action.title[:-3]}x{action.title[-2:]}" if n % 7 == 0 else action.title
        typed += [task(f"{n}", name), *([task(f"{n}b", name)] if n % 10 == 0 else [])]
    first = adoption_of(plan, survey_of(*typed))
    assert first == adoption_of(plan, survey_of(*typed))
    gids = list(first.links.values())
    assert len(gids) == len(set(gids))
    titles = {match.ref: match.title for match in first.matches}
    names = {one.gid: one.name for one in typed}
    for ref, gid in first.links.items():
        if ref.startswith("action:") and names[gid] in titles.values():
            assert names[gid] == titles[ref], "exact words are never given to another"
    assert all(match.ref.startswith("action:") for match in first.doubts)
    assert first.doubts


def test_what_nobody_claims_is_counted_as_untouched() -> None:
    survey = survey_of(task("7", "Budget"), task("8", "Café"), t7=(task("9", "Appeler"),))
    assert adoption_of(plan_of("Budget"), survey).untouched == 2


def test_the_small_plan_typed_word_for_word_leaves_no_doubt() -> None:
    plan = small_plan()
    tasks, subtasks = [], {}
    for n, (_, _, action) in enumerate(plan.actions()):
        tasks.append(task(f"{n}", action.title))
        subtasks[f"t{n}"] = tuple(
            task(f"{n}-{k}", line.text, due=rules_for(plan).checkpoint(checkpoint).due)
            for k, (checkpoint, line) in enumerate(action.all_indicators())
        )
    adoption = adoption_of(plan, survey_of(*tasks, **subtasks))
    assert {m.certainty for m in adoption.matches if m.ref.startswith(("action", "indic"))} == {
        "exact"
    }
