"""What becomes public, what never does, and when a number is due."""

import json
import math
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from sync.core.privacy import WITHHELD
from sync.core.snapshot import (
    build_snapshot,
    canonical,
    plainly_encoded,
    public_head,
    same_content,
)
from sync.model.plan import Action, Axis, Goal, Indicator, Plan, Revision, Volet
from sync.model.progress import (
    ActionProgress,
    Correction,
    FrozenStanding,
    IndicatorProgress,
    Ruling,
    Standing,
    Status,
)
from sync.model.record import Head
from sync.model.rules import Direction
from sync.model.snapshot import (
    PublicAction,
    PublicAxis,
    PublicCheckpoint,
    PublicCorrection,
    PublicGoal,
    PublicIndicator,
    PublicLog,
    PublicPlan,
    PublicStanding,
    PublicTotals,
    PublicVolet,
    Snapshot,
)
from tests.core.paper_asana import CHECKPOINTS, PaperAsana, provisioned, rules_for

NOW = datetime(2026, 2, 1, 17, tzinfo=UTC)


def snapshot_of(
    paper: PaperAsana, today: date = date(2026, 2, 1), number: int = 1, at: datetime = NOW
) -> Snapshot:
    view = paper.look(today)
    return build_snapshot(
        Revision(1, date(2025, 11, 28), "première adoption", paper.plan),
        paper.rules,
        view.progress,
        view.standings,
        paper.frozen,
        number=number,
        as_of=today,
        generated_at=at,
        demonstration=True,
    )


def test_it_round_trips_through_its_canonical_bytes() -> None:
    snapshot = snapshot_of(provisioned())
    assert Snapshot.model_validate_json(canonical(snapshot)) == snapshot
    assert canonical(snapshot) == canonical(snapshot)


def test_counts_add_up_to_the_actions_at_each_checkpoint() -> None:
    snapshot = snapshot_of(provisioned())
    for totals in snapshot.totaux.values():
        assert sum(totals.etat.values()) == len(snapshot.actions())


def test_time_alone_gives_no_new_number_and_a_tick_does() -> None:
    paper = provisioned()
    first = snapshot_of(paper)
    later = snapshot_of(paper, date(2026, 2, 2), 2, datetime(2026, 2, 2, tzinfo=UTC))
    assert same_content(first, later)
    paper.set_field("indicator:A1-01-mi-chemin-1", "fait_le", date(2026, 2, 1))
    assert not same_content(first, snapshot_of(paper, number=2))


def test_the_log_alone_is_no_news() -> None:
    """A row of the log a cycle would be a new number a cycle."""
    first = snapshot_of(provisioned())
    told = [first.model_copy(update={"journal": public_head(Head(n, "ab" * 32))}) for n in (3, 4)]
    assert same_content(*told)
    assert same_content(first, told[0])


def test_the_calendar_alone_can_be_news() -> None:
    """After the gel a silent action reads « non évalué »: the public must be told."""
    paper = provisioned()
    assert not same_content(snapshot_of(paper), snapshot_of(paper, date(2026, 2, 21), 2))


def test_nothing_of_asana_or_of_people_gets_in() -> None:
    """Promise 6 and the allow-list: gids, links, assignees, unpublished notes stay inside."""
    paper = provisioned()
    paper.set_field("action:A1-01", "note_publique", "Rumeur au conseil")
    paper.set_field("action:A1-01", "preuve", "https://exemple.org/canari")
    bytes_ = canonical(snapshot_of(paper)).decode()
    for gid in (*paper.tasks, *paper.fields, *paper.links.values()):
        assert gid not in bytes_
    for secret in ("Rumeur", "canari", "greffe@", "asana"):
        assert secret not in bytes_


def test_a_published_note_and_proof_are_shown() -> None:
    paper = provisioned()
    paper.set_field("action:A1-01", "note_publique", "Premier jalon franchi.")
    paper.set_field("action:A1-01", "preuve", "https://exemple.org/proces-verbal")
    paper.set_field("action:A1-01", "publier_note", "oui")
    (action,) = [a for a in snapshot_of(paper).actions() if a.id == "A1-01"]
    assert (action.note, action.texte_retenu) == ("Premier jalon franchi.", False)
    assert action.preuve == "https://exemple.org/proces-verbal"


