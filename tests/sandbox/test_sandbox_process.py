"""The sandbox as a process of its own, as the demo and the end-to-end tests use it."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from sync.sandbox.process import RunningSandbox, sandbox_process

PARENT = """
from sync.sandbox.process import sandbox_process
import time
with sandbox_process() as it:
    print(it.pid, flush=True)
    time.sleep(60)
"""


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Any]:
    with sandbox_process(now="2026-01-05T15:00:00Z", frozen=True) as running:
        yield running


def test_it_says_where_it_is_and_answers_there(sandbox: RunningSandbox) -> None:
    answer = requests.get(
        f"{sandbox.url}/workspaces",
        headers={"Authorization": f"Bearer {sandbox.token}"},
        timeout=10,
    )
    assert answer.json()["data"][0]["gid"] == sandbox.workspace
    assert sandbox.control.state()["now"] == "2026-01-05T15:00:00.000Z"
    assert sandbox.url.startswith("http://127.0.0.1:")


def test_it_ends_with_the_process_that_started_it() -> None:
    """A test that is killed leaves no sandbox behind."""
    parent = subprocess.Popen(
        [
            sys.executable,
            "-c",
            PARENT,
        ],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    with parent:
        child = int(parent.stdout.readline())
        parent.kill()
    assert _ended(child)


def test_the_same_beginning_gives_the_same_gids() -> None:
    """A run can be told again."""
    gids = []
    for _ in range(2):
        with sandbox_process(seed=7) as running:
            gids.append((running.workspace, running.team, running.token))
    assert gids[0] == gids[1]
    assert gids[0][0].startswith("12000")


def _ended(pid: int) -> Any:
    for _ in range(500):
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return True
        if _is_zombie(pid):
            return True
        time.sleep(0.02)
    return False


def _is_zombie(pid: int) -> Any:
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8")
    except FileNotFoundError:
        return False
    return stat.rpartition(")")[2].split()[0] == "Z"
