"""
A store that was lost, or restored from an older day, brought back to what the world knows.

Everything is read first, and told; on a yes it is written into the store alone, in one
transaction, so that a recovery that is killed leaves nothing. Asana tells what is which task, the
publication tells revisions, frozen statuses, numbering and what people had entered. What neither
tells is unseen, and the next cycle holds differences there. See decisions 0032 and 0033.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time
from typing import Final

from sync.core.catalogue import CATALOGUE, entry
from sync.core.chain import in_words
from sync.core.chosen import chosen, with_corrections
from sync.core.desired import titles_of
from sync.core.diff import told_as
from sync.core.draft import Memory
from sync.core.guard import (
    GIVEN_UP,
    RECOVERED,
    RESTORED,
    SANDBOX_SEEN,
    guard_projects,
    guard_sandbox,
    intent,
)
from sync.core.history import history_of
from sync.core.log_rows import recovered_row
from sync.core.marks import (
    ROLES,
    action_ref,
    field_ref,
    indicator_ref,
    is_task,
    option_ref,
    project_line,
    project_ref,
    section_ref,
)
from sync.core.rebuild import Agreed, entered_in, frozen_in, revisions_in
from sync.core.reconcile import Frozen
from sync.core.snapshot import build_snapshot
from sync.core.status import STATUS_NAMES
from sync.core.structure import attachment
from sync.core.view import View, look
from sync.errors import ConfigError, TargetUnavailable, UnsafeChangeSet
from sync.model.decision import Decision, Verdict
from sync.model.finding import Choice, Finding, NewSettlement
from sync.model.operation import Ref
from sync.model.plan import Plan, Revision
from sync.model.progress import Status
from sync.model.publication import Published
from sync.model.record import Delivery, Head, NewLogRow, SnapshotRecord
from sync.model.rules import Rules
from sync.model.snapshot import PublicStanding, Snapshot
from sync.model.target import Observed, ProjectRole
from sync.ports import Known, Ports
from sync.proposal import INTENT
from sync.wording import Text

LEASE_SECONDS: Final = 300.0
RECOVERY: Final = "recover"
"""Where the log has the id of a cycle."""
LINKABLE: Final = ("project:", "section:", "field:", "option:", "action:", "indicator:")

RulesFor = Callable[[Plan], Rules]


@dataclass(frozen=True, slots=True)
class Recovery:
    """
    What would be written into the store, and what a person should know of it.

    `missing` are things of the plan that Asana does not show. `held` are fields whose two values
    nobody can choose between; `forgotten` are baselines that are older than what Asana holds.
    `empties` are those of them that are empty in Asana. `lost_heads` tell of a log that is gone.
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
    delivered: tuple[str, ...] = ()
    sandbox: bool = False
    intent: str | None = None


