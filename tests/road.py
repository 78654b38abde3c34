"""One plan on the whole road: a sandbox process, a store, a folder; for tests and the bench."""

import atexit
import hashlib
import json
import os
import shutil
import tempfile
import threading
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any, Self

from pydantic import SecretStr

from sync.adapters.asana import AsanaTarget, Session
from sync.adapters.asana.budget import Budget
from sync.adapters.asana.session import Limits
from sync.adapters.publish import make_publisher
from sync.adapters.store import open_database
from sync.core.marks import is_task
from sync.cycle import CycleReport, run_cycle
from sync.model.guarding import Acceptance
from sync.model.plan import Plan
from sync.model.rules import Rules
from sync.ports import Ports, Publisher, Store
from sync.proposal import Proposal, Wishes, propose
from sync.sandbox.client import SandboxControl
from sync.sandbox.process import RunningSandbox
from sync.site.build import build_files
from sync.site.presentation import Presentation
from tests.core.paper_asana import rules_for
from tests.empty_store import empty_store

START = datetime(2026, 2, 1, 17, tzinfo=UTC)
GREFFE = "greffe@ville.example"


@dataclass
class HandClock:
    """Stands still unless moved, so that what a cycle says does not depend on the machine."""

    at: datetime = START

    def now(self) -> datetime:
        return self.at


