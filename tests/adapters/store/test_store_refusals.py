"""A database that cannot be used is refused with what, where and what to do, in both languages."""

import contextlib
import os
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from sync.adapters.store import Database, check_database, dialect, open_database
from sync.adapters.store.refusals import translated
from sync.errors import CycleBusy, StoreRefused, SyncError
from tests.adapters.store.stored_values import dump, everything, fill, impatient, observed

NOBODY = 65534


@contextlib.contextmanager
def without_rights() -> Iterator[None]:
    """Root may write anywhere: step down for a moment, where there is something to step down."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(NOBODY)
    try:
        if not os.access(dialect.__file__, os.R_OK, effective_ids=True):
            pytest.skip("the package stands where only root can read it")
        yield
    finally:
        os.seteuid(0)


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that everybody can reach; pytest's own are closed to others than its user."""
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


def problem(refusal: pytest.ExceptionInfo[SyncError], place: Path | str) -> object:
    for words in (refusal.value.text.fr, refusal.value.text.en):
        assert str(place) in words
        assert "{" not in words
    return refusal.value.facts["problem"]


def test_a_folder_that_lacks_is_created(tmp_path: Path) -> None:
    open_database(f"sqlite:///{tmp_path / 'a' / 'b' / 'jalon.db'}").close()
    assert (tmp_path / "a" / "b" / "jalon.db").exists()


@pytest.mark.parametrize("opening", [open_database, check_database])
def test_a_file_where_a_folder_is_expected_is_named(tmp_path: Path, opening: object) -> None:
    (tmp_path / "a").write_text("un fichier")
    with pytest.raises(StoreRefused) as refusal:
        opening(f"sqlite:///{tmp_path / 'a' / 'jalon.db'}")
    assert problem(refusal, tmp_path / "a") in {"folder", "cannot_open"}


def test_a_folder_is_not_a_database(tmp_path: Path) -> None:
    with pytest.raises(StoreRefused) as refusal:
        open_database(f"sqlite:///{tmp_path}")
    assert problem(refusal, tmp_path) == "cannot_open"


@pytest.mark.parametrize("opening", [open_database, check_database])
def test_a_folder_without_the_right_to_write_is_refused(open_folder: Path, opening: object) -> None:
    open_folder.chmod(0o555)
    url = f"sqlite:///{open_folder / 'jalon.db'}"
    with without_rights(), pytest.raises(StoreRefused) as refusal:
        opening(url)
    assert problem(refusal, open_folder) in {"folder", "cannot_open"}
    open_folder.chmod(0o755)
    assert list(open_folder.iterdir()) == []


def test_a_file_without_the_right_to_write_can_be_read_but_not_written(open_folder: Path) -> None:
    """`jalon status` for a colleague who may look, and a clear refusal of everything else."""
    path = open_folder / "jalon.db"
    with open_database(f"sqlite:///{path}") as database:
        fill(database.plan("p"), "un")
        read = everything(database.plan("p"))
    path.chmod(0o444)
    open_folder.chmod(0o777)
    with without_rights():
        with open_database(f"sqlite:///{path}", migrate=False) as database:
            assert everything(database.plan("p")) == read
            with pytest.raises(StoreRefused) as refusal:
                database.plan("p").note_fact("forme", "une")
        with pytest.raises(StoreRefused) as checked:
            check_database(f"sqlite:///{path}")
    assert problem(refusal, path) == problem(checked, path) == "read_only"


def test_a_read_only_address_is_refused_when_writing(sqlite_url: str, tmp_path: Path) -> None:
    open_database(sqlite_url).close()
    path = tmp_path / "jalon.db"
    with (
        open_database(f"sqlite:///file:{path}?mode=ro&uri=true", migrate=False) as database,
        pytest.raises(StoreRefused) as refusal,
    ):
        database.plan("p").note_fact("forme", "une")
    assert problem(refusal, path) == "read_only"


@pytest.mark.parametrize("opening", [open_database, check_database])
def test_a_file_that_is_no_database_is_refused_and_kept(tmp_path: Path, opening: object) -> None:
    path = tmp_path / "plan.txt"
    path.write_text("Plan des 100 premiers jours\n" * 100)
    before = path.read_bytes()
    with pytest.raises(StoreRefused) as refusal:
        opening(f"sqlite:///{path}")
    assert problem(refusal, path) == "not_a_database"
    assert path.read_bytes() == before


