"""What only a browser can tell: reflow, colour schemes, targets large enough, scripts, paper."""

import json
import subprocess
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.browser.scripts import FILTER, FRESH

pytestmark = pytest.mark.browser

HOME = "fige/index.html"
PAGES = [
    HOME,
    "provisoire/index.html",
    "corrige/index.html",
    "fige/actions/A1-02.html",
    "corrige/actions/A1-01.html",
    "fige/etats/atteint_en_retard.html",
    "fige/definitions.html",
    "fige/donnees.html",
    "fige/etats-passes/0002.html",
    "fige/etats-passes/index.html",
    "fige/depuis/0001.html",
    "fige/en/index.html",
    "fige/en/actions/A2-07.html",
    "fini/index.html",
    "fini/actions/A1-05.html",
    "fini/en/integration.html",
]
Ask = Callable[..., dict[str, Any]]


@pytest.mark.parametrize("width", [320, 768, 1280])
def test_nothing_runs_out_of_a_page(ask: Ask, width: int) -> None:
    """WCAG 1.4.10: no sideways scrolling, which automatic checkers miss; 1280 at 400 % is 320."""
    found = ask(
        PAGES,
        "const e = d.documentElement, w_ = e.clientWidth; return [e.scrollWidth - w_,"
        "[...d.querySelectorAll('body *')].filter(e => !e.closest('.defile,.sr,.sprites,thead') &&"
        "e.getBoundingClientRect().right > w_ + 1).map(e => e.outerHTML.slice(0, 80))]",
        width=width,
    )
    assert found == {page: [0, []] for page in PAGES}


def test_the_counting_table_itself_fits_a_telephone(ask: Ask) -> None:
    """A table may scroll in its own frame, but a plan of three axes should not need to."""
    script = "return [...d.querySelectorAll('.defile')].map(e => e.scrollWidth - e.clientWidth)"
    pages = [HOME, "corrige/index.html", "fige/etats-passes/0002.html"]
    assert ask(pages, script) == {page: [0, 0] for page in pages}


def test_links_are_large_enough_to_touch(ask: Ask) -> None:
    """WCAG 2.5.8: 24 by 24 pixels, save links inside a sentence or a list of text."""
    script = (
        "return [...d.querySelectorAll('nav a, summary, .verdict a, .nu a, .retour a, .langues a,"
        " .instantanes a, input, select')].filter(e => e.checkVisibility())"
        ".filter(e => Math.min(e.getBoundingClientRect().height, e.getBoundingClientRect().width)"
        " < 24)"
        ".map(e => e.outerHTML.slice(0, 80))"
    )
    assert ask(PAGES, script) == {page: [] for page in PAGES}


def test_the_dark_scheme_is_dark(ask: Ask) -> None:
    """The page follows the reader's own choice."""
    script = "return getComputedStyle(d.body).backgroundColor"
    dark = ("--blink-settings=preferredColorScheme=0",)
    assert ask(PAGES, script) == dict.fromkeys(PAGES, "rgb(251, 250, 246)")
    assert ask(PAGES, script, flags=dark) == dict.fromkeys(PAGES, "rgb(16, 24, 31)")


def test_the_styles_are_accepted_by_the_pages_own_policy(ask: Ask) -> None:
    """A wrong hash would leave the page bare without any error elsewhere."""
    script = "return getComputedStyle(d.querySelector('.demo')).position"
    assert ask(PAGES, script) == dict.fromkeys(PAGES, "sticky")


def test_the_filter_keeps_the_rows_that_fit_and_says_how_many(ask: Ask) -> None:
    """
    Accents and case aside; a link to a row that is filtered away brings every row back, and one
    made when the page's own places had no `_` still leads there.
    """
    late = ["A1-02", "A1-13", "A3-06"]
    told = [False, 27, [], ["A2-02"], "1 action affichée sur 27", late, [], 27, "_tableau"]
    assert ask([HOME], FILTER, width=1280) == {HOME: told}


NOW = datetime.now(UTC)  # the page's own clock is the browser's


