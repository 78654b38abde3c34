"""
Prism between a client and the sandbox, and what it said.

Prism is started once and judges everything that passes. A relay stands on each side of it: the
`ear` in front hears its answers, the `hand` behind leads to the sandbox of the moment and can
plant a lie in what the sandbox says. Prism's own log is the second witness: it counts what
Prism received and tells each refusal, so that a Prism that was bypassed or slept is noticed.
"""

import json
import os
import socket
import subprocess
import threading
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import requests

from tests.contract.needs import NODE_MODULES, node
from tests.contract.relay import Passed, Relay, relaying

PACKAGE: Final = "@stoplight/prism-cli"
PROBLEM: Final = "application/problem+json"
START_SECONDS: Final = 90
SETTLE_SECONDS: Final = 30
STOP_SECONDS: Final = 10
NOWHERE: Final = "/no-such-path-"


@dataclass(frozen=True, slots=True)
class Hearing:
    """What Prism received, what it handed on, what it objected to; as told by three witnesses."""

    exchanges: tuple[Passed, ...]
    reached: tuple[Passed, ...]
    received: int
    handed_on: int
    objections: tuple[str, ...]
    """In its answers, with the details."""
    complaints: tuple[str, ...]
    """In its log: every error and warning."""


class Prism:
    """`url` is the root to talk to. Prism serves at it without Asana's base path."""

    def __init__(self, ear: Relay, hand: Relay, log: "_Log") -> None:
        self.hand = hand
        self._ear = ear
        self._log = log

    @property
    def url(self) -> str:
        return self._ear.url

    @contextmanager
    def before(self, api_url: str) -> Iterator[None]:
        """Lead to this API; forget what passed."""
        self.hand.upstream = api_url.removesuffix("/")
        self._forget()
        try:
            yield
        finally:
            self.hand.tell_truth()
            self._forget()

    def hearing(self) -> Hearing:
        """All that was said since the API was set."""
        lines = self._settled()
        return Hearing(
            exchanges=tuple(self._ear.passed),
            reached=tuple(self.hand.passed),
            received=sum("Request received" in line for line in lines),
            handed_on=sum("The upstream call to" in line for line in lines),
            objections=tuple(
                objection for passed in self._ear.passed for objection in _objections(passed)
            ),
            complaints=tuple(line for line in lines if "error " in line or "warning " in line),
        )

    def _forget(self) -> None:
        self._settled()
        self._ear.passed.clear()
        self.hand.passed.clear()
        self._log.start_afresh()

    def _settled(self) -> list[str]:
        """
        The log up to now. Its lines keep the order of events, so a question that Prism must
        refuse, asked last, marks the place; that its refusal shows proves the log alive too.
        """
        mark = f"{NOWHERE}{uuid.uuid4().hex}"
        with requests.Session() as session:
            session.trust_env = False
            refused = session.get(f"{self._ear.upstream}{mark}", timeout=SETTLE_SECONDS)
        assert refused.status_code == 404
        return self._log.until(mark)


def _objections(passed: Passed) -> list[str]:
    where = f"{passed.method} {passed.path}"
    if passed.header("content-type").startswith(PROBLEM):
        problem = json.loads(passed.body)
        kind = str(problem["type"]).rpartition("#")[2]
        details = [_violation(each) for each in problem.get("validation", ())]
        return [f"{where}: {passed.status} {kind} {detail}" for detail in details or [""]]
    if told := passed.header("sl-violations"):
        return [f"{where}: {told}"]
    return []


def _violation(told: dict[str, object]) -> str:
    return f"{told.get('location')} {told.get('message')}"


class _Log:
    """What Prism prints, read as it comes, so that it never waits for a reader."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._lines: list[str] = []
        self._more = threading.Condition()
        self._ended = False
        self._process = process
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            with self._more:
                self._lines.append(line.rstrip())
                self._more.notify_all()
        with self._more:
            self._ended = True
            self._more.notify_all()

    def until(self, mark: str, *, seconds: float = SETTLE_SECONDS) -> list[str]:
        """Wait for the refusal of the marked question; the lines, without such questions."""
        self._wait(lambda line: mark in line and "terminated" in line, seconds)
        with self._more:
            return [line for line in self._lines if NOWHERE not in line]

    def wait_for(self, words: str, *, seconds: float) -> None:
        self._wait(lambda line: words in line, seconds)

    def _wait(self, sought: Callable[[str], bool], seconds: float) -> None:
        def there() -> bool:
            return any(map(sought, self._lines))

        with self._more:
            self._more.wait_for(lambda: there() or self._ended, seconds)
            if not there():
                raise AssertionError("Prism went silent: " + "\n".join(self._lines[-20:]))

    def start_afresh(self) -> None:
        with self._more:
            self._lines.clear()

    def join(self) -> None:
        self._reader.join(STOP_SECONDS)


@contextmanager
def prism_process(document: Path) -> Iterator[Prism]:
    """A validating proxy over this description."""
    binary = node(PACKAGE)
    port = _free_port()
    with relaying() as ear, relaying() as hand:
        command = [
            *(binary, str(NODE_MODULES / PACKAGE / "dist" / "index.js")),
            *("proxy", str(document), hand.url, "--errors"),
            *("--host", "127.0.0.1", "--port", str(port)),
        ]
        with subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env={"PATH": os.environ["PATH"], "NO_COLOR": "1"},
            text=True,
            encoding="utf-8",
        ) as process:
            log = _Log(process)
            try:
                log.wait_for("Prism is listening", seconds=START_SECONDS)
                ear.upstream = f"http://127.0.0.1:{port}"
                yield Prism(ear, hand, log)
            finally:
                process.terminate()
                try:
                    process.wait(STOP_SECONDS)
                except subprocess.TimeoutExpired:
                    process.kill()
                log.join()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
