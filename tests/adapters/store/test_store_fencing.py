"""The lease is the only lock: one holder at a time, and a late one can write nothing."""

import contextlib
import inspect
from collections.abc import Callable
from datetime import timedelta

import pytest

from sync.adapters.store import Database, PlanStore
from sync.errors import CycleBusy
from sync.model.record import Lease
from sync.ports import Store
from tests.adapters.store.stored_values import LEASE_METHODS, NOW, READS, WRITES, everything, fill

AFTER = NOW + timedelta(seconds=61)


def test_the_tables_of_methods_name_the_whole_port() -> None:
    """A method added to the port must be added to the tables that the rules below run over."""
    methods = {name for name, _ in inspect.getmembers(Store, inspect.isfunction) if name[0] != "_"}
    assert methods - {"transaction"} == WRITES.keys() | READS.keys() | LEASE_METHODS


@pytest.mark.postgresql
@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_holder_that_was_overtaken_can_write_nothing_on_postgresql(database: Database) -> None:
    """All methods upon one filling, which takes its time there."""
    late = database.plan("p")
    fill(late, "avant")
    late.take_lease("lent", NOW, 60)
    database.plan("p").take_lease("rapide", AFTER, 60)
    before = everything(late)
    for method, write in WRITES.items():
        with pytest.raises(CycleBusy) as refusal:
            write(late, "après")
        assert refusal.value.facts["problem"] == "lease_lost", method
    assert everything(late) == before


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("method", WRITES)
def test_a_holder_that_was_overtaken_can_write_nothing(database: Database, method: str) -> None:
    """It was paused past its lease; somebody else is at work, and this write would undo theirs."""
    late = database.plan("p")
    fill(late, "avant")
    late.take_lease("lent", NOW, 60)
    database.plan("p").take_lease("rapide", AFTER, 60)
    before = everything(late)

    with pytest.raises(CycleBusy) as refusal:
        WRITES[method](late, "après")

    assert refusal.value.facts["problem"] == "lease_lost"
    assert everything(late) == before


def test_an_overtaken_holder_cannot_even_begin_a_transaction(database: Database) -> None:
    late = database.plan("p")
    late.take_lease("lent", NOW, 60)
    database.plan("p").take_lease("rapide", AFTER, 60)
    with pytest.raises(CycleBusy), late.transaction():
        pytest.fail("must not be entered")


def test_reading_needs_no_lease(database: Database) -> None:
    late = database.plan("p")
    fill(late, "avant")
    late.take_lease("lent", NOW, 60)
    database.plan("p").take_lease("rapide", AFTER, 60)
    assert late.links()


def test_a_lease_that_is_alive_is_not_given_again(database: Database) -> None:
    """Not to the same name either: two processes may well be called alike."""
    database.plan("p").take_lease("travailleur", NOW, 60)
    with pytest.raises(CycleBusy) as refusal:
        database.plan("p").take_lease("travailleur", NOW + timedelta(seconds=59), 60)
    assert refusal.value.facts == {"problem": "lease_held", "plan": "p", "holder": "travailleur"}
    assert "16 février 2026 à 09:31:00 UTC" in refusal.value.text.fr
    assert "2026-02-16 09:31:00 UTC" in refusal.value.text.en


def test_tokens_only_grow(database: Database) -> None:
    """Also over a release: a token that came back would let a stale holder write again."""
    tokens = []
    for turn in range(3):
        store = database.plan("p")
        lease = store.take_lease("a", NOW + timedelta(minutes=2 * turn), 60)
        tokens.append(lease.token)
        if turn == 0:
            store.release_lease(lease)
    assert tokens == [1, 2, 3]


def test_an_expired_lease_that_nobody_took_still_writes(store: PlanStore) -> None:
    """Nobody else can have written: stopping would only lose work."""
    lease = store.take_lease("a", NOW, 60)
    store.note_fact("forme", "une")
    assert store.renew_lease(lease, AFTER, 60).expires_at == AFTER + timedelta(seconds=60)


@pytest.mark.parametrize(
    "wrong",
    [
        pytest.param(
            lambda lease: Lease(lease.holder, lease.token + 1, lease.expires_at), id="next"
        ),
        pytest.param(lambda lease: Lease(lease.holder, 0, lease.expires_at), id="old"),
    ],
)
def test_a_lease_is_renewed_only_by_its_token(
    store: PlanStore, wrong: Callable[[Lease], Lease]
) -> None:
    lease = store.take_lease("a", NOW, 60)
    with pytest.raises(CycleBusy):
        store.renew_lease(wrong(lease), NOW, 60)
    assert store.renew_lease(lease, NOW, 90).token == lease.token


def test_a_released_lease_cannot_be_renewed_and_is_free_at_once(database: Database) -> None:
    first = database.plan("p")
    lease = first.take_lease("a", NOW, 60)
    first.release_lease(lease)
    with pytest.raises(CycleBusy):
        first.renew_lease(lease, NOW, 60)
    assert database.plan("p").take_lease("b", NOW, 60).token == lease.token + 1


def test_releasing_a_lost_lease_neither_frees_it_nor_lifts_the_fence(database: Database) -> None:
    """The usual `finally: release` of an overtaken cycle must not open the door again."""
    late = database.plan("p")
    lost = late.take_lease("lent", NOW, 60)
    database.plan("p").take_lease("rapide", AFTER, 60)
    late.release_lease(lost)
    with pytest.raises(CycleBusy):
        late.note_fact("forme", "deux")
    with pytest.raises(CycleBusy):
        database.plan("p").take_lease("tiers", AFTER, 60)


def test_a_lease_that_did_not_commit_was_not_taken(store: PlanStore) -> None:
    """Memory must say what the database says, or the store would refuse its own writes."""
    with contextlib.suppress(ZeroDivisionError), store.transaction():
        store.take_lease("a", NOW, 60)
        raise ZeroDivisionError
    store.note_fact("forme", "une")
    assert store.take_lease("b", NOW, 60).token == 1


def test_plans_have_leases_of_their_own(database: Database) -> None:
    database.plan("p").take_lease("a", NOW, 60)
    assert database.plan("q").take_lease("a", NOW, 60).token == 1
