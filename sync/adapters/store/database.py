"""One database, which may hold several plans, and its transactions."""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import Self

from sqlalchemy import Connection, Engine, select

from sync.adapters.store import dialect, schema
from sync.adapters.store.log import Salts, random_salt
from sync.adapters.store.plan_store import PlanStore
from sync.adapters.store.refusals import refused, translated
from sync.adapters.store.tables import plan
from sync.adapters.store.transactions import Transaction
from sync.system import reason_of
from sync.wording import Text

_IDENTITY = "jalon_file"


def open_database(url: str, *, migrate: bool = True, salts: Salts = random_salt) -> "Database":
    """
    Open a database and bring it to this release, creating file and folders where they lack.

    With `migrate` false nothing is created or changed, and a database that lacks or that would
    need an upgrade is refused: for commands that only read. `salts` go to the rows of the log.
    """
    engine, place = dialect.connect_to(url)
    database = Database(engine, place, salts)
    try:
        if migrate:
            database.migrate()
        else:
            database.require_current()
    except BaseException:
        database.close()
        raise
    return database


def check_address(url: str) -> None:
    """Raise StoreRefused for an address that no driver here understands; contact nothing."""
    engine, _ = dialect.connect_to(url)
    engine.dispose()


def check_database(url: str) -> None:
    """
    Raise StoreRefused when `open_database` would; create and change nothing.

    A database that does not exist yet, or that the next start will upgrade, passes.
    """
    engine, place = dialect.connect_to(url)
    with Database(engine, place) as database:
        database.check()


