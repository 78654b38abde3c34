"""
Other words in the plan: those of Asana that a person accepted, or those last agreed on.

Nothing is overwritten: an accepted wording makes a revision beside the ones before it. It is taken
as the public will read it, without invisible characters.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace

from sync.core.chosen import Chosen
from sync.core.goals import recognise as recognise_goal
from sync.core.marks import action_ref, indicator_ref, project_ref, section_ref
from sync.core.presentable import presentable
from sync.core.recognise import Recognition
from sync.core.values import Comparable
from sync.model.finding import Finding, Settlement
from sync.model.operation import Ref
from sync.model.plan import Action, Indicator, Plan, Volet
from sync.model.rules import Rules
from sync.model.target import Observed, ObservedTask

ACCEPTABLE = ("name", "section", "order")
"""What the plan itself says; the rest of a task is made from it, or belongs to the config."""


def accepted(
    plan: Plan,
    findings: Iterable[Finding],
    chosen: Chosen,
    observed: Observed,
    recognition: Recognition,
) -> tuple[Plan, tuple[Settlement, ...]]:
    """The plan with what people accepted of Asana's, and the settlements that asked for it."""
    asked = []
    for finding in findings:
        one = chosen.of(finding)
        if one is None or one.choice != "asana":
            continue
        ref, _, name = finding.subject.partition("#")
        revised = _accept(plan, ref, name, observed, recognition)
        if revised != plan:
            plan = revised
            asked.append(one)
    return plan, tuple(asked)


def _accept(plan: Plan, ref: Ref, name: str, observed: Observed, recognition: Recognition) -> Plan:
    task = observed.tasks.get(recognition.gids.get(ref, ""))
    if name == "name" and task is not None and (words := presentable(task.name).strip()):
        return reword(plan, {ref: words})
    if name == "section" and task is not None:
        return relocate(plan, {ref: _section(task, recognition)})
    if name == "order":
        gids = observed.order.get("actions", ())
        refs = recognition.refs()
        return reorder(plan, ref, [refs[gid] for gid in gids if gid in refs])
    return plan


def _section(task: ObservedTask, recognition: Recognition) -> Ref:
    home = task.homes.get(recognition.gids.get(project_ref("actions"), ""))
    return recognition.refs().get(home or "", "")


def held_back(
    plan: Plan,
    rules: Rules,
    findings: Iterable[Finding],
    baselines: Callable[[], Mapping[tuple[Ref, str], Comparable]],
) -> Plan:
    """
    The plan as the public may read it: what both sides share and changed apart stays as agreed.

    Neither value is published until a person has chosen.
    """
    shared = {name for name, rule in rules.mapping.builtins.items() if rule.owner == "shared"}
    apart = [
        (ref, name)
        for finding in findings
        for ref, _, name in (finding.subject.partition("#"),)
        if finding.code == "field.conflict" and name in shared
    ]
    known = baselines() if apart else {}
    words: dict[Ref, str] = {}
    places: dict[Ref, Ref] = {}
    for ref, name in apart:
        agreed = known.get((ref, name))
        if agreed is None:
            continue
        if name == "name":
            words[ref] = agreed
        elif name == "section":
            places[ref] = agreed
    return relocate(reword(plan, words), places)


def reword(plan: Plan, words: Mapping[Ref, str]) -> Plan:
    """What an indicator expects is recognised again in its new words."""

    def line(one: Indicator) -> Indicator:
        text = words.get(indicator_ref(one.id), one.text)
        return one if text == one.text else Indicator(one.id, text, recognise_goal(text))

    def action(one: Action) -> Action:
        lines = {key: tuple(map(line, found)) for key, found in one.indicators.items()}
        title = words.get(action_ref(one.id), one.title)
        return replace(one, title=title, indicators=lines)

    return _with_volets(
        plan, lambda volet: replace(volet, actions=tuple(map(action, volet.actions)))
    )


def relocate(plan: Plan, places: Mapping[Ref, Ref]) -> Plan:
    """Move actions to the end of the volets whose section is given; an unknown one moves none."""
    homes = {section_ref(volet.id) for _, volet in plan.volets()}
    at = {
        action.id: (section_ref(volet.id), action)
        for _, volet in plan.volets()
        for action in volet.actions
    }
    moving = {
        id_: (places[action_ref(id_)], action)
        for id_, (home, action) in at.items()
        if places.get(action_ref(id_)) in homes - {home}
    }

    def volet(one: Volet) -> Volet:
        staying = tuple(action for action in one.actions if action.id not in moving)
        coming = tuple(a for home, a in moving.values() if home == section_ref(one.id))
        return replace(one, actions=staying + coming)

    return _with_volets(plan, volet)


def reorder(plan: Plan, section: Ref, order: Sequence[Ref]) -> Plan:
    """The actions of one volet as Asana has them; those that it does not show keep to the end."""
    rank = {ref: n for n, ref in enumerate(order)}

    def volet(one: Volet) -> Volet:
        if section_ref(one.id) != section:
            return one
        key = {action.id: rank.get(action_ref(action.id), len(rank)) for action in one.actions}
        return replace(one, actions=tuple(sorted(one.actions, key=lambda a: key[a.id])))

    return _with_volets(plan, volet)


def _with_volets(plan: Plan, change: Callable[[Volet], Volet]) -> Plan:
    axes = tuple(replace(axis, volets=tuple(map(change, axis.volets))) for axis in plan.axes)
    return replace(plan, axes=axes)
