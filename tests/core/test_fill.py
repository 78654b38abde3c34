"""Sentences filled from facts: days in words, and words that agree with their number."""

import pytest

from sync.core.catalogue import wording
from sync.core.fill import counted, fill
from sync.core.sides import sides
from sync.model.finding import Finding
from sync.wording import Text


@pytest.mark.parametrize(
    ("fact", "fr", "en"),
    [
        ("2026-03-02", "le 2 mars 2026", "on 2026-03-02"),
        ("2026-03-01", "le 1er mars 2026", "on 2026-03-01"),
        pytest.param("20260302", "le 20260302", "on 20260302", id="a number, not a day"),
        pytest.param("2026-02-30", "le 2026-02-30", "on 2026-02-30", id="no such day"),
        pytest.param("Bureau", "le Bureau", "on Bureau", id="what a field holds may be no day"),
        pytest.param(None, "le vide", "on empty", id="empty"),
    ],
)
def test_a_day_is_in_words_where_the_sentence_is_french(fact: str | None, fr: str, en: str) -> None:
    assert fill(Text("le {when:day}", "on {when:day}"), {"when": fact}) == Text(fr, en)


@pytest.mark.parametrize(
    ("number", "fr", "en"),
    [
        (0, "0 tâche porte", "0 tasks carry"),
        (1, "1 tâche porte", "1 task carries"),
        (2, "2 tâches portent", "2 tasks carry"),
    ],
)
def test_words_agree_with_their_number_as_each_language_has_it(
    number: int, fr: str, en: str
) -> None:
    text = Text("{n:# tâche porte|# tâches portent}", "{n:# task carries|# tasks carry}")
    assert fill(text, {"n": number}) == Text(fr, en)
    one, many = Text("tâche porte", "task carries"), Text("tâches portent", "tasks carry")
    assert counted(number, one, many) == Text(fr, en)


def test_none_may_have_a_form_of_its_own_and_a_fact_may_have_two_languages() -> None:
    text = Text("{n:aucun|#|#} {what}", "{n:none|#|#} {what}")
    assert fill(text, {"n": 0, "what": Text("fait", "done")}) == Text("aucun fait", "none done")


def test_a_fact_that_is_not_known_is_told_as_such_whatever_is_asked_of_it() -> None:
    text = Text("{a} {b:day} {c:# tâche|# tâches}", "{a} {b} {c:# task|# tasks}")
    assert fill(text, {}) == Text("? ? ? tâches", "? ? ? tasks")


COUNTED = {"action": "Bureau", "checkpoint": "Mi-chemin"}


@pytest.mark.parametrize(
    ("code", "facts", "fr", "en"),
    [
        (
            "status.declared_without_evidence",
            {**COUNTED, "done": 0, "expected": 1},
            "aucun indicateur sur 1 n’est fait.",
            "none of 1 indicator is done.",
        ),
        (
            "status.declared_without_evidence",
            {**COUNTED, "done": 1, "expected": 3},
            "1 indicateur sur 3 est fait.",
            "1 of 3 indicators is done.",
        ),
        (
            "status.apart",
            {**COUNTED, "declared": "à venir", "declared_en": "upcoming", "done": 2, "expected": 3},
            "alors que 2 indicateurs sur 3 sont faits.",
            "while 2 of 3 indicators are done.",
        ),
        (
            "status.apart",
            {**COUNTED, "declared": "atteint", "declared_en": "achieved", "done": 0, "expected": 3},
            "alors qu’aucun indicateur sur 3 n’est fait.",
            "while none of 3 indicators is done.",
        ),
        (
            "task.duplicated",
            {"title": "« Bureau »", "count": 1},
            "1 tâche porte l’identifiant de « Bureau » en plus de la bonne; Jalon n’y touche pas.",
            "1 task carries the id of « Bureau » beside the right one; Jalon leaves it alone.",
        ),
        (
            "task.foreign",
            {"count": 1},
            "1 tâche du projet n’appartient pas au plan; elle n’est ni modifiée ni publiée.",
            "does not belong to the plan; it is neither changed nor published.",
        ),
        (
            "task.completed_with_open_indicators",
            {"action": "Bureau", "open": 1},
            "la tâche est terminée, mais 1 indicateur reste ouvert.",
            "the task is completed, but 1 indicator is still open.",
        ),
        (
            "status.achieved_late",
            {**COUNTED, "done_on": "2026-03-02", "due": "2026-02-15"},
            "atteint en retard, le 2 mars 2026 pour une échéance le 15 février 2026.",
            "achieved late, on 2026-03-02 when due on 2026-02-15.",
        ),
        (
            "field.drifted",
            {"field": "échéance", "title": "« Bureau »", "plan": "2026-02-15", "asana": None},
            "diffère du plan : plan « 15 février 2026 », Asana « vide ».",
            "differs from the plan: plan “2026-02-15”, Asana “empty”.",
        ),
    ],
)
def test_a_finding_agrees_with_its_figures_and_says_its_days(
    code: str, facts: dict[str, str | int | None], fr: str, en: str
) -> None:
    finding = Finding(code, "x", facts)
    said = wording(finding)
    assert said.fr.endswith(fr)
    assert said.en.endswith(en)
    assert "2026-" not in "".join(says.fr for _, says in sides(finding))