class Database:
    """
    A store of plans. One thread at a time; a second one in a transaction is refused.

    Plans cannot see each other, but they share a transaction: what is done on one of them inside
    another's commits or vanishes with it.
    """

    def __init__(self, engine: Engine, place: str, salts: Salts = random_salt) -> None:
        self.place = place
        self._engine = engine
        self._salts = salts
        self._file = dialect.file_of(engine.url)
        self._busy = threading.Lock()
        self._owner: int | None = None
        self._current: Transaction | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def plan(self, plan_id: str) -> PlanStore:
        """A new view of one plan. The lease belongs to the view that took it."""
        return PlanStore(self, plan_id, salts=self._salts)

    def plan_ids(self) -> tuple[str, ...]:
        """Plans that something was ever written for."""
        with self.transaction(write=False) as transaction:
            return tuple(
                transaction.connection.scalars(select(plan.c.plan_id).order_by(plan.c.plan_id))
            )

    def close(self) -> None:
        self._engine.dispose()

    def migrate(self) -> None:
        """Create or upgrade, in one transaction; nothing is written when nothing is to be done."""
        if self._file is not None:
            self._require_no_log_without_file(self._file)
            _make_folder(self._file.parent, self.place)
        with self.transaction(write=False) as transaction:
            if schema.revision_of(transaction.connection, self.place) == schema.head():
                return
        with translated(self.place), self._engine.connect() as connection:
            dialect.use_write_ahead_log(connection)
        with self.transaction(write=True) as transaction:
            schema.upgrade(transaction.connection, self.place)

    def require_current(self) -> None:
        """Refuse a database that this release cannot read as it stands."""
        self._require_file()
        with self.transaction(write=False) as transaction:
            revision = schema.revision_of(transaction.connection, self.place)
        if revision is None:
            raise refused("missing", self.place)
        if revision != schema.head():
            raise refused("older", self.place, revision)

    def check(self) -> None:
        """
        Refuse a database that cannot be opened, read and written by this release.

        Changes nothing: the right to write is proved by a write that is undone. A file that does
        not exist yet passes when its folder can take it.
        """
        if self._file is not None and not self._file.exists():
            self._require_no_log_without_file(self._file)
            _require_writable_folder(self._file.parent, self.place)
            return
        with suppress(_Undo), self.transaction(write=True) as transaction:
            schema.revision_of(transaction.connection, self.place)
            dialect.try_to_write(transaction.connection)
            raise _Undo

    def tidy(self) -> None:
        """
        Leave nothing of what was erased beside the file, unless another process reads there.

        Inside a transaction it is done once that one has committed.
        """
        if self._current is not None:
            self._current.tidies = True
            return
        with translated(self.place), self._engine.connect() as connection:
            dialect.empty_write_ahead_log(connection)

    @property
    def file(self) -> Path | None:
        """The SQLite file; None in memory and on a server."""
        return self._file

    def copy_into(self, file: Path) -> None:
        """A whole copy of one instant, whatever another process writes meanwhile; SQLite only."""
        self._require_file()
        with translated(self.place), self._engine.connect() as connection:
            dialect.copy_into(connection, file)

    def revision(self) -> str | None:
        """Which version of the tables it has; refuses what is not ours or is newer."""
        with self.transaction(write=False) as transaction:
            return schema.revision_of(transaction.connection, self.place)

    def examine(self) -> None:
        """Have the database look through itself; refuse it as damaged where it finds a fault."""
        with self.transaction(write=False) as transaction:
            if transaction.connection.dialect.name != "sqlite":
                return
            said = transaction.connection.exec_driver_sql("PRAGMA integrity_check(1)").scalar()
        if said != "ok":
            raise refused("corrupt", self.place, str(said))

    @contextmanager
    def transaction(self, *, write: bool) -> Iterator[Transaction]:
        """
        The transaction that is open, or a new one: everything inside commits, or nothing does.

        When a part failed, the whole is undone even if the caller caught that error: it comes
        up again at the end, because half of the work must not look like all of it.
        """
        if self._owner == threading.get_ident() and self._current is not None:
            with self._joined(self._current, write=write) as transaction:
                yield transaction
            return
        if not self._busy.acquire(blocking=False):
            raise RuntimeError(f"the store {self.place} is in use by another thread")
        self._owner = threading.get_ident()
        try:
            with translated(self.place), self._begun(write=write) as transaction:
                yield transaction
        finally:
            self._owner = None
            self._busy.release()
        if transaction.tidies:
            self.tidy()

    @contextmanager
    def _joined(self, transaction: Transaction, *, write: bool) -> Iterator[Transaction]:
        if write and not transaction.write:
            raise RuntimeError("a write cannot join a transaction that only reads")
        try:
            with translated(self.place):
                yield transaction
        except BaseException as error:
            transaction.failure = transaction.failure or error
            raise

    @contextmanager
    def _begun(self, *, write: bool) -> Iterator[Transaction]:
        begin = dialect.for_writing if write else dialect.for_reading
        with self._connected() as connection:
            self._require_same_file(connection, write=write)
            transaction = Transaction(begin(connection), write=write)
            try:
                with connection.begin():
                    self._current = transaction
                    try:
                        yield transaction
                    finally:
                        self._current = None
                    transaction.require_whole()
            except BaseException:
                transaction.undone()
                raise

    def _connected(self) -> Connection:
        """SQLite quotes the name that it finds damaged, and Python cannot decode it."""
        try:
            return self._engine.connect()
        except UnicodeDecodeError as error:
            raise refused("corrupt", self.place, type(error).__name__) from error

    def _require_same_file(self, connection: Connection, *, write: bool) -> None:
        """What is written into a file that was taken away is lost, and nothing says so."""
        if self._file is None:
            return
        try:
            found = self._file.stat()
        except OSError:
            standing = None
        else:
            standing = (found.st_dev, found.st_ino)
        known = connection.info.get(_IDENTITY)
        if known is None:
            connection.info[_IDENTITY] = standing
        elif write and standing != known:
            raise refused("moved", self.place)

    def _require_file(self) -> None:
        if self._file is not None and not self._file.exists():
            self._require_no_log_without_file(self._file)
            raise refused("missing", self.place)

    def _require_no_log_without_file(self, file: Path) -> None:
        """SQLite erases what was written ahead of a file that is gone, and says nothing."""
        log = file.with_name(f"{file.name}-wal")
        if not file.exists() and log.is_file() and log.stat().st_size:
            raise refused("log_left", self.place, log.name)


def _make_folder(folder: Path, place: str) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise refused("folder", place, _of(folder, error)) from error


def _of(folder: Path, error: OSError) -> Text:
    why = reason_of(error)
    return Text(f"{folder} : {why.fr}", f"{folder}: {why.en}")


def _require_writable_folder(folder: Path, place: str) -> None:
    """The nearest folder that exists must let us create the rest."""
    nearest = next(each for each in (folder, *folder.parents) if each.exists())
    may = os.access(
        nearest, os.W_OK | os.X_OK, effective_ids=os.access in os.supports_effective_ids
    )
    if not nearest.is_dir() or not may:
        raise refused("folder", place, str(nearest))


class _Undo(Exception):
    pass
