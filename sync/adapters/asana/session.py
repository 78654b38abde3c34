"""
One token's conversation with Asana: who may send when, how often, and what a failure means.

This is the only layer that repeats anything. A read is tried three times and so is a partial
update, which gives the same result however often it arrives. A creation is sent once: it is
repeated only when nothing can have happened (the line never opened, or 429). All repeats of a
session together have a budget. A pause longer than a minute is not slept through: it ends the
cycle and says when to come back.
"""

import contextlib
import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, Final, TypeVar

import structlog

from sync.adapters.asana.budget import Budget, Way
from sync.adapters.asana.client import make_client
from sync.adapters.asana.errors import doubtful, too_long, translate, unknown_after_all
from sync.adapters.asana.exchange import Answer, Failure, Transport, decode
from sync.adapters.asana.kinds import kind_of
from sync.adapters.asana.pacing import Pace, TooLong, asked_pause
from sync.adapters.asana.retries import Kind, Retries, jittered, may_repeat
from sync.errors import OutcomeUnknown, SyncError, TargetDenied, TargetUnavailable
from sync.wording import Text

Json = dict[str, Any]
T = TypeVar("T")

ASANA_URL: Final = "https://app.asana.com/api/1.0"
_SANDBOX_HEADER: Final = "Jalon-Sandbox"
_CHANGE_HEADER: Final = "Asana-Change"
_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Limits:
    """How long, how large, how often. Seconds, bytes, requests in flight."""

    connect_seconds: float = 10.0
    read_seconds: float = 30.0
    call_seconds: float = 60.0
    body_bytes: int = 20_000_000
    retries: Retries = field(default_factory=Retries)
    reads_in_flight: int = 5
    writes_in_flight: int = 5
    longest_pause: float = 60.0
    usual_pause: float = 5.0  # for a 429 that does not say


