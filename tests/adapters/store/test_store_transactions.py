"""Everything inside a transaction commits, or nothing does."""

import subprocess
import sys
import threading

import pytest

from sync.adapters.store import Database, PlanStore, open_database
from sync.errors import CycleBusy, StoreRefused
from tests.adapters.store.stored_values import NOW, everything, impatient, snapshot

KILLED_BETWEEN_TWO_WRITES = """
import os, signal, sys
from datetime import UTC, datetime
from sync.adapters.store import open_database
store = open_database(sys.argv[1]).plan("p")
store.note_fact("avant", "gardé")
with store.transaction():
    store.link("action:A-1", "11", datetime(2026, 2, 16, tzinfo=UTC))
    with store.transaction():
        store.agree({("action:A-1", "nom"): "x"})
    os.kill(os.getpid(), signal.SIGKILL)
"""


class Stop(Exception):
    pass


def test_an_error_undoes_every_method_inside(store: PlanStore) -> None:
    before = everything(store)
    with pytest.raises(Stop), store.transaction():  # noqa: PT012 - the whole block must vanish
        store.link("action:A-1", "11", NOW)
        with store.transaction():
            store.note_fact("forme", "une")
        raise Stop
    assert everything(store) == before


def test_inside_a_transaction_its_own_writes_are_read(store: PlanStore) -> None:
    with store.transaction():
        store.link("action:A-1", "11", NOW)
        assert store.links() == {"action:A-1": "11"}
    assert store.links() == {"action:A-1": "11"}


def test_others_see_nothing_before_the_end(url: str, store: PlanStore) -> None:
    with open_database(url, migrate=False) as elsewhere, store.transaction():
        store.note_fact("forme", "une")
        assert elsewhere.plan(store.plan_id).facts() == {}
    with open_database(url, migrate=False) as elsewhere:
        assert elsewhere.plan(store.plan_id).facts() == {"forme": "une"}


def test_a_write_transaction_holds_the_lock_before_its_first_write(
    url: str, store: PlanStore
) -> None:
    """What it read is still true when it writes; a late lock would fail there without waiting."""
    store.note_fact("forme", "une")
    with open_database(impatient(url)) as elsewhere, store.transaction():
        assert store.facts() == {"forme": "une"}
        with pytest.raises(CycleBusy):
            elsewhere.plan(store.plan_id).note_fact("forme", "deux")


def test_an_error_that_was_swallowed_inside_still_undoes_the_whole(store: PlanStore) -> None:
    """Half of the work must not look like all of it: the error comes up again at the end."""
    with pytest.raises(StoreRefused, match="snapshot 5"), store.transaction():  # noqa: PT012
        store.note_fact("forme", "une")
        with pytest.raises(StoreRefused):
            store.add_snapshot(snapshot(5))
        store.note_fact("forme", "deux")
    assert store.facts() == {}


def test_plans_share_the_transaction(database: Database) -> None:
    with pytest.raises(Stop), database.plan("p").transaction():  # noqa: PT012
        database.plan("q").note_fact("forme", "une")
        raise Stop
    assert database.plan_ids() == ()


def test_the_store_works_again_after_an_error(store: PlanStore) -> None:
    with pytest.raises(Stop), store.transaction():
        raise Stop
    store.note_fact("forme", "une")
    assert store.facts() == {"forme": "une"}


def test_a_process_killed_between_two_writes_leaves_nothing(url: str) -> None:
    """And the next one goes on, without a lock left behind."""
    killed = subprocess.run([sys.executable, "-c", KILLED_BETWEEN_TWO_WRITES, url], check=False)
    assert killed.returncode == -9
    with open_database(url) as database:
        store = database.plan("p")
        assert store.facts() == {"avant": "gardé"}
        assert store.links() == {}
        assert store.baselines() == {}
        store.link("action:A-1", "11", NOW)


def test_a_second_thread_is_refused_while_one_is_inside(store: PlanStore) -> None:
    """Two threads on one connection would share, and end, each other's transaction."""
    refused: list[str] = []

    def intrude() -> None:
        try:
            store.links()
        except RuntimeError as error:
            refused.append(str(error))

    with store.transaction():
        thread = threading.Thread(target=intrude)
        thread.start()
        thread.join()
    intruder = threading.Thread(target=intrude)  # afterwards it is welcome
    intruder.start()
    intruder.join()
    assert len(refused) == 1
    assert "another thread" in refused[0]
