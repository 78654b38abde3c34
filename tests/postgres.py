"""
A PostgreSQL server for the tests: a cluster of its own, in a folder of its own, on a free port.

It sorts text as people in Québec do, not byte by byte as SQLite does, so that whatever rests on
the order of a database shows. Nothing is synced to the disk: a crash is that of the server's
processes, not of the machine. It is as careless about what was committed as it may be told to
be, so that what we do not insist on is lost when it crashes.
"""

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any, Final

import psycopg

OWNER: Final = "jalon"
TEMPLATE: Final = "jalon_template"
_WELL_KNOWN: Final = Path("/usr/lib/postgresql")  # Debian keeps them out of PATH
_NO_DISK: Final = ("fsync=off", "full_page_writes=off")
_CARELESS: Final = ("synchronous_commit=off", "wal_writer_delay=10s")


def binaries() -> Path | None:
    """The folder of the server's programs, the newest one; None where there is none."""
    found = [*_WELL_KNOWN.glob("*/bin/initdb")]
    if found:
        return max(found, key=lambda each: int(each.parts[-3])).parent
    on_path = shutil.which("initdb")
    return Path(on_path).resolve().parent if on_path else None


def _server_user() -> str | None:
    """The server refuses to run as root: somebody else, where we are root."""
    if os.geteuid() != 0:
        return None
    known = {each.pw_name for each in pwd.getpwall()}
    return next(name for name in ("postgres", "nobody") if name in known)


@dataclass
class Server:
    """One cluster and its databases."""

    programs: Path
    folder: Path
    port: int = 0
    user: str | None = field(default_factory=_server_user)
    _numbers: Iterator[int] = field(default_factory=lambda: count(1))

    def create(self) -> None:
        if self.user is not None:
            shutil.chown(self.folder, self.user)
        words = ["-U", OWNER, "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"]
        sorting = ["--locale-provider=icu", "--icu-locale=fr-CA"]
        self._run("initdb", "-D", "data", *words, *sorting)

    def start(self) -> None:
        """On the port it had before, or on a free one; another process may take that meanwhile."""
        for tries_left in (2, 1, 0):
            port = self.port or _free_port()
            settings = (f"unix_socket_directories={self.folder}", *_NO_DISK, *_CARELESS)
            options = f"-p {port} -c listen_addresses=127.0.0.1 " + " ".join(
                f"-c {each}" for each in settings
            )
            try:
                self._run("pg_ctl", "-D", "data", "-s", "-w", "-l", "log", "-o", options, "start")
            except subprocess.CalledProcessError:
                if self.port or not tries_left:
                    raise
            else:
                self.port = port
                return

    def stop(self, how: str = "fast") -> None:
        """`immediate` is a crash: no process of the server gets to end what it does."""
        self._run("pg_ctl", "-D", "data", "-s", "-w", "-m", how, "stop")

    def url(self, database: str) -> str:
        return f"postgresql://{OWNER}@127.0.0.1:{self.port}/{database}"

    def create_template(self) -> str:
        """The address of what `migrated` copies; to be migrated once, and closed."""
        self.tell(f"CREATE DATABASE {TEMPLATE} TEMPLATE template0")
        return self.url(TEMPLATE)

    def empty(self) -> str:
        """The address of a new database with nothing in it."""
        return self._copy("template0")

    def migrated(self) -> str:
        """The address of a new database as this release makes it."""
        return self._copy(TEMPLATE)

    def _copy(self, template: str) -> str:
        name = f"t{next(self._numbers)}"
        self.tell(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY file_copy")
        return self.url(name)

    def drop(self, url: str) -> None:
        self.tell(f"DROP DATABASE {url.rpartition('/')[2]} WITH (FORCE)")

    def tell(self, statement: str) -> list[tuple[Any, ...]]:
        """As the owner of everything, outside of any transaction."""
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            said = connection.execute(statement)
            return said.fetchall() if said.description else []

    def end_connections(self, database: str) -> int:
        """As an administrator does; how many there were."""
        return len(
            self.tell(
                "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity "  # noqa: S608
                f"WHERE datname = '{database}' AND pid <> pg_backend_pid()"
            )
        )

    def _run(self, program: str, *words: str) -> None:
        acting = {} if self.user is None else _as(self.user)
        with (self.folder / "said").open("ab") as said:  # not a pipe: the server would hold it
            subprocess.run(
                [self.programs / program, *words],
                cwd=self.folder,
                stdout=said,
                stderr=said,
                check=True,
                timeout=60,
                **acting,
            )


def _as(user: str) -> dict[str, Any]:
    return {"user": user, "group": pwd.getpwnam(user).pw_gid, "extra_groups": []}


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running_server(programs: Path, beside: Path | None = None) -> Iterator[Server]:
    """Started and, whatever happens, stopped; its files lie in `beside`, else where others do."""
    folder = Path(tempfile.mkdtemp(prefix="jalon-postgresql-", dir=beside))
    server = Server(programs, folder)
    try:
        server.create()
        server.start()
        try:
            yield server
        finally:
            server.stop("immediate")
    finally:
        shutil.rmtree(folder, ignore_errors=True)
