"""A browser that draws the page, over loopback, with nothing installed beside Chromium."""

import html
import http.server
import itertools
import json
import os
import re
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from sync.site.build import build_files
from sync.site.presentation import Presentation

sys.path.insert(0, str(Path(__file__).parents[1] / "site"))  # the samples stand with the page
from snapshot_samples import becancour, ended_records, four_records, record_of, with_a_correction

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


FRAMES = itertools.count()
"""One frame to a question: a browser takes a page rewritten within the second from its memory."""


class QuietHandler(http.server.SimpleHTTPRequestHandler):
    """A script that asks for `x.html` gets `x.html.suivant`: the page was published anew."""

    def do_GET(self) -> None:
        if self.headers.get("Sec-Fetch-Dest") == "empty":
            newer = f"{self.path}.suivant"
            self.path = newer if Path(self.translate_path(newer)).exists() else self.path
        super().do_GET()

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
    """The demonstration's folder in as many states of the calendar, and their address."""
    folder = tmp_path_factory.mktemp("page")
    city = Presentation("Ville de Bécancour", None, others=("en",))
    provisional = [record_of(becancour(1, date(2026, 2, 17)))]
    corrected = [record_of(with_a_correction(becancour(1, date(2026, 3, 21))))]
    states = (
        ("fige", four_records()),
        ("provisoire", provisional),
        ("corrige", corrected),
        ("fini", ended_records()),
    )
    for name, records in states:
        for path, body in build_files(records, city).items():
            target = folder / name / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(body)
    handler = partial(QuietHandler, directory=str(folder))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever).start()
        yield folder, f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.fixture
def ask(chromium: list[str], served: tuple[Path, str], tmp_path: Path) -> Callable[..., Any]:
    """
    Load pages one after the other in a frame and return what a script outside works out of each.

    A page runs nothing but its own script; the frame around it, of the same origin, may look
    inside. The answer of `script`, which may be a promise, is given by page.
    """
    folder, root = served

    def run(
        pages: Sequence[str], script: str, *, width: int = 320, flags: tuple[str, ...] = ()
    ) -> dict[str, Any]:
        frame = f"cadre-{next(FRAMES)}.html"
        (folder / frame).write_text(
            '<!doctype html><meta charset="utf-8"><iframe id="f" '
            f'style="width:{width}px;height:900px;border:0"></iframe><pre id="r"></pre><script>'
            f"(async () => {{ const told = {{}}; for (const page of {json.dumps(list(pages))}) {{"
            "const f = document.getElementById('f'); await new Promise(done => {"
            "f.onload = done; f.src = page });"
            f"told[page] = await (async (d, w) => {{{script}}})(f.contentDocument, f.contentWindow)"
            "} document.getElementById('r').textContent = JSON.stringify(told) })()</script>",
            encoding="utf-8",
        )
        done = subprocess.run(
            [
                *chromium,
                *flags,
                f"--user-data-dir={tmp_path}",
                "--virtual-time-budget=20000",
                "--dump-dom",
                f"{root}/{frame}",
            ],
            capture_output=True,
            text=True,
            timeout=60,
            check=True,
        )
        found = re.search(r'<pre id="r">(.*?)</pre>', done.stdout, re.DOTALL)
        assert found is not None
        told: dict[str, Any] = json.loads(html.unescape(found[1]))
        return told

    return run
