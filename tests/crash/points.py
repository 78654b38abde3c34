"""
The numbered points of a cycle: each request, each commit, each step on the disk.

They are watched where they leave the process, in a child that is to die, so that no code of the
service knows of it: right before a request is sent and once its answer is in, right before a
transaction that wrote commits and right after, and right before each step that changes the
published folder. What comes next stands for the end of such a step.
"""

import os
import re
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection, Engine, event
from sqlalchemy.engine.default import DefaultDialect

from sync.adapters.asana import exchange
from sync.adapters.asana.kinds import kind_of

_WRITING: Final = os.O_WRONLY | os.O_RDWR | os.O_CREAT
_STATEMENT: Final = re.compile(r'\s*(?:INSERT(?: OR \w+)? INTO|UPDATE|DELETE FROM) "?(\w+)')
_DIGEST: Final = re.compile(r"(?<=-)[0-9a-f]{64}(?=-[ab])")
_STEPS: Final = {
    "os.rename": "rename", "os.symlink": "link", "os.mkdir": "make folder", "os.remove": "remove",
    "os.rmdir": "remove folder", "os.link": "hard link", "os.truncate": "truncate",
}  # fmt: skip
Passed = Callable[[str], None]


class Points:
    """Counts and names what is passed; at the number `last` the process is killed, for real."""

    def __init__(self, last: int | None = None, tell: int | None = None) -> None:
        self.names: list[str] = []
        self._last = last
        self._tell = tell

    def __call__(self, name: str) -> None:
        self.names.append(name)
        if len(self.names) == self._last:
            if self._tell is not None:
                os.write(self._tell, name.encode())
            os.kill(os.getpid(), signal.SIGKILL)
            signal.pause()  # in a thread, the others may run on until the signal is taken


def watch(passed: Passed, *, api: str, folder: Path) -> None:
    """Name every point from now on, for as long as this process lives."""
    _watch_requests(passed, api)
    _watch_commits(passed)
    _watch_disk(passed, os.path.realpath(folder))


def _watch_requests(passed: Passed, api: str) -> None:
    honest = exchange.Transport._send

    def send(self: Any, method: str, url: str, details: Any) -> Any:
        kind = kind_of(method, url, api)
        passed(f"{kind}: before")
        try:
            return honest(self, method, url, details)
        finally:
            passed(f"{kind}: after")

    exchange.Transport._send = send  # type: ignore[method-assign]


def _watch_commits(passed: Passed) -> None:
    written: dict[str, None] = {}

    @event.listens_for(Engine, "before_cursor_execute")
    def note(_to: Connection, _cursor: Any, statement: str, *_: Any) -> None:
        if found := _STATEMENT.match(statement):
            written[found[1]] = None

    @event.listens_for(Engine, "rollback")
    def forget(_to: Connection) -> None:
        written.clear()

    honest = DefaultDialect.do_commit

    def commit(self: Any, connection: Any) -> None:
        tables = ", ".join(written)
        written.clear()
        if tables:
            passed(f"commit {tables}: before")
        honest(self, connection)
        if tables:
            passed(f"commit {tables}: after")

    DefaultDialect.do_commit = commit  # type: ignore[method-assign]


def _behind(descriptor: int) -> str:
    return str(Path(f"/proc/self/fd/{descriptor}").readlink())


def _watch_disk(passed: Passed, folder: str) -> None:
    def place(path: Any, directory: Any = None) -> str | None:
        """Where in the published folder that is; None for anything outside of it."""
        name = _behind(path) if isinstance(path, int) else os.fsdecode(os.fspath(path))
        if isinstance(directory, int) and directory >= 0:
            name = str(Path(_behind(directory)) / name)
        if name != folder and not name.startswith(f"{folder}/"):
            return None
        return _DIGEST.sub("…", name[len(folder) + 1 :]) or "."

    def hook(happened: str, details: tuple[Any, ...]) -> None:
        if happened == "open":
            path, _mode, flags = details
            if flags & _WRITING and (where := place(path)):
                passed(f"{'write' if isinstance(path, int) else 'create'} {where}")
        elif happened in ("os.rename", "os.link"):
            source, target, from_directory, to_directory = details
            there = place(target, to_directory)
            if there:
                passed(f"{_STEPS[happened]} {place(source, from_directory)} to {there}")
        elif happened == "os.symlink":
            if where := place(details[1], details[2]):
                passed(f"link {where} to {_DIGEST.sub('…', os.fsdecode(os.fspath(details[0])))}")
        elif happened in _STEPS and (where := place(details[0], details[-1])):
            passed(f"{_STEPS[happened]} {where}")

    honest = os.fsync

    def fsync(descriptor: Any) -> None:
        if where := place(descriptor):
            passed(f"fsync {where}")
        honest(descriptor)

    os.fsync = fsync
    sys.addaudithook(hook)
