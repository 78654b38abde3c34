"""`verifier.html` in a browser: the same frauds as the command finds, and a page that is usable."""

import http.server
import json
import queue
import re
import subprocess
import threading
from base64 import b64encode
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from sync.adapters.signing import Signer, new_key, verify
from sync.core.signed_note import Rotation
from sync.core.verification import check as checked
from sync.core.verification import gather
from tests.browser.conftest import FRAMES
from tests.browser.scripts import NO_CRYPTO, NO_ED25519, NO_KEY, ONE_UNREAD, check, said
from tests.site.publication_samples import (
    FRAUDS,
    SIGNER,
    SIZE,
    Files,
    erase_in_silence,
    history,
    proven,
    published,
    rewrite,
    sealed_by,
    withdrawn,
)

pytestmark = pytest.mark.browser

OTHER = Signer(new_key(SIGNER.public.name, lambda size: b"\x08" * size))
RENAMED = {"key": "key_bad"}
"""Where a word of the page's has another name than the fault."""


def listed_by(signer: Signer, sums: bytes) -> bytes:
    return b64encode(signer.sign(sums)) + b"\n"


def put(folder: Path, files: Files) -> None:
    for name, body in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(body)


def cases() -> dict[str, Files]:
    """Every publication that the page is to judge, by name."""
    records = history()
    honest = proven(records)
    said = SIGNER.note(Rotation(SIGNER.public, OTHER.public, 2).text())
    stolen = OTHER.note(Rotation(SIGNER.public, OTHER.public, 2).text())
    found: dict[str, Files] = {
        "honnete": honest,
        "court": proven(records[:2]),
        "sans-cle": proven(rewrite(records, 1), None),
        "autre-cle": proven(records, sealed_by(OTHER)),
        "relais": proven(records, sealed_by(OTHER, (said,))),
        "relais-vole": proven(records, sealed_by(OTHER, (stolen,))),
    }
    for at in range(1, SIZE + 1):
        for fraud in FRAUDS:
            found[f"{fraud.__name__}-{at}"] = proven(fraud(records, at))
        found[f"retrait-{at}"] = proven(withdrawn(records, at))
        found[f"silence-{at}"] = proven(erase_in_silence(records, at))
        found[f"sans-signer-{at}"] = {
            **proven(rewrite(records, at)),
            "note.txt": honest["note.txt"],
        }
    lie = proven(withdrawn(records, 2))["instantanes/0002.json"]
    second = honest["instantanes/0002.json"]
    salt = re.findall(rb'actions/0/note":"([0-9a-f]{32})', second)[0]
    for name, body in (
        ("instantanes/0002.json", lie.replace(b'"note":null', b'"note":"Un mensonge."')),
        ("instantanes/0002.json", lie.replace(b'"note":null', b'"note":{"engagement":"0"}')),
        (
            "instantanes/0002.json",
            second.replace(b'"note":"Note', b'"note":"').replace(salt, salt + b"Note"),
        ),
        ("instantanes/0002.json", second.replace(b'"numero":2', b'"numero":2.0')),
        ("instantanes/0002.json", second.replace(b'"numero":2', b'"numero":9007199254740992')),
        ("instantanes/0002.json", second.replace(b'"engagements":{}', b'"engagements":0')),
        ("instantanes/0002.json", b"{}\n"),
        ("instantanes/0002.json", None),
        ("dernier.json", b'{"numero":5}'),
        ("note.txt", b"rien\n"),
        ("cle.pub", b"rien\n"),
        ("cles.json", b"[]"),
        ("index.html", b"autre"),
        ("cle.pem", None),
        ("SHA256SUMS.sig", None),
        ("SHA256SUMS.sig", b"rien\n"),
        ("SHA256SUMS.sig", listed_by(OTHER, honest["SHA256SUMS"])),
        ("SHA256SUMS.sig", b64encode(b"\x07" * 64) + b"\n"),
        ("SHA256SUMS", None),
        ("SHA256SUMS", b"\n"),
    ):
        files = {key: value for key, value in honest.items() if key != name}
        found[f"fichier-{len(found)}"] = files if body is None else {**files, name: body}
    changed = proven(rewrite(records, 2), None)  # by someone who has no key
    found["sans-la-cle"] = {**honest, "SHA256SUMS": changed["SHA256SUMS"]}
    return found


