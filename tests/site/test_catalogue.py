"""What catalogues and search engines read: DCAT, schema.org, the sitemap."""

import hashlib
import json
from datetime import date
from typing import Any

import pytest
from bs4 import BeautifulSoup
from lxml import etree

from sync.model.catalogue import Catalogue
from sync.model.record import SnapshotRecord
from sync.model.snapshot import Snapshot
from sync.site.build import build_files
from sync.site.presentation import Presentation
from tests.site.snapshot_samples import action, four_records, record_of, small

HOME = "https://suivi.ville.ca/100-jours/"
SAID = Catalogue(
    licence="https://creativecommons.org/licenses/by/4.0/deed.fr",
    categories=("Gouvernement, finances",),
    keywords=("transparence", "plan d’action"),
    frequency="temps_reel",
    territory="Bécancour, Québec",
)
CITY = Presentation("Ville de Bécancour", HOME, catalogue=SAID)
SILENT = Presentation("Ville de Bécancour", HOME)


def built(*snapshots: Snapshot, city: Presentation = CITY) -> dict[str, bytes]:
    records: list[SnapshotRecord] = [record_of(one) for one in snapshots]
    return build_files(records or four_records(), city)


def dcat(*snapshots: Snapshot, city: Presentation = CITY) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(built(*snapshots, city=city)["catalogue.jsonld"])
    return found


def in_page(*snapshots: Snapshot, city: Presentation = CITY) -> dict[str, Any]:
    soup = BeautifulSoup(built(*snapshots, city=city)["index.html"], "lxml")
    (block,) = soup.find_all("script", type="application/ld+json")
    found: dict[str, Any] = json.loads(str(block.string))
    return found


def test_the_record_has_the_fields_that_donnees_quebec_asks_for() -> None:
    record = dcat()
    assert record["dct:publisher"]["foaf:name"] == "Ville de Bécancour"
    assert record["dct:license"]["@id"] == SAID.licence
    assert [k["@value"] for k in record["dcat:keyword"]] == ["transparence", "plan d’action"]
    assert record["dcat:theme"][0]["skos:prefLabel"]["@value"] == "Gouvernement, finances"
    assert record["dct:accrualPeriodicity"]["@id"].endswith("/frequency/UPDATE_CONT")
    assert record["dct:spatial"]["rdfs:label"]["@value"] == "Bécancour, Québec"
    period = record["dct:temporal"]
    assert period["dcat:startDate"]["@value"] == date(2025, 11, 28).isoformat()
    assert period["dcat:endDate"]["@value"] == date(2026, 3, 15).isoformat()


def test_what_the_city_did_not_decide_is_said_nowhere() -> None:
    """Nobody but the city can grant a licence or name a territory."""
    decided = {
        "dct:license",
        "dcat:keyword",
        "dcat:theme",
        "dct:accrualPeriodicity",
        "dct:spatial",
    }
    assert decided <= dcat().keys()
    assert not decided & dcat(city=SILENT).keys()
    assert not {"license", "keywords", "spatialCoverage"} & in_page(city=SILENT).keys()
    assert in_page()["license"] == SAID.licence
    assert "dct:license" not in json.dumps(dcat(city=SILENT))


def test_each_distribution_tells_the_digest_and_the_size_of_its_file() -> None:
    files = built()
    told = dcat()["dcat:distribution"]
    names = [one["dcat:downloadURL"]["@id"].removeprefix(HOME) for one in told]
    assert {"dernier.json", "actions.csv", "flux.atom", "jalons.ics"} <= set(names)
    for name, one in zip(names, told, strict=True):
        digest = one["spdx:checksum"]["spdx:checksumValue"]["@value"]
        assert digest == hashlib.sha256(files[name]).hexdigest()
        assert int(one["dcat:byteSize"]["@value"]) == len(files[name])


def test_the_page_and_the_record_tell_search_engines_the_same() -> None:
    record, page = dcat(), in_page()
    assert page["name"] == record["dct:title"]["@value"]
    assert record["dct:description"]["@value"].startswith(f"{page['description']}\n")
    assert page["identifier"] == record["dct:identifier"]
    there = {d["dcat:downloadURL"]["@id"]: d for d in record["dcat:distribution"]}
    assert len(page["distribution"]) == 3
    for one in page["distribution"]:
        kind = there[one["contentUrl"]]["dcat:mediaType"]["@id"]
        assert kind.endswith(f"/{one['encodingFormat']}")


@pytest.mark.parametrize("invented", [True, False])
def test_both_say_whether_the_data_are_invented(invented: bool) -> None:
    """A portal shows the title alone, and a search engine the description alone."""
    snapshot = small(action(), demonstration=invented)
    record, page = dcat(snapshot), in_page(snapshot)
    for said in (record["dct:title"]["@value"], page["name"]):
        assert said.startswith("Démonstration – données inventées") is invented
    for said in (record["dct:description"]["@value"], page["description"]):
        assert ("son avancement est inventé" in said) is invented


@pytest.mark.parametrize(
    "text", ["</script><script>alert(1)</script>", "<!--<script>", "&lt;/script&gt;", "\u2028"]
)
def test_nothing_that_is_typed_can_end_the_block_of_data(text: str) -> None:
    """The block stands in HTML as it is: its own escapes must hold."""
    plan = {"id": "p", "titre": text, "revision": 1, "adopte_le": date(2026, 1, 1)}
    html = built(small(action(), plan=plan))["index.html"].decode()
    soup = BeautifulSoup(html, "lxml")
    assert [one["type"] for one in soup.find_all("script")] == ["application/ld+json", "module"]
    assert text in in_page(small(action(), plan=plan))["name"]
    block = html.partition('<script type="application/ld+json">')[2].partition("</script>")[0]
    assert not set("<>&") & set(block)


def test_without_an_address_the_record_is_relative_to_itself() -> None:
    record = dcat(city=Presentation("Ville", None))
    assert record["@id"] == "#_donnees-ouvertes"
    assert "dcat:landingPage" not in record
    assert {d["dcat:downloadURL"]["@id"] for d in record["dcat:distribution"]} >= {"actions.csv"}


def test_the_sitemap_lists_the_pages_and_nothing_else() -> None:
    files = built()
    root = etree.fromstring(files["sitemap.xml"])
    names = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9"}
    told = [str(one.text) for one in root.iterfind("s:url/s:loc", names)]
    assert HOME in told
    assert all(one.removeprefix(HOME) in {"", *files} for one in told)
    assert not [one for one in told if one.endswith((".json", ".csv", "integration.html"))]
    assert f"{HOME}actions/A1-01.html" in told
    assert f"{HOME}etats-passes/0001.html" not in told
    assert {one.text for one in root.iterfind("s:url/s:lastmod", names)} == {"2026-03-21"}


def test_there_is_no_sitemap_without_an_address() -> None:
    """A sitemap holds absolute addresses only."""
    assert "sitemap.xml" not in built(city=Presentation("Ville", None))
