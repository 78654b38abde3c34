"""
What the cycle needs from the outside, as small Protocols.

The cycle knows these and nothing of what stands behind them; `sync/wiring.py` puts the real
ones in.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Protocol

from sync.model.adoption import Survey
from sync.model.examination import Examination
from sync.model.finding import Finding, NewSettlement, Settlement, Severity, StoredFinding
from sync.model.mapping import FieldRule
from sync.model.operation import AnyOperation, Ref
from sync.model.plan import Plan, Revision
from sync.model.progress import FrozenStanding
from sync.model.publication import Standing
from sync.model.record import (
    CycleRecord,
    Delivery,
    Head,
    JournalEntry,
    JournalState,
    Lease,
    LogFilter,
    LogRow,
    NewLogRow,
    Outcome,
    SealedRow,
    SnapshotRecord,
)
from sync.model.snapshot import Snapshot, State
from sync.model.target import Edit, Observed, ObservedTask, ProjectRole, Remark
from sync.wording import Text


class Clock(Protocol):
    def now(self) -> datetime:
        """The current instant, aware, in UTC."""


@dataclass(frozen=True, slots=True)
class Known:
    """What an observation starts from: the links and, for a read by events, the mirror."""

    links: Mapping[Ref, str]
    mirror: Observed | None
    cursors: Mapping[str, str]
    project_marker: Mapping[ProjectRole, str]  # role → the marker line in a project's notes
    touched: frozenset[str] = frozenset()  # gids to read again, whatever the events say
    awaiting: bool = False  # a task may exist that no link knows: its absence must be proved
    wrote: bool = False  # tasks that existed were written since the cursors: tell who else did


@dataclass(frozen=True, slots=True)
class Reading:
    """
    An observation and the event cursors that go with it; both are committed together.

    `shortfall` says why an observation is not complete.
    `edits` are the changes to tasks that the events since the last cursors tell of, in order.
    """

    observed: Observed
    cursors: Mapping[str, str]
    full: bool
    requests: int
    shortfall: Text | None = None
    edits: tuple[Edit, ...] = ()


@dataclass(frozen=True, slots=True)
class Applied:
    """
    The outcome of one operation.

    `created` is the new object's gid; `task` the object as the answer told it, for the mirror;
    `also` other refs that came into being with it, such as a new field's options.
    """

    operation: AnyOperation
    state: JournalState
    created: str | None = None
    task: ObservedTask | None = None
    detail: Text | None = None
    also: Mapping[Ref, str] = field(default_factory=dict)


class Target(Protocol):
    """The project tool. Reading never writes; a write is sent once or its outcome is unknown."""

    def observe(self, known: Known, *, full: bool) -> Reading:
        """Read by events when possible and `full` is false, else everything, or raise."""

    def refresh(self, known: Known, gids: Sequence[str]) -> Reading:
        """Read again what was touched; the rest comes from `known.mirror`."""

    def apply(
        self,
        operations: Sequence[AnyOperation],
        links: Mapping[Ref, str],
        *,
        before: Callable[[AnyOperation], None],
        after: Callable[[Applied], None],
        leave: Callable[[], None] = lambda: None,
    ) -> None:
        """
        Send the operations, dependents after what they need, a bounded number in flight.

        `before` is called in the caller's thread right before an operation is sent and
        `after` in the same thread when its outcome is known, so both may use the store.
        `leave` is called in the sending thread at the last moment before each request of a write,
        after any waiting; when it raises, that request is not sent.
        Once an operation fails, whatever depends on it is not sent. Raises TargetDenied or
        TargetUnavailable after every operation in flight has been told to `after`.
        """

    def preflight(self, wanted: Sequence[FieldRule]) -> tuple[Text, ...]:
        """
        Look, before the first write of all, whether it can succeed; return warnings.

        Raises ConfigError (workspace not found or ambiguous, field name taken by a field that
        is not ours) or TargetDenied (token, rights, plan tier).
        """

    def examine(
        self,
        links: Mapping[Ref, str],
        markers: Mapping[ProjectRole, str],
        names: Mapping[ProjectRole, str],
    ) -> Examination:
        """
        Look at everything a cycle needs of the target, each question for itself; write nothing.

        `markers` prove a project this plan's; `names` are what new ones would be called. What
        the target refuses to answer stands in the result; nothing of it is raised.
        """

    def survey(self, project: str) -> Survey:
        """Read one existing project whole, by name or gid; raise where it is none or several."""

    def mark_project(self, gid: str, line: str) -> None:
        """Add a line at the end of a project's notes, unless it stands there."""

    def forecast(
        self,
        operations: Sequence[AnyOperation],
        observed: Observed,
        links: Mapping[Ref, str],
        *,
        later: Mapping[ProjectRole, int],
        histories: int,
    ) -> Mapping[str, int]:
        """
        Requests, by kind, that applying the operations and reading again would take, after it as
        many updates in each project, and before it the reading of so many histories.
        """

    def account(self) -> str:
        """The gid of the account that we write as."""

    def remarks(self, gid: str) -> Sequence[Remark] | None:
        """A task's own history, oldest first; None where Asana refuses it, as of a task gone."""

    def learned(self) -> Mapping[str, str]:
        """Facts about the platform to remember, such as `indicator_form`: one_call, two_steps."""

    def skew(self) -> timedelta | None:
        """How far its clock is ahead of ours, by its last answer; None when nothing tells."""

    def resting(self) -> float:
        """Seconds that the target wants to be left alone, known without asking it; 0 for none."""

    def requests(self) -> Mapping[str, int]:
        """Requests sent so far, by kind, such as `GET /tasks/{}`; retries count."""


