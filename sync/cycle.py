"""
One cycle, in order: observe, propose, apply, refresh, reconcile, freeze, snapshot, publish.

`run_cycle` can be read aloud. Deciding happens in the core, acting behind the ports; this module
only keeps the order and remembers what happened, so that a crash or a lost answer anywhere
leaves something that a later cycle completes.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

import structlog

from sync.core.absence import doubtful, keep_last_known, lagging
from sync.core.accept import (
    ACCEPTED,
    HELD,
    acceptance_rows,
    held,
    held_finding,
    not_lifted,
    other_change_set,
)
from sync.core.amounts import Change, amounts, not_accepted, published_amounts
from sync.core.catalogue import entry
from sync.core.change_digest import change_digest
from sync.core.chosen import NOTHING_CHOSEN, Chosen, chosen
from sync.core.dates import french
from sync.core.desired import titles_of
from sync.core.diff import settled_by_answer
from sync.core.draft import Memory
from sync.core.guard import (
    SANDBOX_SEEN,
    guard_bytes,
    guard_projects,
    guard_sandbox,
    guard_time,
    guard_truth,
    intent,
    sandbox_word,
)
from sync.core.history import History, history_of
from sync.core.leaks import identifiers
from sync.core.log_rows import (
    decision_row,
    finding_rows,
    freeze_row,
    is_told,
    operation_rows,
    revision_rows,
    settlement_row,
    worth_a_row,
)
from sync.core.marks import ROLES, project_line, project_ref
from sync.core.races import (
    Naming,
    Written,
    Wrote,
    is_write,
    maybe_written,
    overwritten,
    race_finding,
    race_row,
    suspects,
    unread_finding,
    unread_row,
    written,
)
from sync.core.reconcile import Frozen
from sync.core.refused import fact_of, fingerprint, sendable
from sync.core.rest import NOT_BEFORE, not_before, waiting_until
from sync.core.revise import compare
from sync.core.reword import accepted, held_back
from sync.core.second_round import second_round
from sync.core.snapshot import build_snapshot, canonical, public_head, same_content
from sync.core.view import Seen, View, due_freezes, look
from sync.errors import (
    ConfigError,
    NotYet,
    PublicationFailed,
    PublicationMissing,
    SyncError,
    TargetUnavailable,
    UnsafeChangeSet,
)
from sync.model.cost import Cost
from sync.model.finding import Finding, Settlement
from sync.model.guarding import Acceptance, Alarm
from sync.model.operation import (
    AnyOperation,
    AttachField,
    CreateTask,
    PlaceTask,
    Ref,
    SetParent,
    UpdateTask,
)
from sync.model.plan import Plan, Revision
from sync.model.record import (
    Delivery,
    JournalEntry,
    JournalState,
    Lease,
    NewLogRow,
    Outcome,
    SnapshotRecord,
)
from sync.model.rules import Rules
from sync.model.snapshot import Snapshot, State
from sync.model.target import Observed, ObservedTask
from sync.ports import (
    Applied,
    Clock,
    Known,
    Publication,
    Publisher,
    Reading,
    Store,
    Target,
)
from sync.wording import Text

CREATE_SETTLES_AFTER = timedelta(minutes=1)
"""Reads may lag creates: an unanswered one is only given up when a minute old (design, Asana)."""
WROTE = "wrote"
"""The fact that names the cycle which wrote to tasks that existed, since the last reading."""
LAGGED = "lagged"
"""The fact that says that the last reading could not show yet all that had just been made."""
CLOCKS_APART = timedelta(minutes=5)
"""How far Asana's clock and ours may be apart when its history is held against our log."""
INTENT = "settled_intent"
"""The fact that holds what people had asked for at the last clean cycle (`guard.intent`)."""
FIRST_REASON = "première adoption"
RESTORED_ONCE_FOR = timedelta(days=7)
LEASE_SECONDS = 300.0
_ROUNDS = 3
_LINKABLE = ("project:", "section:", "field:", "option:", "action:", "indicator:")

log = structlog.get_logger()


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


@dataclass(frozen=True, slots=True)
class Wishes:
    """
    How this one cycle is asked for. `sandbox_only` refuses anything but the sandbox.

    `accept` lets one change set through that the guard holds, and no other.
    """

    full: bool = False
    sandbox_only: bool = False
    slot: str | None = None
    accept: Acceptance | None = None


