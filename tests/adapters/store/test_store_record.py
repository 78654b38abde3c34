"""What each part of a plan's memory promises."""

import errno
import sqlite3
from contextlib import nullcontext
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
import rfc8785
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, StatementError

from sync.adapters.store import Database, PlanStore, open_database
from sync.core.commitments import leaf_of, without
from sync.errors import StoreRefused
from sync.model.progress import Status
from sync.model.record import CycleRecord, Delivery, Head, NewLogRow
from tests.adapters.store.stored_values import (
    DAY,
    LATER,
    NOW,
    fill,
    plan,
    snapshot,
    standing,
    texts,
    without_triggers,
)

# the plan of record


def test_revisions_are_numbered_from_one_and_come_back_whole(store: PlanStore) -> None:
    first = store.add_revision(plan("un"), DAY, "adoption")
    second = store.add_revision(plan("deux"), date(2026, 3, 1), "résolution 26-031")
    assert (first.number, second.number) == (1, 2)
    assert store.revisions() == (first, second)


# cycles


def test_a_cycle_is_told_from_its_beginning_to_its_end(store: PlanStore) -> None:
    store.begin_cycle("c1", NOW, NOW - timedelta(days=1), "2026-02-16T09")
    store.end_cycle("c1", LATER, "partial", "lecture incomplète", {"updated": 2})
    assert store.cycles() == (
        CycleRecord(
            "c1",
            NOW,
            NOW - timedelta(days=1),
            LATER,
            "partial",
            "lecture incomplète",
            {"updated": 2},
        ),
    )


def test_a_cycle_that_a_crash_left_open_is_closed_as_abandoned(store: PlanStore) -> None:
    store.begin_cycle("c1", NOW, NOW)
    store.begin_cycle("c2", LATER, LATER)
    newest, oldest = store.cycles()
    assert (newest.id, newest.outcome, newest.ended_at) == ("c2", None, None)
    assert (oldest.id, oldest.outcome, oldest.ended_at) == ("c1", "abandoned", LATER)


def test_a_slot_is_run_once(store: PlanStore) -> None:
    """Two schedulers that wake for the same hour make one cycle; none without a slot collide."""
    assert store.begin_cycle("c1", NOW, NOW, "09:00")
    assert not store.begin_cycle("c2", LATER, LATER, "09:00")
    assert store.begin_cycle("c3", LATER, LATER)
    assert store.begin_cycle("c4", LATER, LATER)
    assert [cycle.id for cycle in store.cycles()] == ["c4", "c3", "c1"]
    assert [cycle.id for cycle in store.cycles(limit=1)] == ["c4"]


def test_how_a_cycle_ended_is_not_rewritten(store: PlanStore) -> None:
    store.begin_cycle("c1", NOW, NOW)
    store.end_cycle("c1", LATER, "failed", None, {})
    with pytest.raises(LookupError, match="c1"):
        store.end_cycle("c1", LATER, "ok", None, {})


# the journal of writes


def test_a_write_is_unsettled_until_its_outcome_is_known(store: PlanStore) -> None:
    first = store.intend("c1", "action:A-1", "CreateTask", NOW)
    second = store.intend("c1", "action:A-2", "CreateTask", NOW)
    third = store.intend("c1", "action:A-3", "CreateTask", NOW)
    store.settle(first, "done", LATER, gid="11")
    store.settle(second, "unknown", LATER, detail="ligne coupée")
    assert [(e.id, e.state, e.detail) for e in store.unsettled()] == [
        (second, "unknown", "ligne coupée"),
        (third, "intended", None),
    ]
    store.settle(second, "resolved", LATER, gid="12")
    store.settle(third, "void", LATER)
    assert store.unsettled() == ()


def test_settling_again_keeps_what_was_told_before(store: PlanStore) -> None:
    entry = store.intend("c1", "action:A-1", "CreateTask", NOW)
    store.settle(entry, "unknown", NOW, gid="11", detail="ligne coupée")
    store.settle(entry, "unknown", LATER)
    (known,) = store.unsettled()
    assert (known.gid, known.detail, known.settled_at) == ("11", "ligne coupée", LATER)


