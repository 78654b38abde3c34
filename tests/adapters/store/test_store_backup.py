"""A backup is one whole file of one instant, or none; a restore loses nothing."""

import errno
import sqlite3
import stat
import zipfile
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from sync.adapters.store import Database, Restoration, backup, open_database, restore
from sync.adapters.store.backup import COPY, MANIFEST, Manifest, back_up
from sync.core.guard import RESTORED
from sync.errors import ConfigError, CycleBusy, StoreRefused
from sync.model.record import NewLogRow
from tests.adapters.store.stored_values import without_triggers

NOW = datetime(2026, 2, 16, 9, 30, tzinfo=UTC)
PLAN = "becancour"


@pytest.fixture
def url(sqlite_url: str) -> str:
    return sqlite_url


@pytest.fixture
def live(tmp_path: Path) -> Path:
    return tmp_path / "jalon.db"


@pytest.fixture
def filled(sqlite_database: Database) -> Database:
    write(sqlite_database, "avant")
    return sqlite_database


def write(database: Database, word: str) -> None:
    rows = [NewLogRow("pull", "action:A1-01", "note", to=word)]
    database.plan(PLAN).append_log("c1", NOW, rows)


def words(file: Path) -> list[str]:
    with open_database(f"sqlite:///{file}") as opened:
        return [row.to or "" for row in opened.plan(PLAN).log() if row.kind == "pull"]


def unpack(file: Path) -> tuple[Manifest, bytes]:
    with zipfile.ZipFile(file) as packed:
        return Manifest.model_validate_json(packed.read(MANIFEST)), packed.read(COPY)


def put(url: str, file: Path, *, yes: bool = True) -> Restoration:
    return restore(url, file, [PLAN], NOW, "test", yes=yes)


def test_it_is_of_one_instant_whatever_a_cycle_is_writing(
    filled: Database, url: str, tmp_path: Path
) -> None:
    with filled.plan(PLAN).transaction():
        write(filled, "pendant")
        manifest = back_up(url, tmp_path / "copie", NOW, overwrite=False)
    write(filled, "après")
    assert manifest.plans[0].log_rows == 1
    (tmp_path / "autre").mkdir()
    put(f"sqlite:///{tmp_path / 'autre' / 'jalon.db'}", tmp_path / "copie")
    assert words(tmp_path / "autre" / "jalon.db") == ["avant"]


def test_a_file_in_the_way_is_kept_unless_said_otherwise(
    filled: Database, url: str, tmp_path: Path, live: Path
) -> None:
    to = tmp_path / "copie"
    to.write_text("à moi")
    with pytest.raises(ConfigError, match="--overwrite"):
        back_up(url, to, NOW, overwrite=False)
    assert to.read_text() == "à moi"
    back_up(url, to, NOW, overwrite=True)
    assert unpack(to)[0].made_at == NOW
    with pytest.raises(ConfigError, match="the database itself"):
        back_up(url, live, NOW, overwrite=True)


