"""What only a server does to a store: each is said as what it is, and the next write goes on."""

import threading
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import Connection, text

from sync.adapters.store import Database, check_database, dialect, open_database
from sync.errors import CycleBusy, StoreRefused
from tests.adapters.store.stored_values import NOW, everything, fill, impatient, observed

if TYPE_CHECKING:
    from tests.postgres import Server

pytestmark = pytest.mark.postgresql


@pytest.fixture
def served(postgres_url: str) -> Iterator[Database]:
    with open_database(postgres_url) as opened:
        fill(opened.plan("p"), "un")
        yield opened


@pytest.fixture
def other(postgres_url: str) -> Iterator[Connection]:
    """Another program on the same database."""
    engine, _ = dialect.connect_to(postgres_url)
    with engine.connect() as connection:
        yield connection
    engine.dispose()


def with_settings(url: str, **settings: object) -> str:
    options = "%20".join(f"-c%20{name}%3D{value}" for name, value in settings.items())
    return f"{url}?options={options}"


def test_the_settings_that_promises_rest_on_are_in_force(served: Database) -> None:
    wanted = {
        "TimeZone": "UTC",
        "lock_timeout": "15s",
        "idle_in_transaction_session_timeout": "1min",
        "synchronous_commit": "on",
        "transaction_isolation": "read committed",
    }
    with served.transaction(write=True) as transaction:
        found = {
            name: transaction.connection.exec_driver_sql(f"SHOW {name}").scalar() for name in wanted
        }
    assert found == wanted
    with served.transaction(write=False) as transaction:
        shown = transaction.connection.exec_driver_sql("SHOW transaction_isolation").scalar()
    assert shown == "repeatable read"


def test_what_the_address_sets_comes_last(postgres_url: str) -> None:
    with open_database(with_settings(postgres_url, lock_timeout="7s", work_mem="5MB")) as database:
        with database.transaction(write=False) as transaction:
            shown = [
                transaction.connection.exec_driver_sql(f"SHOW {name}").scalar()
                for name in ("lock_timeout", "work_mem", "TimeZone")
            ]
        assert shown == ["7s", "5MB", "UTC"]
        assert "options" not in database.place


def test_what_was_committed_outlives_a_crash_whatever_the_server_and_the_address_set(
    postgres: "Server", postgres_url: str
) -> None:
    with open_database(with_settings(postgres_url, synchronous_commit="off")) as database:
        for number in range(5):
            database.plan("p").note_fact("publié", str(number))
            postgres.stop("immediate")
            postgres.start()
            assert database.plan("p").facts()["publié"] == str(number)


def test_a_deadlock_is_busy_and_undone(
    served: Database, other: Connection, postgres_url: str
) -> None:
    """Ours holds the plan and wants the fact; the other holds the fact and wants the plan."""
    url = with_settings(postgres_url, deadlock_timeout="20ms")
    with open_database(url) as database:
        store = database.plan("p")
        before = everything(store)
        other.exec_driver_sql("SET deadlock_timeout = '60s'")
        other.exec_driver_sql("SELECT * FROM fact FOR UPDATE")
        waiting = threading.Thread(
            target=lambda: other.exec_driver_sql("SELECT * FROM plan FOR UPDATE"), daemon=True
        )
        with pytest.raises(CycleBusy) as refusal, store.transaction():  # noqa: PT012
            store.note_full_read(NOW)
            waiting.start()
            store.note_fact("forme", "deux")
        waiting.join()
        assert refusal.value.facts["problem"] == "locked"
        other.rollback()
        assert everything(store) == before
        store.note_fact("forme", "deux")


def test_a_serialization_failure_is_busy_and_undone(
    other: Connection, served: Database, postgres_url: str
) -> None:
    """Where the whole database was set to serializable, as an administrator may."""
    url = with_settings(postgres_url, default_transaction_isolation="serializable")
    with open_database(url) as database:
        store = database.plan("p")
        with pytest.raises(CycleBusy) as refusal, store.transaction():  # noqa: PT012
            store.facts()
            other.exec_driver_sql("UPDATE fact SET value = 'autre'")
            other.commit()
            store.note_fact("forme", "deux")
        assert refusal.value.facts["problem"] == "locked"
        assert store.facts()["forme"] == "autre"
        store.note_fact("forme", "deux")


def test_a_lock_that_lasts_is_busy(other: Connection, served: Database, postgres_url: str) -> None:
    other.exec_driver_sql("LOCK TABLE fact IN ACCESS EXCLUSIVE MODE")
    with open_database(impatient(postgres_url)) as database:
        with pytest.raises(CycleBusy) as refusal:
            database.plan("p").note_fact("forme", "deux")
        assert refusal.value.facts["problem"] == "locked"
        other.rollback()
        database.plan("p").note_fact("forme", "deux")


