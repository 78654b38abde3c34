"""Several plans in one store do not see each other, whatever is written and in what order."""

from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from sync.adapters.store import Database, open_database
from tests.adapters.store.stored_values import WRITES, everything, fill, same_salt


@pytest.fixture
def alone() -> Iterator[Database]:
    with open_database("sqlite://", salts=same_salt) as opened:
        yield opened


@pytest.mark.parametrize("method", WRITES)
def test_what_one_plan_writes_another_never_reads(database: Database, method: str) -> None:
    fill(database.plan("p"), "un")
    fill(database.plan("q"), "un")  # the same keys: only the plan tells them apart
    before = everything(database.plan("q"))
    WRITES["begin_cycle"](database.plan("p"), "trois")
    WRITES[method](database.plan("p"), "trois" if method != "begin_cycle" else "quatre")
    assert everything(database.plan("q")) == before


def test_a_plan_reads_the_same_alone_and_in_company(database: Database, alone: Database) -> None:
    """Numbers, ids and orders included: nothing leaks through a shared counter."""
    for plan_id in ("p", "q", "r"):
        fill(database.plan(plan_id), "un" if plan_id == "q" else "autre")
    fill(alone.plan("q"), "un")
    assert everything(database.plan("q")) == everything(alone.plan("q"))


@given(
    turns=st.lists(
        st.tuples(
            st.sampled_from(["p", "q"]),
            st.sampled_from(
                sorted(set(WRITES) - {"begin_cycle", "end_cycle", "settle", "erase_log"})
            ),
            st.sampled_from(["un", "deux", "trois"]),
        ),
        max_size=12,
    )
)
@settings(max_examples=15, deadline=None)
def test_interleaving_changes_nothing(turns: list[tuple[str, str, str]]) -> None:
    with (
        open_database("sqlite://", salts=same_salt) as mixed,
        open_database("sqlite://", salts=same_salt) as alone,
    ):
        for plan_id, method, word in turns:
            WRITES[method](mixed.plan(plan_id), word)
        for plan_id, method, word in turns:
            if plan_id == "p":
                WRITES[method](alone.plan("p"), word)
        assert everything(mixed.plan("p")) == everything(alone.plan("p"))


def test_a_store_names_the_plans_that_something_was_written_for(database: Database) -> None:
    assert database.plan_ids() == ()
    everything(database.plan("lu-seulement"))
    database.plan("q").note_fact("forme", "une")
    database.plan("p").note_fact("forme", "une")
    assert database.plan_ids() == ("p", "q")


def test_every_key_starts_with_the_plan(database: Database) -> None:
    """So that no table ever has to be rebuilt for a second city."""
    with database._engine.connect() as connection:
        tables = connection.scalars(
            text(
                "SELECT name FROM sqlite_master WHERE type = 'table' AND name != 'alembic_version'"
            )
        ).all()
        for table in tables:
            key = connection.execute(text(f"PRAGMA table_info({table})")).all()
            first = next(column.name for column in key if column.pk == 1)
            assert first == "plan_id", table
