"""
The adopted plan: a YAML file that a person can read, edit and compare line by line.

Written in one form, by hand rather than by a library: every text is double-quoted, on one line, so
that any YAML reader of any version sees the same words and an apostrophe or a colon added later
breaks nothing.
"""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

from sync.adapters.plans.characters import unfit
from sync.adapters.plans.encoding import decode
from sync.adapters.plans.refusal import refuse
from sync.adapters.plans.source import LARGEST, read_path
from sync.adapters.plans.yaml_tree import Entry, parse
from sync.core.goals import recognise
from sync.core.plan_document import goal_to_json
from sync.model.plan import Action, Axis, Goal, GoalKind, Indicator, Plan, Volet

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,119}")
_LINE_ENDS = re.compile("[\x7f-\x9f\u2028\u2029\ufeff]")
_NEEDS_NO_QUOTES = re.compile(r"[A-Za-z]\w*(?:-\w+)+|(?!true|false|null)[a-z]{4,}", re.ASCII)
_CHECKPOINT_ID = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_GOAL_KEYS: dict[GoalKind, tuple[str, ...]] = {
    "deliverable": (),
    "continuity": (),
    "state": ("word",),
    "quantity": ("at_least", "at_most", "unit"),
}


def read_adopted(path: Path) -> Plan:
    """The adopted plan in a file; every error names the file as it was given."""
    document = read_path(str(path))
    return load_plan(decode(document.body, document.name), document.name)


def load_plan(text: str, name: str) -> Plan:
    """
    Read an adopted plan, or raise PlanRefused with file, line and key path.

    A volet's `id` may be left out (`<axis>.<rank>`), and so may a goal (recognised from the text).
    Ids are compared without case: two that differ only so would be one to a reader.
    """
    if len(text.encode("utf-8", "surrogatepass")) > LARGEST:
        raise refuse(
            name,
            "le fichier dépasse 20 Mo; un plan n’en pèse pas un centième.",
            "the file is over 20 MB; a plan weighs not a hundredth of it.",
        )
    if found := unfit(text):
        line = text.count("\n", 0, found[0]) + 1
        raise refuse(
            f"{name}:{line}",
            f"caractère de contrôle ou mal décodé ({found[1]}). Retirez-le.",
            f"control or badly decoded character ({found[1]}). Remove it.",
            line=line,
        )
    return _Reader().plan(parse(text.removeprefix("\ufeff"), name))


class _Reader:
    """Reads top down and remembers where each id was given."""

    def __init__(self) -> None:
        self.given: dict[str, int] = {}
        self.retired: frozenset[str] = frozenset()

    def plan(self, root: Entry) -> Plan:
        keys = root.keys(("id", "title", "axes"), ("retired_ids",))
        retired = keys["retired_ids"].items() if "retired_ids" in keys else []
        retired_ids = tuple(self._claim(entry) for entry in retired)
        self.retired = frozenset(i.casefold() for i in retired_ids)
        axes = tuple(self._axis(entry) for entry in keys["axes"].items())
        numbers: set[int] = set()
        for axis, entry in zip(axes, keys["axes"].items(), strict=True):
            if axis.number in numbers:
                raise entry.refused(
                    f"l’axe {axis.number} est donné deux fois", f"axis {axis.number} is given twice"
                )
            numbers.add(axis.number)
        plan = Plan(self._plan_id(keys["id"]), keys["title"].text(), axes, retired_ids)
        if not any(True for _ in plan.actions()):
            raise keys["axes"].refused("le plan est sans action", "the plan has no action")
        return plan

    def _axis(self, entry: Entry) -> Axis:
        keys = entry.keys(("number", "title", "volets"), ("objective",))
        number = keys["number"].whole(1)
        return Axis(
            number=number,
            title=keys["title"].text(),
            objective=keys["objective"].text() if "objective" in keys else "",
            volets=tuple(
                self._volet(volet, f"{number}.{rank}")
                for rank, volet in enumerate(keys["volets"].items(), start=1)
            ),
        )

    def _volet(self, entry: Entry, default_id: str) -> Volet:
        keys = entry.keys(("title", "actions"), ("id",))
        volet_id = self._claim(keys["id"]) if "id" in keys else self._take(default_id, entry)
        return Volet(
            id=volet_id,
            title=keys["title"].text(),
            actions=tuple(self._action(action) for action in keys["actions"].items()),
        )

    def _action(self, entry: Entry) -> Action:
        keys = entry.keys(("id", "title", "indicators"))
        action_id = self._claim(keys["id"])
        indicators: dict[str, tuple[Indicator, ...]] = {}
        for checkpoint_id, lines in keys["indicators"].mapping().items():
            if not _CHECKPOINT_ID.fullmatch(checkpoint_id):
                raise lines.refused(
                    "un identifiant de jalon s’écrit en minuscules sans accent, avec des chiffres "
                    "et des traits d’union",
                    "a checkpoint id is written in lower case without accents, with digits and "
                    "hyphens",
                )
            if found := tuple(self._indicator(line) for line in lines.items()):
                indicators[checkpoint_id] = found
        return Action(action_id, keys["title"].text(), indicators)

    def _indicator(self, entry: Entry) -> Indicator:
        keys = entry.keys(("id", "text"), ("goal",))
        text = keys["text"].text()
        goal = _goal(keys["goal"]) if "goal" in keys else recognise(text)
        return Indicator(self._claim(keys["id"]), text, goal)

    def _plan_id(self, entry: Entry) -> str:
        return _well_formed(entry, entry.text())

    def _claim(self, entry: Entry) -> str:
        return self._take(_well_formed(entry, entry.text()), entry)

    def _take(self, given_id: str, entry: Entry) -> str:
        folded = given_id.casefold()
        if folded in self.retired:
            raise entry.refused(
                f"l’identifiant « {given_id} » a été retiré du plan et ne sert plus; donnez-en "
                "un nouveau",
                f"the id “{given_id}” was retired from the plan and serves no more; give a new one",
                id=given_id,
            )
        if folded in self.given:
            raise entry.refused(
                f"l’identifiant « {given_id} » est déjà donné, ligne {self.given[folded]}",
                f"the id “{given_id}” is already given, line {self.given[folded]}",
                id=given_id,
            )
        self.given[folded] = entry.line
        return given_id


