"""
One cycle, in order: observe, propose, apply, refresh, reconcile, freeze, snapshot, publish.

`run_cycle` can be read aloud. Deciding happens in the core, acting behind the ports; this module
only keeps the order and remembers what happened, so that a crash or a lost answer anywhere
leaves something that a later cycle completes.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import chain

import structlog

from sync.core.absence import keep_last_known, lagging
from sync.core.accept import (
    ACCEPTED,
    HELD,
    acceptance_rows,
    fits_nothing,
    held,
    held_finding,
    not_lifted,
    other_change_set,
)
from sync.core.catalogue import entry
from sync.core.desired import titles_of
from sync.core.diff import settled_by_answer
from sync.core.ending import ENDED, ending_row, is_over, stands, stands_ended, waits
from sync.core.guard import (
    CLOCKS_APART,
    RECOVERED,
    SANDBOX_SEEN,
    guard_clock,
    intent,
    sandbox_word,
)
from sync.core.held_back import HELD_BACK, read_held_back, still_held, write_held_back
from sync.core.intended import Settled, intention, restored_found, rows_found, spent_found
from sync.core.log_rows import (
    OF_THE_CYCLE,
    decision_row,
    finding_rows,
    freeze_row,
    is_told,
    operation_rows,
    revision_rows,
    settlement_row,
    worth_a_row,
)
from sync.core.marks import LINKABLE, project_lines
from sync.core.races import (
    Naming,
    Wrote,
    overwritten,
    race_finding,
    race_row,
    unread_finding,
    unread_row,
)
from sync.core.reconcile import file_findings
from sync.core.refused import fact_of, fingerprint, sendable
from sync.core.rest import NOT_BEFORE, not_before
from sync.errors import (
    ConfigError,
    SyncError,
    TargetUnavailable,
    UnsafeChangeSet,
)
from sync.model.finding import Finding
from sync.model.guarding import Acceptance, Alarm
from sync.model.operation import (
    AnyOperation,
    AttachField,
    CreateField,
    CreateOption,
    CreateProject,
    CreateSection,
    PlaceTask,
    Ref,
    SetParent,
    ShareProject,
    UpdateTask,
)
from sync.model.plan import Plan
from sync.model.record import LEASE_SECONDS, JournalState, Lease, NewLogRow, Outcome, SnapshotRecord
from sync.model.rules import Rules
from sync.model.snapshot import Snapshot
from sync.model.target import ObservedTask
from sync.ports import Applied, Known, Ports
from sync.proposal import (
    CREATE_SETTLES_AFTER,
    INTENT,
    LAGGED,
    ORDINARY,
    RESTORED_ONCE_FOR,
    WROTE,
    Proposal,
    Wishes,
    candidate_of,
    digest_of,
    leave_alone,
    patience,
    propose,
    weigh,
)
from sync.publishing import Delivered, deliver, number
from sync.wording import Text

_ROUNDS = 3
_UNTOLD = (CreateProject, ShareProject, CreateSection, CreateField, CreateOption, AttachField)
"""No event tells of these: who dies before they were read again leaves them to a full read."""

log = structlog.get_logger()


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
    ports: Ports, rules: Rules, plan_file: Plan, wishes: Wishes = ORDINARY
) -> CycleReport | None:
    """
    Bring Asana in line with the plan, then publish where things stand.

    Returns None when another worker already ran this slot. Raises CycleBusy, UnsafeChangeSet
    (held), TargetDenied or TargetUnavailable; the cycle's row then tells the outcome. While
    Asana wants to be left alone there is no cycle and no row: NotYet. Nor is there with a clock
    that was never set: ConfigError.
    """
    now = ports.clock.now()
    guard_clock(now)
    leave_alone(ports, rules)
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
        self.missed = 0

    def run(self, plan_file: Plan, wishes: Wishes) -> CycleReport:
        self.missed = wishes.missed
        try:
            report = self._steps(plan_file, wishes)
        except UnsafeChangeSet as error:
            self._hold(error)
            self._end("held", self._and_waits(error.in_("fr")))
            raise
        except TargetUnavailable as error:
            rest = error.retry_after or 0.0
            self._end("partial", self._and_waits(error.in_("fr")), rest=rest)
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
        warnings, published, self.yes = proposal.warnings, proposal.published, wishes.accept
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
        record, said = self._number(proposal, published, wishes)
        is_new = said is not published
        delivered = deliver(
            self.ports,
            self.rules,
            record,
            proposal.reading.observed,
            self._keep_lease,
            None if is_new else said,
            patient=wishes.slot is not None,
        )
        findings = self._findings(proposal, plan_file, delivered, record.number, held)
        blocked = any(f.code == "task.blocked" for f in proposal.view.findings)
        incomplete, ended = proposal.reading.shortfall, said.ended
        if incomplete and proposal.over and ended is None:
            incomplete = self._waiting(incomplete)
        clean = settled and not (held or blocked or incomplete or self._failures())
        return CycleReport(
            cycle_id=self.cycle_id,
            outcome="ok" if clean and not delivered.failed else "partial",
            as_of=self._today(),
            operations=dict(self.operations),
            findings=findings,
            requests=dict(self.ports.target.requests()),
            snapshot_number=record.number,
            snapshot_is_new=is_new,
            full_read=proposal.reading.full,
            refused=self.outcomes["rejected"],
            unknown=self.outcomes["unknown"],
            failed_targets=delivered.failed,
            warnings=(
                *warnings,
                *((stands_ended(*ended),) if proposal.over and ended else ()),
                *((incomplete,) if incomplete else ()),
            ),
            incomplete=incomplete,
        )

    def _number(
        self, proposal: Proposal, published: Snapshot | None, wishes: Wishes
    ) -> tuple[SnapshotRecord, Snapshot]:
        """The current snapshot and what it says: `published` itself where nothing differs."""
        last = self.store.last_snapshot()
        candidate = proposal.candidate or candidate_of(
            self.ports, self.rules, proposal, last, published
        )
        accepted = self.alarms if wishes.accept else ()
        seen = proposal.reading.observed
        record, is_new = number(self.ports, self.rules, last, published, candidate, seen, accepted)
        return record, candidate if is_new or published is None else published

    def _waiting(self, why: Text) -> Text:
        """Why the cycle fell short, and that the plan's last state waits for a better one."""
        if self.rules.ends_on is None:
            return why
        also = waits(self.rules.ends_on)
        return Text(f"{why.fr} {also.fr}", f"{why.en} {also.en}")

    def _and_waits(self, why: str) -> str:
        last = self.store.last_snapshot()
        if not is_over(self.rules, self._today()) or (
            last and stands(Snapshot.model_validate_json(last.body), self.rules)
        ):
            return why
        return self._waiting(Text(why, why)).fr

    def _keep_lease(self) -> None:
        self.lease = self.store.renew_lease(self.lease, self._now(), LEASE_SECONDS)

    def _still_ours(self) -> None:
        """
        A write may have waited long for its turn, or the process may have stood still.

        Once the lease has run out somebody else may be writing the same; Asana knows no lease.
        """
        if self._now() >= self.lease.expires_at:
            raise TargetUnavailable(
                Text(
                    "Le cycle est resté arrêté plus longtemps que son bail : rien de plus n’est "
                    "envoyé à Asana. Le prochain cycle continuera.",
                    "The cycle stood still for longer than its lease: nothing more is sent to "
                    "Asana. The next cycle goes on.",
                )
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
            if proposal.unread:
                self.store.append_log(self.cycle_id, now, list(self._ending(proposal)))
                return
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
                if ref.startswith(LINKABLE):
                    self.store.link(ref, gid, now)
            for waiting, state, found in proposal.settled:
                self.store.settle(waiting.id, state, now, found)
            self.store.agree(view.changes.agreed)
            for written in proposal.settled:
                self.store.agree(spent_found(written))
            self.store.freeze(proposal.due_freezes, self.cycle_id)
            rows = [
                *chain.from_iterable(map(_found_out, proposal.settled)),
                *(
                    decision_row(decision)
                    for decision in view.changes.decisions
                    if worth_a_row(decision)
                ),
                *map(freeze_row, proposal.due_freezes.items()),
            ]
            rows += self._ending(proposal)
            self.store.append_log(self.cycle_id, now, [*overwritten, *rows])
            corrected = chain.from_iterable(map(restored_found, proposal.settled))
            self._open([*told, *corrected])
            if proposal.wrote:
                self.store.note_fact(WROTE, "")
            facts = self.store.facts()
            for fact in (HELD, RECOVERED):  # said of the reading that was let through here
                if facts.get(fact):
                    self.store.note_fact(fact, "")
            held = read_held_back(facts.get(HELD_BACK))
            if held and reading.observed.complete:
                left = still_held(held, view.progress)
                if left != held:
                    self.store.note_fact(HELD_BACK, write_held_back(left))
            fresh = self.store.linked_since(now - CREATE_SETTLES_AFTER)
            late = lagging(self.store.links(), reading.observed, fresh)
            if late != bool(facts.get(LAGGED)):
                self.store.note_fact(LAGGED, "oui" if late else "")

    def _ending(self, proposal: Proposal) -> Iterator[NewLogRow]:
        """
        One row when the plan ends and one when it goes on, however often a cycle is killed.

        A plan whose last state waits does not go on: a killed cycle may have told its end.
        """
        candidate = proposal.candidate
        if candidate is None or (proposal.over and candidate.ended is None):
            return
        told = " ".join(day.isoformat() for day in candidate.ended or ())
        if (self.store.facts().get(ENDED) or "") != told:
            self.store.note_fact(ENDED, told)
            yield ending_row(candidate)

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
        late = bool(remembered.get(LAGGED))

        def before(operation: AnyOperation) -> None:
            now = self._now()
            left = (self.lease.expires_at - now).total_seconds()
            if not LEASE_SECONDS / 2 <= left <= LEASE_SECONDS:  # more: the clock was put back
                self._keep_lease()
            kind = type(operation).__name__
            hoped = changes.on_success.get(operation.key, {})
            about = intention(operation, decisions, restored, hoped)
            entries[operation.key] = self.store.intend(
                self.cycle_id, operation.ref, kind, now, about
            )

        def after(applied: Applied) -> None:
            nonlocal late
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
                if applied.created and operation.ref.startswith(LINKABLE):
                    self.store.link(operation.ref, applied.created, now)
                for ref, gid in applied.also.items():
                    self.store.link(ref, gid, now)
                if applied.state == "done":
                    hoped = changes.on_success.get(operation.key, {})
                    told = settled_by_answer(operation, applied.task, known)
                    self.store.agree({**hoped, **told})
                    if remembered.get(fact_of(operation)):
                        self.store.note_fact(fact_of(operation), "")
                if applied.state == "done" and isinstance(operation, _UNTOLD) and not late:
                    late = True
                    self.store.note_fact(LAGGED, "oui")
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
        self.ports.target.apply(
            operations, gids, before=before, after=after, leave=self._still_ours
        )
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
            project_marker=project_lines(self.store.plan_id),
        )
        fresh = self.store.linked_since(self._now() - CREATE_SETTLES_AFTER)
        with patience(known.links, fresh):
            reading = self.ports.target.refresh(known, sorted(self.touched))
        # what the first reading fell short of is not read by this one
        short = reading.shortfall or before.reading.shortfall
        observed = keep_last_known(reading.observed, mirror, fresh)
        reading = replace(
            reading, observed=replace(observed, complete=short is None), shortfall=short
        )
        proposal = weigh(
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

    # the end

    def _findings(
        self,
        proposal: Proposal,
        plan_file: Plan,
        delivered: Delivered,
        number: int,
        held: Sequence[AnyOperation],
    ) -> int:
        with self.store.transaction():  # a person may settle one at any moment
            stored = {one.finding.key: one for one in self.store.findings(closed=True)}
            before = {key: one.finding for key, one in stored.items() if one.state != "closed"}
            lasting = self._lasting(before, held)
            found: list[Finding] = [*proposal.view.findings, *self.refusals, *lasting]
            found += file_findings(proposal.revision, plan_file)
            if proposal.unread:
                found = [one for one in before.values() if one.code not in OF_THE_CYCLE]
            for code, targets in (
                ("publish.altered", delivered.altered),
                ("publish.failed", delivered.failed),
            ):
                for target, text in targets:
                    facts: dict[str, str | int | None] = {
                        "target": target,
                        "number": number,
                        "detail": text.fr,
                        "detail_en": text.en,
                    }
                    found.append(Finding(code, f"target:{target}", facts))
            found += self.restored
            now, complete = self._now(), proposal.unread or proposal.reading.observed.complete
            after = {finding.key: finding for finding in found}
            kept = after if complete else {**before, **after}
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
        """A yes that fits nothing is answered to who gave it: the finding tells what is held."""
        if not fits_nothing(error):
            self._open([held_finding(error)])
        elif self.alarms and isinstance(digest := error.facts.get("digest"), str):
            self._open([held_finding(held(self.alarms, digest))])
        self.store.note_fact(HELD, "oui")

    def _open(self, findings: Sequence[Finding]) -> None:
        """Record findings before the cycle's own are known; none is closed by it."""
        if not findings:
            return
        after = {finding.key: finding for finding in findings}
        with self.store.transaction():
            before = {one.finding.key: one for one in self.store.findings(closed=True)}
            self.store.record_findings(
                [(finding, entry(finding).severity) for finding in after.values()],
                self.cycle_id,
                self._now(),
                complete=False,
            )
            standing = {k: one.finding for k, one in before.items() if one.state != "closed"}
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
            **({"missed": self.missed} if self.missed else {}),
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


def _found_out(settled: Settled) -> Sequence[NewLogRow]:
    """What the write was about to change where its cycle kept that, else that it was sent."""
    return tuple(rows_found(settled)) or (settlement_row(settled),)
