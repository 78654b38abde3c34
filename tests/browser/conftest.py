"""A browser that draws the page, over loopback, with nothing installed beside Chromium."""

import html
import http.server
import os
import re
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from datetime import date
from functools import partial
from pathlib import Path

import pytest

from sync.site.build import build_files
from sync.site.presentation import Presentation

sys.path.insert(0, str(Path(__file__).parents[1] / "site"))  # the samples stand with the page
from snapshot_samples import becancour, four_records, record_of, with_a_correction

FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
)


class QuietHandler(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="session")
def chromium() -> list[str]:
    """The command that starts it; absent, the tests are skipped, and fail in CI."""
    found = shutil.which("chromium") or shutil.which("chromium-browser")
    if found is None and os.environ.get("CI") == "true":
        pytest.fail("Chromium is missing and this is CI")
    if found is None:
        pytest.skip("Chromium is not installed")
    return [found, *FLAGS]


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, str]]:
    """The demonstration's page in as many states of the calendar, and its address."""
    folder = tmp_path_factory.mktemp("page")
    city = Presentation("Ville de Bécancour", None)
    provisional = [record_of(becancour(1, date(2026, 2, 17)))]
    corrected = [record_of(with_a_correction(becancour(1, date(2026, 3, 21))))]
    states = (("fige", four_records()), ("provisoire", provisional), ("corrige", corrected))
    for name, records in states:
        (folder / f"{name}.html").write_bytes(build_files(records, city)["index.html"])
    handler = partial(QuietHandler, directory=str(folder))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever).start()
        yield folder, f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.fixture
def ask(chromium: list[str], served: tuple[Path, str], tmp_path: Path) -> Callable[..., str]:
    """
    Load a page in a frame of a given width and return what a script outside it works out.

    The page forbids scripts; the frame around it, of the same origin, may look inside.
    """
    folder, root = served

    def run(page: str, script: str, *, width: int = 320, flags: tuple[str, ...] = ()) -> str:
        (folder / "cadre.html").write_text(
            f'<!doctype html><meta charset="utf-8"><iframe id="f" src="{page}" '
            f'style="width:{width}px;height:900px;border:0"></iframe><pre id="r"></pre><script>'
            'document.getElementById("f").onload = e => { const d = e.target.contentDocument;'
            f'document.getElementById("r").textContent = JSON.stringify((d => {{{script}}})(d)) }}'
            "</script>",
            encoding="utf-8",
        )
        profile = f"--user-data-dir={tmp_path}"
        done = subprocess.run(
            [*chromium, *flags, profile, "--dump-dom", f"{root}/cadre.html"],
            capture_output=True,
            text=True,
            timeout=60,
            check=True,
        )
        found = re.search(r'<pre id="r">(.*?)</pre>', done.stdout, re.DOTALL)
        assert found is not None
        return html.unescape(found[1])

    return run
