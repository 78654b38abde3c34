"""What was published once stays readable, and a reader who comes back learns what changed."""

import re
from datetime import date

import pytest
from bs4 import BeautifulSoup

from sync.core.status import STATUS_NAMES
from sync.model.progress import Status
from sync.model.snapshot import PublicAction
from sync.site import since
from sync.site.edition import Edition
from tests.site.pages import CITY, built, page, words
from tests.site.snapshot_samples import (
    action,
    becancour,
    four_records,
    indicator,
    record_of,
    small,
    standing,
)

UPCOMING = action(jalons={"mi-chemin": standing()})
ACHIEVED = action(jalons={"mi-chemin": standing(Status.ACHIEVED)})


def test_a_past_state_is_told_as_it_was_and_says_that_it_is_past() -> None:
    then = becancour(2, date(2026, 2, 10))
    soup = page(name="etats-passes/0002.html")
    banner = words(soup.select_one(".passe"))
    assert "État publié par l’instantané numéro 2" in banner
    assert "un état plus récent peut avoir été publié" in banner
    assert "../index.html" in [link["href"] for link in soup.select(".passe a")]
    assert words(soup.h1) == "État au 10 février 2026"
    rows = soup.select(".suivi tbody tr")
    for one, row in zip(then.actions(), rows, strict=True):
        for checkpoint, cell in zip(then.jalons, row.select("td"), strict=True):
            there = one.jalons[checkpoint.id]
            assert words(cell).startswith(STATUS_NAMES[there.etat].fr)
    assert four_records()[1].digest in words(soup.select_one("blockquote"))


def test_a_past_page_does_not_change_with_what_comes_after() -> None:
    """It can be cited: its address leads to the same bytes for good."""
    before = built(four_records()[:2])["etats-passes/0002.html"]
    assert built(four_records())["etats-passes/0002.html"] == before


def test_what_is_new_since_a_snapshot_is_told_against_today_and_not_step_by_step() -> None:
    back_again = [small(UPCOMING), small(ACHIEVED, numero=2), small(UPCOMING, numero=3)]
    since_first = words(page(*back_again, name="depuis/0001.html").main)
    since_second = words(page(*back_again, name="depuis/0002.html").main)
    assert "Rien n’a changé." in since_first
    assert "Mi-chemin – État : Atteint devient À venir" in since_second
    assert "De l’instantané numéro 2 (état au 10 février 2026) au numéro 3" in since_second


def test_the_current_snapshot_has_no_page_since_itself() -> None:
    names = [name for name in built() if name.startswith("depuis/")]
    assert names == [f"depuis/000{n}.html" for n in (1, 2, 3)]


def test_a_snapshot_too_old_to_compare_keeps_its_address(monkeypatch: pytest.MonkeyPatch) -> None:
    """A large plan compares fewer of them, and a link kept by a reader still leads somewhere."""
    monkeypatch.setattr(since, "ROWS", 2)
    monkeypatch.setattr(since, "LEAST", 1)
    records = [record_of(small(UPCOMING, numero=n)) for n in range(1, 5)]
    assert since.compared(Edition.of(records, CITY)) == range(2, 4)
    files = built(records)
    old = BeautifulSoup(files["depuis/0001.html"].decode(), "lxml")
    assert "trop ancien pour être comparé" in words(old.main)
    assert "../etats-passes/0001.html" in [link["href"] for link in old.select("main a")]
    listed = BeautifulSoup(files["etats-passes/index.html"].decode(), "lxml").select("main a")
    hrefs = [str(link["href"]) for link in listed]
    assert [href for href in hrefs if "depuis" in href] == [
        "../depuis/0003.html",
        "../depuis/0002.html",
    ]


def test_every_snapshot_is_listed_with_its_state_its_file_and_what_changed_since() -> None:
    rows = page(name="etats-passes/index.html").select("tbody tr")
    assert [words(row.th) for row in rows] == ["numéro 4", "numéro 3", "numéro 2", "numéro 1"]
    assert "État courant" in words(rows[0])
    for row, n in zip(rows[1:], (3, 2, 1), strict=True):
        hrefs = [link["href"] for link in row.select("a")]
        assert hrefs == [
            f"../etats-passes/000{n}.html",
            f"../depuis/000{n}.html",
            f"../instantanes/000{n}.json",
        ]


def test_a_done_line_that_lost_its_tick_is_told_to_who_comes_back() -> None:
    def with_line(done: bool) -> PublicAction:
        line = indicator("i1", "Guide distribué.", fait=done)
        return action(jalons={"mi-chemin": standing(indicateurs=(line,))})

    told = page(small(with_line(True)), small(with_line(False), numero=2), name="depuis/0001.html")
    assert re.search("Indicateur qui n’est plus fait : « Guide distribué. »", words(told.main))
