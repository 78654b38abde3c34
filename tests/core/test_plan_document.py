"""How a revision is kept: the very form, and what is no such form."""

import copy
from typing import Any

import pytest

from sync.core.plan_document import goal_to_json, plan_from_json, plan_to_json
from sync.errors import PlanRefused
from sync.model.plan import Action, Axis, Goal, Indicator, Plan, Volet

WRITTEN: dict[str, Any] = {
    "id": "ville",
    "title": "Plan",
    "retired_ids": ["A-8", "A-9"],
    "axes": [
        {
            "number": 1,
            "title": "Axe",
            "objective": "But",
            "volets": [
                {
                    "id": "1.1",
                    "title": "Volet",
                    "actions": [
                        {
                            "id": "A-1",
                            "title": "Action",
                            "indicators": [
                                {
                                    "checkpoint": "mi",
                                    "lines": [
                                        {
                                            "id": "L-1",
                                            "text": "3 à 4 textes",
                                            "goal": {
                                                "kind": "quantity",
                                                "at_least": 3,
                                                "at_most": 4,
                                                "unit": "textes",
                                            },
                                        },
                                        {
                                            "id": "L-2",
                                            "text": "Fait.",
                                            "goal": {"kind": "state", "word": "Fait"},
                                        },
                                    ],
                                },
                                {
                                    "checkpoint": "fin",
                                    "lines": [
                                        {"id": "L-3", "text": "Su.", "goal": {"kind": "continuity"}}
                                    ],
                                },
                            ],
                        },
                        {"id": "A-2", "title": "Autre", "indicators": []},
                    ],
                },
                {"id": "1.2", "title": "Vide", "actions": []},
            ],
        }
    ],
}
LINES = {
    "mi": (
        Indicator("L-1", "3 à 4 textes", Goal("quantity", 3, 4, "textes")),
        Indicator("L-2", "Fait.", Goal("state", word="Fait")),
    ),
    "fin": (Indicator("L-3", "Su.", Goal("continuity")),),
}
VOLETS = (
    Volet("1.1", "Volet", (Action("A-1", "Action", LINES), Action("A-2", "Autre", {}))),
    Volet("1.2", "Vide", ()),
)
PLAN = Plan("ville", "Plan", (Axis(1, "Axe", "But", VOLETS),), ("A-8", "A-9"))

AXIS = ("axes", 0)
VOLET = (*AXIS, "volets", 0)
ACTION = (*VOLET, "actions", 0)
CELL = (*ACTION, "indicators", 0)
LINE = (*CELL, "lines", 0)
GOAL = (*LINE, "goal")

TEXT = ("un texte", "a text")
LIST = ("une liste", "a list")
OBJECT = ("un objet", "an object")
WHOLE = ("un nombre entier", "a whole number")
KIND = (
    "l’un de deliverable, quantity, state, continuity",
    "one of deliverable, quantity, state, continuity",
)


def test_the_form_in_which_a_revision_is_kept() -> None:
    """Said in full once: what was stored by an older release must be read by a newer one."""
    assert plan_to_json(PLAN) == WRITTEN
    assert plan_from_json(WRITTEN) == PLAN


def test_a_goal_is_written_as_a_person_would_say_it() -> None:
    assert list(goal_to_json(Goal("quantity", 3, 4, "textes", "Fait"))) == [
        "kind",
        "at_least",
        "at_most",
        "unit",
        "word",
    ]


def refused(document: Any, path: str, expected: tuple[str, str]) -> None:
    with pytest.raises(PlanRefused) as refusal:
        plan_from_json(document)
    fr, en = expected
    assert refusal.value.facts == {"path": path}
    assert (refusal.value.text.fr, refusal.value.text.en) == (
        (
            f"Plan enregistré, {path} : {fr} était attendu. "
            "Restaurez une sauvegarde ou importez le plan de nouveau."
        ),
        f"Stored plan, {path}: {en} was expected. Restore a backup or import the plan again.",
    )


def place_of(path: tuple[str | int, ...]) -> str:
    return "plan" + "".join(f"[{one}]" if isinstance(one, int) else f".{one}" for one in path)


@pytest.mark.parametrize(
    ("path", "value", "expected"),
    [
        (("id",), 1, TEXT),
        (("title",), None, TEXT),
        (("retired_ids",), "A-8", LIST),
        (("retired_ids", 1), 9, TEXT),
        (("axes",), {}, LIST),
        (AXIS, [], OBJECT),
        ((*AXIS, "number"), "1", WHOLE),
        ((*AXIS, "number"), True, WHOLE),
        ((*AXIS, "number"), 1.0, WHOLE),
        ((*AXIS, "title"), 1, TEXT),
        ((*AXIS, "objective"), 1, TEXT),
        ((*AXIS, "volets"), {}, LIST),
        (VOLET, "1.1", OBJECT),
        ((*VOLET, "id"), 1.1, TEXT),
        ((*VOLET, "title"), 1, TEXT),
        ((*VOLET, "actions"), None, LIST),
        ((*VOLET, "actions", 1), None, OBJECT),
        ((*ACTION, "id"), 1, TEXT),
        ((*ACTION, "title"), 1, TEXT),
        ((*ACTION, "indicators"), {"mi": []}, LIST),
        (CELL, [], OBJECT),
        ((*CELL, "checkpoint"), 1, TEXT),
        ((*CELL, "lines"), {}, LIST),
        (LINE, "L-1", OBJECT),
        ((*LINE, "id"), 1, TEXT),
        ((*LINE, "text"), 1, TEXT),
        (GOAL, "quantity", OBJECT),
        ((*GOAL, "kind"), "promise", KIND),
        ((*GOAL, "kind"), None, KIND),
        ((*GOAL, "at_least"), "3", WHOLE),
        ((*GOAL, "at_most"), None, WHOLE),
        ((*GOAL, "unit"), 1, TEXT),
        ((*GOAL, "word"), 1, TEXT),
    ],
)
def test_a_value_of_another_kind_is_refused_at_its_place(
    path: tuple[str | int, ...], value: Any, expected: tuple[str, str]
) -> None:
    document: Any = copy.deepcopy(WRITTEN)
    *to, last = path
    holder = document
    for step in to:
        holder = holder[step]
    holder[last] = value
    refused(document, place_of(path), expected)


@pytest.mark.parametrize(
    ("path", "keys"),
    [
        ((), "axes, id, retired_ids, title"),
        (AXIS, "number, objective, title, volets"),
        (VOLET, "actions, id, title"),
        (ACTION, "id, indicators, title"),
        (CELL, "checkpoint, lines"),
        (LINE, "goal, id, text"),
        (GOAL, "kind"),
    ],
)
def test_each_part_has_its_keys_and_no_other(path: tuple[str | int, ...], keys: str) -> None:
    expected = f"les clés {keys}", f"the keys {keys}"
    for key in (*keys.split(", "), "strange"):
        document: Any = copy.deepcopy(WRITTEN)
        holder = document
        for step in path:
            holder = holder[step]
        if key in holder:
            del holder[key]
        else:
            holder[key] = "x"
        refused(document, place_of(path), expected)


def test_a_document_that_is_none_is_refused() -> None:
    refused([], "plan", OBJECT)