@pytest.mark.parametrize(
    ("state", "said"),
    [
        pytest.param({"numero": 4, "verifie_le": NOW}, ["_verifie"], id="just checked"),
        pytest.param(
            {"numero": 4, "verifie_le": NOW - timedelta(hours=47)}, ["_verifie"], id="not stale yet"
        ),
        pytest.param(
            {"numero": 4, "verifie_le": NOW - timedelta(hours=49)}, ["_perime"], id="stale"
        ),
        pytest.param({"numero": 4, "verifie_le": "hier"}, ["_inconnu"], id="nonsense"),
        pytest.param(None, ["_inconnu"], id="no state"),
    ],
)
def test_the_page_says_by_itself_how_fresh_it_is(
    ask: Ask, served: tuple[Path, str], state: dict[str, object] | None, said: list[str]
) -> None:
    """Nobody has to notice that the service is down: the page that a citizen reads says it."""
    file = served[0] / "fige/etat.json"
    if state:
        file.write_text(json.dumps(state, default=lambda moment: moment.isoformat()))
    pages = [HOME, *STANDING]
    try:
        assert ask(pages, FRESH) == dict.fromkeys(pages, said)
    finally:
        file.unlink(missing_ok=True)


@pytest.mark.parametrize(
    ("state", "said"),
    [
        pytest.param({"numero": 6, "verifie_le": NOW - timedelta(days=900)}, [], id="long after"),
        pytest.param({"numero": 7, "verifie_le": NOW}, ["_depasse"], id="corrected since"),
        pytest.param(None, [], id="nobody keeps it any more"),
    ],
)
def test_a_page_of_a_plan_that_has_ended_grows_no_older(
    ask: Ask, served: tuple[Path, str], state: dict[str, object] | None, said: list[str]
) -> None:
    """It promises not to change; only that it did is worth an alarm."""
    file = served[0] / "fini/etat.json"
    if state:
        file.write_text(json.dumps(state, default=lambda moment: moment.isoformat()))
    pages = ["fini/index.html", "fini/en/integration.html"]
    try:
        assert ask(pages, FRESH) == dict.fromkeys(pages, said)
    finally:
        file.unlink(missing_ok=True)


STANDING = ["fige/actions/A1-02.html", "fige/en/etats/retire.html"]
"""Pages that are written again only when they change themselves."""


def test_after_another_change_only_the_pages_that_it_touched_call_themselves_passed(
    ask: Ask, served: tuple[Path, str]
) -> None:
    """A page that stands asks for itself before it says so: nobody reloads it for nothing."""
    state, page = served[0] / "fige/etat.json", served[0] / STANDING[0]
    newer = page.with_name(f"{page.name}.suivant")
    state.write_text(json.dumps({"numero": 5, "verifie_le": NOW.isoformat()}))
    try:
        assert ask([HOME, *STANDING], FRESH) == {
            HOME: ["_verifie", "_depasse"],
            **{page: ["_verifie"] for page in STANDING},
        }
        old = page.read_text()
        newer.write_text(old.replace('data-numero="4"', 'data-numero="5"'))
        assert newer.read_text() != old
        assert ask(STANDING, FRESH) == {STANDING[0]: ["_depasse"], STANDING[1]: ["_verifie"]}
        newer.write_text("<p>Cette action n’est plus au plan.</p>")
        assert ask(STANDING[:1], FRESH) == {STANDING[0]: ["_depasse"]}
    finally:
        state.unlink()
        newer.unlink()


@pytest.mark.parametrize("page", [HOME, "fige/actions/A1-02.html", "fige/etats-passes/0002.html"])
def test_a_page_prints(
    chromium: list[str], served: tuple[Path, str], tmp_path: Path, page: str
) -> None:
    """Council reads on paper: the printed form exists and is tagged for readers of PDF."""
    target = tmp_path / "page.pdf"
    subprocess.run(
        [
            *chromium,
            f"--user-data-dir={tmp_path / 'profil'}",
            "--no-pdf-header-footer",
            f"--print-to-pdf={target}",
            f"{served[1]}/{page}",
        ],
        capture_output=True,
        timeout=60,
        check=True,
    )
    body = target.read_bytes()
    assert body.startswith(b"%PDF")
    assert b"/StructTreeRoot" in body