def test_an_entry_that_does_not_exist_cannot_be_settled(store: PlanStore) -> None:
    with pytest.raises(LookupError):
        store.settle(7, "done", NOW)


# links and baselines


def test_one_object_stands_for_one_ref(store: PlanStore) -> None:
    """Two actions on one task would each overwrite the other's fields for ever."""
    store.link("action:A-1", "11", NOW)
    with pytest.raises(StoreRefused) as refusal:
        store.link("action:A-2", "11", NOW)
    for words in (refusal.value.text.fr, refusal.value.text.en):
        assert "action:A-1" in words
        assert "action:A-2" in words
    assert store.links() == {"action:A-1": "11"}


def test_a_ref_may_get_another_object_and_frees_the_old_one(store: PlanStore) -> None:
    store.link("action:A-1", "11", NOW)
    store.link("action:A-1", "12", LATER)
    store.link("action:A-2", "11", LATER)
    assert store.links() == {"action:A-1": "12", "action:A-2": "11"}


def test_confirming_a_link_does_not_make_it_recent(store: PlanStore) -> None:
    """Else no cycle could ever conclude that an object is gone."""
    store.link("action:A-1", "11", NOW)
    store.link("action:A-1", "11", LATER)
    store.link("action:A-2", "12", LATER)
    assert store.linked_since(NOW) == {"11", "12"}
    assert store.linked_since(NOW + timedelta(microseconds=1)) == {"12"}


def test_what_is_forgotten_is_unseen_and_the_rest_stays(store: PlanStore) -> None:
    store.agree({("action:A-1", "note"): "vu", ("action:A-1", "axe"): None, ("a", "note"): "x"})
    store.forget([("action:A-1", "note"), ("action:A-1", "axe"), ("jamais", "vu")])
    assert store.baselines() == {("a", "note"): "x"}


def test_a_log_tells_the_heads_that_it_went_through_and_no_other(store: PlanStore) -> None:
    heads = [store.log_head()]
    for word in ("un", "deux", "trois"):
        store.append_log("c1", NOW, [NewLogRow("pull", "action:A-1", "note", to=word)])
        heads.append(store.log_head())
    assert all(store.tells(head) for head in heads)
    assert not store.tells(Head(2, heads[3].chain)), "another row's"
    assert not store.tells(Head(4, heads[3].chain)), "a row that is not there"
    assert not store.tells(Head(0, heads[3].chain))


def test_an_agreed_empty_field_is_not_an_unseen_one(store: PlanStore) -> None:
    """Taking one for the other erased a person's entry in a draft."""
    store.agree({("action:A-1", "note"): None})
    assert store.baselines() == {("action:A-1", "note"): None}
    store.agree({("action:A-1", "note"): "vu", ("action:A-1", "axe"): ""})
    store.agree({})
    assert store.baselines() == {("action:A-1", "note"): "vu", ("action:A-1", "axe"): ""}


@given(value=st.none() | texts)
@settings(max_examples=40, deadline=None)
def test_a_baseline_is_the_very_text_that_was_agreed(memory: Database, value: str | None) -> None:
    """One changed character would look like somebody's edit in every cycle to come."""
    assert_agreed(memory, value)


@pytest.mark.postgresql
@given(value=st.none() | texts)
@settings(max_examples=10, deadline=None)
def test_so_is_one_on_postgresql(served_memory: Database, value: str | None) -> None:
    assert_agreed(served_memory, value)


def assert_agreed(memory: Database, value: str | None) -> None:
    store = memory.plan("p")
    store.agree({("action:A-1", "note"): value})
    assert store.baselines() == {("action:A-1", "note"): value}


