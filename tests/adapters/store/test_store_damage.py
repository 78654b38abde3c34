"""
What damage to a store's file becomes: every changed link and every changed row of the log is seen.

SQLite checks the form of its pages; the values in them it does not know.
"""

import random
import shutil
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from sync.adapters.store import Database, PlanStore, check_database, dialect, open_database
from sync.core.chain import Told, verify
from sync.errors import StoreRefused
from sync.model.record import Head, NewLogRow
from tests.adapters.store.stored_values import LATER, NOW, without_triggers

Seen = tuple[dict[str, str], frozenset[str], tuple[object, ...]]
SAMPLE, ALL = 40, 1000


def fill_store(store: PlanStore) -> None:
    for number in range(60):
        store.link(f"action:A{number}", f"12{number:014}", NOW + timedelta(seconds=number))
    for number in range(0, 200, 5):
        said = [
            NewLogRow(
                "UpdateTask", f"action:A{n}", "nom", plan=f"plan {n}", from_="avant", to=f"à {n}",
                rule="write", reason_fr="le plan a changé", reason_en="the plan moved",
                outcome="done", actor="jalon",
            )
            for n in range(number, number + 5)
        ]  # fmt: skip
        store.append_log(f"c{number}", NOW + timedelta(seconds=number), said)
    store.erase_log(7, by="greffe", reason="demande 12", at=LATER)


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> tuple[bytes, Head, Seen]:
    """A real file, the head that was told of it elsewhere, and what it says."""
    path = tmp_path_factory.mktemp("whole") / "jalon.db"
    with open_database(f"sqlite:///{path}") as database:
        store = database.plan("p")
        fill_store(store)
        seen, head = read(store), store.log_head()
    return path.read_bytes(), head, seen


def read(store: PlanStore) -> Seen:
    return store.links(), store.linked_since(NOW + timedelta(seconds=30)), tuple(store.sealed_log())


def flips(size: int, count: int) -> Iterator[tuple[int, int]]:
    """The same ones on every machine."""
    dealt = random.Random("jalon")  # noqa: S311
    for _ in range(count):
        yield dealt.randrange(size), dealt.randrange(8)


def flip_and_read(written: tuple[bytes, Head, Seen], path: Path, flip: tuple[int, int]) -> str:
    """
    What became of one flipped bit; a value that reads otherwise and is believed fails the test.

    Whatever is raised that is no refusal of ours fails it too.
    """
    whole, head, seen = written
    place, bit = flip
    content = bytearray(whole)
    content[place] ^= 1 << bit
    path.write_bytes(content)
    for beside in ("-wal", "-shm"):
        path.with_name(path.name + beside).unlink(missing_ok=True)
    with Database(*dialect.connect_to(f"sqlite:///{path}")) as database:
        store = database.plan("p")
        try:
            links, since = store.links(), store.linked_since(NOW + timedelta(seconds=30))
            rows = tuple(store.sealed_log())
        except StoreRefused as refusal:
            return str(refusal.facts["problem"])
        if verify(rows, [Told(head, "ailleurs")]).faults:
            return "chain"
    assert (links, since, rows) == seen, f"bit {bit} of byte {place} was flipped and believed"
    return "elsewhere"


def all_noticed(
    written: tuple[bytes, Head, Seen],
    path: Path,
    count: int,
    record_property: Callable[[str, object], None],
) -> Counter[str]:
    became = Counter(flip_and_read(written, path, flip) for flip in flips(len(written[0]), count))
    noticed = count - became["elsewhere"]
    record_property("cases: bits flipped in a store's file", count)
    record_property("cases: of those bits noticed, by a hash, the chain or SQLite", noticed)
    return became


def test_a_flipped_bit_in_a_link_or_in_the_log_is_noticed(
    written: tuple[bytes, Head, Seen],
    tmp_path: Path,
    record_property: Callable[[str, object], None],
) -> None:
    became = all_noticed(written, tmp_path / "jalon.db", SAMPLE, record_property)
    assert became["damaged"] + became["chain"] > SAMPLE // 10, became


@pytest.mark.parametrize("value", ["1200000000000045", "action:A45", "2026-02-16 09:30:45.0"])
def test_neither_a_row_nor_what_an_index_says_of_it_is_believed(
    written: tuple[bytes, Head, Seen], tmp_path: Path, value: str
) -> None:
    """A value stands in its table and once more in each index: some readings never see the row."""
    whole, sought = written[0], value.encode()
    found = [n for n in range(len(whole)) if whole.startswith(sought, n)]
    assert found
    became = [
        flip_and_read(written, tmp_path / "jalon.db", (place + len(sought) - 1, bit))
        for place in found
        for bit in (0, 1)
    ]
    assert set(became) <= {"damaged", "chain", "corrupt", "elsewhere"}
    assert "damaged" in became


