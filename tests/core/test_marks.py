"""How things are named inside Jalon, and recognised in Asana by what their notes say."""

import pytest

from sync.core.marks import (
    LINKABLE,
    ROLES,
    action_ref,
    field_line,
    field_ref,
    indicator_ref,
    is_task,
    log_ref,
    mark_in_notes,
    marked_plans,
    note_line,
    option_ref,
    place_of,
    plain_id,
    project_line,
    project_lines,
    project_ref,
    ref_of,
    refs_in,
    section_ref,
    task_mark,
)
from tests.core.paper_asana import small_plan


@pytest.mark.parametrize(
    ("ref", "told", "id_", "task"),
    [
        (project_ref("actions"), "project:actions", "actions", False),
        (section_ref("1.1"), "section:1.1", "1.1", False),
        (field_ref("declare/mi-chemin"), "field:declare/mi-chemin", "declare/mi-chemin", False),
        (option_ref("axe", "2"), "option:axe/2", "axe/2", False),
        (action_ref("A1-01"), "action:A1-01", "A1-01", True),
        (indicator_ref("A1-01-1"), "indicator:A1-01-1", "A1-01-1", True),
        (action_ref("A:1:2"), "action:A:1:2", "A:1:2", True),
        (log_ref(12), "log:12", "12", False),
    ],
)
def test_a_ref_tells_what_it_is_and_whose(ref: str, told: str, id_: str, task: bool) -> None:
    assert (ref, plain_id(ref), is_task(ref)) == (told, id_, task)
    assert ref.startswith(LINKABLE) == (not ref.startswith("log:"))


@pytest.mark.parametrize("ref", ["", "actions:1", "xaction:1", "INDICATOR:1", "ACTION:1"])
def test_only_an_action_or_an_indicator_is_a_task(ref: str) -> None:
    assert not is_task(ref)


def test_an_action_s_refs_are_its_own_and_those_of_its_indicators_in_order() -> None:
    _, _, first = next(iter(small_plan().actions()))
    assert list(refs_in(first)) == [
        "action:A1-01",
        "indicator:A1-01-mi-chemin-1",
        "indicator:A1-01-mi-chemin-2",
        "indicator:A1-01-finalite-1",
    ]


@pytest.mark.parametrize(
    ("subject", "ref"),
    [
        ("action:A1-01#axe", "action:A1-01"),
        ("action:A1-01", "action:A1-01"),
        ("field:a#b#c", "field:a"),
        ("", ""),
    ],
)
def test_a_finding_is_about_one_thing_whichever_part_of_it(subject: str, ref: str) -> None:
    assert ref_of(subject) == ref


def test_a_finding_about_a_status_names_the_action_and_the_checkpoint() -> None:
    assert place_of("action:A1-01#mi-chemin") == ("A1-01", "mi-chemin")


def test_the_marks_in_asana_carry_the_plan() -> None:
    assert task_mark("ville", "action:A1-01") == "ville/A1-01"
    assert note_line("ville", "indicator:A1-01-1") == "[jalon: ville/A1-01-1]"
    assert project_line("ville", "actions") == "[jalon: ville/projet-actions]"
    assert project_lines("ville") == {
        "actions": "[jalon: ville/projet-actions]",
        "indicators": "[jalon: ville/projet-indicators]",
    }
    assert tuple(project_lines("ville")) == ROLES
    assert field_line("axe") == "[jalon: field/axe]"


ONE = note_line("ville", "action:A1-01")
OTHER = note_line("voisine", "action:B-07")


@pytest.mark.parametrize(
    ("notes", "mark"),
    [
        ("", None),
        ("Rien à voir.", None),
        (ONE, "ville/A1-01"),
        (f"Des mots.\n\n{ONE}\nEncore.", "ville/A1-01"),
        (f"{ONE}  \n", "ville/A1-01"),
        (f"{ONE}\n{OTHER}", None),
        (f"{ONE}\n{ONE}", None),
        (f"dans une phrase {ONE}", None),
        (f"{ONE} suivi de mots", None),
        ("[jalon: ville/A/1]", "ville/A/1"),
        ("[jalon: ville]", None),
        ("[Jalon: ville/A1-01]", None),
    ],
)
def test_a_task_is_known_by_the_one_mark_in_its_notes(notes: str, mark: str | None) -> None:
    assert mark_in_notes(notes) == mark


@pytest.mark.parametrize(
    ("notes", "plans"),
    [
        ("", set()),
        (ONE, set()),
        (project_line("ville", "actions"), {"ville"}),
        (f"Des mots.\n{project_line('ville', 'indicators')}\nEncore.", {"ville"}),
        ("\n".join(project_lines("ville").values()), {"ville"}),
        (f"{project_line('ville', 'actions')}\n{ONE}\n{OTHER}", {"ville"}),
        (
            f"{project_line('ville', 'actions')}\n{project_line('voisine', 'actions')}",
            {"ville", "voisine"},
        ),
        ("[jalon: ville/PROJET-actions]", set()),
    ],
)
def test_a_project_tells_whose_it_is(notes: str, plans: set[str]) -> None:
    assert marked_plans(notes) == plans
