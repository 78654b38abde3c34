"""What the public is told when a snapshot follows another."""

import copy
import json
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from sync.core.changes import ChangeKind, PublicChange, changes
from sync.model.snapshot import Snapshot
from tests.core.paper_page import action, document, line, standing

Path = tuple[str | int, ...]
FOLLOWS = {"version", "numero", "etat_au", "genere_le", "totaux", "faits", "attendus"}
"""Not content of their own: a difference there alone tells the public nothing new."""


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


def told(before: dict[str, Any], after: dict[str, Any]) -> list[PublicChange]:
    return list(changes(Snapshot.model_validate(before), Snapshot.model_validate(after)))


FIRST: Path = ("axes", 0, "volets", 0, "actions", 0)
AT: Path = (*FIRST, "jalons", "mi")
LINE_1: Path = (*AT, "indicateurs", 0)
LINE_2: Path = (*AT, "indicateurs", 1)
GUIDE = "Guide distribué."
DONE = line("A1-01-mi-2", fait=True, fait_le="2026-02-01")
ENDED = BASE | {"fin": "2026-04-30", "termine_le": "2026-05-01"}
CORRECTION = {"etat": "atteint", "le": "2026-02-25", "motif": "Preuve reçue."}


def of_plan(
    kind: ChangeKind, before: str | None, after: str | None, part: str | None = None
) -> PublicChange:
    return PublicChange(kind, None, None, None, None, None, before, after, part)


def of_action(
    kind: ChangeKind, before: str | None, after: str | None, title: str = "Action A1-01"
) -> PublicChange:
    return PublicChange(kind, "A1-01", title, None, None, None, before, after)


def of_standing(
    kind: ChangeKind, before: str | None = None, after: str | None = None, part: str | None = None
) -> PublicChange:
    return PublicChange(kind, "A1-01", "Action A1-01", "mi", None, None, before, after, part)


def of_mark(part: str, before: str | None, after: str | None) -> PublicChange:
    return of_standing(ChangeKind.MARKS, before, after, part)


def of_line(
    number: int,
    kind: ChangeKind,
    before: str | None = None,
    after: str | None = None,
    label: str = GUIDE,
) -> PublicChange:
    line_id = f"A1-01-mi-{number}"
    return PublicChange(kind, "A1-01", "Action A1-01", "mi", line_id, label, before, after)


