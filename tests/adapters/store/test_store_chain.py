"""The log as a chain: it verifies, a text can be erased by decision, and nothing else passes."""

# ruff: noqa: S608 - the statements hold names of this file alone

import importlib
import io
from collections.abc import Iterable, Iterator
from datetime import timedelta
from itertools import count
from pathlib import Path

import pytest
from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy import Connection, select, sql, text
from sqlalchemy.exc import DBAPIError

from sync.adapters.store import Database, PlanStore, dialect, open_database
from sync.adapters.store.columns import Instant
from sync.adapters.store.tables import log
from sync.core.chain import FACTS, START, TEXTS, Told, verify
from sync.core.log_rows import recovered_row
from sync.errors import StoreRefused
from sync.model.record import Head, NewLogRow
from tests.adapters.store.stored_values import LATER, NOW, upgraded_to, without_triggers

SECOND = importlib.import_module("sync.adapters.store.migrations.versions.r0002_chain_the_log")
ROWS = 40
ERASED_ROW = 7
HEXES = ("salt", "commitment", "chain")
COLUMNS = (*FACTS, *TEXTS, *HEXES)


def said(number: int) -> NewLogRow:
    return NewLogRow(
        kind=("UpdateTask", "pull", "finding")[number % 3],
        subject=f"action:A1-{number % 5}",
        field=f"champ-{number % 4}",
        base=None if number % 2 else "même texte",
        plan=f"plan {number}",
        asana=None if number % 3 else "",
        from_=f"de {number}",
        to=f"à {number}",
        rule=("restore", "pull")[number % 2],
        reason_fr="parce que",
        reason_en="because",
        outcome="done",
        actor=("jalon", "Mme Roy")[number % 2],
    )


def fill_log(store: PlanStore) -> Head:
    """The head when all is said; one row's texts were erased on the way."""
    for number in range(1, ROWS - 10):
        at = NOW + timedelta(seconds=number)
        store.append_log(f"c{number // 6}", at, [said(number)])
    store.erase_log(ERASED_ROW, by="greffe", reason="demande 12", at=LATER)
    rest = [said(number) for number in range(ROWS - 9, ROWS + 1)]
    store.append_log("c9", LATER, rest)
    return store.log_head()


@pytest.fixture
def head(store: PlanStore) -> Head:
    return fill_log(store)


def test_the_chain_of_a_log_verifies_with_its_erased_row(store: PlanStore, head: Head) -> None:
    verdict = verify(store.sealed_log(), [Told(head, "ici"), Told(START, "avant")])
    assert (verdict.head, verdict.erased, verdict.faults) == (head, 1, ())
    assert head.rows == ROWS


def test_an_empty_log_has_a_head_too(store: PlanStore) -> None:
    assert store.log_head() == START
    assert verify(store.sealed_log(), [Told(START, "ici")]).faults == ()


def test_a_salt_of_its_own_binds_each_row(url: str) -> None:
    """The same words twice must not show as the same words."""
    dealt = count(1)
    with open_database(url, salts=lambda: next(dealt).to_bytes(32)) as database:
        store = database.plan("p")
        store.append_log("c1", NOW, [said(1), said(1)])
        one, other = store.sealed_log()
    assert one.texts == other.texts
    assert one.seal.commitment != other.seal.commitment
    assert [row.seal.salt for row in (one, other)] == ["0" * 63 + "1", "0" * 63 + "2"]


def test_salts_are_random_unless_dealt_out(url: str) -> None:
    with open_database(url) as database:
        database.plan("p").append_log("c1", NOW, [said(1), said(1)])
        salts = {row.seal.salt for row in database.plan("p").sealed_log()}
    assert len(salts) == 2


def test_what_cannot_be_stored_is_bound_as_it_was_stored(store: PlanStore) -> None:
    store.append_log("c1", NOW, [NewLogRow("UpdateTask", "a", to="A\0B\ud83dC 😀 é", actor="\0")])
    assert verify(store.sealed_log(), []).faults == ()