def examine(
    ports: Ports, rules_for: RulesFor, plan_file: Plan, published: Published | None
) -> Recovery:
    """
    Read Asana and hold everything together; nothing is written anywhere.

    Raises ConfigError where there is nothing to recover, UnsafeChangeSet where the publication
    is not this store's, TargetUnavailable where Asana could not be read whole.
    """
    store, now = ports.store, ports.clock.now()
    _refuse_another_history(store.snapshots(), published)
    known = store.revisions()
    snapshots = published.snapshots if published else ()
    zone = rules_for(known[-1].plan if known else plan_file).zone
    today = now.astimezone(zone).date()
    revisions = revisions_in(snapshots, plan_file, known, today)
    series = (*known, *revisions)
    plan = series[-1].plan
    rules = rules_for(plan)
    observed = _read(ports)
    if published is not None and observed.sandbox != published.last.demonstration:
        raise _mixed()
    links = store.links()
    _refuse_needless(ports, observed, published, links)
    words = chosen(store.settlements(), store.findings())
    frozen = with_corrections({**frozen_in(snapshots), **store.frozen()}, words, rules.zone)
    memory = Memory(baselines={}, chosen=words)

    def see(extra: Mapping[Ref, str], memory: Memory) -> View:
        given = {**links, **extra}
        return look(plan, rules, observed, given, memory, frozen, today, history_of(series))

    found = dict(_by_content(plan, rules, observed, see({}, memory)))
    view = see(found, memory)
    baselines = store.baselines()
    agreed = _structure(plan, rules, view, baselines)
    settled: tuple[tuple[Finding, NewSettlement, datetime], ...] = ()
    if published is not None:
        settled = tuple(_decisions(published.last, rules, view))
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
        agreed |= _untouched(published, rules, view, observed)
    again = see(found, replace(memory, baselines=agreed))
    doubtful = tuple(_doubtful(again, observed))
    held, forgotten = [], []
    for one in doubtful:
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
        snapshots=published.records[len(store.snapshots()) :] if published else (),
        frozen={key: each for key, each in frozen.items() if key not in store.frozen()},
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
        missing=tuple(_missing(plan, view)),
        lost_heads=tuple(_lost_heads(ports, published)),
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
            for revision in found.revisions:
                store.add_revision(revision.plan, revision.adopted_on, revision.reason)
            for record in found.snapshots:
                store.add_snapshot(record)
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
            store.note_fact(RECOVERED, now.isoformat())
            store.append_log(RECOVERY, now, list(_rows(found, by)))
    finally:
        store.release_lease(lease)


def _read(ports: Ports) -> Observed:
    store = ports.store
    known = Known(
        links=store.links(),
        mirror=store.mirror(),
        cursors=store.cursors(),
        project_marker={role: project_line(store.plan_id, role) for role in ROLES},
        awaiting=True,  # a task that a listing leaves out would be taken for lost
    )
    reading = ports.target.observe(known, full=True)
    observed = reading.observed
    guard_sandbox(store.facts().get(SANDBOX_SEEN), observed, sandbox_only=False)
    guard_projects(observed, store_is_empty=False)
    if not observed.complete:
        why = reading.shortfall or Text("lecture incomplète", "incomplete reading")
        raise TargetUnavailable(
            Text(
                f"Asana n’a pas pu être lu en entier ({why.fr}). Une reprise ne conclut rien de "
                "la moitié ; rien n’a été écrit, réessayez.",
                f"Asana could not be read whole ({why.en}). A recovery concludes nothing from a "
                "half; nothing was written, try again.",
            )
        )
    return observed