@dataclass(frozen=True, slots=True)
class Subscription:
    """A webhook just made, and the secret that its deliveries are signed with."""

    webhook: str
    secret: str = field(repr=False)


class Subscriptions(Protocol):
    """The project tool's webhooks. They are made and looked at, and never removed."""

    def create(self, resource: str, target: str) -> Subscription:
        """
        Have what happens to a resource told to a target, an address of ours.

        The target is asked to confirm while the call is open. Sent once: OutcomeUnknown then
        means that `find` must be asked before it is made again.
        """

    def find(self, resource: str, target: str) -> str | None:
        """The webhook that tells this target of this resource, if there is one."""

    def stands(self, webhook: str) -> bool:
        """Whether it is still there."""


class Store(Protocol):
    """
    One plan's memory. Every method is one transaction, or part of the enclosing one.

    With a lease taken, every write checks its fencing token and raises CycleBusy when another
    holder has taken over.
    """

    plan_id: str

    def transaction(self) -> AbstractContextManager[None]: ...

    # the plan of record
    def revisions(self) -> tuple[Revision, ...]: ...
    def add_revision(self, plan: Plan, adopted_on: date, reason: str) -> Revision: ...

    # the lease and the cycles
    def take_lease(self, holder: str, now: datetime, seconds: float) -> Lease:
        """Raise CycleBusy while someone else's lease is alive."""

    def renew_lease(self, lease: Lease, now: datetime, seconds: float) -> Lease: ...
    def release_lease(self, lease: Lease) -> None: ...
    def begin_cycle(
        self, cycle_id: str, started_at: datetime, as_of: datetime, slot: str | None = None
    ) -> bool:
        """Close unfinished cycles as abandoned, then open this one; False if the slot is taken."""

    def end_cycle(
        self,
        cycle_id: str,
        ended_at: datetime,
        outcome: Outcome,
        reason: str | None,
        totals: Mapping[str, int],
    ) -> None: ...
    def cycles(self, limit: int = 50) -> tuple[CycleRecord, ...]:
        """Newest first."""

    # the journal of writes
    def intend(
        self, cycle_id: str, ref: Ref, kind: str, sent_at: datetime, about: str | None = None
    ) -> int:
        """`about` is what the entry's detail says until it is settled."""

    def settle(
        self,
        entry_id: int,
        state: JournalState,
        settled_at: datetime,
        gid: str | None = None,
        detail: str | None = None,
    ) -> None: ...
    def unsettled(self) -> tuple[JournalEntry, ...]:
        """Entries still `intended` or `unknown`, oldest first."""

    # links, mirror, cursors, baselines
    def links(self) -> dict[Ref, str]: ...
    def link(self, ref: Ref, gid: str, linked_at: datetime) -> None: ...
    def relink(self, ref: Ref, new_ref: Ref) -> None:
        """Give a linked gid another ref, as when an option's id changes in the config."""

    def linked_since(self, moment: datetime) -> frozenset[str]:
        """Gids linked at or after that moment: reads may not show them yet."""

    def mirror(self) -> Observed | None: ...
    def remember(self, observed: Observed, cursors: Mapping[str, str], cycle_id: str) -> None:
        """Replace mirror and cursors in one transaction; unchanged tasks are not rewritten."""

    def cursors(self) -> dict[str, str]: ...
    def last_full_read(self) -> datetime | None: ...
    def note_full_read(self, at: datetime) -> None: ...
    def baselines(self) -> dict[tuple[Ref, str], str | None]:
        """By ref and field; a missing key is *unseen*, None is an agreed empty field."""

    def agree(self, values: Mapping[tuple[Ref, str], str | None]) -> None: ...
    def forget(self, keys: Collection[tuple[Ref, str]]) -> None:
        """Make baselines unseen, when nobody can say any more that they were agreed last."""

    def facts(self) -> dict[str, str]:
        """Small remembered facts: `sandbox_seen`, `indicator_form`, …"""

    def note_fact(self, key: str, value: str) -> None: ...

    # findings and log
    def record_findings(
        self,
        findings: Sequence[tuple[Finding, Severity]],
        cycle_id: str,
        at: datetime,
        *,
        complete: bool,
    ) -> None:
        """Open, keep or reopen; those not seen again are closed only when `complete`."""

    def findings(self, *, closed: bool = False) -> tuple[StoredFinding, ...]: ...
    def mark_seen(self, key: str) -> None: ...
    def add_settlement(self, chosen: NewSettlement, at: datetime) -> Settlement:
        """Keep what a person chose, for good, and move its finding to settled."""

    def settlements(self) -> tuple[Settlement, ...]:
        """All of them, oldest first."""

    def append_log(self, cycle_id: str, at: datetime, rows: Sequence[NewLogRow]) -> None: ...
    def log(
        self,
        *,
        subject: str | None = None,
        cycle_id: str | None = None,
        limit: int | None = None,
    ) -> Iterator[LogRow]:
        """Oldest first; `subject` is a ref or the start of one."""

    def log_where(self, which: LogFilter) -> Iterator[LogRow]:
        """Oldest first."""

    def log_head(self) -> Head:
        """How far the log's chain has come (`sync.core.chain`)."""

    def tells(self, head: Head) -> bool:
        """Whether the log's chain went through that very head; where it was cut, it did not."""

    def sealed_log(self) -> Iterator[SealedRow]:
        """Every row as it is stored, oldest first, to be verified."""

    def erase_log(self, number: int, *, by: str, reason: str, at: datetime) -> None:
        """Forget one row's texts by decision, and log that decision; the chain still verifies."""

    def restored_since(self, moment: datetime) -> frozenset[tuple[Ref, str]]:
        """Refs and fields that the log says were restored at or after that moment."""

    def overwritten_since(self, moment: datetime) -> frozenset[tuple[Ref, str]]:
        """Refs and fields of which the log says that Jalon wrote over a person's edit since."""

    # what the public reads
    def frozen(self) -> dict[tuple[str, str], FrozenStanding]:
        """By action id and checkpoint id."""

    def freeze(self, standings: Mapping[tuple[str, str], FrozenStanding], cycle_id: str) -> None:
        """Insert only: a frozen standing is never rewritten."""

    def snapshots(self) -> tuple[SnapshotRecord, ...]:
        """All of them, oldest first."""

    def last_snapshot(self) -> SnapshotRecord | None: ...
    def add_snapshot(self, record: SnapshotRecord) -> None: ...
    def withdraw(
        self, bodies: Mapping[int, bytes], row: NewLogRow, at: datetime, *facts: tuple[str, str]
    ) -> None:
        """
        Put these bodies, each the same snapshot without a text, in the place of those that stand.

        By decision: a row for each snapshot says whose and why, and the facts are noted with them.
        """

    def deliveries(self) -> dict[str, Delivery]: ...
    def record_delivery(self, delivery: Delivery) -> None: ...