@pytest.mark.night
def test_every_one_of_a_thousand_flipped_bits_is_noticed(
    written: tuple[bytes, Head, Seen],
    tmp_path: Path,
    record_property: Callable[[str, object], None],
) -> None:
    became = all_noticed(written, tmp_path / "jalon.db", ALL, record_property)
    assert became["damaged"] > 10, became
    assert became["chain"] > ALL // 10, became


# rows that somebody, or a disk, changed

CHANGES = {
    "another gid": "UPDATE link SET gid = '9' WHERE plan_id = 'p' AND ref = 'action:A-1'",
    "another ref": "UPDATE link SET ref = 'B' WHERE plan_id = 'p' AND ref = 'action:A-1'",
    "another moment": "UPDATE link SET linked_at = (SELECT max(at) FROM log) WHERE plan_id = 'p'",
    "another hash": "UPDATE link SET row_hash = upper(row_hash) WHERE plan_id = 'p'",
    "one row less": "DELETE FROM link WHERE plan_id = 'p' AND ref = 'action:A-1'",
    "one row of before": "INSERT INTO link SELECT * FROM before",
    "a row of another plan": (
        "INSERT INTO link SELECT 'p', ref, gid, linked_at, row_hash FROM link WHERE plan_id = 'q'"
    ),
    "another sum": "UPDATE plan SET link_sum = upper(link_sum) WHERE plan_id = 'p'",
}


@pytest.fixture
def linked(database: Database) -> PlanStore:
    store = database.plan("p")
    store.append_log("c", LATER, [NewLogRow("pull", "action:A-1", "nom", to="x")])
    store.link("action:A-0", "10", NOW)
    with database._engine.begin() as connection:
        connection.execute(text("CREATE TABLE before AS SELECT * FROM link"))
    store.link("action:A-0", "13", LATER)
    store.relink("action:A-0", "action:A-3")
    store.link("action:A-1", "11", NOW)
    store.link("action:A-2", "12", NOW)
    database.plan("q").link("action:Q", "44", NOW)
    return store


@pytest.mark.parametrize("change", CHANGES)
def test_a_changed_link_is_refused_and_the_way_back_is_named(
    linked: PlanStore, database: Database, change: str
) -> None:
    assert linked.links() == {"action:A-1": "11", "action:A-2": "12", "action:A-3": "13"}
    with database._engine.begin() as connection:
        done = connection.execute(text(CHANGES[change]))
    assert done.rowcount >= 1
    with pytest.raises(StoreRefused) as refusal:
        linked.links()
    assert refusal.value.facts["problem"] == "damaged"
    for words in (refusal.value.text.fr, refusal.value.text.en):
        assert "jalon restore" in words
        assert database.place in words
    assert database.plan("q").links() == {"action:Q": "44"}


@pytest.mark.parametrize(
    "write",
    [
        pytest.param(lambda s: s.link("action:A-1", "99", LATER), id="link"),
        pytest.param(lambda s: s.relink("action:A-1", "action:A-7"), id="relink"),
    ],
)
def test_a_changed_link_is_not_written_over(
    linked: PlanStore, database: Database, write: Callable[[PlanStore], object]
) -> None:
    """With a fresh hash over it, nobody would ever know."""
    with database._engine.begin() as connection:
        connection.execute(text(CHANGES["another gid"]))
    with pytest.raises(StoreRefused):
        write(linked)
    with pytest.raises(StoreRefused):
        linked.links()


LOG_CHANGES = {
    "a text": "UPDATE log SET after = 'autre' WHERE id = 3",
    "a fact": "UPDATE log SET kind = 'pull' WHERE id = 3",
    "its link": "UPDATE log SET chain = upper(chain) WHERE id = 3",
    "the one before": "DELETE FROM log WHERE id = 2",
}


@pytest.mark.parametrize("change", LOG_CHANGES)
def test_a_changed_row_of_the_log_is_not_told_and_nothing_is_hung_on_it(
    store: PlanStore, database: Database, change: str
) -> None:
    said = NewLogRow("UpdateTask", "action:A-1", "nom", to="x", rule="restore", outcome="done")
    store.append_log("c1", NOW, [said, said, said])
    assert len(list(store.log())) == 3
    with database._engine.begin() as connection:
        without_triggers(connection, "log")
        connection.execute(text(LOG_CHANGES[change]))
    for act in (
        lambda: list(store.log(cycle_id="c1")),
        lambda: store.restored_since(NOW),
        lambda: store.append_log("c2", LATER, [said]),
    ):
        with pytest.raises(StoreRefused, match="row 3") as refusal:
            act()
        assert refusal.value.facts["problem"] == "damaged"
        assert "jalon restore" in refusal.value.text.fr
    assert verify(store.sealed_log(), []).faults, "whoever verifies is told all the same"


