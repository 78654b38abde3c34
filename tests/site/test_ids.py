"""
No id of a plan can take the place of something of the page's own: an anchor, a file, a folder.

The hostile ids are read from the pages themselves, so a new anchor is tried as soon as it exists.
"""

import re
from collections import Counter
from functools import cache

import pytest
from bs4 import BeautifulSoup

from sync.model.record import SnapshotRecord
from sync.site import counts
from sync.site.paths import action_page
from sync.site.presentation import Presentation
from tests.site.pages import CITY, built
from tests.site.snapshot_samples import action, four_records, record_of, small

BOTH = Presentation(CITY.city, CITY.page_url, others=("en",))
ODD = ("index", "INDEX.html", "con", "nul.txt", "..", "A/B", "A.B", "a b", "é", "%2e", "x" * 200)
"""No import lets all of these in; a page must hold even so."""
MAY_BE_GIVEN = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,119}")


def ids_of(page: bytes) -> list[str]:
    return [str(node["id"]) for node in BeautifulSoup(page.decode(), "lxml").select("[id]")]


def is_page(name: str) -> bool:
    return name.endswith(".html")


def sized(many: int, records: list[SnapshotRecord]) -> dict[str, bytes]:
    """As if plans were large from so many actions on."""
    with pytest.MonkeyPatch.context() as plant:
        plant.setattr(counts, "MANY", many)
        return built(records, BOTH)


@cache
def taken() -> tuple[str, ...]:
    """Every anchor of every page and every name in the folder, with and without what ends them."""
    files = {**sized(4, four_records()), **sized(10_000, four_records())}
    anchors = {i for name, body in files.items() if is_page(name) for i in ids_of(body)}
    names = {part for name in files for part in name.split("/")}
    bare = {one.lstrip("_") for one in anchors} | {one.partition(".")[0] for one in names}
    return tuple(sorted(i for i in {*anchors, *names, *bare, *ODD} if i))


@cache
def files(many: int = 10_000) -> dict[str, bytes]:
    actions = [action(i, titre=f"Action {n}") for n, i in enumerate(taken())]
    return sized(many, [record_of(small(*actions))])


def test_the_ids_that_are_tried_are_those_of_the_pages() -> None:
    assert {"_tableau", "tableau", "_contenu", "i-atteint", "axe-1", "actions", "en"} <= {*taken()}


def test_no_id_stands_twice_on_a_page() -> None:
    pages = {**files(4), **files()}
    found = {name: Counter(ids_of(body)) for name, body in pages.items() if is_page(name)}
    twice = [(name, i) for name, ids in found.items() for i, n in ids.items() if n > 1]

    assert not twice


@pytest.mark.parametrize(("many", "name"), [(10_000, "index.html"), (4, "tableau.html")])
def test_an_id_that_a_plan_may_give_is_the_anchor_of_its_row(many: int, name: str) -> None:
    """And of nothing else: a link kept since the first publication leads where it led."""
    whole = BeautifulSoup(files(many)[name].decode(), "lxml")
    rows = {str(row["id"]): row for row in whole.select(".suivi tbody tr")}
    given = [i for i in taken() if MAY_BE_GIVEN.fullmatch(i)]

    assert len(rows) == len(taken())
    assert {i: rows[i].a and rows[i].a["href"] for i in given} == {i: action_page(i) for i in given}


def test_every_action_has_a_file_of_its_own_and_takes_no_other_s() -> None:
    plain = built([record_of(small(action("A1-01")))], BOTH)
    pages = {name for name in files() if re.match(r"(en/)?actions/", name)}

    assert {name for name in files() if name not in pages} == {
        name for name in plain if not re.match(r"(en/)?actions/", name)
    }
    assert all(re.fullmatch(r"(en/)?actions/[^/]+\.html", name) for name in pages)
    assert len(pages) == 2 * len(taken())
    assert "actions/index.html" not in {name.casefold() for name in pages}
