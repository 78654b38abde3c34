"""
The frame that the webmaster's guide shows, pasted into a page of another site, in a real browser.

The folder is served with the headers of `jalon preview`, which are those of the documented hosts.
"""

import http.server
import re
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Final

import pytest

from sync.adapters.publish.serve import preview_server
from tests.browser.conftest import QuietHandler

pytestmark = pytest.mark.browser
GUIDES: Final = Path(__file__).parents[2] / "docs"
EXAMPLE: Final = "https://www.ville.example/suivi/"
REFUSED: Final = "frame-ancestors"


@pytest.fixture(scope="module")
def folder(served: tuple[Path, str]) -> Iterator[str]:
    server = preview_server(served[0] / "fige", 0)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.port}/"
    server.shutdown()
    thread.join()
    server.server_close()


@contextmanager
def another_site(page: str, at: Path) -> Iterator[str]:
    """A page under another origin, « localhost » and a port of its own."""
    (at / "page.html").write_text(f'<!doctype html><meta charset="utf-8">{page}', "utf-8")
    handler = partial(QuietHandler, directory=str(at))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever).start()
        yield f"http://localhost:{server.server_port}/page.html"
        server.shutdown()


@pytest.fixture
def show(chromium: list[str], folder: str, tmp_path: Path) -> Callable[[str], str]:
    """What the browser complained of while it showed such a page."""

    def run(page: str) -> str:
        with another_site(page.replace(EXAMPLE, folder), tmp_path) as address:
            done = subprocess.run(
                [
                    *chromium,
                    f"--user-data-dir={tmp_path / 'profil'}",
                    "--enable-logging=stderr",
                    "--virtual-time-budget=5000",
                    "--dump-dom",
                    address,
                ],
                capture_output=True,
                text=True,
                timeout=60,
                check=True,
            )
        return "\n".join(line for line in done.stderr.splitlines() if "CONSOLE" in line)

    return run


@pytest.mark.parametrize("guide", ["webmestre.md", "webmaster.md"])
def test_another_site_may_show_the_frame_that_the_guide_gives(
    show: Callable[[str], str], guide: str
) -> None:
    """And the browser finds nothing to say of it: no refused style, no refused script."""
    text = (GUIDES / guide).read_text(encoding="utf-8")
    (block,) = re.findall(r"```html\n(.*?)```", text, re.DOTALL)
    assert EXAMPLE in block
    assert show(block.replace(' loading="lazy"', "")) == ""


@pytest.mark.parametrize("name", ["index.html", "actions/A1-02.html", "dernier.json"])
def test_it_may_frame_nothing_else(show: Callable[[str], str], name: str) -> None:
    """A page in somebody's frame could be dressed as theirs, and its links covered by others."""
    assert REFUSED in show(f'<iframe src="{EXAMPLE}{name}" title="x"></iframe>')