def test_a_damaged_database_is_refused(sqlite_url: str, tmp_path: Path) -> None:
    with open_database(sqlite_url) as database:
        database.plan("p").remember(observed("t", tasks=500), {}, "c")
    path = tmp_path / "jalon.db"
    content = bytearray(path.read_bytes())
    content[8192:] = b"\xa5" * (len(content) - 8192)
    path.write_bytes(content)
    with pytest.raises(StoreRefused) as refusal, open_database(sqlite_url) as database:
        everything(database.plan("p"))
    assert problem(refusal, path) == "corrupt"


def test_a_row_that_was_edited_into_nonsense_is_refused(database: Database) -> None:
    database.plan("p").remember(observed("t"), {}, "c")
    with database._engine.begin() as connection:
        connection.execute(text("UPDATE mirror_object SET body = '{}'"))
    with pytest.raises(StoreRefused) as refusal:
        database.plan("p").mirror()
    assert problem(refusal, database.place) == "corrupt"


def test_a_full_disk_undoes_the_whole_transaction_and_the_next_one_goes_on(
    sqlite_database: Database, tmp_path: Path
) -> None:
    store = sqlite_database.plan("p")
    fill(store, "un")
    before = everything(store)

    def room(pages: int) -> None:
        with sqlite_database._engine.connect() as connection:
            connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")

    room(1)  # SQLite raises it to what the file has already
    with pytest.raises(StoreRefused) as refusal, store.transaction():  # noqa: PT012
        store.note_fact("forme", "deux")
        store.remember(observed("t", tasks=2000), {}, "c2")
    assert problem(refusal, tmp_path) == "full"
    assert everything(store) == before

    room(100_000)
    store.remember(observed("t", tasks=2000), {}, "c2")
    assert store.mirror() == observed("t", tasks=2000)


def test_a_database_locked_too_long_is_busy_and_not_broken(url: str) -> None:
    """Waiting is all there is to do: the next cycle tries again."""
    with open_database(url) as other:
        other.plan("p").note_fact("forme", "aucune")
        with open_database(impatient(url)) as database:
            with other.plan("p").transaction():
                with pytest.raises(CycleBusy) as refusal:
                    database.plan("p").note_fact("forme", "une")
                assert problem(refusal, database.place) == "locked"
                assert database.plan("p").facts() == {"forme": "aucune"}  # readers go on
            database.plan("p").note_fact("forme", "une")


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        pytest.param(sqlite3.SQLITE_IOERR_WRITE, "disk", id="write failed"),
        pytest.param(sqlite3.SQLITE_IOERR_FSYNC, "disk", id="sync failed"),
        pytest.param(sqlite3.SQLITE_READONLY_DBMOVED, "read_only", id="file moved"),
        pytest.param(sqlite3.SQLITE_BUSY_SNAPSHOT, "locked", id="stale snapshot"),
        pytest.param(sqlite3.SQLITE_CORRUPT_VTAB, "corrupt", id="corrupt"),
    ],
)
def test_extended_codes_are_known_by_their_kind(code: int, expected: str) -> None:
    raised = sqlite3.OperationalError("refusé")
    raised.sqlite_errorcode = code
    with pytest.raises(SyncError) as refusal, translated("jalon.db"):
        raise OperationalError("", None, raised)
    assert problem(refusal, "jalon.db") == expected


def test_a_server_that_does_not_answer_is_named_without_its_password() -> None:
    with pytest.raises(StoreRefused) as refusal, translated("postgresql://u:***@h/b"):
        raise OperationalError("", None, OSError("connection refused"))
    assert problem(refusal, "postgresql://u:***@h/b") == "unreachable"


@pytest.mark.parametrize(
    "url",
    [
        pytest.param("jalon.db", id="a path"),
        pytest.param("", id="empty"),
        pytest.param("mysql://u:secret@h/b", id="another database"),
        pytest.param("postgresql://u:secret@h:porte/b", id="no port"),
    ],
)
def test_an_address_that_is_none_is_refused_without_repeating_secrets(url: str) -> None:
    with pytest.raises(StoreRefused) as refusal:
        open_database(url)
    assert problem(refusal, "sqlite:///") == "url"
    assert "secret" not in str(refusal.value.text) + str(refusal.value.facts)


def test_checking_a_good_database_changes_nothing(database: Database, url: str) -> None:
    """Also its proof that it may write is undone."""
    fill(database.plan("p"), "un")
    before = dump(database)
    check_database(url)
    database.check()
    assert dump(database) == before
