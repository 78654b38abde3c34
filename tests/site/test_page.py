"""What a citizen finds on the page, read as a parser reads it."""

import re
from datetime import date
from importlib.resources import files

import pytest
from bs4 import BeautifulSoup, Tag
from pydantic import ValidationError

from sync.core.status import INDICATOR_TABLE, STATUS_NAMES, STATUS_TABLE
from sync.model.progress import Status
from sync.model.snapshot import PublicCorrection, PublicTotals
from sync.site.build import build_files
from sync.site.edition import Seal
from sync.site.typography import display
from tests.site.pages import CITY, article, built, page, row, words
from tests.site.publication_samples import SIGNER, sealed_by
from tests.site.snapshot_samples import (
    END,
    MID,
    action,
    becancour,
    four_records,
    indicator,
    small,
    standing,
)

NOT_FROZEN = Status.NOT_APPLICABLE


def test_every_promise_of_the_plan_is_in_the_table_and_has_its_own_page() -> None:
    """27 actions, in the plan's own words: a row that old links still reach, and a permalink."""
    soup = page()
    files = built()
    snapshot = becancour(4, date(2026, 3, 21))
    rows = soup.select(".suivi tbody tr")
    assert [one["id"] for one in rows] == [one.id for one in snapshot.actions()]
    for one, shown in zip(snapshot.actions(), rows, strict=True):
        link = shown.select_one("th a")
        assert link is not None
        assert words(link) == " ".join(one.titre.split())
        own = words(BeautifulSoup(files[str(link["href"])], "lxml"))
        assert " ".join(one.titre.split()) in own
        for there in one.jalons.values():
            assert all(" ".join(line.texte.split()) in own for line in there.indicateurs)


def test_the_table_says_each_status_in_words_with_n_of_m_at_both_checkpoints() -> None:
    snapshot = becancour(4, date(2026, 3, 21))
    for one, shown in zip(snapshot.actions(), page().select(".suivi tbody tr"), strict=True):
        cells = shown.select("td")
        for checkpoint, cell in zip(snapshot.jalons, cells, strict=True):
            there = one.jalons[checkpoint.id]
            said = words(cell)
            assert said.startswith(STATUS_NAMES[there.etat].fr)
            done = "faits" if there.faits > 1 else "fait"
            assert (f"{there.faits} {done} sur {there.attendus}" in said) is bool(there.attendus)
            if there.etat_fige not in (None, there.etat):
                assert f"Au gel : {STATUS_NAMES[there.etat_fige].fr}" in said


def test_a_telephone_without_room_for_the_heads_still_names_the_columns() -> None:
    """From the style sheet, where a title of the plan is data and never a rule."""
    hostile = MID.model_copy(update={"titre": 'x"}</style><b>*{display:none}'})
    soup = page(small(action(), jalons=(hostile, END)))
    style = soup.find("style")
    assert style is not None
    assert "*{display:none}" not in str(style.string)
    assert "3){--" in str(style.string)
    assert ':"Finalit\\e9 "' in str(style.string)
    assert not soup.find("b")


@pytest.mark.parametrize("status", list(Status))
def test_a_status_is_told_in_words_with_a_drawing_and_a_definition(status: Status) -> None:
    """Never by colour alone."""
    one = action(jalons={"mi-chemin": standing(status)})
    assert words(row(one).select_one(".etat")) == STATUS_NAMES[status].fr
    badge = article(one).select_one(".verdict .etat")
    assert badge is not None
    assert words(badge) == STATUS_NAMES[status].fr
    drawing = badge.select_one("use")
    assert drawing is not None
    soup = page(small(one))
    assert soup.find(id=str(drawing["href"]).removeprefix("#")) is not None
    assert page(name="definitions.html").find(id=f"mot-{status.value}") is not None


