"""A text that a decision took out of the past: every page that could have held it says so."""

import json
from datetime import date

import pytest
from bs4 import BeautifulSoup

from sync.core.commitments import salted
from sync.model.snapshot import PublicWithdrawal
from sync.site.build import build_files
from sync.site.presentation import Presentation
from sync.site.withdrawn import where_from
from sync.wording import Language
from tests.site.pages import words
from tests.site.publication_samples import history, withdrawn
from tests.site.snapshot_samples import action, record_of, small

CITY = Presentation("Ville d’essai", "https://suivi.ville.ca/", others=("en",))
SAID = (
    "Texte retiré : note de la ville, par décision du 9 février 2026 (instantanés : numéro 2). "
    "Action : Clarifier les rôles. Motif publié : Renseignement personnel."
)


@pytest.fixture(scope="module")
def files() -> dict[str, bytes]:
    build_files(history(), CITY)  # drawn once before the decision: nothing of it may be kept
    return build_files(withdrawn(history(), 2), CITY)


def read(files: dict[str, bytes], name: str) -> BeautifulSoup:
    return BeautifulSoup(files[name].decode(), "lxml")


def test_the_past_page_says_what_was_withdrawn_when_and_why(files: dict[str, bytes]) -> None:
    """Beside the number, before anything else; nothing there says whose decision it was."""
    banner = read(files, "etats-passes/0002.html").select_one("main .passe")
    assert SAID in words(banner)


@pytest.mark.parametrize("number", [1, 3, 4, 5, 6])
def test_no_other_past_page_is_touched(files: dict[str, bytes], number: int) -> None:
    assert "retiré" not in words(read(files, f"etats-passes/{number:04d}.html").select_one("main"))


def test_the_list_of_snapshots_marks_the_one_that_lost_a_text(files: dict[str, bytes]) -> None:
    rows = read(files, "etats-passes/index.html").select("tbody tr")
    marked = [words(row.select_one("th")) for row in rows if "texte retiré" in words(row)]
    assert marked == ["numéro 2"]


def test_the_action_says_so_and_its_history_tells_it_as_a_change(files: dict[str, bytes]) -> None:
    page = read(files, "actions/A1-01.html")
    said = words(page.select_one(".complement .retire"))
    assert said == SAID.replace(" Action : Clarifier les rôles.", "")
    newest = words(page.select_one(".histoire li"))
    assert "Texte retiré : note de la ville (motif : Renseignement personnel.)" in newest


def test_the_history_goes_on_telling_when_the_text_came_and_went(files: dict[str, bytes]) -> None:
    """The words are gone and the facts stay: no note was taken off on the day it was published."""
    page = read(files, "actions/A1-01.html")
    told = [words(moment) for moment in page.select(".histoire > ol > li")]
    assert all("Note de la ville modifiée" in moment for moment in told[1:-1])
    assert not any("ajoutée" in moment or "enlevée" in moment for moment in told)


def test_a_lone_note_that_was_withdrawn_was_added_once_and_taken_off_once() -> None:
    records = [
        record_of(salted(small(action(note=note), numero=n), lambda n=n: n.to_bytes(16)))
        for n, note in enumerate((None, "Un nom.", None), 1)
    ]
    told = withdrawn(records, 2)
    page = read(build_files(told, CITY), "actions/A1-01.html")
    moments = [words(moment) for moment in page.select(".histoire > ol > li")]
    assert "Note de la ville enlevée" in moments[1]
    assert "Note de la ville ajoutée" in moments[2]


def test_home_and_feed_tell_it_though_no_status_moved(files: dict[str, bytes]) -> None:
    """A snapshot that only withdraws is no silent one."""
    news = words(read(files, "index.html").select_one(".nouvelles"))
    assert "Texte retiré : note de la ville" in news
    newest = json.loads(files["flux.json"])["items"][0]
    assert {
        "genre": "texte_retire",
        "action": "A1-01",
        "champ": "note",
        "apres": "Renseignement personnel.",
    } in newest["_jalon"]["changements"]
    shown = words(BeautifulSoup(newest["content_text"], "lxml"))
    assert "Texte retiré : note de la ville" in shown


def test_in_english_the_reason_stays_in_the_city_s_words(files: dict[str, bytes]) -> None:
    banner = read(files, "en/etats-passes/0002.html").select_one("main .passe")
    assert "Text withdrawn: note from the city, by decision of February 9, 2026" in words(banner)
    assert banner is not None
    assert "Renseignement personnel." in [words(one) for one in banner.select("[lang=fr]")]


@pytest.mark.parametrize(
    ("numbers", "language", "said"),
    [
        ((3,), "fr", "numéro 3"),
        ((4, 3, 2), "fr", "numéros 2 à 4"),
        ((1, 3), "fr", "numéro 1 et numéro 3"),
        ((1, 2, 4, 7, 8), "fr", "numéros 1 à 2, numéro 4 et numéros 7 à 8"),
        ((1, 2, 4), "en", "nos. 1 to 2 and no. 4"),
    ],
)
def test_the_snapshots_are_told_in_runs(
    numbers: tuple[int, ...], language: Language, said: str
) -> None:
    one = PublicWithdrawal(
        instantanes=numbers, action="A1-01", champ="note", le=date(2026, 2, 9), motif="Oui."
    )
    assert where_from(one, language) == said
