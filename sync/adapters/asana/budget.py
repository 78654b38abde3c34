"""
What may be sent on one token: so many requests a minute, so many in flight, or none for a while.

Asana counts by token. So does this: every thread and, where a folder is given, every process of
this machine asks the same budget. Whoever dies leaves nothing behind that hinders the others: a
count is a committed row, a place in flight is a lock that ends with its process.

Nobody sleeps here: `ask` says how long to wait before asking again.
"""

import hashlib
import os
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final, Literal, cast

import structlog
from filelock import FileLock, Timeout
from pyrate_limiter import InMemoryBucket, Rate, RateItem, SQLiteBucket
from pyrate_limiter.abstracts.algorithm import Decision

Way = Literal["reads", "writes"]
MOST_IN_FLIGHT: Final[dict[Way, int]] = {"reads": 50, "writes": 15}
WINDOW_MS: Final = 31_000
"""
Half a quota in 31 seconds is never more than the quota in any minute, and leaves two seconds to
requests that reach Asana later than they were granted. Nobody waits longer than half a minute.
"""
LONGEST_REST: Final = 86_400.0
"""However long Asana asks for: after a day one request may find out whether that still holds."""
_LOCK_SECONDS: Final = 5.0
_CLEAN_EVERY: Final = 200

_log = structlog.get_logger(__name__)


def budget_folder(state: Path, url: str, token: str) -> Path:
    """Where all who use a token meet. Its name is a digest, from which no token comes back."""
    said = f"{url.rstrip('/')}\0{token}".encode()
    name = hashlib.blake2b(said, digest_size=12, person=b"jalon-budget").hexdigest()
    return state / "asana" / name


