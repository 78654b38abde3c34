"""
What people recorded in Asana, read as progress on the plan's actions and indicators.

Nothing is judged here. A thing that is gone keeps its last known body in the mirror and is
read from that, marked not visible.
"""

from collections.abc import Mapping
from datetime import date
from typing import cast, get_args

from sync.core.marks import action_ref, field_ref, indicator_ref, option_ref
from sync.core.recognise import Recognition
from sync.core.values import Comparable, normal
from sync.model.finding import Finding
from sync.model.mapping import DeclaredWord, FieldRule, Role, Scope
from sync.model.operation import Ref
from sync.model.plan import Action, Indicator, Plan
from sync.model.progress import ActionProgress, IndicatorProgress
from sync.model.rules import Rules
from sync.model.target import FieldValue, Observed, ObservedTask

Baselines = Mapping[tuple[Ref, str], Comparable]
_READ: tuple[Role, ...] = ("publish_note", "direction", "evidence", "note", "done_on", "quantity")
_DECLARED_WORDS = get_args(DeclaredWord)
LARGEST_QUANTITY = 999_999
"""No indicator of a city's plan counts beyond; what does is a slip or a telephone number."""


class ProgressReader:
    """
    Reads one observation; `findings` gathers options that nobody knows, and answers that are
    `lost` with their field: those last known stand until something is typed there again.
    """

    def __init__(
        self,
        rules: Rules,
        observed: Observed,
        recognition: Recognition,
        baselines: Baselines,
        previous_read_on: date | None = None,
        lost: frozenset[tuple[Ref, str]] = frozenset(),
    ) -> None:
        self.previous_read_on = previous_read_on
        self.lost = lost
        self.rules = rules
        self.observed = observed
        self.recognition = recognition
        self.baselines = baselines
        self.option_of = {
            gid: ref for ref, gid in recognition.gids.items() if ref.startswith("option:")
        }
        mapping = rules.mapping
        self.gid_of = {
            rule.key: recognition.gids.get(field_ref(rule.key)) for rule in mapping.fields
        }
        self.rule: dict[Role, FieldRule] = {role: mapping.role(role) for role in _READ}
        self.declared = [(c.id, mapping.role("declared", c.id)) for c in rules.checkpoints]
        self.findings: list[Finding] = []

    def task(self, ref: Ref) -> ObservedTask | None:
        gid = self.recognition.gids.get(ref)
        return None if gid is None else self.observed.tasks.get(gid)

    def readable(self, ref: Ref, task: ObservedTask, rule: FieldRule) -> bool:
        """
        False when the field is gone, detached, made anew and empty, or the task away from home.
        """
        gid = self.gid_of[rule.key]
        if gid is None or gid not in task.fields:
            return False
        return task.fields[gid] is not None or (ref, rule.key) not in self.lost

    def raw(self, ref: Ref, task: ObservedTask, rule: FieldRule) -> FieldValue:
        """The field's value as read; one that cannot be read keeps its last known value."""
        gid = self.gid_of[rule.key]
        if gid is not None and self.readable(ref, task, rule):
            return task.fields[gid]
        last = self.baselines.get((ref, rule.key))
        if last is None:
            return None
        if rule.kind == "date":
            return date.fromisoformat(last)
        return float(last) if rule.kind == "number" else last

    def chosen(self, ref: Ref, task: ObservedTask, rule: FieldRule, title: str) -> str | None:
        """
        The id of the chosen option; for an unknown one the last known, and a finding. So it is for
        one that bears another's name, which its own finding tells of.
        """
        value = self.raw(ref, task, rule)
        if value is None:
            return None
        if not self.readable(ref, task, rule):
            return str(value)
        known = self.option_of.get(str(value))
        if known in self.recognition.confused:
            return self.baselines.get((ref, rule.key))
        if known is not None:
            return known.removeprefix(option_ref(rule.key, ""))
        facts: dict[str, str | int | None] = {
            "title": title,
            "field": rule.name,
            "asana": self._option_name(str(value)),
        }
        self.findings.append(Finding("schema.option_unknown", f"{ref}#{rule.key}", facts))
        return self.baselines.get((ref, rule.key))

    def _option_name(self, gid: str) -> str:
        for definition in self.observed.fields:
            for option in definition.options:
                if option.gid == gid:
                    return option.name
        return gid

    def visible(self, ref: Ref, task: ObservedTask) -> bool:
        return ref not in self.recognition.gone and task.gid not in self.observed.moved

    def action(self, action: Action) -> ActionProgress:
        ref = action_ref(action.id)
        task = self.task(ref)
        indicators = {i.id: self.indicator(i) for _, i in action.all_indicators()}
        if task is None:
            return ActionProgress(indicators=indicators, visible=False)
        declared = {
            checkpoint_id: self._declared(ref, task, rule, action.title)
            for checkpoint_id, rule in self.declared
        }
        self._tell_lost(ref, task, "action", action.title)
        visible = self.visible(ref, task)
        publish = self.chosen(ref, task, self.rule["publish_note"], action.title)
        direction = self.chosen(ref, task, self.rule["direction"], action.title)
        return ActionProgress(
            declared=declared,
            indicators=indicators,
            evidence=self._text(ref, task, self.rule["evidence"]),
            note=self._text(ref, task, self.rule["note"]),
            publish_note=publish is not None,
            direction=direction,
            completed=task.completed,
            visible=visible,
            read_on=None if visible else self._last_seen(ref),
        )

    def indicator(self, indicator: Indicator) -> IndicatorProgress:
        ref = indicator_ref(indicator.id)
        task = self.task(ref)
        if task is None:
            return IndicatorProgress(visible=False)
        self._tell_lost(ref, task, "indicator", indicator.text)
        stated = self.raw(ref, task, self.rule["done_on"])
        quantity = self.raw(ref, task, self.rule["quantity"])
        done_on = stated if isinstance(stated, date) else None
        finished = (
            task.completed_at.astimezone(self.rules.zone).date()
            if task.completed and task.completed_at
            else None
        )
        return IndicatorProgress(
            done=task.completed or done_on is not None,
            done_on=done_on or finished,
            stated=done_on is not None,
            quantity=self._plausible(indicator, quantity),
            evidence=self._text(ref, task, self.rule["evidence"]),
            visible=self.visible(ref, task),
        )

    def _tell_lost(self, ref: Ref, task: ObservedTask, scope: Scope, title: str) -> None:
        """Each with what it was, for it stands nowhere in Asana; a text is left to the log."""
        if not self.lost or not self.visible(ref, task):
            return
        for rule in self.rules.mapping.of(scope):
            gid, last = self.gid_of[rule.key], self.baselines.get((ref, rule.key))
            if rule.owner != "people" or gid is None or last is None:
                continue
            if (ref, rule.key) not in self.lost or self.readable(ref, task, rule):
                continue
            names = {option.id: f"« {option.name} »" for option in rule.options}
            was = names.get(last, "au journal" if rule.kind == "text" else last)
            facts: dict[str, str | int | None] = {"title": title, "field": rule.name, "was": was}
            self.findings.append(Finding("field.answer_kept", f"{ref}#{rule.key}", facts))

    def _plausible(self, indicator: Indicator, quantity: FieldValue) -> float | None:
        """A number that a person can have meant; any other is a finding and counts for nothing."""
        if not isinstance(quantity, int | float):
            return None
        if 0 <= quantity <= LARGEST_QUANTITY:  # NaN is outside too
            return float(quantity)
        facts: dict[str, str | int | None] = {
            "indicator": indicator.text,
            "quantity": normal(quantity, 2),
        }
        subject = indicator_ref(indicator.id)
        self.findings.append(Finding("indicator.quantity_unfit", subject, facts))
        return None

    def _declared(
        self, ref: Ref, task: ObservedTask, rule: FieldRule, title: str
    ) -> DeclaredWord | None:
        option_id = self.chosen(ref, task, rule, title)
        if option_id is None:
            return None
        means = next((o.means for o in rule.options if o.id == option_id), None)
        return cast(DeclaredWord, means) if means in _DECLARED_WORDS else None

    def _last_seen(self, ref: Ref) -> date | None:
        """The day the public facts are of, when the task is no longer in sight."""
        last_seen = self.baselines.get((ref, "last_seen"))
        return date.fromisoformat(last_seen) if last_seen else self.previous_read_on

    def _text(self, ref: Ref, task: ObservedTask, rule: FieldRule) -> str | None:
        """As the manager wrote it, but for blanks around it."""
        value = self.raw(ref, task, rule)
        return value.strip() or None if isinstance(value, str) else None


def read_progress(plan: Plan, reader: ProgressReader) -> dict[str, ActionProgress]:
    """By action id; every action of the plan is there."""
    return {action.id: reader.action(action) for _, _, action in plan.actions()}
