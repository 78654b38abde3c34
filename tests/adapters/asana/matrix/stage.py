"""One call, one fault, on real sockets; and what must hold whatever the two are."""

import base64
import io
import logging
import socket
import ssl
import threading
import traceback
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
import structlog

from sync.adapters.asana import AsanaSubscriptions, AsanaTarget, Budget, Limits, Session, reads
from sync.errors import OutcomeUnknown, SyncError, TargetUnavailable
from sync.model.operation import AnyOperation
from sync.ports import Applied
from sync.sandbox.process import RunningSandbox
from tests.adapters.asana.asana_desk import KEYS, open_desk, provisioning
from tests.adapters.asana.matrix.calls import CALLS, MEMBER, Read, Write
from tests.adapters.asana.matrix.faults import OVERSIZED, Fault

TOKEN = "2/1199000000000/9:canari+du/jeton=="
PERSON = "Jalon"
LONG_PAGES = 215
COUNTED_WITH_OFFSET = ("expired_offset", "page_overlap")
"""Faults that the sandbox counts only where the query names an offset."""
LIMITS = Limits(connect_seconds=5, read_seconds=5, call_seconds=10, body_bytes=OVERSIZED)
HASTY = replace(LIMITS, read_seconds=0.15, call_seconds=0.3)
"""Where silence is the fault, it need not last; elsewhere a busy machine must not look like one."""


def canaries() -> tuple[str, ...]:
    """What would give the token away: whole, by halves, and in the forms that HTTP knows."""
    half = len(TOKEN) // 2
    parts = (TOKEN, TOKEN[:half], TOKEN[half:])
    coded = [base64.b64encode(part.encode()).decode().rstrip("=") for part in parts]
    return (*parts, *coded, *(quote(part, safe="") for part in parts))


@dataclass
class Slept(list[float]):
    """Sleeps at once; the budget's clock goes with it."""

    def __call__(self, seconds: float) -> None:
        self.append(seconds)

    def ticks(self) -> float:
        return 1_772_000_000.0 + sum(self)


@dataclass
class Outcome:
    """How one call ended, and all that anybody could read of it."""

    value: Any = None
    error: SyncError | None = None
    states: list[str] = field(default_factory=list)
    details: list[str] = field(default_factory=list)
    sent: int = 0
    repeats: int = 0
    slept: list[float] = field(default_factory=list)
    resting: float = 0.0
    told: str = ""

    def hear(self, applied: Applied) -> None:
        self.states.append(applied.state)
        if applied.detail:
            self.details += [applied.detail.fr, applied.detail.en]


@dataclass
class Stage:
    """A sandbox in which a plan is in place, kept to begin again from it for each pair."""

    sandbox: RunningSandbox
    links: dict[str, str]
    truth: dict[str, Any] = field(default_factory=dict)
    limits: Limits = LIMITS
    untouched: str | None = None

    def begin(self, call: Read | Write, fault: Fault, *, times: int) -> None:
        self.restore("long" if isinstance(call, Read) and call.page else "small", call)
        self.limits = HASTY if "seconds" in fault.given and fault.group == "lost" else LIMITS
        if fault.group == "unsent":
            return
        page = call.page if isinstance(call, Read) and call.page else 1
        counted_from = 2 if fault.name in COUNTED_WITH_OFFSET else 1
        self.sandbox.control.add_fault(
            fault.kind or fault.name,
            call.method,
            call.path,
            1 + page - counted_from,
            times=times,
            **fault.given,
        )

    def restore(self, world: str, call: Read | Write) -> None:
        """A reading leaves the world as it was, for the next one to begin in."""
        if self.untouched == world:
            self.sandbox.control.clear_faults()
            self.sandbox.control.forget_requests()
        else:
            self.sandbox.control.restore(world)
        self.untouched = world if isinstance(call, Read) else None

    def calm(self) -> None:
        """No fault any more, and no haste."""
        self.sandbox.control.clear_faults()
        self.limits = LIMITS

    def fired(self) -> int:
        return int(self.sandbox.control.faults()[0]["fired"])

    def done(self, call: Write) -> int:
        control = self.sandbox.control
        world = {"webhooks": control.webhooks()} if call.path == "/webhooks" else control.dump()
        return call.done(world, self.links)

    @contextmanager
    def session(self, url: str | None = None) -> Iterator[tuple[Session, Slept]]:
        slept = Slept()
        session = Session(
            TOKEN,
            url=url or self.sandbox.url,
            limits=self.limits,
            budget=Budget(ticks=slept.ticks),
            sleep=slept,
            chance=lambda: 0.5,
        )
        try:
            yield session, slept
        finally:
            session.close()

    def make(self, call: Read | Write, url: str | None = None) -> Outcome:
        """Make one call and listen to everything that is said."""
        outcome = Outcome()
        with self.session(url) as (session, slept), _listening() as heard:
            told = [repr(session), repr(session.client)]
            try:
                self.conduct(call, session, outcome)
            except SyncError as error:
                outcome.error = error
                if isinstance(call, Write) and call.operation is None:
                    outcome.states.append(state_of(error))
                told += [str(error), repr(error), error.in_("fr"), error.in_("en")]
                told += [str(error.facts), "".join(traceback.format_exception(error))]
            outcome.sent = sum(session.requests().values())
            outcome.repeats = session.repeats
            outcome.slept = list(slept)
            outcome.resting = session.resting()
        outcome.told = "\n".join([*told, *outcome.details, heard.getvalue()])
        return outcome

    def conduct(self, call: Read | Write, session: Session, outcome: Outcome) -> None:
        if isinstance(call, Read):
            outcome.value = call.do(session, self.links)
        elif call.operation is None:
            outcome.value = call.send and call.send(session, self.links)
            outcome.states.append("done")
        else:
            target = AsanaTarget(
                session,
                workspace=self.sandbox.workspace,
                field_keys=KEYS,
                learned={"indicator_form": "one_call"},
            )
            apply_one(target, call.operation, self.links, outcome.hear)


