"""
What a manager reads in Asana: the notes of a task and the field « Suivi public ».

All of it is French, the city's language. The last line of each note is the task's second mark.
"""

from collections.abc import Mapping, Sequence

from sync.core.catalogue import entry, wording
from sync.core.dates import french
from sync.core.marks import action_ref, indicator_ref, note_line, project_line
from sync.core.status import STATUS_NAMES
from sync.model.finding import Finding
from sync.model.plan import Action, Axis, Checkpoint, Goal, Indicator, Plan, Volet
from sync.model.progress import FrozenStanding, Standing, Status
from sync.model.rules import Rules
from sync.model.target import ProjectRole

FOLLOWUP_LIMIT = 1024
"""Asana's limit for a text field, in characters (facts: asana.md §13)."""


def project_notes(plan: Plan, rules: Rules, role: ProjectRole) -> str:
    what = (
        "Une tâche par action du plan. Les indicateurs sont les sous-tâches; ils se suivent "
        f"aussi dans « {rules.companion_name} »."
        if role == "actions"
        else "Une sous-tâche par indicateur du plan, rangée par jalon. Cochez-la et inscrivez "
        "« Fait le » quand le résultat est atteint."
    )
    return "\n".join((f"{plan.title}.", what, *_where(rules), "", project_line(plan.id, role)))


def action_notes(plan: Plan, rules: Rules, axis: Axis, volet: Volet, action: Action) -> str:
    lines = [f"Axe {axis.number} – {axis.title} › {volet.title}", ""]
    for checkpoint in rules.checkpoints:
        expected = action.indicators.get(checkpoint.id)
        if not expected:
            continue
        lines.append(f"{checkpoint.title}, attendu au plus tard le {french(checkpoint.due)} :")
        lines += [f"• {indicator.text}" for indicator in expected]
        lines.append("")
    lines.append(
        "À tenir à jour : l’état déclaré de chaque jalon, et dans chaque sous-tâche « Fait le » "
        "(et la quantité, s’il y en a une). « Suivi public » dit ce que la population lit."
    )
    lines += [*_where(rules, action.id), "", note_line(plan.id, action_ref(action.id))]
    return "\n".join(lines)


def indicator_notes(
    plan: Plan, rules: Rules, action: Action, checkpoint: Checkpoint, indicator: Indicator
) -> str:
    belongs = f"Indicateur de l’action « {action.title} », jalon « {checkpoint.title} »"
    lines = [
        f"{belongs} ({french(checkpoint.due)}).",
        _expected(indicator.goal),
        f"Le gel est le {french(checkpoint.freeze_on)} : l’état publié est ensuite figé.",
        *_where(rules, action.id),
        "",
        note_line(plan.id, indicator_ref(indicator.id)),
    ]
    return "\n".join(lines)


def _expected(goal: Goal) -> str:
    if goal.kind == "quantity":
        return f"Attendu : {goal_range(goal)}. Inscrivez la quantité atteinte et « Fait le »."
    if goal.kind == "continuity":
        return "Attendu : une activité continue. Cochez quand elle est en place, avec « Fait le »."
    if goal.kind == "state":
        return "Le plan donne ici un état, pas un livrable. Cochez si c’est fait, avec « Fait le »."
    return "Attendu : ce livrable. Cochez quand il est fait et inscrivez « Fait le »."


def goal_range(goal: Goal) -> str:
    """« 3 à 4 organismes », « 2 textes », « 2 à 3 »."""
    low, high = goal.at_least, goal.at_most
    numbers = str(low) if low == high or high is None else f"{low} à {high}"
    return f"{numbers} {goal.unit}" if goal.unit else numbers


def _where(rules: Rules, action_id: str | None = None) -> tuple[str, ...]:
    if rules.page_url is None:
        return ()
    anchor = f"#{action_id}" if action_id else ""
    return (f"Page publique : {rules.page_url}{anchor}",)


def followup(
    checkpoints: Sequence[Checkpoint],
    standings: Mapping[str, Standing],
    frozen: Mapping[str, FrozenStanding],
    questions: Sequence[Finding],
) -> str:
    """« Suivi public » of one action: what the public reads, then what the manager is asked."""
    parts = []
    for checkpoint in checkpoints:
        standing = standings.get(checkpoint.id)
        if standing is None or standing.status is Status.NOT_APPLICABLE:
            continue
        parts.append(f"{checkpoint.title} : {_told(standing, frozen.get(checkpoint.id))}.")
    parts += [f"À voir : {wording(q).fr}" for q in questions if entry(q).asks_manager]
    return _cut("\n".join(parts) or "Aucun indicateur à suivre.")


def _told(standing: Standing, frozen: FrozenStanding | None) -> str:
    text = STATUS_NAMES[standing.status].fr.lower()
    if standing.expected:
        text += f" ({standing.done} sur {standing.expected})"
    if not standing.confirmed:
        text += ", à confirmer"
    if standing.provisional:
        text += ", provisoire"
    if frozen is not None:
        text += f"; figé « {STATUS_NAMES[frozen.standing.status].fr.lower()} »"
        for one in frozen.corrections[-1:]:
            text += f", corrigé le {french(one.on)} : « {STATUS_NAMES[one.status].fr.lower()} »"
    return text


def _cut(text: str) -> str:
    return text if len(text) <= FOLLOWUP_LIMIT else text[: FOLLOWUP_LIMIT - 1].rstrip() + "…"