def test_facts_and_the_last_full_read_are_remembered(store: PlanStore) -> None:
    assert store.last_full_read() is None
    store.note_full_read(NOW.astimezone(timezone(timedelta(hours=-5))))
    store.note_fact("indicator_form", "one_call")
    store.note_fact("indicator_form", "two_steps")
    assert store.last_full_read() == NOW
    assert store.last_full_read().tzinfo is UTC
    assert store.facts() == {"indicator_form": "two_steps"}


def test_an_instant_without_a_zone_is_refused(store: PlanStore) -> None:
    """A local hour read back as UTC would be wrong by five."""
    with pytest.raises(StatementError, match="time zone"):
        store.note_full_read(datetime.fromisoformat("2026-02-16T09:30:00"))


# the log


def rows(*subjects: str) -> list[NewLogRow]:
    return [NewLogRow("UpdateTask", subject, "nom", to="x") for subject in subjects]


def test_the_log_tells_everything_that_was_put_in(store: PlanStore) -> None:
    row = NewLogRow(
        "UpdateTask", "action:A-1", "nom", "a", "b", "c", "d", "e", "restore", "parce que",
        "because", "done", "Mme Roy",
    )  # fmt: skip
    store.append_log("c1", NOW, [row])
    (told,) = store.log()
    assert (told.id, told.at, told.cycle_id) == (1, NOW, "c1")
    for name in NewLogRow.__slots__:
        assert getattr(told, name) == getattr(row, name), name


def test_the_log_is_read_oldest_first_and_a_limit_keeps_the_newest(store: PlanStore) -> None:
    store.append_log("c1", NOW, rows("action:A-1", "action:A-2"))
    store.append_log("c2", NOW, [])
    store.append_log("c2", NOW, rows("action:A-1", "action:a-1", "action:A-10"))
    assert [row.id for row in store.log()] == [1, 2, 3, 4, 5]
    assert [row.id for row in store.log(limit=2)] == [4, 5]
    assert [row.id for row in store.log(limit=9)] == [1, 2, 3, 4, 5]
    assert list(store.log(limit=0)) == []
    assert [row.id for row in store.log(cycle_id="c1")] == [1, 2]
    assert not list(store.log(cycle_id="c")), "an id is not the beginning of another"
    assert [row.id for row in store.log(subject="action:A-1")] == [1, 3, 5]
    assert [row.id for row in store.log(subject="action:A-1", limit=2)] == [3, 5]
    assert list(store.log(subject="action:A_1")) == []


def test_a_long_log_is_read_in_pages_while_it_grows(store: PlanStore) -> None:
    """Neither a row lost at a page's edge nor a reader that runs after its own rows."""
    store.append_log("c1", NOW, rows(*(f"action:{n}" for n in range(2500))))
    read = []
    for row in store.log():
        read.append(row.id)
        if row.id % 1000 == 0:
            store.append_log("c2", NOW, rows("action:nouvelle"))
    assert read == list(range(1, 2501))


def test_text_that_no_database_can_hold_is_logged_with_a_mark(store: PlanStore) -> None:
    """A cut emoji must not stop the cycle that only wants to record it."""
    store.append_log("c1", NOW, [NewLogRow("UpdateTask", "a", to="A\0B\ud83dC 😀 é")])
    (row,) = store.log()
    assert row.to == "A\ufffdB\ufffdC 😀 é"


def test_what_was_restored_lately_is_found_in_the_log(store: PlanStore) -> None:
    """A lost answer counts, because the write may have happened; a refused one does not."""
    for outcome in ("done", "unknown", "resolved", "rejected", "void", "left"):
        row = NewLogRow("UpdateTask", outcome, "nom", rule="restore", outcome=outcome)
        store.append_log("c1", NOW, [row, replace(row, subject="autre", rule="write")])
    assert store.restored_since(NOW) == {("done", "nom"), ("resolved", "nom")}
    assert store.restored_since(LATER) == frozenset()


# what the public reads


