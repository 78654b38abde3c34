"""The two feeds tell the same; each is also held to its own form."""

import json
from typing import Any

import pytest
from bs4 import BeautifulSoup
from lxml import etree

from sync.model.progress import Status
from sync.model.record import SnapshotRecord
from sync.site.build import build_files
from sync.site.presentation import Presentation
from sync.wording import Language
from tests.site.publication_samples import sealed_by_ours
from tests.site.snapshot_samples import action, four_records, record_of, small, standing

CITY = Presentation("Ville de Bécancour", "https://suivi.ville.ca/100-jours/")
A = {"a": "http://www.w3.org/2005/Atom"}


def both(
    *records: SnapshotRecord, city: Presentation = CITY
) -> tuple[dict[str, Any], etree._Element]:
    files = build_files(records or four_records(), city)
    return json.loads(files["flux.json"]), etree.fromstring(files["flux.atom"])


def one(node: etree._Element, path: str) -> str:
    (found,) = node.xpath(path, namespaces=A)
    return str(found)


def test_both_feeds_tell_the_same_entries_in_the_same_words() -> None:
    """Whoever follows one must not learn what the other hides, nor meet another id."""
    document, feed = both()
    told = [
        (
            one(entry, "a:id/text()"),
            one(entry, "a:title/text()"),
            one(entry, "a:content[@type='html']/text()"),
            one(entry, "a:published/text()"),
            one(entry, "a:updated/text()"),
            one(entry, "a:link[@rel='alternate']/@href"),
        )
        for entry in feed.iterfind("a:entry", A)
    ]
    assert told == [
        (
            item["id"],
            item["title"],
            item["content_html"],
            item["date_published"],
            item["date_published"],
            item["url"],
        )
        for item in document["items"]
    ]
    assert len(told) == 4
    assert one(feed, "a:title/text()") == document["title"]
    assert one(feed, "a:author/a:name/text()") == document["authors"][0]["name"]


def test_the_atom_feed_is_dated_by_its_newest_entry() -> None:
    """A clock would make a new feed of the same records, and readers would fetch it again."""
    _, feed = both()
    assert one(feed, "a:updated/text()") == four_records()[-1].generated_at.isoformat()


def test_the_atom_feed_says_where_it_is_and_which_page_it_follows() -> None:
    _, feed = both()
    assert one(feed, "a:link[@rel='self']/@href") == "https://suivi.ville.ca/100-jours/flux.atom"
    assert one(feed, "a:link[@rel='alternate']/@href") == "https://suivi.ville.ca/100-jours/"
    assert feed.get("{http://www.w3.org/XML/1998/namespace}lang") == "fr-CA"


def test_a_feed_without_an_address_has_no_link_at_all() -> None:
    """A relative address in a feed leads nowhere; the id stays the same without one."""
    _, feed = both(city=Presentation("Ville", None))
    assert not feed.xpath("//a:link", namespaces=A)
    _, elsewhere = both()
    assert one(feed, "a:id/text()") == one(elsewhere, "a:id/text()")


@pytest.mark.parametrize(
    ("language", "words"),
    [("fr", "Démonstration – données inventées"), ("en", "Demonstration – invented data")],
)
def test_a_demonstration_says_so_in_every_part_of_the_atom_feed(
    language: Language, words: str
) -> None:
    _, feed = both(city=Presentation("Ville", None, language))
    said = feed.xpath("//a:title/text() | //a:content/text()", namespaces=A)
    assert len(said) == 9
    assert all(words in text for text in said)
    assert one(feed, "a:subtitle/text()").startswith(words)


def test_real_data_never_say_demonstration_in_the_atom_feed() -> None:
    files = build_files([record_of(small(action()))], CITY)
    assert "monstration" not in files["flux.atom"].decode()


def test_an_entry_keeps_its_id_and_its_bytes_when_another_is_added() -> None:
    """A reader that saw an entry must not be shown it again as if it had changed."""
    records = four_records()
    _, short = both(*records[:3])
    _, long = both(*records)
    old = [etree.tostring(entry) for entry in short.iterfind("a:entry", A)]
    new = [etree.tostring(entry) for entry in long.iterfind("a:entry", A)]
    assert [text.strip() for text in new[1:]] == [text.strip() for text in old]


@pytest.mark.parametrize("text", ["<b>&amp;", "]]><x/>", "a\u0000b\ufffec\u000bd", "\u202eabc"])
def test_hostile_words_leave_the_atom_feed_well_formed(text: str) -> None:
    """XML has no form for some characters: one of them must not cost the whole feed."""
    before = record_of(small(action()))
    done = action(titre=text, jalons={"mi-chemin": standing(Status.ACHIEVED)})
    document, feed = both(before, record_of(small(done, numero=2)))
    assert not feed.xpath("//*[namespace-uri() != 'http://www.w3.org/2005/Atom']")
    content = one(feed, "a:entry[1]/a:content/text()")
    assert content == document["items"][0]["content_html"].replace("\ufffe", "")


def test_the_newest_entry_of_both_feeds_carries_the_signed_note() -> None:
    """Whoever keeps a feed is a witness: a rewritten past is caught against the note."""
    records = four_records()
    files = build_files(records, CITY, sealed_by_ours)
    note = files["note.txt"].decode()
    newest, *older = json.loads(files["flux.json"])["items"]
    assert newest["_jalon"]["note"] == note
    assert note in newest["content_text"]
    assert not [item for item in older if "note" in item["_jalon"]]
    first, *rest = etree.fromstring(files["flux.atom"]).iterfind("a:entry", A)
    assert one(first, "a:content/text()") == newest["content_html"]
    shown = BeautifulSoup(newest["content_html"], "lxml")
    assert len(shown.select("h3")) > 20
    kept = shown.find("pre")
    assert kept is not None
    assert kept.get_text() == note
    assert not [entry for entry in rest if "<pre>" in one(entry, "a:content/text()")]
