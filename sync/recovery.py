"""
A store that was lost, or restored from an older day, brought back to what the world knows.

Everything is read first, and told; on a yes it is written into the store alone, in one
transaction, so that a recovery that is killed leaves nothing. Asana tells what is which task, the
publication tells revisions, frozen statuses, numbering and what people had entered. What neither
tells is unseen, and the next cycle holds differences there. See decisions 0032 and 0033.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from sync.core.catalogue import entry
from sync.core.chain import in_words
from sync.core.choices import CHOICES
from sync.core.chosen import chosen, with_corrections
from sync.core.commitments import only_withdraws
from sync.core.diff import told_as
from sync.core.draft import Memory
from sync.core.ending import is_over, stands
from sync.core.fill import fill
from sync.core.guard import (
    GIVEN_UP,
    RECOVERED,
    RESTORED,
    SANDBOX_SEEN,
    guard_clock,
    guard_projects,
    guard_sandbox,
    guard_skew,
    guard_time,
    intent,
)
from sync.core.held_back import (
    HELD_BACK,
    IN_ASANA,
    gone_from,
    read_held_back,
    write_held_back,
)
from sync.core.history import history_of
from sync.core.log_rows import recovered_row
from sync.core.marks import LINKABLE, project_lines, ref_of
from sync.core.rebuild import Agreed, entered_in, frozen_in, revisions_in
from sync.core.recollect import (
    RECOVERY,
    by_content,
    decisions,
    doubtful,
    missing,
    structure,
    untouched,
)
from sync.core.reconcile import Frozen
from sync.core.signed_note import ROTATIONS
from sync.core.snapshot import build_snapshot
from sync.core.view import View, look
from sync.core.withdrawal import (
    WITHDRAWALS,
    read_withdrawals,
    withdrawn_since,
    write_withdrawals,
)
from sync.errors import ConfigError, NotYet, TargetDenied, TargetUnavailable, UnsafeChangeSet
from sync.model.decision import Decision, Verdict
from sync.model.finding import Finding, NewSettlement, Settlement
from sync.model.operation import Ref
from sync.model.plan import Plan, Revision
from sync.model.publication import Published
from sync.model.record import LEASE_SECONDS, Delivery, Head, NewLogRow, SnapshotRecord
from sync.model.rules import Rules
from sync.model.snapshot import PublicWithdrawal, Snapshot
from sync.model.target import Observed
from sync.ports import Known, Ports, Reading, Store
from sync.proposal import INTENT, freezes_now, is_needless
from sync.wording import Text

RulesFor = Callable[[Plan], Rules]


@dataclass(frozen=True, slots=True)
class Recovery:
    """
    What would be written into the store, and what a person should know of it.

    `missing` are things of the plan that Asana does not show. `held` are fields whose two values
    nobody can choose between; `forgotten` are baselines that are older than what Asana holds.
    `empties` are those of them that are empty in Asana. `lost_heads` tell of a log that is gone.
    `withdrawn` are snapshots of the store, by number, as they are published since a text was
    withdrawn from them.
    """

    rules: Rules
    published: Published | None
    revisions: tuple[Revision, ...] = ()
    snapshots: tuple[SnapshotRecord, ...] = ()
    frozen: Frozen = field(default_factory=dict)
    links: Mapping[Ref, str] = field(default_factory=dict)
    relinked: Mapping[Ref, Ref] = field(default_factory=dict)
    agreed: Agreed = field(default_factory=dict)
    forgotten: tuple[tuple[Ref, str], ...] = ()
    held: tuple[Decision, ...] = ()
    settled: tuple[tuple[Finding, NewSettlement, datetime], ...] = ()
    missing: tuple[Ref, ...] = ()
    lost_heads: tuple[tuple[Ref, Head], ...] = ()
    withdrawn: Mapping[int, bytes] = field(default_factory=dict)
    delivered: tuple[str, ...] = ()
    sandbox: bool = False
    intent: str | None = None


def examine(
    ports: Ports,
    rules_for: RulesFor,
    plan_file: Plan,
    published: Published | None,
    *,
    sandbox_only: bool = False,
) -> Recovery:
    """
    Read Asana and hold everything together; nothing is written anywhere.

    Raises ConfigError where there is nothing to recover, or the clock is wrong, UnsafeChangeSet
    where the publication is not this store's, TargetUnavailable where Asana could not be read
    whole.
    """
    store, now = ports.store, ports.clock.now()
    guard_clock(now)
    ours = store.snapshots()
    withdrawn = withdrawn_since(ours, published.records) if published else {}
    _refuse_another_history(ours, published, withdrawn)
    known = store.revisions()
    snapshots = published.snapshots if published else ()
    zone = rules_for(known[-1].plan if known else plan_file).zone
    today = now.astimezone(zone).date()
    revisions = revisions_in(snapshots, plan_file, known, today)
    series = (*known, *revisions)
    plan = series[-1].plan
    rules = rules_for(plan)
    mirror = store.mirror()
    read_on = mirror.read_at.astimezone(rules.zone).date() if mirror else None
    guard_time(published.records[-1] if published else None, read_on, today)
    ended = published is not None and is_over(rules, today) and stands(published.last, rules)
    observed = _read(ports, sandbox_only=sandbox_only, ended=ended)
    if published is not None and observed.sandbox != published.last.demonstration:
        raise _mixed()
    links = store.links()
    _refuse_needless(ports, observed, published, links)
    lost_heads = tuple(_lost_heads(ports, published))
    _refuse_another_log(store, published, lost_heads)
    history = history_of(series)
    memory = Memory(
        baselines={},
        previous_read_on=read_on,
        chosen=chosen(store.settlements(), store.findings()),
    )
    fixed: Frozen = {**frozen_in(snapshots), **store.frozen()}
    frozen = with_corrections(fixed, memory.chosen, rules.zone)

    def see(extra: Mapping[Ref, str], memory: Memory) -> View:
        given = {**links, **extra}
        return look(plan, rules, observed, given, memory, frozen, today, history)

    found = dict(by_content(plan, rules, observed, see({}, memory)))
    view = see(found, memory)
    settled = tuple(decisions(published.last, rules, view)) if published else ()
    if settled:
        words = chosen(store.settlements(), store.findings(), _as_kept(store, settled))
        memory = replace(memory, chosen=words)
        frozen = with_corrections(fixed, words, rules.zone)
        view = see(found, memory)
    baselines = store.baselines()
    agreed = structure(plan, rules, view, baselines)
    if published is not None:
        page = build_snapshot(
            series[-1],
            rules,
            view.progress,
            view.standings,
            frozen,
            number=published.last.numero + 1,
            as_of=today,
            generated_at=now,
            demonstration=observed.sandbox,
            rulings=view.rulings,
        )
        seen = {(one.subject, one.field): one.asana for one in view.changes.decisions}
        agreed |= entered_in(rules, published.last, page, seen)
        agreed |= untouched(published, rules, view, observed)
    gids = {**links, **found}
    coming = freezes_now(plan, rules, view, observed, mirror, gids, memory, frozen, today, history)
    frozen = {**frozen, **coming}
    again = see(found, replace(memory, baselines=agreed))
    held, forgotten = [], []
    for one in doubtful(again, observed):
        key = (one.subject, one.field)
        told = baselines.get((one.subject, f"{one.field}~"))
        if key in baselines and (baselines[key] == one.asana or told == told_as(one.asana)):
            continue  # Asana holds what was agreed, or what was known to be apart from it
        held.append(one)
        if key in baselines:
            forgotten.append(key)
        if one.asana is None:
            agreed[one.subject, f"{one.field}~"] = told_as(None)
    recognised = view.recognition
    return Recovery(
        rules=rules,
        published=published,
        revisions=revisions,
        snapshots=published.records[len(ours) :] if published else (),
        frozen={key: each for key, each in fixed.items() if key not in store.frozen()},
        links={
            ref: gid
            for ref, gid in {**found, **recognised.new_links}.items()
            if ref.startswith(LINKABLE) and links.get(ref) != gid
        },
        relinked=recognised.relinked,
        agreed={key: value for key, value in agreed.items() if _is_news(baselines, key, value)},
        forgotten=tuple(forgotten),
        held=tuple(held),
        settled=settled,
        missing=tuple(missing(plan, view)),
        lost_heads=lost_heads,
        withdrawn=withdrawn,
        delivered=tuple(_delivered(ports, published)),
        sandbox=observed.sandbox,
        intent=None if known else intent(series[-1].number, rules),
    )


def recover(ports: Ports, found: Recovery, by: str) -> None:
    """Write what was found into the store, whole or not at all; Asana and the page stay."""
    store, now = ports.store, ports.clock.now()
    lease = store.take_lease(ports.holder, now, LEASE_SECONDS)
    try:
        with store.transaction():
            told = found.published.last.retraits if found.published else ()
            known = read_withdrawals(store.facts().get(WITHDRAWALS))
            for revision in found.revisions:
                store.add_revision(revision.plan, revision.adopted_on, revision.reason)
            if found.published is not None:
                _take_withdrawals(store, found, told, now, by)
            for record in found.snapshots:
                store.add_snapshot(record)
            _hold_back(store, [one for one in told if one not in known])
            store.freeze(found.frozen, RECOVERY)
            for ref, new_ref in found.relinked.items():
                store.relink(ref, new_ref)
            for ref, gid in found.links.items():
                store.link(ref, gid, now)
            store.forget(found.forgotten)
            store.agree(found.agreed)
            for name in found.delivered:
                number = found.published.last.numero if found.published else 0
                store.record_delivery(Delivery(name, number, 0, now))
            findings = [(finding, entry(finding).severity) for finding, _, _ in found.settled]
            store.record_findings(findings, RECOVERY, now, complete=False)
            for _, settlement, at in found.settled:
                store.add_settlement(settlement, at)
            store.note_fact(SANDBOX_SEEN, "oui" if found.sandbox else "non")
            if found.intent is not None:
                store.note_fact(INTENT, found.intent)
            if store.facts().get(RESTORED):
                store.note_fact(RESTORED, "")
            heads = [in_words(h) for ref, h in found.lost_heads if not ref.startswith("snapshot:")]
            given_up = dict.fromkeys([*store.facts().get(GIVEN_UP, "").split(), *heads])
            store.note_fact(GIVEN_UP, " ".join(given_up))
            if found.published is not None:
                store.note_fact(ROTATIONS, json.dumps(found.published.rotations))
            store.note_fact(RECOVERED, now.isoformat())
            store.append_log(RECOVERY, now, list(_rows(found, by)))
    finally:
        store.release_lease(lease)


def _take_withdrawals(
    store: Store, found: Recovery, told: Sequence[PublicWithdrawal], now: datetime, by: str
) -> None:
    """What was withdrawn since is withdrawn here too, with the decision, so that it stays so."""
    known = read_withdrawals(store.facts().get(WITHDRAWALS))
    fact = (WITHDRAWALS, write_withdrawals((*known, *(one for one in told if one not in known))))
    row = NewLogRow(
        kind="withdrawn",
        subject="",
        rule="withdrawn",
        reason_fr="retrait repris de la publication",
        reason_en="withdrawal taken over from the publication",
        outcome="done",
        actor=by,
    )
    store.withdraw(found.withdrawn, row, now, fact)


def _hold_back(store: Store, new: Sequence[PublicWithdrawal]) -> None:
    """Asana may still hold a text whose withdrawal is new here; what the page shows is another."""
    last = store.last_snapshot()
    texts = {(one.action, one.champ) for one in new if one.champ in IN_ASANA}
    held = read_held_back(store.facts().get(HELD_BACK)) | texts
    if last is not None and held:
        shown = Snapshot.model_validate_json(last.body)
        store.note_fact(HELD_BACK, write_held_back(gone_from(shown, held)))


def _read(ports: Ports, *, sandbox_only: bool, ended: bool) -> Observed:
    """
    Once the plan has `ended`, a project that was put away is in its place, and what the store
    read last stands for an Asana that cannot be read: nothing follows from it any more.
    """
    store = ports.store
    known = Known(
        links=store.links(),
        mirror=store.mirror(),
        cursors=store.cursors(),
        project_marker=project_lines(store.plan_id),
        awaiting=True,  # a task that a listing leaves out would be taken for lost
    )
    try:
        reading = ports.target.observe(known, full=True)
    except (UnsafeChangeSet, TargetDenied, TargetUnavailable) as error:
        if not ended or isinstance(error, NotYet) or not is_needless(error):
            raise
        if known.mirror is None:
            raise TargetUnavailable(_without_asana(error.text)) from error
        reading = Reading(replace(known.mirror, complete=True), known.cursors, True, 0)
    observed = reading.observed
    guard_sandbox(store.facts().get(SANDBOX_SEEN), observed, sandbox_only=sandbox_only)
    guard_skew(ports.target.skew())
    guard_projects(observed, store_is_empty=False, over=ended)
    if not observed.complete:
        why = reading.shortfall or Text("lecture incomplète", "incomplete reading")
        raise TargetUnavailable(
            Text(
                f"Asana n’a pas pu être lu en entier ({why.fr}). Une reprise ne conclut rien de "
                "la moitié; rien n’a été écrit, réessayez.",
                f"Asana could not be read whole ({why.en}). A recovery concludes nothing from a "
                "half; nothing was written, try again.",
            )
        )
    return observed


def _without_asana(why: Text) -> Text:
    return Text(
        f"{why.fr} Le plan a pris fin : une base vide ne se rebâtit pas sans Asana, et rien n’a "
        "été écrit. Remettez une sauvegarde (« jalon restore »), puis relancez « jalon recover », "
        "qui se passe alors d’Asana. Sans sauvegarde, laissez le dossier publié comme il est : il "
        "est complet et se vérifie encore, mais ni correction ni retrait n’y entrent plus.",
        f"{why.en} The plan has ended: an empty store is not rebuilt without Asana, and nothing "
        "was written. Put a backup back (`jalon restore`), then run `jalon recover` again, which "
        "then does without Asana. Without a backup leave the published folder as it is: it is "
        "whole and still verifies, but neither correction nor withdrawal enters it any more.",
    )


def _refuse_another_history(
    ours: Sequence[SnapshotRecord], published: Published | None, withdrawn: Mapping[int, bytes]
) -> None:
    """A text withdrawn by decision, there or here, is the same history."""
    for one, theirs in zip(ours, published.records if published else (), strict=False):
        same = theirs.digest == one.digest or one.number in withdrawn
        if not same and not only_withdraws(theirs.body, one.body):
            where = published.where if published else ""
            raise UnsafeChangeSet(
                Text(
                    f"{where} : l’instantané {one.number} publié n’est pas celui de la base. Ce "
                    "n’est pas la même histoire; rien n’a été écrit. Vérifiez la base, ou "
                    "donnez la bonne publication par --from.",
                    f"{where}: the published snapshot {one.number} is not the store's. It is "
                    "another history; nothing was written. Check the store, or give the right "
                    "publication by --from.",
                ),
                rule="another history",
            )


def _refuse_needless(
    ports: Ports, observed: Observed, published: Published | None, links: Mapping[Ref, str]
) -> None:
    """Only a store that is empty, restored or behind is recovered: a good one knows better."""
    store = ports.store
    last = store.last_snapshot()
    told = published.state.journal if published else None
    behind = published is not None and (
        last is None
        or published.last.numero > last.number
        or (told is not None and not store.tells(Head(told.lignes, told.tete)))
    )
    lost = not links and bool(observed.projects)
    if behind or lost or store.facts().get(RESTORED):
        return
    if last is None and not links:
        raise ConfigError(
            Text(
                "Rien à reprendre : Asana n’a aucun projet de ce plan et rien n’en est publié. "
                "« jalon sync » commence.",
                "Nothing to recover: Asana has no project of this plan and nothing of it is "
                "published. `jalon sync` begins.",
            )
        )
    raise ConfigError(
        Text(
            "Rien à reprendre : la base sait tout ce qui est publié. Rien n’a été écrit.",
            "Nothing to recover: the store knows all that is published. Nothing was written.",
        )
    )


def _refuse_another_log(
    store: Store, published: Published | None, lost: Sequence[tuple[Ref, Head]]
) -> None:
    """Rows that the store says it has, and has otherwise, are not lost: a person must look."""
    told = published.state.journal if published else None
    if told is None:
        return
    head = Head(told.lignes, told.tete)
    given_up = store.facts().get(GIVEN_UP, "").split()
    found = head in (each for _, each in lost)
    if found or store.tells(head) or in_words(head) in given_up:
        return
    raise UnsafeChangeSet(
        Text(
            f"La publication a vu {head.rows} lignes du journal; la base les a aussi, mais "
            "autres. Une reprise ne tranche pas cela; rien n’a été écrit. Lancez « jalon verify "
            "--log », puis remettez une sauvegarde par « jalon restore ».",
            f"The publication saw {head.rows} rows of the log; the store has them too, but others. "
            "A recovery does not decide that; nothing was written. Run `jalon verify --log`, then "
            "put a backup back by `jalon restore`.",
        ),
        rule="another history",
    )


def _mixed() -> UnsafeChangeSet:
    return UnsafeChangeSet(
        Text(
            "La publication est une démonstration et Asana ne l’est pas, ou l’inverse. Rien n’a "
            "été écrit.",
            "The publication is a demonstration and Asana is none, or the reverse. Nothing was "
            "written.",
        ),
        rule="demonstration mixed",
    )


def _as_kept(
    store: Store, settled: Sequence[tuple[Finding, NewSettlement, datetime]]
) -> tuple[Settlement, ...]:
    """The decisions as they will be kept after those that the store has."""
    first = len(store.settlements()) + 1
    return tuple(made.kept(first + n, at) for n, (_, made, at) in enumerate(settled))


def _is_news(
    baselines: Mapping[tuple[Ref, str], str | None], key: tuple[Ref, str], value: str | None
) -> bool:
    return key not in baselines or baselines[key] != value


# the publication's side


def _lost_heads(ports: Ports, published: Published | None) -> Iterator[tuple[Ref, Head]]:
    """Heads of rows that this store never had, or has no more, told since its last snapshot."""
    if published is None:
        return
    ours = ports.store.snapshots()
    kept = Snapshot.model_validate_json(ours[-1].body).journal if ours else None
    # between a backup and its restore another log may have begun, and be the shorter one
    restored = bool(ports.store.facts().get(RESTORED))
    known = kept.lignes if kept and not restored else 0
    told = [(f"snapshot:{s.numero}", s.journal) for s in published.snapshots[len(ours) :]]
    for ref, journal in (*told, ("store", published.state.journal)):
        if journal is None or journal.lignes <= known:
            continue
        head = Head(journal.lignes, journal.tete)
        if not ports.store.tells(head):
            yield ref, head
    for publisher in ports.publishers:
        standing = publisher.standing(ports.store.plan_id)
        seen = standing.head if standing is not None else None
        state = published.state.journal
        if seen is None or seen.rows <= known or ports.store.tells(seen):
            continue
        if state is None or seen != Head(state.lignes, state.tete):
            yield f"target:{publisher.name}", seen


def _delivered(ports: Ports, published: Published | None) -> Iterator[str]:
    if published is None:
        return
    for publisher in ports.publishers:
        standing = publisher.standing(ports.store.plan_id)
        if standing is not None and standing.number == published.last.numero:
            yield publisher.name


# the log


_TAKEN_OVER = Text(
    "{revisions:# révision|# révisions}, {snapshots:# instantané|# instantanés}, "
    "{frozen:# état figé|# états figés}, {links:# lien|# liens}, "
    "{held:# champ retenu|# champs retenus}",
    "{revisions:# revision|# revisions}, {snapshots:# snapshot|# snapshots}, "
    "{frozen:# frozen status|# frozen statuses}, {links:# link|# links}, "
    "{held:# field|# fields} held",
)


def _rows(found: Recovery, by: str) -> Iterator[NewLogRow]:
    published = found.published
    where = published.where if published else "Asana"
    heads = dict(found.lost_heads)
    last = heads.pop("store", None)
    before = Text(
        f"; le journal d’avant en était à {in_words(last)}" if last else "",
        f"; the log before it stood at {in_words(last)}" if last else "",
    )
    counts = fill(
        _TAKEN_OVER,
        {
            "revisions": len(found.revisions),
            "snapshots": len(found.snapshots),
            "frozen": len(found.frozen),
            "links": len(found.links),
            "held": len(found.held),
        },
    )
    yield recovered_row(
        "store",
        f"base reprise de {where} : {counts.fr}{before.fr}",
        f"store recovered from {where}: {counts.en}{before.en}",
        by,
        lost=last,
    )
    for ref, head in heads.items():
        yield recovered_row(
            ref,
            "instantané repris; les lignes du journal qu’il a vues sont perdues",
            "snapshot taken over; the rows of the log that it saw are lost",
            by,
            lost=head,
        )
    for revision in found.revisions:
        said = f"révision {revision.number} : {revision.reason}"
        yield recovered_row(f"revision:{revision.number}", said, said, by)
    for finding, settlement, _ in found.settled:
        yield recovered_row(
            ref_of(finding.subject),
            f"décision reprise de la page : {CHOICES[settlement.choice].name.fr}",
            f"decision taken over from the page: {CHOICES[settlement.choice].name.en}",
            by,
            to=settlement.value or settlement.choice,
        )
    for one in (each for each in found.held if each.asana is None):  # the rest a cycle tells
        yield NewLogRow(
            kind=Verdict.HOLD.value,
            subject=one.subject,
            field=one.field,
            base=one.base,
            plan=one.plan,
            asana=one.asana,
            to=one.asana,
            rule=RECOVERED,
            reason_fr="rien ne dit ce qui avait été convenu : rien n’est écrit",
            reason_en="nothing tells what had been agreed: nothing is written",
            outcome="left",
            actor=by,
        )
