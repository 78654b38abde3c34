"""What the page, the feeds and the calendar say of a plan whose end is known, and has come."""

import json
from functools import cache

import pytest

from sync.model.catalogue import Catalogue
from sync.site.atom import feed_atom
from sync.site.build import build_files
from sync.site.edition import Edition
from sync.site.entries import entries
from sync.site.feed import feed_json
from sync.site.presentation import Presentation
from tests.bench.site import enlarged
from tests.site.snapshot_samples import ended_records, ending, record_of, small
from tests.site.test_sizes import HOME

CITY = Presentation("Ville de Bécancour", "https://suivi.ville.ca/100-jours/", others=("en",))
FR = (
    "Le plan a pris fin le 30 avril 2026.</strong> Voici son dernier état, lu le 1er mai 2026 : il "
    "ne change plus, sauf correction ou retrait."
)
EN = "The plan ended on April 30, 2026.</strong> This is its last state, read on May 1, 2026:"


@cache
def files(until: int = 6) -> dict[str, str]:
    told = build_files(ended_records()[:until], CITY)
    return {name: body.decode().replace("\u00a0", " ") for name, body in told.items()}


def is_past(name: str) -> bool:
    return "etats-passes/" in name and not name.endswith("index.html")


def test_every_page_but_those_of_past_states_says_that_the_plan_has_ended() -> None:
    """A page of a past state says what it said then, for good, though the plan should resume."""
    pages = {name: text for name, text in files().items() if name.endswith(".html")}
    for name, text in pages.items():
        wanted = EN if name.startswith("en/") else FR
        assert (wanted in text) is not is_past(name), name
        assert ("Plan terminé · " in text or "Plan ended · " in text) is not is_past(name), name
        assert "plus de 48 heures" not in text, f"{name} would raise an alarm about its age"
    assert len(pages) > 80
    assert (
        "À cet instantané, le plan avait pris fin le 30 avril 2026."
        in pages["etats-passes/0006.html"]
    )
    assert "avait pris fin" not in pages["etats-passes/0005.html"]


def test_of_a_large_plan_too() -> None:
    (*_, last) = ended_records()
    snapshot = type(small()).model_validate_json(last.body)
    told = build_files([record_of(enlarged(snapshot, 300))], CITY)
    pages = [name for name in told if name.startswith(("volets/", "tableau"))]
    assert pages
    for name in pages:
        assert FR in told[name].decode().replace("\u00a0", " "), name


def test_before_the_end_the_day_is_told_and_nothing_says_that_it_has_come() -> None:
    told = files(5)
    assert "Fin du plan : 30 avril 2026" in told["index.html"]
    assert "plus de 48 heures" in told["index.html"]
    for name, text in told.items():
        assert "a pris fin le" not in text, name
        assert "plan terminé" not in text.lower(), name
    assert "SUMMARY:Démonstration – données inventées – Fin du plan" in told["jalons.ics"].replace(
        "\r\n ", ""
    )


@pytest.mark.parametrize("until", [1, 4, 5, 6])
def test_a_feed_is_expired_when_the_plan_has_ended_and_only_then(until: int) -> None:
    """JSON Feed 1.1: nothing but true says that a feed is finished for good."""
    assert json.loads(files(until)["flux.json"]).get("expired") is (True if until == 6 else None)


def test_an_archive_of_the_feed_stays_as_it_was() -> None:
    """RFC 5005: what is archived is read once, so only the feed itself says that it is finished."""
    edition = Edition.of(ended_records(), CITY)
    told = entries(edition)
    for written in (feed_json(edition, told, 1, None), feed_atom(edition, told, 1, None)):
        assert "plan terminé" not in written.decode().replace("\u00a0", " ")
        assert b"expired" not in written


def test_the_feeds_tell_the_end_as_a_change_of_its_own() -> None:
    newest, before, *_ = json.loads(files()["flux.json"])["items"]
    told = {one["genre"]: one for one in newest["_jalon"]["changements"]}
    assert told["plan_termine"] == {"genre": "plan_termine", "apres": "2026-05-01"}
    assert "Le plan a pris fin; voici son dernier état, lu le 1er mai 2026" in (
        newest["content_text"].replace("\u00a0", " ")
    )
    assert "Fin du plan : 30 avril 2026" in before["content_text"].replace("\u00a0", " ")


def test_nothing_says_that_a_status_goes_on_moving() -> None:
    assert "continue de suivre" in files(5)["index.html"]
    for name in ("index.html", "integration.html"):
        assert "continue de suivre" not in files()[name]
        assert "celui d’à côté est le dernier, à la fin du plan" in files()[name]


def test_a_catalogue_is_told_that_the_data_are_final_whatever_the_city_had_said() -> None:
    daily = Presentation("Ville", None, catalogue=Catalogue(frequency="quotidien"))
    for until, code in ((5, "DAILY"), (6, "NEVER")):
        told = build_files(ended_records()[:until], daily)["catalogue.jsonld"].decode()
        assert told.count(f"frequency/{code}") == 1


def test_the_end_keeps_its_place_in_a_calendar_when_it_is_moved() -> None:
    moved = ending(small(numero=2)).model_copy(update={"fin": small().etat_au})
    told = build_files([record_of(ending(small())), record_of(moved)], CITY)["jalons.ics"].decode()
    (event,) = [one for one in told.split("BEGIN:VEVENT") if ":fin\r\n" in one]
    assert "SEQUENCE:1\r\n" in event
    assert "DTSTART;VALUE=DATE:20260210" in event


def test_the_pages_stay_light() -> None:
    for until in (5, 6):
        told = build_files(ended_records()[:until], CITY)
        assert max(len(told[name]) for name in ("index.html", "en/index.html")) < HOME