@dataclass(frozen=True, slots=True)
class Proposal:
    """
    What a cycle found and would do; a dry run is this and nothing else.

    `unrecorded` says that the store does not have this revision yet: the plan file would be the
    first, or `accepted` made it of the plan `before`, for people took in what Asana says. `wrote`
    tells the cycle that wrote to tasks which existed since the last reading, and `raced` those of
    them to which somebody else may have written too, by gid, with what Jalon put there
    (`sync.core.races`). `candidate` is the publication as it would be now, after `published`;
    `alarms` is what the guard finds too much.
    """

    revision: Revision
    history: History
    reading: Reading
    view: View
    links: Mapping[Ref, str]
    settled: tuple[tuple[JournalEntry, JournalState, str | None], ...] = ()
    frozen: Frozen = field(default_factory=dict)
    due_freezes: Frozen = field(default_factory=dict)
    chosen: Chosen = NOTHING_CHOSEN
    unrecorded: bool = False
    accepted: tuple[Settlement, ...] = ()
    before: Plan | None = None
    wrote: Wrote | None = None
    raced: Mapping[str, Sequence[Written]] = field(default_factory=dict)
    warnings: tuple[Text, ...] = ()
    published: Snapshot | None = None
    candidate: Snapshot | None = None
    alarms: tuple[Alarm, ...] = ()


@dataclass(frozen=True, slots=True)
class CycleReport:
    """The cycle in numbers, for a person and for the exit code."""

    cycle_id: str
    outcome: Outcome
    as_of: date
    operations: Mapping[str, int]
    findings: int
    requests: Mapping[str, int]
    snapshot_number: int
    snapshot_is_new: bool
    full_read: bool
    refused: int = 0
    unknown: int = 0
    failed_targets: tuple[tuple[str, Text], ...] = ()
    warnings: tuple[Text, ...] = ()
    incomplete: Text | None = None


def run_cycle(
    ports: Ports, rules: Rules, plan_file: Plan, wishes: Wishes = Wishes()
) -> CycleReport | None:
    """
    Bring Asana in line with the plan, then publish where things stand.

    Returns None when another worker already ran this slot. Raises CycleBusy, UnsafeChangeSet
    (held), TargetDenied or TargetUnavailable; the cycle's row then tells the outcome. While
    Asana wants to be left alone there is no cycle and no row: NotYet.
    """
    _leave_alone(ports, rules)
    now = ports.clock.now()
    lease = ports.store.take_lease(ports.holder, now, LEASE_SECONDS)
    try:
        cycle_id = ports.new_id()
        if not ports.store.begin_cycle(cycle_id, now, now, wishes.slot):
            return None
        with structlog.contextvars.bound_contextvars(cycle=cycle_id, plan=ports.store.plan_id):
            log.info("cycle.started")
            return _Cycle(ports, rules, cycle_id, lease).run(plan_file, wishes)
    finally:
        ports.store.release_lease(lease)


def propose(ports: Ports, rules: Rules, plan_file: Plan, wishes: Wishes = Wishes()) -> Proposal:
    """
    Observe, compare and guard; write nothing anywhere.

    Raises what nobody may accept; what is only too much stands in the proposal's alarms.
    """
    _leave_alone(ports, rules)
    store, now = ports.store, ports.clock.now()
    facts = store.facts()
    links = store.links()
    waiting = store.unsettled()
    warnings: tuple[Text, ...] = ()
    if project_ref("actions") not in links:
        warnings = ports.target.preflight(rules.mapping.fields)
    last_full = store.last_full_read()
    stale = last_full is None or now - last_full >= timedelta(hours=rules.full_read_hours)
    mirror = store.mirror()
    fresh = store.linked_since(now - CREATE_SETTLES_AFTER)
    known = Known(
        links=links,
        mirror=mirror,
        cursors=store.cursors(),
        project_marker={role: project_line(store.plan_id, role) for role in ROLES},
        touched=doubtful(links, mirror, fresh, waiting),
        awaiting=any(one.kind == CreateTask.__name__ for one in waiting),
        wrote=bool(facts.get(WROTE)),
    )
    # no event need tell that a project put away came back
    away = mirror is not None and any(one.archived for one in mirror.projects.values())
    late = bool(facts.get(LAGGED))
    # a token that was not committed tells the same events again, and none that came since
    doubted = wishes.accept is not None or bool(facts.get(HELD))
    full = wishes.full or stale or away or late or doubted or bool(waiting)
    with _patience(links, fresh):
        reading = ports.target.observe(known, full=full)
    guard_sandbox(facts.get(SANDBOX_SEEN), reading.observed, sandbox_only=wishes.sandbox_only)
    guard_projects(reading.observed, store_is_empty=not links and not waiting)
    observed = keep_last_known(reading.observed, known.mirror, fresh)
    reading = replace(reading, observed=observed)

    revisions = store.revisions()
    first = Revision(1, now.astimezone(rules.zone).date(), FIRST_REASON, plan_file)
    revision = revisions[-1] if revisions else first
    guard_time(store.last_snapshot(), now.astimezone(rules.zone).date())
    history = history_of(revisions or (first,))
    words = chosen(store.settlements(), store.findings())
    proposal = _look(ports, rules, revision, history, reading, mirror, links, waiting, now, words)
    if not revisions:
        proposal = replace(proposal, unrecorded=True)
    elif revised := _accepted(proposal, rules, now):
        former, (revision, asked) = revision.plan, revised
        again = history_of((*revisions, revision))
        proposal = replace(
            _look(ports, rules, revision, again, reading, mirror, links, waiting, now, words),
            unrecorded=True,
            accepted=asked,
            before=former,
        )
    wrote = Wrote.from_fact(facts.get(WROTE))
    proposal = replace(
        proposal,
        wrote=wrote,
        raced=_raced(store, rules, proposal, mirror, wrote) if wrote else {},
        warnings=warnings,
    )
    last = store.last_snapshot()
    before = Snapshot.model_validate_json(last.body) if last else None
    candidate = _candidate(ports, rules, proposal, last)
    guard_truth(before, candidate)
    if not (before and same_content(before, candidate)):
        guard_bytes({"dernier.json": canonical(candidate)}, _private(rules, observed))
    change = Change(
        revision.plan,
        rules,
        proposal.view,
        observed,
        mirror,
        links,
        store.baselines(),
        asked=facts.get(INTENT) != intent(revision.number, rules),
    )
    alarms = (*amounts(change), *published_amounts(before, candidate, rules.limits))
    return replace(proposal, published=before, candidate=candidate, alarms=alarms)


