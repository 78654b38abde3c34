"""How a database becomes one of this release, and which ones we keep our hands off."""

import importlib
import io
import logging
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy import Connection, inspect
from sqlalchemy.dialects import postgresql
from sqlalchemy.schema import CreateIndex, CreateTable

from sync.adapters.store import Database, check_database, dialect, open_database, schema
from sync.adapters.store.tables import APPEND_ONLY, metadata
from sync.errors import StoreRefused
from tests.adapters.store.stored_values import dump, everything, fill

OPEN_AND_WRITE = """
import sys
from sync.adapters.store import open_database
print("ready", flush=True)
sys.stdin.readline()
with open_database(sys.argv[1]) as database:
    database.plan(sys.argv[2]).note_fact("forme", "une")
"""
FIRST = importlib.import_module("sync.adapters.store.migrations.versions.r0001_first_tables")
SETTLEMENTS = importlib.import_module("sync.adapters.store.migrations.versions.r0003_settlements")


def test_the_migrations_lead_to_the_tables_of_the_code(database: Database) -> None:
    with database._engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []


def test_upgrading_twice_changes_nothing(database: Database, url: str) -> None:
    fill(database.plan("p"), "un")
    before, read = dump(database), everything(database.plan("p"))
    with open_database(url) as again:
        assert everything(again.plan("p")) == read
    assert dump(database) == before


def test_the_pragmas_that_promises_rest_on_are_in_force(sqlite_database: Database) -> None:
    with sqlite_database._engine.connect() as connection:
        pragmas = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("foreign_keys", "journal_mode", "synchronous", "busy_timeout")
        }
    assert pragmas == {
        "foreign_keys": 1,
        "journal_mode": "wal",
        "synchronous": 2,  # FULL
        "busy_timeout": 15000,
    }


def test_a_database_of_other_software_is_refused(tmp_path: Path) -> None:
    """A mistyped path must not fill somebody else's file with our tables."""
    url = f"sqlite:///{tmp_path / 'autre.db'}"
    with sqlite3.connect(tmp_path / "autre.db") as other:
        other.execute("CREATE TABLE clients (nom TEXT)")
    other.close()
    before = (tmp_path / "autre.db").read_bytes()
    with pytest.raises(StoreRefused) as refusal:
        open_database(url)
    assert refusal.value.facts["problem"] == "foreign"
    assert "clients" in refusal.value.text.fr
    assert (tmp_path / "autre.db").read_bytes() == before


def test_reading_only_neither_creates_nor_upgrades(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'absente.db'}"
    with pytest.raises(StoreRefused) as refusal:
        open_database(url, migrate=False)
    assert refusal.value.facts["problem"] == "missing"
    check_database(url)  # the next start can create it
    assert list(tmp_path.iterdir()) == []


def test_an_upgrade_that_fails_leaves_the_database_as_it_was(
    empty_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The tables of the first half would make every later attempt fail."""
    upgrade = schema.upgrade

    def fail_at_the_end(connection: Connection, place: str) -> None:
        upgrade(connection, place)
        raise ZeroDivisionError

    with monkeypatch.context() as patched:
        patched.setattr(schema, "upgrade", fail_at_the_end)
        with pytest.raises(ZeroDivisionError):
            open_database(empty_url)
    with Database(*dialect.connect_to(empty_url)) as left, left._engine.connect() as connection:
        assert inspect(connection).get_table_names() == []
    with open_database(empty_url) as database:
        assert database.plan_ids() == ()


def test_processes_that_start_together_all_succeed(empty_url: str) -> None:
    """A service and a command on a fresh machine: one creates the tables, the others wait."""
    started = [
        subprocess.Popen(
            [sys.executable, "-c", OPEN_AND_WRITE, empty_url, f"plan-{number}"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for number in range(3)
    ]
    for process in started:
        assert process.stdout.readline() == "ready\n"
    for process in started:
        process.stdin.write("\n")
        process.stdin.flush()
    for process in started:
        process.communicate(timeout=60)
    assert [process.returncode for process in started] == [0, 0, 0]
    with open_database(empty_url, migrate=False) as database:
        assert database.plan_ids() == ("plan-0", "plan-1", "plan-2")


def test_opening_leaves_logging_alone(url: str) -> None:
    """Alembic's usual env.py replaces every handler: the service would go silent."""
    root = logging.getLogger()
    before = (list(root.handlers), root.level, logging.getLogger("alembic").level)
    open_database(url).close()
    assert (list(root.handlers), root.level, logging.getLogger("alembic").level) == before
    assert not logging.getLogger("sync").disabled


def test_the_triggers_of_the_migration_guard_the_tables_that_the_code_calls_append_only() -> None:
    assert tuple(table.name for table in APPEND_ONLY) == (*FIRST.APPEND_ONLY, "settlement")


def test_the_same_tables_can_be_written_for_postgresql() -> None:
    """By construction: every type, key, index and trigger has a PostgreSQL form."""
    server = postgresql.dialect()
    for table in metadata.sorted_tables:
        assert "TIMESTAMP WITHOUT" not in str(CreateTable(table).compile(dialect=server))
        for index in table.indexes:
            CreateIndex(index).compile(dialect=server)
    script = io.StringIO()
    context = MigrationContext.configure(
        dialect_name="postgresql", opts={"as_sql": True, "output_buffer": script}
    )
    with Operations.context(context):
        FIRST.upgrade()
        SETTLEMENTS.upgrade()
    for table in APPEND_ONLY:
        assert f"BEFORE UPDATE OR DELETE OR TRUNCATE ON {table.name} " in script.getvalue()
