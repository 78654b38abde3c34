"""Lighthouse, as it comes: a telephone on a slow line."""

import pytest

from tests.contract.verdicts import Verdict, Verdicts
from tests.judges.conftest import Served
from tests.judges.faults import planted
from tests.judges.sitting import sit

pytestmark = pytest.mark.judges

CATEGORIES = ("performance", "accessibility", "best-practices", "seo")
FAULT_HEAD = '<meta name="robots" content="noindex"><script>{busy}</script>'
BUSY = "for (const end = Date.now() + 1500; Date.now() < end;);"


def test_lighthouse_gives_full_marks(served: Served, verdicts: Verdicts) -> None:
    pages = served.pages("home", "action", "definitions")
    faulty = served.plant(
        "phare.html",
        planted(
            served.sample(),
            '<img src="data:,"><img src="absent.png">',
            head=FAULT_HEAD.format(busy=BUSY),
        ),
    )
    told = sit("lighthouse", served.root, [*pages, faulty], once=[faulty])
    marks = told.pop(faulty)["scores"]
    assert {name: mark for name, mark in marks.items() if mark == 1} == {}
    for page, said in told.items():
        assert said["error"] is None
        assert said["scores"] == dict.fromkeys(CATEGORIES, 1), (page, said["shortfalls"])
    verdicts.tell(Verdict("Lighthouse", "marks", 4 * len(pages), planted=4, caught=4))
