"""
The sandbox in this very process: the same application and the same faults, without a socket.

Only the transport is a double: it hands each request to what would answer it behind the socket,
and gives back what the wire would have: an answer, or the mishap that the client would have seen.
`test_near.py` holds it against the wire.
"""

import errno
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any, Self
from unittest.mock import patch
from urllib.parse import parse_qsl, urlencode, urlsplit

from sqlalchemy import event
from urllib3 import HTTPHeaderDict

from sync.adapters.asana import Session, session
from sync.adapters.asana.client import make_client
from sync.adapters.asana.exchange import Answer, Failure, Mishap
from sync.adapters.publish import DirectoryPublisher
from sync.adapters.publish.disk import Disk
from sync.adapters.publish.layout import LATEST
from sync.adapters.store import open_database
from sync.adapters.store.database import Database
from sync.cycle import Ports
from sync.model.record import SnapshotRecord
from sync.ports import Publisher
from sync.sandbox.announcements import HEADER
from sync.sandbox.api import Api
from sync.sandbox.call import API_ROOT
from sync.sandbox.client import ControlRefusedError, SandboxControl
from sync.sandbox.clock import parse_instant
from sync.sandbox.control import CONTROL_ROOT, Control
from sync.sandbox.dump import dump
from sync.sandbox.process import RunningSandbox
from sync.sandbox.sandbox import Sandbox
from sync.sandbox.wire import Reply, Request
from tests.cycle.test_crashes import Mortal
from tests.empty_store import empty_store
from tests.road import Road

ROOT = "http://127.0.0.1:1"
BEGIN, COMMIT, COMMITTED, TURN = "begin", "commit", "committed", "turn"
SHARED_MEMORY = Path("/dev/shm")  # noqa: S108 - where there is none, an ordinary folder serves


class NearControl(SandboxControl):
    """The control hand, put straight on the control interface."""

    def __init__(self, sandbox: Sandbox) -> None:
        super().__init__(ROOT)
        self.sandbox = sandbox
        self._control = Control(sandbox)
        self.api = Api(sandbox)  # once for all roads: its routes are dear to build
        self.clients: list[Any] = []  # of the SDK: they keep nothing, and are dear to make too

    def dump(self) -> dict[str, Any]:
        with self.sandbox.world.lock:
            return dump(self.sandbox.world)

    def set_clock(self, now: datetime | str, *, frozen: bool | None = None) -> None:
        clock = self.sandbox.world.clock
        clock.set(parse_instant(now) if isinstance(now, str) else now)
        if frozen is not None:
            clock.freeze(frozen=frozen)

    def _ask(self, method: str, path: str, body: Any = None) -> Any:
        at = urlsplit(f"{ROOT}{CONTROL_ROOT}/{path}")
        sent = b"" if body is None else json.dumps(body).encode()
        query = dict(parse_qsl(at.query))
        reply = self._control.answer(Request(method, at.path, query, at.query, {}, sent, ROOT))
        if reply.status != 200:
            raise ControlRefusedError(json.loads(reply.body)["errors"][0]["message"])
        return json.loads(reply.body)


class NearTransport:
    """In the place of `sync.adapters.asana.exchange.Transport`; `point` is told of each request."""

    def __init__(
        self,
        api: Api,
        sending: Callable[[str, str], None],
        point: Callable[[str], None],
        body_bytes: int,
    ) -> None:
        self._api = api
        self._sending = sending
        self._point = point
        self._body_bytes = body_bytes

    def close(self) -> None:
        """There is no line to close."""

    def GET(self, url: str, **details: Any) -> Answer:  # noqa: N802 - the SDK's names
        return self._send("GET", url, details)

    def POST(self, url: str, **details: Any) -> Answer:  # noqa: N802
        return self._send("POST", url, details)

    def PUT(self, url: str, **details: Any) -> Answer:  # noqa: N802
        return self._send("PUT", url, details)

    def _send(self, method: str, url: str, details: Mapping[str, Any]) -> Answer:
        if query := details.get("query_params"):
            url = f"{url}?{urlencode(query)}"
        self._point(f"{method} {url}")
        self._sending(method, url)
        body = b"" if method == "GET" else json.dumps(details.get("body") or {}).encode()
        at = urlsplit(url)
        reply = self._api.answer(
            Request(
                method,
                at.path,
                dict(parse_qsl(at.query, keep_blank_values=True)),
                at.query,
                {name.title(): value for name, value in (details.get("headers") or {}).items()},
                body,
                ROOT,
            )
        )
        return received(reply, at.path, self._body_bytes)


