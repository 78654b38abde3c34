"""What the public is told when a snapshot follows another."""

import copy
import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from sync.core.changes import ChangeKind, changes
from sync.model.snapshot import Snapshot

Path = tuple[str | int, ...]
FOLLOWS = {"version", "numero", "etat_au", "genere_le", "totaux", "faits", "attendus"}
"""Not content of their own: a difference there alone tells the public nothing new."""


def line(key: str, **said: Any) -> dict[str, Any]:
    goal = {"genre": "quantite", "minimum": 3, "maximum": 4, "unite": "organismes"}
    return {"id": key, "texte": "Guide distribué.", "cible": goal, "fait": False} | said


def standing(**said: Any) -> dict[str, Any]:
    return {
        "indicateurs": [line("A1-01-mi-1"), line("A1-01-mi-2", fait=True, fait_le="2026-02-01")],
        "faits": 1,
        "attendus": 2,
        "etat": "en_cours",
        "selon": "accord",
        "confirme": True,
        "provisoire": False,
    } | said


def action(key: str, **said: Any) -> dict[str, Any]:
    return {"id": key, "titre": f"Action {key}", "jalons": {"mi": standing()}} | said


def document(*actions: dict[str, Any], **said: Any) -> dict[str, Any]:
    volets = [{"id": "1.1", "titre": "Gouvernance", "actions": list(actions)}]
    return {
        "numero": 2,
        "etat_au": "2026-02-10",
        "genere_le": "2026-02-10T13:05:00Z",
        "demonstration": False,
        "plan": {"id": "p", "titre": "Plan", "revision": 1, "adopte_le": "2025-11-28"},
        "jalons": [{"id": "mi", "titre": "mi", "echeance": "2026-02-15", "gel": "2026-02-20"}],
        "totaux": {"mi": {"etat": {"en_cours": 1}, "fige": {}}},
        "axes": [{"numero": 1, "titre": "Axe", "objectif": "Mieux", "volets": volets}],
    } | said


BASE = document(
    action("A1-01", direction="Greffe", note="Bien", preuve="https://ville.ca/a"), action("A1-02")
)


def changed(path: Path, value: Any, base: dict[str, Any] = BASE) -> dict[str, Any]:
    other = copy.deepcopy(base)
    place: Any = other
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    return other


def kinds(before: dict[str, Any], after: dict[str, Any]) -> list[ChangeKind]:
    told = changes(Snapshot.model_validate(before), Snapshot.model_validate(after))
    return [change.kind for change in told]


FIRST: Path = ("axes", 0, "volets", 0, "actions", 0)
AT: Path = (*FIRST, "jalons", "mi")


