"""
What a cycle would do: observe, compare and guard, and write nothing anywhere.

A dry run is this and nothing else; `sync/cycle.py` carries out what stands here.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

from sync.core.absence import doubtful, keep_last_known
from sync.core.accept import (
    ACCEPTED,
    HELD,
)
from sync.core.after_recovery import after_recovery
from sync.core.amounts import Change, amounts, published_amounts
from sync.core.change_digest import change_digest
from sync.core.chosen import NOTHING_CHOSEN, Chosen, chosen, with_corrections
from sync.core.dates import french
from sync.core.draft import Baselines, Memory
from sync.core.ending import (
    closed,
    is_over,
    kept,
    never_followed,
    only_read,
    stands,
    unread,
    without_writes,
)
from sync.core.guard import (
    RECOVERED,
    SANDBOX_SEEN,
    guard_bytes,
    guard_clock,
    guard_frozen,
    guard_projects,
    guard_sandbox,
    guard_skew,
    guard_store,
    guard_time,
    guard_truth,
    intent,
)
from sync.core.held_back import HELD_BACK, NOTHING_HELD, read_held_back, without_held_back
from sync.core.history import History, history_of
from sync.core.intended import settle_write
from sync.core.leaks import private_values
from sync.core.marks import ROLES, project_lines, project_ref
from sync.core.past import reads_its_end
from sync.core.races import (
    Naming,
    Written,
    Wrote,
    is_write,
    maybe_written,
    suspects,
    written,
)
from sync.core.reconcile import Frozen
from sync.core.refused import sendable
from sync.core.rest import NOT_BEFORE, waiting_until
from sync.core.reword import accepted, held_back
from sync.core.second_round import second_round
from sync.core.snapshot import build_snapshot, canonical, same_content
from sync.core.view import Seen, View, due_freezes, look
from sync.core.withdrawal import WITHDRAWALS, read_withdrawals, with_withdrawals
from sync.errors import (
    NotYet,
    SyncError,
    TargetDenied,
    TargetUnavailable,
    UnsafeChangeSet,
)
from sync.model.cost import Cost
from sync.model.finding import Settlement
from sync.model.guarding import Acceptance, Alarm
from sync.model.operation import (
    CreateTask,
    Ref,
)
from sync.model.plan import Plan, Revision
from sync.model.record import (
    JournalEntry,
    JournalState,
    SnapshotRecord,
)
from sync.model.rules import Rules
from sync.model.snapshot import Snapshot
from sync.model.target import Observed
from sync.ports import Known, Ports, Reading, Store
from sync.standings import standings
from sync.wording import Text

CREATE_SETTLES_AFTER = timedelta(minutes=1)
"""Reads may lag creates: an unanswered one is only given up when a minute old (design, Asana)."""
WROTE = "wrote"
"""The fact that names the cycle which wrote to tasks that existed, since the last reading."""
LAGGED = "lagged"
"""The fact that says that the last reading could not show yet all that had just been made."""
INTENT = "settled_intent"
"""The fact that holds what people had asked for at the last clean cycle (`guard.intent`)."""
RESTORED_ONCE_FOR = timedelta(days=7)
GONE = "project gone"
"""The rule that a target names where a project of the plan is no longer there to be read."""
_FIRST_REASON = "première adoption"


@dataclass(frozen=True, slots=True)
class Wishes:
    """
    How this one cycle is asked for. `sandbox_only` refuses anything but the sandbox.

    `accept` lets one change set through that the guard holds, and no other. `missed` is how many
    scheduled slots this cycle stands for beside its own: its row tells.
    """

    full: bool = False
    sandbox_only: bool = False
    slot: str | None = None
    missed: int = 0
    accept: Acceptance | None = None


ORDINARY = Wishes()


@dataclass(frozen=True, slots=True)
class Proposal:
    """
    What a cycle found and would do; a dry run is this and nothing else.

    `unrecorded` says that the store does not have this revision yet: the plan file would be the
    first, or `accepted` made it of the plan `before`, for people took in what Asana says. `wrote`
    tells the cycle that wrote to tasks which existed since the last reading, and `raced` those of
    them to which somebody else may have written too, by gid, with what Jalon put there
    (`sync.core.races`). `candidate` is the publication as it would be now, after `published`;
    `alarms` is what the guard finds too much. When the plan is `over` it asks for no write, and
    where it `closes` the plan its candidate is the last state of it. One that is `unread` rests on
    the mirror alone, for the plan has ended and Asana could not be read: nothing is concluded.
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
    baselines: Baselines = field(default_factory=dict)
    unrecorded: bool = False
    accepted: tuple[Settlement, ...] = ()
    before: Plan | None = None
    wrote: Wrote | None = None
    raced: Mapping[str, Sequence[Written]] = field(default_factory=dict)
    warnings: tuple[Text, ...] = ()
    published: Snapshot | None = None
    candidate: Snapshot | None = None
    alarms: tuple[Alarm, ...] = ()
    over: bool = False
    closes: bool = False
    unread: bool = False