@pytest.mark.parametrize(
    ("path", "value", "change"),
    [
        ((*AT, "etat"), "atteint", of_standing(ChangeKind.STATUS, "en_cours", "atteint")),
        ((*AT, "etat_fige"), "en_cours", of_standing(ChangeKind.FROZEN, None, "en_cours")),
        ((*AT, "fige_le"), "2026-02-20", of_standing(ChangeKind.FROZEN)),
        ((*AT, "fige_apres_coup"), True, of_standing(ChangeKind.FROZEN)),
        ((*AT, "corrections"), [CORRECTION], of_standing(ChangeKind.CORRECTED, None, "atteint")),
        ((*AT, "confirme"), False, of_mark("confirme", "oui", None)),
        ((*AT, "provisoire"), True, of_mark("provisoire", None, "oui")),
        ((*AT, "declare"), "atteint", of_mark("declare", None, "atteint")),
        ((*AT, "selon"), "declaration", of_mark("selon", "accord", "declaration")),
        ((*AT, "regle_le"), "2026-02-03", of_mark("regle_le", None, "2026-02-03")),
        ((*AT, "motif"), "Vu au conseil.", of_mark("motif", None, "Vu au conseil.")),
        ((*LINE_1, "fait"), True, of_line(1, ChangeKind.DONE)),
        ((*LINE_2, "fait"), False, of_line(2, ChangeKind.UNDONE, "2026-02-01", "2026-02-01")),
        (
            (*LINE_2, "fait_le"),
            "2026-02-03",
            of_line(2, ChangeKind.DONE_ON, "2026-02-01", "2026-02-03"),
        ),
        ((*LINE_1, "quantite"), 3, of_line(1, ChangeKind.QUANTITY, None, "3")),
        ((*LINE_1, "cible", "minimum"), 2, of_line(1, ChangeKind.GOAL)),
        (
            (*LINE_1, "texte"),
            "Autre.",
            of_line(1, ChangeKind.WORDING, GUIDE, "Autre.", label="Autre."),
        ),
        (
            (*FIRST, "titre"),
            "Autre",
            of_action(ChangeKind.WORDING, "Action A1-01", "Autre", title="Autre"),
        ),
        ((*FIRST, "note"), "Mieux", of_action(ChangeKind.NOTE, "Bien", "Mieux")),
        ((*FIRST, "note"), None, of_action(ChangeKind.NOTE, "Bien", None)),
        ((*FIRST, "preuve"), None, of_action(ChangeKind.EVIDENCE, "https://ville.ca/a", None)),
        ((*FIRST, "direction"), "Loisirs", of_action(ChangeKind.DIRECTION, "Greffe", "Loisirs")),
        ((*FIRST, "texte_retenu"), True, of_action(ChangeKind.WITHHELD, None, "oui")),
        (
            (*FIRST, "preuve_retenue"),
            "prive",
            of_action(ChangeKind.EVIDENCE_WITHHELD, None, "prive"),
        ),
        (
            (*FIRST, "donnees_du"),
            "2026-02-01",
            of_action(ChangeKind.VISIBILITY, None, "2026-02-01"),
        ),
        (
            ("jalons", 0, "gel"),
            "2026-02-23",
            PublicChange(
                ChangeKind.SCHEDULE, checkpoint_id="mi", before="2026-02-15", after="2026-02-15"
            ),
        ),
        (
            ("jalons", 0, "echeance"),
            "2026-02-16",
            PublicChange(
                ChangeKind.SCHEDULE, checkpoint_id="mi", before="2026-02-15", after="2026-02-16"
            ),
        ),
        (("plan", "id"), "q", of_plan(ChangeKind.PLAN, "p", "q", "id")),
        (("plan", "titre"), "Autre", of_plan(ChangeKind.PLAN, "Plan", "Autre", "titre")),
        (("plan", "revision"), 2, of_plan(ChangeKind.PLAN, "1", "2", "revision")),
        (
            ("plan", "adopte_le"),
            "2025-12-01",
            of_plan(ChangeKind.PLAN, "2025-11-28", "2025-12-01", "adopte_le"),
        ),
        (("axes", 0, "titre"), "Axe neuf", of_plan(ChangeKind.PLAN, "Axe", "Axe neuf", "axe")),
        (("axes", 0, "objectif"), "Autre", of_plan(ChangeKind.PLAN, "Mieux", "Autre", "objectif")),
        (
            ("axes", 0, "volets", 0, "titre"),
            "Régie",
            of_plan(ChangeKind.PLAN, "Gouvernance", "Régie", "volet"),
        ),
        (("demonstration",), True, of_plan(ChangeKind.DEMONSTRATION, None, "oui")),
        (("fin",), "2026-04-30", of_plan(ChangeKind.ENDING, None, "2026-04-30")),
    ],
    ids=lambda value: "/".join(map(str, value)) if isinstance(value, tuple) else None,
)
def test_one_difference_is_told_once(path: Path, value: Any, change: PublicChange) -> None:
    """A reader of the feed sees what moved, under its own name and place, and nothing else."""
    assert told(BASE, changed(path, value)) == [change]