def digest_of(store: Store, proposal: Proposal) -> str | None:
    """The proposed change set in few characters; None when there is nothing to change."""
    if proposal.candidate is None:
        raise AssertionError("only what `propose` returned has a digest")
    changes = proposal.view.changes
    return change_digest(
        changes.operations,
        changes.decisions,
        proposal.alarms,
        proposal.published,
        proposal.candidate,
        accepted=int(store.facts().get(ACCEPTED) or 0),
    )


def _candidate(
    ports: Ports, rules: Rules, proposal: Proposal, last: SnapshotRecord | None
) -> Snapshot:
    """The publication as this proposal has it, with the number that it would get."""
    now, revision = ports.clock.now(), proposal.revision
    agreed = held_back(revision.plan, rules, proposal.view.findings, ports.store.baselines)
    return build_snapshot(
        replace(revision, plan=agreed),
        rules,
        proposal.view.progress,
        proposal.view.standings,
        proposal.frozen,
        number=last.number + 1 if last else 1,
        as_of=now.astimezone(rules.zone).date(),
        generated_at=now,
        demonstration=proposal.reading.observed.sandbox,
        rulings=proposal.view.rulings,
    )


def _private(rules: Rules, observed: Observed) -> frozenset[str]:
    """Values of Asana and of the config that no published byte may hold."""
    people = {d.responsible for d in rules.directions if d.responsible}
    return identifiers(observed) | people | set(rules.members)


def _accepted(
    proposal: Proposal, rules: Rules, now: datetime
) -> tuple[Revision, tuple[Settlement, ...]] | None:
    """The revision that people asked for by accepting what Asana says, if any did, and who."""
    view, revision = proposal.view, proposal.revision
    plan, asked = accepted(
        revision.plan,
        view.findings,
        proposal.chosen,
        proposal.reading.observed,
        view.recognition,
    )
    if not asked:
        return None
    day = now.astimezone(rules.zone).date()
    reason = " ; ".join(dict.fromkeys(one.reason for one in asked))
    return Revision(revision.number + 1, day, reason, plan), asked


def cost_of(ports: Ports, rules: Rules, proposal: Proposal) -> Cost:
    """
    What the proposed cycle takes, in requests: its readings, which the proposal has just made
    through these ports, then its writes and the reading of what they touch.
    """
    facts = {} if proposal.reading.full else ports.store.facts()
    operations, _ = sendable(proposal.view.changes.operations, facts)
    observed, gids = proposal.reading.observed, proposal.view.recognition.gids
    later = second_round(operations, rules, observed, gids, ports.store.baselines())
    coming = ports.target.forecast(
        operations, observed, gids, later=later, histories=len(proposal.raced)
    )
    return Cost(dict(Counter(ports.target.requests()) + Counter(coming)))


def _raced(
    store: Store, rules: Rules, proposal: Proposal, mirror: Observed | None, by: Wrote
) -> dict[str, Sequence[Written]]:
    """Which tasks' histories are to be read: where somebody else may have written when we did."""
    reading, links = proposal.reading, proposal.links
    naming = Naming.of(links, reading.observed, rules.mapping)
    lost = {one.ref for one, _, _ in proposal.settled if is_write(one.kind)}
    wrote: dict[str, list[Written]] = {}
    for one in written(store.log(cycle_id=by.cycle_id)):
        if one.ref in links and one.ref not in lost:
            wrote.setdefault(links[one.ref], []).append(one)
    for ref in sorted(lost & links.keys()):
        before = mirror.tasks.get(links[ref]) if mirror else None
        wrote[links[ref]] = list(maybe_written(ref, before, rules.mapping, naming))
    return {gid: wrote[gid] for gid in suspects(reading.edits, wrote)}