def test_a_frozen_standing_is_frozen_once(store: PlanStore) -> None:
    """Freezing again is not an error and changes nothing: what came later stands beside it."""
    store.freeze({("A-1", "mi-chemin"): standing()}, "c1")
    store.freeze(
        {
            ("A-1", "mi-chemin"): standing(Status.NOT_ACHIEVED),
            ("A-2", "mi-chemin"): standing(Status.CONTINUOUS),
        },
        "c2",
    )
    assert store.frozen() == {
        ("A-1", "mi-chemin"): standing(),
        ("A-2", "mi-chemin"): standing(Status.CONTINUOUS),
    }


@pytest.mark.parametrize("number", [0, 1, 3])
def test_snapshots_are_numbered_without_a_gap(store: PlanStore, number: int) -> None:
    store.add_snapshot(snapshot(1))
    with pytest.raises(StoreRefused) as refusal:
        store.add_snapshot(snapshot(number))
    assert refusal.value.facts["expected"] == 2
    assert store.snapshots() == (snapshot(1),)


def test_a_snapshot_comes_back_byte_for_byte(store: PlanStore) -> None:
    assert store.last_snapshot() is None
    store.add_snapshot(snapshot(1, "é"))
    store.add_snapshot(snapshot(2))
    assert store.last_snapshot() == snapshot(2)
    assert store.snapshots() == (snapshot(1, "é"), snapshot(2))


def test_a_snapshot_whose_digest_is_not_its_own_is_not_stored(store: PlanStore) -> None:
    with pytest.raises(ValueError, match="digest"):
        store.add_snapshot(replace(snapshot(1), body=b"{}"))


def test_a_snapshot_that_was_altered_is_not_shown(store: PlanStore, database: Database) -> None:
    """Neither the triggers nor SQLite's own check see a flipped bit; the digest does."""
    store.add_snapshot(snapshot(1))
    with database._engine.begin() as connection:
        without_triggers(connection, "snapshot")
        connection.execute(text("UPDATE snapshot SET body = :other"), {"other": b"{}"})
    for read in (store.last_snapshot, store.snapshots):
        with pytest.raises(StoreRefused) as refusal:
            read()
        assert refusal.value.facts["problem"] == "corrupt"


def test_a_delivery_is_updated_in_place(store: PlanStore) -> None:
    first = Delivery("dossier", 0, 1, NOW, "disque plein")
    store.record_delivery(first)
    store.record_delivery(Delivery("portail", 3))
    assert store.deliveries() == {"dossier": first, "portail": Delivery("portail", 3)}
    store.record_delivery(Delivery("dossier", 4, 0, LATER))
    assert store.deliveries()["dossier"] == Delivery("dossier", 4, 0, LATER)


REWRITES = {
    "update": "UPDATE {} SET plan_id = plan_id",
    "delete": "DELETE FROM {}",
    "replace": "INSERT OR REPLACE INTO {0} SELECT * FROM {0}",
}
ONLY_POSTGRESQL = {
    "replace": "INSERT INTO {0} SELECT * FROM {0} ON CONFLICT ON CONSTRAINT pk_{0} "
    "DO UPDATE SET plan_id = excluded.plan_id",
    "truncate": "TRUNCATE {} CASCADE",
}


@pytest.mark.parametrize("table", ["revision", "log", "frozen", "snapshot", "settlement"])
def test_the_database_refuses_to_rewrite_the_past(
    store: PlanStore, database: Database, table: str
) -> None:
    """Whoever asks, our own next release included."""
    fill(store, "un")
    here = database._engine.dialect.name
    for statement in (REWRITES | (ONLY_POSTGRESQL if here == "postgresql" else {})).values():
        with (
            database._engine.connect() as connection,
            pytest.raises(DBAPIError, match=f"{table} is append-only"),
        ):
            connection.execute(text(statement.format(table)))


SALTED = b'{"engagements":{},"note":"un nom","sels":{"/note":"00000000000000000000000000000001"}}'
"""As much of a snapshot as a withdrawal looks at."""