CORRECTED = changed((*AT, "corrections"), [CORRECTION], changed((*AT, "etat_fige"), "en_cours"))


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        pytest.param(
            changed(("demonstration",), True),
            BASE,
            [of_plan(ChangeKind.DEMONSTRATION, "oui", None)],
            id="a demonstration no more",
        ),
        pytest.param(
            BASE | {"fin": "2026-04-30"},
            BASE | {"fin": "2026-06-30"},
            [of_plan(ChangeKind.ENDING, "2026-04-30", "2026-06-30")],
            id="the last day is moved",
        ),
        pytest.param(
            BASE | {"fin": "2026-04-30"},
            ENDED,
            [of_plan(ChangeKind.ENDED, None, "2026-05-01")],
            id="the plan ends",
        ),
        pytest.param(
            ENDED,
            BASE,
            [
                of_plan(ChangeKind.ENDING, "2026-04-30", None),
                of_plan(ChangeKind.RESUMED, "2026-05-01", None),
            ],
            id="the plan goes on after all, without an end",
        ),
        pytest.param(
            changed((*AT, "etat_fige"), "en_cours"),
            CORRECTED,
            [of_standing(ChangeKind.CORRECTED, "en_cours", "atteint")],
            id="a first correction follows what was frozen",
        ),
        pytest.param(
            CORRECTED,
            changed(
                (*AT, "corrections"),
                [CORRECTION, CORRECTION | {"etat": "non_atteint"}],
                CORRECTED,
            ),
            [of_standing(ChangeKind.CORRECTED, "atteint", "non_atteint")],
            id="a second one follows the first",
        ),
        pytest.param(
            changed((*AT, "etat_fige"), "en_cours"),
            BASE,
            [of_standing(ChangeKind.FROZEN, "en_cours", None)],
            id="a freeze taken back",
        ),
        pytest.param(
            BASE,
            changed((*AT, "confirme"), False, changed((*AT, "etat"), "atteint")),
            [of_standing(ChangeKind.STATUS, "en_cours", "atteint")],
            id="a status carries its marks with it",
        ),
        pytest.param(
            BASE,
            changed(
                (*AT, "declare"),
                "atteint",
                changed((*AT, "confirme"), False, changed((*AT, "selon"), "desaccord")),
            ),
            [of_mark("declare", None, "atteint"), of_mark("confirme", "oui", None)],
            id="what the status rests on goes without saying where its account moved",
        ),
        pytest.param(
            BASE,
            changed((*LINE_1, "fait_le"), "2026-02-04", changed((*LINE_1, "fait"), True)),
            [of_line(1, ChangeKind.DONE, None, "2026-02-04")],
            id="done, with its day",
        ),
        pytest.param(
            BASE,
            changed((*LINE_1, "quantite"), "2,5", changed((*LINE_1, "fait"), True)),
            [of_line(1, ChangeKind.DONE), of_line(1, ChangeKind.QUANTITY, None, "2,5")],
            id="done, and a quantity",
        ),
        pytest.param(
            BASE,
            changed((*AT, "indicateurs"), [line("A1-01-mi-3", texte="Neuf."), line("A1-01-mi-1")]),
            [
                of_line(3, ChangeKind.INDICATOR_ADDED, label="Neuf."),
                of_line(2, ChangeKind.INDICATOR_REMOVED),
            ],
            id="a line for another",
        ),
        pytest.param(
            BASE,
            changed((*AT, "indicateurs"), [line("A1-01-mi-3"), *standing()["indicateurs"]]),
            [of_line(3, ChangeKind.INDICATOR_ADDED)],
            id="a line added before the others",
        ),
        pytest.param(
            BASE,
            changed(
                (*AT, "indicateurs"), [line("A1-01-mi-3"), line("A1-01-mi-1", fait=True), DONE]
            ),
            [of_line(3, ChangeKind.INDICATOR_ADDED), of_line(1, ChangeKind.DONE)],
            id="a line added, and what happened to those after it",
        ),
        pytest.param(
            changed((*LINE_1, "quantite"), 3),
            changed((*LINE_1, "quantite"), 4),
            [of_line(1, ChangeKind.QUANTITY, "3", "4")],
            id="another quantity",
        ),
        pytest.param(
            BASE,
            changed((*AT, "indicateurs"), standing()["indicateurs"][::-1]),
            [of_standing(ChangeKind.PLAN)],
            id="two lines exchanged",
        ),
        pytest.param(
            BASE,
            changed((*FIRST, "jalons"), {}),
            [of_standing(ChangeKind.STATUS, "en_cours", None)],
            id="a checkpoint that counts no more is no retirement",
        ),
        pytest.param(
            changed((*FIRST, "jalons"), {}),
            BASE,
            [of_standing(ChangeKind.STATUS, None, "en_cours")],
            id="a checkpoint that counts from now on",
        ),
    ],
)
def test_what_goes_together_is_told_together(
    before: dict[str, Any], after: dict[str, Any], expected: list[PublicChange]
) -> None:
    assert told(before, after) == expected


