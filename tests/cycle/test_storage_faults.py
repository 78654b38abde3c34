"""
A database that fails in the middle of a cycle: undone, told, and the next cycle goes on.

The fault is a real one, struck at a numbered point of a cycle that has a manager's edit to read
and to publish: a lock that another program holds, a full disk, a refused write, a server that
ends our connection or crashes. After each, the public folder is whole, the cycle's row says why
it failed (or the next start closes it), the edit is read exactly once, and all is quiet again.
A sample of the points runs always, all of them in `make night`.
"""

import resource
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import text

from sync.adapters.publish.disk import Disk
from sync.adapters.publish.layout import current_version
from sync.adapters.publish.manifest import first_difference
from sync.adapters.store import open_database
from sync.core.chain import Told, verify
from sync.cycle import Wishes, run_cycle
from sync.errors import CycleBusy, StoreRefused, SyncError
from sync.sandbox.process import RunningSandbox
from tests.core.paper_asana import small_plan
from tests.cycle.test_crashes import LEASE_GONE, Mortal, count_points
from tests.cycle.test_faults import assert_one_of_everything
from tests.cycle.test_people import A2, action
from tests.road import Road

if TYPE_CHECKING:
    from tests.postgres import Server

Undo = Callable[[], None]
Strike = Callable[[Road], Undo | None]
"""None when it cannot strike at this point, within a transaction of ours: then at the next one."""

DECLARED = ("En cours", "Atteint")
EDIT = ("pull", "declare/mi-chemin")
PUBLISHED = {"En cours": "en_cours", "Atteint": "atteint"}


# SQLite


def driver(road: Road) -> sqlite3.Connection:
    """The connection of the store under test, in whatever transaction it is."""
    database: Any = road.store._database  # type: ignore[attr-defined]
    if database._current is not None:
        return database._current.connection.connection.driver_connection  # type: ignore[no-any-return]
    with database._engine.connect() as connection:
        return connection.connection.driver_connection  # type: ignore[no-any-return]


def file_of(road: Road) -> Path:
    return road.folder / "jalon.db"


def another_program_writes(road: Road) -> Undo | None:
    other = sqlite3.connect(file_of(road), isolation_level=None, timeout=0)
    try:
        other.execute("BEGIN IMMEDIATE")
    except sqlite3.OperationalError:
        other.close()
        return None
    return other.close


def disk_is_full(road: Road) -> Undo:
    ours = driver(road)
    ours.execute("PRAGMA max_page_count = 1")  # SQLite raises it to what the file has
    return lambda: None


def writes_are_refused(road: Road) -> Undo:
    driver(road).execute("PRAGMA query_only = ON")
    return lambda: None


OTHER_FILES = 64 * 1024  # those of the public folder are shorter, and are not what fails here


def disk_fails(road: Road) -> Undo:
    """The kernel refuses to write any file beyond what the log written ahead has by now."""
    ahead = file_of(road).with_name("jalon.db-wal")
    size = ahead.stat().st_size if ahead.exists() else 0
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (max(size, OTHER_FILES), before[1]))
    return lambda: resource.setrlimit(resource.RLIMIT_FSIZE, before)


def upgraded_meanwhile(road: Road) -> Undo | None:
    def told(revision: str) -> None:
        with closing(sqlite3.connect(file_of(road), timeout=0)) as other, other:
            other.execute("UPDATE alembic_version SET version_num = ?", (revision,))

    with closing(sqlite3.connect(file_of(road))) as other:
        (known,) = other.execute("SELECT version_num FROM alembic_version").fetchone()
    try:
        told("0099")
    except sqlite3.OperationalError:
        return None
    return lambda: told(known)


def taken_away(road: Road) -> Undo:
    """Somebody moves the file, and puts it back when the cycle has failed."""
    aside = road.folder / "ailleurs"
    aside.mkdir()
    names = [path.name for path in road.folder.glob("jalon.db*")]
    for name in names:
        (road.folder / name).rename(aside / name)

    def put_back() -> None:
        for path in aside.iterdir():
            path.rename(road.folder / path.name)
        aside.rmdir()

    return put_back


