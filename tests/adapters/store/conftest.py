"""A store on each kind of database; what holds on SQLite alone asks for a `sqlite_…`."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from sync.adapters.store import Database, PlanStore, open_database
from tests.adapters.store.stored_values import same_salt
from tests.empty_store import empty_store

if TYPE_CHECKING:
    from tests.postgres import Server


@pytest.fixture
def url(database_url: str) -> str:
    return database_url


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    (tmp_path / "jalon.db").write_bytes(empty_store())
    return f"sqlite:///{tmp_path / 'jalon.db'}"


@pytest.fixture
def database(url: str) -> Iterator[Database]:
    with open_database(url, salts=same_salt) as opened:
        yield opened


@pytest.fixture
def store(database: Database) -> PlanStore:
    return database.plan("becancour")


@pytest.fixture
def sqlite_database(sqlite_url: str) -> Iterator[Database]:
    with open_database(sqlite_url, salts=same_salt) as opened:
        yield opened


@pytest.fixture(scope="module")
def memory() -> Iterator[Database]:
    """For the many examples of one test, which tell themselves apart by their plan."""
    with open_database("sqlite://", salts=same_salt) as opened:
        yield opened


@pytest.fixture(scope="module")
def served_memory(postgres: "Server") -> Iterator[Database]:
    """The same on a server, where each statement takes its time: for fewer examples."""
    url = postgres.migrated()
    with open_database(url, salts=same_salt) as opened:
        yield opened
    postgres.drop(url)