def axis(number: int, *volets: tuple[str, list[dict[str, Any]]]) -> dict[str, Any]:
    made = [{"id": key, "titre": f"Volet {key}", "actions": actions} for key, actions in volets]
    return {"numero": number, "titre": f"Axe {number}", "objectif": "Mieux", "volets": made}


def shelf(*axes: dict[str, Any]) -> dict[str, Any]:
    return document(axes=list(axes))


A, B, C = action("A1-01"), action("A1-02"), action("A1-03")


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        pytest.param(
            shelf(axis(1, ("1.1", [A]), ("1.2", [B]))),
            shelf(axis(1, ("1.1", []), ("1.2", [B, A]))),
            [of_action(ChangeKind.MOVED, "1/1.1", "1/1.2")],
            id="moved, and nobody else by it",
        ),
        pytest.param(
            shelf(axis(1, ("1.1", [A]))),
            shelf(axis(2, ("1.1", [A | {"titre": "Autre"}]))),
            [
                of_plan(ChangeKind.PLAN, None, "Axe 2", "axe"),
                of_plan(ChangeKind.PLAN, None, "Mieux", "objectif"),
                of_plan(ChangeKind.PLAN, None, "Volet 1.1", "volet"),
                of_plan(ChangeKind.PLAN, "Axe 1", None, "axe"),
                of_plan(ChangeKind.PLAN, "Mieux", None, "objectif"),
                of_plan(ChangeKind.PLAN, "Volet 1.1", None, "volet"),
                of_action(ChangeKind.MOVED, "1/1.1", "2/1.1", title="Autre"),
                of_action(ChangeKind.WORDING, "Action A1-01", "Autre", title="Autre"),
            ],
            id="an axis for another, the new first",
        ),
        pytest.param(
            shelf(axis(1, ("1.1", [A, B, C]))),
            shelf(axis(1, ("1.1", [B, A, C]))),
            [PublicChange(ChangeKind.PLAN)],
            id="another order in a volet",
        ),
        pytest.param(
            shelf(axis(1, ("1.1", [A, C]))),
            shelf(axis(1, ("1.1", [A, B, C]))),
            [PublicChange(ChangeKind.ADDED, "A1-02", "Action A1-02")],
            id="one put between others moves nobody",
        ),
        pytest.param(
            shelf(axis(1, ("1.1", [A]))),
            shelf(axis(1, ("1.1", [B, A | {"note": "Bien"}]))),
            [
                PublicChange(ChangeKind.ADDED, "A1-02", "Action A1-02"),
                of_action(ChangeKind.NOTE, None, "Bien"),
            ],
            id="one put before others, and what happened to them",
        ),
        pytest.param(
            shelf(axis(1, ("1.1", [A, B, C]))),
            shelf(axis(1, ("1.1", [A, C]))),
            [PublicChange(ChangeKind.RETIRED, "A1-02", "Action A1-02")],
            id="one taken from between others moves nobody",
        ),
        pytest.param(
            shelf(axis(1, ("1.1", [A])), axis(2, ("2.1", [B]))),
            shelf(axis(2, ("2.1", [B])), axis(1, ("1.1", [A]))),
            [PublicChange(ChangeKind.PLAN), PublicChange(ChangeKind.PLAN)],
            id="another order of the axes, and of what they hold",
        ),
    ],
)
def test_places_are_told(
    before: dict[str, Any], after: dict[str, Any], expected: list[PublicChange]
) -> None:
    assert told(before, after) == expected


