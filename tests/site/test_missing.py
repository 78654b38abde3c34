"""`404.html`: what a citizen with a wrong or an old link reads, whatever the address was."""

from dataclasses import replace

import pytest
from bs4 import BeautifulSoup

from sync.site.presentation import Presentation
from tests.site.pages import CITY, built, words
from tests.site.snapshot_samples import four_records

BOTH = replace(CITY, others=("en",))
UNKNOWN = Presentation(CITY.city, None)


def missing(city: Presentation = CITY) -> BeautifulSoup:
    return BeautifulSoup(built(four_records(), city)["404.html"].decode(), "lxml")


@pytest.mark.parametrize("city", [CITY, BOTH], ids=["French", "with English"])
def test_every_way_on_is_the_same_from_any_depth_and_leads_to_a_page(city: Presentation) -> None:
    """The host sends these bytes for `/suivi/actions/x/y` too: nothing may be relative to it."""
    files = built(four_records(), city)
    leads = [str(one["href"]) for one in missing(city).select("[href]")]
    ways = [one for one in leads if not one.startswith(("#", "data:"))]
    assert ways
    for one in ways:
        assert one.startswith(str(city.page_url))
        path = one.removeprefix(str(city.page_url))
        assert (path if path.endswith(".html") else f"{path}index.html") in files
    assert f"{city.page_url}" in ways


def test_without_the_folder_s_address_no_link_leads_astray() -> None:
    soup = missing(UNKNOWN)
    assert {str(one["href"])[0] for one in soup.select("a[href]")} == {"#"}
    assert "effacez la fin de l’adresse" in words(soup.main)


def test_it_speaks_every_language_that_the_city_asks_for_the_root_s_first() -> None:
    soup = missing(BOTH)
    first, second = soup.select("main > section")
    assert (words(first.h1), first.get("lang")) == ("Cette page n’existe pas", None)
    assert (words(second.h2), second["lang"]) == ("This page does not exist", "en-CA")
    assert second.select_one(f'a[href="{CITY.page_url}en/"] i[lang=fr]')
    assert len(missing().select("main > section")) == 1
    assert "en/404.html" not in built(four_records(), BOTH)


def test_it_has_no_address_of_its_own_and_is_in_no_list_of_pages() -> None:
    """A search engine, or a reader who copies the link, must not take it for a page of the plan."""
    soup = missing(BOTH)
    assert not soup.select("link[rel=canonical], link[hreflang], script")
    assert soup.select_one("meta[name=robots][content=noindex]")
    assert b"404.html" not in built(four_records(), BOTH)["sitemap.xml"]
