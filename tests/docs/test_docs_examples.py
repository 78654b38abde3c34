"""The examples of the documents do what they show."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from sync.adapters.store import check_database, open_database
from tests.docs.tables import REPOSITORY, documents

BLOCK = re.compile(r"^```(console|python)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
MORE = "…"


def blocks(kind: str) -> list[tuple[Path, str]]:
    """All of a document's sessions are one: what it exports holds to its end."""
    found = []
    for document in documents():
        texts = [b[2] for b in BLOCK.finditer(document.read_text(encoding="utf-8")) if b[1] == kind]
        if texts:
            found.append((document, "".join(texts)))
    return found


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """The folder a reader stands in, without whatever lies in ours."""
    for name in ("config", "mappings"):
        (tmp_path / name).symlink_to(REPOSITORY / name)
    return tmp_path


@pytest.mark.parametrize(
    ("document", "session"), blocks("console"), ids=[path.name for path, _ in blocks("console")]
)
def test_a_console_session_prints_what_it_shows(document: Path, session: str, clone: Path) -> None:
    environ = {"PATH": os.environ["PATH"], "PYTHONPATH": str(REPOSITORY), "LC_ALL": "C.UTF-8"}
    for part in re.split(r"^\$ ", session, flags=re.MULTILINE)[1:]:
        command, *shown = part.splitlines()
        words = command.split()
        if words[0] == "export":
            environ.update([words[1].split("=", 1)])
            continue
        assert words[0] == "jalon", f"{document.name}: only jalon is run here"
        ran = subprocess.run(
            [sys.executable, "-m", "sync", *words[1:]],
            cwd=clone,
            env=environ,
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
        assert ran.stderr == ""
        assert ran.returncode == 0
        assert _fits(shown, ran.stdout.splitlines()), f"{document.name}: {command}\n{ran.stdout}"


def _fits(shown: list[str], printed: list[str]) -> bool:
    """Line by line but for spacing; « … » stands for any number of lines."""
    wanted = [" ".join(line.split()) for line in shown]
    pattern = "".join(r"(?:.*\n)*?" if w == MORE else re.escape(w) + "\n" for w in wanted)
    return bool(re.fullmatch(pattern, "".join(" ".join(p.split()) + "\n" for p in printed)))


@pytest.mark.parametrize(
    ("document", "code"), blocks("python"), ids=[path.name for path, _ in blocks("python")]
)
def test_the_backup_gives_a_database_that_jalon_takes(
    document: Path, code: str, clone: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Taken while the store is open, as on a running service."""
    monkeypatch.chdir(clone)
    with open_database("sqlite:///var/jalon.db") as live:
        live.plan("essai").note_fact("langue", "français")
        subprocess.run([sys.executable, "-c", code], cwd=clone, check=True, timeout=60)
    check_database("sqlite:///jalon-copy.db")
    with open_database("sqlite:///jalon-copy.db", migrate=False) as copy:
        assert copy.plan("essai").facts() == {"langue": "français"}
