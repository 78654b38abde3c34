"""What an alarm says to a person: its figures and its limit, in both languages."""

import pytest

from sync.core.alarms import AMOUNTS, in_words, names_of
from sync.model.guarding import Alarm
from sync.model.rules import GuardLimits
from sync.wording import Text

SAID = [
    # a share of what is known
    (
        Alarm("too many updates", 31, 100, 0.3),
        "31 tâches à modifier sur 100 connues (limite : 30 %)",
        "31 tasks to update of 100 known (limit: 30%)",
    ),
    (
        Alarm("too many missing", 3, 12, 0.126),
        "3 tâches disparues pour 12 actions connues (limite : 13 %)",
        "3 tasks missing for 12 known actions (limit: 13%)",
    ),
    (
        Alarm("field rewritten", 60, 80, 0.5, (), Text("échéance", "due date")),
        "« échéance » réécrit sur 60 tâches, de 80 qui l’ont (limite : 50 %)",
        "“due date” rewritten on 60 tasks, of 80 that have it (limit: 50%)",
    ),
    (
        Alarm("too much in one axis", 9, 10, 0.6, (), Text("axe 1, à créer", "axis 1, to create")),
        "axe 1, à créer : 9 sur 10 (limite : 60 %)",
        "axis 1, to create: 9 of 10 (limit: 60%)",
    ),
    # a number
    (
        Alarm("schema changed", 3, 40, 2, (), Text("Axe, Preuve", "Axe, Preuve")),
        "3 champs ou options sur 40 : Axe, Preuve (limite : 2)",
        "3 fields or options of 40: Axe, Preuve (limit: 2)",
    ),
    (
        Alarm("statuses turned back", 6, 40, 5.0, (), Text("A1 (Atteint → En cours)", "A1 (…)")),
        "6 états publiés reculeraient : A1 (Atteint → En cours) (limite : 5)",
        "6 published statuses would turn back: A1 (…) (limit: 5)",
    ),
    # one alone
    (
        Alarm("too many missing", 1, 1, 0.1),
        "1 tâche disparue pour 1 action connue (limite : 10 %)",
        "1 task missing for 1 known action (limit: 10%)",
    ),
    (
        Alarm("field rewritten", 1, 1, 0.5, (), Text("échéance", "due date")),
        "« échéance » réécrit sur 1 tâche, de 1 qui l’a (limite : 50 %)",
        "“due date” rewritten on 1 task, of 1 that has it (limit: 50%)",
    ),
    # no amount is plausible
    (
        Alarm("plan empty", 20, 20, 0),
        "0 action au plan, 20 connues",
        "0 actions in the plan, 20 known",
    ),
    (
        Alarm("all tasks gone", 80, 80, 0),
        "80 tâches disparues sur 80 connues",
        "80 tasks gone of 80 known",
    ),
]


@pytest.mark.parametrize(("alarm", "fr", "en"), SAID, ids=[alarm.rule for alarm, *_ in SAID])
def test_an_alarm_tells_its_figures_and_its_limit(alarm: Alarm, fr: str, en: str) -> None:
    assert in_words([alarm]) == Text(fr, en)


def test_all_alarms_are_told_in_their_order() -> None:
    (first, fr, en), (last, fr_too, en_too) = SAID[0], SAID[-1]
    assert in_words([first, last]) == Text(f"{fr}; {fr_too}", f"{en}; {en_too}")
    assert in_words([last, first]) == Text(f"{fr_too}; {fr}", f"{en_too}; {en}")


@pytest.mark.parametrize("rule", AMOUNTS)
def test_every_rule_has_its_figures_in_both_languages_and_a_limit_that_exists(rule: str) -> None:
    amount = AMOUNTS[rule]
    told = in_words([Alarm(rule, 6, 47, 0.2, (), Text("là-bas", "over there"))])
    for said, template in ((told.fr, amount.figures.fr), (told.en, amount.figures.en)):
        assert "{" not in said
        assert ("47" in said) == ("{known" in template)
    assert (amount.key is None) <= (amount.measure == "none")
    assert amount.key is None or hasattr(GuardLimits(), amount.key)


@pytest.mark.parametrize(
    ("stored", "fr"),
    [
        ("field rewritten, too many restores", "champ réécrit, trop de rétablissements"),
        ("too many missing", "trop de tâches disparues"),
        pytest.param("autre règle", "autre règle", id="of another release"),
    ],
)
def test_the_rules_of_a_yes_are_told_by_their_french_names(stored: str, fr: str) -> None:
    assert names_of(stored) == Text(fr, stored)


def test_no_two_rules_have_one_name() -> None:
    names = [amount.name_fr for amount in AMOUNTS.values()]
    assert len(set(names)) == len(names)
