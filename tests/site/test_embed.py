"""What another site shows in a frame, and how its content manager finds it."""

import json
from datetime import date
from typing import Any

import pytest
from bs4 import BeautifulSoup

from sync.model.progress import Status
from sync.site.presentation import Presentation
from tests.site.pages import CITY, built, page, words
from tests.site.snapshot_samples import action, becancour, record_of, small


def oembed() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(built()["oembed.json"])
    return found


def test_the_frame_tells_the_counts_of_the_snapshot() -> None:
    snapshot = becancour(4, date(2026, 3, 21))
    soup = page(name="integration.html")
    for table, checkpoint in zip(soup.select(".carte table"), snapshot.jalons, strict=True):
        totals = snapshot.totaux[checkpoint.id]
        told = {
            words(row.find("th")): [words(cell) for cell in row.select("td")][-2:]
            for row in table.select("tbody tr")
        }
        for name, status in (("Atteint", Status.ACHIEVED), ("Non atteint", Status.NOT_ACHIEVED)):
            assert told[name] == [str(totals.etat[status]), str(totals.fige[status])]


def test_every_link_leaves_the_frame() -> None:
    """The pages behind refuse a frame of another site: a link inside it would show nothing."""
    links = page(name="integration.html").select("a[href]")
    out = [one for one in links if not str(one["href"]).startswith("#")]
    assert out
    assert {one.get("target") for one in out} == {"_top"}


def test_a_content_manager_finds_the_frame_from_the_address_of_the_page() -> None:
    link = page().select_one("link[type='application/json+oembed']")
    assert link is not None
    assert link["href"] == f"{CITY.page_url}oembed.json"
    told = oembed()
    assert (told["version"], told["type"]) == ("1.0", "rich")
    frame = BeautifulSoup(told["html"], "lxml").find("iframe")
    assert frame is not None
    assert frame["src"] == f"{CITY.page_url}integration.html"
    assert frame["title"] == told["title"]
    assert (int(str(frame["width"])), int(str(frame["height"]))) == (told["width"], told["height"])


@pytest.mark.parametrize("invented", [True, False])
def test_oembed_says_whether_the_data_are_invented(invented: bool) -> None:
    records = [record_of(small(action(), demonstration=invented))]
    told = json.loads(built(records)["oembed.json"])
    assert told["title"].startswith("Démonstration – données inventées") is invented
    assert ("Démonstration" in told["html"]) is invented


def test_a_title_of_the_plan_cannot_leave_its_attribute() -> None:
    plan = {"id": "p", "titre": '"><script>1</script>', "revision": 1, "adopte_le": "2026-01-01"}
    told = json.loads(built([record_of(small(action(), plan=plan))])["oembed.json"])
    soup = BeautifulSoup(told["html"], "lxml")
    assert not soup.find("script")
    assert len(soup.find_all("iframe")) == 1


def test_without_an_address_there_is_nothing_to_find() -> None:
    files = built(city=Presentation("Ville", None))
    assert "oembed.json" not in files
    assert "integration.html" in files
    assert b"json+oembed" not in files["index.html"]