@pytest.mark.parametrize(
    "note",
    [
        "Écrire à jean.tremblay@ville.example",
        "Appeler au 819 555-0199",
        "Appeler au (819) 555-0199",
        "Voir @mtremblay",
        "https://app.asana.com/0/12/34",
        "tâche 1200000000000001",
    ],
)
def test_a_text_that_looks_private_is_withheld_and_the_rest_goes_out(note: str) -> None:
    paper = provisioned()
    paper.set_field("action:A1-01", "note_publique", note)
    paper.set_field("action:A1-01", "publier_note", "oui")
    snapshot = snapshot_of(paper)
    (action,) = [a for a in snapshot.actions() if a.id == "A1-01"]
    assert action.note is None
    assert action.texte_retenu
    assert note not in str(json.loads(canonical(snapshot)))
    assert "public.text_withheld" in {f.code for f in paper.look().findings}


def test_a_reason_that_a_younger_rule_rules_out_is_withheld_wherever_it_stands() -> None:
    """The list of names may grow after a reason was given: the status stays, its words go."""
    paper = provisioned(never=("Jean Tremblay",))
    view = paper.look()
    key = ("A1-01", "mi-chemin")
    settled = replace(view.standings["A1-01"]["mi-chemin"], basis="reglement")
    standings = {**view.standings, "A1-01": {**view.standings["A1-01"], "mi-chemin": settled}}
    why = "Selon M. JEAN TREMBLAY."
    fixed = FrozenStanding(settled, date(2026, 2, 20))
    entries = tuple(Correction(Status.ACHIEVED, date(2026, 3, 1), said) for said in (why, "Vu."))
    snapshot = build_snapshot(
        Revision(1, date(2025, 11, 28), "adopté", paper.plan),
        paper.rules,
        view.progress,
        standings,
        {key: replace(fixed, corrections=entries)},
        number=1,
        as_of=date(2026, 3, 2),
        generated_at=datetime(2026, 3, 2, tzinfo=UTC),
        demonstration=True,
        rulings={key: Ruling(Status.ACHIEVED, date(2026, 3, 1), why)},
    )
    shown = next(a for a in snapshot.actions() if a.id == "A1-01").jalons["mi-chemin"]
    assert [one.motif for one in shown.corrections] == [WITHHELD, "Vu."]
    assert shown.motif == WITHHELD
    assert b"tremblay" not in canonical(snapshot).lower()


def published(paper: PaperAsana, **typed: object) -> PublicAction:
    for key, value in typed.items():
        paper.set_field("action:A1-01", key, value)
    paper.set_field("action:A1-01", "publier_note", "oui")
    return next(a for a in snapshot_of(paper).actions() if a.id == "A1-01")


@pytest.mark.parametrize(
    ("proof", "reason"),
    [
        ("https://[à venir]", "forme"),
        ("http://exemple.org/", "forme"),
        ("https://app.asana.com/0/1", "prive"),
        ("https://exemple.org/pv", None),
    ],
)
def test_a_proof_is_withheld_with_its_reason_and_not_as_a_text(
    proof: str, reason: str | None
) -> None:
    """« Texte retenu » speaks of the note: an address that is only mistyped must not say it."""
    action = published(provisioned(), preuve=proof, note_publique="Premier jalon franchi.")
    assert (action.preuve, action.preuve_retenue) == (None if reason else proof, reason)
    assert (action.note, action.texte_retenu) == ("Premier jalon franchi.", False)


def test_a_name_on_the_city_s_list_is_withheld_in_a_note_and_in_a_proof() -> None:
    typed = {"note_publique": "Selon JEAN ROY.", "preuve": "https://ville.ca/jean-roy"}
    held = published(provisioned(never=("Jean Roy",)), **typed)
    assert (held.note, held.texte_retenu) == (None, True)
    assert (held.preuve, held.preuve_retenue) == (None, "prive")
    shown = published(provisioned(), **typed)
    assert (shown.note, shown.preuve) == tuple(typed.values())


def test_the_plan_s_last_day_is_public_from_the_day_it_is_known() -> None:
    for last in (None, date(2026, 4, 30)):
        snapshot = snapshot_of(provisioned(ends_on=last))
        assert (snapshot.fin, snapshot.ended) == (last, None)


