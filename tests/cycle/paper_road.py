"""Whole cycles on paper: the real cycle and the real store, Asana and the page in memory."""

import hashlib
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sync.adapters.store import Database, open_database
from sync.core.marks import option_ref
from sync.cycle import CycleReport, run_cycle
from sync.model.operation import AnyOperation, CreateField, Ref
from sync.model.record import Lease, SnapshotRecord
from sync.model.rules import Rules
from sync.model.snapshot import Snapshot, State
from sync.ports import Applied, Known, Ports, Publication, Publisher, Reading, Store
from sync.proposal import Wishes
from tests.core.paper_asana import PaperAsana, rules_for, small_plan
from tests.road import HandClock

START = datetime(2026, 2, 1, 17, tzinfo=UTC)


@dataclass
class PaperTarget:
    """`meanwhile` is called before each write is sent, as whatever else happens then."""

    paper: PaperAsana
    clock: HandClock
    meanwhile: Callable[[], None] = lambda: None
    ahead: timedelta | None = None
    asked: int = 0
    fulls: list[bool] = field(default_factory=list)

    def observe(self, _known: Known, *, full: bool) -> Reading:
        self.asked += 1
        self.fulls.append(full)
        return self._reading(full=full)

    def refresh(self, _known: Known, _gids: Sequence[str]) -> Reading:
        self.asked += 1
        return self._reading(full=False)

    def _reading(self, *, full: bool) -> Reading:
        observed = replace(self.paper.observe(), read_at=self.clock.now())
        return Reading(observed, {}, full, 1)

    def apply(
        self,
        operations: Sequence[AnyOperation],
        _links: Mapping[Ref, str],
        *,
        before: Callable[[AnyOperation], None],
        after: Callable[[Applied], None],
        leave: Callable[[], None],
    ) -> None:
        for operation in operations:
            self.meanwhile()
            before(operation)
            leave()
            self.paper.apply(operation)
            links, also = self.paper.links, {}
            if isinstance(operation, CreateField):
                refs = [option_ref(operation.rule.key, one.id) for one in operation.rule.options]
                also = {ref: links[ref] for ref in refs}
            created = links.get(operation.ref) if "Create" in type(operation).__name__ else None
            after(Applied(operation, "done", created, None, None, also))

    def preflight(self, _wanted: object) -> tuple[()]:
        return ()

    def remarks(self, _gid: str) -> None:
        return None

    def account(self) -> str:
        return "0"

    def learned(self) -> dict[str, str]:
        return {}

    def resting(self) -> float:
        return 0.0

    def skew(self) -> timedelta | None:
        return self.ahead

    def requests(self) -> dict[str, int]:
        return {"GET": self.asked}


@dataclass
class Page:
    """What the public was shown, in order."""

    name: str = "page"
    states: list[State] = field(default_factory=list)
    snapshots: list[Snapshot] = field(default_factory=list)

    def standing(self, _plan_id: str) -> None:
        """It does not tell."""

    def publish(self, publication: Publication) -> None:
        self.snapshots.append(publication.snapshot)
        self.states.append(publication.state)

    def confirm(self, state: State, _digest: str) -> None:
        self.states.append(state)


@dataclass
class PaperRoad:
    database: Database
    clock: HandClock
    target: PaperTarget
    rules: Rules
    page: Page = field(default_factory=Page)
    publishers: tuple[Publisher, ...] = ()
    render: Callable[[Sequence[SnapshotRecord]], Mapping[str, bytes]] = lambda _records: {}

    @property
    def paper(self) -> PaperAsana:
        return self.target.paper

    @property
    def store(self) -> Store:
        """As another process would open it: it holds no lease."""
        return self.database.plan(self.paper.plan.id)

    def cycle(self, at: datetime | None = None, **wishes: Any) -> CycleReport | None:
        if at is not None:
            self.clock.at = at
        target: Any = self.target
        ports = Ports(
            store=self.store,
            target=target,
            publishers=(self.page, *self.publishers),
            clock=self.clock,
            render=self.render,
            digest=lambda body: hashlib.sha256(body).hexdigest(),
            new_id=lambda: f"cycle-{len(self.store.cycles(1000))}",
            holder="papier",
            salt=lambda: bytes(16),
        )
        return run_cycle(ports, self.rules, self.paper.plan, Wishes(**wishes))

    def lease(self, at: datetime) -> Lease:
        """Somebody else's."""
        return self.store.take_lease("ailleurs", at, 300)

    def rows(self, kind: str) -> int:
        return sum(row.kind == kind for row in self.store.log())


@dataclass(frozen=True)
class Begun:
    """A provisioned plan, to be gone on with from many instants."""

    file: Path
    paper: PaperAsana

    @contextmanager
    def road(self, folder: Path, **changes: object) -> Iterator[PaperRoad]:
        shutil.copy(self.file, folder / "jalon.db")
        paper = deepcopy(self.paper)
        paper.rules = rules_for(paper.plan, **changes)
        clock = HandClock(START)
        with open_database(f"sqlite:///{folder / 'jalon.db'}") as database:
            yield PaperRoad(database, clock, PaperTarget(paper, clock), paper.rules)


def begin(folder: Path) -> Begun:
    plan, clock, file = small_plan(), HandClock(START), folder / "jalon.db"
    rules = rules_for(plan)
    with open_database(f"sqlite:///{file}") as database:
        road = PaperRoad(database, clock, PaperTarget(PaperAsana(plan, rules), clock), rules)
        road.cycle()
        road.cycle(START + timedelta(minutes=2))
    return Begun(file, road.paper)
