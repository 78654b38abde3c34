from collections.abc import Iterator
from pathlib import Path

import pytest

from sync.adapters.store import Database, PlanStore, open_database
from tests.adapters.store.stored_values import same_salt


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'jalon.db'}"


@pytest.fixture
def database(url: str) -> Iterator[Database]:
    with open_database(url, salts=same_salt) as opened:
        yield opened


@pytest.fixture
def store(database: Database) -> PlanStore:
    return database.plan("becancour")