def test_the_page_shows_the_very_tables_that_the_code_reads() -> None:
    """The rule that a citizen reads is the one that answered."""
    statuses, indicators = page(name="definitions.html").select("table.regle")

    def rows(table: Tag) -> list[list[str]]:
        return [[words(cell) for cell in row.select("th, td")] for row in table.select("tbody tr")]

    assert rows(indicators) == [
        [words(shown(row.when.fr)), "oui" if row.counts else "non"] for row in INDICATOR_TABLE
    ]
    given = [", ".join(STATUS_NAMES[one].fr for one in row.gives) for row in STATUS_TABLE]
    assert [[when, gives] for when, gives in rows(statuses)] == [
        [
            words(shown(row.when.fr)),
            gives or "celui qui a été décidé, avec sa raison si elle est publiée",
        ]
        for row, gives in zip(STATUS_TABLE, given, strict=True)
    ]


def shown(text: str) -> BeautifulSoup:
    return BeautifulSoup(display(text, "fr"), "html.parser")


def test_a_correction_is_read_beside_the_frozen_status_and_counted_apart() -> None:
    said = {"etat_fige": Status.NOT_ACHIEVED, "fige_le": date(2026, 2, 20)}
    why = PublicCorrection(etat=Status.ACHIEVED, le=date(2026, 3, 2), motif="Vérifié.")
    now = standing(Status.ACHIEVED, corrections=(why,), **said)
    one = action(jalons={"mi-chemin": now})
    told = [words(line) for line in article(one).select(".fige")]
    assert told == [
        "État au gel du 20 février 2026 : Non atteint",
        "Corrigé le 2 mars 2026 : Atteint – Vérifié.",
    ]
    assert "Au gel : Non atteint Gel corrigé : Atteint" in words(row(one))
    totals = PublicTotals(
        etat={Status.ACHIEVED: 1}, fige={Status.NOT_ACHIEVED: 1}, corrige={Status.ACHIEVED: 1}
    )
    card = page(small(one, totaux={"mi-chemin": totals})).select_one(".carte")
    heard = (
        "Avec les corrections apportées depuis, la colonne « Au gel » donnerait – "
        "Atteint : 1 au lieu de 0, Non atteint : 0 au lieu de 1."
    )
    assert heard in words(card)


def test_counts_are_numbers_and_late_and_missed_show_even_at_zero() -> None:
    """One average percentage hides what is not done; a missing row would too."""
    soup = page(small(action()))
    assert soup.body is not None
    assert not re.search(r"\d+\s*%", soup.body.get_text(" "))
    table = words(page(small(action())).select_one(".carte table"))
    assert "Atteint en retard 0 0" in table
    assert "Non atteint 0 0" in table


def test_the_table_counts_what_the_snapshot_counts() -> None:
    soup = page()
    snapshot = becancour(4, date(2026, 3, 21))
    for table, checkpoint in zip(soup.select(".carte table"), snapshot.jalons, strict=True):
        totals = snapshot.totaux[checkpoint.id]
        for line in table.select("tbody tr"):
            link = line.select_one("th a")
            assert link is not None
            status = Status(str(link["href"]).removeprefix("etats/").removesuffix(".html"))
            *cells, frozen = (cell.get_text() for cell in line.select("td"))
            *by_axis, total = map(int, cells)
            assert sum(by_axis) == total == totals.etat.get(status, 0)
            assert frozen == ("–" if status is NOT_FROZEN else str(totals.fige.get(status, 0)))


def test_the_columns_say_when_and_why_their_sums_differ() -> None:
    """An action without an indicator is counted today and was never frozen: a sum must not lie."""
    mid, end = page().select(".carte")
    assert [words(th) for th in end.select("thead th")][-2:] == ["Au 21 mars", "Au gel"]
    assert "compte 1 action de moins" in words(end)
    assert "de moins" not in words(mid)
    before = page(small(action())).select_one(".carte thead")
    assert words(before).endswith("Total")


