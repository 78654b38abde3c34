"""What only a reader notices, judged by our own look in Chromium: reflow, keyboard, loading."""

import pytest

from tests.contract.verdicts import Verdict, Verdicts
from tests.judges.conftest import Served
from tests.judges.faults import planted
from tests.judges.sitting import none_of, sit

pytestmark = pytest.mark.judges

REFLOW_FAULTS = {
    "scrolls sideways": f"<pre>{'anticonstitutionnellement' * 4}</pre>",
    "outside: <div id": '<div id="large" style="width:700px">large</div>',
    "cut off: <p id": '<p id="coupe" style="overflow:hidden;height:1em">coupé<br>ici</p>',
}


def test_nothing_runs_out_of_a_page_or_is_cut_off(served: Served, verdicts: Verdicts) -> None:
    """WCAG 1.4.10 and 1.4.12: 320 px, 400 % and wider spacing, folded and unfolded."""
    pages = [*served.pages(), *served.states()]
    faulty = {
        said: served.plant(f"large-{number}.html", planted(served.sample(), words))
        for number, (said, words) in enumerate(REFLOW_FAULTS.items())
    }
    told = sit("reflow", served.root, [*pages, *faulty.values()])
    for said, page in faulty.items():
        assert [line for line in told.pop(page) if line.startswith("320 px") and said in line]
    none_of(told)
    caught = len(REFLOW_FAULTS)
    verdicts.tell(Verdict("Reflow", "pages", len(pages), planted=caught, caught=caught))


KEYBOARD_FAULTS = {
    "nothing shows the focus": '<a href="#x" style="outline:0">x</a>',
    "out of order": '<a href="#x" tabindex="1">x</a>',
    "never reached": '<a href="#x" tabindex="-1">x</a>',
    "covered": '<a href="#x">x</a><p style="position:fixed;inset:0;background:#fff">couvre</p>',
    "held back": '<a href="#x" onkeydown="event.preventDefault()">x</a>',
}


def test_a_keyboard_reaches_everything_once_and_in_order(
    served: Served, verdicts: Verdicts
) -> None:
    """Focus visible and not covered, no trap, and the first link leads past the navigation."""
    pages = [*served.pages(), *served.states()]
    sample = served.sample()
    faulty = {
        said: served.plant(f"clavier-{number}.html", planted(sample, words))
        for number, (said, words) in enumerate(KEYBOARD_FAULTS.items())
    }
    misled = planted(sample, "").replace('href="#_contenu"', 'href="#_debut"')
    faulty["the first link does not lead"] = served.plant("saut.html", misled)
    told = sit("keyboard", served.root, [*pages, *faulty.values()])
    for said, page in faulty.items():
        assert [line for line in told.pop(page)["faults"] if line.startswith(said)], said
    none_of({page: each["faults"] for page, each in told.items()})
    caught = len(faulty)
    stops = sum(each["stops"] for each in told.values())
    verdicts.tell(Verdict("Keyboard", "stops", stops, planted=caught, caught=caught))


def test_a_page_asks_nothing_outside_and_is_painted_before_its_scripts(
    served: Served, verdicts: Verdicts
) -> None:
    """Nobody else learns who reads it; a slow line shows the words first."""
    pages = [*served.pages(), *served.states()]
    sample = served.sample()
    late = served.plant(
        "lent.html", planted(sample, "<p>lent</p>", head='<script src="lent.js"></script>')
    )
    served.plant("lent.js", "document.documentElement.dataset.lu = 1")
    abroad = served.plant("ailleurs.html", planted(sample, '<img src="http://localhost:9/x.png">'))
    broken = served.plant("casse.html", planted(sample, "<script>absent()</script>"))
    told = sit("loading", served.root, [*pages, late, abroad, broken])
    slow = told.pop(late)
    assert (slow["early"], slow["held"]) == (False, 1)
    assert told.pop(abroad)["outside"] == ["http://localhost:9/x.png"]
    assert told.pop(broken)["complaints"]
    for page, said in told.items():
        assert (page, said["early"], said["outside"], said["complaints"]) == (page, True, [], [])
    verdicts.tell(Verdict("Loading", "pages", len(pages), planted=3, caught=3))
