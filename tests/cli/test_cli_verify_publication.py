"""`jalon verify FOLDER|ADDRESS`: what it says of a publication, and how it ends."""

import http.server
import json
import threading
from functools import partial
from pathlib import Path

import pytest

from tests.cli.conftest import Jalon
from tests.site.publication_samples import (
    SIGNER,
    Files,
    history,
    published,
    rewrite,
)


def put(folder: Path, files: Files) -> Path:
    for name, body in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(body)
    return folder


@pytest.fixture(scope="module")
def honest(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return put(tmp_path_factory.mktemp("honnete"), published(history()))


@pytest.fixture(scope="module")
def forged(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return put(tmp_path_factory.mktemp("faux"), published(rewrite(history(), 2)))


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("garde") / "note-de-fevrier.txt"
    path.write_bytes(published(history()[:3])["note.txt"])
    return path


def test_a_publication_that_holds_is_said_to_and_asks_for_an_older_note(
    jalon: Jalon, honest: Path
) -> None:
    said = jalon("verify", str(honest))
    assert said.code == 0
    assert "5 instantanés recalculés" in said.out
    assert "gardez note.txt ailleurs" in said.out
    assert SIGNER.public.text() in said.out.replace("\n", "")


def test_an_older_note_says_how_far_it_vouches(jalon: Jalon, honest: Path, kept: Path) -> None:
    said = jalon("verify", str(honest), "--since", str(kept), "--key", SIGNER.public.text())
    assert said.code == 0
    assert "les 3 premiers instantanés sont ce que la note gardée attestait" in said.out


def test_a_rewritten_past_ends_with_another_code(jalon: Jalon, forged: Path, kept: Path) -> None:
    assert jalon("verify", str(forged)).code == 0
    said = jalon("verify", str(forged), "--since", str(kept))
    assert said.code == 4
    assert "Instantané 3 : jusqu’à lui, au moins un instantané a été récrit" in said.out
    assert "ne tient pas" in said.out


def test_a_program_reads_the_same(jalon: Jalon, forged: Path, kept: Path) -> None:
    said = jalon("verify", str(forged), "--since", str(kept), "--json")
    (told,) = json.loads(said.out)
    assert said.code == 4
    assert told["holds"] is False
    assert told["faults"] == [{"breach": "rewritten", "snapshot": 3, "file": None}]


def test_an_address_is_verified_like_a_folder(jalon: Jalon, honest: Path, kept: Path) -> None:
    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            pass

    handler = partial(Quiet, directory=str(honest))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        said = jalon("verify", f"http://127.0.0.1:{server.server_port}", "--since", str(kept))
        server.shutdown()
        thread.join()
    assert (said.code, said.err) == (0, "")


@pytest.mark.parametrize(
    ("words", "what"),
    [
        (["vide"], "aucune publication ici"),
        (["vide", "--since", "absent.txt"], "--since absent.txt"),
        (["vide", "--key", "abc"], "--key"),
        (["vide", "--head", f"1:{'0' * 64}"], "--log"),
    ],
)
def test_what_cannot_be_verified_is_told(jalon: Jalon, words: list[str], what: str) -> None:
    said = jalon("verify", *words)
    assert said.code == 2
    assert what in said.err


def test_one_of_the_two_is_verified(jalon: Jalon) -> None:
    assert jalon("verify").code == 2
    assert jalon("verify", "vide", "--log").code == 2