SQLITE: dict[str, tuple[Strike, str]] = {
    "busy": (another_program_writes, "locked"),
    "full": (disk_is_full, "full"),
    "ioerr": (disk_fails, "disk"),
    "readonly": (writes_are_refused, "read_only"),
    "newer schema": (upgraded_meanwhile, "newer"),
    "missing file": (taken_away, "moved"),
}


# PostgreSQL

RAISING = """
CREATE TABLE strike (code text);
CREATE FUNCTION fail_as_told() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE told text;
BEGIN
  SELECT code INTO told FROM strike;
  IF told IS NOT NULL THEN RAISE EXCEPTION 'as told' USING ERRCODE = told; END IF;
  RETURN NULL;
END $$;
"""
STRUCK_TABLES = ("baseline", "delivery", "fact", "finding", "log", "mirror_object", "snapshot")


@dataclass
class Served:
    """The server under the road, and the database of it that is struck."""

    server: "Server"
    url: str

    @property
    def name(self) -> str:
        return self.url.rpartition("/")[2]

    def tell(self, statement: str, **values: str) -> None:
        with open_database(self.url) as database, database._engine.begin() as connection:
            connection.execute(text(statement), values)

    def raises(self, code: str) -> Strike:
        def strike(_road: Road) -> Undo:
            self.tell("INSERT INTO strike VALUES (:code)", code=code)
            return lambda: self.tell("DELETE FROM strike")

        return strike

    def ends_our_connections(self, _road: Road) -> Undo:
        ended = self.server.end_connections(self.name)
        assert ended, "nobody was connected: the case proves nothing"
        return lambda: None

    def crashes(self, _road: Road) -> Undo:
        self.server.stop("immediate")
        self.server.start()
        return lambda: None

    def is_down(self, _road: Road) -> Undo:
        self.server.stop("immediate")
        return self.server.start


CODES = {
    "40001": "locked",  # serialization failure
    "40P01": "locked",  # deadlock
    "55P03": "locked",  # lock timeout
    "57014": "locked",  # statement timeout
    "53100": "full",
    "25006": "read_only",
    "58030": "disk",
    "XX001": "corrupt",
}
SAMPLED = ("40001", "57014", "53100", "XX001")


# the cycle under a fault


