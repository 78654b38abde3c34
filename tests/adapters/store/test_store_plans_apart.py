"""Several plans in one store do not see each other, whatever is written and in what order."""

from collections.abc import Iterator
from itertools import count

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import inspect

from sync.adapters.store import Database, open_database
from tests.adapters.store.stored_values import WRITES, everything, fill, same_salt

_EXAMPLES = count()


@pytest.fixture
def alone() -> Iterator[Database]:
    with open_database("sqlite://", salts=same_salt) as opened:
        yield opened


@pytest.mark.postgresql
@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_what_one_plan_writes_another_never_reads_on_postgresql(database: Database) -> None:
    """All methods upon one filling, which takes its time there."""
    fill(database.plan("p"), "un")
    fill(database.plan("q"), "un")
    before = everything(database.plan("q"))
    for method, write in WRITES.items():
        write(database.plan("p"), "trois")
        assert everything(database.plan("q")) == before, method


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
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


Turns = list[tuple[str, str, str]]
several = st.lists(
    st.tuples(
        st.sampled_from(["p", "q"]),
        st.sampled_from(sorted(set(WRITES) - {"begin_cycle", "end_cycle", "settle", "erase_log"})),
        st.sampled_from(["un", "deux", "trois"]),
    ),
    max_size=12,
)


@given(turns=several)
@settings(max_examples=15, deadline=None)
def test_interleaving_changes_nothing(memory: Database, turns: Turns) -> None:
    assert_as_alone(memory, turns)


@pytest.mark.postgresql
@given(turns=several)
@settings(max_examples=4, deadline=None)
def test_interleaving_changes_nothing_on_postgresql(served_memory: Database, turns: Turns) -> None:
    assert_as_alone(served_memory, turns)


def assert_as_alone(memory: Database, turns: Turns) -> None:
    example = next(_EXAMPLES)
    with open_database("sqlite://", salts=same_salt) as alone:
        for plan_id, method, word in turns:
            WRITES[method](memory.plan(f"{plan_id}{example}"), word)
        for plan_id, method, word in turns:
            if plan_id == "p":
                WRITES[method](alone.plan(f"p{example}"), word)
        mine = f"p{example}"
        assert everything(memory.plan(mine)) == everything(alone.plan(mine))


def test_a_store_names_the_plans_that_something_was_written_for(database: Database) -> None:
    assert database.plan_ids() == ()
    everything(database.plan("lu-seulement"))
    database.plan("q").note_fact("forme", "une")
    database.plan("p").note_fact("forme", "une")
    assert database.plan_ids() == ("p", "q")


def test_every_key_starts_with_the_plan(database: Database) -> None:
    """So that no table ever has to be rebuilt for a second city."""
    with database._engine.connect() as connection:
        known = inspect(connection)
        tables = set(known.get_table_names()) - {"alembic_version"}
        assert len(tables) > 10
        for table in tables:
            assert known.get_pk_constraint(table)["constrained_columns"][0] == "plan_id", table
