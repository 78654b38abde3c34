"""Commands run inside the test's process, which gets its logging and its folder back."""

import logging
import os
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import structlog

from sync.cli import main
from sync.sandbox.process import RunningSandbox, sandbox_process
from tests.cli.town import Town


@dataclass(frozen=True, slots=True)
class Answer:
    code: int
    out: str
    err: str


Jalon = Callable[..., Answer]


@pytest.fixture(scope="session")
def running() -> Iterator[RunningSandbox]:
    with sandbox_process() as process:
        yield process


@pytest.fixture
def sandbox(running: RunningSandbox) -> RunningSandbox:
    running.control.reset()
    return running


@pytest.fixture
def town(tmp_path: Path) -> Town:
    found = Town(tmp_path)
    found.settle()
    return found


@pytest.fixture
def jalon(
    town: Town, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[Jalon]:
    """`jalon("sync", "--json")` in the town, with its environment and no other."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    hooks = sys.excepthook, threading.excepthook, sys.unraisablehook
    monkeypatch.chdir(town.folder)

    def run(*words: str) -> Answer:
        for name in list(os.environ):
            if name.startswith(("JALON_", "ASANA_", "JETON_")):
                monkeypatch.delenv(name)
        for name, value in town.environ.items():
            monkeypatch.setenv(name, value)
        capsys.readouterr()
        code = main(list(words))
        said = capsys.readouterr()
        return Answer(code, said.out, said.err)

    yield run
    root.handlers[:], root.level = handlers, level
    sys.excepthook, threading.excepthook, sys.unraisablehook = hooks
    logging.captureWarnings(capture=False)
    structlog.reset_defaults()