@dataclass
class Struck:
    """One road, cycle after cycle under a fault; the edits are counted so that none is lost."""

    road: Road
    edits: int = 0
    fired: int = 0
    seen: list[str] = field(default_factory=list)

    def begin(self) -> int:
        """How many points a cycle has that reads one edit and publishes it."""
        self.road.cycle()
        self._edit()
        points = count_points(self.road)
        self._settle()
        return points

    def strike_at(self, at: int, strike: Strike, problem: str, *, always: bool) -> None:
        """One case; with `always` the cycle must have failed, and not gone on by itself."""
        self._edit()
        error = self._cycle_struck_at(at, strike)
        if error is not None:
            self.fired += 1
            assert isinstance(error, StoreRefused | CycleBusy), error
            assert error.facts["problem"] in (problem, "lease_lost"), error
        assert error is not None or not always, f"nothing failed at point {at}"
        self._assert_told(error)
        self._settle()

    def _cycle_struck_at(self, at: int, strike: Strike) -> SyncError | None:
        passed, undo = 0, None

        def point(_name: str) -> None:
            nonlocal passed, undo
            passed += 1
            if passed >= at and undo is None:
                undo = strike(self.road)

        error: SyncError | None = None
        try:
            with self.road.ports() as real:
                ports = replace(real, store=Mortal(real.store, point))
                run_cycle(ports, self.road.steering, self.road.plan, Wishes())
        except SyncError as raised:
            error = raised
        finally:
            if undo is not None:
                undo()
        assert undo is not None, f"the fault never struck: the cycle has no point {at}"
        self.assert_folder_is_whole()
        return error

    def _assert_told(self, error: SyncError | None) -> None:
        """`failed` with a reason, or still open because nothing could be written any more."""
        self.road.reopen()
        last = self.road.store.cycles(limit=1)[0]
        self.seen.append(str(last.outcome))
        if error is None:
            assert last.outcome == "ok"
        else:
            assert last.outcome in (None, "failed", "ok"), last
            if last.outcome == "failed":
                assert last.reason

    def _settle(self) -> None:
        """Two cycles at most: the first goes on, the second has nothing left to do."""
        road = self.road
        road.wait(LEASE_GONE)
        report = road.cycle()
        assert report.outcome == "ok"
        road.control.forget_requests()
        report = road.cycle()
        assert (road.writes(), report.snapshot_is_new, report.outcome) == (0, False, "ok")
        assert None not in {cycle.outcome for cycle in road.store.cycles()}
        assert not road.store.unsettled()
        self.assert_folder_is_whole()
        checkpoint = action(road, "A1-02")["jalons"]["mi-chemin"]
        assert checkpoint["declare"] == PUBLISHED[DECLARED[self.edits % 2]]
        pulled = [row for row in road.store.log(subject=A2) if (row.kind, row.field) == EDIT]
        assert len(pulled) == self.edits, "each edit is read once, none twice and none lost"
        head = road.store.log_head()
        assert verify(road.store.sealed_log(), [Told(head, "ici")]).faults == ()
        assert_one_of_everything(road)

    def _edit(self) -> None:
        self.edits += 1
        self.road.edit(A2, **{"declare__mi-chemin": DECLARED[self.edits % 2]})
        self.road.wait(90)

    def assert_folder_is_whole(self) -> None:
        standing = current_version(self.road.public)
        assert standing is not None
        assert first_difference(self.road.public, standing, Disk()) is None


@pytest.fixture
def struck(sandbox: RunningSandbox, tmp_path: Path) -> Iterator[Struck]:
    address = f"sqlite:///{tmp_path / 'jalon.db'}?timeout=0.05"
    with Road(small_plan(), tmp_path, sandbox, database=address) as road:
        yield Struck(road)


Count = Callable[[str, object], None]


def counted(record_property: Count, what: str, struck: Struck, cases: int) -> None:
    record_property(f"cases: cycles under a fault of {what}", cases)
    record_property(f"cases: of those cycles of {what} failed and recovered", struck.fired)


