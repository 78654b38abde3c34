"""What a manager reads in Asana: notes word for word, and « Suivi public » case by case."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

import pytest

from sync.core.dates import french
from sync.core.notes import (
    FOLLOWUP_LIMIT,
    action_notes,
    followup,
    goal_range,
    indicator_notes,
    project_notes,
)
from sync.model.finding import Finding
from sync.model.plan import Action, Goal, Indicator
from sync.model.progress import Correction, FrozenStanding, Standing, Status
from sync.model.target import ProjectRole
from tests.core.paper_asana import CHECKPOINTS, rules_for, small_plan

PLAN = small_plan()
HIDDEN = rules_for(PLAN)
SHOWN = replace(HIDDEN, page_url="https://ville.example/plan/")
AXIS = PLAN.axes[0]
VOLET = AXIS.volets[0]
BUREAU = VOLET.actions[0]
MIDWAY, FINAL = CHECKPOINTS


@pytest.mark.parametrize(
    ("role", "lines"),
    [
        (
            "actions",
            [
                "Plan d’essai.",
                (
                    "Une tâche par action du plan. Les indicateurs sont les sous-tâches; ils se "
                    "suivent aussi dans « Plan d’essai – indicateurs »."
                ),
                "Page publique : https://ville.example/plan/",
                "",
                "[jalon: essai/projet-actions]",
            ],
        ),
        (
            "indicators",
            [
                "Plan d’essai.",
                (
                    "Une sous-tâche par indicateur du plan, rangée par jalon. Cochez-la et "
                    "inscrivez « Fait le » quand le résultat est atteint."
                ),
                "Page publique : https://ville.example/plan/",
                "",
                "[jalon: essai/projet-indicators]",
            ],
        ),
    ],
)
def test_each_project_says_what_its_tasks_are(role: ProjectRole, lines: list[str]) -> None:
    assert project_notes(PLAN, SHOWN, role).split("\n") == lines


BUREAU_NOTES = [
    "Axe 1 – Organisation › Gestion",
    "",
    "Mi-chemin, attendu au plus tard le 15 février 2026 :",
    "• Bureau, 1",
    "• Bureau, 2",
    "",
    "Finalité, attendu au plus tard le 15 mars 2026 :",
    "• Bureau, 1",
    "",
    (
        "À tenir à jour : l’état déclaré de chaque jalon, et dans chaque sous-tâche « Fait le » "
        "(et la quantité, s’il y en a une). « Suivi public » dit ce que la population lit."
    ),
    "Page publique : https://ville.example/plan/#A1-01",
    "",
    "[jalon: essai/A1-01]",
]


def test_an_action_says_what_is_expected_when_and_where_it_is_read() -> None:
    assert action_notes(PLAN, SHOWN, AXIS, VOLET, BUREAU).split("\n") == BUREAU_NOTES


def test_a_checkpoint_without_an_indicator_is_not_announced() -> None:
    only_final = replace(BUREAU, indicators={"finalite": BUREAU.indicators["finalite"]})
    lines = action_notes(PLAN, SHOWN, AXIS, VOLET, only_final).split("\n")
    assert lines == BUREAU_NOTES[:2] + BUREAU_NOTES[6:]


def test_without_a_page_no_address_is_given() -> None:
    lines = action_notes(PLAN, HIDDEN, AXIS, VOLET, BUREAU).split("\n")
    assert lines == [line for line in BUREAU_NOTES if not line.startswith("Page publique")]


@pytest.mark.parametrize(
    ("goal", "expected"),
    [
        (
            Goal("deliverable"),
            "Attendu : ce livrable. Cochez quand il est fait et inscrivez « Fait le ».",
        ),
        (
            Goal("quantity", 3, 4, "organismes"),
            "Attendu : 3 à 4 organismes. Inscrivez la quantité atteinte et « Fait le ».",
        ),
        (
            Goal("continuity"),
            "Attendu : une activité continue. Cochez quand elle est en place, avec « Fait le ».",
        ),
        (
            Goal("state", word="Terminé"),
            "Le plan donne ici un état, pas un livrable. Cochez si c’est fait, avec « Fait le ».",
        ),
    ],
    ids=lambda value: value.kind if isinstance(value, Goal) else "",
)
def test_an_indicator_says_what_to_enter(goal: Goal, expected: str) -> None:
    indicator = Indicator("A1-01-1", "Rencontres", goal)
    action = Action("A1-01", "Bureau", {"mi-chemin": (indicator,)})
    assert indicator_notes(PLAN, SHOWN, action, MIDWAY, indicator).split("\n") == [
        "Indicateur de l’action « Bureau », jalon « Mi-chemin » (15 février 2026).",
        expected,
        "Le gel est le 20 février 2026 : l’état publié est ensuite figé.",
        "Page publique : https://ville.example/plan/#A1-01",
        "",
        "[jalon: essai/A1-01-1]",
    ]


@pytest.mark.parametrize(
    ("goal", "words"),
    [
        (Goal("quantity", 3, 4, "organismes"), "3 à 4 organismes"),
        (Goal("quantity", 2, 2, "textes"), "2 textes"),
        (Goal("quantity", 2, None, "textes"), "2 textes"),
        (Goal("quantity", 2, 3), "2 à 3"),
        (Goal("quantity", 5, 5), "5"),
    ],
)
def test_a_range_is_said_as_a_person_would(goal: Goal, words: str) -> None:
    assert goal_range(goal) == words


def standing(status: Status = Status.UNDER_WAY, done: int = 1, **more: bool) -> Standing:
    return Standing(status, done, 2, "indicateurs", **more)


NOTHING_EXPECTED = Standing(Status.NOT_APPLICABLE, 0, 0, "aucun")
FIXED = FrozenStanding(standing(Status.NOT_ACHIEVED), date(2026, 2, 20))
FIRST = Correction(Status.ACHIEVED, date(2026, 3, 1), "preuve retrouvée")
SECOND = Correction(Status.ACHIEVED_LATE, date(2026, 3, 12), "date retrouvée")


@pytest.mark.parametrize(
    ("standings", "frozen", "text"),
    [
        pytest.param({}, {}, "Aucun indicateur à suivre.", id="nothing at all"),
        pytest.param(
            {"mi-chemin": NOTHING_EXPECTED, "finalite": NOTHING_EXPECTED},
            {},
            "Aucun indicateur à suivre.",
            id="nothing expected",
        ),
        pytest.param(
            {"mi-chemin": NOTHING_EXPECTED, "finalite": standing()},
            {},
            "Finalité : en cours (1 sur 2).",
            id="only the checkpoints that expect something",
        ),
        pytest.param(
            {"finalite": standing(Status.UPCOMING, 0), "mi-chemin": standing()},
            {},
            "Mi-chemin : en cours (1 sur 2).\nFinalité : à venir (0 sur 2).",
            id="checkpoints in the plan's order",
        ),
        pytest.param(
            {"mi-chemin": standing(confirmed=False, provisional=True)},
            {},
            "Mi-chemin : en cours (1 sur 2), à confirmer, provisoire.",
            id="what is not certain yet",
        ),
        pytest.param(
            {"mi-chemin": Standing(Status.RETIRED, 0, 0, "reglement")},
            {},
            "Mi-chemin : retiré.",
            id="no count where nothing is expected",
        ),
        pytest.param(
            {"mi-chemin": standing(Status.ACHIEVED_LATE, 2), "finalite": standing()},
            {"mi-chemin": FIXED},
            "Mi-chemin : atteint en retard (2 sur 2); figé « non atteint ».\n"
            "Finalité : en cours (1 sur 2).",
            id="frozen beside what is so today",
        ),
        pytest.param(
            {"mi-chemin": standing(Status.ACHIEVED, 2)},
            {"mi-chemin": replace(FIXED, corrections=(FIRST,))},
            "Mi-chemin : atteint (2 sur 2); figé « non atteint », corrigé le "
            "1er mars 2026 : « atteint ».",
            id="corrected",
        ),
        pytest.param(
            {"mi-chemin": standing(Status.ACHIEVED_LATE, 2)},
            {"mi-chemin": replace(FIXED, corrections=(FIRST, SECOND))},
            "Mi-chemin : atteint en retard (2 sur 2); figé « non atteint », corrigé le "
            "12 mars 2026 : « atteint en retard ».",
            id="of corrections the last one",
        ),
    ],
)
def test_the_manager_reads_what_the_public_reads(
    standings: Mapping[str, Standing], frozen: Mapping[str, FrozenStanding], text: str
) -> None:
    assert followup(CHECKPOINTS, standings, frozen, ()) == text


def test_the_manager_is_asked_only_what_a_manager_can_answer() -> None:
    facts = {"action": "Bureau", "checkpoint": "Mi-chemin"}
    asked = Finding("status.undeclared", "action:A1-01#mi-chemin", facts)
    drift = {"field": "nom", "title": "Bureau", "plan": "Bureau", "asana": "Autre"}
    for_others = Finding("field.drifted", "action:A1-01#name", drift)
    assert followup(CHECKPOINTS, {"mi-chemin": standing()}, {}, [for_others, asked]) == (
        "Mi-chemin : en cours (1 sur 2).\n"
        "À voir : Bureau, « Mi-chemin » : l’échéance est passée et rien n’est déclaré ni fait."
    )


@pytest.mark.parametrize(
    ("beyond", "ending"),
    [
        pytest.param(0, "(1 sur 2).", id="what fits is whole"),
        pytest.param(1, " (1 sur 2…", id="what does not is cut, and says so"),
    ],
)
def test_asana_s_limit_is_filled_and_never_passed(beyond: int, ending: str) -> None:
    title = "x" * (FOLLOWUP_LIMIT - len(" : en cours (1 sur 2).") + beyond)
    text = followup([replace(MIDWAY, title=title)], {"mi-chemin": standing()}, {}, ())
    assert (len(text), text[-10:]) == (FOLLOWUP_LIMIT, ending)


def test_no_blank_stands_before_the_sign_that_words_were_cut() -> None:
    title = "x" * (FOLLOWUP_LIMIT - 3) + "  yyyy"
    text = followup([replace(MIDWAY, title=title)], {"mi-chemin": standing()}, {}, ())
    assert text == "x" * (FOLLOWUP_LIMIT - 3) + "…"


@pytest.mark.parametrize(
    ("day", "words"),
    [
        (date(2026, 1, 1), "1er janvier 2026"),
        (date(2026, 2, 2), "2 février 2026"),
        (date(2026, 3, 11), "11 mars 2026"),
        (date(2026, 4, 21), "21 avril 2026"),
        (date(2026, 5, 31), "31 mai 2026"),
        (date(2026, 6, 1), "1er juin 2026"),
        (date(2026, 7, 10), "10 juillet 2026"),
        (date(2026, 8, 9), "9 août 2026"),
        (date(2026, 9, 3), "3 septembre 2026"),
        (date(2026, 10, 4), "4 octobre 2026"),
        (date(2026, 11, 5), "5 novembre 2026"),
        (date(2027, 12, 6), "6 décembre 2027"),
    ],
)
def test_a_day_is_written_in_full(day: date, words: str) -> None:
    assert french(day) == words