def propose(ports: Ports, rules: Rules, plan_file: Plan, wishes: Wishes = ORDINARY) -> Proposal:
    """
    Observe, compare and guard; write nothing anywhere.

    Raises what nobody may accept; what is only too much stands in the proposal's alarms.
    """
    store, now = ports.store, ports.clock.now()
    guard_clock(now)
    leave_alone(ports, rules)
    facts = store.facts()
    links = store.links()
    waiting = store.unsettled()
    last = store.last_snapshot()
    before = Snapshot.model_validate_json(last.body) if last else None
    empty = not links and not waiting
    over = is_over(rules, now.astimezone(rules.zone).date())
    fixed = over and stands(before, rules)
    for standing in standings(ports.publishers, store.plan_id) or [None]:
        head = standing.head if standing is not None else None
        guard_store(
            standing,
            last,
            store_is_empty=empty and last is None,
            facts=facts,
            went_through=head is None or store.tells(head),
        )
    mirror = store.mirror()
    guard_time(
        last,
        mirror.read_at.astimezone(rules.zone).date() if mirror else None,
        now.astimezone(rules.zone).date(),
    )
    warnings: tuple[Text, ...] = ()
    if project_ref("actions") not in links:
        warnings = ports.target.preflight(rules.mapping.fields)
    last_full = store.last_full_read()
    recent = timedelta(hours=rules.full_read_hours)
    # one that lies ahead was made by a clock that was since put back
    stale = last_full is None or not timedelta(0) <= now - last_full < recent
    fresh = store.linked_since(now - CREATE_SETTLES_AFTER)
    known = Known(
        links=links,
        mirror=mirror,
        cursors=store.cursors(),
        project_marker=project_lines(store.plan_id),
        touched=doubtful(links, mirror, fresh, waiting),
        awaiting=any(one.kind == CreateTask.__name__ for one in waiting),
        wrote=bool(facts.get(WROTE)),
    )
    # no event need tell that a project put away came back
    away = mirror is not None and any(one.archived for one in mirror.projects.values())
    late = bool(facts.get(LAGGED))
    # a token that was not committed tells the same events again, and none that came since
    doubted = wishes.accept is not None or bool(facts.get(HELD))
    alone = False
    last_word = over and not fixed  # what people leave behind is read, not pieced together
    full = wishes.full or stale or away or late or doubted or bool(waiting) or last_word
    try:
        with patience(links, fresh):
            reading = ports.target.observe(known, full=full)
    except (UnsafeChangeSet, TargetDenied, TargetUnavailable) as error:
        if not fixed or mirror is None or not is_needless(error):
            raise
        reading = _from_memory(mirror, known.cursors, unread(error.text))
        alone, waiting = True, ()
    guard_sandbox(facts.get(SANDBOX_SEEN), reading.observed, sandbox_only=wishes.sandbox_only)
    guard_skew(ports.target.skew())
    guard_projects(reading.observed, store_is_empty=empty, over=over)
    if over and empty and rules.ends_on:
        raise never_followed(rules.ends_on)
    observed = keep_last_known(reading.observed, known.mirror, fresh)
    reading = replace(reading, observed=observed)

    revisions = store.revisions()
    first = Revision(1, now.astimezone(rules.zone).date(), _FIRST_REASON, plan_file)
    revision = revisions[-1] if revisions else first
    history = history_of(revisions or (first,))
    words = chosen(store.settlements(), store.findings())
    proposal = weigh(ports, rules, revision, history, reading, mirror, links, waiting, now, words)
    if not revisions:
        proposal = replace(proposal, unrecorded=True)
    elif not alone and (revised := _accepted(proposal, rules, now)):
        former, (revision, asked) = revision.plan, revised
        again = history_of((*revisions, revision))
        proposal = replace(
            weigh(ports, rules, revision, again, reading, mirror, links, waiting, now, words),
            unrecorded=True,
            accepted=asked,
            before=former,
        )
    wrote = None if alone else Wrote.from_fact(facts.get(WROTE))
    proposal = replace(
        proposal,
        wrote=wrote,
        raced=_raced(store, rules, proposal, mirror, wrote) if wrote else {},
        warnings=warnings,
        closes=last_word and reading.full and observed.complete,
        unread=alone,
    )
    candidate = candidate_of(ports, rules, proposal, last, before)
    guard_truth(before, candidate)
    guard_frozen(before, candidate)
    if not (before and same_content(before, candidate)):
        guard_bytes(
            {"dernier.json": canonical(candidate)}, private_values(rules, observed), rules.never
        )
    change = Change(
        revision.plan,
        rules,
        proposal.view,
        observed,
        mirror,
        links,
        proposal.baselines,
        asked=facts.get(INTENT) != intent(revision.number, rules),
    )
    # what Asana loses once the plan has ended neither the page nor a write follows
    counted = () if fixed else amounts(change)
    alarms = (*counted, *published_amounts(before, candidate, rules.limits))
    if facts.get(RECOVERED):
        alarms = (*alarms, *after_recovery(proposal.view, len(links), before, candidate))
    return replace(proposal, published=before, candidate=candidate, alarms=alarms)


