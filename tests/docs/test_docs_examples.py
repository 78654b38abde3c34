"""The examples of the documents do what they show."""

import json
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from sync.adapters.store import open_database
from sync.cli.main import parser
from sync.settings.config import CatalogueConfig
from tests.docs.tables import REPOSITORY, documents

SHELL = re.compile(r"^```sh\n(.*?)^```$", re.DOTALL | re.MULTILINE)
GUIDES = ("operator.md", "exploitation.md")
PLAN_ID = "becancour-100-jours"
BLOCK = re.compile(r"^```console\n(.*?)^```$", re.DOTALL | re.MULTILINE)
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


def sessions() -> list[tuple[str, str]]:
    """All of a document's sessions are one: what it exports holds to its end."""
    found = []
    for document in documents():
        texts = [found[1] for found in BLOCK.finditer(document.read_text(encoding="utf-8"))]
        if texts:
            found.append((document.name, "".join(texts)))
    return found


def examples() -> Iterator[Example]:
    for document, session in sessions():
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
    said = ran(clone, [(one.language, one.words) for one in EXAMPLES])
    return dict(zip(EXAMPLES, said, strict=True))


def ran(folder: Path, wanted: Sequence[tuple[str, Sequence[str]]]) -> list[tuple[int, str, str]]:
    """Code, output and errors of each command."""
    done = subprocess.run(
        [sys.executable, "-c", CHILD],
        input=json.dumps(wanted),
        cwd=folder,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(REPOSITORY), "LC_ALL": "C.UTF-8"},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
        timeout=120,
    )
    return [tuple(each) for each in json.loads(done.stdout)]


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


def commands() -> Iterator[tuple[str, tuple[str, ...]]]:
    """Every `jalon …` of the guides' shell blocks, without what is said beside it."""
    for document in documents():
        if document.name not in GUIDES:
            continue
        text = document.read_text(encoding="utf-8")
        for block in SHELL.finditer(text):
            for line in block[1].replace("\\\n", " ").splitlines():
                if not line.startswith("jalon "):
                    continue
                words = shlex.split(line, comments=True)
                if not any(MORE in word for word in words):
                    yield document.name, tuple(words[1:])


def test_every_command_of_the_guides_is_one_that_jalon_understands() -> None:
    for document, words in commands():
        assert parser("fr").parse_args(words), (document, words)


def test_the_guides_commands_back_up_and_restore(clone: Path) -> None:
    """Taken while the store is open, as on a running service."""
    database = clone / "var" / "jalon.db"
    chosen = [words for _, words in commands() if words[0] in ("backup", "restore")]
    assert [words[0] for words in chosen] == ["backup", "restore", "restore"] * len(GUIDES)
    with open_database(f"sqlite:///{database}") as live:
        live.plan(PLAN_ID).note_fact("langue", "français")
        for code, _, complaints in ran(clone, [("fr", words) for words in chosen[:1]]):
            assert (code, complaints) == (0, "")
    database.unlink()
    for code, _, complaints in ran(clone, [("fr", words) for words in chosen[1:3]]):
        assert (code, complaints) == (0, "")
    with open_database(f"sqlite:///{database}", migrate=False) as back:
        assert back.plan(PLAN_ID).facts()["langue"] == "français"


@pytest.mark.parametrize("guide", ["open-data.md", "donnees-ouvertes.md"])
def test_the_catalogue_that_a_guide_shows_is_one_that_a_config_takes(guide: str) -> None:
    text = (REPOSITORY / "docs" / guide).read_text(encoding="utf-8")
    (block,) = re.findall(r"^```yaml\n(catalogue:\n.*?)^```$", text, re.DOTALL | re.MULTILINE)
    said = YAML(typ="safe").load(block)["catalogue"]
    lists = {key: tuple(value) for key, value in said.items() if isinstance(value, list)}
    assert CatalogueConfig.model_validate({**said, **lists}).catalogue().frequency == "temps_reel"
