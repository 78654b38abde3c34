"""
Which deliveries are Asana's.

Each webhook has a door: a path that nobody can guess, and behind it the secret that Asana gave
when the webhook was made. A secret is taken only while our own request for that very webhook is
open, and once. From then on a body counts when its signature over the very bytes holds. What a
body says is not used, so the worst that a stolen one can do is to have the plan read once more;
one that came before does not even do that.
"""

import hmac
import json
import secrets
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, Literal

import structlog

SECRET: Final = "X-Hook-Secret"  # noqa: S105 - a header's name
SIGNATURE: Final = "X-Hook-Signature"
_REMEMBERED: Final = 4_096
_LONGEST_SECRET: Final = 512
_log = structlog.get_logger(__name__)

Why = Literal["path", "handshake", "unsigned", "signature"]
_STATUS: Final[Mapping[Why, int]] = {
    "path": 404,
    "handshake": 403,
    "unsigned": 401,
    "signature": 401,
}


@dataclass(frozen=True, slots=True)
class Delivery:
    """One request as it came in. Only `body` is people's: it is never logged."""

    path: str
    secret: str | None = field(repr=False)
    signature: str | None = field(repr=False)
    body: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Reply:
    status: int
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)


@dataclass(slots=True, eq=False)
class Door:
    """`heard_at` is when a good delivery, a heartbeat too, last came; at first, when it opened."""

    plan_id: str
    path: str = field(repr=False)
    heard_at: datetime
    secret: str | None = field(default=None, repr=False)
    expecting: bool = False
    _seen: OrderedDict[str, None] = field(default_factory=OrderedDict, repr=False)
    _refused: set[Why] = field(default_factory=set)

    def is_news(self, signature: str) -> bool:
        """False for a body that came before: Asana's differ at least in an instant."""
        fresh = signature not in self._seen
        self._seen[signature] = None
        if len(self._seen) > _REMEMBERED:
            self._seen.popitem(last=False)
        return fresh

    def proved_by(self, secret: str) -> bool:
        """Whether the answer to the create tells the secret that the handshake brought."""
        return self.secret is not None and hmac.compare_digest(
            self.secret.encode(), secret.encode("utf-8", "surrogateescape")
        )

    def first(self, why: Why) -> bool:
        """Whether this is the first refusal of its kind: one line in the log is enough."""
        told = why in self._refused
        self._refused.add(why)
        return not told


class Doors:
    """All of them, shared by the receiver's threads and the one that makes webhooks."""

    def __init__(
        self,
        *,
        heard: Callable[[str], object],
        now: Callable[[], datetime],
        new_path: Callable[[], str] = lambda: secrets.token_urlsafe(24),
    ) -> None:
        self._heard = heard
        self._now = now
        self._new_path = new_path
        self._lock = threading.Lock()
        self._doors: dict[str, Door] = {}
        self._elsewhere = Door("", "", now())  # stands for every path that is none

    def open(self, plan_id: str, path: str, secret: str) -> Door:
        """The door of a webhook that was made earlier."""
        door = Door(plan_id, path, self._now(), secret)
        with self._lock:
            self._doors[path] = door
        return door

    def new(self, plan_id: str) -> Door:
        """One at a path of its own, which refuses everything yet."""
        door = Door(plan_id, self._new_path(), self._now())
        with self._lock:
            self._doors[door.path] = door
        return door

    @contextmanager
    def expecting(self, door: Door) -> Iterator[None]:
        """It takes a secret until the end of the block, and not a moment longer."""
        with self._lock:
            door.expecting = True
        try:
            yield
        finally:
            with self._lock:
                door.expecting = False

    def close(self, door: Door) -> None:
        with self._lock:
            self._doors.pop(door.path, None)

    def answer(self, delivery: Delivery) -> Reply:
        """Quick, whatever is sent: nothing here waits for anybody."""
        last = delivery.path.partition("?")[0].rpartition("/")[2]  # a proxy may add a prefix
        with self._lock:
            door = self._doors.get(last)
            if door is None:
                return self._refuse(self._elsewhere, "path")
            if delivery.secret is not None:
                return self._shake_hands(door, delivery.secret)
            if delivery.signature is None:
                return self._refuse(door, "unsigned")
            if door.secret is None or not genuine(door.secret, delivery.body, delivery.signature):
                return self._refuse(door, "signature")
            door.heard_at = self._now()
            fresh = door.is_news(delivery.signature)
        if fresh and not is_heartbeat(delivery.body):
            self._heard(door.plan_id)
        return Reply(200)

    def _shake_hands(self, door: Door, secret: str) -> Reply:
        usable = secret.isascii() and secret.isprintable() and 0 < len(secret) <= _LONGEST_SECRET
        if not door.expecting or door.secret is not None or not usable:
            return self._refuse(door, "handshake")
        door.secret = secret
        return Reply(200, {SECRET: secret})

    def _refuse(self, door: Door, why: Why) -> Reply:
        if door.first(why):
            _log.warning("webhook.refused", plan=door.plan_id or None, why=why)
        return Reply(_STATUS[why])


def genuine(secret: str, body: bytes, signature: str) -> bool:
    """Over the bytes as they came, in constant time; header text is bytes that we were shown."""
    made = hmac.new(secret.encode(), body, "sha256").hexdigest()
    return hmac.compare_digest(made.encode(), signature.encode("utf-8", "surrogateescape"))


def is_heartbeat(body: bytes) -> bool:
    """An empty list of events; whatever cannot be read is a reason to look."""
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):
        return False
    return isinstance(document, dict) and document.get("events") == []