def test_a_log_whose_tail_was_cut_is_not_gone_on_with_unseen(
    store: PlanStore, database: Database
) -> None:
    """Rows that follow one another prove nothing of those that are gone: a head told elsewhere."""
    said = NewLogRow("UpdateTask", "action:A-1", "nom", to="x")
    store.append_log("c1", NOW, [said, said, said])
    head = store.log_head()
    with database._engine.begin() as connection:
        without_triggers(connection, "log")
        connection.execute(text("DELETE FROM log WHERE id = 3"))
    store.append_log("c2", LATER, [said])
    assert [f.breach for f in verify(store.sealed_log(), [Told(head, "etat.json")]).faults] == [
        "head"
    ]


# the file itself


def test_a_log_written_ahead_is_read_without_the_index_beside_it(
    sqlite_url: str, tmp_path: Path
) -> None:
    """A copy made of two of the three files, or a machine that lost its memory."""
    with open_database(sqlite_url) as database:
        fill_store(database.plan("p"))
        database.plan("p").link("action:Z", "99", LATER)
        seen = read(database.plan("p"))
        other = tmp_path / "copie"
        other.mkdir()
        assert (tmp_path / "jalon.db-wal").stat().st_size > 0
        for name in ("jalon.db", "jalon.db-wal"):
            shutil.copy(tmp_path / name, other / name)
    with open_database(f"sqlite:///{other / 'jalon.db'}") as copy:
        assert read(copy.plan("p")) == seen
        copy.plan("p").note_fact("forme", "une")


@pytest.mark.parametrize("how", ["removed", "replaced"])
def test_nothing_is_written_into_a_file_that_was_taken_away(
    sqlite_url: str, tmp_path: Path, how: str
) -> None:
    """On Linux it would go on being written, by nobody ever to be read."""
    with open_database(sqlite_url) as database:
        database.plan("p").note_fact("forme", "une")
        path = tmp_path / "jalon.db"
        content = path.read_bytes()
        path.unlink()
        if how == "replaced":
            path.write_bytes(content)
        with pytest.raises(StoreRefused) as refusal:
            database.plan("p").note_fact("forme", "deux")
        assert refusal.value.facts["problem"] == "moved"
        assert "jalon restore" in refusal.value.text.en


@pytest.mark.parametrize(
    "opening",
    [open_database, check_database, lambda url: open_database(url, migrate=False)],
    ids=["to write", "to check", "to read"],
)
def test_what_was_written_ahead_of_a_file_that_is_gone_is_kept(
    sqlite_url: str, tmp_path: Path, opening: Callable[[str], object]
) -> None:
    """It may hold what no file has; beside a new one SQLite would empty it."""
    with open_database(sqlite_url) as database:
        database.plan("p").note_fact("forme", "une")
        path, log = tmp_path / "jalon.db", tmp_path / "jalon.db-wal"
        kept = log.read_bytes()
        path.rename(tmp_path / "ailleurs.db")
        with pytest.raises(StoreRefused) as refusal:
            opening(sqlite_url)
        assert refusal.value.facts["problem"] == "log_left"
        assert "jalon restore" in refusal.value.text.fr
        assert (path.exists(), log.read_bytes()) == (False, kept)
        (tmp_path / "ailleurs.db").rename(path)
    with open_database(sqlite_url) as database:
        assert database.plan("p").facts()["forme"] == "une"


def test_a_database_upgraded_in_the_middle_is_not_written_to(
    database: Database, store: PlanStore
) -> None:
    """A service of the release before, still at work when the next one has migrated."""
    store.note_fact("forme", "une")
    with database._engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '0099'"))
    with pytest.raises(StoreRefused) as refusal:
        store.note_fact("forme", "deux")
    assert refusal.value.facts["problem"] == "newer"
    assert store.facts() == {"forme": "une"}


def test_a_stale_snapshot_is_busy_and_a_write_of_ours_never_has_one(
    sqlite_url: str, tmp_path: Path
) -> None:
    """SQLite refuses at once to turn a read into a write where somebody wrote in between."""
    with open_database(sqlite_url) as database:
        store = database.plan("p")
        store.note_fact("forme", "une")
        stale = sqlite3.connect(tmp_path / "jalon.db", isolation_level=None)
        stale.execute("BEGIN")
        stale.execute("SELECT * FROM fact").fetchall()
        store.note_fact("forme", "deux")
        with pytest.raises(sqlite3.OperationalError) as refusal:
            stale.execute("DELETE FROM fact")
        assert refusal.value.sqlite_errorcode == sqlite3.SQLITE_BUSY_SNAPSHOT
        stale.close()
        with store.transaction():  # a read inside does not make it a reader's
            assert store.facts() == {"forme": "deux"}
            store.note_fact("forme", "trois")
