"""What the guide to verifying shows is run: it holds, and it catches what it says it catches."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from sync.core.commitments import commitment
from tests.docs.tables import REPOSITORY
from tests.site.publication_samples import FRAUDS, SIZE, Files, drop, history, published

BLOCK = re.compile(r"^```sh\n(.*?)^```$", re.DOTALL | re.MULTILINE)
GUIDES = ("verifier.md", "verify.md")
Finished = subprocess.CompletedProcess[str]


def blocks(guide: str) -> list[str]:
    return BLOCK.findall((REPOSITORY / "docs" / guide).read_text(encoding="utf-8"))


@pytest.fixture
def shell(tmp_path: Path) -> Callable[[str], Finished]:
    """Runs a block where `jalon` is ours, in a folder with what was kept in `garde/`."""
    for tool in ("openssl", "sha256sum"):
        if shutil.which(tool) is None:
            assert os.environ.get("CI") != "true", f"{tool} is missing and this is CI"
            pytest.skip(f"{tool} is not installed")
    tools = tmp_path / "outils"
    tools.mkdir()
    (tools / "jalon").write_text(f'#!/bin/sh\nexec {sys.executable} -m sync "$@"\n')
    (tools / "jalon").chmod(0o755)
    environ = {"PATH": f"{tools}:{os.environ['PATH']}", "PYTHONPATH": str(REPOSITORY)}

    def run(block: str) -> Finished:
        return subprocess.run(
            ["/bin/sh", "-e", "-c", block],
            cwd=tmp_path / "copie",
            env={**environ, "LC_ALL": "C"},
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )

    return run


def put(folder: Path, files: Files) -> None:
    for name, body in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(body)


def copied(folder: Path, files: Files) -> None:
    put(folder / "copie", files)
    put(folder / "copie" / "garde", published(history()[: SIZE - 1]))


@pytest.mark.parametrize("guide", GUIDES)
def test_every_command_of_the_guide_holds_on_an_honest_publication(
    guide: str, shell: Callable[[str], Finished], tmp_path: Path
) -> None:
    copied(tmp_path, published(history()))
    for block in blocks(guide):
        done = shell(block)
        assert done.returncode == 0, (block, done.stdout, done.stderr)
        if "pkeyutl" in block:
            assert "Signature Verified Successfully" in done.stdout
    salted = shell(blocks(guide)[-1]).stdout.split()[0]
    assert salted == commitment("0" * 31 + "1", "Note 1")


def test_both_guides_show_the_same_commands() -> None:
    assert blocks(GUIDES[0]) == blocks(GUIDES[1])


@pytest.mark.parametrize("at", range(1, SIZE))
def test_openssl_and_sha256sum_alone_catch_a_rewritten_past(
    shell: Callable[[str], Finished], tmp_path: Path, at: int
) -> None:
    """Of every kind, at every position that was kept."""
    compare = next(block for block in blocks(GUIDES[0]) if "--check" in block)
    for fraud in FRAUDS:
        shutil.rmtree(tmp_path / "copie", ignore_errors=True)
        copied(tmp_path, published(fraud(history(), at)))
        assert shell(compare).returncode != 0, fraud.__name__


def test_the_command_of_the_guide_catches_a_dropped_snapshot(
    shell: Callable[[str], Finished], tmp_path: Path
) -> None:
    copied(tmp_path, published(drop(history(), 2)))
    assert shell(blocks(GUIDES[0])[0]).returncode == 4
    assert shell(blocks(GUIDES[0])[1]).returncode == 0


def test_openssl_refuses_a_list_that_was_changed(
    shell: Callable[[str], Finished], tmp_path: Path
) -> None:
    copied(tmp_path, published(history()))
    listed = tmp_path / "copie" / "garde" / "SHA256SUMS"
    listed.write_bytes(listed.read_bytes().replace(b"a", b"b"))
    assert shell(blocks(GUIDES[0])[1]).returncode != 0
