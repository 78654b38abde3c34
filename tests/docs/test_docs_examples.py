"""The examples of the documents do what they show."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from sync.adapters.store import check_database, open_database
from tests.docs.tables import REPOSITORY, documents

BLOCK = re.compile(r"^```(console|python)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
MORE = "…"
CHILD = """
import contextlib, io, json, os, sys
from sync.cli import main

told = []
for language, words in json.load(sys.stdin):
    os.environ["JALON_LANG"] = language
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = main(words)
    told.append([code, out.getvalue(), err.getvalue()])
json.dump(told, sys.stdout)
"""


@dataclass(frozen=True)
class Example:
    """One command as a document shows it, with what it prints."""

    document: str
    language: str
    words: tuple[str, ...]
    shown: tuple[str, ...]


def blocks(kind: str) -> list[tuple[str, str]]:
    """All of a document's sessions are one: what it exports holds to its end."""
    found = []
    for document in documents():
        texts = [b[2] for b in BLOCK.finditer(document.read_text(encoding="utf-8")) if b[1] == kind]
        if texts:
            found.append((document.name, "".join(texts)))
    return found


def examples() -> Iterator[Example]:
    for document, session in blocks("console"):
        language = "fr"
        for part in re.split(r"^\$ ", session, flags=re.MULTILINE)[1:]:
            command, *shown = part.splitlines()
            if command.startswith("export JALON_LANG="):
                language = command.partition("=")[2]
                continue
            program, *words = command.split()
            assert program == "jalon", f"{document}: {command}: only jalon is run here"
            yield Example(document, language, tuple(words), tuple(shown))


EXAMPLES = tuple(examples())


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder a reader stands in, without whatever lies in ours."""
    folder = tmp_path_factory.mktemp("clone")
    for name in ("config", "mappings"):
        (folder / name).symlink_to(REPOSITORY / name)
    return folder


@pytest.fixture(scope="module")
def told(clone: Path) -> dict[Example, tuple[int, str, str]]:
    """Code, output and errors of each; one process for all, since starting is what takes long."""
    ran = subprocess.run(
        [sys.executable, "-c", CHILD],
        input=json.dumps([(one.language, one.words) for one in EXAMPLES]),
        cwd=clone,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(REPOSITORY), "LC_ALL": "C.UTF-8"},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
        timeout=120,
    )
    return {one: tuple(said) for one, said in zip(EXAMPLES, json.loads(ran.stdout), strict=True)}


@pytest.mark.parametrize(
    "example", EXAMPLES, ids=lambda one: f"{one.document} {' '.join(one.words)}"
)
def test_a_command_prints_what_the_document_shows(
    example: Example, told: dict[Example, tuple[int, str, str]]
) -> None:
    code, printed, complaints = told[example]
    assert (code, complaints) == (0, "")
    assert _fits(example.shown, printed.splitlines()), printed


def _fits(shown: Sequence[str], printed: Sequence[str]) -> bool:
    """Line by line but for spacing; « … » stands for any number of lines."""
    wanted = [" ".join(line.split()) for line in shown]
    pattern = "".join(r"(?:.*\n)*?" if w == MORE else re.escape(w) + "\n" for w in wanted)
    return bool(re.fullmatch(pattern, "".join(" ".join(p.split()) + "\n" for p in printed)))


@pytest.mark.parametrize(("document", "code"), blocks("python"))
def test_the_backup_gives_a_database_that_jalon_takes(
    document: str, code: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Taken while the store is open, as on a running service."""
    monkeypatch.chdir(tmp_path)
    with open_database("sqlite:///var/jalon.db") as live:
        live.plan("essai").note_fact("langue", "français")
        subprocess.run([sys.executable, "-c", code], cwd=tmp_path, check=True, timeout=60)
    check_database("sqlite:///jalon-copy.db")
    with open_database("sqlite:///jalon-copy.db", migrate=False) as copy:
        assert copy.plan("essai").facts() == {"langue": "français"}, document
