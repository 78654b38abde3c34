"""
The postman: tells targets what webhooks owe them, from a thread of its own.

The world's lock is held only to see what is due and to note how it went, never while a target is
spoken to: it may well call the API before it answers. Targets are on this machine only, where
Asana accepts none: nothing of a rehearsal leaves it.
"""

import contextlib
import threading
from dataclasses import dataclass
from urllib.parse import urlsplit

import requests

from sync.sandbox.sandbox import Sandbox
from sync.sandbox.state import World
from sync.sandbox.webhooks import Parcel, Webhook, living, next_look, parcel, settle

ANSWER_SECONDS = 10
LONGEST_REST = 5.0
LOOPBACK = ("127.0.0.1", "localhost", "::1")


@dataclass(frozen=True, slots=True)
class Heard:
    """What a target answered; `status` is None when it did not."""

    status: int | None
    secret: str | None
    content: str


class Postman:
    """Starts its thread with the first webhook; `look` is cheap and may come from any thread."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox
        self._news = threading.Event()
        self._closing = False
        self._under_way: set[Webhook] = set()
        self._starting = threading.Lock()
        self._thread: threading.Thread | None = None

    def look(self) -> None:
        """Something may have become due."""
        if self._thread is None and not living(self._sandbox.world):
            return
        with self._starting:
            if self._thread is None and not self._closing:
                self._thread = threading.Thread(target=self._run, name="postman", daemon=True)
                self._thread.start()
        self._news.set()

    def close(self) -> None:
        with self._starting:
            self._closing = True
            thread = self._thread
        self._news.set()
        if thread is not None:
            thread.join()

    def _run(self) -> None:
        while not self._closing:
            self._news.clear()
            rest = self._round()
            self._news.wait(rest)

    def _round(self) -> float | None:
        """Send what is due, each from its own thread; how long nothing else can become due."""
        world, due, rests = self._sandbox.world, [], []
        with world.lock:
            for webhook in living(world):
                if webhook in self._under_way:
                    continue
                found = parcel(world, webhook)
                if found is not None:
                    self._under_way.add(webhook)
                    due.append(found)
                else:
                    rests.append(next_look(world, webhook))
            frozen = world.clock.frozen
        for each in due:
            threading.Thread(target=self._deliver, args=(world, each), daemon=True).start()
        if frozen or not rests:
            return None
        return min(max(min(rests), 0.01), LONGEST_REST)

    def _deliver(self, world: World, sent: Parcel) -> None:
        heard = Heard(None, None, "")
        try:
            for _ in range(2 if sent.webhook.twice else 1):
                heard = post(sent.webhook.target, sent.body, {"X-Hook-Signature": sent.signature})
        finally:
            with world.lock:
                settle(world, sent, heard.status, heard.content)
                self._under_way.discard(sent.webhook)
            self._news.set()


def reachable(target: str) -> bool:
    """Whether it is an address of this machine."""
    with contextlib.suppress(ValueError):
        parts = urlsplit(target)
        return parts.hostname in LOOPBACK
    return False


def well_formed(target: str) -> bool:
    with contextlib.suppress(ValueError):
        parts = urlsplit(target)
        _ = parts.port  # raises for a port that is no number
        return parts.scheme in ("http", "https") and bool(parts.hostname)
    return False


def post(target: str, body: bytes, headers: dict[str, str]) -> Heard:
    """One POST, within Asana's ten seconds, redirects not followed."""
    with requests.Session() as session:
        session.trust_env = False
        try:
            answer = session.post(
                target,
                data=body,
                headers={"Content-Type": "application/json", **headers},
                timeout=ANSWER_SECONDS,
                allow_redirects=False,
            )
        except requests.RequestException as error:
            return Heard(None, None, type(error).__name__)
        return Heard(answer.status_code, answer.headers.get("X-Hook-Secret"), answer.text)