def _leave_alone(ports: Ports, rules: Rules) -> None:
    """Raise NotYet while Asana wants no request: it counts those that it refuses, too."""
    now = ports.clock.now()
    until = waiting_until(ports.store.facts().get(NOT_BEFORE), now, ports.target.resting())
    if until is None:
        return
    there = until.astimezone(rules.zone)
    raise NotYet(
        Text(
            f"Asana a demandé d’attendre : rien ne lui sera demandé avant le "
            f"{french(there.date())} à {there:%H:%M:%S} (heure de la ville). Rien n’a été envoyé ; "
            "le service reprendra de lui-même, une commande est à relancer après.",
            f"Asana asked to wait: nothing is asked of it before {there:%Y-%m-%d %H:%M:%S} (the "
            "city's time). Nothing was sent; the service goes on by itself, a command is to be "
            "run again afterwards.",
        ),
        until=until,
    )


def _look(
    ports: Ports,
    rules: Rules,
    revision: Revision,
    history: History,
    reading: Reading,
    mirror: Observed | None,
    links: Mapping[Ref, str],
    waiting: Sequence[JournalEntry],
    now: datetime,
    words: Chosen,
) -> Proposal:
    """
    Settle what earlier cycles left open as far as this reading can, then compare.

    `mirror` is the reading before this one.
    """
    store, plan = ports.store, revision.plan
    today = now.astimezone(rules.zone).date()
    awaited: dict[Ref, str] = {}
    settled: list[tuple[JournalEntry, JournalState, str | None]] = []
    memory = Memory(
        baselines=store.baselines(),
        awaited=awaited,
        restored=store.restored_since(now - RESTORED_ONCE_FOR),
        previous_read_on=mirror.read_at.astimezone(rules.zone).date() if mirror else None,
        chosen=words,
    )
    frozen = store.frozen()
    view = look(plan, rules, reading.observed, links, memory, frozen, today, history)
    for waiting_one in waiting:
        ref, found = waiting_one.ref, view.recognition
        gid = None if ref in found.anew else found.gids.get(ref)
        complete = reading.full and reading.observed.complete
        if gid is not None or not waiting_one.kind.startswith("Create"):
            settled.append((waiting_one, "resolved", gid))
        elif complete and now - waiting_one.sent_at >= CREATE_SETTLES_AFTER:
            settled.append((waiting_one, "void", None))
        else:
            until = (waiting_one.sent_at + CREATE_SETTLES_AFTER).astimezone(rules.zone)
            awaited[waiting_one.ref] = f"{until:%H:%M:%S}"
    due: Frozen = {}
    if reading.observed.complete:
        now_seen, last_day = Seen(view.progress, today, view.rulings), memory.previous_read_on
        due = due_freezes(plan, rules, now_seen, None, frozen, today, history)
        if due and mirror and mirror.complete and last_day:
            last = look(plan, rules, mirror, links, memory, frozen, last_day, history)
            before = Seen(last.progress, last_day, last.rulings)
            due = due_freezes(plan, rules, now_seen, before, frozen, today, history)
    if awaited or due:
        frozen = {**frozen, **due}
        view = look(plan, rules, reading.observed, links, memory, frozen, today, history)
    return Proposal(revision, history, reading, view, links, tuple(settled), frozen, due, words)


@contextmanager
def _patience(links: Mapping[Ref, str], fresh: frozenset[str]) -> Iterator[None]:
    """A project made less than a minute ago may not be readable yet: wait, do not conclude."""
    try:
        yield
    except UnsafeChangeSet as error:
        projects = {links[project_ref(role)] for role in ROLES if project_ref(role) in links}
        if error.facts.get("rule") != "project gone" or projects.isdisjoint(fresh):
            raise
        raise TargetUnavailable(
            Text(
                "Le projet qui vient d’être créé n’est pas encore lisible dans Asana ; le "
                "prochain cycle continuera.",
                "The project just made cannot be read in Asana yet; the next cycle goes on.",
            )
        ) from error