def _refuse_another_history(ours: Sequence[SnapshotRecord], published: Published | None) -> None:
    for one in ours if published else ():
        theirs = published.records if published else ()
        if one.number <= len(theirs) and theirs[one.number - 1].digest != one.digest:
            where = published.where if published else ""
            raise UnsafeChangeSet(
                Text(
                    f"{where} : l’instantané {one.number} publié n’est pas celui de la base. Ce "
                    "n’est pas la même histoire ; rien n’a été écrit. Vérifiez la base, ou "
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


# Asana's side


def _by_content(
    plan: Plan, rules: Rules, observed: Observed, view: View
) -> Iterator[tuple[Ref, str]]:
    """
    Sections and options that people renamed: a section by the tasks that it holds, an option
    where it is the only one left of its field. They carry no mark, and would be made twice.
    """
    gids = view.recognition.gids
    taken = set(gids.values())
    homes: dict[Ref, tuple[ProjectRole, list[Ref]]] = {}
    for _, volet in plan.volets():
        tasks = [action_ref(action.id) for action in volet.actions]
        homes[section_ref(volet.id)] = ("actions", tasks)
    for checkpoint in rules.checkpoints:
        lines = [indicator_ref(i.id) for _, at, i in plan.indicators() if at == checkpoint.id]
        homes[section_ref(checkpoint.id)] = ("indicators", lines)
    for section, (role, tasks) in homes.items():
        project = gids.get(project_ref(role))
        if section in gids or project is None:
            continue
        seen = Counter(
            home
            for ref in tasks
            if (task := observed.tasks.get(gids.get(ref, ""))) is not None
            and (home := task.homes.get(project)) is not None
            and home not in taken
        )
        if seen:
            gid = seen.most_common(1)[0][0]
            taken.add(gid)
            yield section, gid
    by_gid = {each.gid: each for each in observed.fields}
    for rule in rules.mapping.fields:
        definition = by_gid.get(gids.get(field_ref(rule.key), ""))
        if definition is None or rule.existing:
            continue
        lacking = [o.id for o in rule.options if option_ref(rule.key, o.id) not in gids]
        left = [o.gid for o in definition.options if o.enabled and o.gid not in taken]
        if len(lacking) == len(left) == 1:
            yield option_ref(rule.key, lacking[0]), left[0]


def _structure(
    plan: Plan, rules: Rules, view: View, baselines: Mapping[tuple[Ref, str], str | None]
) -> Agreed:
    """What is done once: sharing, attaching, sorting, assigning. It was done, or is people's."""
    gids = view.recognition.gids
    agreed: Agreed = {}
    for role in ROLES:
        if project_ref(role) not in gids:
            continue
        team = (rules.team,) if rules.team else ()
        agreed |= {(f"share:{role}/{one}", "shared"): "oui" for one in (*rules.members, *team)}
        agreed |= {
            (attachment(role, rule.key), "attached"): "oui"
            for rule in rules.mapping.fields
            if field_ref(rule.key) in gids
        }
    for _, volet in plan.volets():
        if section_ref(volet.id) in gids:
            order = " ".join(action_ref(action.id) for action in volet.actions)
            agreed[section_ref(volet.id), "order"] = order
    agreed |= {(ref, "assignee"): RECOVERY for ref in gids if is_task(ref)}
    return {key: value for key, value in agreed.items() if key not in baselines}


def _doubtful(view: View, observed: Observed) -> Iterator[Decision]:
    """Fields that are not alike on both sides, of tasks that are there."""
    gids = view.recognition.gids
    for one in view.changes.decisions:
        there = gids.get(one.subject) in observed.tasks
        unseen = one.base == "unseen"
        if there and unseen and one.field and one.verdict in (Verdict.HOLD, Verdict.WRITE):
            yield one


def _untouched(published: Published, rules: Rules, view: View, observed: Observed) -> Agreed:
    """
    « Suivi public » of a task that nobody touched since all was last read: Jalon wrote it.

    Of all the fields that the plan owns it is the one that follows the calendar and the rest.
    """
    key = rules.mapping.role("public_followup").key
    gids = view.recognition.gids
    agreed: Agreed = {}
    for one in view.changes.decisions:
        task = observed.tasks.get(gids.get(one.subject, ""))
        if one.field != key or one.asana is None or task is None or task.modified_at is None:
            continue
        if task.modified_at <= published.state.verifie_le:
            agreed[one.subject, key] = one.asana
    return agreed


def _missing(plan: Plan, view: View) -> Iterator[Ref]:
    found = view.recognition
    for ref in titles_of(plan):
        if ref not in found.gids or ref in found.gone:
            yield ref


def _is_news(
    baselines: Mapping[tuple[Ref, str], str | None], key: tuple[Ref, str], value: str | None
) -> bool:
    return key not in baselines or baselines[key] != value


# the publication's side


def _decisions(
    last: Snapshot, rules: Rules, view: View
) -> Iterator[tuple[Finding, NewSettlement, datetime]]:
    """
    What people had decided and the page shows: an action retired, a status confirmed, a frozen
    one corrected. Names and inner reasons are not on the page, and are lost.
    """
    asked: dict[str, list[Finding]] = {}
    for each in view.findings:
        asked.setdefault(each.subject, []).append(each)

    def choice(
        finding: Finding, kind: Choice, day: date, value: str | None, why: str | None
    ) -> tuple[Finding, NewSettlement, datetime]:
        made = NewSettlement(
            key=finding.key,
            choice=kind,
            by=RECOVERY,
            reason=f"repris de l’instantané {last.numero}",
            facts=dict(finding.facts),
            value=value,
            public_reason=why,
        )
        return finding, made, datetime.combine(day, time(12), rules.zone)

    for action in last.actions():
        ref = action_ref(action.id)
        said_by = {"action": action.titre, "by": RECOVERY, "on": f"{last.etat_au}"}
        retired = Finding("action.retired", ref, said_by)
        ruled = [
            (place, one)
            for place, one in action.jalons.items()
            if one.selon == "reglement" and one.regle_le and (action.id, place) not in view.rulings
        ]
        gone = [one for _, one in ruled if one.etat is Status.RETIRED]
        for one in gone[:1]:
            yield choice(retired, "retire", one.regle_le or last.etat_au, None, one.motif)
        for place, one in ruled if not gone else ():
            for finding in asked.get(f"{ref}#{place}", ()):
                if "confirm" in CATALOGUE[finding.code].choices:
                    day = one.regle_le or last.etat_au
                    yield choice(finding, "confirm", day, one.etat.value, one.motif)
        for place, one in action.jalons.items():
            known = len(view.chosen.corrected.get((action.id, place), ()))
            subject = f"{ref}#{place}"
            able = (f for f in asked.get(subject, ()) if "correct" in CATALOGUE[f.code].choices)
            lacking = one.corrections[known:]
            finding = next(able, None) or _regressed(subject, action.titre, place, one)
            for said in lacking:
                yield choice(finding, "correct", said.le, said.etat.value, said.motif)


def _regressed(subject: str, title: str, place: str, one: PublicStanding) -> Finding:
    """What a correction hangs on where nothing asks for it any more; the next cycle closes it."""
    frozen, now = STATUS_NAMES[one.etat_fige or one.etat], STATUS_NAMES[one.etat]
    facts: dict[str, str | int | None] = {
        "action": title,
        "checkpoint": place,
        "frozen": frozen.fr.lower(),
        "frozen_en": frozen.en.lower(),
        "current": now.fr.lower(),
        "current_en": now.en.lower(),
    }
    return Finding("status.regressed", subject, facts)


def _lost_heads(ports: Ports, published: Published | None) -> Iterator[tuple[Ref, Head]]:
    """Heads of rows that this store never had, or has no more, told since its last snapshot."""
    if published is None:
        return
    ours = ports.store.snapshots()
    kept = Snapshot.model_validate_json(ours[-1].body).journal if ours else None
    known = kept.lignes if kept else 0
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


def _rows(found: Recovery, by: str) -> Iterator[NewLogRow]:
    published = found.published
    where = published.where if published else "Asana"
    heads = dict(found.lost_heads)
    last = heads.pop("store", None)
    before = Text(
        f" ; le journal d’avant en était à {in_words(last)}" if last else "",
        f"; the log before it stood at {in_words(last)}" if last else "",
    )
    counts = (
        len(found.revisions),
        len(found.snapshots),
        len(found.frozen),
        len(found.links),
        len(found.held),
    )
    fr = "{} révision(s), {} instantané(s), {} état(s) figé(s), {} lien(s), {} champ(s) retenus"
    en = "{} revision(s), {} snapshot(s), {} frozen status(es), {} link(s), {} field(s) held"
    yield recovered_row(
        "store",
        f"base reprise de {where} : {fr.format(*counts)}{before.fr}",
        f"store recovered from {where}: {en.format(*counts)}{before.en}",
        by,
        lost=last,
    )
    for ref, head in heads.items():
        yield recovered_row(
            ref,
            "instantané repris ; les lignes du journal qu’il a vues sont perdues",
            "snapshot taken over; the rows of the log that it saw are lost",
            by,
            lost=head,
        )
    for revision in found.revisions:
        said = f"révision {revision.number} : {revision.reason}"
        yield recovered_row(f"revision:{revision.number}", said, said, by)
    for finding, settlement, _ in found.settled:
        yield recovered_row(
            finding.subject.partition("#")[0],
            f"décision reprise de la page : {settlement.choice}",
            f"decision taken over from the page: {settlement.choice}",
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
