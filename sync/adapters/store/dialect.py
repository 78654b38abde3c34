"""
What differs between SQLite and PostgreSQL, and nothing else.

Everything outside this module (and the triggers in the migrations) is the same
SQLAlchemy Core on both.
"""

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from functools import cache
from pathlib import Path
from time import sleep
from typing import Any, Final
from urllib.parse import unquote, urlsplit

from sqlalchemy import URL, Connection, Engine, Table, create_engine, event, make_url, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import ArgumentError, NoSuchModuleError, OperationalError
from sqlalchemy.pool import QueuePool, StaticPool
from sqlalchemy.sql.dml import Insert
from sqlalchemy.util import LRUCache

from sync.adapters.store.refusals import refused

BUSY_SECONDS: Final = 15.0
"""How long a write waits for another process before it gives up as busy."""

_POSTGRESQL_SETTINGS: Final = {
    "timezone": "UTC",
    "lock_timeout": f"{BUSY_SECONDS:.0f}s",
    # A process that was stopped in a transaction would hold its plan until it is woken.
    "idle_in_transaction_session_timeout": "60s",
}
# What was published must be in the log after a crash of the server too. `off` forgets the last
# commits, and nobody may choose that for us: neither the server nor the address.
_POSTGRESQL_KEEPS: Final = "-c synchronous_commit=on"

_MIGRATION_LOCK: Final = 0x6A616C6F6E  # "jalon": one advisory lock for all of our processes
_BEGIN: Final = "jalon_begin"


class Statements(LRUCache[Any, Any]):
    """
    SQL as compiled for SQLite, once for all of a process's databases.

    A cycle opens the database anew, and an engine compiles every statement for itself: SQLAlchemy
    takes the engine's dialect for a part of the key. All SQLite engines here have the same one but
    in name: the same driver, library and settings. PostgreSQL's depends on what the server says.
    """

    def get(self, key: Any, default: Any = None) -> Any:
        _dialect, *statement = key
        return super().get(tuple(statement), default)

    def __setitem__(self, key: Any, compiled: Any) -> None:
        _dialect, *statement = key
        super().__setitem__(tuple(statement), compiled)


_STATEMENTS: Final = Statements(500)


def connect_to(url: str) -> tuple[Engine, str]:
    """An engine for one thread at a time, and the database's name for people, without secrets."""
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):
        # The text itself may hold a password, so it is not repeated.
        raise refused("url", "", "illisible / unreadable") from None
    backend = parsed.get_backend_name()
    try:
        if backend == "sqlite":
            return _sqlite_engine(parsed), place_of(parsed)
        if backend == "postgresql":
            return _postgresql_engine(parsed), place_of(parsed)
    except (NoSuchModuleError, ImportError) as error:
        raise refused("driver", place_of(parsed), str(error)) from error
    raise refused("url", "", f"« {backend} »")


def place_of(url: URL) -> str:
    path = file_of(url)
    if path is not None:
        return str(path)
    return url.set(query={}).render_as_string(hide_password=True)


def file_of(url: URL) -> Path | None:
    """The SQLite file behind a URL, None for a database in memory or on a server."""
    if url.get_backend_name() != "sqlite" or not url.database or url.database == ":memory:":
        return None
    if url.database.startswith("file:"):
        if url.query.get("mode") == "memory":
            return None
        return Path(unquote(urlsplit(url.database).path)).absolute()
    return Path(url.database).absolute()


def _sqlite_engine(url: URL) -> Engine:
    in_memory = file_of(url) is None
    connect_args: dict[str, Any] = {"check_same_thread": False}
    if "timeout" not in url.query:
        connect_args["timeout"] = BUSY_SECONDS
    engine = create_engine(
        url,
        poolclass=StaticPool if in_memory else QueuePool,
        connect_args=connect_args,
        execution_options={"compiled_cache": _STATEMENTS},
        hide_parameters=True,
        **({} if in_memory else {"pool_size": 1, "max_overflow": 0}),
    )

    @event.listens_for(engine, "connect")
    def prepare(connection: sqlite3.Connection, _record: object) -> None:
        # The driver must not begin transactions by itself: it would begin them late, deferred,
        # and not at all before DDL.
        connection.isolation_level = None
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA synchronous = FULL")
        # Without this, INSERT OR REPLACE slips past the triggers that refuse a delete.
        connection.execute("PRAGMA recursive_triggers = ON")
        # What is erased by decision must be nowhere in the file. Asked for from the first write
        # on: a text that was moved before then leaves a copy that no later request finds.
        connection.execute("PRAGMA secure_delete = ON")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        connection.exec_driver_sql(connection.get_execution_options().get(_BEGIN, "BEGIN"))

    return engine