@dataclass(frozen=True, slots=True)
class Publication:
    """
    Everything one publication consists of.

    `files` maps a relative path to its bytes: the mutable face of the folder (`index.html`,
    `dernier.json`, …). `immutable` maps the numbered snapshots, which are written once and
    never changed. `etat.json` is made from `state`. `since` is the last number that the target
    took, where that is known: those after it are what it missed.
    """

    snapshot: Snapshot
    record: SnapshotRecord
    state: State
    files: Mapping[str, bytes]
    immutable: Mapping[str, bytes]
    since: int | None = None


class Publisher(Protocol):
    """One target of the publication."""

    name: str  # stable, without secrets: the key of its delivery state

    def publish(self, publication: Publication) -> None:
        """Whole or not at all; raise PublicationFailed and leave the last good one standing."""

    def confirm(self, state: State, digest: str) -> None:
        """
        Refresh `verifie_le` when nothing public changed; `digest` is that of the snapshot.

        Raises PublicationMissing when the target no longer holds what was published there:
        publish again at once.
        """

    def standing(self, plan_id: str) -> Standing | None:
        """
        How far this plan's publication there has come; None where that cannot be seen.

        Asked before each cycle: it answers within seconds, or gives None.
        """


@dataclass(frozen=True, slots=True)
class Ports:
    """Everything outside that one plan's cycle touches."""

    store: Store
    target: Target
    publishers: Sequence[Publisher]
    clock: Clock
    render: Callable[[Sequence[SnapshotRecord]], Mapping[str, bytes]]
    digest: Callable[[bytes], str]
    new_id: Callable[[], str]
    holder: str
    salt: Callable[[], bytes]