class _Cycle:
    """The steps of one cycle after its lease is taken; a class only to share what they know."""

    def __init__(self, ports: Ports, rules: Rules, cycle_id: str, lease: Lease) -> None:
        self.ports = ports
        self.rules = rules
        self.store = ports.store
        self.cycle_id = cycle_id
        self.began = ports.clock.now()
        self.lease = lease
        self.operations: Counter[str] = Counter()
        self.outcomes: Counter[JournalState] = Counter()
        self.refusals: list[Finding] = []
        self.restored: list[Finding] = []
        self.alarms: tuple[Alarm, ...] = ()
        self.yes: Acceptance | None = None
        self.told: dict[str, ObservedTask] = {}
        self.touched: set[str] = set()

    def run(self, plan_file: Plan, wishes: Wishes) -> CycleReport:
        try:
            report = self._steps(plan_file, wishes)
        except UnsafeChangeSet as error:
            self._hold(error)
            self._end("held", error.in_("fr"))
            raise
        except TargetUnavailable as error:
            self._end("partial", error.in_("fr"), rest=error.retry_after or 0.0)
            raise
        except SyncError as error:
            self._end("failed", error.in_("fr"))
            raise
        except BaseException as error:
            self._end("failed", type(error).__name__)
            raise
        self._end(report.outcome, report.incomplete.fr if report.incomplete else None, report)
        return report

    def _steps(self, plan_file: Plan, wishes: Wishes) -> CycleReport:
        proposal = self._let_through(plan_file, wishes)
        warnings, self.yes = proposal.warnings, wishes.accept
        self._remember(proposal, *self._overwritten(proposal))
        for _ in range(_ROUNDS):
            operations, _ = self._sendable(proposal)
            if not operations:
                break
            self._apply(proposal, operations)
            proposal = self._refresh(proposal)
            if self._failures():
                break
        left, held = self._sendable(proposal)
        settled = not (left or self.outcomes["unknown"] or proposal.view.changes.awaited)
        if settled:
            self.store.note_fact(INTENT, intent(proposal.revision.number, self.rules))
        record, is_new = self._snapshot(proposal, self.alarms if wishes.accept else ())
        failed = self._publish(record, proposal.reading.observed)
        findings = self._findings(proposal, plan_file, failed, record.number, held)
        blocked = any(f.code == "task.blocked" for f in proposal.view.findings)
        incomplete = proposal.reading.shortfall
        clean = settled and not (held or blocked or incomplete or self._failures())
        return CycleReport(
            cycle_id=self.cycle_id,
            outcome="ok" if clean and not failed else "partial",
            as_of=self._today(),
            operations=dict(self.operations),
            findings=findings,
            requests=dict(self.ports.target.requests()),
            snapshot_number=record.number,
            snapshot_is_new=is_new,
            full_read=proposal.reading.full,
            refused=self.outcomes["rejected"],
            unknown=self.outcomes["unknown"],
            failed_targets=tuple(failed),
            warnings=(*warnings, incomplete) if incomplete else warnings,
            incomplete=incomplete,
        )

    def _now(self) -> datetime:
        return self.ports.clock.now()

    def _today(self) -> date:
        return self._now().astimezone(self.rules.zone).date()

    # what the guard holds

    def _let_through(self, plan_file: Plan, wishes: Wishes) -> Proposal:
        """
        The proposal that this cycle may carry out; raises before anything is written.

        A yes is held against the change set as it is now, never as it was when it was shown.
        """
        try:
            proposal = propose(self.ports, self.rules, plan_file, wishes)
        except (UnsafeChangeSet, ConfigError) as error:
            if wishes.accept:
                not_lifted(error)
            raise
        self.alarms = proposal.alarms
        if not (proposal.alarms or wishes.accept):
            return proposal
        digest = digest_of(self.store, proposal)
        if wishes.accept and (digest is None or wishes.accept.digest != digest):
            raise other_change_set(wishes.accept, digest, proposal.alarms)
        if proposal.alarms and not wishes.accept:
            raise held(proposal.alarms, digest)
        return proposal

    def _accept(self, proposal: Proposal, accepted: Acceptance) -> None:
        """Say who let it through, and count it: the same yes finds another digest from now on."""
        count = int(self.store.facts().get(ACCEPTED) or 0)
        self.store.note_fact(ACCEPTED, str(count + 1))
        rows = acceptance_rows(accepted, proposal.alarms)
        self.store.append_log(self.cycle_id, self._now(), list(rows))
        log.info("guard.accepted", digest=accepted.digest)

    # remembering

    def _overwritten(self, proposal: Proposal) -> tuple[list[NewLogRow], list[Finding]]:
        """What a person wrote between the last cycle's reading and its writing, and Jalon over."""
        if not (proposal.raced and proposal.wrote):
            return [], []
        target, titles = self.ports.target, titles_of(proposal.revision.plan)
        naming = Naming.of(proposal.links, proposal.reading.observed, self.rules.mapping)
        rows, findings = [], []
        for gid, ours in proposal.raced.items():
            ref, history = ours[0].ref, target.remarks(gid)
            if history is None:
                rows.append(unread_row(ref))
                findings.append(unread_finding(ref, titles.get(ref, ref)))
                continue
            since, me = proposal.wrote.since - CLOCKS_APART, target.account()
            for loss in overwritten(ours, history, since, me, naming):
                rows.append(race_row(ref, loss))
                findings.append(race_finding(ref, titles.get(ref, ref), loss))
        return rows, findings

    def _remember(
        self,
        proposal: Proposal,
        overwritten: Sequence[NewLogRow] = (),
        told: Sequence[Finding] = (),
    ) -> None:
        """
        Mirror, cursors, links, baselines, what was settled and a yes used: one transaction.

        With them what these very events told was overwritten: they are not read a second time.
        """
        now, reading, view = self._now(), proposal.reading, proposal.view
        with self.store.transaction():
            if self.yes:
                self._accept(proposal, self.yes)
                self.yes = None
            if proposal.unrecorded:
                self.store.add_revision(
                    proposal.revision.plan, proposal.revision.adopted_on, proposal.revision.reason
                )
            if proposal.before is not None:
                by = ", ".join(dict.fromkeys(one.by for one in proposal.accepted))
                revised = list(revision_rows(proposal.before, proposal.revision, by))
                self.store.append_log(self.cycle_id, now, revised)
            self.store.note_fact(SANDBOX_SEEN, sandbox_word(reading.observed))
            self.store.remember(reading.observed, reading.cursors, self.cycle_id)
            if reading.full and reading.observed.complete:
                self.store.note_full_read(reading.observed.read_at)
            for ref, new_ref in view.recognition.relinked.items():
                self.store.relink(ref, new_ref)
            for ref, gid in view.recognition.new_links.items():
                if ref.startswith(_LINKABLE):
                    self.store.link(ref, gid, now)
            for waiting, state, found in proposal.settled:
                self.store.settle(waiting.id, state, now, found)
            self.store.agree(view.changes.agreed)
            self.store.freeze(proposal.due_freezes, self.cycle_id)
            rows = [
                *map(settlement_row, proposal.settled),
                *(
                    decision_row(decision)
                    for decision in view.changes.decisions
                    if worth_a_row(decision)
                ),
                *map(freeze_row, proposal.due_freezes.items()),
            ]
            self.store.append_log(self.cycle_id, now, [*overwritten, *rows])
            self._open(told)
            if proposal.wrote:
                self.store.note_fact(WROTE, "")
            if self.store.facts().get(HELD):
                self.store.note_fact(HELD, "")
            fresh = self.store.linked_since(now - CREATE_SETTLES_AFTER)
            late = lagging(self.store.links(), reading.observed, fresh)
            if late != bool(self.store.facts().get(LAGGED)):
                self.store.note_fact(LAGGED, "oui" if late else "")

    def _failures(self) -> int:
        return sum(self.outcomes[state] for state in ("rejected", "unknown", "void"))

    def _sendable(
        self, proposal: Proposal
    ) -> tuple[tuple[AnyOperation, ...], tuple[AnyOperation, ...]]:
        facts = {} if proposal.reading.full else self.store.facts()
        return sendable(proposal.view.changes.operations, facts)

    def _apply(self, proposal: Proposal, operations: Sequence[AnyOperation]) -> None:
        entries: dict[str, int] = {}
        changes = proposal.view.changes
        found = proposal.view.recognition
        gids = {ref: gid for ref, gid in found.gids.items() if ref not in found.anew}
        decisions = {(d.subject, d.field): d for d in changes.decisions}
        restored = {f.subject: f for f in changes.findings if f.code == "field.restored"}
        self.restored += restored.values()
        remembered = self.store.facts()
        known = dict(gids)

        def before(operation: AnyOperation) -> None:
            now = self._now()
            if self.lease.expires_at - now < timedelta(seconds=LEASE_SECONDS / 2):
                self.lease = self.store.renew_lease(self.lease, now, LEASE_SECONDS)
            kind = type(operation).__name__
            entries[operation.key] = self.store.intend(self.cycle_id, operation.ref, kind, now)

        def after(applied: Applied) -> None:
            operation, now = applied.operation, self._now()
            kind = type(operation).__name__
            self.operations[kind] += applied.state == "done"
            self.outcomes[applied.state] += 1
            detail = applied.detail.fr if applied.detail else None
            known.update(applied.also)
            if applied.created:
                known[operation.ref] = applied.created
            with self.store.transaction():
                self.store.settle(
                    entries[operation.key], applied.state, now, applied.created, detail
                )
                if applied.created and operation.ref.startswith(_LINKABLE):
                    self.store.link(operation.ref, applied.created, now)
                for ref, gid in applied.also.items():
                    self.store.link(ref, gid, now)
                if applied.state == "done":
                    hoped = changes.on_success.get(operation.key, {})
                    told = settled_by_answer(operation, applied.task, known)
                    self.store.agree({**hoped, **told})
                    if remembered.get(fact_of(operation)):
                        self.store.note_fact(fact_of(operation), "")
                if applied.state == "rejected":
                    self.store.note_fact(fact_of(operation), fingerprint(operation))
                rows = list(operation_rows(operation, applied.state, decisions))
                self.store.append_log(self.cycle_id, now, rows)
                if applied.state == "done":  # told though this cycle may not come to its end
                    subjects = [f"{row.subject}#{row.field}" for row in rows]
                    self._open([restored[each] for each in subjects if each in restored])
            self._note(applied, gids)
            log.info("operation.settled", kind=kind, ref=operation.ref, state=applied.state)

        if any(isinstance(each, UpdateTask | PlaceTask | SetParent) for each in operations):
            self.store.note_fact(WROTE, Wrote(self.cycle_id, self.began).fact)
        self.ports.target.apply(operations, gids, before=before, after=after)
        for key, value in self.ports.target.learned().items():
            self.store.note_fact(key, value)

    def _note(self, applied: Applied, gids: Mapping[Ref, str]) -> None:
        operation = applied.operation
        if applied.task is not None:
            self.told[applied.task.gid] = applied.task
        gid = applied.created or gids.get(operation.ref)
        if gid:
            self.touched.add(gid)
        if isinstance(operation, AttachField) and operation.field in gids:
            self.touched.add(gids[operation.field])
        if applied.state in ("rejected", "unknown", "void"):
            facts: dict[str, str | int | None] = {
                "operation": type(operation).__name__,
                "title": operation.ref,
                "detail": applied.detail.fr if applied.detail else None,
            }
            self.refusals.append(Finding("task.refused", operation.ref, facts))

    def _refresh(self, before: Proposal) -> Proposal:
        """Read again what was touched, and compare again: the same cycle tells the outcome."""
        mirror = before.reading.observed
        mirror = replace(mirror, tasks={**mirror.tasks, **self.told})
        known = Known(
            links=self.store.links(),
            mirror=mirror,
            cursors=before.reading.cursors,
            project_marker={role: project_line(self.store.plan_id, role) for role in ROLES},
        )
        fresh = self.store.linked_since(self._now() - CREATE_SETTLES_AFTER)
        with _patience(known.links, fresh):
            reading = self.ports.target.refresh(known, sorted(self.touched))
        reading = replace(reading, observed=keep_last_known(reading.observed, mirror, fresh))
        proposal = _look(
            self.ports,
            self.rules,
            before.revision,
            before.history,
            reading,
            before.reading.observed,
            known.links,
            self.store.unsettled(),
            self._now(),
            before.chosen,
        )
        reading = replace(reading, full=reading.full or before.reading.full)
        proposal = replace(proposal, reading=reading)
        self._remember(proposal)
        self.touched.clear()
        self.told.clear()  # what was read again since is newer than any answer
        return proposal

    # what the public reads

    def _snapshot(
        self, proposal: Proposal, accepted: Sequence[Alarm]
    ) -> tuple[SnapshotRecord, bool]:
        """
        The current public state; a new number only when its content differs.

        What was read since the guard looked is held against it again.
        """
        last = self.store.last_snapshot()
        before = Snapshot.model_validate_json(last.body) if last else None
        candidate = proposal.candidate or _candidate(self.ports, self.rules, proposal, last)
        if last and before and same_content(before, candidate):
            return last, False
        guard_truth(before, candidate)
        new = not_accepted(accepted, published_amounts(before, candidate, self.rules.limits))
        if new:
            raise held(new, None)
        told = candidate.model_copy(update={"journal": public_head(self.store.log_head())})
        body = canonical(told)
        guard_bytes({"dernier.json": body}, _private(self.rules, proposal.reading.observed))
        record = SnapshotRecord(
            number=candidate.numero,
            as_of=candidate.etat_au,
            generated_at=candidate.genere_le,
            digest=self.ports.digest(body),
            body=body,
        )
        self.store.add_snapshot(record)
        log.info("snapshot.numbered", number=record.number, digest=record.digest)
        return record, True

    def _publish(self, record: SnapshotRecord, observed: Observed) -> list[tuple[str, Text]]:
        """Bring each target to the current number, or confirm it; one failing hinders no other."""
        if not self.ports.publishers:
            return []
        snapshot = Snapshot.model_validate_json(record.body)
        state = State(
            numero=record.number,
            verifie_le=self._verified(observed),
            demonstration=snapshot.demonstration,
            journal=public_head(self.store.log_head()),
        )
        deliveries = self.store.deliveries()
        publication: Publication | None = None
        failed: list[tuple[str, Text]] = []
        for publisher in self.ports.publishers:
            self.lease = self.store.renew_lease(self.lease, self._now(), LEASE_SECONDS)
            known = deliveries.get(publisher.name, Delivery(publisher.name, 0))
            now = self._now()
            try:
                standing = known.number == record.number and known.last_error is None
                if not (standing and self._confirmed(publisher, state)):
                    publication = publication or self._publication(record, snapshot, state)
                    guard_bytes(publication.files, _private(self.rules, observed))
                    publisher.publish(publication)
                done = Delivery(publisher.name, record.number, 0, now)
            except PublicationFailed as error:
                failed.append((publisher.name, error.text))
                done = Delivery(
                    publisher.name, known.number, known.attempts + 1, now, error.in_("fr")
                )
                log.warning("publication.failed", target=publisher.name, number=record.number)
            self.store.record_delivery(done)
        return failed

    def _verified(self, observed: Observed) -> datetime:
        """An incomplete reading confirms nothing."""
        if observed.complete:
            return observed.read_at
        return self.store.last_full_read() or observed.read_at

    def _confirmed(self, publisher: Publisher, state: State) -> bool:
        """False when the target no longer holds what it took: it is given again at once."""
        try:
            publisher.confirm(state)
        except PublicationMissing:
            log.warning("publication.repaired", target=publisher.name, number=state.numero)
            return False
        return True

    def _publication(self, record: SnapshotRecord, snapshot: Snapshot, state: State) -> Publication:
        records = self.store.snapshots()
        return Publication(
            snapshot=snapshot,
            record=record,
            state=state,
            files=self.ports.render(records),
            immutable={f"instantanes/{r.number:04d}.json": r.body for r in records},
        )

    # the end

    def _findings(
        self,
        proposal: Proposal,
        plan_file: Plan,
        failed: Sequence[tuple[str, Text]],
        number: int,
        held: Sequence[AnyOperation],
    ) -> int:
        stored = {one.finding.key: one for one in self.store.findings()}
        before = {key: one.finding for key, one in stored.items()}
        lasting = self._lasting(before, held)
        found: list[Finding] = [*proposal.view.findings, *self.refusals, *lasting]
        revision = proposal.revision
        if changes := compare(revision.plan, plan_file):
            facts: dict[str, str | int | None] = {
                "revision": revision.number,
                "count": len(changes),
            }
            found.append(Finding("plan.file_differs", "plan", facts))
        for target, text in failed:
            facts = {"target": target, "number": number, "detail": text.fr}
            found.append(Finding("publish.failed", f"target:{target}", facts))
        found += self.restored
        now, complete = self._now(), proposal.reading.observed.complete
        after = {finding.key: finding for finding in found}
        kept = after if complete else {**before, **after}
        with self.store.transaction():
            self.store.record_findings(
                [(finding, entry(finding).severity) for finding in after.values()],
                self.cycle_id,
                now,
                complete=complete,
            )
            self.store.append_log(self.cycle_id, now, list(finding_rows(stored, kept)))
        return sum(is_told(stored.get(key), finding) for key, finding in after.items())

    def _lasting(
        self, before: Mapping[str, Finding], held: Sequence[AnyOperation]
    ) -> Iterator[Finding]:
        """What stays open though nothing shows it: a refusal held back, a correction of a week."""
        refs = {operation.ref for operation in held}
        week = self._now() - RESTORED_ONCE_FOR
        overwritten = self.store.overwritten_since(week)
        corrected = {
            "field.restored": self.store.restored_since(week),
            "field.overwritten": overwritten,
            "task.history_unread": overwritten,
        }
        fields = {code: {f"{ref}#{name}" for ref, name in of} for code, of in corrected.items()}
        for finding in before.values():
            if finding.code == "task.refused" and finding.subject in refs:
                yield finding
            if finding.subject in fields.get(finding.code, ()):
                yield finding

    def _hold(self, error: UnsafeChangeSet) -> None:
        self._open([held_finding(error)])
        self.store.note_fact(HELD, "oui")

    def _open(self, findings: Sequence[Finding]) -> None:
        """Record findings before the cycle's own are known; none is closed by it."""
        if not findings:
            return
        before = {one.finding.key: one for one in self.store.findings()}
        after = {finding.key: finding for finding in findings}
        with self.store.transaction():
            self.store.record_findings(
                [(finding, entry(finding).severity) for finding in after.values()],
                self.cycle_id,
                self._now(),
                complete=False,
            )
            standing = {key: one.finding for key, one in before.items()}
            rows = finding_rows(before, {**standing, **after})
            self.store.append_log(self.cycle_id, self._now(), list(rows))

    def _end(
        self,
        outcome: Outcome,
        reason: str | None,
        report: CycleReport | None = None,
        *,
        rest: float = 0.0,
    ) -> None:
        self._come_back(max(rest, self.ports.target.resting()))
        requests = self.ports.target.requests()
        totals = {
            "requests": sum(requests.values()),
            "operations": sum(self.operations.values()),
            "findings": report.findings if report else 0,
            "snapshot": report.snapshot_number if report else 0,
        }
        self.store.end_cycle(self.cycle_id, self._now(), outcome, reason, totals)
        head = self.store.log_head()
        told = {"log_rows": head.rows, "log_head": head.chain}
        log.info("cycle.finished", outcome=outcome, reason=reason, **totals, **told)

    def _come_back(self, seconds: float) -> None:
        """Remember when, for other processes and for this one started again."""
        until = not_before(self._now(), seconds)
        if until or self.store.facts().get(NOT_BEFORE):
            self.store.note_fact(NOT_BEFORE, until)