def test_before_and_after_the_freeze_a_status_is_never_said_to_be_still() -> None:
    """What is fixed is the status at the freeze; the current one goes on moving."""
    shown = words(page(name="definitions.html"))
    assert "le jour du gel : il ne change plus. L’état affiché à côté continue de" in shown
    assert "peut bouger" not in shown


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        pytest.param({"provisoire": True}, "Provisoire", id="provisional"),
        pytest.param({"confirme": False}, "À confirmer", id="to be confirmed"),
        pytest.param({"confirme": False, "selon": "desaccord"}, "À confirmer", id="disagreement"),
    ],
)
def test_what_weakens_a_status_stands_beside_it_in_the_table_too(
    said: dict[str, object], shown: str
) -> None:
    """Who reads only the table must not take a provisional status for a firm one."""
    told = words(row(action(jalons={"mi-chemin": standing(**said)})).select_one("td .reserve"))
    assert told == shown
    assert not row(action()).select(".reserve")


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        pytest.param({"provisoire": True}, "Provisoire", id="provisional"),
        pytest.param({"confirme": False}, "À confirmer", id="to be confirmed"),
        pytest.param(
            {"confirme": False, "selon": "desaccord"},
            "À confirmer : la déclaration et les indicateurs diffèrent",
            id="disagreement",
        ),
        pytest.param({"selon": "calendrier"}, "Selon le calendrier", id="calendar"),
        pytest.param({"selon": "indicateurs"}, "Selon les indicateurs", id="evidence alone"),
        pytest.param({"selon": "declaration"}, "Selon la déclaration", id="declaration alone"),
        pytest.param({"selon": "reglement"}, "Réglé par l’administration", id="settled"),
        pytest.param({}, "0 indicateur fait sur 1", id="n of m"),
        pytest.param(
            {"etat_fige": Status.NOT_ACHIEVED, "fige_le": date(2026, 2, 20)},
            "État au gel du 20 février 2026 : Non atteint",
            id="frozen differs",
        ),
        pytest.param(
            {"etat_fige": Status.UPCOMING, "fige_le": date(2026, 2, 20)},
            "Même état au gel du 20 février 2026",
            id="frozen is the same",
        ),
        pytest.param(
            {
                "etat_fige": Status.UPCOMING,
                "fige_le": date(2026, 2, 20),
                "fige_apres_coup": True,
            },
            "fixé après coup",
            id="frozen afterwards",
        ),
    ],
)
def test_a_reservation_stands_beside_the_status(said: dict[str, object], shown: str) -> None:
    """Every word that weakens a status is on the page where the status is."""
    assert shown in words(article(action(jalons={"mi-chemin": standing(**said)})))


def test_an_indicator_shows_whether_when_and_how_many() -> None:
    goal = {"genre": "quantite", "minimum": 3, "maximum": 4, "unite": "organismes"}
    lines = (
        indicator(
            "i1", "Tournée amorcée", fait=True, fait_le=date(2026, 2, 1), quantite="3.5", cible=goal
        ),
        indicator("i2", "Guide distribué"),
    )
    shown = words(article(action(jalons={"mi-chemin": standing(indicateurs=lines)})))
    assert "1er février 2026 · Quantité constatée : 3,5 (cible : 3 à 4 organismes)" in shown
    assert "Guide distribué Pas encore fait" in shown


def test_nothing_is_still_to_come_of_an_action_that_was_retired_or_a_plan_that_ended() -> None:
    """« Pas encore fait » would promise it."""
    retired = {"mi-chemin": standing(Status.RETIRED, indicateurs=(indicator("i1", "Guide"),))}
    assert "Guide Non fait" in words(article(action(jalons=retired)))
    over = {"fin": date(2026, 2, 9), "termine_le": date(2026, 2, 10)}
    left = {"mi-chemin": standing(indicateurs=(indicator("i1", "Guide"),))}
    assert "Guide Non fait" in words(article(action(jalons=left), **over))


def test_what_is_withheld_or_no_longer_visible_says_so() -> None:
    shown = words(article(action(texte_retenu=True, donnees_du=date(2026, 2, 9))))
    assert "La note de la ville est retenue" in shown
    assert "lu le 9 février 2026" in shown


@pytest.mark.parametrize(
    ("fault", "said"),
    [("forme", "n’est pas l’adresse https"), ("prive", "semble contenir un renseignement privé")],
)
def test_a_withheld_proof_says_why_and_accuses_no_note(fault: str, said: str) -> None:
    """A mistyped address is no private information, and a withheld proof is no withheld note."""
    found = article(action(preuve_retenue=fault))
    assert said in words(found)
    assert "La note" not in words(found)
    assert not found.select(".preuve a")


