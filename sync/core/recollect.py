"""
What a recovery makes of one look at Asana: things found again, things done once, things in doubt.

Beside `sync/core/rebuild.py`, which reads what was published; here it is held against Asana.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date, datetime, time
from typing import Final

from sync.core.catalogue import CATALOGUE
from sync.core.desired import titles_of
from sync.core.marks import (
    ROLES,
    action_ref,
    field_ref,
    indicator_ref,
    is_task,
    option_ref,
    project_ref,
    refs_in,
    section_ref,
)
from sync.core.rebuild import Agreed
from sync.core.status import STATUS_NAMES
from sync.core.structure import attachment
from sync.core.view import View
from sync.model.decision import Decision, Verdict
from sync.model.finding import Choice, Finding, NewSettlement
from sync.model.operation import Ref
from sync.model.plan import Plan
from sync.model.progress import Status
from sync.model.publication import Published
from sync.model.rules import Rules
from sync.model.snapshot import PublicStanding, Snapshot
from sync.model.target import Observed, ObservedTask, ProjectRole

RECOVERY: Final = "recover"
"""Which cycle a recovery is, in the log and with what it freezes."""
_WHO: Final = "jalon recover"
"""Whose a decision is where only the page tells of it: it names nobody."""


def by_content(
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
            if (task := _task(view, observed, ref)) is not None
            and (home := task.homes.get(project)) is not None
            and home not in taken
        )
        if seen:
            gid = max(seen, key=seen.__getitem__)
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


def _task(view: View, observed: Observed, ref: Ref) -> ObservedTask | None:
    return observed.tasks.get(view.recognition.gids.get(ref, ""))


def structure(
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


def doubtful(view: View, observed: Observed) -> Iterator[Decision]:
    """Fields that are not alike on both sides, of tasks that are there."""
    for one in view.changes.decisions:
        there = _task(view, observed, one.subject) is not None
        unseen = one.base == "unseen"
        if there and unseen and one.field and one.verdict in (Verdict.HOLD, Verdict.WRITE):
            yield one


def untouched(published: Published, rules: Rules, view: View, observed: Observed) -> Agreed:
    """
    « Suivi public » of a task that nobody touched since all was last read: Jalon wrote it.

    Of all the fields that the plan owns it is the one that follows the calendar and the rest.
    """
    key = rules.mapping.role("public_followup").key
    agreed: Agreed = {}
    for one in view.changes.decisions:
        task = _task(view, observed, one.subject)
        if one.field != key or one.asana is None or task is None or task.modified_at is None:
            continue
        if task.modified_at <= published.state.verifie_le:
            agreed[one.subject, key] = one.asana
    return agreed


def missing(plan: Plan, view: View) -> Iterator[Ref]:
    """What is lacking in Asana and would be made: nothing of a retired action is."""
    found = view.recognition
    retired = {
        ref
        for _, _, action in plan.actions()
        if action.id in view.chosen.retired
        for ref in refs_in(action)
    }
    for ref in titles_of(plan):
        if ref not in retired and (ref not in found.gids or ref in found.gone):
            yield ref


def decisions(
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
            by=_WHO,
            reason=f"repris de l’instantané {last.numero}",
            facts=dict(finding.facts),
            value=value,
            public_reason=why,
        )
        return finding, made, datetime.combine(day, time(12), rules.zone)

    titles = {one.id: one.titre for one in last.jalons}
    for action in last.actions():
        ref = action_ref(action.id)
        ruled = [
            (place, day, one)
            for place, one in action.jalons.items()
            if one.selon == "reglement"
            and (day := one.regle_le)
            and (action.id, place) not in view.rulings
        ]
        gone = [(day, one) for _, day, one in ruled if one.etat is Status.RETIRED]
        for day, one in gone[:1]:
            # other facts than a cycle's, which so opens it again: a retired action stays in sight
            said_by = {"action": action.titre, "by": f"instantané {last.numero}", "on": f"{day}"}
            retired = Finding("action.retired", ref, said_by)
            yield choice(retired, "retire", day, None, one.motif)
        for place, day, one in ruled if not gone else ():
            for finding in asked.get(f"{ref}#{place}", ()):
                if "confirm" in CATALOGUE[finding.code].choices:
                    yield choice(finding, "confirm", day, one.etat.value, one.motif)
        for place, one in action.jalons.items():
            known = len(view.chosen.corrected.get((action.id, place), ()))
            subject = f"{ref}#{place}"
            able = (f for f in asked.get(subject, ()) if "correct" in CATALOGUE[f.code].choices)
            lacking = one.corrections[known:]
            finding = next(able, None) or _regressed(
                subject, action.titre, titles.get(place, place), one
            )
            for said in lacking:
                yield choice(finding, "correct", said.le, said.etat.value, said.motif)


def _regressed(subject: str, title: str, checkpoint: str, one: PublicStanding) -> Finding:
    """What a correction hangs on where nothing asks for it any more; the next cycle closes it."""
    frozen, now = STATUS_NAMES[one.etat_fige or one.etat], STATUS_NAMES[one.etat]
    facts: dict[str, str | int | None] = {
        "action": title,
        "checkpoint": checkpoint,
        "frozen": frozen.fr.lower(),
        "frozen_en": frozen.en.lower(),
        "current": now.fr.lower(),
        "current_en": now.en.lower(),
    }
    return Finding("status.regressed", subject, facts)
