"""
One token's conversation with Asana: who may send when, how often, and what a failure means.

This is the only layer that repeats anything. A read is tried three times and so is a partial
update, which gives the same result however often it arrives. A creation is sent once: it is
repeated only when nothing can have happened (the line never opened, or 429). A pause longer
than a minute is not slept through: it ends the cycle and says when to come back.
"""

import contextlib
import logging
import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, Final, Literal, TypeVar

import asana
import structlog

from sync import __version__
from sync.adapters.asana.errors import doubtful, too_long, translate, unknown_after_all
from sync.adapters.asana.exchange import Answer, Failure, Transport, decode
from sync.adapters.asana.kinds import kind_of
from sync.errors import ConfigError, OutcomeUnknown, SyncError, TargetDenied, TargetUnavailable
from sync.wording import Text

Json = dict[str, Any]
Kind = Literal["read", "update", "create"]
T = TypeVar("T")

ASANA_URL: Final = "https://app.asana.com/api/1.0"
_SANDBOX_HEADER: Final = "Jalon-Sandbox"
_CHANGE_HEADER: Final = "Asana-Change"
_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Limits:
    """How long, how large, how often. Seconds, bytes, attempts, requests in flight."""

    connect_seconds: float = 10.0
    read_seconds: float = 30.0
    call_seconds: float = 60.0
    body_bytes: int = 20_000_000
    attempts: int = 3
    in_flight: int = 5
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
        sleep: Callable[[float], None] = time.sleep,
        chance: Callable[[], float] = random.random,
        monotonic: Callable[[], float] = time.monotonic,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.limits = limits or Limits()
        self.now = now
        self._sleep = sleep
        self._chance = chance
        self._monotonic = monotonic
        self._slots = threading.BoundedSemaphore(self.limits.in_flight)
        self._lock = threading.Lock()
        self._sent: Counter[str] = Counter()
        self._quiet_until = float("-inf")
        self._sandbox: bool | None = None
        self._skew: float | None = None
        self._changes: set[str] = set()
        self._transport = Transport(
            connect_seconds=self.limits.connect_seconds,
            read_seconds=self.limits.read_seconds,
            call_seconds=self.limits.call_seconds,
            body_bytes=self.limits.body_bytes,
            lines=self.limits.in_flight,
            sending=self._count,
        )
        self._url = url.rstrip("/")
        self.client: Any = _client(_checked(token), self._url, self._transport)
        self.client.deserialize = self._read_answer

    def close(self) -> None:
        self._transport.close()

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

    def read(self, what: Text, call: Callable[[], T], *, broad: bool = False) -> T:
        """Read; `broad` says that no single object is concerned, so that a 403 means a right."""
        return self._perform("read", what, call, broad=broad)

    def update(self, what: Text, call: Callable[[], T]) -> T:
        """Write a partial update, which may safely arrive more than once."""
        return self._perform("update", what, call, broad=False)

    def create(self, what: Text, call: Callable[[], T], *, broad: bool = False) -> T:
        """Write what must not arrive twice."""
        return self._perform("create", what, call, broad=broad)

    def side_by_side(self, calls: Sequence[Callable[[], T]]) -> list[T]:
        """Run readings at the same time; the first that fails ends them all."""
        if len(calls) < 2:
            return [call() for call in calls]
        with ThreadPoolExecutor(min(len(calls), self.limits.in_flight)) as pool:
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
        """Try within the budget of attempts; `doubts` collects writes that may have happened."""
        writing = kind != "read"
        attempt = 0
        while True:
            attempt += 1
            self._wait_for_quiet(what)
            try:
                with self._slots:
                    return call()
            except Failure as caught:
                failure = caught
            if writing and doubtful(failure):
                doubts.append(failure)
            if failure.status == 429:
                error: SyncError = self._pause_everyone(failure, what)
            else:
                error = translate(failure, what, writing=writing, broad=broad)
            if attempt >= self.limits.attempts or not _may_repeat(failure, kind):
                raise error
            if failure.status != 429:
                self._sleep(self._chance() * min(8.0, 0.5 * 2.0**attempt))  # full jitter

    def _pause_everyone(self, failure: Failure, what: Text) -> TargetUnavailable:
        """A limit is the token's, so every thread waits for it, and rejected calls count."""
        pause = _retry_after(failure.headers, self.now())
        if pause is None:
            pause = self.limits.usual_pause * (1.0 + self._chance())
        with self._lock:
            self._quiet_until = max(self._quiet_until, self._monotonic() + pause)
        return too_long(what, pause)

    def _wait_for_quiet(self, what: Text) -> None:
        with self._lock:
            pause = self._quiet_until - self._monotonic()
        if pause > self.limits.longest_pause:
            raise too_long(what, pause)
        if pause > 0:
            self._sleep(pause)

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


def _may_repeat(failure: Failure, kind: Kind) -> bool:
    if failure.mishap == "untrusted":
        return False
    if failure.mishap == "unsent" or failure.status == 429:
        return True
    if kind == "create":
        return False
    if failure.mishap == "unreadable":
        return not 300 <= failure.status <= 399  # a redirect will not change its mind
    return failure.mishap != "status" or failure.status >= 500


def _retry_after(headers: Mapping[str, str], now: datetime) -> float | None:
    """Seconds, or None when the header is absent or says nothing usable."""
    said = headers.get("Retry-After", "").strip()
    with contextlib.suppress(ValueError, OverflowError):
        seconds = float(said)
        return seconds if 0 <= seconds < float("inf") else None
    with contextlib.suppress(ValueError, TypeError, OverflowError):
        moment = parsedate_to_datetime(said)
        return max(0.0, (moment - now).total_seconds())
    return None


def _checked(token: str) -> str:
    """A token is one printable word; anything else would end in a header, or in a TypeError."""
    if not token or not token.isascii() or not token.isprintable() or " " in token:
        raise ConfigError(
            Text(
                "Jeton Asana absent ou mal formé : un seul mot, sans espace ni saut de ligne. "
                "Vérifier ASANA_ACCESS_TOKEN ou ASANA_ACCESS_TOKEN_FILE.",
                "Asana token missing or malformed: one word, without spaces or line breaks. "
                "Check ASANA_ACCESS_TOKEN or ASANA_ACCESS_TOKEN_FILE.",
            )
        )
    return token


def _client(token: str, url: str, transport: Transport) -> Any:
    with _loggers_left_alone():
        configuration: Any = asana.Configuration()
    configuration.host = url
    configuration.access_token = token
    configuration.retry_strategy = False
    configuration.return_page_iterator = False
    client: Any = asana.ApiClient(configuration)
    client.pool.close()  # for async_req, which is never used
    client.pool.join()
    del client.pool
    client.rest_client = transport
    client.user_agent = f"Jalon/{__version__}"
    return client


@contextlib.contextmanager
def _loggers_left_alone() -> Iterator[None]:
    """The SDK's first configuration takes over two loggers of the whole process."""
    loggers = [logging.getLogger(name) for name in ("asana", "urllib3")]
    before = [(logger.level, list(logger.handlers)) for logger in loggers]
    try:
        yield
    finally:
        for logger, (level, handlers) in zip(loggers, before, strict=True):
            logger.setLevel(level)
            for handler in set(logger.handlers) - set(handlers):
                logger.removeHandler(handler)
