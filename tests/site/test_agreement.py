"""Every file of a publication tells the same: the snapshot is the one that they are held to."""

from collections import Counter
from datetime import date
from functools import cache

import pytest

from sync.site.build import build_files
from sync.site.presentation import Presentation
from tests.site.accounts import READERS, disagreements, snapshot
from tests.site.publication_samples import sealed_by_ours
from tests.site.snapshot_samples import (
    DAYS,
    becancour,
    ended_records,
    ending,
    four_records,
    record_of,
)

CITY = Presentation("Ville de Bécancour", "https://suivi.ville.ca/100-jours/")


@cache
def files() -> dict[str, bytes]:
    return build_files(four_records(), CITY, sealed_by_ours)


@pytest.mark.parametrize("until", range(1, 5))
def test_every_file_says_what_the_snapshot_says(until: int) -> None:
    """Whoever reads one form must never learn otherwise from another."""
    assert disagreements(build_files(four_records()[:until], CITY, sealed_by_ours)) == []


def test_real_data_are_called_real_by_all_of_them() -> None:
    real = [
        record_of(becancour(n, day).model_copy(update={"demonstration": False}))
        for n, day in enumerate(DAYS, 1)
    ]
    assert disagreements(build_files(real, CITY)) == []


def test_between_the_due_day_and_the_freeze_they_agree_too() -> None:
    records = [record_of(becancour(1, DAYS[0])), record_of(becancour(2, date(2026, 2, 17)))]
    assert disagreements(build_files(records, CITY)) == []


@pytest.mark.parametrize("until", [5, 6])
def test_of_a_plan_that_will_end_and_of_one_that_has_they_agree_too(until: int) -> None:
    told = build_files(ended_records()[:until], CITY, sealed_by_ours)
    assert disagreements(told) == []
    days = {"index.html", "actions/", "integration.html", "flux.json", "jalons.ics", "flux.atom"}
    both = days | {"catalogue.jsonld", "datapackage.json", "plan.stratml.xml"}
    for name in READERS:
        said = READERS[name](told)
        assert said["termine",] is (until == 6), name
        assert (("fin",) in said) is (name in (both if until == 6 else days)), name
        assert (("termine_le",) in said) is (until == 6 and name != "oembed.json"), name


def test_a_plan_that_goes_on_after_all_is_ended_in_none_of_them() -> None:
    """A feed that was expired is not any more."""
    again = ending(becancour(7, date(2026, 5, 6))).model_copy(update={"fin": date(2026, 6, 30)})
    told = build_files([*ended_records(), record_of(again)], CITY, sealed_by_ours)
    assert disagreements(told) == []
    assert b"expired" not in told["flux.json"]
    assert "Le suivi du plan reprend" in told["flux.atom"].decode()


TELLS = {
    "actions.csv": {"etat": 54, "etat_fige": 53, "action": 27, "compte": 9, "gel": 2},
    "indicateurs.csv": {"texte": 73, "fait": 73, "action": 27},
    "index.html": {"etat": 54, "action": 27, "compte": 9, "compte_fige": 7, "faits": 53},
    "actions/": {"etat": 54, "texte": 73, "fait": 73, "action": 27},
    "integration.html": {"compte": 9, "compte_fige": 7, "echeance": 2},
    "oembed.json": {"demonstration": 1, "plan": 1},
    "flux.json": {"numero": 1, "etat": 53, "etat_fige": 53},
    "flux.atom": {"numero": 1, "etat": 53, "etat_fige": 53},
    "jalons.ics": {"compte": 9, "compte_fige": 7, "echeance": 2, "gel": 2},
    "catalogue.jsonld": {"compte": 9, "compte_fige": 7, "empreinte": 9},
    "datapackage.json": {"empreinte": 4, "numero": 1},
    "plan.stratml.xml": {"etat": 54, "etat_fige": 53, "compte": 9, "texte": 73, "action": 27},
}
"""How many facts of each kind a file must tell: one that told nothing would agree with all."""


@pytest.mark.parametrize("name", READERS)
def test_each_file_tells_all_that_it_promises(name: str) -> None:
    told = Counter(kind for kind, *_ in READERS[name](files()))
    assert {kind: told[kind] for kind in TELLS[name]} == TELLS[name]
    assert told["demonstration"] == told["termine"] == 1
    assert {kind for kind, *_ in READERS[name](files())} <= {k for k, *_ in snapshot(files())}