def _postgresql_engine(url: URL) -> Engine:
    """What the address itself sets by `options` comes after ours, but for what a commit is."""
    if url.drivername == "postgresql":
        url = url.set(drivername="postgresql+psycopg")
    ours = [f"-c {name}={value}" for name, value in _POSTGRESQL_SETTINGS.items()]
    given = url.normalized_query.get("options", ())
    url = url.update_query_dict({"options": " ".join((*ours, *given, _POSTGRESQL_KEEPS))})
    return create_engine(url, pool_size=1, max_overflow=0, pool_pre_ping=True, hide_parameters=True)


def for_writing(connection: Connection) -> Connection:
    """
    Make the next transaction of this connection a writer's.

    SQLite takes its write lock at once: a read that turns into a write later fails without
    waiting when somebody wrote in between.
    """
    return connection.execution_options(**{_BEGIN: "BEGIN IMMEDIATE"})


def for_reading(connection: Connection) -> Connection:
    """Make all statements of the next transaction see one and the same state."""
    if connection.dialect.name == "sqlite":
        return connection.execution_options(**{_BEGIN: "BEGIN"})
    # Not read-only besides: SQLAlchemy would then begin the next one READ WRITE, against the will
    # of whoever made the database read-only.
    return connection.execution_options(isolation_level="REPEATABLE READ")


def try_to_write(connection: Connection) -> None:
    """
    Write something that the caller undoes.

    Beginning is no proof: SQLite turns an immediate transaction on a read-only file into a
    reader's without a word.
    """
    connection.execute(text("CREATE TABLE jalon_may_write (answer INTEGER)"))


def lock_for_migration(connection: Connection) -> None:
    """Let one process upgrade at a time; SQLite's write lock already does."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _MIGRATION_LOCK})


def use_write_ahead_log(connection: Connection) -> None:
    """
    Let readers go on while a cycle writes. The file remembers it, so a reader never sets it.

    Outside of any transaction. SQLite refuses the change at once, without its usual wait, while
    another process is opening the same new file, hence the loop.
    """
    driver = connection.connection.driver_connection
    if connection.dialect.name != "sqlite" or driver is None:
        return
    for pause in (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 0.0):
        try:
            if driver.execute("PRAGMA journal_mode").fetchone()[0] in {"wal", "memory"}:
                return
            driver.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            busy = error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY
            if not busy or not pause:
                raise OperationalError("PRAGMA journal_mode = WAL", None, error) from error
            sleep(pause)
        else:
            return


def empty_write_ahead_log(connection: Connection) -> None:
    """Outside of any transaction; where somebody still reads there, it stays as it is."""
    driver = connection.connection.driver_connection
    if connection.dialect.name == "sqlite" and driver is not None:
        driver.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()


def copy_into(connection: Connection, file: Path) -> None:
    """
    Copy a whole SQLite database, as it is at one instant, into a file of its own.

    In one step, so that a cycle that goes on writing neither waits nor makes it start again; and
    without a write-ahead log beside the copy, which therefore is one file.
    """
    driver = connection.connection.driver_connection
    if connection.dialect.name != "sqlite" or driver is None:
        raise ValueError("only an SQLite database is one file")
    try:
        with closing(sqlite3.connect(file)) as copy:
            driver.backup(copy)
            copy.execute("PRAGMA journal_mode = DELETE").fetchall()
    except sqlite3.Error as error:
        raise OperationalError("backup", None, error) from error


def insert_into(connection: Connection, table: Table) -> Insert:
    return _insert(connection.dialect.name, table).on_conflict_do_nothing()


def upsert_into(connection: Connection, table: Table, *, changed: Sequence[str]) -> Insert:
    """
    Insert, or set the `changed` columns where the key exists.

    With a single column a row that already holds the value is left untouched.
    """
    return _upsert(connection.dialect.name, table, tuple(changed))


@cache
def _upsert(dialect: str, table: Table, changed: tuple[str, ...]) -> Insert:
    """Made once: building the expression costs more than carrying it out."""
    insert = _insert(dialect, table)
    values = {name: insert.excluded[name] for name in changed}
    (*_, last) = changed
    return insert.on_conflict_do_update(
        index_elements=list(table.primary_key.columns),
        set_=values,
        where=table.c[last] != insert.excluded[last] if len(changed) == 1 else None,
    )


def _insert(dialect: str, table: Table) -> sqlite.Insert | postgresql.Insert:
    if dialect == "sqlite":
        return sqlite.insert(table)
    return postgresql.insert(table)