def test_a_note_is_published_with_its_own_spaces_and_lines_and_nothing_invisible() -> None:
    """The manager's typography is the city's; what turns words round is nobody's."""
    note = "  Budget : 12\u00a0345\u00a0$\r\n\r\n« suite »\u202e\u200b fin \n"
    shown = published(provisioned(), note_publique=note).note
    assert shown == "Budget : 12\u00a0345\u00a0$\n\n« suite » fin"


def test_a_note_of_nothing_visible_is_no_note() -> None:
    action = published(provisioned(), note_publique="\u200b\u200e")
    assert (action.note, action.texte_retenu) == (None, False)


def test_the_plans_words_lose_only_what_nobody_sees() -> None:
    paper = provisioned()
    plan = paper.plan
    paper.plan = replace(plan, title=f"{plan.title}\u202e\x00 différente ententes")
    assert snapshot_of(paper).plan.titre == f"{plan.title} différente ententes"


@pytest.mark.parametrize(
    ("typed", "public"),
    [
        (0.0, 0),
        (3.0, 3),
        (2.5, "2.5"),
        (0.1 + 0.2, "0.3"),
        (0.001, 0),
        (999_999.0, 999_999),
        (1_000_000.0, None),
        (8_195_550_199.0, None),
        (-1.0, None),
        (1e300, None),
        (math.inf, None),
        (-math.inf, None),
        (math.nan, None),
        (None, None),
    ],
)
def test_only_a_plausible_figure_is_published(
    typed: float | None, public: int | str | None
) -> None:
    """A telephone number in a quantity, or a figure that no format holds, stays inside."""
    paper = provisioned()
    view = paper.look(date(2026, 2, 1))
    (first, *_) = [key for a in view.progress.values() for key in a.indicators]
    progress = {
        action_id: replace(
            one,
            indicators={k: replace(p, quantity=typed) for k, p in one.indicators.items()},
        )
        for action_id, one in view.progress.items()
    }
    snapshot = build_snapshot(
        Revision(1, date(2025, 11, 28), "première adoption", paper.plan),
        paper.rules,
        progress,
        view.standings,
        paper.frozen,
        number=1,
        as_of=date(2026, 2, 1),
        generated_at=NOW,
        demonstration=True,
    )
    lines = [i for a in snapshot.actions() for s in a.jalons.values() for i in s.indicateurs]
    assert [line.quantite for line in lines if line.id == first] == [public]
    canonical(snapshot)


VISITS = Indicator("A-1", "3 à 4 organismes\u200b", Goal("quantity", 3, 4, "orga\u200bnismes"))
STATE = Indicator("A-2", "Terminé.", Goal("state", word="Terminé"))
ONGOING = Indicator("A-3", "En continu.", Goal("continuity"))
REPORT = Indicator("A-4", "Bilan remis", Goal("deliverable"))
FULL = Action("A", "Tour\u200bnée", {"mi-chemin": (VISITS, STATE), "finalite": (ONGOING, REPORT)})
BARE = Action("B", "Budget", {})
PLAN = Plan(
    "essai",
    "Plan d’es\u200bsai",
    (
        Axis(
            1,
            "Orga\u200bnisation",
            "Mieux\u200b faire",
            (Volet("1.1", "Ges\u200btion", (FULL, BARE)), Volet("1.2", "Vide", ())),
        ),
    ),
)
RULES = rules_for(
    PLAN,
    checkpoints=(replace(CHECKPOINTS[0], title="Mi-\u200bchemin"), CHECKPOINTS[1]),
    directions=(Direction("loisirs", "Loisirs"), Direction("greffe", "Gref\u200bfe")),
)
UNDER_WAY = Standing(Status.UNDER_WAY, 1, 2, "desaccord", confirmed=False, provisional=True)
SETTLED = Standing(Status.ACHIEVED, 0, 2, "reglement")
NOTHING = Standing(Status.NOT_APPLICABLE, 0, 0, "aucun")
STANDINGS = {
    "A": {"mi-chemin": UNDER_WAY, "finalite": SETTLED},
    "B": {"mi-chemin": NOTHING, "finalite": NOTHING},
}
PROGRESS = {
    "A": ActionProgress(
        declared={"mi-chemin": "atteint"},
        indicators={
            "A-1": IndicatorProgress(True, date(2026, 2, 12), True, 3.5),
            "A-2": IndicatorProgress(True, date(2026, 3, 1), True),
            "A-3": IndicatorProgress(),
            "A-4": IndicatorProgress(True, None),
        },
        evidence="https://ville.example/pv",
        note=" Quatre\u200b visites ",
        publish_note=True,
        direction="greffe",
        read_on=date(2026, 1, 1),
    ),
    "B": ActionProgress(visible=False, read_on=date(2026, 2, 3)),
}
GEL = date(2026, 2, 20)
FROZEN = {
    ("A", "mi-chemin"): FrozenStanding(
        Standing(Status.NOT_ACHIEVED, 1, 2, "calendrier"),
        GEL,
        after_the_fact=True,
        corrections=(
            Correction(Status.UNDER_WAY, date(2026, 3, 1), "erreur"),
            Correction(Status.ACHIEVED_LATE, date(2026, 3, 2), "preuve\u200b retrouvée"),
        ),
    )
}
RULINGS = {
    ("A", "finalite"): Ruling(Status.ACHIEVED, date(2026, 2, 22), "vu au\u200b conseil"),
    ("A", "mi-chemin"): Ruling(Status.ACHIEVED, date(2026, 2, 22), "plus en vigueur"),
}


