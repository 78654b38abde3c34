import pytest
from hypothesis import HealthCheck, given, settings
from sqlalchemy import select

from sync.adapters.store import Database, PlanStore
from sync.adapters.store.tables import mirror_object
from sync.model.target import Observed, ObservedTask
from tests.adapters.store.stored_values import NOW, observations, observed


def orders(seen: Observed) -> tuple[list[str], ...]:
    return (list(seen.projects), list(seen.tasks), list(seen.order))


@given(first=observations, second=observations)
@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_the_mirror_gives_back_exactly_what_was_remembered(
    memory: Database, first: Observed, second: Observed
) -> None:
    """Whatever stood there before: a leftover row would be a task that nobody ever read."""
    assert_given_back(memory, first, second)


@pytest.mark.postgresql
@given(first=observations, second=observations)
@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_the_mirror_on_postgresql_gives_back_exactly_what_was_remembered(
    served_memory: Database, first: Observed, second: Observed
) -> None:
    assert_given_back(served_memory, first, second)


def assert_given_back(memory: Database, first: Observed, second: Observed) -> None:
    store = memory.plan("p")
    for given_ in (first, second, first):
        store.remember(given_, {"projet": "jeton"}, "c")
        restored = store.mirror()
        assert restored == given_
        assert orders(restored) == orders(given_)
        assert [
            [type(value) for value in task.fields.values()] for task in restored.tasks.values()
        ] == [[type(value) for value in task.fields.values()] for task in given_.tasks.values()]


def test_nothing_was_ever_remembered_is_not_an_empty_mirror(store: PlanStore) -> None:
    """An empty mirror would say that every task is gone."""
    assert store.mirror() is None
    store.remember(Observed(complete=True, read_at=NOW), {}, "c")
    assert store.mirror() == Observed(complete=True, read_at=NOW)


def test_only_what_changed_is_written_again_and_what_is_gone_is_removed(
    store: PlanStore, database: Database
) -> None:
    """A quiet cycle over ten thousand tasks must not rewrite ten thousand rows."""
    before = observed("t", tasks=4)
    store.remember(before, {}, "c1")
    changed = {**before.tasks, "t1": ObservedTask(gid="t1", name="autre nom")}
    del changed["t3"]
    store.remember(Observed(complete=True, read_at=NOW, tasks=changed), {}, "c2")

    with database._engine.connect() as connection:
        rows = connection.execute(select(mirror_object.c.key, mirror_object.c.cycle_id)).all()
        written_by = {row.key: row.cycle_id for row in rows}
    assert written_by == {"t0": "c1", "t1": "c2", "t2": "c1"}


def test_a_task_proved_gone_is_kept_as_it_was_given(store: PlanStore) -> None:
    """Its last known status stays on the page until somebody settles it."""
    seen = observed("t")
    gone = Observed(complete=True, read_at=NOW, tasks=seen.tasks, absent=frozenset({"t0"}))
    store.remember(gone, {}, "c")
    assert store.mirror() == gone


def test_cursors_are_replaced_with_the_reading_they_belong_to(store: PlanStore) -> None:
    """A cursor left over from another reading would skip the changes in between."""
    store.remember(observed(), {"a": "1", "b": "1"}, "c1")
    store.remember(observed(), {"b": "2"}, "c2")
    assert store.cursors() == {"b": "2"}