def apply_one(
    target: AsanaTarget,
    operation: AnyOperation,
    links: Mapping[str, str],
    after: Callable[[Applied], None],
) -> None:
    target.apply([operation], links, before=lambda _: None, after=after)


@contextmanager
def _listening() -> Iterator[io.StringIO]:
    """All that is logged, at the most talkative level."""
    heard = io.StringIO()
    handler = logging.StreamHandler(heard)
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(heard))
    try:
        yield heard
    finally:
        structlog.reset_defaults()
        root.setLevel(level)
        root.removeHandler(handler)


@contextmanager
def nobody_listens() -> Iterator[tuple[str, Callable[[], int]]]:
    """An address whose port is closed; the kernel answers, so that it always fires."""
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{unused.getsockname()[1]}/api/1.0", lambda: 1


@contextmanager
def no_such_name(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[str, Callable[[], int]]]:
    asked: list[Any] = []
    known = socket.getaddrinfo

    def unknown(host: Any, *details: Any, **more: Any) -> Any:
        if host != "asana.invalid":
            return known(host, *details, **more)
        asked.append(host)
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    yield "http://asana.invalid/api/1.0", lambda: len(asked)


@contextmanager
def untrusted(certificate: Path) -> Iterator[tuple[str, Callable[[], int]]]:
    """A server that speaks TLS with a certificate that it made itself."""
    met: list[object] = []
    heard: list[bytes] = []
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    listening = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            try:
                line, who = listening.accept()
            except OSError:
                return
            met.append(who)
            with line, suppress(OSError):
                line.settimeout(2)
                with context.wrap_socket(line, server_side=True) as secure:
                    heard.append(secure.recv(100))

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield f"https://127.0.0.1:{listening.getsockname()[1]}/api/1.0", lambda: len(met)
        assert not any(heard), "not a byte of a request may reach a server that is not trusted"
    finally:
        listening.shutdown(socket.SHUT_RDWR)
        listening.close()
        thread.join()


@contextmanager
def door() -> Iterator[str]:
    """Where a webhook knocks: it is let in by its secret said back."""

    class Opener(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            self.send_response(200)
            self.send_header("X-Hook-Secret", self.headers.get("X-Hook-Secret", ""))
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Nobody reads it."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Opener) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}/asana"
        server.shutdown()
        thread.join()


def state_of(error: SyncError) -> str:
    if isinstance(error, OutcomeUnknown):
        return "unknown"
    return "void" if isinstance(error, TargetUnavailable) else "rejected"


def set_the_stage(sandbox: RunningSandbox, door: str) -> Stage:
    """Provision once, keep the world, make the long listing, keep that too, and note the truth."""
    control = sandbox.control
    with open_desk(sandbox) as desk:
        account = control.add_person(PERSON, "jalon@ville.example", token=TOKEN)
        control.add_person("Membre", MEMBER)
        desk.token = TOKEN
        target = desk.target()
        wanted = [one for one in provisioning(3) if one.ref != "indicator:I-2"]
        assert set(desk.apply(target, wanted).values()) == {"done"}
        links = dict(desk.links)
        with desk_session(desk.url) as session:
            links["sync"] = reads.events(session, links["project:actions"], None).token
            links["workspace"] = sandbox.workspace
            links["door"] = door
            links["account"] = account["gid"]
            for address in (door, f"{door}/une-autre"):
                made = AsanaSubscriptions(session).create(links["project:indicators"], address)
                links.setdefault("webhook", made.webhook)
        control.edit_task(links["action:A-2"], PERSON, name="changé depuis")
        control.save("small")
        for number in range(LONG_PAGES):
            control.add_task(f"t{number}", PERSON, project=links["project:indicators"])
        control.save("long")
    stage = Stage(sandbox, links)
    for call in CALLS:
        if isinstance(call, Read):
            control.restore("long" if call.page else "small")
            with stage.session() as (session, _):
                stage.truth[call.name] = call.do(session, links)
    assert len(stage.truth["tasks, page 1"]) == LONG_PAGES + 2
    assert stage.truth["events"].events
    assert all(stage.truth.values()), "else nothing at all would pass for the truth"
    return stage


@contextmanager
def desk_session(url: str) -> Iterator[Session]:
    with ExitStack() as closing:
        session = Session(TOKEN, url=url)
        closing.callback(session.close)
        yield session