def weigh(
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
    over = is_over(rules, today)
    memory = Memory(
        baselines=store.baselines(),
        awaited=awaited,
        restored=store.restored_since(now - RESTORED_ONCE_FOR),
        previous_read_on=mirror.read_at.astimezone(rules.zone).date() if mirror else None,
        chosen=words,
        # of an ended plan nothing would be published anyway
        held_back=NOTHING_HELD if over else read_held_back(store.facts().get(HELD_BACK)),
    )
    frozen = with_corrections(store.frozen(), words, rules.zone)
    rules = only_read(rules) if over else rules
    view = look(plan, rules, reading.observed, links, memory, frozen, today, history)
    for waiting_one in waiting:
        ref, found = waiting_one.ref, view.recognition
        gid = None if ref in found.anew else found.gids.get(ref)
        complete = reading.full and reading.observed.complete
        if not waiting_one.kind.startswith("Create"):
            task = reading.observed.tasks.get(gid or links.get(ref, ""))  # a retired one's too
            naming = Naming.of(links, reading.observed, rules.mapping)
            there = maybe_written(ref, task, rules.mapping, naming)
            settled.append((waiting_one, settle_write(waiting_one, there), gid))
        elif gid is not None:
            settled.append((waiting_one, "resolved", gid))
        elif complete and now - waiting_one.sent_at >= CREATE_SETTLES_AFTER:
            settled.append((waiting_one, "void", None))
        else:
            until = (waiting_one.sent_at + CREATE_SETTLES_AFTER).astimezone(rules.zone)
            awaited[waiting_one.ref] = f"{until:%H:%M:%S}"
    due = freezes_now(
        plan, rules, view, reading.observed, mirror, links, memory, frozen, today, history
    )
    if awaited or due:
        frozen = {**frozen, **due}
        view = look(plan, rules, reading.observed, links, memory, frozen, today, history)
    return Proposal(
        revision,
        history,
        reading,
        without_writes(view) if over else view,
        links,
        tuple(settled),
        frozen,
        due,
        words,
        memory.baselines,
        over=over,
    )


def freezes_now(
    plan: Plan,
    rules: Rules,
    view: View,
    observed: Observed,
    mirror: Observed | None,
    links: Mapping[Ref, str],
    memory: Memory,
    frozen: Frozen,
    today: date,
    history: History,
) -> Frozen:
    """What is to be frozen, from `mirror`, the reading before, where that one was in time."""
    seen = Seen(view.progress, today, view.rulings)
    if not due_freezes(plan, rules, seen, None, frozen, today, history):
        return {}
    before: Seen | None = None
    if mirror and mirror.complete and (last_day := memory.previous_read_on):
        last = look(plan, rules, mirror, links, memory, frozen, last_day, history)
        closing = reads_its_end(mirror.read_at, rules.zone)
        before = Seen(last.progress, last_day, last.rulings, at_its_end=closing)
    known = seen if observed.complete else None
    return due_freezes(plan, rules, known, before, frozen, today, history)


def candidate_of(
    ports: Ports,
    rules: Rules,
    proposal: Proposal,
    last: SnapshotRecord | None,
    before: Snapshot | None,
) -> Snapshot:
    """
    The publication as this proposal has it, with the number that it would get.

    `last` is the newest that there is and `before` what it says.
    """
    now, revision = ports.clock.now(), proposal.revision
    made = max(now, last.generated_at) if last else now  # a clock put back dates nothing anew
    agreed = held_back(revision.plan, rules, proposal.view.findings, ports.store.baselines)
    built = build_snapshot(
        replace(revision, plan=agreed),
        rules,
        proposal.view.progress,
        proposal.view.standings,
        proposal.frozen,
        number=last.number + 1 if last else 1,
        as_of=now.astimezone(rules.zone).date(),
        generated_at=made,
        demonstration=proposal.reading.observed.sandbox,
        rulings=proposal.view.rulings,
    )
    if proposal.over and before is not None and stands(before, rules):
        built = kept(before, built, rules)
    elif proposal.closes:
        built = closed(built, built.etat_au)
    facts = ports.store.facts()
    told = with_withdrawals(built, read_withdrawals(facts.get(WITHDRAWALS)))
    return without_held_back(told, read_held_back(facts.get(HELD_BACK)))


def is_needless(error: SyncError) -> bool:
    """Whether only the reading failed; what a reading showed to be unsafe holds in any case."""
    return not isinstance(error, UnsafeChangeSet) or error.facts.get("rule") == GONE


def _from_memory(mirror: Observed, cursors: Mapping[str, str], why: Text) -> Reading:
    return Reading(replace(mirror, complete=False), cursors, full=False, requests=0, shortfall=why)


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
    reason = "; ".join(dict.fromkeys(one.reason for one in asked))
    return Revision(revision.number + 1, day, reason, plan), asked


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


def leave_alone(ports: Ports, rules: Rules) -> None:
    """Raise NotYet while Asana wants no request: it counts those that it refuses, too."""
    now = ports.clock.now()
    until = waiting_until(ports.store.facts().get(NOT_BEFORE), now, ports.target.resting())
    if until is None:
        return
    there = until.astimezone(rules.zone)
    raise NotYet(
        Text(
            f"Asana a demandé d’attendre : rien ne lui sera demandé avant le "
            f"{french(there.date())} à {there:%H:%M:%S} (heure de la ville). Rien n’a été envoyé; "
            "le service reprendra de lui-même, une commande est à relancer après.",
            f"Asana asked to wait: nothing is asked of it before {there:%Y-%m-%d %H:%M:%S} (the "
            "city's time). Nothing was sent; the service goes on by itself, a command is to be "
            "run again afterwards.",
        ),
        until=until,
    )


@contextmanager
def patience(links: Mapping[Ref, str], fresh: frozenset[str]) -> Iterator[None]:
    """A project made less than a minute ago may not be readable yet: wait, do not conclude."""
    try:
        yield
    except UnsafeChangeSet as error:
        projects = {links[project_ref(role)] for role in ROLES if project_ref(role) in links}
        if error.facts.get("rule") != GONE or projects.isdisjoint(fresh):
            raise
        raise TargetUnavailable(
            Text(
                "Le projet qui vient d’être créé n’est pas encore lisible dans Asana; le "
                "prochain cycle continuera.",
                "The project just made cannot be read in Asana yet; the next cycle goes on.",
            )
        ) from error