# erasing


def test_an_erased_text_is_gone_from_the_file_and_the_decision_stands(
    url: str, tmp_path: Path
) -> None:
    with open_database(url) as database:
        store = database.plan("p")
        secret = "Renseignement de M. Untel"
        store.append_log("c1", NOW, [NewLogRow("pull", "action:A-1", "note", to=secret)])
        store.erase_log(1, by="Mme Roy", reason="demande d’accès 12", at=LATER)
        gone, decision = store.log()
        assert gone.erased
        assert (gone.to, gone.actor, gone.reason_fr) == (None, "", "")
        assert (gone.subject, gone.field, gone.kind) == ("action:A-1", "note", "pull")
        assert (decision.kind, decision.subject) == ("erased", "log:1")
        assert (decision.actor, decision.reason_fr) == ("Mme Roy", "demande d’accès 12")
        assert not decision.erased
        assert verify(store.sealed_log(), []).faults == ()
        left = [path for path in tmp_path.iterdir() if secret.encode() in path.read_bytes()]
        assert left == []


def test_a_row_that_is_not_there_or_erased_already_is_refused(store: PlanStore) -> None:
    store.append_log("c1", NOW, [said(1)])
    for number in (0, 2):
        with pytest.raises(StoreRefused, match=f"no row {number}"):
            store.erase_log(number, by="x", reason="y", at=LATER)
    store.erase_log(1, by="x", reason="y", at=LATER)
    with pytest.raises(StoreRefused, match="erased already"):
        store.erase_log(1, by="x", reason="y", at=LATER)
    assert store.log_head().rows == 2


def test_a_row_that_names_a_lost_head_is_not_erased(store: PlanStore) -> None:
    """Without it the head that was published of a lost log would contradict this one for ever."""
    lost = Head(4, "ab" * 32)
    store.append_log("c1", NOW, [recovered_row("snapshot:1", "repris", "taken", "x", lost=lost)])
    with pytest.raises(StoreRefused, match="lost head"):
        store.erase_log(1, by="x", reason="y", at=LATER)
    verdict = verify(store.sealed_log(), [Told(lost, "la page")])
    assert (len(verdict.given_up), verdict.faults) == (1, ())


ERASE = ", ".join(f"{name} = NULL" for name in (*TEXTS, "salt"))
LAX = {
    "without a decision": f"UPDATE log SET {ERASE} WHERE id = 3",
    "every row under one decision": f"UPDATE log SET {ERASE} WHERE id != 1",
    "the salt alone": "UPDATE log SET salt = NULL WHERE id = 2",
    "again": f"UPDATE log SET {ERASE} WHERE id = 1",
    "nothing at all": "UPDATE log SET id = id WHERE id = 2",
    **{
        f"and {name} kept": f"UPDATE log SET {ERASE.replace(f'{name} = NULL', f'{name} = 0')} "
        "WHERE id = 2"
        for name in (*TEXTS, "salt")
    },
    **{
        f"and {name} changed": f"UPDATE log SET {ERASE}, {name} = {{{name}}} WHERE id = 2"
        for name in (*FACTS, "commitment", "chain")
    },
}


CHANGED = {**{name: f"{name} || '1'" for name in (*FACTS, "commitment", "chain")}, "id": "id + 9"}
LATER_ON = {"sqlite": "at || '1'", "postgresql": "at + interval '1 second'"}


