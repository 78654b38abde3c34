"""
One exchange over HTTP(S) with a target, bounded as a whole and bound to the address looked at.

No redirect is followed, no proxy is taken from the environment, and an answer ends where it is
longer than asked for. Whether an exchange may be repeated is for whoever makes it to say.
"""

import random
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from queue import Empty, SimpleQueue
from urllib.parse import urlsplit

import requests
from urllib3.exceptions import HTTPError, NewConnectionError

from sync.adapters.publish.reach import Resolve, Unreachable, pin, reachable, resolve
from sync.wording import Text

LONGEST_ANSWER = 64 * 1024
GLANCE = 10.0
"""Seconds that a target has to say how far it has come."""


def _utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Pace:
    """
    How long and how often, with every source of time and chance in one place.

    `deadline` bounds a whole delivery, attempts and waits included: socket timeouts alone do not
    bound an answer that drips, and the cycle holds its lease meanwhile. A Retry-After beyond it
    ends the delivery; the next cycle takes it up again.
    """

    connect: float = 5.0
    read: float = 15.0
    deadline: float = 30.0
    attempts: int = 3
    first_wait: float = 1.0
    monotonic: Callable[[], float] = time.monotonic
    now: Callable[[], datetime] = _utc_now
    sleep: Callable[[float], None] = time.sleep
    chance: Callable[[], float] = field(default=random.random)

    def wait(self, attempt: int) -> float:
        """Seconds after that attempt, longer each time and never the same for two who wait."""
        return self.chance() * self.first_wait * 2.0**attempt


def glance(pace: Pace) -> Pace:
    """One short look, before a cycle's own work: what does not answer at once is not waited for."""
    return replace(
        pace,
        connect=min(pace.connect, 5.0),
        read=min(pace.read, GLANCE),
        deadline=min(pace.deadline, GLANCE),
        attempts=1,
    )


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    body: bytes


class Lost(Exception):
    """No clear answer: what was asked for may have happened."""

    def __init__(self, why: Text) -> None:
        super().__init__(why.en)
        self.why = why


class Unconnected(Lost):
    """Nothing was sent: another address of the same host may be tried at once."""


TOO_SLOW = Text("réponse trop lente", "the answer is too slow")

Ask = Callable[[requests.Session], requests.Response]
"""Sends one request and gives its answer, unread; it must follow no redirect."""


class Line:
    """Exchanges with the host of one URL, each in a session of its own."""

    def __init__(
        self,
        url: str,
        pace: Pace,
        *,
        internal: bool = False,
        look_up: Resolve = resolve,
        open_session: Callable[[], requests.Session] = requests.Session,
    ) -> None:
        parts = urlsplit(url)
        self._host = parts.hostname or ""
        self._port = parts.port or (443 if parts.scheme == "https" else 80)
        self._pace = pace
        self._internal = internal
        self._look_up = look_up
        self._open_session = open_session

    def exchange(self, ask: Ask, seconds: float, longest: int = LONGEST_ANSWER) -> Answer:
        """
        The answer, of whose body no more than about `longest` bytes were read.

        It runs in a thread of its own because no socket timeout bounds a receiver that sends
        its headers one byte at a time; past the deadline the thread is left to its own end.
        Raises Lost, and Unreachable where the name leads where no target may be.
        """
        outcome: SimpleQueue[Answer | Lost | Unreachable] = SimpleQueue()
        thread = threading.Thread(
            target=lambda: outcome.put(self._tried(ask, seconds, longest)), daemon=True
        )
        thread.start()
        try:
            found = outcome.get(timeout=max(seconds, 0.001))
        except Empty:
            raise Lost(TOO_SLOW) from None
        if isinstance(found, (Lost, Unreachable)):
            raise found
        return found

    def _tried(self, ask: Ask, seconds: float, longest: int) -> Answer | Lost | Unreachable:
        try:
            addresses = reachable(
                self._host, self._port, internal=self._internal, look_up=self._look_up
            )
        except Unreachable as unreachable:
            return unreachable
        except (OSError, ValueError):
            return Unconnected(Text("nom d’hôte introuvable", "no such host name"))
        outcome: Answer | Lost = Lost(TOO_SLOW)
        for address in addresses:
            outcome = self._tried_at(address, ask, seconds, longest)
            if not isinstance(outcome, Unconnected):
                break
        return outcome

    def _tried_at(self, address: str, ask: Ask, seconds: float, longest: int) -> Answer | Lost:
        pace = self._pace
        ends = pace.monotonic() + seconds
        try:
            with self._open_session() as session:
                pin(session, address)
                with ask(session) as response:
                    received = b""
                    for chunk in response.iter_content(8192):
                        received += chunk
                        if pace.monotonic() > ends:
                            return Lost(TOO_SLOW)
                        if len(received) > longest:
                            break
                    return Answer(response.status_code, response.headers, received)
        except requests.ConnectTimeout:
            return Unconnected(Text("aucune réponse à temps", "no answer in time"))
        except requests.Timeout:
            return Lost(Text("aucune réponse à temps", "no answer in time"))
        except (requests.RequestException, HTTPError, OSError, ValueError) as broken:
            kind = type(broken).__name__  # the message may quote headers; the class cannot
            said = Text(f"connexion rompue ({kind})", f"connection broken ({kind})")
            return Unconnected(said) if _never_connected(broken) else Lost(said)


def _never_connected(broken: Exception) -> bool:
    reason = getattr(broken.args[0], "reason", None) if broken.args else None
    return isinstance(reason, NewConnectionError)


def passing(status: int) -> bool:
    """All of 5xx passes, but for 501: what a receiver never learned, it will not know later."""
    return status == 429 or (status >= 500 and status != 501)


def retry_after(value: str | None, now: datetime) -> float | None:
    """Seconds from a number or an HTTP date; None when absent, negative or not understood."""
    if value is None:
        return None
    try:
        seconds = float(int(value))
    except ValueError:
        try:
            seconds = (parsedate_to_datetime(value) - now).total_seconds()
        except (ValueError, TypeError):
            return None
    return seconds if seconds >= 0 else None
