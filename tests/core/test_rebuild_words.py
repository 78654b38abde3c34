"""A page and a plan's file of a word or two, and what a lost store takes from either."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from sync.core.rebuild import entered_in, frozen_in, plan_in, revisions_in
from sync.model.mapping import FieldMapping, Option
from sync.model.plan import Action, Axis, Goal, Indicator, Plan, Revision, Volet
from sync.model.progress import FrozenStanding, Standing, Status
from sync.model.rules import Direction
from sync.model.snapshot import Snapshot
from tests.core.paper_asana import rules_for
from tests.core.paper_page import action, document, line, standing

TODAY = date(2026, 3, 1)
LINE = "A-1-mi-1"
HIDDEN = "\u200b"  # seen by nobody, and kept in the file


def page(*actions: dict[str, Any], **said: Any) -> Snapshot:
    return Snapshot.model_validate(document(*actions, **said))


def revised(number: int, revision: int, day: str, *ids: str) -> Snapshot:
    told = {"id": "p", "titre": "Plan", "revision": revision, "adopte_le": day}
    return page(*(action(each, jalons={}) for each in ids), numero=number, plan=told)


def plan(*ids: str, retired: tuple[str, ...] = ()) -> Plan:
    actions = tuple(Action(each, f"Action {each}", {}) for each in ids)
    return Plan(
        "p", "Plan", (Axis(1, "Axe", "Mieux", (Volet("1.1", "Gouvernance", actions),)),), retired
    )


# the plan of record

FILE = plan("A-1")
FROM_2 = "reprise de l’instantané 2"
NOT_PUBLISHED = "reprise de la révision voisine : celle-ci n’a pas été publiée"


def test_without_a_publication_the_file_is_the_first_revision_and_no_second() -> None:
    reason = "reprise du fichier du plan : rien n’a été publié"
    first = Revision(1, TODAY, reason, FILE)
    assert revisions_in([], FILE, (), TODAY) == (first,)
    assert revisions_in([], FILE, (first,), TODAY) == ()


def test_a_revision_is_as_its_last_snapshot_tells_it() -> None:
    series = [revised(1, 1, "2025-11-28", "A-1"), revised(2, 1, "2025-11-28", "A-1")]
    assert revisions_in(series, FILE, (), TODAY) == (
        Revision(1, date(2025, 11, 28), FROM_2, plan("A-1")),
    )
    assert revisions_in(series, FILE, revisions_in(series, FILE, (), TODAY), TODAY) == ()


def test_a_revision_that_was_not_published_repeats_the_one_beside_it() -> None:
    """The one before where there is one, known or found; else the one after."""
    later = revised(2, 3, "2026-01-05", "A-2")
    retiring = plan("A-2", retired=("A-1",))
    spelt = plan("A-2")
    assert revisions_in([later], spelt, (), TODAY) == (
        Revision(1, date(2026, 1, 5), NOT_PUBLISHED, plan("A-2")),
        Revision(2, date(2026, 1, 5), NOT_PUBLISHED, plan("A-2")),
        Revision(3, date(2026, 1, 5), FROM_2, plan("A-2")),
    )
    known = Revision(1, date(2025, 11, 1), "adoption", plan("A-1"))
    assert revisions_in([later], spelt, (known,), TODAY) == (
        Revision(2, date(2025, 11, 1), NOT_PUBLISHED, known.plan),
        Revision(3, date(2026, 1, 5), FROM_2, retiring),
    )


def test_a_revision_that_was_not_published_is_spelt_as_the_file_has_it() -> None:
    spelt = replace(FILE, title=f"Pl{HIDDEN}an")
    found = revisions_in([revised(2, 2, "2026-01-05", "A-1")], spelt, (), TODAY)
    assert [one.plan.title for one in found] == [spelt.title, spelt.title]


def test_whatever_id_was_ever_given_is_retired_once_it_is_held_no_more() -> None:
    """Of the file, of the revisions that are known and of all that was published, lines too."""
    lines = {"mi": standing(indicateurs=[line("L-1")])}
    first = page(action("A-1", jalons=lines), numero=1)
    second = revised(2, 2, "2026-01-05", "A-3")
    file = plan("A-3", retired=("A-9", "A-3"))
    known = Revision(1, TODAY, "adoption", plan("A-5", retired=("A-8",)))
    (found,) = revisions_in([first, second], file, (known,), TODAY)
    assert found.plan.retired_ids == ("A-9", "A-5", "A-8", "A-1", "L-1")
    everything = Plan("p", "Plan", ())
    (last,) = revisions_in([page(numero=2, axes=[])], everything, (), TODAY)
    assert last.plan.retired_ids == ()
    series = [first, page(numero=2, axes=[])]
    (last,) = revisions_in(series, everything, (), TODAY)
    assert last.plan.retired_ids == ("1.1", "A-1", "L-1")


# words and goals


def test_what_a_page_tells_is_the_plan_in_the_calendar_s_order() -> None:
    """A checkpoint without a line, or that is not in the calendar, is no key of an action."""
    days = {"echeance": "2026-02-15", "gel": "2026-02-20"}
    calendar = [{"id": key, "titre": key} | days for key in ("mi", "fin", "bilan", "autre")]
    none = {"indicateurs": [], "faits": 0, "attendus": 0}
    standings = {
        "autre": standing(**none),
        "fin": standing(indicateurs=[line("L-2", texte="Autre."), line("L-3", texte="Autre.")]),
        "mi": standing(indicateurs=[line("L-1", texte="Autre.")]),
        "hors": standing(),
    }
    goal = Goal("quantity", 3, 4, "organismes")
    told = plan_in(page(action("A-1", jalons=standings), jalons=calendar))
    lines = [Indicator(f"L-{n}", "Autre.", goal) for n in (1, 2, 3)]
    made = Action("A-1", "Action A-1", {"mi": (lines[0],), "fin": tuple(lines[1:])})
    assert told == Plan(
        "p", "Plan", (Axis(1, "Axe", "Mieux", (Volet("1.1", "Gouvernance", (made,)),)),)
    )
    assert list(made.indicators) == list(next(told.actions())[2].indicators)


def spelt(mark: str) -> Plan:
    """Each word of the page that BASE is, with a mark in it."""
    goal = Goal("quantity", 3, 4, "organismes")
    lines = {"mi": (Indicator(LINE, f"Guide{mark} distribué.", goal),)}
    volet = Volet("1.1", f"Gouver{mark}nance", (Action("A-1", f"Action{mark} A-1", lines),))
    return Plan("p", f"Pl{mark}an", (Axis(1, f"A{mark}xe", f"Mi{mark}eux", (volet,)),))


BASE = page(action("A-1", jalons={"mi": standing(indicateurs=[line(LINE)])}))


def test_each_word_is_spelt_as_in_the_file_where_a_reader_would_see_no_difference() -> None:
    assert plan_in(BASE, spelt(HIDDEN)) == spelt(HIDDEN)
    assert plan_in(BASE, spelt("x")) == spelt("")
    assert plan_in(BASE) == spelt("")


def of(text: str, goal: Goal) -> Plan:
    lines = {"mi": (Indicator(LINE, text, goal),)}
    volet = Volet("1.1", "Gouvernance", (Action("A-1", "Action A-1", lines),))
    return Plan("p", "Plan", (Axis(1, "Axe", "Mieux", (volet,)),))


def aimed(kind: str, **said: Any) -> dict[str, Any]:
    return {"genre": kind, "minimum": None, "maximum": None, "unite": None} | said


@pytest.mark.parametrize(
    ("texte", "cible", "own", "expected"),
    [
        pytest.param(
            "Terminé.",
            aimed("etat"),
            of("Terminé.", Goal("state", word="Fini")),
            Goal("state", word="Fini"),
            id="the file's own, which says more than the page",
        ),
        pytest.param(
            "Terminé.",
            aimed("etat"),
            of("Terminé.", Goal("continuity")),
            Goal("state", word="Terminé"),
            id="recognised from the words, where the file's is another",
        ),
        pytest.param(
            "Terminé.",
            aimed("etat"),
            of("Terminé !", Goal("state", word="Fini")),
            Goal("state", word="Terminé"),
            id="recognised from the words, where the file's are others",
        ),
        pytest.param(
            "Terminé.",
            aimed("etat"),
            None,
            Goal("state", word="Terminé"),
            id="recognised from the words, without a file",
        ),
        pytest.param(
            "Terminé.",
            aimed("livrable"),
            of("Terminé.", Goal("state", word="Terminé")),
            Goal("deliverable"),
            id="the page's, where nothing else agrees with it",
        ),
        pytest.param("Guide.", aimed("etat"), None, Goal("state"), id="a state"),
        pytest.param("Guide.", aimed("continuite"), None, Goal("continuity"), id="a continuity"),
        pytest.param(
            "Guide.",
            aimed("quantite", minimum=2, maximum=5, unite="textes"),
            None,
            Goal("quantity", 2, 5, "textes"),
            id="a quantity, whole",
        ),
    ],
)
def test_a_goal_is_the_file_s_or_recognised_or_the_page_s(
    texte: str, cible: dict[str, Any], own: Plan | None, expected: Goal
) -> None:
    told = page(
        action("A-1", jalons={"mi": standing(indicateurs=[line(LINE, texte=texte, cible=cible)])})
    )
    assert [one for *_, one in plan_in(told, own).indicators()] == [
        Indicator(LINE, texte, expected)
    ]


# frozen statuses


def on(day: str, **said: Any) -> Snapshot:
    """A-1 at its checkpoint on that day; another action stands before it."""
    mi = standing(attendus=3, etat="en_cours", selon="accord", confirme=True) | said
    return page(action("A-0", jalons={}), action("A-1", jalons={"mi": mi}), etat_au=day)


def lines(**days: str | None) -> list[dict[str, Any]]:
    """By name: done, on that day."""
    return [line(name, fait=True, fait_le=day) for name, day in days.items()]


FROZEN = {"etat_fige": "atteint", "fige_le": "2026-02-20"}
GEL = date(2026, 2, 20)
THEN = on("2026-02-20", indicateurs=lines(a="2026-02-20", b=None), etat="atteint", attendus=2)
NOW = on("2026-02-21", indicateurs=lines(c="2026-02-21"), etat="en_cours", **FROZEN)


@pytest.mark.parametrize(
    ("series", "expected"),
    [
        pytest.param([THEN, on("2026-02-21")], None, id="not frozen"),
        pytest.param([on("2026-02-21", etat_fige="atteint")], None, id="on no day"),
        pytest.param([on("2026-02-21", fige_le="2026-02-20")], None, id="without a status"),
        pytest.param(
            [on("2026-02-10"), THEN, NOW],
            FrozenStanding(
                Standing(Status.ACHIEVED, 2, 2, "accord"), GEL, done={"a": GEL, "b": None}
            ),
            id="what counted is told by the page of the gel's own day",
        ),
        pytest.param(
            [THEN, on("2026-02-21", indicateurs=lines(c="2026-02-21")), NOW],
            FrozenStanding(
                Standing(Status.ACHIEVED, 2, 2, "accord"), GEL, done={"a": GEL, "b": None}
            ),
            id="a page of a later day is passed over",
        ),
        pytest.param(
            [THEN, NOW, on("2026-02-28", etat_fige="non_atteint", fige_le="2026-02-20")],
            FrozenStanding(
                Standing(Status.ACHIEVED, 2, 2, "accord"), GEL, done={"a": GEL, "b": None}
            ),
            id="the first page that shows it frozen counts",
        ),
        pytest.param(
            [
                on("2026-02-20", selon="desaccord", confirme=False, etat="atteint"),
                on("2026-02-21", selon="indicateurs", etat="atteint", attendus=9, **FROZEN),
            ],
            FrozenStanding(
                Standing(Status.ACHIEVED, 1, 3, "indicateurs"),
                GEL,
                done={"A1-01-mi-2": date(2026, 2, 1)},
            ),
            id="whose account it was: the page's that brought it, where it shows the same status",
        ),
        pytest.param(
            [
                on("2026-02-20", selon="desaccord", confirme=False, etat="atteint"),
                on("2026-02-21", selon="indicateurs", etat="en_cours", **FROZEN),
            ],
            FrozenStanding(
                Standing(Status.ACHIEVED, 1, 3, "desaccord", confirmed=False),
                GEL,
                done={"A1-01-mi-2": date(2026, 2, 1)},
            ),
            id="and of the gel's own day where it does not",
        ),
        pytest.param(
            [
                THEN,
                on(
                    "2026-02-25",
                    indicateurs=lines(a="2026-02-20", c="2026-02-21"),
                    etat="atteint",
                    fige_apres_coup=True,
                    **FROZEN,
                ),
            ],
            FrozenStanding(
                Standing(Status.ACHIEVED, 1, 3, "accord"),
                GEL,
                after_the_fact=True,
                done={"a": GEL},
            ),
            id="after the fact, by the page that brought it",
        ),
        pytest.param(
            [on("2026-02-21", indicateurs=lines(a="2026-02-20", c="2026-02-21"), **FROZEN)],
            FrozenStanding(Standing(Status.ACHIEVED, 1, 3, "accord"), GEL, done={"a": GEL}),
            id="no page before",
        ),
        pytest.param(
            [THEN, page(action("A-0"), etat_au="2026-02-20"), NOW],
            FrozenStanding(Standing(Status.ACHIEVED, 0, 3, "accord"), GEL),
            id="not on the page of that day: an older one is not asked",
        ),
        pytest.param(
            [page(action("A-1", jalons={}), etat_au="2026-02-20"), NOW],
            FrozenStanding(Standing(Status.ACHIEVED, 0, 3, "accord"), GEL),
            id="there without this checkpoint",
        ),
    ],
)
def test_what_was_frozen_is_taken_from_the_page_that_knows(
    series: list[Snapshot], expected: FrozenStanding | None
) -> None:
    assert frozen_in(series) == ({("A-1", "mi"): expected} if expected else {})


def test_every_checkpoint_of_every_action_is_looked_at() -> None:
    """One that is not frozen hides none that comes after it."""
    mixed = {"autre": standing(), "mi": standing(**FROZEN), "zone": standing(**FROZEN)}
    series = [page(action("A-0", jalons=mixed), action("A-1", jalons=mixed))]
    found = frozen_in(series)
    assert list(found) == [("A-0", "mi"), ("A-0", "zone"), ("A-1", "mi"), ("A-1", "zone")]


# what people had entered

DIRECTIONS = (Direction("greffe", "Greffe"), Direction("loisirs", "Loi\u200bsirs"))
RULES = rules_for(FILE, directions=DIRECTIONS)
MI = "mi-chemin"
LINK, OTHER = "https://ville.ca/a", "https://ville.ca/b"


def entered(
    action_says: Mapping[str, Any] | None = None,
    line_says: Mapping[str, Any] | None = None,
    declared: str | None = None,
) -> Snapshot:
    """The actions and lines around the one that is looked at stand on one of the pages only."""
    lines = [line("L-0"), line("L-1", **(line_says or {}))]
    said = standing(indicateurs=lines, declare=declared)
    return page(action("A-1", jalons={"autre": standing(), MI: said}, **(action_says or {})))


KEYS = {
    **{
        ("action:A-1", key): f"ce que dit {key}"
        for key in (
            "declare/mi-chemin",
            "declare/finalite",
            "preuve",
            "note_publique",
            "publier_note",
            "direction",
            "axe",
            "jalon_id",
            "suivi_public",
        )
    },
    **{
        ("indicator:L-1", key): f"ce que dit {key}"
        for key in ("fait_le", "completed", "quantite", "preuve", "jalon_id")
    },
}
OURS = {"axe", "jalon_id", "suivi_public"}
SAID = {"note": "Bien.", "preuve": LINK, "direction": "Greffe"}
ALIKE = {key: value for key, value in KEYS.items() if key[1] not in OURS}
"""What would be agreed if both pages said the same."""


def changed(**keys: str | None) -> dict[tuple[str, str], str | None]:
    """Of ALIKE: what is agreed otherwise, or not at all; a key is one of one scope."""
    agreed: dict[tuple[str, str], str | None] = dict(ALIKE)
    for name, value in keys.items():
        (place,) = [
            key
            for key in ALIKE
            if f"{key[0][0]}_{key[1]}".replace("/", "_").replace("-", "_") == name
        ]
        if value is None:
            del agreed[place]
        else:
            agreed[place] = value
    return agreed


@pytest.mark.parametrize(
    ("was", "now", "agreed"),
    [
        pytest.param(entered(), entered(), changed(), id="the same"),
        pytest.param(
            entered(SAID, {"quantite": 3, "fait": True, "fait_le": "2026-02-01"}, "en_cours"),
            entered(SAID, {"quantite": 3, "fait": True, "fait_le": "2026-02-01"}, "en_cours"),
            changed(),
            id="the same, and not empty",
        ),
        pytest.param(
            entered(declared="en_cours"),
            entered(declared="atteint"),
            changed(a_declare_mi_chemin="en_cours"),
            id="declared: the option that means what was published",
        ),
        pytest.param(
            entered(),
            entered(declared="atteint"),
            changed(a_declare_mi_chemin=None),
            id="nothing was declared: an empty field is not known from it",
        ),
        pytest.param(
            entered({"direction": "Greffe"}),
            entered(),
            changed(a_direction="greffe"),
            id="direction",
        ),
        pytest.param(
            entered({"direction": "Loisirs"}),
            entered({"direction": "Greffe"}),
            changed(a_direction="loisirs"),
            id="direction, as a reader sees its name",
        ),
        pytest.param(
            entered({"direction": "Ancienne"}),
            entered(),
            changed(a_direction=None),
            id="a direction that is no more",
        ),
        pytest.param(
            entered({"note": "Bien,  vraiment."}),
            entered({"note": "Mieux."}),
            changed(a_note_publique="Bien, vraiment.", a_publier_note=None),
            id="note, and whether it is to be published is not known",
        ),
        pytest.param(
            entered({"texte_retenu": True}),
            entered(),
            changed(a_note_publique=None, a_publier_note=None),
            id="a note that was withheld",
        ),
        pytest.param(
            entered({"preuve": LINK}),
            entered({"preuve": OTHER}),
            changed(a_preuve=LINK, a_publier_note=None),
            id="proof",
        ),
        pytest.param(
            entered({"preuve_retenue": "prive"}),
            entered(),
            changed(a_preuve=None, a_publier_note=None),
            id="a proof that was withheld",
        ),
        pytest.param(
            entered(line_says={"quantite": 3}),
            entered(line_says={"quantite": 4}),
            changed(i_quantite="3", i_preuve=None),
            id="quantity",
        ),
        pytest.param(
            entered(),
            entered(line_says={"quantite": 4}),
            changed(i_quantite=None, i_preuve=None),
            id="no quantity",
        ),
        pytest.param(
            entered(line_says={"fait": True, "fait_le": "2026-02-01"}),
            entered(line_says={"fait": True, "fait_le": "2026-02-02"}),
            changed(i_fait_le="2026-02-01", i_completed=None, i_preuve=None),
            id="done on another day",
        ),
        pytest.param(
            entered(),
            entered(line_says={"fait": True}),
            changed(i_fait_le=None, i_completed=None, i_preuve=None),
            id="done since",
        ),
        pytest.param(
            entered(line_says={"fait": True}),
            entered(),
            changed(i_fait_le=None, i_completed=None, i_preuve=None),
            id="done no more, and no day was told",
        ),
        pytest.param(
            entered(line_says={"texte": "Autre."}),
            entered(),
            changed(i_preuve=None),
            id="other words: what is not published is not known",
        ),
    ],
)
def test_what_was_entered_is_agreed_as_far_as_the_pages_tell(
    was: Snapshot, now: Snapshot, agreed: Mapping[tuple[str, str], str]
) -> None:
    assert entered_in(RULES, was, now, KEYS) == agreed


def test_an_empty_field_is_never_agreed_by_pages_that_are_alike() -> None:
    assert entered_in(RULES, entered(), entered(), {}) == {}
    assert entered_in(RULES, entered(), entered(), dict.fromkeys(KEYS)) == {}


def test_two_options_that_read_alike_tell_nothing() -> None:
    """Which of both had been chosen is not on the page."""
    fields = tuple(
        replace(rule, options=(*rule.options, Option("autre", "Greffe", means="en_cours")))
        for rule in RULES.mapping.fields
    )
    rules = replace(RULES, mapping=FieldMapping(fields, RULES.mapping.builtins))
    was = entered({"direction": "Greffe"}, declared="en_cours")
    told = changed(a_declare_mi_chemin=None, a_direction=None)
    assert entered_in(rules, was, entered(), KEYS) == told


def test_what_one_page_alone_shows_is_unseen_and_hides_nothing() -> None:
    """An action, a checkpoint or a line that was not published before."""
    lines = [line("L-9"), line("L-1")]
    standings = {"hors": standing(), MI: standing(indicateurs=lines)}
    now = page(action("A-9"), action("A-1", jalons=standings))
    known = KEYS | {
        ("action:A-9", "preuve"): "neuve",
        ("indicator:L-9", "preuve"): "neuve",
        ("indicator:A1-01-mi-1", "preuve"): "neuve",
    }
    assert entered_in(RULES, entered(), now, known) == ALIKE
