"""
Taking a project that people built for a plan's own: look, propose, and on a yes, link.

Adopting writes the least from which a cycle can go on: one line in the project's notes, and
the links in the store, in one transaction. Marks, fields and what is missing are the cycle's.
Interrupted between the two, it is simply done again.
"""

from collections.abc import Sequence

from sync.core.adopt import propose_adoption
from sync.core.fill import fill
from sync.core.guard import SANDBOX_SEEN, guard_clock, guard_sandbox, sandbox_word
from sync.core.marks import (
    action_ref,
    mark_in_notes,
    marked_plans,
    project_line,
    project_ref,
    section_ref,
)
from sync.errors import ConfigError, UnsafeChangeSet
from sync.model.adoption import Adoption, Answers, Survey
from sync.model.plan import Plan
from sync.model.record import LEASE_SECONDS
from sync.model.rules import Rules
from sync.model.target import Observed
from sync.ports import Clock, Store, Target
from sync.wording import Text


def survey(target: Target, store: Store, clock: Clock, project: str) -> Survey:
    """
    Read the project whole; ConfigError or UnsafeChangeSet where it may not be adopted.

    Nothing is written.
    """
    _refuse_adopted(store)
    seen = target.survey(project)
    observed = Observed(complete=False, read_at=clock.now(), sandbox=seen.sandbox)
    guard_sandbox(store.facts().get(SANDBOX_SEEN), observed, sandbox_only=False)
    _refuse_unfit(seen, store.plan_id)
    return seen


def _refuse_adopted(store: Store) -> None:
    if project_ref("actions") in store.links():
        raise ConfigError(
            Text(
                "Ce plan a déjà son projet dans Asana : il n’y a rien à adopter. Voir « jalon "
                "status ».",
                "This plan already has its project in Asana: there is nothing to adopt. See "
                "`jalon status`.",
            )
        )


def _refuse_unfit(seen: Survey, plan_id: str) -> None:
    name = seen.project.name
    if seen.project.archived:
        raise UnsafeChangeSet(
            Text(
                f"Le projet « {name} » est archivé. Le désarchiver avant de l’adopter.",
                f"Project “{name}” is archived. Unarchive it before adopting it.",
            ),
            rule="project archived",
        )
    others = marked_plans(seen.project.notes) - {plan_id}
    if others:
        listed = ", ".join(sorted(others))
        raise UnsafeChangeSet(
            Text(
                f"Le projet « {name} » est déjà celui d’un autre plan : {listed}. Rien n’a été "
                "écrit.",
                f"Project “{name}” already is another plan's: {listed}. Nothing was written.",
            ),
            rule="project of another plan",
        )
    in_use = [
        task
        for task in (*seen.tasks, *(one for some in seen.subtasks.values() for one in some))
        if (mark_in_notes(task.notes) or "").startswith(f"{plan_id}/")
    ]
    if in_use:
        raise UnsafeChangeSet(
            fill(
                Text(
                    "{n:# tâche|# tâches} de « {name} » {n:porte|portent} déjà la marque de ce "
                    "plan : Jalon l’a tenu, et la base actuelle ne le connaît pas. Lancer « jalon "
                    "recover », ou restaurer une sauvegarde; rien n’a été écrit.",
                    "{n:# task|# tasks} of “{name}” already {n:carries|carry} this plan's mark: "
                    "Jalon kept it, and the current store does not know it. Run `jalon recover`, "
                    "or restore a backup; nothing was written.",
                ),
                {"n": len(in_use), "name": name},
            ),
            rule="store lost",
        )


def propose(plan: Plan, rules: Rules, seen: Survey, answers: Answers) -> Adoption:
    """The proposal with a person's answers; ConfigError names every answer that does not fit."""
    proposal = propose_adoption(plan, rules, seen, answers)
    wrong = sorted(_misfits(proposal, answers))
    if wrong:
        listed = ", ".join(f"{ref} → {answers[ref] or 'none'}" for ref in wrong)
        raise ConfigError(
            Text(
                f"Réponses qui ne conviennent pas : {listed}. À gauche, une section, une action "
                "ou un indicateur du plan, un champ ou une option que mappings/ dit existants; à "
                "droite, l’identifiant d’une chose du projet (pour un indicateur, une sous-tâche "
                "de son action; pour un champ, un champ du même type; pour une option, une option "
                "de ce champ), une seule fois, ou « none ».",
                f"Answers that do not fit: {listed}. On the left a section, action or indicator "
                "of the plan, a field or option that mappings/ says exists; on the right the gid "
                "of a thing of the project (for an indicator, a subtask of its action; for a "
                "field, one of the same type; for an option, one of that field), once only, or "
                "`none`.",
            ),
            answers=tuple(wrong),
        )
    return proposal


def _misfits(proposal: Adoption, answers: Answers) -> set[str]:
    known = {match.ref: match for match in proposal.matches}
    given = [gid for gid in answers.values() if gid is not None]
    return {
        ref
        for ref, gid in answers.items()
        if ref not in known
        or (gid is not None and known[ref].gid != gid)
        or (gid is not None and given.count(gid) > 1)
    }


def adopt(
    target: Target,
    store: Store,
    clock: Clock,
    holder: str,
    *,
    plan: Plan,
    rules: Rules,
    seen: Survey,
    adoption: Adoption,
) -> Sequence[Text]:
    """
    Write what was proposed; returns the preflight's warnings.

    Raises UnsafeChangeSet while a doubt is open: an unanswered one would become a second task.
    """
    if adoption.doubts:
        refs = ", ".join(match.ref for match in adoption.doubts[:5])
        refs += "…" if len(adoption.doubts) > 5 else ""
        raise UnsafeChangeSet(
            fill(
                Text(
                    "{n:# correspondance douteuse|# correspondances douteuses} sans réponse "
                    "({refs}). Répondre au terminal ou par --answers (un identifiant, ou none); "
                    "rien n’a été écrit.",
                    "{n:# doubtful match|# doubtful matches} without an answer ({refs}). Answer "
                    "at the terminal or by --answers (a gid, or none); nothing was written.",
                ),
                {"n": len(adoption.doubts), "refs": refs},
            ),
            rule="doubts unanswered",
        )
    now = clock.now()
    guard_clock(now)
    lease = store.take_lease(holder, now, LEASE_SECONDS)
    try:
        _refuse_adopted(store)  # by somebody else, while this one was being answered
        warnings = target.preflight(rules.mapping.fields)
        target.mark_project(seen.project.gid, project_line(plan.id, "actions"))
        observed = Observed(complete=False, read_at=now, sandbox=seen.sandbox)
        with store.transaction():
            store.note_fact(SANDBOX_SEEN, sandbox_word(observed))
            store.link(project_ref("actions"), seen.project.gid, now)
            for ref, gid in adoption.links.items():
                store.link(ref, gid, now)
            # the order that people gave is theirs: it is told, and not mended
            store.agree(
                {
                    (section_ref(volet.id), "order"): " ".join(
                        action_ref(action.id) for action in volet.actions
                    )
                    for _, volet in plan.volets()
                }
            )
    finally:
        store.release_lease(lease)
    return warnings
