"""What only a browser can tell: reflow, colour schemes, targets large enough, paper."""

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

pytestmark = pytest.mark.browser

PAGES = ["fige.html", "provisoire.html", "corrige.html"]
Ask = Callable[..., str]


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("width", [320, 768, 1280])
def test_nothing_runs_out_of_the_page(ask: Ask, page: str, width: int) -> None:
    """WCAG 1.4.10: no sideways scrolling, which automatic checkers miss."""
    found = json.loads(
        ask(
            page,
            "const w = d.documentElement.clientWidth; return [d.documentElement.scrollWidth - w,"
            "[...d.querySelectorAll('body *')].filter(e => !e.closest('.defile,.sr,.sprites') &&"
            "e.getBoundingClientRect().right > w + 1).map(e => e.outerHTML.slice(0, 80))]",
            width=width,
        )
    )
    assert found == [0, []]


@pytest.mark.parametrize("page", ["fige.html", "corrige.html"])
def test_the_counting_table_itself_fits_a_telephone(ask: Ask, page: str) -> None:
    """A table may scroll in its own frame, but a plan of three axes should not need to."""
    script = "return [...d.querySelectorAll('.defile')].map(e => e.scrollWidth - e.clientWidth)"
    assert json.loads(ask(page, script)) == [0, 0]


def test_links_are_large_enough_to_touch(ask: Ask) -> None:
    """WCAG 2.5.8: 24 by 24 pixels, save links inside a sentence or a list of text."""
    script = (
        "return [...d.querySelectorAll('.sommaire a, .repere a, summary')]"
        ".map(e => e.getBoundingClientRect()).filter(r => r.height < 24 || r.width < 24).length"
    )
    assert json.loads(ask("fige.html", script)) == 0


def test_the_dark_scheme_is_dark(ask: Ask) -> None:
    """The page follows the reader's own choice."""
    script = "return getComputedStyle(d.body).backgroundColor"
    dark = ("--blink-settings=preferredColorScheme=0",)
    assert json.loads(ask("fige.html", script)) == "rgb(251, 250, 246)"
    assert json.loads(ask("fige.html", script, flags=dark)) == "rgb(16, 24, 31)"


def test_the_styles_are_accepted_by_the_pages_own_policy(ask: Ask) -> None:
    """A wrong hash would leave the page bare without any error elsewhere."""
    script = "return getComputedStyle(d.querySelector('.demo')).position"
    assert json.loads(ask("fige.html", script)) == "sticky"


def test_the_page_prints(chromium: list[str], served: tuple[Path, str], tmp_path: Path) -> None:
    """Council reads on paper: the printed form exists and is tagged for readers of PDF."""
    target = tmp_path / "page.pdf"
    subprocess.run(
        [
            *chromium,
            f"--user-data-dir={tmp_path / 'profil'}",
            "--no-pdf-header-footer",
            f"--print-to-pdf={target}",
            f"{served[1]}/fige.html",
        ],
        capture_output=True,
        timeout=60,
        check=True,
    )
    body = target.read_bytes()
    assert body.startswith(b"%PDF")
    assert b"/StructTreeRoot" in body
