"""
Nothing that staff or a plan say is run by a browser, and nothing is asked for outside.

The pages are shown as published, and again without their own policy: escaping must be enough by
itself. What feeds say in HTML is shown as a feed reader would, in a page of its own.
"""

import http.server
import json
import re
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

import pytest

from sync.site.build import build_files
from tests.site.hostile import (
    OUTSIDE,
    RUN,
    Say,
    hostile,
    plain,
    presentation,
    records,
    without_policy,
)

pytestmark = pytest.mark.browser
Ask = Callable[..., dict[str, Any]]

LOOK: Final = """
    await new Promise(done => setTimeout(done, 60));
    const ran = w.top.pwned ?? null; w.top.pwned = undefined;
    return [ran, d.querySelectorAll("*").length];
"""
"""Whether something ran, and how many elements the browser made of the page."""
BROWSER_S_OWN: Final = (".google.com", ".googleapis.com", ".gstatic.com")
"""Asked by Chromium for itself, whatever the page; no text here names them."""
PLANTED: Final = (
    f'<meta charset="utf-8"><img src=x onerror={RUN}><img src="http://{OUTSIDE}/pixel.gif">'
)


@pytest.fixture(scope="module")
def outside() -> Iterator[tuple[str, list[str]]]:
    """The flag that brings every call outside to a server of ours, and what was asked of it."""
    asked: list[str] = []

    class Ear(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            host = self.headers.get("Host", "")
            if not host.endswith(BROWSER_S_OWN):
                asked.append(f"{host} {self.path}")
            self.send_error(404)

        def log_message(self, *_: object) -> None: ...

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Ear) as server:
        threading.Thread(target=server.serve_forever).start()
        rule = f"MAP * 127.0.0.1:{server.server_port}, EXCLUDE 127.0.0.1"
        yield f"--host-resolver-rules={rule}", asked
        server.shutdown()


@pytest.fixture(scope="module")
def names(served: tuple[Path, str]) -> list[str]:
    """Both histories written into the served folder; the pages of one, by name."""
    folder, _ = served
    for under, say, change in (
        ("calme", plain, str),
        ("hostile", hostile, str),
        ("nue", hostile, without_policy),
    ):
        _write(folder / under, say, change)
    (folder / "plantee.html").write_text(PLANTED, encoding="utf-8")
    found = [str(one.relative_to(folder / "nue")) for one in (folder / "nue").rglob("*.html")]
    return sorted(name for name in found if not name.startswith("en/"))


def _write(folder: Path, say: Say, change: Callable[[str], str]) -> None:
    told: list[str] = []
    for path, body in build_files(records(say), presentation(say)).items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        is_page = path.endswith(".html")
        target.write_bytes(change(body.decode()).encode() if is_page else body)
        if path.startswith("flux") and path.endswith(".json"):
            told += (item["content_html"] for item in json.loads(body)["items"])
    page = f'<!doctype html><meta charset="utf-8"><title>x</title>{_alike("".join(told))}'
    (folder / "lecteur.html").write_text(page, encoding="utf-8")


def _alike(items: str) -> str:
    """Without what divides an entry into parts: longer words make more of them, and no other."""
    return re.sub(r"</?(?:ul|p|h3)>", "", items)


def test_a_planted_breach_is_seen(
    ask: Ask, names: list[str], outside: tuple[str, list[str]]
) -> None:
    flag, asked = outside
    assert ask(["plantee.html"], LOOK, flags=(flag,))["plantee.html"][0] == 1
    assert f"{OUTSIDE} /pixel.gif" in asked
    asked.clear()


def test_nothing_runs_and_nothing_is_asked_for_outside(
    ask: Ask, names: list[str], outside: tuple[str, list[str]], record_property: Any
) -> None:
    """And the browser makes of the hostile page what it makes of the plain one."""
    flag, asked = outside
    once = [name for name in names if name.count("/") == 0 or name.endswith("-01.html")]
    pages = [f"nue/{one}" for one in names] + [f"hostile/{one}" for one in once]
    calm = ask([f"calme/{name}" for name in names], LOOK, flags=(flag,))
    told = ask(pages, LOOK, flags=(flag,))
    expected = {page: [None, calm[f"calme/{page.partition('/')[2]}"][1]] for page in pages}
    for page in pages:
        expected[page][1] -= page.startswith("nue/") and not page.endswith("lecteur.html")
    assert told == expected
    assert asked == []
    record_property("cases: pages of hostile words in Chromium", len(pages))
