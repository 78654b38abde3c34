"""Feeds stay small whatever happens at once, and lose nothing by it."""

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from functools import cache
from typing import Any

import pytest
from lxml import etree

from sync.model.progress import Status
from sync.model.record import SnapshotRecord
from sync.model.snapshot import PublicAction
from sync.site.edition import Edition
from sync.site.entries import Entry, entries
from sync.site.feed_pages import ARCHIVE, FEED, divided, feeds
from sync.site.presentation import Presentation
from tests.site.accounts import atom_entries, disagreements, json_items
from tests.site.pages import CITY
from tests.site.publication_samples import sealed_by_ours
from tests.site.snapshot_samples import MID, action, record_of, small, standing

A = {"a": "http://www.w3.org/2005/Atom", "fh": "http://purl.org/syndication/history/1.0"}
TITLE = "Une action dont le titre prend autant de place que dans un plan véritable"


def state(number: int, actions: int = 400) -> SnapshotRecord:
    return record_of(small(*many(number, actions), numero=number))


def many(number: int, actions: int = 400) -> list[PublicAction]:
    """At each number every action has another status."""
    status = (Status.UPCOMING, Status.UNDER_WAY, Status.ACHIEVED)[number % 3]
    return [
        action(f"A1-{n:03}", titre=f"{TITLE} {n}", jalons={MID.id: standing(status)})
        for n in range(actions)
    ]


@cache
def published(until: int) -> dict[str, bytes]:
    records = [state(n) for n in range(1, until + 1)]
    edition = Edition.of(records, CITY, sealed_by_ours)
    return {**feeds(edition), "dernier.json": records[-1].body}


def archives(files: dict[str, bytes]) -> dict[str, bytes]:
    return {name: body for name, body in files.items() if name.startswith("flux/")}


def test_a_day_on_which_everything_changed_keeps_every_file_small() -> None:
    """JSON Feed calls 100 KB ideal; a reader fetches it again and again."""
    files = published(4)
    assert len(files["flux.json"]) < 100_000
    assert len(files["flux.atom"]) < 100_000
    assert len(archives(files)) >= 8
    assert max(map(len, archives(files).values())) < 60_000


def test_all_of_them_together_tell_what_the_snapshot_says() -> None:
    assert disagreements(published(4), {"flux.json", "flux.atom"}) == []
    first = json.loads(published(4)["flux.json"])["items"]
    assert len(first) < len(json_items(published(4)))


def test_no_change_is_lost_and_none_is_told_by_two_entries() -> None:
    edition = Edition.of([state(n) for n in range(1, 5)], CITY)
    wanted = [len(told) for _, told in edition.told()]
    told: dict[int, int] = {}
    for item in json_items(published(4)):
        said = item["_jalon"]
        told[said["numero"]] = told.get(said["numero"], 0) + len(said["changements"])
    assert [told[n] for n in sorted(told)] == wanted


def test_both_forms_have_the_same_entries_in_the_same_files() -> None:
    files = published(4)
    assert [one["id"] for one in json_items(files)] == [
        entry.findtext("a:id", namespaces=A) for entry in atom_entries(files)
    ]
    for name, body in files.items():
        if name.startswith("flux") and name.endswith(".json"):
            other = etree.fromstring(files[name.replace("json", "atom")])
            ids = [str(node.text) for node in other.iterfind("a:entry/a:id", A)]
            assert [item["id"] for item in json.loads(body)["items"]] == ids


def test_the_first_part_keeps_the_snapshots_own_id_and_every_part_says_which_it_is() -> None:
    items = json_items(published(2))
    newest = [item for item in items if item["_jalon"]["numero"] == 2]
    assert newest[0]["id"] == "urn:jalon:demo-100:instantane:2"
    assert newest[1]["id"] == "urn:jalon:demo-100:instantane:2:partie:2"
    for part, item in enumerate(newest, 1):
        assert item["title"].endswith(f"400 changements (partie {part} sur {len(newest)})")
        assert (item["_jalon"]["partie"], item["_jalon"]["parties"]) == (part, len(newest))


def test_what_one_action_changed_is_never_divided() -> None:
    for number in (2, 3, 4):
        seen: list[set[str]] = [
            {change["action"] for change in item["_jalon"]["changements"]}
            for item in json_items(published(4))
            if item["_jalon"]["numero"] == number
        ]
        assert sum(map(len, seen)) == len(set().union(*seen)) == 400


