"""`jalon preview` as a person runs it: an address, a page, and Ctrl-C."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest
import requests

from sync.core.serving import headers_for
from tests.cli.conftest import Jalon
from tests.cli.town import Town

PATIENCE = 20


def publish(folder: Path) -> None:
    folder.mkdir()
    (folder / "index.html").write_text("<p>Le plan</p>", encoding="utf-8")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_says_where_it_serves_and_ends_cleanly(tmp_path: Path, number: signal.Signals) -> None:
    publish(tmp_path / "public")
    process = subprocess.Popen(
        [sys.executable, "-m", "sync", "preview", "public", "--port", "0"],
        cwd=tmp_path,
        env={"JALON_LANG": "fr", "PYTHONPATH": str(Path(__file__).parents[2])},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        said = process.stdout.readline()
        address, _, rest = said.partition(" ")
        assert address.startswith("http://127.0.0.1:")
        assert "à cette machine seulement" in rest
        answer = requests.get(address, timeout=PATIENCE)
        assert answer.text == "<p>Le plan</p>"
        assert headers_for("/").items() <= dict(answer.headers).items()
        process.send_signal(number)
        out, err = process.communicate(timeout=PATIENCE)
    finally:
        process.kill()
    assert (process.returncode, out, err) == (0, "", "Aperçu terminé.\n")


def test_a_folder_with_nothing_published_is_refused(jalon: Jalon, tmp_path: Path) -> None:
    answer = jalon("preview", str(tmp_path))
    assert answer.code == 2
    assert "Rien n’est publié" in answer.err
    assert "jalon sync" in answer.err


def test_without_a_folder_the_config_s_own_is_shown(jalon: Jalon, town: Town) -> None:
    """Nothing is published there yet: the refusal names the folder that would be shown."""
    answer = jalon("preview")
    assert answer.code == 2
    assert "Rien n’est publié" in answer.err
    assert str(town.folder) in answer.err
