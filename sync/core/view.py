"""
One look at everything: from an observation to what it means and what should change.

The order of this function is the order of the design: recognise, read progress, judge it,
reconcile, ask for what should be, compare.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from sync.core.desired import build_desired, titles_of
from sync.core.diff import diff
from sync.core.draft import ChangeSet, Memory
from sync.core.marks import action_ref, indicator_ref
from sync.core.notes import followup
from sync.core.progress import ProgressReader, read_progress
from sync.core.recognise import Recognition, recognise
from sync.core.reconcile import Frozen, account_of, plan_findings, reconcile, standings_of
from sync.core.snapshot import Standings
from sync.core.status import freeze, is_done
from sync.model.finding import Finding
from sync.model.operation import Ref
from sync.model.plan import Action, Plan
from sync.model.progress import ActionProgress, FrozenStanding
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


def look(
    plan: Plan,
    rules: Rules,
    observed: Observed,
    links: Mapping[Ref, str],
    memory: Memory,
    frozen: Frozen,
    today: date,
) -> View:
    """Pure: the same inputs give the same view, in the same order."""
    recognition = recognise(plan, rules, observed, links, titles_of(plan))
    reader = ProgressReader(rules, observed, recognition, memory.baselines, memory.previous_read_on)
    progress = read_progress(plan, reader)
    standings = standings_of(plan, rules, progress, today)
    asked = reconcile(plan, rules, progress, frozen, today)
    noticed = (*recognition.findings, *reader.findings)
    followups = {
        action.id: followup(
            rules.checkpoints,
            standings[action.id],
            {
                c.id: frozen[action.id, c.id]
                for c in rules.checkpoints
                if (action.id, c.id) in frozen
            },
            (*asked[action.id], *_about(action, noticed)),
        )
        for _, _, action in plan.actions()
    }
    desired = build_desired(plan, rules, followups)
    changes = diff(plan, rules, desired, observed, recognition, memory)
    findings = (
        *plan_findings(plan, rules),
        *changes.findings,
        *reader.findings,
        *(finding for found in asked.values() for finding in found),
    )
    return View(recognition, progress, standings, _unique(findings), changes)


def _about(action: Action, findings: tuple[Finding, ...]) -> list[Finding]:
    refs = {action_ref(action.id), *(indicator_ref(i.id) for _, i in action.all_indicators())}
    return [f for f in findings if f.subject.split("#", 1)[0] in refs]


def _unique(findings: tuple[Finding, ...]) -> tuple[Finding, ...]:
    return tuple({finding.key: finding for finding in findings}.values())


def due_freezes(
    plan: Plan,
    rules: Rules,
    progress: Mapping[str, ActionProgress],
    frozen: Frozen,
    today: date,
) -> dict[tuple[str, str], FrozenStanding]:
    """
    The standings whose gel has ended and that are not frozen yet.

    Evidence counts as far as it was dated by the gel. The first cycle of the day after the gel
    is in time; a later one freezes after the fact, and says so.
    """
    due: dict[tuple[str, str], FrozenStanding] = {}
    for checkpoint in rules.checkpoints:
        if today <= checkpoint.freeze_on:
            continue
        day_after = checkpoint.freeze_on + timedelta(days=1)
        for _, _, action in plan.actions():
            key = (action.id, checkpoint.id)
            if key in frozen or not action.indicators.get(checkpoint.id):
                continue
            account = account_of(
                action, checkpoint, progress[action.id], day_after, known_by=checkpoint.freeze_on
            )
            done = tuple(
                i.id
                for i in action.indicators[checkpoint.id]
                if is_done(i, progress[action.id].indicators[i.id], checkpoint.freeze_on)
            )
            due[key] = freeze(account, done, after_the_fact=today > day_after)
    return due
