"""What the plan and the mapping ask Asana to hold."""

from collections.abc import Iterator, Mapping
from datetime import date
from types import MappingProxyType
from typing import Final, NamedTuple

from sync.core.marks import action_ref, indicator_ref, section_ref, task_mark
from sync.core.notes import action_notes, indicator_notes
from sync.model.operation import Ref
from sync.model.plan import Plan
from sync.model.rules import Direction, Rules
from sync.model.target import FieldValue, ProjectRole

_NOTHING: Final[Mapping[str, FieldValue]] = MappingProxyType({})


class DesiredTask(NamedTuple):
    """
    One task as the plan wants it; a tuple, which is made in a fifth of a frozen dataclass's time.

    `fields` are the plan's own, by field key; an enum holds an option id. `seeds` are people's
    fields that are filled once, at creation, because the config knows a first value.
    """

    ref: Ref
    title: str
    role: ProjectRole
    section: Ref
    name: str
    notes: str
    parent: Ref | None = None
    due_on: date | None = None
    fields: Mapping[str, FieldValue] = _NOTHING
    seeds: Mapping[str, FieldValue] = _NOTHING
    assignee: str | None = None


def titles_of(plan: Plan) -> dict[Ref, str]:
    """Every task ref of the plan, in plan order, with words that a person knows it by."""
    titles: dict[Ref, str] = {}
    for _, _, action in plan.actions():
        titles[action_ref(action.id)] = f"« {action.title} »"
        for _, indicator in action.all_indicators():
            titles[indicator_ref(indicator.id)] = f"« {indicator.text} »"
    return titles


def build_desired(plan: Plan, rules: Rules, followups: Mapping[str, str]) -> Iterator[DesiredTask]:
    """In plan order, each action before its indicators. `followups` is keyed by action id."""
    mapping = rules.mapping
    id_key = mapping.role("jalon_id").key
    axis_key = mapping.role("axis").key
    followup_key = mapping.role("public_followup").key
    direction_key = mapping.role("direction").key
    directions = _directions(rules)
    for axis, volet, action in plan.actions():
        ref = action_ref(action.id)
        direction = directions.get(action.id)
        yield DesiredTask(
            ref=ref,
            title=f"« {action.title} »",
            role="actions",
            section=section_ref(volet.id),
            name=action.title,
            notes=action_notes(plan, rules, axis, volet, action),
            fields={
                id_key: task_mark(plan.id, ref),
                axis_key: f"axe-{axis.number}",
                followup_key: followups[action.id],
            },
            seeds={direction_key: direction.id} if direction else _NOTHING,
            assignee=direction.responsible if direction else None,
        )
        for checkpoint_id, indicator in action.all_indicators():
            checkpoint = rules.checkpoint(checkpoint_id)
            child = indicator_ref(indicator.id)
            yield DesiredTask(
                ref=child,
                title=f"« {indicator.text} »",
                role="indicators",
                section=section_ref(checkpoint_id),
                name=indicator.text,
                notes=indicator_notes(plan, rules, action, checkpoint, indicator),
                parent=ref,
                due_on=checkpoint.due,
                fields={id_key: task_mark(plan.id, child)},
            )


def _directions(rules: Rules) -> dict[str, Direction]:
    """By action id; of two that claim one action, the first."""
    return {id_: one for one in reversed(rules.directions) for id_ in one.action_ids}
