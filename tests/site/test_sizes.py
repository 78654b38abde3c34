"""What a reader on a slow line has to wait for: the bytes of each page, and how a plan may grow."""

import pytest

from sync.site.build import build_files
from sync.site.presentation import Presentation
from tests.bench.site import enlarged
from tests.site.publication_samples import sealed_by_ours
from tests.site.snapshot_samples import DAYS, becancour, four_records, record_of

CITY = Presentation("Ville de Bécancour", "https://www.becancour.example/suivi/", others=("en",))
HOME = 60_000
"""Bytes of the home page, not compressed: of 27 actions as of 1,000 in 48 volets."""
ROW = 700
"""Bytes that one more action adds to a table, in one language."""
VOLET = 45_000
"""Bytes of the page of a volet of 25 actions."""
ACTION = 30_000
"""Bytes of an action's own page, style and all."""


@pytest.mark.parametrize("number", [1, 2, 3, 4])
def test_the_home_page_of_a_city_is_light(number: int) -> None:
    """Whatever the calendar says, in both languages, with linked data and all that is inline."""
    files = build_files(four_records()[:number], CITY, sealed_by_ours)
    homes = {name: len(files[name]) for name in ("index.html", "en/index.html")}
    assert max(homes.values()) < HOME, homes


def test_a_plan_of_a_thousand_actions_stays_as_light() -> None:
    """The home page counts; rows are on the page of their volet, and all of them on one page."""
    files = build_files([record_of(enlarged(becancour(1, DAYS[-1]), 1_000))], CITY, sealed_by_ours)
    assert len(files["index.html"]) < HOME
    volets = [len(body) for name, body in files.items() if name.startswith("volets/")]
    assert len(volets) == 48
    assert max(volets) < VOLET
    assert len(files["tableau.html"]) < HOME + 1_000 * ROW
    actions = [len(body) for name, body in files.items() if name.startswith("actions/")]
    assert len(actions) == 1_000
    assert max(actions) < ACTION