def made(**changes: object) -> Snapshot:
    told: dict[str, object] = {
        "progress": PROGRESS,
        "standings": STANDINGS,
        "frozen": FROZEN,
        "number": 7,
        "as_of": date(2026, 2, 21),
        "generated_at": NOW,
        "demonstration": False,
        "head": Head(12, "ab" * 32),
        "rulings": RULINGS,
    }
    revision = Revision(3, date(2025, 11, 28), "séance", PLAN)
    return build_snapshot(revision, RULES, **(told | changes))  # type: ignore[arg-type]


def test_every_public_fact_is_in_its_place() -> None:
    """The whole of a small one, as the page and whoever reuses the data get it."""
    nothing = PublicStanding(
        indicateurs=(),
        faits=0,
        attendus=0,
        etat=Status.NOT_APPLICABLE,
        selon="aucun",
        confirme=True,
        provisoire=False,
    )
    assert made() == Snapshot(
        version=1,
        numero=7,
        etat_au=date(2026, 2, 21),
        genere_le=NOW,
        demonstration=False,
        plan=PublicPlan(id="essai", titre="Plan d’essai", revision=3, adopte_le=date(2025, 11, 28)),
        jalons=(
            PublicCheckpoint(
                id="mi-chemin",
                titre="Mi-chemin",
                echeance=date(2026, 2, 15),
                gel=date(2026, 2, 20),
            ),
            PublicCheckpoint(
                id="finalite",
                titre="Finalité",
                echeance=date(2026, 3, 15),
                gel=date(2026, 3, 20),
            ),
        ),
        totaux={
            "mi-chemin": PublicTotals(
                etat={Status.UNDER_WAY: 1, Status.NOT_APPLICABLE: 1},
                fige={Status.NOT_ACHIEVED: 1},
                corrige={Status.ACHIEVED_LATE: 1},
            ),
            "finalite": PublicTotals(
                etat={Status.ACHIEVED: 1, Status.NOT_APPLICABLE: 1}, fige={}, corrige={}
            ),
        },
        axes=(
            PublicAxis(
                numero=1,
                titre="Organisation",
                objectif="Mieux faire",
                volets=(
                    PublicVolet(
                        id="1.1",
                        titre="Gestion",
                        actions=(
                            PublicAction(
                                id="A",
                                titre="Tournée",
                                jalons={
                                    "mi-chemin": PublicStanding(
                                        indicateurs=(
                                            PublicIndicator(
                                                id="A-1",
                                                texte="3 à 4 organismes",
                                                cible=PublicGoal(
                                                    genre="quantite",
                                                    minimum=3,
                                                    maximum=4,
                                                    unite="organismes",
                                                ),
                                                fait=True,
                                                fait_le=date(2026, 2, 12),
                                                quantite="3.5",
                                            ),
                                            PublicIndicator(  # dated after the day told of
                                                id="A-2",
                                                texte="Terminé.",
                                                cible=PublicGoal(genre="etat"),
                                                fait=False,
                                            ),
                                        ),
                                        faits=1,
                                        attendus=2,
                                        declare="atteint",
                                        etat=Status.UNDER_WAY,
                                        selon="desaccord",
                                        confirme=False,
                                        provisoire=True,
                                        etat_fige=Status.NOT_ACHIEVED,
                                        fige_le=GEL,
                                        fige_apres_coup=True,
                                        corrections=(
                                            PublicCorrection(
                                                etat=Status.UNDER_WAY,
                                                le=date(2026, 3, 1),
                                                motif="erreur",
                                            ),
                                            PublicCorrection(
                                                etat=Status.ACHIEVED_LATE,
                                                le=date(2026, 3, 2),
                                                motif="preuve retrouvée",
                                            ),
                                        ),
                                    ),
                                    "finalite": PublicStanding(
                                        indicateurs=(
                                            PublicIndicator(
                                                id="A-3",
                                                texte="En continu.",
                                                cible=PublicGoal(genre="continuite"),
                                                fait=False,
                                            ),
                                            PublicIndicator(
                                                id="A-4",
                                                texte="Bilan remis",
                                                cible=PublicGoal(genre="livrable"),
                                                fait=True,
                                            ),
                                        ),
                                        faits=0,
                                        attendus=2,
                                        etat=Status.ACHIEVED,
                                        selon="reglement",
                                        confirme=True,
                                        provisoire=False,
                                        regle_le=date(2026, 2, 22),
                                        motif="vu au conseil",
                                    ),
                                },
                                direction="Greffe",
                                note="Quatre visites",
                                preuve="https://ville.example/pv",
                            ),
                            PublicAction(
                                id="B",
                                titre="Budget",
                                jalons={"mi-chemin": nothing, "finalite": nothing},
                                donnees_du=date(2026, 2, 3),
                            ),
                        ),
                    ),
                    PublicVolet(id="1.2", titre="Vide", actions=()),
                ),
            ),
        ),
        journal=PublicLog(lignes=12, tete="ab" * 32),
    )