def planted(name: str, old: str, new: str) -> dict[str, bytes]:
    body = files()[name]
    assert old.encode() in body
    return {**files(), name: body.replace(old.encode(), new.encode(), 1)}


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        pytest.param("actions.csv", ",atteint_en_retard,", ",atteint,", id="csv status"),
        pytest.param("actions.csv", "oui,4,2026-03-21", "non,4,2026-03-21", id="csv invented"),
        pytest.param("indicateurs.csv", "Guide des élus", "Guide des maires", id="csv words"),
        pytest.param("indicateurs.csv", ",oui,2026", ",non,2026", id="csv done"),
        pytest.param("index.html", '<td class="total">20</td>', "<td>21</td>", id="page count"),
        pytest.param(
            "index.html",
            "</svg>Atteint en retard</span> 2\u00a0faits",
            "</svg>Atteint</span> 2\u00a0faits",
            id="page status",
        ),
        pytest.param("index.html", "Démonstration – données", "Les données", id="page invented"),
        pytest.param("actions/A1-11.html", "Guide des élus", "Guide", id="action page words"),
        pytest.param("actions/A1-11.html", 'class="fait"', 'class="pas-fait"', id="action done"),
        pytest.param("integration.html", ">20</td>", ">19</td>", id="embed count"),
        pytest.param("oembed.json", "Démonstration", "Tableau", id="oembed invented"),
        pytest.param("flux.json", '"apres": "atteint"', '"apres": "en_cours"', id="feed status"),
        pytest.param("flux.json", '"numero": 4', '"numero": 5', id="feed number"),
        pytest.param("flux.atom", "devient Atteint&lt;", "devient En cours&lt;", id="atom status"),
        pytest.param("flux.atom", "<title>Démonstration", "<title>Tableau", id="atom invented"),
        pytest.param("jalons.ics", "DATE:20260220", "DATE:20260221", id="calendar gel"),
        pytest.param("jalons.ics", "Atteint\u00a0: 20", "Atteint\u00a0: 2", id="calendar count"),
        pytest.param(
            "catalogue.jsonld", "Non atteint\u00a0: 3", "Non atteint\u00a0: 0", id="dcat count"
        ),
        pytest.param(
            "catalogue.jsonld", '"dcat:version": "4"', '"dcat:version": "3"', id="dcat nº"
        ),
        pytest.param("datapackage.json", "sha256:", "sha256:0", id="package digest"),
        pytest.param(
            "datapackage.json", '"demonstration": true', '"demonstration": false', id="package"
        ),
        pytest.param("plan.stratml.xml", ">non_evalue<", ">a_venir<", id="stratml status"),
        pytest.param("plan.stratml.xml", "Guide des élus", "Guide", id="stratml words"),
        pytest.param("plan.stratml.xml", ">2026-03-21<", ">2026-03-20<", id="stratml day"),
    ],
)
def test_one_difference_in_one_file_is_seen_there(name: str, old: str, new: str) -> None:
    """The agreement is only worth what it catches."""
    reader = "actions/" if name.startswith("actions/") else name
    assert disagreements(planted(name, old, new), {reader})


@cache
def ended() -> dict[str, bytes]:
    return build_files(ended_records(), CITY, sealed_by_ours)


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        pytest.param("actions.csv", "2026-05-01,2026-05-01,", "2026-05-01,,", id="csv"),
        pytest.param("index.html", 'class="fini"', "", id="page without its banner"),
        pytest.param("index.html", "pris fin le 30", "pris fin le 29", id="page's last day"),
        pytest.param("actions/A1-11.html", "lu le 1er mai", "lu le 2 mai", id="action's day"),
        pytest.param("integration.html", "Plan terminé · ", "", id="embed's title"),
        pytest.param("oembed.json", " (plan terminé)", "", id="oembed"),
        pytest.param("flux.json", '"expired": true', '"expired": false', id="feed goes on"),
        pytest.param("flux.json", '"expired": true', '"expired": "true"', id="feed, not a boolean"),
        pytest.param("flux.atom", " (plan terminé)", "", id="atom's title"),
        pytest.param("flux.atom", "pris fin le 30", "pris fin le 29", id="atom's last day"),
        pytest.param("jalons.ics", "DATE:20260430", "DATE:20260429", id="calendar's last day"),
        pytest.param("catalogue.jsonld", "/NEVER", "/DAILY", id="dcat frequency"),
        pytest.param("catalogue.jsonld", '"2026-04-30"', '"2026-03-15"', id="dcat period"),
        pytest.param("datapackage.json", '"termine": true', '"termine": false', id="package"),
        pytest.param(
            "plan.stratml.xml", "<EndDate>2026-04-30<", "<EndDate>2026-03-15<", id="stratml"
        ),
    ],
)
def test_one_difference_about_the_end_is_seen_there(name: str, old: str, new: str) -> None:
    body = ended()[name]
    plain = body.replace("\u00a0".encode(), b" ")
    assert old.encode() in plain
    spoiled = plain.replace(old.encode(), new.encode())
    reader = "actions/" if name.startswith("actions/") else name
    assert disagreements({**ended(), name: spoiled}, {reader})
    assert disagreements(ended(), {reader}) == []