@dataclass
class Road:
    """Runs cycles as the command does, with a clock in the test's hand."""

    plan: Plan
    folder: Path
    sandbox: RunningSandbox
    rules: Rules | None = None
    clock: HandClock = field(default_factory=HandClock)
    targets: tuple[str, ...] = ("public",)
    sent: list[Mapping[str, int]] = field(default_factory=list)
    in_flight: int = 5
    sleep: Callable[[float], None] = lambda _seconds: None
    database: str | None = None
    """Its address; else a file in the folder."""
    _moving: threading.Lock = field(default_factory=threading.Lock)

    def __enter__(self) -> Self:
        self.control = self.sandbox.control
        self.steering = self.rules or rules_for(self.plan)
        self.folder.mkdir(parents=True, exist_ok=True)
        self.public = self.folder / "public"
        self._open = ExitStack()
        self.reopen()
        return self

    def __exit__(self, *_error: object) -> None:
        self._open.close()

    def reopen(self) -> None:
        """As a new process would find the store."""
        self._open.close()
        file = self.folder / "jalon.db"
        if self.database is None and not file.exists():
            file.write_bytes(empty_store())
        database = open_database(self.database or f"sqlite:///{file}")
        self._open.callback(database.close)
        self.store: Store = database.plan(self.plan.id)

    def session(self) -> Session:
        return Session(
            self.sandbox.token,
            url=self.sandbox.url,
            limits=Limits(reads_in_flight=self.in_flight, writes_in_flight=self.in_flight),
            budget=Budget(ticks=lambda: self.clock.now().timestamp()),
            sleep=self.sleep,
            now=self.clock.now,
        )

    @contextmanager
    def ports(self) -> Iterator[Ports]:
        session = self.session()
        try:
            yield Ports(
                store=self.store,
                target=AsanaTarget(
                    session,
                    workspace=self.sandbox.workspace,
                    field_keys=[rule.key for rule in self.steering.mapping.fields],
                    learned=self.store.facts(),
                ),
                publishers=tuple(self._publisher(target) for target in self.targets),
                clock=self.clock,
                render=lambda records: build_files(
                    records, Presentation("Ville d’essai", None, "fr", "America/Toronto")
                ),
                digest=lambda body: hashlib.sha256(body).hexdigest(),
                new_id=lambda: str(uuid.uuid4()),
                holder=f"test-{uuid.uuid4()}",
                salt=lambda: uuid.uuid4().bytes,
            )
        finally:
            self.sent.append(session.requests())
            session.close()

    def _publisher(self, target: str) -> Publisher:
        place = target if target.startswith("http") else str(self.folder / target)
        return make_publisher(place, token=SecretStr("jeton"), name=target)

    def cycle(
        self, *, full: bool = False, accept: Acceptance | None = None, slot: str | None = None
    ) -> CycleReport:
        with self.ports() as ports:
            wishes = Wishes(full=full, accept=accept, slot=slot)
            report = run_cycle(ports, self.steering, self.plan, wishes)
        assert report is not None
        return report

    def begin(self) -> None:
        """
        Its first cycle. It is run once for each world, and put back for whoever begins alike.

        Of what is counted, the requests begin anew. For tests that are about what comes later.
        A server's database is not put back: there it is run.
        """
        if self.database is not None:
            assert self.cycle().outcome == "ok"
            return
        assert not self.store.cycles(1), "it has begun already"
        world = [self.control.state(), self.control.dump(), self.control.faults()]
        bug = os.environ.get("PLANTED_BUG")
        alike = (self.plan, self.steering, self.clock.at, self.targets, self.in_flight, bug)
        told = json.dumps(world, sort_keys=True, default=str) + repr(alike)
        kept = _begun(self.control) / hashlib.sha256(told.encode()).hexdigest()
        name = str(kept)
        if not kept.exists():
            assert self.cycle().outcome == "ok"
            self._open.close()
            self.control.save(name)
            shutil.copytree(self.folder, kept, symlinks=True)
        self._open.close()
        self.control.restore(name)
        shutil.rmtree(self.folder)
        shutil.copytree(kept, self.folder, symlinks=True)
        self.reopen()

    def propose(self, *, full: bool = False) -> Proposal:
        with self.ports() as ports:
            return propose(ports, self.steering, self.plan, Wishes(full=full))

    def go_to(self, moment: datetime) -> None:
        self.clock.at = moment
        self.control.set_clock(moment, frozen=True)

    def wait(self, seconds: float) -> None:
        """Requests that leave side by side may each sleep so."""
        with self._moving:
            self.go_to(self.clock.at + timedelta(seconds=seconds))

    # what Asana holds, told by the sandbox itself

    def gid(self, ref: str) -> str:
        return self.store.links()[ref]

    def tasks(self) -> dict[str, dict[str, Any]]:
        """Live tasks by gid."""
        return {g: t for g, t in self.control.dump()["tasks"].items() if not t["trashed"]}

    def marks(self) -> list[str]:
        """The ids that live tasks carry, sorted: a repeated one is a duplicate."""
        found = (t["fields"].get(self.id_field) for t in self.tasks().values())
        return sorted(mark for mark in found if mark)

    @property
    def id_field(self) -> str:
        return self.steering.mapping.role("jalon_id").name

    def expected_marks(self) -> list[str]:
        refs = [a.id for _, _, a in self.plan.actions()]
        refs += [i.id for _, _, i in self.plan.indicators()]
        return sorted(f"{self.plan.id}/{id_}" for id_ in refs)

    def writes(self) -> int:
        counts = self.control.requests()["by_method"]
        return sum(n for method, n in counts.items() if method != "GET")

    def field_name(self, key: str) -> str:
        return next(r.name for r in self.steering.mapping.fields if r.key == key)

    def edit(self, ref: str, **fields: object) -> None:
        """A manager sets fields by their mapping key; enum values by option name."""
        named = {self.field_name(key.replace("__", "/")): v for key, v in fields.items()}
        self.control.edit_task(self.gid(ref), self.someone(), fields=named)

    def someone(self) -> str:
        people = self.control.state()["people"]
        return str(people[-1]["name"])


@cache
def _begun(_sandbox: SandboxControl) -> Path:
    """What began in one sandbox: an address is no name for it, for a later one may get the same."""
    folder = tempfile.mkdtemp(prefix="begun-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return Path(folder)


def task_refs(road: Road) -> list[str]:
    return [ref for ref in road.store.links() if is_task(ref)]


def with_limits(rules: Rules, **limits: object) -> Rules:
    return replace(rules, limits=replace(rules.limits, **limits))  # type: ignore[arg-type]
