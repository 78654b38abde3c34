"""A plan of a hundred actions or more: its home page counts them and leads to their rows."""

import json
from collections.abc import Sequence

import pytest
from bs4 import BeautifulSoup

from sync.model.progress import Status
from sync.model.snapshot import PublicAction, PublicAxis, PublicVolet, Snapshot
from sync.site import counts
from tests.site.accounts import NAMES, disagreements
from tests.site.pages import built, words
from tests.site.snapshot_samples import MID, action, four_records, record_of, small, standing


@pytest.fixture
def _large(monkeypatch: pytest.MonkeyPatch) -> None:
    """Small enough to be drawn in no time."""
    monkeypatch.setattr(counts, "MANY", 3)


def plan(*volets: Sequence[str], numero: int = 1) -> Snapshot:
    """A volet for each list of actions, each named by what its first letters say."""
    drawn = tuple(
        PublicVolet(
            id=names[0].partition("-")[0],
            titre=f"Volet {names[0].partition('-')[0]}",
            actions=tuple(of(name) for name in names),
        )
        for names in volets
    )
    axis = PublicAxis(numero=1, titre="Organisation", objectif="Mieux faire", volets=drawn)
    return small(axes=(axis,), numero=numero)


def of(name: str) -> PublicAction:
    return action(name, titre=f"Titre {name}", jalons={MID.id: standing(Status.ACHIEVED)})


def soup(files: dict[str, bytes], name: str) -> BeautifulSoup:
    return BeautifulSoup(files[name].decode(), "lxml")


def test_from_a_hundred_actions_on_the_home_page_counts_and_shows_no_row() -> None:
    many = [action(f"A1-{n:03}", jalons={MID.id: standing()}) for n in range(100)]
    files = built([record_of(small(*many))])
    home = soup(files, "index.html")
    assert not home.select(".suivi, .volet, #_filtre")
    (volet,) = home.select(".volets > li")
    assert "100 actions" in words(volet)
    assert "Mi-chemin – À venir : 100" in words(volet)
    assert [link["href"] for link in volet.select("a")] == ["volets/1.1.html"]
    assert [link["href"] for link in home.select("#_tableau-entier")] == ["tableau.html"]
    whole = soup(files, "tableau.html")
    assert len(whole.select(".suivi tbody tr")) == 100
    assert not whole.select("details.volet[open]")
    smaller = built([record_of(small(*many[:99]))])
    assert len(soup(smaller, "index.html").select(".suivi tbody tr")) == 99
    assert not [name for name in smaller if name.startswith(("volets/", "tableau"))]


@pytest.mark.usefixtures("_large")
def test_every_action_stands_once_on_a_volets_page_and_once_in_the_whole_table() -> None:
    """With the statuses that the snapshot gives it: nothing is lost on the way."""
    files = built(four_records())
    told = json.loads(files["dernier.json"])
    wanted = {
        a["id"]: [a["jalons"][one["id"]]["etat"] for one in told["jalons"]]
        for axis in told["axes"]
        for volet in axis["volets"]
        for a in volet["actions"]
    }

    def rows(*names: str) -> list[tuple[str, list[str]]]:
        return [
            (str(row["id"]), [NAMES[words(cell.select_one(".etat"))] for cell in row.select("td")])
            for name in names
            for row in soup(files, name).select(".suivi tbody tr")
        ]

    found = rows(*sorted(name for name in files if name.startswith("volets/")))
    assert len(found) == 27
    assert dict(found) == wanted
    assert dict(rows("tableau.html")) == wanted


@pytest.mark.usefixtures("_large")
def test_the_counts_of_a_large_plan_agree_with_its_snapshot() -> None:
    assert disagreements(built(four_records()), {"index.html", "integration.html"}) == []


@pytest.mark.usefixtures("_large")
def test_a_volet_leads_to_the_one_before_and_the_one_after() -> None:
    files = built([record_of(plan(["a-1", "a-2"], ["b-1"], ["c-1"]))])
    middle = soup(files, "volets/b.html")
    assert [link["href"] for link in middle.select("a[rel=prev], a[rel=next]")] == [
        "../volets/a.html",
        "../volets/c.html",
    ]
    assert [link["href"] for link in soup(files, "volets/a.html").select("a[rel]")] == [
        "../volets/b.html"
    ]


@pytest.mark.usefixtures("_large")
def test_a_volet_that_left_the_plan_keeps_its_page_as_it_was_last_published() -> None:
    before, after = plan(["a-1", "a-2"], ["b-1"]), plan(["a-1", "a-2"], numero=2)
    files = built([record_of(before), record_of(after)])
    gone = soup(files, "volets/b.html")
    assert "n’est plus au plan" in words(gone.main)
    assert "instantané numéro 1" in words(gone.main)
    assert [row["id"] for row in gone.select(".suivi tbody tr")] == ["b-1"]
    assert not gone.select("#_filtre, #_fraicheur, script[type=module]")


@pytest.mark.usefixtures("_large")
def test_a_plan_that_was_large_keeps_the_addresses_that_it_had() -> None:
    files = built([record_of(plan(["a-1", "a-2", "a-3"])), record_of(plan(["a-1"], numero=2))])
    assert {"tableau.html", "volets/a.html"} <= files.keys()
    assert soup(files, "index.html").select(".suivi tbody tr")


@pytest.mark.usefixtures("_large")
def test_the_name_of_a_volet_never_leaves_the_folder() -> None:
    """A volet’s id comes from a file that anyone may have written."""
    files = built([record_of(plan(["../x-1", "../x-2", "../x-3"]))])
    assert [name for name in files if "volets" in name] == ["volets/~2e~.~2f~x.html"]
