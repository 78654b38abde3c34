"""
The version of a database: which it is, whether we may use it, and how it becomes ours.

Alembic is configured here, in code: a service needs no ini file beside it, and its logging
stays its own.
"""

from functools import cache
from typing import Final

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect, text

from sync.adapters.store.dialect import lock_for_migration
from sync.adapters.store.refusals import refused

_SCRIPTS: Final = "sync.adapters.store:migrations"


@cache
def head() -> str:
    """The revision that this release writes."""
    revision = _scripts().get_current_head()
    if revision is None:
        raise RuntimeError(f"no migration in {_SCRIPTS}: the package is incomplete")
    return revision


def revision_of(connection: Connection, place: str) -> str | None:
    """
    The database's revision, None for an empty one.

    Refuses what is not ours: a revision that we do not know, or somebody else's tables.
    """
    revision = MigrationContext.configure(connection).get_current_revision()
    if revision is None:
        tables = [name for name in inspect(connection).get_table_names() if name != _VERSION_TABLE]
        if tables:
            raise refused("foreign", place, min(tables))
        return None
    if revision not in {script.revision for script in _scripts().walk_revisions()}:
        raise refused("newer", place, revision, revision=revision)
    return revision


def require_own(connection: Connection, place: str) -> None:
    """Refuse a database that was upgraded since it was opened: its rows may mean another thing."""
    revision = connection.scalar(_REVISION)
    if revision != head():
        raise refused("newer", place, str(revision), revision=revision)


def upgrade(connection: Connection, place: str) -> None:
    """
    Bring the database to this release inside the caller's write transaction, or not at all.

    The revision is read again once the lock is held: another process that started at the same
    time may have done the work.
    """
    lock_for_migration(connection)
    if revision_of(connection, place) == head():
        return
    config = _config()
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


_VERSION_TABLE: Final = "alembic_version"
_REVISION: Final = text(f"SELECT version_num FROM {_VERSION_TABLE}")  # noqa: S608 - our own word


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", _SCRIPTS)
    return config


@cache
def _scripts() -> ScriptDirectory:
    return ScriptDirectory.from_config(_config())
