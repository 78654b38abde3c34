"""What a reader on a slow line has to wait for: the bytes of each page, and how a plan may grow."""

from datetime import date

import pytest

from sync.site.build import build_files
from sync.site.presentation import Presentation
from tests.bench.site import enlarged
from tests.site.publication_samples import sealed_by_ours

from snapshot_samples import becancour, four_records, record_of, with_a_correction

CITY = Presentation("Ville de Bécancour", "https://www.becancour.example/suivi/", others=("en",))
HOME = 60_000
"""Bytes of the home page of Bécancour's 27 actions, as they are and not compressed."""


@pytest.mark.parametrize("number", [1, 2, 3, 4])
def test_the_home_page_of_a_city_is_light(number: int) -> None:
    """Whatever the calendar says, in both languages, with linked data and all that is inline."""
    files = build_files(four_records()[:number], CITY, sealed_by_ours)
    homes = {name: len(files[name]) for name in ("index.html", "en/index.html")}
    assert max(homes.values()) < HOME, homes
