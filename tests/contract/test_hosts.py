"""
nginx and Apache, configured word for word as the webmaster's guide says, serve what it promises:
every published file with its bytes, its type and its headers, and nothing else.
"""

import os
import shutil
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import date
from pathlib import Path
from typing import Final

import pytest
import requests

from sync.adapters.publish import DirectoryPublisher
from sync.adapters.publish.layout import CURRENT, MANIFEST, VERSIONS
from sync.adapters.publish.serve import preview_server
from sync.core.serving import HEADERS, MISSING, content_type, headers_for
from sync.model.snapshot import Snapshot, State
from sync.ports import Publication
from sync.site.build import build_files
from sync.site.presentation import Presentation
from tests.contract import hosts
from tests.contract.verdicts import Verdict, Verdicts
from tests.site.snapshot_samples import becancour, record_of

pytestmark = pytest.mark.contract
SECONDS: Final = 20
Told = list[str]


@pytest.fixture(scope="module")
def work() -> Iterator[Path]:
    """Where a host that gave up its rights can read: pytest's own folders are closed to it."""
    folder = Path(tempfile.mkdtemp(prefix="jalon-hosts-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture(scope="module")
def public(work: Path) -> Path:
    root = work / "public"
    records = [record_of(becancour(1, date(2026, 2, 10)))]
    records.append(record_of(becancour(2, date(2026, 3, 2))))
    snapshot = Snapshot.model_validate_json(records[-1].body)
    DirectoryPublisher(root, "essai").publish(
        Publication(
            snapshot=snapshot,
            record=records[-1],
            state=State(numero=2, verifie_le=snapshot.genere_le, demonstration=True),
            files=build_files(records, Presentation("Ville de Bécancour", None)),
            immutable={f"instantanes/{one.number:04d}.json": one.body for one in records},
        )
    )
    (root / "SHA256SUMS").write_text("0  rien\n", encoding="utf-8")
    (root / "vide").mkdir()
    an_hour_ago = time.time() - 3_600
    for path in root.rglob("*"):  # of what is a second old, Apache gives a weak tag, then another
        if not path.is_symlink():
            os.utime(path, (an_hour_ago, an_hour_ago))
    return root


def published(public: Path) -> list[str]:
    """Every path that a reader can ask for."""
    found = []
    for top in sorted(public.iterdir()):
        if top.name.startswith(".") or top.name == CURRENT:
            continue
        inside = sorted(top.resolve().rglob("*")) if top.is_dir() else [top.resolve()]
        found += [
            f"{top.name}/{one.relative_to(top.resolve())}" if top.is_dir() else top.name
            for one in inside
            if one.is_file()
        ]
    return found


@contextmanager
def preview(_work: Path, public: Path) -> Iterator[tuple[str, ...]]:
    server = preview_server(public, 0)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield (f"http://127.0.0.1:{server.port}",)
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


Host = Callable[[Path, Path], AbstractContextManager[tuple[str, ...]]]
HOSTS: Final[dict[str, Host]] = {
    "nginx": hosts.nginx,
    "Apache": hosts.apache,
    "jalon preview": preview,
}


@pytest.fixture(scope="module", params=HOSTS)
def addresses(
    request: pytest.FixtureRequest, work: Path, public: Path
) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Which host, and its addresses: the folder's own and, where there is one, a proxy's."""
    with HOSTS[request.param](work, public) as found:
        yield request.param, found


def differences(root: str, name: str, body: bytes) -> Told:
    """How an answer is not what the table says; empty where all is well."""
    url, told = f"{root}/{name}", []
    whole = requests.get(url, timeout=SECONDS)
    expected = {"Content-Type": content_type(f"/{name}"), **headers_for(f"/{name}")}
    if whole.status_code != 200 or whole.content != body:
        told.append(f"{url}: {whole.status_code}, {len(whole.content)} bytes")
    told += [
        f"{url}: {header}: {whole.headers.get(header)}"
        for header in sorted({*expected, *(one.name for one in HEADERS)})
        if whole.headers.get(header) != expected.get(header)
    ]
    head = requests.head(url, timeout=SECONDS)
    if head.status_code != 200 or head.headers.get("ETag") != whole.headers.get("ETag"):
        told.append(f"{url}: HEAD {head.status_code}")
    for condition, kept in (
        ("If-None-Match", whole.headers.get("ETag")),
        ("If-Modified-Since", whole.headers.get("Last-Modified")),
    ):
        again = requests.get(url, headers={condition: kept or ""}, timeout=SECONDS)
        if again.status_code != 304 or again.content:
            told.append(f"{url}: {condition}: {again.status_code}")
        if again.headers.get("Cache-Control") != expected["Cache-Control"]:
            told.append(f"{url}: 304, Cache-Control: {again.headers.get('Cache-Control')}")
    return told


def test_a_host_configured_as_the_guide_says_serves_what_the_table_says(
    addresses: tuple[str, tuple[str, ...]], public: Path, verdicts: Verdicts
) -> None:
    host, roots = addresses
    names = published(public)
    assert {"index.html", "dernier.json", "instantanes/0002.json", "SHA256SUMS"} <= {*names}
    told = [
        one
        for root in roots
        for name in names
        for one in differences(root, name, (public / name).read_bytes())
    ]
    home = requests.get(f"{roots[0]}/", timeout=SECONDS)
    assert home.content == (public / "index.html").read_bytes()
    assert home.headers["Content-Security-Policy"] == headers_for("/")["Content-Security-Policy"]
    verdicts.tell(
        Verdict(host, "published files", judged=len(names) * len(roots), violations=len(told))
    )
    assert told == []


def test_nothing_else_is_served(addresses: tuple[str, tuple[str, ...]], public: Path) -> None:
    _, roots = addresses
    version = next((public / VERSIONS).iterdir()).name
    missing = (public / MISSING).read_bytes()
    for root in roots:
        for path in (
            MANIFEST,
            f"{CURRENT}/index.html",
            f"{CURRENT}/{MANIFEST}",
            f"{VERSIONS}/",
            f"{VERSIONS}/{version}/index.html",
            "%2emanifeste.json",
            f"schema/..%2f{MANIFEST}",
            "absent.json",
            "actions/absente.html",
            "en/profond/absent/",
        ):
            answer = requests.get(f"{root}/{path}", timeout=SECONDS)
            assert answer.status_code == 404, path
            if "%2f" in path:  # Apache refuses it before it knows where the site ends
                continue
            assert answer.content == missing, path
            assert answer.headers["Content-Type"] == content_type(f"/{MISSING}"), path
        for listed in ("vide/", "instantanes/", "schema/"):
            answer = requests.get(f"{root}/{listed}", timeout=SECONDS)
            assert answer.status_code in (403, 404), listed
            assert b"0001.json" not in answer.content


def test_a_missing_header_would_be_seen(public: Path) -> None:
    """The comparison is judged: a plain file server does not pass it."""
    import http.server  # noqa: PLC0415 - for the bad host alone

    class Plain(http.server.SimpleHTTPRequestHandler):
        def __init__(self, *given: object) -> None:
            super().__init__(*given, directory=str(public))  # type: ignore[arg-type]

        def log_message(self, *_: object) -> None: ...

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Plain)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        root = f"http://127.0.0.1:{server.server_port}"
        told = " ".join(differences(root, "dernier.json", (public / "dernier.json").read_bytes()))
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
    for header in ("Content-Type", *(one.name for one in HEADERS), "If-None-Match"):
        assert header in told