def test_without_a_head_nothing_is_said_of_the_log_and_without_rulings_of_a_reason() -> None:
    plain = made(head=None, rulings=None)
    settled = plain.actions()[0].jalons["finalite"]
    assert plain.journal is None
    assert (settled.regle_le, settled.motif) == (None, None)


def test_a_ruling_without_a_public_reason_shows_its_day_alone() -> None:
    ruled = made(rulings={("A", "finalite"): Ruling(Status.ACHIEVED, date(2026, 2, 22), None)})
    settled = ruled.actions()[0].jalons["finalite"]
    assert (settled.regle_le, settled.motif) == (date(2026, 2, 22), None)


def test_a_frozen_status_without_a_correction_is_counted_as_it_was_frozen() -> None:
    """`corrige` is empty while nothing was corrected; once something was, it counts them all."""
    plain = FrozenStanding(Standing(Status.NOT_ASSESSED, 0, 2, "aucun"), GEL)
    (one,) = FROZEN.values()
    alone = made(frozen={("B", "mi-chemin"): plain}).totaux["mi-chemin"]
    both = made(frozen={**FROZEN, ("B", "mi-chemin"): plain}).totaux["mi-chemin"]
    assert (alone.fige, alone.corrige) == ({Status.NOT_ASSESSED: 1}, {})
    assert both.fige == {one.standing.status: 1, Status.NOT_ASSESSED: 1}
    assert both.corrige == {Status.ACHIEVED_LATE: 1, Status.NOT_ASSESSED: 1}


def test_of_corrections_the_last_one_is_counted() -> None:
    """`FROZEN` has two; here is the first of them alone."""
    (one,) = FROZEN.values()
    corrected = replace(one, corrections=one.corrections[:1])
    counted = made(frozen={("A", "mi-chemin"): corrected}).totaux["mi-chemin"].corrige
    assert counted == {Status.UNDER_WAY: 1}


@pytest.mark.parametrize("typed", [None, "", " \n"])
def test_nothing_is_published_where_nothing_was_typed(typed: str | None) -> None:
    silent = replace(PROGRESS["A"], note=typed, evidence=typed)
    action = made(progress={**PROGRESS, "A": silent}).actions()[0]
    assert (action.note, action.texte_retenu) == (None, False)
    assert (action.preuve, action.preuve_retenue) == (None, None)


