"""WCAG 2.2 AA by programs that others wrote: axe-core, and HTML CodeSniffer by pa11y."""

from typing import Any

import pytest

from tests.contract.verdicts import Verdict, Verdicts
from tests.judges.conftest import Served
from tests.judges.faults import planted
from tests.judges.sitting import none_of, sit

pytestmark = pytest.mark.judges

FAULT = (
    '<img src="data:,"><p><font color="#777777">gris</font></p><h2></h2><h5>saut</h5>'
    '<p><a href="#a" style="font-size:8px;line-height:8px">a</a><br>'
    '<a href="#b" style="font-size:8px;line-height:8px">b</a></p><button></button>'
)
AXE_SEES = {"image-alt", "color-contrast", "empty-heading", "button-name", "heading-order"}
PA11Y_SEES = {"1_1_1.H37", "1_4_3.G18.Fail", "1_3_1.H42.2", "4_1_2.H91.Button.Name"}


def test_axe_finds_nothing_to_object_to(served: Served, verdicts: Verdicts) -> None:
    """Light and dark, at 1280 and 320 px; what axe leaves undecided would be work for a person."""
    pages = [*served.pages(), *served.states()]
    faulty = served.plant("axe.html", planted(served.sample(), FAULT))
    told = sit("axe", served.root, [*pages, faulty])
    seen = [{fault["rule"] for fault in look["violations"]} for look in told.pop(faulty)]
    looks = [look for page in told.values() for look in page]
    assert min(look["passes"] for look in looks) > 10
    assert len(looks) == 4 * len(pages)
    none_of({page: problems(looks) for page, looks in told.items()})
    assert [AXE_SEES - rules for rules in seen] == [set()] * 4
    verdicts.tell(
        Verdict(
            "axe-core", "pages", len(looks), planted=4 * len(AXE_SEES), caught=4 * len(AXE_SEES)
        )
    )


def problems(looks: list[dict[str, Any]]) -> list[str]:
    return [
        f"{look['width']} px, {look['scheme']}: {fault['rule']}: {fault['target']}: {fault['why']}"
        for look in looks
        for fault in (*look["violations"], *look["incomplete"])
    ]


def test_pa11y_finds_no_error(served: Served, verdicts: Verdicts) -> None:
    """Another reading of the same norm, by other code; the two main kinds in dark too."""
    dark = served.pages("home", "action")
    pages = [*served.pages(), *served.states()]
    faulty = served.plant("pa11y.html", planted(served.sample(), FAULT))
    told = sit("pa11y", served.root, [*pages, faulty], dark=dark)
    seen = " ".join(issue["code"] for issue in told.pop(faulty))
    none_of(told)
    assert {code for code in PA11Y_SEES if code not in seen} == set()
    verdicts.tell(
        Verdict(
            "pa11y",
            "pages",
            len(pages) + len(dark),
            planted=len(PA11Y_SEES),
            caught=len(PA11Y_SEES),
        )
    )