@pytest.mark.parametrize(
    ("read_on", "said"),
    [
        pytest.param(date(2026, 2, 9), True, id="gone before the gel"),
        pytest.param(date(2026, 2, 20), False, id="last read on the gel's own day"),
        pytest.param(None, False, id="in sight"),
    ],
)
def test_a_status_frozen_from_an_older_reading_says_so(read_on: date | None, said: bool) -> None:
    """Frozen without having been readable that day: the reader is told of which day it is."""
    fixed = standing(etat_fige=Status.UPCOMING, fige_le=date(2026, 2, 20))
    found = article(action(jalons={"mi-chemin": fixed}, donnees_du=read_on)).select_one(".fige")
    assert ("la fiche n’était plus visible au gel" in words(found)) is said


@pytest.mark.parametrize(
    ("done", "said"), [(0, "0 indicateur fait sur 3"), (2, "2 indicateurs faits sur 3")]
)
def test_counts_agree_with_their_nouns(done: int, said: str) -> None:
    """In French zero and one are singular."""
    lines = [indicator(f"i{n}", "Ligne", fait=n < done) for n in range(3)]
    found = article(action(jalons={"mi-chemin": standing(indicateurs=lines)})).select_one(
        ".questions .nm"
    )
    assert words(found) == said


HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "{{ 7*7 }}{% raw %}",
    "</style><script>alert(1)</script>",
    "<svg/onload=alert(1)>",
    "\u202e<b>\u0000</b>",
]


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_text_stays_text(text: str) -> None:
    """Whatever is typed in Asana or in the plan is shown, not run."""
    lines = (indicator("i1", text),)
    one = action(
        titre=text,
        note=text,
        direction=text,
        jalons={"mi-chemin": standing(indicateurs=lines)},
    )
    soup = page(small(action()), small(one, numero=2))
    own = article(one)
    for part in (soup, own):
        assert not part.find_all(["img", "b"])
        assert not [a for n in part.find_all(True) for a in n.attrs if a.startswith("on")]
        assert "alert" not in "".join(str(node.string) for node in part.find_all("script"))
    run = soup.select("script:not([type='application/ld+json'])")
    assert len(run) == len(soup.find_all("style")) == 1
    assert "49" not in words(own)


def test_a_proof_is_a_link_that_tells_where_it_goes() -> None:
    link = article(action(preuve="https://www.ville.ca/preuve")).select_one(".preuve a")
    assert link is not None
    assert link["href"] == "https://www.ville.ca/preuve"
    assert {"noopener", "nofollow"} <= set(link["rel"])
    assert "ville.ca" in words(link)


@pytest.mark.parametrize("url", ["javascript:alert(1)", "http://ville.ca", 'https://v.ca/"x'])
def test_a_snapshot_cannot_even_hold_an_unsafe_proof(url: str) -> None:
    """The page trusts the snapshot, so the snapshot's own form refuses what would be run."""
    with pytest.raises(ValidationError):
        action(preuve=url)


@pytest.mark.parametrize(
    ("day", "said"),
    [
        (date(2026, 2, 15), "L’échéance n’est pas passée"),
        (date(2026, 2, 17), "provisoires jusqu’au gel, le 20 février 2026"),
        (date(2026, 2, 21), "Les états ont été fixés le 20 février 2026 : c’est le gel"),
    ],
)
def test_each_checkpoint_says_how_firm_it_is(day: date, said: str) -> None:
    assert said in words(page(becancour(1, day)).select_one(".carte"))


def test_what_is_new_is_the_last_snapshot_against_the_one_before() -> None:
    achieved = action(jalons={"mi-chemin": standing(Status.ACHIEVED)})
    shown = words(page(small(action()), small(achieved, numero=2)).select_one(".nouvelles"))
    assert "Mi-chemin – État : À venir devient Atteint" in shown


