"""The sandbox as a process of its own, on a free port, ended with the one that started it."""

import contextlib
import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from sync.sandbox.client import SandboxControl

START_SECONDS = 30
STOP_SECONDS = 10


class SandboxDidNotStartError(Exception):
    """The process ended, or said nothing, before it was ready."""


@dataclass(frozen=True, slots=True)
class RunningSandbox:
    """What a client needs: the API's root, a token, the workspace; and the control hand."""

    url: str
    token: str
    workspace: str
    team: str
    control: SandboxControl
    pid: int


@contextlib.contextmanager
def sandbox_process(
    *, port: int = 0, seed: int = 1, now: str | None = None, frozen: bool = False
) -> Iterator[RunningSandbox]:
    """
    Start a sandbox, wait until it answers, and stop it at the end.

    It also stops by itself when this process dies: it watches its standard input, which is
    a pipe from here.
    """
    command = [sys.executable, "-m", "sync.sandbox", "--port", str(port), "--seed", str(seed)]
    command.append("--until-input-closes")
    if now is not None:
        command += ["--now", now]
    if frozen:
        command.append("--frozen")
    with subprocess.Popen(  # noqa: S603 - our own module, our own interpreter
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=_environment(),
        text=True,
        encoding="utf-8",
    ) as process:
        try:
            greeting = json.loads(_first_line(process))
            root = greeting["url"].removesuffix("/api/1.0")
            with SandboxControl(root) as control:
                yield RunningSandbox(
                    url=greeting["url"],
                    token=greeting["token"],
                    workspace=greeting["workspace"],
                    team=greeting["team"],
                    control=control,
                    pid=process.pid,
                )
        finally:
            process.terminate()
            try:
                process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()


def _environment() -> dict[str, str]:
    """The child finds the same `sync` as we do, installed or not."""
    root = str(Path(__file__).resolve().parents[2])
    paths = [root, *filter(None, [os.environ.get("PYTHONPATH")])]
    return {**os.environ, "PYTHONPATH": os.pathsep.join(paths), "PYTHONIOENCODING": "utf-8"}


def _first_line(process: subprocess.Popen[str]) -> str:
    lines: list[str] = []

    def read() -> None:
        if process.stdout is not None:
            lines.append(process.stdout.readline())

    reader = threading.Thread(target=read, daemon=True)
    reader.start()
    reader.join(START_SECONDS)
    if not lines or not lines[0]:
        raise SandboxDidNotStartError(
            "Le bac à sable n'a pas démarré (sa sortie d'erreur dit pourquoi). "
            "The sandbox did not start (its standard error says why)."
        )
    return lines[0]