@pytest.mark.parametrize(
    ("path", "value", "kind"),
    [
        pytest.param((*AT, "etat"), "atteint", ChangeKind.STATUS, id="status"),
        pytest.param((*AT, "etat_fige"), "en_cours", ChangeKind.FROZEN, id="frozen"),
        pytest.param((*AT, "fige_apres_coup"), True, ChangeKind.FROZEN, id="frozen afterwards"),
        pytest.param((*AT, "confirme"), False, ChangeKind.MARKS, id="to be confirmed"),
        pytest.param((*AT, "provisoire"), True, ChangeKind.MARKS, id="provisional"),
        pytest.param((*AT, "declare"), "atteint", ChangeKind.MARKS, id="declared"),
        pytest.param((*AT, "indicateurs", 0, "fait"), True, ChangeKind.DONE, id="done"),
        pytest.param((*AT, "indicateurs", 1, "fait"), False, ChangeKind.UNDONE, id="undone"),
        pytest.param(
            (*AT, "indicateurs", 1, "fait_le"), "2026-02-03", ChangeKind.DONE_ON, id="date"
        ),
        pytest.param((*AT, "indicateurs", 0, "quantite"), 3, ChangeKind.QUANTITY, id="quantity"),
        pytest.param((*AT, "indicateurs", 0, "texte"), "Autre.", ChangeKind.WORDING, id="words"),
        pytest.param((*FIRST, "titre"), "Autre", ChangeKind.WORDING, id="title"),
        pytest.param((*FIRST, "note"), "Mieux", ChangeKind.NOTE, id="note"),
        pytest.param((*FIRST, "note"), None, ChangeKind.NOTE, id="note withdrawn"),
        pytest.param((*FIRST, "preuve"), None, ChangeKind.EVIDENCE, id="evidence"),
        pytest.param((*FIRST, "texte_retenu"), True, ChangeKind.WITHHELD, id="withheld"),
        pytest.param(
            (*FIRST, "preuve_retenue"), "prive", ChangeKind.EVIDENCE_WITHHELD, id="proof withheld"
        ),
        pytest.param((*FIRST, "donnees_du"), "2026-02-01", ChangeKind.VISIBILITY, id="gone"),
        pytest.param(("jalons", 0, "gel"), "2026-02-23", ChangeKind.SCHEDULE, id="freeze moved"),
        pytest.param(("plan", "revision"), 2, ChangeKind.PLAN, id="revision"),
        pytest.param(("axes", 0, "objectif"), "Autre", ChangeKind.PLAN, id="objective"),
        pytest.param(("demonstration",), True, ChangeKind.DEMONSTRATION, id="demonstration"),
    ],
)
def test_one_difference_is_told_once(path: Path, value: Any, kind: ChangeKind) -> None:
    """A reader of the feed sees what moved, under its own name, and nothing else."""
    assert kinds(BASE, changed(path, value)) == [kind]


def test_without_a_previous_snapshot_it_is_the_first_publication() -> None:
    """Twenty-seven « added » lines would tell a citizen nothing."""
    told = changes(None, Snapshot.model_validate(BASE))
    assert [change.kind for change in told] == [ChangeKind.FIRST]


def test_actions_added_and_dropped_are_told_by_id() -> None:
    """A promise may not vanish from the page without a line that says so."""
    after = document(action("A1-02"), action("A1-03"))
    told = changes(Snapshot.model_validate(BASE), Snapshot.model_validate(after))
    assert [(change.kind, change.action_id) for change in told] == [
        (ChangeKind.ADDED, "A1-03"),
        (ChangeKind.RETIRED, "A1-01"),
    ]


def test_a_retired_action_is_one_change_and_not_one_per_checkpoint() -> None:
    """Retirement is one decision."""
    assert kinds(BASE, changed((*AT, "etat"), "retire")) == [ChangeKind.RETIRED]


def test_calendar_and_number_alone_are_no_news() -> None:
    """The feed has an item only when public content changed."""
    after = BASE | {"numero": 3, "etat_au": "2026-02-11", "genere_le": "2026-02-11T13:00:00Z"}
    assert kinds(BASE, after) == []


def leaves(value: Any, path: Path = ()) -> Iterator[Path]:
    if isinstance(value, dict | list):
        entries = value.items() if isinstance(value, dict) else enumerate(value)
        for step, inner in entries:
            yield from leaves(inner, (*path, step))
    else:
        yield path


FULL = json.loads(Snapshot.model_validate(BASE).model_dump_json())
CONTENT = [path for path in leaves(FULL) if not FOLLOWS & set(path)]
VALUES = st.sampled_from(
    [None, True, False, 1, 7, "autre", "atteint", "2026-01-02", "declaration", "etat", "aucun"]
)


@given(path=st.sampled_from(CONTENT), value=VALUES)
def test_nothing_public_changes_in_silence(path: Path, value: Any) -> None:
    """
    Whatever leaf of the content differs, at least one change tells it, both ways round.

    This is what lets a citizen rely on the feed alone.
    """
    try:
        after = Snapshot.model_validate(changed(path, value, FULL))
    except ValidationError:
        return  # such a snapshot cannot be published at all
    before = Snapshot.model_validate(FULL)
    told = bool(changes(before, after)), bool(changes(after, before))
    differs = before != after
    assert told == (differs, differs)