def bytes_of(**typed: object) -> bytes:
    return canonical(made(progress={**PROGRESS, "A": replace(PROGRESS["A"], **typed)}))  # type: ignore[arg-type]


@given(st.text(), st.text())
def test_what_is_not_offered_to_the_public_changes_no_byte(note: str, proof: str) -> None:
    """Whatever a manager keeps to the office, nobody can tell from outside that it is there."""
    hidden = bytes_of(note=note, evidence=proof, publish_note=False)
    assert hidden == bytes_of(note=None, evidence=None, publish_note=False)


@given(st.text(), st.text())
def test_of_what_is_withheld_only_that_it_is_gets_out(before: str, after: str) -> None:
    """Two private texts make one publication: no length, no word and no day tells them apart."""
    told = bytes_of(note=f"{before} a@ville.ca {after}", evidence=f"https://asana.com/{after}")
    assert told == bytes_of(note="a@ville.ca", evidence="https://asana.com/")


some = st.sampled_from(Status)


@given(
    st.dictionaries(
        st.sampled_from([("A", "mi-chemin"), ("B", "mi-chemin"), ("A", "finalite")]),
        st.tuples(some, st.lists(some, max_size=3)),
    ),
    st.tuples(some, some, some, some),
)
def test_each_action_is_counted_once_in_each_count(
    frozen: dict[tuple[str, str], tuple[Status, list[Status]]], now: tuple[Status, ...]
) -> None:
    """Today, at the freeze, and as corrected: what a citizen adds up is the whole plan."""
    fixed = {
        key: FrozenStanding(
            Standing(status, 0, 1, "aucun"),
            GEL,
            corrections=tuple(Correction(one, date(2026, 3, 1), "erreur") for one in after),
        )
        for key, (status, after) in frozen.items()
    }
    each = iter(now)
    standings = {
        id_: {key: replace(one, status=next(each)) for key, one in said.items()}
        for id_, said in STANDINGS.items()
    }
    snapshot = made(frozen=fixed, standings=standings, rulings={})
    for checkpoint, totals in snapshot.totaux.items():
        here = {key: one for key, one in frozen.items() if key[1] == checkpoint}
        assert sum(totals.etat.values()) == len(STANDINGS)
        assert sum(totals.fige.values()) == len(here)
        corrected = any(after for _, after in here.values())
        assert sum(totals.corrige.values()) == (len(here) if corrected else 0)
        assert 0 not in {*totals.etat.values(), *totals.fige.values(), *totals.corrige.values()}


def test_counts_stand_in_the_order_in_which_they_are_shown() -> None:
    counted = made(frozen={}).totaux["mi-chemin"].etat
    assert list(counted) == [Status.UNDER_WAY, Status.NOT_APPLICABLE]


def test_a_direction_that_the_config_no_longer_has_is_not_shown() -> None:
    gone = {**PROGRESS, "A": replace(PROGRESS["A"], direction="travaux")}
    assert made(progress=gone).actions()[0].direction is None


def test_the_canonical_bytes_are_the_whole_of_it_with_sorted_keys_and_no_blanks() -> None:
    """RFC 8785, an empty list and an empty text too; read back it is the same."""
    snapshot = made()
    assert canonical(snapshot) == rfc8785.dumps(json.loads(snapshot.model_dump_json()))


@pytest.mark.parametrize(
    ("change", "news"),
    [
        ({"number": 8}, False),
        ({"as_of": date(2026, 2, 20)}, False),
        ({"generated_at": NOW.replace(hour=18)}, False),
        ({"head": None}, False),
        ({"demonstration": True}, True),
        ({"frozen": {}}, True),
        ({"rulings": {}}, True),
    ],
)
def test_what_is_news(change: dict[str, object], news: bool) -> None:
    assert same_content(made(), made(**change)) is not news


def test_no_fraction_that_is_not_a_number_is_ever_written() -> None:
    """Better no publication than bytes that no reader of JSON takes."""
    with pytest.raises(ValueError, match="not JSON compliant"):
        plainly_encoded({"a": math.nan})