def test_the_database_lets_texts_go_by_decision_and_nothing_else(empty_url: str) -> None:
    """Row 1 was erased; that of row 2 is decided and not done; of row 3 nobody decided."""
    with open_database(empty_url) as database:
        store = database.plan("p")
        store.append_log("c1", NOW, [said(1), said(2), said(3)])
        store.erase_log(1, by="x", reason="y", at=LATER)
        decided = NewLogRow("erased", "log:2", rule="erased", outcome="done", actor="x")
        store.append_log("erase", LATER, [decided])
        values = {**CHANGED, "at": LATER_ON[database._engine.dialect.name]}
        with database._engine.connect() as connection:
            for statement in LAX.values():
                with pytest.raises(DBAPIError, match="log is append-only"):
                    connection.execute(text(statement.format(**values)))
                connection.rollback()
            connection.execute(text(f"UPDATE log SET {ERASE} WHERE id = 2"))


def test_the_words_of_a_decision_can_go_by_another_decision(store: PlanStore) -> None:
    """A reason may hold what had to be erased; that row 1 was erased by decision stays known."""
    store.append_log("c1", NOW, [said(1)])
    store.erase_log(1, by="x", reason="parce que M. Untel", at=LATER)
    store.erase_log(2, by="x", reason="demande 13", at=LATER)
    assert [row.erased for row in store.log()] == [True, True, False]
    assert verify(store.sealed_log(), []).faults == ()


def test_each_column_of_the_log_is_kept_or_gone_in_the_triggers_of_both(
    sqlite_database: Database,
) -> None:
    """A column that a later migration adds and forgets here could be rewritten by an erasure."""
    with sqlite_database._engine.connect() as connection:
        trigger = connection.exec_driver_sql(
            "SELECT sql FROM sqlite_master WHERE name = 'log_refuses_update'"
        )
        on_sqlite = str(trigger.scalar())
    script = io.StringIO()
    context = MigrationContext.configure(
        dialect_name="postgresql", opts={"as_sql": True, "output_buffer": script}
    )
    with Operations.context(context):
        SECOND.upgrade()
    for told, same in ((on_sqlite, "IS"), (script.getvalue(), "IS NOT DISTINCT FROM")):
        for column in (each.name for each in log.columns):
            kept = f"NEW.{column} {same} OLD.{column}" in told
            gone = f"NEW.{column} IS NULL" in told
            assert kept != gone, column
            assert gone == (column in (*TEXTS, "salt"))
    assert "BEFORE UPDATE ON log FOR EACH ROW" in script.getvalue()
    assert "BEFORE DELETE OR TRUNCATE ON log FOR EACH STATEMENT" in script.getvalue()


# whoever reaches the file itself


@pytest.fixture
def opened_up(database: Database, head: Head) -> Iterator[Database]:
    """As somebody with the file and a database tool has it, and a copy to begin anew from."""
    with database._engine.begin() as connection:
        without_triggers(connection, "log")
        connection.execute(text("CREATE TABLE log_copy AS SELECT * FROM log"))
        connection.execute(text("INSERT INTO plan (plan_id) VALUES ('becancour1')"))
    return database


def restore(connection: Connection) -> None:
    connection.execute(text("DELETE FROM log"))
    connection.execute(text("INSERT INTO log SELECT * FROM log_copy"))


EDITS = {
    **{name: f"coalesce({name}, '') || '1'" for name in COLUMNS},
    "id": "id + 1000",
    "at": "substr(at, 1, 25) || '9'",
}
SPELLINGS = {"salt": "upper(salt)", "commitment": "upper(commitment)", "chain": "upper(chain)"}
"""The same value for a careless reader; SQLite has more of them."""
SPELLINGS_OF_SQLITE = {
    "at": "replace(at, ' ', 'T')",
    **{name: f"CAST({name} AS BLOB)" for name in TEXTS},
}
GONE = [("salt", "NULL"), ("actor", "NULL")]


