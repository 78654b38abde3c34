"""What it takes to ask a database that was opened anew the same as the one before it."""

import logging
from datetime import UTC, datetime
from itertools import pairwise

import pytest

from sync.adapters.store import Database, open_database

AT = datetime(2026, 2, 1, 17, tzinfo=UTC)


def used(database: Database, gid: str) -> dict[str, str]:
    store = database.plan("becancour")
    store.link("action:A1-01", gid, AT)
    store.note_fact("seen", gid)
    assert store.facts() == {"seen": gid}
    return store.links()


def test_sql_is_compiled_once_for_all_the_databases_of_a_process(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """After each statement SQLAlchemy says whether it was `generated` or had been `cached`."""
    with open_database("sqlite://") as first, open_database("sqlite://") as second:
        used(first, "1200")
        with caplog.at_level(logging.INFO, logger="sqlalchemy.engine"):
            assert used(second, "1300") == {"action:A1-01": "1300"}
        assert used(first, "1200") == {"action:A1-01": "1200"}, "each holds its own all the same"

    told = list(pairwise(record.getMessage() for record in caplog.records))
    assert [statement for statement, then in told if "generated in" in then] == []
    assert len([statement for statement, then in told if "cached since" in then]) > 5
