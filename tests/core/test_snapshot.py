"""What becomes public, what never does, and when a number is due."""

import json
import math
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from sync.core.snapshot import build_snapshot, canonical, public_head, same_content
from sync.model.plan import Revision
from sync.model.record import Head
from sync.model.snapshot import PublicAction, Snapshot
from tests.core.paper_asana import PaperAsana, provisioned

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