@pytest.fixture
def withdrawn(store: PlanStore) -> PlanStore:
    """The first of two snapshots lost its text, by decision."""
    for number in (1, 2):
        digest = sha256(SALTED).hexdigest()
        store.add_snapshot(replace(snapshot(number), body=SALTED, digest=digest))
    row = NewLogRow("withdrawn", "", actor="greffe", reason_fr="loi", reason_en="law")
    store.withdraw({1: without(SALTED, ["/note"])}, row, NOW, ("retraits", "un"))
    return store


def test_a_withdrawn_text_is_gone_and_the_decision_stands(withdrawn: PlanStore) -> None:
    first, second = withdrawn.snapshots()
    assert b"un nom" not in first.body
    assert leaf_of(first.body) == leaf_of(second.body)
    assert [row.subject for row in withdrawn.log()] == ["snapshot:1"]
    assert withdrawn.facts()["retraits"] == "un"


def test_a_withdrawal_whose_decision_cannot_be_kept_has_not_happened(
    withdrawn: PlanStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else the next snapshot would say the text again, and nothing would tell that it must not."""

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    before = (withdrawn.snapshots(), list(withdrawn.log()))
    row = NewLogRow("withdrawn", "", actor="greffe", reason_fr="loi", reason_en="law")
    monkeypatch.setattr(withdrawn, "note_fact", full)
    with pytest.raises(OSError, match="No space"):
        withdrawn.withdraw({2: without(SALTED, ["/note"])}, row, NOW, ("retraits", "deux"))
    assert (withdrawn.snapshots(), list(withdrawn.log())) == before


@pytest.mark.parametrize("alone", [True, False], ids=["alone", "as part of a recovery"])
def test_a_withdrawn_text_is_gone_from_the_file_and_from_beside_it(
    sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, alone: bool
) -> None:
    """
    What SQLite lets go of stays readable in its file, unless its builder or we ask otherwise.

    A recovery withdraws among other writes, in one transaction.
    """
    connect = sqlite3.dbapi2.connect

    def forgetful(*args: Any, **options: Any) -> sqlite3.Connection:
        opened: sqlite3.Connection = connect(*args, **options)
        opened.execute("PRAGMA secure_delete = OFF")  # Debian's builder asks for it
        return opened

    monkeypatch.setattr(sqlite3.dbapi2, "connect", forgetful)
    secret = "Madame Untel " + "de Bécancour " * 2_000
    said = {"engagements": {}, "note": secret, "sels": {"/note": f"{1:032x}"}}
    body = rfc8785.dumps(said)
    with open_database(sqlite_url) as database:
        store = database.plan("p")
        for number in (1, 2):
            digest = sha256(body).hexdigest()
            store.add_snapshot(replace(snapshot(number), body=body, digest=digest))
        row = NewLogRow("withdrawn", "", actor="greffe", reason_fr="loi", reason_en="law")
        gone = without(body, ["/note"])
        with nullcontext() if alone else store.transaction():
            store.withdraw({1: gone, 2: gone}, row, NOW, ("retraits", "un"))
        left = [path for path in tmp_path.iterdir() if b"de B\xc3\xa9cancour" in path.read_bytes()]
        assert left == []


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE snapshot SET body = '' WHERE number = 2",
        "UPDATE snapshot SET number = 7 WHERE number = 1",
        "UPDATE snapshot SET as_of = '2020-01-01' WHERE number = 1",
        "DELETE FROM snapshot WHERE number = 1",
    ],
)
def test_the_database_lets_only_what_was_decided_change(
    withdrawn: PlanStore, database: Database, change: str
) -> None:
    with (
        database._engine.begin() as connection,
        pytest.raises(DBAPIError, match="snapshot is append-only"),
    ):
        connection.execute(text(change))


def test_another_snapshot_never_takes_the_place_of_one(withdrawn: PlanStore) -> None:
    other = SALTED.replace(b"un nom", b"un mot")
    with pytest.raises(ValueError, match="not the same one"):
        withdrawn.withdraw({2: other}, NewLogRow("withdrawn", ""), NOW, ("retraits", "deux"))
    assert withdrawn.facts()["retraits"] == "un"
    assert len(list(withdrawn.log())) == 1