class Session:
    """
    Sends requests through the official SDK, within its limits, and counts them.

    The SDK's call and the reading of its answer go together in `call`: an answer that cannot be
    read counts as none. Building a session sends nothing. `sandbox` tells whether the answers
    came from the stand-in; a session that hears both kinds refuses to go on.
    """

    def __init__(
        self,
        token: str,
        *,
        url: str = ASANA_URL,
        limits: Limits | None = None,
        budget: Budget | None = None,
        sleep: Callable[[float], None] = time.sleep,
        chance: Callable[[], float] = random.random,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.limits = limits or Limits()
        self.now = now
        self._sleep = sleep
        self._chance = chance
        self._budget = budget or Budget()
        in_flight: dict[Way, int] = {
            "reads": self.limits.reads_in_flight,
            "writes": self.limits.writes_in_flight,
        }
        self._pace = Pace(
            self._budget, in_flight=in_flight, longest=self.limits.longest_pause, sleep=sleep
        )
        self._leave: Callable[[], None] = lambda: None
        self._lock = threading.Lock()
        self._sent: Counter[str] = Counter()
        self._repeats = 0
        self._spent = False
        self._sandbox: bool | None = None
        self._skew: float | None = None
        self._changes: set[str] = set()
        self._transport = Transport(
            connect_seconds=self.limits.connect_seconds,
            read_seconds=self.limits.read_seconds,
            call_seconds=self.limits.call_seconds,
            body_bytes=self.limits.body_bytes,
            lines=sum(in_flight.values()),
            sending=self._count,
        )
        self._url = url.rstrip("/")
        self.client: Any = make_client(token, self._url, self._transport)
        self.client.deserialize = self._read_answer

    def close(self) -> None:
        self._transport.close()
        self._budget.close()

    @property
    def sandbox(self) -> bool:
        return bool(self._sandbox)

    @property
    def skew_seconds(self) -> float | None:
        """How far Asana's clock is ahead of ours, by its last answer; None before one."""
        return self._skew

    def requests(self) -> Mapping[str, int]:
        """By kind, such as `GET /tasks/{}`; retries count."""
        with self._lock:
            return dict(self._sent)

    @property
    def repeats(self) -> int:
        """How many of them were sent again."""
        return self._repeats

    def resting(self) -> float:
        """Seconds that Asana wants to be left alone, where they are more than one sleeps."""
        seconds = self._budget.resting()
        return seconds if seconds > self.limits.longest_pause else 0.0

    def read(self, what: Text, call: Callable[[], T], *, broad: bool = False) -> T:
        """Read; `broad` says that no single object is concerned, so that a 403 means a right."""
        return self._perform("read", what, call, broad=broad)

    def update(self, what: Text, call: Callable[[], T]) -> T:
        """Write a partial update, which may safely arrive more than once."""
        return self._perform("update", what, call, broad=False)

    def create(self, what: Text, call: Callable[[], T], *, broad: bool = False) -> T:
        """Write what must not arrive twice."""
        return self._perform("create", what, call, broad=broad)

    @contextlib.contextmanager
    def leaving(self, leave: Callable[[], None]) -> Iterator[None]:
        """Have something asked at the last moment before a write is sent, and each repeat of it."""
        before, self._leave = self._leave, leave
        try:
            yield
        finally:
            self._leave = before

    def side_by_side(self, calls: Sequence[Callable[[], T]]) -> list[T]:
        """Run readings at the same time; the first that fails ends them all."""
        if len(calls) < 2:
            return [call() for call in calls]
        with ThreadPoolExecutor(min(len(calls), self.limits.reads_in_flight)) as pool:
            futures = [pool.submit(call) for call in calls]
            try:
                return [future.result() for future in futures]
            except BaseException:
                pool.shutdown(wait=False, cancel_futures=True)
                raise

    def _perform(self, kind: Kind, what: Text, call: Callable[[], T], *, broad: bool) -> T:
        doubts: list[Failure] = []
        try:
            return self._repeat(kind, what, call, doubts, broad=broad)
        except OutcomeUnknown:
            raise
        except TargetUnavailable as error:
            if doubts:
                raise unknown_after_all(what, error) from None
            raise

    def _repeat(
        self,
        kind: Kind,
        what: Text,
        call: Callable[[], T],
        doubts: list[Failure],
        *,
        broad: bool,
    ) -> T:
        """Try within the budget of repeats; `doubts` collects writes that may have happened."""
        writing = kind != "read"
        attempt = 0
        while True:
            attempt += 1
            try:
                with self._pace.turn("writes" if writing else "reads"):
                    if writing:
                        self._leave()
                    return call()
            except TooLong as wait:
                raise too_long(what, wait.seconds, self.now(), asked=wait.asked) from None
            except Failure as caught:
                failure = caught
            if writing and doubtful(failure):
                doubts.append(failure)
            error, pause = self._understood(failure, what, writing=writing, broad=broad)
            if not may_repeat(failure, kind) or not self._may_repeat_once_more(attempt):
                raise error
            if pause is None:
                self._sleep(jittered(attempt, self._chance()))

    def _understood(
        self, failure: Failure, what: Text, *, writing: bool, broad: bool
    ) -> tuple[SyncError, float | None]:
        """
        The error, and the pause that Asana asked for.

        A limit is the token's and an outage everybody's, so all wait; rejected requests count.
        """
        pause = None
        if failure.status == 429 or failure.status >= 500:
            pause = asked_pause(failure.headers, self.now())
        if failure.status == 429 and pause is None:
            pause = self.limits.usual_pause * (1.0 + self._chance())
        if pause is not None:
            self._budget.rest(pause)
        if failure.status == 429:
            return too_long(what, pause or 0.0, self.now(), asked=True), pause
        error = translate(failure, what, writing=writing, broad=broad)
        if isinstance(error, TargetUnavailable) and (pause or 0.0) > self.limits.longest_pause:
            error.retry_after = pause
        return error, pause

    def _may_repeat_once_more(self, attempt: int) -> bool:
        retries = self.limits.retries
        with self._lock:
            sent = self._sent.total()
            allowed = retries.allow(attempt, self._repeats, sent)
            self._repeats += allowed
            newly_spent = not allowed and attempt < retries.attempts and not self._spent
            self._spent = self._spent or newly_spent
        if newly_spent:
            _log.warning("repeats.spent", requests=sent, repeats=self._repeats)
        return allowed

    def _count(self, method: str, url: str) -> None:
        with self._lock:
            self._sent[kind_of(method, url, self._url)] += 1

    def _read_answer(self, answer: Answer, _response_type: object) -> Json:
        document = decode(answer)
        self._note_origin(answer)
        self._note_changes(answer)
        self._note_time(answer)
        return document

    def _note_time(self, answer: Answer) -> None:
        with contextlib.suppress(ValueError, TypeError, OverflowError):
            told = parsedate_to_datetime(answer.headers.get("Date", ""))
            self._skew = (told - self.now()).total_seconds()

    def _note_origin(self, answer: Answer) -> None:
        from_sandbox = _SANDBOX_HEADER in answer.headers
        with self._lock:
            if self._sandbox is None:
                self._sandbox = from_sandbox
            mixed = self._sandbox != from_sandbox
            self._sandbox = self._sandbox or from_sandbox
        if mixed:
            raise TargetDenied(
                Text(
                    "Des réponses du bac à sable et d’Asana se mêlent dans une même session. "
                    "Vérifier JALON_ASANA_URL et ce qui se trouve entre Jalon et Asana.",
                    "Answers of the sandbox and of Asana are mixed in one session. Check "
                    "JALON_ASANA_URL and what stands between Jalon and Asana.",
                )
            )

    def _note_changes(self, answer: Answer) -> None:
        """Asana announces what it is about to change; once per name is enough."""
        header = answer.headers.get(_CHANGE_HEADER, "")
        for name in header.split(","):
            announced = name.strip()[:200]
            with self._lock:
                new = bool(announced) and announced not in self._changes
                self._changes.add(announced)
            if new:
                _log.warning("asana.change_announced", change=announced)