def test_a_full_archive_is_never_written_again() -> None:
    """Whoever fetched it once has it; a host and its readers may keep it."""
    for until in (2, 3):
        before, after = archives(published(until)), archives(published(until + 1))
        assert {name: after[name] for name in before} == before
    assert len(archives(published(3))) < len(archives(published(4)))


def test_an_archive_says_that_it_is_one_and_where_the_feed_is() -> None:
    files = published(4)
    oldest = etree.fromstring(files["flux/0001.atom"])
    assert oldest.find("fh:archive", A) is not None
    assert oldest.xpath("a:link[@rel='current']/@href", namespaces=A) == [
        f"{CITY.page_url}flux.atom"
    ]
    assert not oldest.xpath("a:link[@rel='prev-archive']", namespaces=A)
    feed = etree.fromstring(files["flux.atom"])
    assert feed.find("fh:archive", A) is None
    assert "next_url" not in json.loads(files["flux/0001.json"])
    assert json.loads(files["flux/0001.json"])["feed_url"] == f"{CITY.page_url}flux/0001.json"


def test_without_an_address_no_link_leads_anywhere_so_the_feed_holds_everything() -> None:
    records = [state(1), state(2)]
    with_one, without = (
        feeds(Edition.of(records, Presentation("Ville", where)))
        for where in ("https://exemple.ca/", None)
    )
    assert archives(with_one)
    assert set(without) == {"flux.json", "flux.atom"}
    assert not etree.fromstring(without["flux.atom"]).xpath("//a:link", namespaces=A)
    whole = json.loads(without["flux.json"])["items"]
    assert [one["id"] for one in whole] == [one["id"] for one in json_items(with_one)]
    assert [one["content_text"] for one in whole] == [
        one["content_text"] for one in json_items(with_one)
    ]


RENAMED = small().plan.model_copy(update={"titre": "Un autre plan", "revision": 2})


@pytest.mark.parametrize(
    "later",
    [
        {"plan": RENAMED},
        {"demonstration": True},
        {"fin": date(2026, 3, 2), "termine_le": date(2026, 3, 3)},
        {"jalons": (MID.model_copy(update={"titre": "Autre jalon"}),)},
    ],
    ids=lambda later: next(iter(later)),
)
def test_nothing_that_a_later_snapshot_says_changes_an_archive(later: dict[str, Any]) -> None:
    """Neither the plan's new name, nor that it ended, nor what its checkpoints are called now."""
    records = [state(1), state(2)]
    changed = record_of(small(*many(3), numero=3, **later))
    before, after = (feeds(Edition.of(some, CITY)) for some in (records, [*records, changed]))
    assert before["flux.json"] != after["flux.json"]
    assert archives(before)
    assert {name: after[name] for name in archives(before)} == archives(before)


def entry(number: int, weight: int) -> Entry:
    (one,) = entries(Edition.of([state(1, actions=1)], CITY))
    bare = replace(one, number=number, id=str(number), told=(), text="", html="")
    return replace(bare, text="x" * (weight - bare.weight))


@pytest.mark.parametrize(
    "weights",
    [
        [2_000],
        [2_000] * 200,
        [45_000] * 9,
        [200_000],
        [200_000, 2_000, 2_000],
        [2_000, 200_000],
        [200_000, 200_000],
        [30_000, 2_000] * 12,
        [ARCHIVE] * 5,
        [FEED] * 3,
        [ARCHIVE - 2_000, 2_001, FEED, 2_000, ARCHIVE],
    ],
    ids=str,
)
def test_whoever_follows_the_archives_meets_every_entry(weights: Sequence[int]) -> None:
    """In order, whatever the weights, and the feed itself never starts with a gap."""
    told = [entry(n, weight) for n, weight in enumerate(weights)][::-1]
    newest, sheets = divided(told)
    met: dict[str, Any] = {}
    sheet = newest
    while True:
        met |= {one.id: one for one in sheet.entries if one.id not in met}
        if sheet.older is None:
            break
        sheet = sheets[sheet.older - 1]
    assert list(met.values()) == told
    for one in (newest, *sheets):
        most = FEED if one is newest else ARCHIVE
        assert len(one.entries) == 1 or sum(e.weight for e in one.entries) <= most
    assert newest.entries == tuple(told[: len(newest.entries)])
