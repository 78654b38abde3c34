"""A database of every released version, with rows in it, comes to this one with nothing lost."""

import importlib
import pkgutil
from typing import Any

import pytest
from alembic import command
from sqlalchemy import TableClause, Text, inspect, sql, text

from sync.adapters.store import Database, check_database, dialect, open_database, schema
from sync.adapters.store.columns import Json, Words
from sync.adapters.store.migrations import versions
from sync.adapters.store.tables import metadata
from sync.core.chain import Told, verify
from sync.errors import StoreRefused
from tests.adapters.store.stored_values import (
    LATER,
    NOW,
    dump,
    everything,
    fill,
    same_salt,
    upgraded_to,
)

Rows = dict[str, list[dict[str, Any]]]

MIGRATIONS = sorted(found.name for found in pkgutil.iter_modules(versions.__path__))
REVISIONS = [name[1:5] for name in MIGRATIONS]
NOT_NULL_AT_FIRST = ("actor", "reason_fr", "reason_en")
CHAINED = ("log", "log_where", "log_head", "sealed_log")
"""What the first revision could not hold as it is now; its rows are compared by themselves."""


def as_stored(name: str, columns: list[str]) -> TableClause:
    """A table whose JSON and words are the plain text that stands there."""
    types = {column.name: column.type for column in metadata.tables[name].c}
    plain = {n: Text() if isinstance(t, Json | Words) else t for n, t in types.items()}
    return sql.table(name, *(sql.column(n, plain[n]) for n in columns))


def rows_of(database: Database, columns: dict[str, list[str]]) -> Rows:
    with database._engine.connect() as connection:
        return {
            name: sorted(
                (
                    dict(row)
                    for row in connection.execute(as_stored(name, listed).select()).mappings()
                ),
                key=repr,
            )
            for name, listed in columns.items()
        }


def columns_of(database: Database) -> dict[str, list[str]]:
    with database._engine.connect() as connection:
        known = inspect(connection)
        return {
            table.name: [column["name"] for column in known.get_columns(table.name)]
            for table in metadata.sorted_tables
            if known.has_table(table.name)
        }


@pytest.mark.parametrize("revision", REVISIONS[:-1])
def test_a_database_of_a_released_version_comes_forward_whole(
    empty_url: str, revision: str
) -> None:
    """Every table that it had, with every kind of row that a store writes."""
    upgraded_to(empty_url, revision)
    with open_database("sqlite://", salts=same_salt) as scratch:
        for plan_id in ("p", "q"):
            fill(scratch.plan(plan_id), "é")
            scratch.plan(plan_id).take_lease("ici", NOW, 60)
        wanted = everything(scratch.plan("p"))
        with Database(*dialect.connect_to(empty_url)) as old:
            columns = columns_of(old)
            rows = rows_of(scratch, columns)
            if revision == "0001":  # nothing could be erased then
                for row in rows["log"]:
                    row.update((name, row[name] or "") for name in NOT_NULL_AT_FIRST)
            with old._engine.begin() as connection:
                for name, listed in rows.items():
                    assert listed, f"no row of {name}: nothing is proved of it"
                    insert = as_stored(name, columns[name]).insert()
                    connection.execute(insert, listed)

    with open_database(empty_url) as database:
        assert rows_of(database, columns) == rows
        read = everything(database.plan("p"))
        absent = {"settlements"} if revision < "0003" else set()
        compared = wanted.keys() - absent - set(CHAINED if revision == "0001" else ())
        assert {name: read[name] for name in compared} == {n: wanted[n] for n in compared}
        for plan_id in database.plan_ids():
            store = database.plan(plan_id)
            assert verify(store.sealed_log(), [Told(store.log_head(), "ici")]).faults == ()
        store.link("action:A-9", "99", NOW)
        last = store.log_head().rows
        store.erase_log(last, by="greffe", reason="demande", at=LATER)
        assert store.links()["action:A-9"] == "99"


def test_every_released_revision_is_tried() -> None:
    assert REVISIONS == ["0001", "0002", "0003", "0004", "0005"]
    assert schema.head() == REVISIONS[-1]


@pytest.mark.parametrize("name", MIGRATIONS)
def test_there_is_no_way_back(name: str) -> None:
    """A downgrade would drop what the past was proved by: a backup is the way back."""
    module = importlib.import_module(f"{versions.__name__}.{name}")
    assert not hasattr(module, "downgrade")


def test_a_downgrade_is_refused_and_changes_nothing(database: Database, url: str) -> None:
    fill(database.plan("p"), "é")
    before = dump(database)
    with (  # noqa: PT012
        pytest.raises(AttributeError, match="downgrade"),
        database.transaction(write=True) as transaction,
    ):
        config = schema._config()
        config.attributes["connection"] = transaction.connection
        command.downgrade(config, "-1")
    assert dump(database) == before


def test_a_newer_schema_is_refused_before_anything_is_written(database: Database, url: str) -> None:
    """Whatever is to be done with it: its rows may mean something else by now."""
    fill(database.plan("p"), "é")
    with database._engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '0099'"))
    before = dump(database)
    for opening in (
        lambda: open_database(url),
        lambda: open_database(url, migrate=False),
        lambda: check_database(url),
    ):
        with pytest.raises(StoreRefused) as refusal:
            opening()
        assert refusal.value.facts["problem"] == "newer"
        for words in (refusal.value.text.fr, refusal.value.text.en):
            assert "0099" in words
        assert "Installez cette version plus récente" in refusal.value.text.fr
        assert "Install that newer version" in refusal.value.text.en
    assert dump(database) == before


@pytest.mark.postgresql
def test_text_is_compared_byte_by_byte_on_postgresql_too(postgres_url: str) -> None:
    """Else what is read in order comes in another order than from SQLite."""
    with open_database(postgres_url) as database:
        with database._engine.connect() as connection:
            found = connection.exec_driver_sql(
                "SELECT table_name, column_name FROM information_schema.columns "
                "WHERE table_schema = 'public' AND data_type = 'text' "
                "AND collation_name IS DISTINCT FROM 'C'"
            ).all()
        assert found == []
        store = database.plan("p")
        store.agree({(ref, "é"): "x" for ref in ("b", "B", "é", "a-1", "a1", "A", "ab")})
        assert [ref for ref, _ in store.baselines()] == ["A", "B", "a-1", "a1", "ab", "b", "é"]
