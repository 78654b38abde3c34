"""What each side of a finding holds, filled in from its facts; and where the thing is in Asana."""

from collections.abc import Mapping

import pytest

from sync.core.sides import asana_link, rule_of, sides
from sync.model.finding import Finding
from sync.wording import Text

CONFLICT = Finding(
    "field.conflict", "action:A#name", {"plan": "Bureaux", "asana": "Notre bureau", "base": None}
)


def test_each_side_is_told_in_its_order_and_an_empty_one_as_empty() -> None:
    assert sides(CONFLICT) == (
        (Text("plan", "plan"), Text("Bureaux", "Bureaux")),
        (Text("Asana", "Asana"), Text("Notre bureau", "Notre bureau")),
        (Text("dernier accord", "last agreed"), Text("vide", "empty")),
    )
    assert rule_of(CONFLICT) == Text(
        "les deux côtés ont changé depuis le dernier accord : Jalon ne tranche pas",
        "both sides changed since they last agreed: Jalon does not take sides",
    )


def test_who_says_it_is_filled_in_too() -> None:
    found = Finding("status.final_before_midway", "action:A", {"earlier": "Mi", "later": "Fin"})
    assert [(who.fr, who.en) for who, _ in sides(found)] == [("Mi", "Mi"), ("Fin", "Fin")]


def test_each_language_has_its_own_words() -> None:
    facts = {"declared": "atteint", "declared_en": "achieved", "done": 0, "expected": 2}
    (_, said), (_, done) = sides(Finding("status.apart", "action:A#mi-chemin", facts))
    assert said == Text("atteint", "achieved")
    assert done == Text("0 sur 2 fait", "0 of 2 done")


@pytest.mark.parametrize(
    ("code", "facts", "plan", "asana"),
    [
        pytest.param(
            "task.missing",
            {"title": "« Bureau »", "last_seen": "2026-01-31"},
            Text("« Bureau »", "« Bureau »"),
            Text("disparue, vue le 31 janvier 2026", "gone, last seen 2026-01-31"),
            id="a task",
        ),
        pytest.param(
            "schema.field_missing",
            {"field": "Axe", "title": "autre", "like": 0},
            Text("Axe", "Axe"),
            Text("absent", "gone"),
            id="a field",
        ),
        pytest.param(
            "schema.field_missing",
            {"field": "Axe", "like": 2},
            Text("Axe", "Axe"),
            Text("absent; 2 champs lui ressemblent", "gone; 2 fields are like it"),
            id="a field that two could stand for",
        ),
        pytest.param(
            "schema.option_renamed",
            {"option": "Atteint", "field": "Déclaré", "asana": "Fini"},
            Text("Atteint", "Atteint"),
            Text("Fini", "Fini"),
            id="a name",
        ),
    ],
)
def test_the_plan_s_side_comes_before_asana_s(
    code: str, facts: Mapping[str, str], plan: Text, asana: Text
) -> None:
    assert sides(Finding(code, "x", facts)) == (
        (Text("plan", "plan"), plan),
        (Text("Asana", "Asana"), asana),
    )


def test_a_fact_that_another_release_did_not_store_is_unknown_and_none_is_in_the_way() -> None:
    (_, plan), (_, asana) = sides(Finding("field.drifted", "action:A#name", {"asana": "Autre"}))
    assert (plan, asana) == (Text("?", "?"), Text("Autre", "Autre"))


def test_of_an_unknown_code_nothing_is_known() -> None:
    assert sides(Finding("autre.code", "action:A")) == ()
    assert rule_of(Finding("autre.code", "action:A")) is None


LINKS = {"action:A": "71", "indicator:I": "81", "project:actions": "1", "section:1.1": "11"}


@pytest.mark.parametrize(
    ("subject", "link"),
    [
        pytest.param("action:A", "https://app.asana.com/0/0/71", id="a task"),
        pytest.param("action:A#name", "https://app.asana.com/0/0/71", id="a field of it"),
        pytest.param("action:A#a#b", "https://app.asana.com/0/0/71", id="a name with the mark"),
        pytest.param("indicator:I", "https://app.asana.com/0/0/81", id="a subtask"),
        pytest.param("project:actions", "https://app.asana.com/0/1", id="a project"),
        pytest.param("section:1.1", None, id="a section has no address"),
        pytest.param("action:B", None, id="not linked"),
    ],
)
def test_where_it_is_in_asana(subject: str, link: str | None) -> None:
    assert asana_link(Finding("x", subject), LINKS, sandbox=False) == link
    assert asana_link(Finding("x", subject), LINKS, sandbox=True) is None
