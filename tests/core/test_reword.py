"""Other words in the plan: what people accepted of Asana's, and what the public goes on reading."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, Final

import pytest

from sync.core.chosen import Chosen
from sync.core.recognise import Recognition
from sync.core.reword import accepted, held_back, relocate, reorder, reword
from sync.model.finding import Choice, Finding, Settlement
from sync.model.mapping import BuiltinRule, FieldMapping
from sync.model.operation import Ref
from sync.model.plan import Action, Axis, Goal, Indicator, Plan, Volet
from sync.model.target import Observed, ObservedTask
from tests.core.paper_asana import rules_for, small_plan

DAY: Final = datetime(2026, 2, 1, tzinfo=UTC)


def action(id_: str) -> Action:
    line = Indicator(f"{id_}-1", f"Guide {id_}", Goal("deliverable"))
    return Action(id_, f"Promesse {id_}", {"mi-chemin": (line,)})


PLAN: Final = Plan(
    "essai",
    "Essai",
    (
        Axis(
            1,
            "Un",
            "Mieux",
            (
                Volet("1.1", "Gestion", (action("A"), action("B"), action("C"))),
                Volet("1.2", "Efficacité", (action("D"),)),
            ),
        ),
        Axis(2, "Deux", "Mieux", (Volet("2.1", "Tissu", ()),)),
    ),
    ("Z",),
)


def layout(plan: Plan) -> dict[str, str]:
    return {volet.id: "".join(a.id for a in volet.actions) for _, volet in plan.volets()}


def titles(plan: Plan) -> dict[str, str]:
    return {a.id: a.title for _, _, a in plan.actions()}


LAID_OUT: Final = {"1.1": "ABC", "1.2": "D", "2.1": ""}


# the words


def test_an_action_gets_its_new_words_and_nothing_else_changes() -> None:
    plan = reword(PLAN, {"action:B": "Autrement"})
    assert titles(plan) == {**titles(PLAN), "B": "Autrement"}
    assert reword(plan, {"action:B": "Promesse B"}) == PLAN


def test_what_an_indicator_expects_is_recognised_again_in_its_new_words() -> None:
    plan = reword(PLAN, {"indicator:A-1": "3 à 4 organismes"})
    lines = {line.id: line for _, _, line in plan.indicators()}
    assert lines.pop("A-1") == Indicator(
        "A-1", "3 à 4 organismes", Goal("quantity", 3, 4, "organismes")
    )
    assert lines == {line.id: line for _, _, line in PLAN.indicators() if line.id != "A-1"}


def test_words_that_stay_keep_the_goal_that_was_recognised_before() -> None:
    goal = Goal("quantity", 7, 7)
    volet = replace(
        PLAN.axes[1].volets[0],
        actions=(Action("E", "Promesse", {"x": (Indicator("E-1", "Un guide", goal),)}),),
    )
    plan = replace(PLAN, axes=(replace(PLAN.axes[1], volets=(volet,)),))
    assert reword(plan, {}) == reword(plan, {"indicator:E-1": "Un guide"}) == plan


def test_words_for_what_is_not_in_the_plan_change_nothing() -> None:
    assert reword(PLAN, {"action:X": "Autre", "indicator:X": "Autre"}) == PLAN


# the places


@pytest.mark.parametrize(
    ("places", "expected"),
    [
        pytest.param({}, LAID_OUT, id="none"),
        pytest.param(
            {"action:A": "section:1.2"}, {**LAID_OUT, "1.1": "BC", "1.2": "DA"}, id="to the end"
        ),
        pytest.param(
            {"action:C": "section:2.1", "action:A": "section:2.1"},
            {**LAID_OUT, "1.1": "B", "2.1": "AC"},
            id="several, in plan order",
        ),
        pytest.param(
            {"action:A": "section:1.2", "action:D": "section:1.1"},
            {"1.1": "BCD", "1.2": "A", "2.1": ""},
            id="an exchange",
        ),
        pytest.param({"action:A": "section:1.1"}, LAID_OUT, id="where it is already"),
        pytest.param({"action:A": "section:9.9"}, LAID_OUT, id="an unknown section"),
        pytest.param({"action:A": ""}, LAID_OUT, id="no section"),
        pytest.param({"action:X": "section:1.2"}, LAID_OUT, id="an unknown action"),
    ],
)
def test_an_action_moves_to_the_end_of_a_volet_of_the_plan(
    places: Mapping[Ref, Ref], expected: dict[str, str]
) -> None:
    plan = relocate(PLAN, places)
    assert layout(plan) == expected
    assert titles(plan) == titles(PLAN) | {}
    assert (plan.id, plan.title, plan.retired_ids) == ("essai", "Essai", ("Z",))


@pytest.mark.parametrize(
    ("section", "order", "expected"),
    [
        pytest.param("section:1.1", "CAB", "CAB", id="as Asana has them"),
        pytest.param("section:1.1", "C", "CAB", id="what it does not show keeps to the end"),
        pytest.param("section:1.1", "DXCBA", "CBA", id="others count for nothing"),
        pytest.param("section:1.1", "", "ABC", id="nothing shown"),
        pytest.param("section:1.2", "CBA", "ABC", id="another volet"),
        pytest.param("section:9.9", "CBA", "ABC", id="no volet"),
    ],
)
def test_the_actions_of_one_volet_take_asana_s_order(
    section: Ref, order: str, expected: str
) -> None:
    plan = reorder(PLAN, section, [f"action:{id_}" for id_ in order])
    assert layout(plan) == {**LAID_OUT, "1.1": expected}


# what people accepted

GIDS: Final = {
    "project:actions": "1",
    "section:1.1": "11",
    "section:1.2": "12",
    "action:A": "71",
    "action:B": "72",
    "action:C": "73",
    "indicator:A-1": "81",
    "indicator:B-1": "74",
    "indicator:C-1": "75",
}
OBSERVED: Final = Observed(
    complete=True,
    read_at=DAY,
    tasks={
        "71": ObservedTask("71", "  Notre A ", homes={"1": "12"}),
        "72": ObservedTask("72", "   ", homes={"9": "12"}),
        "73": ObservedTask("73", "Promesse C", homes={"1": "99"}),
        "74": ObservedTask("74", "\u202eNotre\u200b B\ufeff "),
        "75": ObservedTask("75", "\u200b "),
        "81": ObservedTask("81", "2 textes"),
    },
    order={"actions": ("73", "99", "71"), "indicators": ("72", "71", "73")},
)


def settled(finding: Finding, choice: Choice, id_: int = 1) -> Settlement:
    return Settlement(
        id=id_, at=DAY, key=finding.key, choice=choice, by="Mme X", reason="", facts=finding.facts
    )


def drift(subject: str, **facts: Any) -> Finding:
    return Finding("field.drifted", subject, facts)


def taken(*subjects: str, choice: Choice = "asana") -> tuple[Plan, tuple[int, ...]]:
    findings = [drift(subject) for subject in subjects]
    chosen = Chosen(
        settled={one.key: settled(one, choice, n) for n, one in enumerate(findings, start=1)}
    )
    plan, asked = accepted(PLAN, findings, chosen, OBSERVED, Recognition(GIDS))
    return plan, tuple(one.id for one in asked)


@pytest.mark.parametrize(
    ("subject", "expected"),
    [
        pytest.param("action:A#name", reword(PLAN, {"action:A": "Notre A"}), id="a title"),
        pytest.param(
            "indicator:A-1#name", reword(PLAN, {"indicator:A-1": "2 textes"}), id="a line"
        ),
        pytest.param(
            "indicator:B-1#name",
            reword(PLAN, {"indicator:B-1": "Notre B"}),
            id="words, less what nobody can see",
        ),
        pytest.param("action:A#section", relocate(PLAN, {"action:A": "section:1.2"}), id="a volet"),
        pytest.param(
            "section:1.1#order",
            reorder(PLAN, "section:1.1", ["action:C", "action:A"]),
            id="an order",
        ),
    ],
)
def test_what_asana_says_is_taken_into_the_plan_where_a_person_said_so(
    subject: str, expected: Plan
) -> None:
    assert expected != PLAN
    assert taken(subject) == (expected, (1,))
    assert taken(subject, choice="plan") == (PLAN, ())


@pytest.mark.parametrize(
    "subject",
    [
        pytest.param("action:B#name", id="an empty title"),
        pytest.param("indicator:C-1#name", id="words that nobody can see"),
        pytest.param("action:C#name", id="the same title"),
        pytest.param("action:D#name", id="a task that is not linked"),
        pytest.param("action:D#section", id="a place of such a task"),
        pytest.param("action:B#section", id="a place in no project of ours"),
        pytest.param("action:C#section", id="a section that is not ours"),
        pytest.param("action:A#notes", id="what the plan does not say"),
        pytest.param("section:1.2#order", id="an order of one"),
    ],
)
def test_what_cannot_be_taken_changes_nothing_and_asks_for_nothing(subject: str) -> None:
    assert taken(subject) == (PLAN, ())


def test_several_are_taken_one_after_the_other_and_each_is_named() -> None:
    plan, asked = taken("action:A#name", "action:B#name", "action:A#section", "section:1.1#order")
    assert asked == (1, 3, 4)
    assert titles(plan)["A"] == "Notre A"
    assert layout(plan) == {**LAID_OUT, "1.1": "CB", "1.2": "DA"}


def test_what_nobody_answered_hides_nothing_that_comes_after_it() -> None:
    open_, answered = drift("action:B#name"), drift("action:A#name")
    chosen = Chosen(settled={answered.key: settled(answered, "asana")})
    plan, asked = accepted(PLAN, [open_, answered], chosen, OBSERVED, Recognition(GIDS))
    assert titles(plan)["A"] == "Notre A"
    assert len(asked) == 1


def test_an_answer_given_upon_other_facts_is_none() -> None:
    seen, now = drift("action:A#name", asana="Un"), drift("action:A#name", asana="Deux")
    chosen = Chosen(settled={seen.key: settled(seen, "asana")})
    assert accepted(PLAN, [now], chosen, OBSERVED, Recognition(GIDS)) == (PLAN, ())


def test_an_order_that_was_not_read_is_none() -> None:
    found = drift("section:1.1#order")
    chosen = Chosen(settled={found.key: settled(found, "asana")})
    unread = replace(OBSERVED, order={})
    assert accepted(PLAN, [found], chosen, unread, Recognition(GIDS)) == (PLAN, ())


# what both changed apart

SHARED: Final = {"name": BuiltinRule("shared", "report"), "section": BuiltinRule("shared")}
AGREED: Final[Mapping[tuple[Ref, str], str | None]] = {
    ("action:A", "name"): "Ancien A",
    ("action:A", "section"): "section:1.2",
    ("action:B", "name"): "Ancien B",
    ("action:C", "name"): None,
    ("action:C", "notes"): "Anciennes notes",
}


def public(*findings: Finding, builtins: Any = SHARED) -> Plan:
    rules = replace(rules_for(small_plan()), mapping=FieldMapping((), builtins))
    return held_back(PLAN, rules, findings, lambda: AGREED)


def conflict(subject: str) -> Finding:
    return Finding("field.conflict", subject)


@pytest.mark.parametrize(
    ("findings", "expected"),
    [
        pytest.param([], PLAN, id="nothing"),
        pytest.param(
            [conflict("action:A#name")], reword(PLAN, {"action:A": "Ancien A"}), id="words"
        ),
        pytest.param(
            [conflict("action:A#section")],
            relocate(PLAN, {"action:A": "section:1.2"}),
            id="a place",
        ),
        pytest.param(
            [conflict("action:C#name"), conflict("action:B#name"), conflict("action:A#section")],
            relocate(reword(PLAN, {"action:B": "Ancien B"}), {"action:A": "section:1.2"}),
            id="what was agreed to be empty is none, and hides nothing",
        ),
        pytest.param([conflict("action:D#name")], PLAN, id="never agreed on"),
        pytest.param([drift("action:A#name")], PLAN, id="a drift is no conflict"),
        pytest.param([conflict("action:C#notes")], PLAN, id="what the public does not read"),
    ],
)
def test_the_public_reads_on_what_was_agreed(findings: list[Finding], expected: Plan) -> None:
    notes = {**SHARED, "notes": BuiltinRule("shared")}
    assert public(*findings, builtins=notes) == expected


def test_what_the_plan_owns_is_published_as_the_plan_says() -> None:
    own = {"name": BuiltinRule("plan", "report"), "section": BuiltinRule("shared")}
    assert public(conflict("action:A#name"), builtins=own) == PLAN


def test_without_a_conflict_the_baselines_are_not_even_read() -> None:
    def unread() -> Mapping[tuple[Ref, str], str | None]:
        raise AssertionError

    rules = replace(rules_for(small_plan()), mapping=FieldMapping((), SHARED))  # type: ignore[arg-type]
    assert held_back(PLAN, rules, [drift("action:A#name")], unread) == PLAN