@pytest.fixture(scope="module")
def answers() -> "queue.Queue[Any]":
    return queue.Queue()


@pytest.fixture(scope="module")
def site(
    tmp_path_factory: pytest.TempPathFactory, answers: "queue.Queue[Any]"
) -> Iterator[tuple[Path, str]]:
    folder = tmp_path_factory.mktemp("verifier")
    page = published(history())["verifier.html"]
    for name, files in cases().items():
        put(folder / name, {**files, "verifier.html": page})
    for size in range(1, SIZE + 1):
        put(folder / f"note-{size}", {"note.txt": proven(history()[:size])["note.txt"]})

    class Answering(http.server.SimpleHTTPRequestHandler):
        def do_POST(self) -> None:
            answers.put(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    handler = partial(Answering, directory=str(folder))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield folder, f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


Ask = Callable[..., Any]


@pytest.fixture
def ask(
    chromium: list[str],
    site: tuple[Path, str],
    answers: "queue.Queue[Any]",
    tmp_path: Path,
) -> Ask:
    """Run a script beside a framed page and return what it sends back."""
    folder, root = site

    def run(page: str, script: str, *flags: str, width: int = 320, offline: bool = False) -> Any:
        frame = f"cadre-{next(FRAMES)}.html"
        (folder / frame).write_text(
            f'<!doctype html><meta charset="utf-8"><iframe id="f" src="{page}" '
            f'style="width:{width}px;height:900px;border:0"></iframe><script>'
            'document.getElementById("f").onload = async (e) => { let r; try { r = await ('
            f"async (w, d) => {{{script}}})(e.target.contentWindow, e.target.contentDocument) }}"
            f' catch (x) {{ r = "" + x }} fetch("{root}/", {{method: "POST", mode: "no-cors", '
            "body: JSON.stringify(r)}) }</script>",
            encoding="utf-8",
        )
        place = f"{folder.as_uri() if offline else root}/{frame}"
        options = ["--remote-debugging-port=0", f"--user-data-dir={tmp_path}", *flags, place]
        browser = subprocess.Popen(
            [*chromium, *options], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        try:
            return answers.get(timeout=150)
        finally:
            browser.terminate()
            browser.wait(20)

    return run


ALL = """
const told = {}, kept = new Map();
const get = async (path) => {
  if (!kept.has(path)) {
    const answer = await fetch(path);
    kept.set(path, answer.ok ? new w.Uint8Array(await answer.arrayBuffer()) : null);
  }
  return kept.get(path);
};
for (const [name, size] of CASES) {
  const old = size ? await get(`note-${size}/note.txt`) : null;
  const found = await w.check((path) => get(`${name}/${path}`), old, null, true);
  told[`${name}/${size}`] = found.faults.map(([key, n]) => key).sort();
}
return told;
"""


def test_the_page_finds_what_the_command_finds(ask: Ask, site: tuple[Path, str]) -> None:
    """Every fraud at every position, alone and against the note of every day."""
    wanted: dict[str, list[str]] = {}
    notes = {n: proven(history()[:n])["note.txt"] for n in range(1, SIZE + 1)}
    for name, files in cases().items():
        for size in range(SIZE + 1):
            faults = checked(gather(files.get, notes.get(size)), verify).faults
            wanted[f"{name}/{size}"] = sorted(RENAMED.get(f.breach, f.breach) for f in faults)
    asked = json.dumps([key.split("/") for key in wanted])
    script = f"const CASES = {asked}.map(([n, s]) => [n, Number(s)]);{ALL}"
    told = ask("honnete/verifier.html", script)
    assert told == wanted
    assert sum(bool(faults) for faults in wanted.values()) > 100


WAIT = """
const seen = () => new Promise((done) => {
  const verdict = d.getElementById("verdict");
  new MutationObserver(() => { if (verdict.className !== "plain" || verdict.textContent !== w.say("working")) done() })
    .observe(verdict, {attributes: true, childList: true, characterData: true, subtree: true});
  d.querySelector("button").click();
});
"""  # noqa: E501


def test_a_click_on_the_site_says_in_words_what_was_found(ask: Ask, site: tuple[Path, str]) -> None:
    note = (site[0] / "note-3" / "note.txt").read_text()
    script = (
        f'{WAIT} d.getElementById("garde-texte").value = {json.dumps(note)}; await seen();'
        "return [d.getElementById('verdict').textContent, d.getElementById('verdict').className];"
    )
    assert ask("honnete/verifier.html", script) == [
        "La publication tient : les instantanés 1 à 3 sont ceux que votre note attestait.".replace(
            " :", "\u00a0:"
        ),
        "good",
    ]
    text, kind = ask("rewrite-2/verifier.html", script)
    assert (text.partition(".")[0], kind) == ("La publication ne tient pas", "bad")


@pytest.mark.parametrize(
    ("before", "kind", "key"),
    [
        pytest.param("", "good", "holds", id="everything was checked"),
        pytest.param(NO_ED25519, "plain", "holds_unsigned", id="no signature could be checked"),
        pytest.param(NO_KEY, "bad", "fails", id="the key is none"),
        pytest.param(NO_CRYPTO, "bad", "unable", id="nothing could be computed"),
        pytest.param(ONE_UNREAD, "bad", "unread", id="a file could not be read"),
    ],
)
def test_what_was_not_checked_is_neither_held_nor_called_broken(
    ask: Ask, site: tuple[Path, str], before: str, kind: str, key: str
) -> None:
    """A host that is down has not rewritten anything, and an old browser has not checked it."""
    note = (site[0] / "note-3" / "note.txt").read_text()
    assert ask("honnete/verifier.html", before + check(note)) == said(kind, key, 3)


def test_a_saved_page_checks_files_without_a_network(ask: Ask, site: tuple[Path, str]) -> None:
    """Opened from the disk, with the files that a person picks."""
    names = sorted(cases()["rewrite-2"])
    script = (
        f"{WAIT} const at = async (p) => new w.File([await (await fetch(p)).arrayBuffer()], "
        "p.split('/').pop());"
        "const pick = async (id, paths) => { const t = new w.DataTransfer();"
        "for (const p of paths) t.items.add(await at(p)); d.getElementById(id).files = t.files; };"
        f"await pick('fichiers', {json.dumps(names)}.map((n) => `rewrite-2/${{n}}`));"
        "await pick('garde-fichier', ['note-4/note.txt']); await seen();"
        "return [w.location.protocol, d.getElementById('ici').disabled,"
        "d.getElementById('verdict').className, d.getElementById('details').textContent];"
    )
    told = ask("rewrite-2/verifier.html", script, "--allow-file-access-from-files", offline=True)
    assert told[:3] == ["file:", True, "bad"]
    assert "4 instantanés de votre note, au moins un a été récrit" in told[3]


@pytest.mark.parametrize("width", [320, 1280])
def test_the_page_fits_and_every_field_has_a_name(ask: Ask, width: int) -> None:
    script = (
        "return [d.documentElement.scrollWidth, [...d.querySelectorAll('input, textarea')]"
        ".filter((one) => !one.labels.length).length, d.querySelectorAll('h1').length,"
        "d.documentElement.lang];"
    )
    assert ask("honnete/verifier.html", script, width=width) == [width, 0, 1, "fr-CA"]