def test_the_digest_to_verify_is_that_of_the_published_file() -> None:
    soup = page()
    record = four_records()[-1]
    assert words(soup.select_one("blockquote code")) == record.digest
    assert words(page(name="donnees.html").select_one("blockquote code")) == record.digest
    hrefs = {link["href"] for link in soup.select(".ouvertes a")}
    assert {"dernier.json", "actions.csv", "flux.json", "donnees.html"} <= hrefs
    assert {"etats-passes/0004.html", "etats-passes/index.html"} <= hrefs
    listed = {link["href"] for link in page(name="etats-passes/index.html").select("main a")}
    assert {f"../instantanes/000{n}.json" for n in range(1, 5)} <= listed


@pytest.mark.parametrize("seal", [None, sealed_by(SIGNER)], ids=["unsigned", "signed"])
def test_every_published_file_can_be_reached_from_the_page_of_data(seal: Seal | None) -> None:
    """Nobody guesses names: what is published is listed, the proof included where there is one."""
    published = build_files(four_records(), CITY, seal)
    told = BeautifulSoup(published["donnees.html"].decode(), "lxml")
    linked = {str(link["href"]) for link in told.select("main a")}
    for_machines = {"sitemap.xml", "oembed.json", "cle.pub", "cles.json"}
    shown = {name for name in published if not name.endswith(".html")} - for_machines
    assert shown | {"etats-passes/index.html"} <= linked
    assert ("verifier.html" in linked) is (seal is not None)


CSS = files("sync.site").joinpath("templates/base.css").read_text(encoding="utf-8")
SCHEME = "@media screen and (prefers-color-scheme: dark)"
LIGHT = CSS[: CSS.index(SCHEME)] + CSS[CSS.index(".st-atteint {") : CSS.rindex(SCHEME)]
DARK = (
    CSS[CSS.index(SCHEME) : CSS.index("*, *::before")]
    + CSS[CSS.rindex(SCHEME) : CSS.index("[class*=")]
)
PAIRS = [
    *((f"{status.value}--mot", f"{status.value}--fond", 4.5) for status in Status),
    *((f"{status.value}--mot", "--carte", 3.0) for status in Status),
    ("--reserve", "--carte", 4.5),
    ("--reserve", "--papier", 4.5),
    ("--encre", "--papier", 7.0),
    ("--encre-douce", "--papier", 4.5),
    ("--encre-douce", "--carte", 4.5),
    ("--encre-douce", "--fleuve-pale", 4.5),
    ("--fleuve", "--papier", 4.5),
    ("--fleuve", "--carte", 4.5),
    ("--encre", "--fleuve-pale", 7.0),
    ("--entete-encre", "--entete", 7.0),
    ("--entete-douce", "--entete", 4.5),
    ("--demo-encre", "--demo", 7.0),
]


@pytest.mark.parametrize("sheet", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize(
    ("ink", "ground", "least"), PAIRS, ids=[f"{a} on {b}" for a, b, _ in PAIRS]
)
def test_every_pair_of_colours_can_be_read(sheet: str, ink: str, ground: str, least: float) -> None:
    """WCAG 2.2 AA, in both schemes: 4.5 for text, 3 for drawings."""
    colours = dict(re.findall(r"(--[\w-]+):\s*(#[0-9a-f]{6})", sheet))
    for names, inks in re.findall(r"((?:\.st-\w+,?\s*)+)\{([^}]*--fond[^}]*)\}", sheet):
        for status in re.findall(r"st-(\w+)", names):
            colours |= {
                f"{status}{name}": colour
                for name, colour in re.findall(r"(--\w+):\s*(#[0-9a-f]{6})", inks)
            }
    a, b = (luminance(colours[name]) for name in (ink, ground))
    assert (max(a, b) + 0.05) / (min(a, b) + 0.05) >= least


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("invented", [True, False])
def test_every_printed_sheet_of_a_demonstration_says_so(invented: bool) -> None:
    """A single sheet travels alone; real data must never carry the word."""
    sheet = page(small(action(), demonstration=invented)).find("style")
    assert sheet is not None
    assert ("Démonstration – données inventées" in str(sheet.string)) is invented