def test_a_statement_that_takes_too_long_is_busy(served: Database, postgres_url: str) -> None:
    with open_database(with_settings(postgres_url, statement_timeout="20ms")) as database:
        with pytest.raises(CycleBusy) as refusal, database.transaction(write=False) as transaction:
            transaction.connection.execute(text("SELECT pg_sleep(5)"))
        assert refusal.value.facts["problem"] == "locked"


def test_a_connection_that_was_ended_is_undone_and_the_next_write_goes_on(
    served: Database, postgres: "Server"
) -> None:
    store = served.plan("p")
    before = everything(store)
    with pytest.raises(StoreRefused) as refusal, store.transaction():  # noqa: PT012
        store.remember(observed("t", tasks=3), {}, "c2")
        assert postgres.end_connections(served.place.rpartition("/")[2]) == 1
        store.note_fact("forme", "deux")
    assert refusal.value.facts["problem"] == "unreachable"
    assert everything(store) == before
    store.note_fact("forme", "deux")


def test_a_commit_that_was_not_answered_is_not_taken_for_done(
    served: Database, postgres: "Server"
) -> None:
    store = served.plan("p")
    with pytest.raises(StoreRefused), store.transaction():  # noqa: PT012
        store.note_fact("forme", "deux")
        postgres.end_connections(served.place.rpartition("/")[2])
    assert store.facts()["forme"] == "un"


def test_a_server_that_only_reads_is_said_to_be_read_only(postgres_url: str) -> None:
    """A standby, to which a reader may well be sent."""
    url = with_settings(postgres_url, default_transaction_read_only="on")
    with open_database(url, migrate=False) as database:
        with pytest.raises(StoreRefused) as refusal:
            database.plan("p").note_fact("forme", "une")
        assert refusal.value.facts["problem"] == "read_only"
        assert database.plan("p").facts() == {}
    with pytest.raises(StoreRefused) as refusal:
        check_database(url)
    assert refusal.value.facts["problem"] == "read_only"


def test_an_account_without_the_right_is_told_so(
    served: Database, postgres: "Server", postgres_url: str
) -> None:
    with served._engine.begin() as connection:
        connection.exec_driver_sql("DROP ROLE IF EXISTS lecteur")
        connection.exec_driver_sql("CREATE ROLE lecteur LOGIN")
        connection.exec_driver_sql("GRANT SELECT ON ALL TABLES IN SCHEMA public TO lecteur")
    reader = postgres_url.replace("jalon@", "lecteur@")
    try:
        with open_database(reader, migrate=False) as database:
            assert database.plan("p").facts()
            with pytest.raises(StoreRefused) as refusal:
                database.plan("p").note_fact("forme", "deux")
        assert refusal.value.facts["problem"] == "read_only"
        assert "lecteur" in refusal.value.text.en
    finally:
        with served._engine.begin() as connection:
            connection.exec_driver_sql("DROP OWNED BY lecteur")
            connection.exec_driver_sql("DROP ROLE lecteur")


@pytest.mark.parametrize("where", ["port", "database"])
def test_a_server_or_a_database_that_is_not_there_is_named_without_the_password(
    postgres_url: str, where: str
) -> None:
    address = postgres_url.replace("jalon@", "jalon:secret@")
    head, _, name = address.rpartition("/")
    wrong = f"{head}/absente" if where == "database" else f"{head.rpartition(':')[0]}:1/{name}"
    for opening in (open_database, check_database):
        with pytest.raises(StoreRefused) as refusal:
            opening(wrong)
        assert refusal.value.facts["problem"] == "unreachable"
        said = refusal.value.text.fr + refusal.value.text.en + str(refusal.value.facts)
        assert "secret" not in said
        assert "127.0.0.1" in said


def test_a_table_that_somebody_dropped_is_damage(served: Database) -> None:
    with served._engine.begin() as connection:
        connection.exec_driver_sql("DROP TABLE baseline")
    with pytest.raises(StoreRefused) as refusal:
        served.plan("p").baselines()
    assert refusal.value.facts["problem"] == "corrupt"
    assert "jalon restore" in refusal.value.text.fr


def test_instants_are_the_same_whatever_the_server_s_zone(postgres_url: str) -> None:
    with open_database(postgres_url) as database:
        store = database.plan("p")
        store.note_full_read(NOW)
        store.link("action:A", "1", NOW)
    for zone in ("America/Toronto", "Pacific/Kiritimati"):
        with open_database(with_settings(postgres_url, timezone=zone)) as database:
            assert database.plan("p").last_full_read() == NOW
            assert database.plan("p").links() == {"action:A": "1"}
            assert database.plan("p").linked_since(NOW) == {"1"}


def test_the_address_may_name_the_driver(postgres_url: str) -> None:
    named = postgres_url.replace("postgresql://", "postgresql+psycopg://")
    engine, place = dialect.connect_to(named)
    engine.dispose()
    assert place.startswith("postgresql+psycopg://")
    with open_database(named) as database:
        assert database.plan_ids() == ()