def assert_found_at_its_row(
    database: Database, store: PlanStore, head: Head, column: str, to: str, rows: Iterable[int]
) -> int:
    """On how many rows the edit changed anything."""
    tried = 0
    for number in rows:
        with database._engine.begin() as connection:
            where = f"WHERE id = {number} AND {column} IS DISTINCT FROM {to}"
            done = connection.execute(text(f"UPDATE log SET {column} = {to} {where}"))
        if done.rowcount:
            tried += 1
            verdict = verify(store.sealed_log(), [Told(head, "ailleurs")])
            assert [fault.row for fault in verdict.faults] == [number], (column, to)
        with database._engine.begin() as connection:
            restore(connection)
    assert verify(store.sealed_log(), [Told(head, "ailleurs")]).faults == ()
    return tried


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("column", "to"), [*EDITS.items(), *SPELLINGS.items(), *SPELLINGS_OF_SQLITE.items(), *GONE]
)
def test_every_edit_of_every_column_is_found_at_its_row(
    opened_up: Database, store: PlanStore, head: Head, column: str, to: str
) -> None:
    every = range(1, ROWS + 1)
    assert assert_found_at_its_row(opened_up, store, head, column, to, every) >= ROWS // 4


@pytest.mark.postgresql
@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_every_edit_of_every_column_is_found_on_postgresql_too(
    opened_up: Database, store: PlanStore, head: Head
) -> None:
    edits = EDITS | {"at": "at + interval '1 microsecond'"}
    for column, to in (*edits.items(), *SPELLINGS.items(), *GONE):
        assert assert_found_at_its_row(opened_up, store, head, column, to, (1, ROWS)), column


def test_an_erasure_that_nobody_decided_is_found(opened_up: Database, store: PlanStore) -> None:
    with opened_up._engine.begin() as connection:
        connection.execute(text(f"UPDATE log SET {ERASE} WHERE id IN (5, 12)"))
    faults = verify(store.sealed_log(), []).faults
    assert [(fault.row, fault.breach) for fault in faults] == [
        (5, "erased_undecided"),
        (12, "erased_undecided"),
    ]


# what the release before had logged


def test_a_log_of_the_release_before_is_chained_as_it_stands(empty_url: str) -> None:
    upgraded_to(empty_url, "0001")
    names = (
        "plan_id", "id", "at", "cycle_id", "actor", "kind", "subject", "field", "base", "plan",
        "asana", "before", "after", "rule", "reason_fr", "reason_en", "outcome",
    )  # fmt: skip
    columns = [sql.column(name) for name in names if name != "at"]
    first = sql.table("log", *columns, sql.column("at", Instant))
    wanted = select(*(first.c[name] for name in names)).order_by(first.c.plan_id, first.c.id)
    said_then = ("c1", "jalon", "pull", "action:A-1", "note", None, "é", None, "", "b")
    rows = [
        (p, n, NOW + timedelta(seconds=n), *said_then, "pull", "fr", "en", "read")
        for p in ("p", "q")
        for n in range(1, 1202)
    ]
    with Database(*dialect.connect_to(empty_url)) as before:
        with before._engine.begin() as connection:
            connection.execute(text("INSERT INTO plan (plan_id) VALUES ('p'), ('q')"))
            connection.execute(first.insert(), [dict(zip(names, r, strict=True)) for r in rows])
        with before._engine.connect() as connection:
            told = connection.execute(wanted).all()
    with open_database(empty_url) as database:
        for plan_id in ("p", "q"):
            store = database.plan(plan_id)
            verdict = verify(store.sealed_log(), [Told(store.log_head(), "ici")])
            assert (verdict.head.rows, verdict.faults) == (1201, ())
            assert len({row.seal.salt for row in store.sealed_log()}) == 1201
        with database._engine.connect() as connection:
            assert connection.execute(wanted).all() == told
            assert len(told) == 2402
            for statement in ("UPDATE log SET field = 'x'", "DELETE FROM log"):
                with pytest.raises(DBAPIError, match="log is append-only"):
                    connection.execute(text(statement))
                connection.rollback()
        store.append_log("c2", NOW, [said(1)])
        store.erase_log(3, by="greffe", reason="demande", at=LATER)
        assert verify(store.sealed_log(), []).faults == ()