class Budget:
    """
    One token's budget; safe to share between threads.

    Without `folder` it is this process's alone; without `per_minute` it counts nothing. `ticks`
    tells seconds, and to all who share a folder the same ones. Where the folder cannot be used
    the budget says so in the log and goes on alone: Asana's own limit still stands behind it.
    """

    def __init__(
        self,
        per_minute: int | None = None,
        *,
        folder: Path | None = None,
        ticks: Callable[[], float] = time.time,
    ) -> None:
        self.ticks = ticks
        self._rates = [Rate(max(1, per_minute // 2), WINDOW_MS)] if per_minute else []
        self._bucket: SQLiteBucket | InMemoryBucket | None = None
        self._folder: Path | None = None
        self._mutex = threading.Lock()
        self._door: FileLock | None = None
        self._alone = False
        self._quiet = (float("-inf"), float("-inf"))
        self._asked = 0
        if folder is None:
            self._bucket = InMemoryBucket(self._rates) if self._rates else None
            return
        try:
            self._meet(folder)
        except (OSError, sqlite3.Error) as error:
            self._go_on_alone(error)

    def close(self) -> None:
        with self._mutex:
            self._rates = []
            if self._bucket is not None:
                self._bucket.close()

    # so many a minute

    def ask(self) -> float:
        """0 when one more request may leave now, and it is counted; else seconds to wait."""
        if not self._rates:
            return 0.0
        try:
            with self._inside():
                return self._granted()
        except Timeout:
            return _LOCK_SECONDS
        except (OSError, sqlite3.Error) as error:
            self._go_on_alone(error)
            with self._inside():
                return self._granted()

    def _granted(self) -> float:
        bucket, now = self._bucket, round(self.ticks() * 1000)
        if bucket is None:
            return 0.0
        if self._asked % _CLEAN_EVERY == 0:
            bucket.leak(now)
        self._asked += 1
        decision = cast(Decision, bucket.put_decision(RateItem("request", now)))
        if decision.allowed:
            return 0.0
        wait = decision.retry_after_ms or 1
        if wait <= WINDOW_MS + 1:
            return wait / 1000
        bucket.flush()  # what was counted lies in the future: the clock was put back
        bucket.put(RateItem("request", now))
        return 0.0

    # none for a while

    def rest(self, seconds: float) -> None:
        """Asana asks to be left alone: nobody on this token sends before then."""
        now = self.ticks()
        quiet = (now, now + min(seconds, LONGEST_REST))
        with self._mutex:
            self._quiet = _later(self._quiet, quiet, now)
        folder = self._folder
        if folder is None:
            return
        try:
            with self._inside():
                since, until = _later(_told(folder), quiet, now)
                fresh = folder / f"quiet.{os.getpid()}"
                fresh.write_text(f"{since} {until}", encoding="ascii")
                fresh.replace(folder / "quiet")
        except Timeout:
            return  # nobody else hears of it; each is then told by Asana itself
        except OSError as error:
            self._go_on_alone(error)

    def quiet_until(self) -> float:
        """In this budget's ticks; minus infinity when nobody asked for quiet."""
        now, folder, told = self.ticks(), self._folder, self._quiet
        if folder is not None:
            try:
                told = _told(folder)
            except OSError as error:
                self._go_on_alone(error)
        return _later(self._quiet, told, now)[1]

    def resting(self) -> float:
        """Seconds until anybody on this token may send; 0 when one may."""
        return max(0.0, self.quiet_until() - self.ticks())

    # so many in flight

    @contextmanager
    def place(self, way: Way) -> Iterator[bool]:
        """One of the places in flight that this machine has; False when all are taken."""
        taken: FileLock | None = None
        folder = self._folder
        if folder is not None:
            try:
                taken = _free_place(folder, way)
            except OSError as error:
                self._go_on_alone(error)
        try:
            yield taken is not None or self._folder is None
        finally:
            if taken is not None:
                with suppress(OSError):  # the place is free again when its process ends
                    taken.release()

    # the folder

    def _meet(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        door = FileLock(folder / "door", _LOCK_SECONDS, thread_local=False, poll_interval=0.01)
        with door:
            self._bucket = _counted(folder / "minute.db", self._rates) if self._rates else None
        self._door, self._folder = door, folder

    @contextmanager
    def _inside(self) -> Iterator[None]:
        """Alone among the threads here, then among the processes."""
        with self._mutex:
            if self._door is None:
                yield
            else:
                with self._door:
                    yield

    def _go_on_alone(self, error: Exception) -> None:
        """Once, whichever thread meets the reason first: a second count would begin at nothing."""
        with self._mutex:
            if self._alone:
                return
            self._alone = True
            self._folder = self._door = None
            if self._bucket is not None:
                self._bucket.close()
            self._bucket = InMemoryBucket(self._rates) if self._rates else None
        _log.warning("budget.alone", reason=type(error).__name__)


def _free_place(folder: Path, way: Way) -> FileLock | None:
    for number in range(MOST_IN_FLIGHT[way]):
        place = FileLock(folder / f"{way}-{number}", thread_local=False)
        with suppress(Timeout):
            place.acquire(timeout=0)
            return place
    return None


def _counted(file: Path, rates: list[Rate]) -> SQLiteBucket:
    """The rows of the last half minute. A file that is no database held nothing worth keeping."""
    try:
        bucket = SQLiteBucket.init_from_file(rates, db_path=str(file))
        bucket.conn.execute("PRAGMA journal_mode=WAL")
    except sqlite3.OperationalError:
        raise
    except sqlite3.DatabaseError:
        file.unlink()
        return _counted(file, rates)
    bucket.conn.execute("PRAGMA synchronous=NORMAL")
    return bucket


Span = tuple[float, float]


def _later(one: Span, other: Span, now: float) -> Span:
    """The longer quiet; one that has not begun was noted before the clock was put back."""
    begun = [span for span in (one, other) if span[0] <= now and span[1] - now <= LONGEST_REST]
    return max(begun, key=lambda span: span[1], default=(float("-inf"), float("-inf")))


def _told(folder: Path) -> Span:
    """What others noted; raises where there is a note that may not be read."""
    try:
        since, until = (folder / "quiet").read_text(encoding="ascii").split()
        return float(since), float(until)
    except (FileNotFoundError, ValueError):
        return float("-inf"), float("-inf")
