"""
One look at everything: from an observation to what it means and what should change.

The order of this function is the order of the design: recognise, read progress, judge it,
reconcile, ask for what should be, compare.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from sync.core.activity import stale, with_activity
from sync.core.chosen import NOTHING_CHOSEN, Chosen, retired_findings, rulings_of
from sync.core.desired import build_desired, titles_of
from sync.core.diff import diff
from sync.core.draft import ChangeSet, Memory
from sync.core.held_back import Held, held_back_findings
from sync.core.history import History
from sync.core.lost_answers import lost_answers
from sync.core.marks import ref_of, refs_in
from sync.core.notes import followup
from sync.core.progress import ProgressReader, read_progress
from sync.core.recognise import Recognition, recognise
from sync.core.reconcile import (
    Frozen,
    Standings,
    account_of,
    accounts_of,
    plan_findings,
    reconcile,
    ruled,
    standings_of,
    withheld_reasons,
)
from sync.core.status import freeze, is_done
from sync.model.finding import Finding
from sync.model.operation import Ref
from sync.model.plan import Plan
from sync.model.progress import ActionProgress, FrozenStanding, Rulings
from sync.model.rules import Rules
from sync.model.target import Observed


@dataclass(frozen=True, slots=True)
class View:
    """Everything one observation says on one day."""

    recognition: Recognition
    progress: Mapping[str, ActionProgress]
    standings: Standings
    findings: tuple[Finding, ...]
    changes: ChangeSet
    rulings: Rulings = field(default_factory=dict)
    chosen: Chosen = NOTHING_CHOSEN


def look(
    plan: Plan,
    rules: Rules,
    observed: Observed,
    links: Mapping[Ref, str],
    memory: Memory,
    frozen: Frozen,
    today: date,
    history: History | None = None,
) -> View:
    """Pure: the same inputs give the same view, in the same order."""
    chosen = memory.chosen
    recognition = recognise(plan, rules, observed, links, titles_of(plan), chosen)
    memory = replace(memory, lost=lost_answers(memory.baselines, recognition.remade))
    reader = ProgressReader(
        rules, observed, recognition, memory.baselines, memory.previous_read_on, memory.lost
    )
    progress = read_progress(plan, reader)
    accounts = accounts_of(plan, rules, progress, today, history)
    said = reconcile(plan, rules, progress, accounts, frozen, history)
    if memory.held_back:
        said = _with_withdrawn(plan, progress, memory.held_back, said)
    asked = {id_: () if id_ in chosen.retired else found for id_, found in said.items()}
    rulings = rulings_of(plan, rules, (f for found in asked.values() for f in found), chosen)
    standings = standings_of(accounts, rulings)
    on_the_way = (*recognition.findings, *reader.findings)
    noticed = _by_action(plan, _but_retired(plan, chosen, on_the_way))
    followups = {
        action.id: followup(
            rules.checkpoints,
            standings[action.id],
            {
                c.id: frozen[action.id, c.id]
                for c in rules.checkpoints
                if (action.id, c.id) in frozen
            },
            chosen.unsettled((*asked[action.id], *noticed.get(action.id, ()))),
        )
        for _, _, action in plan.actions()
    }
    desired = build_desired(plan, rules, followups)
    changes = with_activity(
        plan, diff(plan, rules, desired, observed, recognition, memory), memory.baselines, today
    )
    findings = (
        *plan_findings(plan, rules),
        *changes.findings,
        *reader.findings,
        *(finding for found in asked.values() for finding in found),
        *stale(plan, standings, memory.baselines, changes.agreed, today),
    )
    told = (
        *_but_retired(plan, chosen, findings),
        *retired_findings(plan, rules, chosen),
        *withheld_reasons(plan, rules, rulings, frozen),
    )
    return View(recognition, progress, standings, _unique(told), changes, rulings, chosen)


def _with_withdrawn(
    plan: Plan,
    progress: Mapping[str, ActionProgress],
    held: Held,
    said: Mapping[str, tuple[Finding, ...]],
) -> dict[str, tuple[Finding, ...]]:
    return {
        action.id: (*said[action.id], *held_back_findings(action, progress[action.id], held))
        for _, _, action in plan.actions()
    }


def _but_retired(plan: Plan, chosen: Chosen, findings: tuple[Finding, ...]) -> tuple[Finding, ...]:
    """Of a retired action nothing is asked any more."""
    if not chosen.retired:
        return findings
    gone = [action for _, _, action in plan.actions() if action.id in chosen.retired]
    refs = {ref for action in gone for ref in refs_in(action)}
    return tuple(finding for finding in findings if ref_of(finding.subject) not in refs)


def _by_action(plan: Plan, findings: tuple[Finding, ...]) -> Mapping[str, list[Finding]]:
    """What is said of an action or of its indicators, by action id, in the order given."""
    found: dict[str, list[Finding]] = defaultdict(list)
    if findings:
        owner = {ref: action.id for _, _, action in plan.actions() for ref in refs_in(action)}
        for finding in findings:
            if ref_of(finding.subject) in owner:
                found[owner[ref_of(finding.subject)]].append(finding)
    return found


def _unique(findings: tuple[Finding, ...]) -> tuple[Finding, ...]:
    return tuple({finding.key: finding for finding in findings}.values())


@dataclass(frozen=True, slots=True)
class Seen:
    """
    Progress as one read told it, the day of that read, and what people had ruled.

    `at_its_end` says that the read was made when that day was all but over.
    """

    progress: Mapping[str, ActionProgress]
    read_on: date
    rulings: Rulings = field(default_factory=dict)
    at_its_end: bool = False


def due_freezes(
    plan: Plan,
    rules: Rules,
    now: Seen | None,
    before: Seen | None,
    frozen: Frozen,
    today: date,
    history: History,
) -> dict[tuple[str, str], FrozenStanding]:
    """
    The standings whose gel has ended and that are not frozen yet.

    They are taken from `before`, the last complete read of an earlier cycle, when it was made at
    the end of the gel's own day; else from `now`, after the fact. Without a complete read now,
    what was not read in time waits. Evidence counts as far as it was dated by the gel. A promise
    that did not stand yet on that day is not frozen.
    """
    due: dict[tuple[str, str], FrozenStanding] = {}
    for checkpoint in rules.checkpoints:
        gel = checkpoint.freeze_on
        if today <= gel:
            continue
        in_time = before is not None and before.read_on == gel and before.at_its_end
        known = before if in_time else now
        if known is None:
            continue
        for _, _, action in plan.actions():
            key = (action.id, checkpoint.id)
            indicators = action.indicators.get(checkpoint.id)
            if key in frozen or not indicators or history.since.get(action.id, today) > gel:
                continue
            progress = known.progress[action.id]
            account = ruled(
                account_of(action, checkpoint, progress, gel + timedelta(days=1), gel, history),
                known.rulings.get(key),
            )
            done = {
                i.id: progress.indicators[i.id].done_on
                for i in indicators
                if is_done(i, progress.indicators[i.id], gel)
            }
            unseen = not progress.visible and (progress.read_on or gel) < gel
            due[key] = freeze(account, done, after_the_fact=not in_time or unseen)
    return due
