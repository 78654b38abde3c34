"""The permanent page of an action: its promises, its status, and all that happened to it."""

from datetime import date

import pytest
from bs4 import BeautifulSoup

from sync.model.progress import Status
from sync.model.snapshot import PublicCorrection
from sync.site.paths import action_page, file_stem
from tests.site.pages import article, built, page, words
from tests.site.snapshot_samples import action, becancour, indicator, record_of, small, standing

FIXED = {"etat_fige": Status.NOT_ACHIEVED, "fige_le": date(2026, 2, 20)}


def questions(**said: object) -> dict[str, str]:
    found = article(action(jalons={"mi-chemin": standing(**said)}))  # type: ignore[arg-type]
    return {words(row.dt): words(row.dd) for row in found.select(".questions > div")}


@pytest.mark.parametrize(
    ("said", "declared"),
    [
        ({"declare": None}, "Rien n’est déclaré"),
        ({"declare": "atteint"}, "Atteint"),
        ({"declare": "en_continu"}, "En continu"),
    ],
)
def test_declared_schedule_and_evidence_stay_three_answers(
    said: dict[str, object], declared: str
) -> None:
    """A citizen sees which of the three says what; they are never blended."""
    assert questions(**said) == {
        "Déclaré": declared,
        "Échéance": "15 février 2026, pas encore passée",
        "Preuve": "0 indicateur fait sur 1",
    }


@pytest.mark.parametrize(
    ("day", "said"),
    [
        (date(2026, 2, 15), "15 février 2026, pas encore passée"),
        (date(2026, 2, 16), "15 février 2026, passée; l’état sera fixé au gel du 20 février 2026"),
        (date(2026, 2, 20), "15 février 2026, passée; l’état sera fixé au gel du 20 février 2026"),
        (date(2026, 2, 21), "15 février 2026, passée; gel du 20 février 2026"),
    ],
)
def test_the_schedule_is_that_of_the_day_that_the_facts_describe(day: date, said: str) -> None:
    assert said in words(article(action(), etat_au=day).select_one(".questions"))


def test_every_snapshot_that_changed_the_action_is_in_its_history_the_newest_first() -> None:
    one, two = action(), action(direction="Greffe")
    late = action(direction="Greffe", jalons={"mi-chemin": standing(Status.ACHIEVED)})
    soup = page(
        small(one),
        small(two, numero=2, etat_au=date(2026, 2, 12)),
        small(two, numero=3, etat_au=date(2026, 2, 13)),
        small(late, numero=4, etat_au=date(2026, 3, 1)),
        name="actions/A1-01.html",
    )
    told = [words(moment) for moment in soup.select(".histoire ol > li")]
    assert told == [
        "État au 1er mars 2026 instantané numéro 4 Mi-chemin – État : À venir devient Atteint",
        "État au 12 février 2026 instantané numéro 2 Direction responsable : Greffe",
        "État au 10 février 2026 instantané numéro 1 Première publication de l’action.",
    ]


def test_a_correction_is_marked_and_its_reason_is_told() -> None:
    why = PublicCorrection(etat=Status.ACHIEVED, le=date(2026, 3, 2), motif="Procès-verbal lu.")
    before = action(jalons={"mi-chemin": standing(Status.ACHIEVED, **FIXED)})
    after = action(jalons={"mi-chemin": standing(Status.ACHIEVED, corrections=(why,), **FIXED)})
    first = page(small(before), small(after, numero=2), name="actions/A1-01.html")
    newest = first.select_one(".histoire li.corrige")
    assert "Correction" in words(newest)
    assert "Non atteint devient Atteint" in words(newest)
    assert "Motif publié : Procès-verbal lu." in words(newest)
    assert len(first.select(".histoire li.corrige")) == 1


def test_a_decision_comes_with_its_published_reason() -> None:
    settled = standing(
        Status.RETIRED, selon="reglement", regle_le=date(2026, 2, 3), motif="Reportée."
    )
    retired = action(jalons={"mi-chemin": settled})
    soup = page(small(action()), small(retired, numero=2), name="actions/A1-01.html")
    assert "Décidé par l’administration le 3 février 2026 : Reportée." in words(soup)


def test_a_tick_taken_back_is_marked_as_a_correction() -> None:
    """What was published as done and is not any more must not pass for ordinary news."""
    done, undone = (
        action(jalons={"mi-chemin": standing(indicateurs=(indicator("i1", "Guide.", fait=f),))})
        for f in (True, False)
    )
    soup = page(small(done), small(undone, numero=2), name="actions/A1-01.html")
    assert "Correction" in words(soup.select_one(".histoire li.corrige"))
    soup = page(small(undone), small(done, numero=2), name="actions/A1-01.html")
    assert not soup.select(".histoire li.corrige")


def test_the_next_and_previous_actions_follow_the_plan_across_volets_and_axes() -> None:
    files = built([record_of(becancour(1, date(2026, 2, 10)))])
    name, passed = "actions/A1-01.html", []
    while True:
        soup = BeautifulSoup(files[name].decode(), "lxml")
        passed.append(name)
        link = soup.select_one("a[rel=next]")
        if link is None:
            break
        before = BeautifulSoup(files[f"actions/{str(link['href']).split('/')[-1]}"], "lxml")
        back = before.select_one("a[rel=prev]")
        assert back is not None
        assert str(back["href"]) == f"../{name}"
        name = f"actions/{str(link['href']).split('/')[-1]}"
    expected = [action_page(one.id) for one in becancour(1, date(2026, 2, 10)).actions()]
    assert passed == expected


def test_an_action_that_left_the_plan_keeps_its_page_and_says_so() -> None:
    """Permanent means permanent: the link in an old article does not die."""
    gone = action("A1-02", titre="Planter cent arbres")
    soup = page(small(action(), gone), small(action(), numero=2), name="actions/A1-02.html")
    assert "Cette action n’est plus au plan" in words(soup)
    assert "instantané numéro 1" in words(soup.select_one(".retenu"))
    assert "Action retirée du plan" in words(soup.select_one(".histoire"))
    home = page(small(action(), gone), small(action(), numero=2))
    assert not home.find(id="A1-02")


def test_an_action_that_joined_later_starts_its_history_there() -> None:
    added = action("A1-02", titre="Planter cent arbres")
    soup = page(small(action()), small(action(), added, numero=2), name="actions/A1-02.html")
    (moment,) = soup.select(".histoire ol > li")
    assert words(moment).endswith("instantané numéro 2 Action ajoutée au plan")


@pytest.mark.parametrize(
    ("key", "stem"),
    [
        ("A1-01", "A1-01"),
        ("axe.2_b", "axe.2_b"),
        ("../x", "~2e~.~2f~x"),
        (".cache", "~2e~cache"),
        ("a/b", "a~2f~b"),
        ("_x", "~5f~x"),
        ("Index", "~Index"),
        ("CON", "~CON"),
        ("nul.txt", "~nul.txt"),
        ("é", "~c3a9~"),
        ("a~2f~b", "a~7e~2f~7e~b"),
        ("a b", "a~20~b"),
    ],
)
def test_a_page_has_the_actions_id_or_a_name_that_no_host_misreads(key: str, stem: str) -> None:
    assert file_stem(key) == stem


def test_an_endless_id_gets_a_name_that_a_disk_can_hold() -> None:
    names = {file_stem("x" * 300), file_stem("x" * 301)}
    assert len(names) == 2
    assert max(map(len, names)) < 100