def dated(*keys: str, first: dict[str, Any] | None = None) -> dict[str, Any]:
    """A calendar of these checkpoints, and one action that counts at `first`'s."""
    kept = [BASE["jalons"][0] | {"id": key, "titre": key} for key in keys]
    return document(action("A1-01", jalons=first or {}), jalons=kept)


def test_the_calendar_is_told_by_checkpoint_the_plan_s_order_included() -> None:
    assert told(dated("mi", "fin"), dated("fin", "mi")) == [PublicChange(ChangeKind.SCHEDULE)]
    assert told(dated("mi", "fin"), dated("bilan", "mi")) == [
        PublicChange(ChangeKind.SCHEDULE, checkpoint_id="bilan", after="2026-02-15"),
        PublicChange(ChangeKind.SCHEDULE, checkpoint_id="fin", before="2026-02-15"),
    ]


def test_checkpoints_come_in_the_plan_s_order_and_others_after_them() -> None:
    """Canonical JSON sorts them by id, which is not the order in which they come due."""
    keys = ("mi", "fin", "zone", "autre")
    then = {key: standing() for key in keys}
    now = {key: standing(etat="atteint") for key in keys}
    told_now = told(dated("mi", "fin", first=then), dated("mi", "fin", first=now))
    assert [change.checkpoint_id for change in told_now] == ["mi", "fin", "autre", "zone"]


def test_retired_at_the_last_checkpoint_is_retired() -> None:
    """Not before, and not again afterwards."""
    here, gone = standing(), standing(etat="retire", confirme=False, declare="atteint")
    stages = [
        dated("mi", "fin", first={"mi": mi, "fin": fin})
        for mi, fin in ((here, here), (gone, here), (gone, gone), (here, gone))
    ]
    assert [told(one, other) for one, other in pairwise(stages)] == [
        [of_standing(ChangeKind.STATUS, "en_cours", "retire")],
        [of_action(ChangeKind.RETIRED, None, None)],
        [of_standing(ChangeKind.STATUS, "retire", "en_cours")],
    ]


def test_without_a_previous_snapshot_it_is_the_first_publication() -> None:
    """Twenty-seven « added » lines would tell a citizen nothing."""
    assert changes(None, Snapshot.model_validate(BASE)) == (PublicChange(ChangeKind.FIRST),)


def test_actions_added_and_dropped_are_told_by_id() -> None:
    """A promise may not vanish from the page without a line that says so."""
    after = document(action("A1-02"), action("A1-03"))
    assert told(BASE, after) == [
        PublicChange(ChangeKind.ADDED, "A1-03", "Action A1-03"),
        PublicChange(ChangeKind.RETIRED, "A1-01", "Action A1-01"),
    ]


WITHDRAWAL = {
    "instantanes": [1],
    "action": "A1-02",
    "champ": "motif",
    "jalon": "mi",
    "le": "2026-02-10",
    "motif": "À la demande de la personne.",
}


def test_a_withdrawal_is_told_once_though_each_later_snapshot_lists_it() -> None:
    """Of an action that has left the plan too: its past pages are still read."""
    told_now = PublicChange(
        ChangeKind.WITHDRAWN,
        "A1-02",
        "Action A1-02",
        "mi",
        after="À la demande de la personne.",
        part="motif",
    )
    after = BASE | {"retraits": [WITHDRAWAL]}
    assert told(BASE, after) == [told_now]
    another = WITHDRAWAL | {"action": "A1-09", "champ": "note", "jalon": None}
    assert told(after, after | {"retraits": [WITHDRAWAL, another]}) == [
        PublicChange(
            ChangeKind.WITHDRAWN,
            "A1-09",
            "A1-09",
            after="À la demande de la personne.",
            part="note",
        )
    ]


def test_calendar_and_number_alone_are_no_news() -> None:
    """The feed has an item only when public content changed."""
    after = BASE | {"numero": 3, "etat_au": "2026-02-11", "genere_le": "2026-02-11T13:00:00Z"}
    assert told(BASE, after) == []


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
    both_ways = bool(changes(before, after)), bool(changes(after, before))
    differs = before != after
    assert both_ways == (differs, differs)