def _well_formed(entry: Entry, given_id: str) -> str:
    if not _ID.fullmatch(given_id):
        raise entry.refused(
            f"« {given_id[:60]} » n’est pas un identifiant : lettres sans accent, chiffres, point, "
            "trait d’union ou souligné, 120 caractères au plus",
            f"“{given_id[:60]}” is not an id: unaccented letters, digits, dot, hyphen or "
            "underscore, at most 120 characters",
        )
    return given_id


def _goal(entry: Entry) -> Goal:
    kind_entry = entry if entry.is_scalar() else entry.mapping().get("kind")
    kind = next((k for k in get_args(GoalKind) if kind_entry and kind_entry.text() == k), None)
    if kind is None:
        kinds = ", ".join(get_args(GoalKind))
        raise (kind_entry or entry).refused(
            f"« kind » doit être l’un de {kinds}", f"“kind” must be one of {kinds}"
        )
    if entry.is_scalar():
        if kind == "quantity":
            raise entry.refused(
                "une quantité s’écrit {kind: quantity, at_least: 3, at_most: 4, unit: organismes}",
                "a quantity is written {kind: quantity, at_least: 3, at_most: 4, unit: organismes}",
            )
        return Goal(kind)
    keys = entry.keys(("kind", "at_least") if kind == "quantity" else ("kind",), _GOAL_KEYS[kind])
    if kind != "quantity":
        return Goal(kind, word=keys["word"].text() if "word" in keys else None)
    at_least = keys["at_least"].whole(1)
    return Goal(
        kind,
        at_least=at_least,
        at_most=keys["at_most"].whole(at_least) if "at_most" in keys else at_least,
        unit=keys["unit"].text() if "unit" in keys else None,
    )


def dump_plan(plan: Plan) -> str:
    """Write the plan so that `load_plan` gives it back exactly."""
    return "\n".join(_lines(plan)) + "\n"


def _lines(plan: Plan) -> Iterator[str]:
    yield f"id: {_quoted(plan.id)}"
    yield f"title: {_quoted(plan.title)}"
    if plan.retired_ids:
        yield "# Ids that served once and must never serve again."
        yield f"retired_ids: [{', '.join(map(_quoted, plan.retired_ids))}]"
    yield "axes:"
    for axis in plan.axes:
        yield f"  - number: {axis.number}"
        yield f"    title: {_quoted(axis.title)}"
        if axis.objective:
            yield f"    objective: {_quoted(axis.objective)}"
        yield "    volets:" + ("" if axis.volets else " []")
        for volet in axis.volets:
            yield f"      - id: {_quoted(volet.id)}"
            yield f"        title: {_quoted(volet.title)}"
            yield "        actions:" + ("" if volet.actions else " []")
            for n, action in enumerate(volet.actions):
                yield from [""] * (n > 0)
                yield from _action_lines(action)


def _action_lines(action: Action) -> Iterator[str]:
    yield f"          - id: {_quoted(action.id)}"
    yield f"            title: {_quoted(action.title)}"
    yield "            indicators:" + ("" if action.indicators else " {}")
    for checkpoint_id, lines in action.indicators.items():
        yield f"              {_quoted(checkpoint_id)}:"
        for line in lines:
            yield f"                - id: {_quoted(line.id)}"
            yield f"                  text: {_quoted(line.text)}"
            yield f"                  goal: {_goal_text(line.goal)}"


def _goal_text(goal: Goal) -> str:
    parts = {
        key: str(value) if isinstance(value, int) else value if key == "kind" else _quoted(value)
        for key, value in goal_to_json(goal).items()
    }
    return "{" + ", ".join(f"{key}: {value}" for key, value in parts.items()) + "}"


def _quoted(text: str) -> str:
    """A JSON string is a YAML string, save for a few characters that YAML takes for line ends."""
    if _NEEDS_NO_QUOTES.fullmatch(text):
        return text
    return _LINE_ENDS.sub(lambda m: f"\\u{ord(m[0]):04x}", json.dumps(text, ensure_ascii=False))
