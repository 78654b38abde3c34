"""
A plan as JSON values and back, exactly: how a revision is kept and exported.

Checkpoints are a list here, not an object as in the adopted file: their published order must
survive canonical JSON, which sorts keys. Reading is strict, because what comes back becomes the
plan of record.
"""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar, get_args

from sync.errors import PlanRefused
from sync.model.plan import Action, Axis, Goal, GoalKind, Indicator, Plan, Volet
from sync.wording import Text

T = TypeVar("T")

GOAL_KINDS: tuple[GoalKind, ...] = get_args(GoalKind)


def plan_to_json(plan: Plan) -> dict[str, Any]:
    """Only objects, lists, strings, integers and null; absent parts of a goal are left out."""
    return {
        "id": plan.id,
        "title": plan.title,
        "retired_ids": list(plan.retired_ids),
        "axes": [_axis_to_json(axis) for axis in plan.axes],
    }


def plan_from_json(document: Mapping[str, Any]) -> Plan:
    """Raise PlanRefused with the key path when the document is not what `plan_to_json` wrote."""
    top = _Node(document, "plan").object({"id", "title", "retired_ids", "axes"})
    return Plan(
        id=top["id"].text(),
        title=top["title"].text(),
        retired_ids=top["retired_ids"].each(_Node.text),
        axes=top["axes"].each(_axis),
    )


def _axis_to_json(axis: Axis) -> dict[str, Any]:
    return {
        "number": axis.number,
        "title": axis.title,
        "objective": axis.objective,
        "volets": [
            {
                "id": volet.id,
                "title": volet.title,
                "actions": [_action_to_json(action) for action in volet.actions],
            }
            for volet in axis.volets
        ],
    }


def _action_to_json(action: Action) -> dict[str, Any]:
    return {
        "id": action.id,
        "title": action.title,
        "indicators": [
            {
                "checkpoint": checkpoint_id,
                "lines": [
                    {"id": line.id, "text": line.text, "goal": goal_to_json(line.goal)}
                    for line in lines
                ],
            }
            for checkpoint_id, lines in action.indicators.items()
        ],
    }


def goal_to_json(goal: Goal) -> dict[str, Any]:
    """The parts that are set, in the order in which a person would say them."""
    parts = {
        "kind": goal.kind,
        "at_least": goal.at_least,
        "at_most": goal.at_most,
        "unit": goal.unit,
        "word": goal.word,
    }
    return {key: value for key, value in parts.items() if value is not None}


class _Node:
    """A JSON value with the path that leads to it."""

    def __init__(self, value: Any, path: str) -> None:
        self.value = value
        self.path = path

    def object(self, keys: set[str], optional: frozenset[str] = frozenset()) -> dict[str, "_Node"]:
        if not isinstance(self.value, Mapping):
            raise self._refused(Text("un objet", "an object"))
        found = set(self.value)
        if not keys <= found or not found <= keys | optional:
            names = ", ".join(sorted(keys))
            raise self._refused(Text(f"les clés {names}", f"the keys {names}"))
        return {key: _Node(value, f"{self.path}.{key}") for key, value in self.value.items()}

    def each(self, read: Callable[["_Node"], T]) -> tuple[T, ...]:
        if not isinstance(self.value, list):
            raise self._refused(Text("une liste", "a list"))
        return tuple(read(_Node(item, f"{self.path}[{i}]")) for i, item in enumerate(self.value))

    def text(self) -> str:
        if not isinstance(self.value, str):
            raise self._refused(Text("un texte", "a text"))
        return self.value

    def whole(self) -> int:
        if not isinstance(self.value, int) or isinstance(self.value, bool):
            raise self._refused(Text("un nombre entier", "a whole number"))
        return self.value

    def goal_kind(self) -> GoalKind:
        for kind in GOAL_KINDS:
            if self.value == kind:
                return kind
        kinds = ", ".join(GOAL_KINDS)
        raise self._refused(Text(f"l’un de {kinds}", f"one of {kinds}"))

    def _refused(self, expected: Text) -> PlanRefused:
        return PlanRefused(
            Text(
                f"Plan enregistré, {self.path} : {expected.fr} était attendu. "
                "Restaurez une sauvegarde ou importez le plan de nouveau.",
                f"Stored plan, {self.path}: {expected.en} was expected. "
                "Restore a backup or import the plan again.",
            ),
            path=self.path,
        )


def _axis(node: _Node) -> Axis:
    parts = node.object({"number", "title", "objective", "volets"})
    return Axis(
        number=parts["number"].whole(),
        title=parts["title"].text(),
        objective=parts["objective"].text(),
        volets=parts["volets"].each(_volet),
    )


def _volet(node: _Node) -> Volet:
    parts = node.object({"id", "title", "actions"})
    return Volet(
        id=parts["id"].text(),
        title=parts["title"].text(),
        actions=parts["actions"].each(_action),
    )


def _action(node: _Node) -> Action:
    parts = node.object({"id", "title", "indicators"})
    return Action(
        id=parts["id"].text(),
        title=parts["title"].text(),
        indicators=dict(parts["indicators"].each(_checkpoint)),
    )


def _checkpoint(node: _Node) -> tuple[str, tuple[Indicator, ...]]:
    parts = node.object({"checkpoint", "lines"})
    return parts["checkpoint"].text(), parts["lines"].each(_indicator)


def _indicator(node: _Node) -> Indicator:
    parts = node.object({"id", "text", "goal"})
    return Indicator(id=parts["id"].text(), text=parts["text"].text(), goal=_goal(parts["goal"]))


def _goal(node: _Node) -> Goal:
    parts = node.object({"kind"}, frozenset({"at_least", "at_most", "unit", "word"}))
    return Goal(
        kind=parts["kind"].goal_kind(),
        at_least=parts["at_least"].whole() if "at_least" in parts else None,
        at_most=parts["at_most"].whole() if "at_most" in parts else None,
        unit=parts["unit"].text() if "unit" in parts else None,
        word=parts["word"].text() if "word" in parts else None,
    )
