"""What becomes public, what never does, and when a number is due."""

import json
from datetime import UTC, date, datetime

import pytest

from sync.core.privacy import private_in, unfit_link
from sync.core.snapshot import build_snapshot, canonical, same_content
from sync.model.plan import Revision
from sync.model.snapshot import Snapshot
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


@pytest.mark.parametrize(
    "note",
    ["Le 90,5 FM a diffusé 3 chroniques.", "PTI 2026-2028 adopté", "A-30 et A-55", "12 345 $"],
)
def test_an_ordinary_sentence_is_not_withheld(note: str) -> None:
    assert private_in(note) is None


@pytest.mark.parametrize(
    ("link", "fit"),
    [
        ("https://exemple.org/pv.pdf", True),
        ("http://exemple.org/", False),
        ("javascript:alert(1)", False),
        ("https://jean@exemple.org/", False),
        ("https://app.asana.com/0/1/2", False),
        ("https://intranet/", False),
        ("pas un lien", False),
    ],
)
def test_only_public_https_addresses_are_shown_as_proof(link: str, fit: bool) -> None:
    assert (unfit_link(link) is None) is fit