@pytest.mark.parametrize("step", ["_described", "_pack", "_put"])
def test_a_full_disk_leaves_neither_a_half_nor_a_trace(
    filled: Database, url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    before = sorted(tmp_path.iterdir())
    monkeypatch.setattr(backup, step, full)
    with pytest.raises(ConfigError, match="full"):
        back_up(url, tmp_path / "copie", NOW, overwrite=False)
    assert sorted(tmp_path.iterdir()) == before


def test_without_a_yes_it_only_says_what_it_would_replace(
    filled: Database, url: str, tmp_path: Path
) -> None:
    back_up(url, tmp_path / "copie", NOW, overwrite=False)
    write(filled, "après")
    before = sorted(tmp_path.iterdir())
    found = put(url, tmp_path / "copie", yes=False)
    assert found.replaced is not None
    assert [each.log_rows for each in (*found.restored, *found.replaced)] == [1, 2]
    assert sorted(tmp_path.iterdir()) == before
    assert RESTORED not in filled.plan(PLAN).facts()


def test_what_was_there_is_kept_and_the_restored_store_knows_that_it_is_old(
    filled: Database, url: str, tmp_path: Path, live: Path
) -> None:
    back_up(url, tmp_path / "copie", NOW, overwrite=False)
    write(filled, "après")
    filled.close()
    found = put(url, tmp_path / "copie")
    assert found.kept_as is not None
    assert words(found.kept_as) == ["avant", "après"]
    assert words(live) == ["avant"]
    with open_database(url) as opened:
        store = opened.plan(PLAN)
        assert store.facts()[RESTORED] == NOW.isoformat()
        assert list(store.log())[-1].kind == "restored"
        store.take_lease("suivant", NOW, 300.0)
    with open_database(f"sqlite:///{found.kept_as}") as aside:
        aside.plan(PLAN).take_lease("suivant", NOW, 300.0)


def test_a_lease_of_the_copy_does_not_hold_the_restored_store(
    filled: Database, url: str, tmp_path: Path
) -> None:
    """Whoever held it when the copy was taken holds a database that is gone."""
    store = filled.plan(PLAN)
    lease = store.take_lease("cycle", NOW, 300.0)
    back_up(url, tmp_path / "copie", NOW, overwrite=False)
    store.release_lease(lease)
    filled.close()
    put(url, tmp_path / "copie")
    with open_database(url) as opened:
        opened.plan(PLAN).take_lease("suivant", NOW, 300.0)


def test_it_is_refused_while_a_cycle_runs(filled: Database, url: str, tmp_path: Path) -> None:
    back_up(url, tmp_path / "copie", NOW, overwrite=False)
    write(filled, "après")
    filled.plan(PLAN).take_lease("cycle", NOW, 300.0)
    with pytest.raises(CycleBusy):
        put(url, tmp_path / "copie")
    assert words(Path(filled.place)) == ["avant", "après"]


def test_an_altered_or_cut_backup_is_refused_and_nothing_is_replaced(
    filled: Database, url: str, tmp_path: Path
) -> None:
    good = tmp_path / "copie"
    back_up(url, good, NOW, overwrite=False)
    filled.close()
    body, bad = good.read_bytes(), tmp_path / "mauvaise"
    inside = sorted({*range(0, len(body), max(1, len(body) // 25)), len(body) - 1})
    unharmed = 0
    for at in inside:
        for made in (body[:at], body[:at] + bytes([body[at] ^ 0x10]) + body[at + 1 :]):
            bad.write_bytes(made)
            try:
                put(url, bad, yes=False)
            except (ConfigError, StoreRefused):
                continue
            unharmed += 1  # a byte of the zip that says nothing of what it holds, such as a date
            assert len(made) == len(body)
    assert unharmed <= len(inside) // 4
    bad.write_bytes(b"bonjour")
    with pytest.raises(ConfigError, match="no backup"):
        put(url, bad)
    assert not list(tmp_path.glob("jalon.db.*"))


def test_a_copy_with_another_digest_or_a_broken_chain_is_refused(
    filled: Database, url: str, tmp_path: Path
) -> None:
    """Whoever changes the copy must make the digest anew, and then the chain tells."""
    back_up(url, tmp_path / "copie", NOW, overwrite=False)
    filled.close()
    manifest, copy = unpack(tmp_path / "copie")
    forged = tmp_path / "forgee.db"
    forged.write_bytes(copy)
    with closing(sqlite3.connect(forged)) as file, file:
        file.execute("DROP TRIGGER log_refuses_update")
        file.execute("UPDATE log SET after = 'faux'")
    again = backup._described(forged, NOW)
    for told in (manifest, again):
        with zipfile.ZipFile(tmp_path / "forgee", "w") as packed:
            packed.write(forged, COPY)
            packed.writestr(MANIFEST, told.model_dump_json())
        with pytest.raises(ConfigError):
            put(url, tmp_path / "forgee")
    assert words(Path(filled.place)) == ["avant"]


def test_a_second_restore_in_the_same_second_does_not_lose_what_the_first_kept(
    filled: Database, url: str, tmp_path: Path
) -> None:
    """Both would be put aside under one name, which is that second's."""
    back_up(url, tmp_path / "copie", NOW, overwrite=False)
    write(filled, "après")
    filled.close()
    first = put(url, tmp_path / "copie")
    assert first.kept_as is not None
    with pytest.raises((ConfigError, OSError)):
        put(url, tmp_path / "copie")
    assert words(first.kept_as) == ["avant", "après"]
    with open_database(url) as opened:
        opened.plan(PLAN).take_lease("suivant", NOW, 300.0)


def test_it_is_readable_for_whom_the_database_was_and_a_backup_for_nobody_else(
    filled: Database, url: str, tmp_path: Path, live: Path
) -> None:
    filled.close()
    live.chmod(0o640)
    back_up(url, tmp_path / "copie", NOW, overwrite=False)
    assert stat.S_IMODE((tmp_path / "copie").stat().st_mode) == 0o600
    put(url, tmp_path / "copie")
    assert stat.S_IMODE(live.stat().st_mode) == 0o640


def test_a_restore_that_a_cycle_of_another_plan_refuses_gives_back_its_own_leases_alone(
    filled: Database, url: str, tmp_path: Path
) -> None:
    """Plans are taken one after the other; « z » is at work, and the first was taken already."""
    busy = filled.plan("z")
    busy.note_fact("forme", "une")
    back_up(url, tmp_path / "copie", NOW, overwrite=False)
    busy.take_lease("cycle", NOW, 300.0)
    with pytest.raises(CycleBusy):
        put(url, tmp_path / "copie")
    with pytest.raises(CycleBusy):
        filled.plan("z").take_lease("suivant", NOW, 300.0)
    filled.plan(PLAN).take_lease("suivant", NOW, 300.0)
    busy.note_fact("forme", "deux")


def test_a_newer_one_is_refused_and_one_of_no_plan_of_ours_too(
    filled: Database, url: str, tmp_path: Path
) -> None:
    back_up(url, tmp_path / "copie", NOW, overwrite=False)
    with pytest.raises(ConfigError, match="none of the configured plans"):
        restore(url, tmp_path / "copie", ["autre"], NOW, "test", yes=True)
    with filled.transaction(write=True) as transaction:
        transaction.connection.exec_driver_sql("UPDATE alembic_version SET version_num = 'r9'")
    with pytest.raises(StoreRefused, match="newer"):
        back_up(url, tmp_path / "nouvelle", NOW, overwrite=False)


def test_a_damaged_database_is_no_hindrance_and_is_kept_too(
    filled: Database, url: str, tmp_path: Path, live: Path
) -> None:
    back_up(url, tmp_path / "copie", NOW, overwrite=False)
    filled.close()
    live.write_bytes(b"plus rien" * 100)
    found = put(url, tmp_path / "copie")
    assert found.unreadable is not None
    assert found.kept_as is not None
    assert found.kept_as.read_bytes() == b"plus rien" * 100
    assert words(live) == ["avant"]


def test_a_log_written_ahead_of_a_file_that_is_gone_does_not_run_into_the_restored_one(
    filled: Database, url: str, tmp_path: Path, live: Path
) -> None:
    """SQLite plays whatever lies under that name into the file beside it, and asks nothing."""
    back_up(url, tmp_path / "copie", NOW, overwrite=False)
    write(filled, "après")
    ahead = live.with_name(f"{live.name}-wal")
    left = ahead.read_bytes()
    filled.close()
    live.unlink()
    ahead.write_bytes(left)
    found = put(url, tmp_path / "copie")
    assert words(live) == ["avant"]
    assert found.kept_as is not None
    assert found.kept_as.read_bytes() == left


def test_a_power_cut_at_the_exchange_leaves_one_of_the_two(
    filled: Database, url: str, tmp_path: Path, live: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    back_up(url, tmp_path / "copie", NOW, overwrite=False)
    write(filled, "après")
    filled.close()

    def cut(_self: Path, _target: Path) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(Path, "replace", cut)
        with pytest.raises(KeyboardInterrupt):
            put(url, tmp_path / "copie")
    assert words(live) == ["avant", "après"]
    restore(url, tmp_path / "copie", [PLAN], NOW + timedelta(seconds=1), "test", yes=True)
    assert words(live) == ["avant"]


def test_a_backup_goes_over_a_database_that_a_newer_release_upgraded(
    filled: Database, url: str, tmp_path: Path, live: Path
) -> None:
    """The only way back from an upgrade; its leases still keep a cycle away."""
    back_up(url, tmp_path / "copie", NOW, overwrite=False)
    write(filled, "après")
    with filled._engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '0099'"))
    filled.close()
    put(url, tmp_path / "copie")
    assert words(live) == ["avant"]


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE link SET gid = '9'",
        "UPDATE log SET after = 'autre'",
        "UPDATE log SET rule = 'autre'",
    ],
)
def test_the_way_back_that_a_refusal_names_is_one(
    filled: Database, url: str, tmp_path: Path, live: Path, damage: str
) -> None:
    filled.plan(PLAN).link("action:A1-01", "11", NOW)
    back_up(url, tmp_path / "copie", NOW, overwrite=False)
    with filled._engine.begin() as connection:
        without_triggers(connection, "log")
        connection.execute(text(damage))
    with pytest.raises(StoreRefused, match="jalon restore"):  # noqa: PT012
        filled.plan(PLAN).links()
        write(filled, "après")
    filled.close()
    put(url, tmp_path / "copie")
    assert words(live) == ["avant"]
    with open_database(url) as restored:
        assert restored.plan(PLAN).links() == {"action:A1-01": "11"}


def test_postgresql_is_told_its_own_tools_and_no_password(tmp_path: Path) -> None:
    url = "postgresql://jalon:motdepasse@hote/base?password=motdepasse"
    with pytest.raises(ConfigError, match="pg_dump") as refused:
        back_up(url, tmp_path / "copie", NOW, overwrite=False)
    assert "motdepasse" not in refused.value.in_("fr") + refused.value.in_("en")