def test_a_cycle_whose_sqlite_file_fails_is_undone_and_the_next_goes_on(
    struck: Struck, record_property: Count
) -> None:
    points = struck.begin()
    for number, (fault, (strike, problem)) in enumerate(SQLITE.items()):
        for at in (points // 4 + number, points * 2 // 3 + number):
            struck.strike_at(at, strike, problem, always=fault != "full")
    counted(record_property, "SQLite", struck, 2 * len(SQLITE))


@pytest.mark.night
@pytest.mark.parametrize("fault", SQLITE)
def test_the_same_at_every_point(struck: Struck, fault: str, record_property: Count) -> None:
    strike, problem = SQLITE[fault]
    points = struck.begin()
    last = points - 3  # after them a cycle may not write any more
    for at in range(1, last):
        struck.strike_at(at, strike, problem, always=False)
    assert struck.fired > last // 2
    counted(record_property, "SQLite", struck, last - 1)


@pytest.fixture
def served(
    sandbox: RunningSandbox, tmp_path: Path, postgres: "Server", postgres_url: str
) -> Iterator[tuple[Struck, Served]]:
    here = Served(postgres, postgres_url)
    here.tell(RAISING)
    for table in STRUCK_TABLES:
        here.tell(
            f"CREATE TRIGGER fails AFTER INSERT OR UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION fail_as_told()"
        )
    with Road(small_plan(), tmp_path, sandbox, database=postgres_url) as road:
        yield Struck(road), here


@pytest.mark.postgresql
def test_a_cycle_that_postgresql_refuses_is_undone_and_the_next_goes_on(
    served: tuple[Struck, Served], record_property: Count
) -> None:
    """By the codes that a server gives, at the first write after a point."""
    struck, here = served
    points = struck.begin()
    for number, code in enumerate(SAMPLED):
        at = points // 4 + number * (points // 3) // len(SAMPLED)
        struck.strike_at(at, here.raises(code), CODES[code], always=True)
    counted(record_property, "PostgreSQL", struck, len(SAMPLED))


@pytest.mark.postgresql
@pytest.mark.night
def test_every_code_of_postgresql_at_several_points(
    served: tuple[Struck, Served], record_property: Count
) -> None:
    struck, here = served
    points = struck.begin()
    sampled = range(points // 4, points * 2 // 3, 3)
    for code, problem in CODES.items():
        for at in sampled:
            struck.strike_at(at, here.raises(code), problem, always=True)
    counted(record_property, "PostgreSQL", struck, len(CODES) * len(sampled))


@pytest.mark.postgresql
def test_a_cycle_whose_connection_is_ended_is_undone_and_the_next_goes_on(
    served: tuple[Struck, Served], record_property: Count
) -> None:
    """Between two transactions nobody notices: a fresh connection takes over."""
    struck, here = served
    points = struck.begin()
    sampled = range(2, points - 3, max(1, points // 6))
    for at in sampled:
        struck.strike_at(at, here.ends_our_connections, "unreachable", always=False)
    assert struck.fired, "no transaction was ever hit"
    counted(record_property, "PostgreSQL", struck, len(sampled))


@pytest.mark.postgresql
def test_a_server_that_crashes_in_a_cycle_loses_nothing(
    served: tuple[Struck, Served], record_property: Count
) -> None:
    struck, here = served
    points = struck.begin()
    for at in (points // 3, points * 3 // 4):
        struck.strike_at(at, here.crashes, "unreachable", always=False)
    struck.strike_at(points * 2 // 3, here.is_down, "unreachable", always=True)
    assert "None" in struck.seen, "what could not even be told is closed by the next start"
    counted(record_property, "PostgreSQL", struck, 3)


@pytest.mark.postgresql
@pytest.mark.night
def test_a_connection_ended_at_every_point(
    served: tuple[Struck, Served], record_property: Count
) -> None:
    struck, here = served
    points = struck.begin()
    for at in range(1, points - 3):
        struck.strike_at(at, here.ends_our_connections, "unreachable", always=False)
    counted(record_property, "PostgreSQL", struck, points - 4)


def test_a_link_that_was_damaged_stops_the_cycle_before_it_writes(struck: Struck) -> None:
    """It would write into a stranger's task, and into the public page what is said there."""
    road = struck.road
    struck.begin()
    before = {path: path.read_bytes() for path in road.public.rglob("*") if path.is_file()}
    gid = road.gid(A2)
    with closing(sqlite3.connect(file_of(road))) as other, other:
        other.execute("UPDATE link SET gid = gid || '0' WHERE ref = ?", (A2,))
    road.reopen()
    road.control.forget_requests()
    with pytest.raises(StoreRefused, match="jalon restore") as refusal:
        road.cycle()
    assert refusal.value.facts["problem"] == "damaged"
    last = road.store.cycles(limit=1)[0]
    assert last.outcome == "failed"
    assert last.reason is not None
    assert "jalon restore" in last.reason
    assert road.writes() == 0
    after = {path: path.read_bytes() for path in road.public.rglob("*") if path.is_file()}
    assert after == before
    with closing(sqlite3.connect(file_of(road))) as other, other:
        other.execute("UPDATE link SET gid = ? WHERE ref = ?", (gid, A2))
    struck._settle()