def received(reply: Reply, path: str, most: int) -> Answer:
    """What the client has of a reply once it went through the wire as its `line` says."""
    line = reply.line
    if line.drop:
        raise Failure("silence" if line.hold else "cut")
    if line.cut is not None:
        raise Failure("cut")
    if len(reply.body) + line.pad > most:
        raise Failure("unreadable", status=reply.status)
    headers = HTTPHeaderDict({"Jalon-Sandbox": "1", **reply.headers})
    for change in reply.changes:
        headers.add(HEADER, change)
    answer = Answer(reply.status, headers, reply.body[: line.length])
    if 200 <= reply.status <= 299 or (reply.status == 412 and path.endswith("/events")):
        return answer
    mishap: Mishap = "status" if reply.status >= 400 else "unreadable"
    raise Failure(mishap, status=reply.status, headers=headers, body=reply.body)


def near(sandbox: Sandbox) -> RunningSandbox:
    """What a road needs of a sandbox, of one that no process and no socket stands for."""
    world = sandbox.world
    return RunningSandbox(
        url=f"{ROOT}{API_ROOT}",
        token=next(iter(world.tokens)),
        workspace=sandbox.workspace.gid,
        team=sandbox.team.gid,
        control=NearControl(sandbox),
        pid=0,
    )


@dataclass
class NearRoad(Road):
    """A road whose requests stay in this process, and whose store waits for no disk."""

    in_flight: int = 1
    point: Callable[[str], None] = lambda _name: None
    full_disk: bool = False
    plain: bool = True

    def __enter__(self) -> Self:
        assert isinstance(self.sandbox.control, NearControl)
        self._near = self.sandbox.control
        self._client = self._near.clients.pop() if self._near.clients else None
        return super().__enter__()

    def __exit__(self, *error: object) -> None:
        super().__exit__(*error)
        if self._client is not None:
            self._near.clients.append(self._client)

    def session(self) -> Session:
        with patch.object(session, "make_client", self._reused):
            made = super().session()
        made._transport.close()
        near: Any = NearTransport(self._near.api, made._count, self.touch, made.limits.body_bytes)
        made._transport = made.client.rest_client = near
        made._pace.turn = partial(self._turn, made._pace.turn)  # type: ignore[method-assign]
        return made

    @contextmanager
    def ports(self) -> Iterator[Ports]:
        """Each call to the store, each request and each step on the disk is a point."""
        with super().ports() as made:
            store: Any = Watched(made.store, self.touch)
            render = plain_face if self.plain else made.render
            yield replace(made, store=store, render=render)

    def _publisher(self, target: str) -> Publisher:
        return DirectoryPublisher(self.folder / target, target, WatchedDisk(self))

    @contextmanager
    def _turn(self, usual: Any, way: str) -> Iterator[None]:
        """Where a request waits until it may leave: it can be long."""
        with usual(way):
            self.touch(TURN)
            yield

    def touch(self, name: str) -> None:
        """A point was reached: whoever waits for it may act, stop the clock, or end it all."""
        self.point(name)

    def revive(self) -> None:
        """The store as another process would have it, which holds no lease."""
        self.store = self._database.plan(self.plan.id)

    def _reused(self, token: str, url: str, transport: Any) -> Any:
        self._client = self._client or make_client(token, url, transport)
        return self._client

    def reopen(self) -> None:
        self._open.close()
        self._database = hasty_database(self.folder / "jalon.db")
        self._open.callback(self._database.close)
        self.revive()


def plain_face(records: Sequence[SnapshotRecord]) -> Mapping[str, bytes]:
    """
    A face with nothing on it: what stands on the real one is tested elsewhere, at a third of
    what a cycle costs.
    """
    told = f"instantané {records[-1].number}".encode()
    return {"index.html": told, LATEST: records[-1].body}


class Watched(Mortal):
    """A port whose every call is a point; none of them lies within a transaction of its own."""

    @contextmanager
    def _transaction(self, found: Callable[[], Any]) -> Iterator[None]:
        with super()._transaction(found):
            yield
        self._point(COMMITTED)


class WatchedDisk(Disk):
    """The public folder's disk; when it is full, writing is what fails."""

    def __init__(self, road: NearRoad) -> None:
        self._road = road

    def write(self, path: Path, body: bytes) -> None:
        self._road.touch("disk write")
        if self._road.full_disk:
            raise OSError(errno.ENOSPC, "No space left on device", str(path))
        super().write(path, body)

    def rename(self, source: Path, target: Path) -> None:
        self._road.touch("disk rename")
        super().rename(source, target)

    def link(self, path: Path, to: str) -> None:
        self._road.touch("disk link")
        super().link(path, to)


def hasty_database(file: Path) -> Database:
    """
    Without waiting for a disk: what is killed here is the process and never the machine.

    A writer that meets another one gives up at once: nobody can end while this thread waits.
    """
    url = f"sqlite:///{file}?timeout=0"
    if not file.exists():
        file.write_bytes(empty_store())
    database = open_database(url, migrate=False)

    @event.listens_for(database._engine, "connect")
    def hasten(connection: Any, _record: object) -> None:
        connection.execute("PRAGMA synchronous = OFF")

    database._engine.dispose()
    return database
