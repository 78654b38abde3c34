"""Every word of a plan that a publication shows, and whose it is."""

from dataclasses import replace

import pytest

from sync.core.plan_words import plan_words, private_words
from sync.model.plan import Action, Axis, Goal, Indicator, Plan, Volet

PLAN = Plan(
    "essai",
    "Plan d’essai",
    (
        Axis(
            1,
            "Organisation",
            "Mieux faire",
            (
                Volet(
                    "1.1",
                    "Gestion",
                    (
                        Action(
                            "A1-01",
                            "Bureau",
                            {
                                "mi-chemin": (Indicator("i1", "Ouvert", Goal("deliverable")),),
                                "finalite": (Indicator("i2", "Terminé", Goal("state")),),
                            },
                        ),
                    ),
                ),
            ),
        ),
        Axis(
            2, "Communauté", "Mieux vivre", (Volet("2.1", "Tissu", (Action("A2-01", "Tour", {}),)),)
        ),
    ),
)
WORDS = [
    ("essai", "Plan d’essai"),
    ("essai", "Organisation"),
    ("essai", "Mieux faire"),
    ("essai", "Communauté"),
    ("essai", "Mieux vivre"),
    ("1.1", "Gestion"),
    ("2.1", "Tissu"),
    ("A1-01", "Bureau"),
    ("A2-01", "Tour"),
    ("i1", "Ouvert"),
    ("i2", "Terminé"),
]


def test_every_word_of_a_plan_is_told_with_the_id_of_what_it_belongs_to() -> None:
    assert list(plan_words(PLAN)) == WORDS


@pytest.mark.parametrize("level", ["plan", "axis", "objective", "volet"])
def test_what_looks_private_is_told_with_its_place(level: str) -> None:
    (first, second), said = PLAN.axes, "Écrire à a@ville.example ou au 819 555-0123."
    (volet,) = first.volets
    plan, place = {
        "plan": (replace(PLAN, title=said), "essai"),
        "axis": (replace(PLAN, axes=(replace(first, title=said), second)), "essai"),
        "objective": (replace(PLAN, axes=(first, replace(second, objective=said))), "essai"),
        "volet": (
            replace(PLAN, axes=(replace(first, volets=(replace(volet, title=said),)), second)),
            "1.1",
        ),
    }[level]
    found = list(private_words(plan))
    assert [(at, part.words) for at, part in found] == [
        (place, "a@ville.example"),
        (place, "819 555-0123"),
    ]
    assert not list(private_words(PLAN))
