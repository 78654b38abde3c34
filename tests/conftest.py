"""
What concerns the whole run: where its files lie, how many cases each matrix tried, and the
databases that tests run on, SQLite and PostgreSQL.
"""

import os
from collections import Counter
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NoReturn

import pytest
from hypothesis import settings

from sync.adapters.store import open_database
from tests.empty_store import empty_store

if TYPE_CHECKING:
    from tests.postgres import Server

settings.register_profile("jalon", deadline=None)  # a busy machine makes no property false
settings.load_profile("jalon")

COUNTED: Final = {
    "adapters/asana/matrix/test_matrix_calls.py": "pairs of a call and a fault",
    "cycle/test_fault_matrix.py": "cycles under a fault",
    "cycle/test_time.py": "cases of clocks and calendars",
    "worker/test_schedule_nights.py": "cases of clocks and calendars",
}
"""A test file whose cases are counted, and what one of them is."""

MEMORY: Final = Path("/dev/shm")  # noqa: S108 - only where pytest puts its own folders
ROOM: Final = 2 * 1024**3


def in_memory() -> bool:
    """Whether files may lie in memory: no test is about the disk, and most wait for it."""
    return MEMORY.is_dir() and os.access(MEMORY, os.W_OK) and _free(MEMORY) > ROOM


def _free(folder: Path) -> int:
    told = os.statvfs(folder)
    return told.f_bavail * told.f_frsize


if in_memory():
    os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(MEMORY))


def pytest_addoption(parser: pytest.Parser) -> None:
    drawn = parser.getgroup("drawn", "cases that are drawn by chance from too many")
    drawn.addoption("--drawn-by", default="jalon", help="a word; the same one draws the same")
    people = parser.getgroup("people", "what people do in Asana during a cycle (tests/people)")
    people.addoption("--people-sample", type=int, default=25, help="cases to draw (25)")
    people.addoption("--people-case", action="append", default=[], help="one more: 1:change:3")
    machine = parser.getgroup("machine", "two workers, and anything in any order (tests/machine)")
    machine.addoption("--machine-schedule", action="append", default=[], help="such as 40:3")
    machine.addoption("--machine-seed", type=int, action="append", default=[], help="play again")


def pytest_terminal_summary(terminalreporter: Any) -> None:
    tried = Counter(
        said
        for report in terminalreporter.stats.get("passed", ())
        for file, said in COUNTED.items()
        if report.when == "call" and f"{file}::" in report.nodeid and "[" in report.nodeid
    )
    seconds = Counter[str]()
    for report in chain.from_iterable(terminalreporter.stats.values()):
        for file, said in COUNTED.items():
            if f"{file}::" in getattr(report, "nodeid", ""):
                seconds[said] += getattr(report, "duration", 0)
    for said, count in tried.items():
        terminalreporter.write_line(f"{count} {said}: passed, in {seconds[said]:.0f} s")
    several: Counter[str] = Counter()  # of a test that is many cases, told by record_property
    lasted = Counter[str]()
    for report in terminalreporter.stats.get("passed", ()):
        if report.when == "call":
            for name, value in report.user_properties:
                if name.startswith("cases: "):
                    several[name.removeprefix("cases: ")] += value
                if name.startswith("seconds: "):
                    lasted[name.removeprefix("seconds: ")] += value
    for said, count in several.items():
        each = f", in {1000 * lasted[said] / count:.0f} ms each" if lasted[said] else ""
        terminalreporter.write_line(f"{count} {said}: passed{each}")
    exercised: Counter[str] = Counter()
    for report in chain.from_iterable(terminalreporter.stats.values()):
        for name, value in getattr(report, "user_properties", ()):
            if report.when == "call" and name.startswith("exercised: "):
                exercised[name.removeprefix("exercised: ")] += value
    if exercised:
        told = ", ".join(f"{name} {count}" for name, count in sorted(exercised.items()))
        terminalreporter.write_line(f"exercised: {told}")


BOTH: Final = ("sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql))
"""What a fixture is parametrised with whose tests hold on both databases."""


def _lacking(what: str) -> NoReturn:
    if os.environ.get("CI") == "true":
        pytest.fail(f"this is CI and here lacks {what}")
    pytest.skip(f"here lacks {what}")


@pytest.fixture(scope="session")
def postgres() -> "Iterator[Server]":
    """A server for the session; absent, the tests are skipped, and fail in CI."""
    try:
        from tests.postgres import binaries, running_server  # noqa: PLC0415 - needs its driver
    except ModuleNotFoundError as error:
        _lacking(f"the driver of PostgreSQL ({error.name}): make its environment anew, by `make`")
    programs = binaries()
    if programs is None:
        _lacking("the server of PostgreSQL (on Debian: apt-get install postgresql)")
    with running_server(programs, MEMORY if in_memory() else None) as server:
        open_database(server.create_template()).close()
        yield server


@pytest.fixture(params=BOTH)
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a database that is new to the test, on each kind."""
    yield from new_database(request, tmp_path)


@pytest.fixture(params=BOTH)
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """One in which not even our tables are."""
    yield from new_database(request, tmp_path, migrated=False)


@pytest.fixture
def postgres_url(postgres: "Server") -> Iterator[str]:
    """What holds on PostgreSQL alone; its tests bear the mark."""
    url = postgres.migrated()
    yield url
    postgres.drop(url)


def new_database(
    request: pytest.FixtureRequest, folder: Path, *, migrated: bool = True
) -> Iterator[str]:
    """At the latest revision, or with nothing in it: an SQLite file that may not be there yet."""
    if request.param == "sqlite":
        file = folder / "jalon.db"
        if migrated:
            file.write_bytes(empty_store())
        yield f"sqlite:///{file}"
        return
    server: Server = request.getfixturevalue("postgres")
    url = server.migrated() if migrated else server.empty()
    yield url
    server.drop(url)
