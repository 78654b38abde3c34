"""
What a lost store knew, rebuilt from what was published.

The publication tells words, goals, ids, revisions by number and day, frozen statuses, and what
people had entered as far as the page shows it. What it does not tell is not guessed: it stays
*unseen*, and a difference there is held.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date

from sync.core.goals import recognise as recognise_goal
from sync.core.marks import action_ref, indicator_ref
from sync.core.presentable import presentable
from sync.core.snapshot import public_goal
from sync.core.values import Comparable, normal_text
from sync.model.mapping import FieldRule
from sync.model.operation import Ref
from sync.model.plan import Action, Axis, Goal, Indicator, Plan, Revision, Volet
from sync.model.progress import FrozenStanding, Standing, Status
from sync.model.rules import Rules
from sync.model.snapshot import PublicAction, PublicGoal, PublicIndicator, PublicStanding, Snapshot

_KINDS = {
    "livrable": "deliverable",
    "quantite": "quantity",
    "etat": "state",
    "continuite": "continuity",
}
Agreed = dict[tuple[Ref, str], Comparable]


# the plan of record


def revisions_in(
    snapshots: Sequence[Snapshot], plan_file: Plan, known: Sequence[Revision], today: date
) -> tuple[Revision, ...]:
    """
    The revisions that the store lacks, in order, each as its last snapshot tells it.

    Where the page's words are those of the plan's file, the file's own spelling is taken. A
    revision that no snapshot shows repeats the one before it. Without a publication the file is
    revision 1. The reason of each says where it was taken from.
    """
    if not snapshots:
        return () if known else (Revision(1, today, _FROM_FILE, plan_file),)
    last_of = {snapshot.plan.revision: snapshot for snapshot in snapshots}
    given = list(plan_file.retired_ids)
    for one in (*(each.plan for each in known), *map(plan_in, snapshots)):
        given += (*_ids(one), *one.retired_ids)
    found: list[Revision] = []
    plan = known[-1].plan if known else None
    day = known[-1].adopted_on if known else snapshots[0].plan.adopte_le
    for number in range(len(known) + 1, max(last_of) + 1):
        told = last_of.get(number)
        if told is not None:
            plan, day = plan_in(told, plan_file), told.plan.adopte_le
            held = set(_ids(plan))
            gone = tuple(dict.fromkeys(id_ for id_ in given if id_ not in held))
            plan = replace(plan, retired_ids=gone)
            reason = _from_snapshot(told.numero)
        elif plan is None:
            plan = plan_in(snapshots[0], plan_file)
            reason = _NOT_PUBLISHED
        else:
            reason = _NOT_PUBLISHED
        found.append(Revision(number, day, reason, plan))
    return tuple(found)


_FROM_FILE = "reprise du fichier du plan : rien n’a été publié"
_NOT_PUBLISHED = "reprise de la révision voisine : celle-ci n’a pas été publiée"


def _from_snapshot(number: int) -> str:
    return f"reprise de l’instantané {number}"


def _ids(plan: Plan) -> Iterator[str]:
    for _, volet in plan.volets():
        yield volet.id
    for _, _, action in plan.actions():
        yield action.id
    for _, _, indicator in plan.indicators():
        yield indicator.id


def plan_in(snapshot: Snapshot, plan_file: Plan | None = None) -> Plan:
    """The plan that a snapshot tells, in the file's own spelling where both say the same."""
    spelt = _Spelling(plan_file)
    order = [checkpoint.id for checkpoint in snapshot.jalons]
    axes = tuple(
        Axis(
            number=axis.numero,
            title=spelt.word(("axis", axis.numero), axis.titre),
            objective=spelt.word(("objective", axis.numero), axis.objectif),
            volets=tuple(
                Volet(
                    id=volet.id,
                    title=spelt.word(("volet", volet.id), volet.titre),
                    actions=tuple(_action(each, order, spelt) for each in volet.actions),
                )
                for volet in axis.volets
            ),
        )
        for axis in snapshot.axes
    )
    return Plan(snapshot.plan.id, spelt.word(("plan",), snapshot.plan.titre), axes)


def _action(action: PublicAction, order: Sequence[str], spelt: "_Spelling") -> Action:
    lines = {
        key: tuple(spelt.line(each) for each in action.jalons[key].indicateurs)
        for key in order
        if key in action.jalons and action.jalons[key].indicateurs
    }
    title = spelt.word((action_ref(action.id),), action.titre)
    return Action(id=action.id, title=title, indicators=lines)


class _Spelling:
    """The file's words by place; only those that read the same on the page are taken."""

    def __init__(self, plan: Plan | None) -> None:
        self._words: dict[tuple[object, ...], str] = {}
        self._lines: dict[str, Indicator] = {}
        if plan is None:
            return
        self._words["plan",] = plan.title
        for axis in plan.axes:
            self._words["axis", axis.number] = axis.title
            self._words["objective", axis.number] = axis.objective
        for _, volet in plan.volets():
            self._words["volet", volet.id] = volet.title
        for _, _, action in plan.actions():
            self._words[action_ref(action.id),] = action.title
        self._lines = {line.id: line for _, _, line in plan.indicators()}

    def word(self, place: tuple[object, ...], published: str) -> str:
        own = self._words.get(place)
        return own if own is not None and presentable(own) == published else published

    def line(self, published: PublicIndicator) -> Indicator:
        own = self._lines.get(published.id)
        same = own is not None and presentable(own.text) == published.texte
        text = own.text if own is not None and same else published.texte
        for goal in (own.goal if own is not None and same else None, recognise_goal(text)):
            if goal is not None and public_goal(goal) == published.cible:
                return Indicator(published.id, text, goal)
        return Indicator(published.id, text, _goal(published.cible))


def _goal(goal: PublicGoal) -> Goal:
    kind = _KINDS[goal.genre]
    return Goal(kind, at_least=goal.minimum, at_most=goal.maximum, unit=goal.unite)  # type: ignore[arg-type]


# frozen statuses


def frozen_in(snapshots: Sequence[Snapshot]) -> dict[tuple[str, str], FrozenStanding]:
    """
    By action and checkpoint, as the first snapshot that shows it frozen tells it.

    Which indicators counted is told by the snapshot that stood on the gel's own day, or where
    the freeze came after the fact by the one that brought it.
    """
    found: dict[tuple[str, str], FrozenStanding] = {}
    for position, snapshot in enumerate(snapshots):
        for action in snapshot.actions():
            for checkpoint_id, standing in action.jalons.items():
                key = (action.id, checkpoint_id)
                status, day = standing.etat_fige, standing.fige_le
                if status is None or day is None or key in found:
                    continue
                before = _standing_on(snapshots[:position], key, day)
                then = standing if standing.fige_apres_coup or before is None else before
                found[key] = _frozen(standing, then, status, day)
    return found


def _standing_on(
    before: Sequence[Snapshot], key: tuple[str, str], day: date
) -> PublicStanding | None:
    action_id, checkpoint_id = key
    for snapshot in reversed(before):
        if snapshot.etat_au > day:
            continue
        for action in snapshot.actions():
            if action.id == action_id:
                return action.jalons.get(checkpoint_id)
        return None
    return None


def _frozen(now: PublicStanding, then: PublicStanding, status: Status, day: date) -> FrozenStanding:
    done = {
        line.id: line.fait_le
        for line in then.indicateurs
        if line.fait and (line.fait_le is None or line.fait_le <= day)
    }
    shown = now if now.etat is status else then
    standing = Standing(status, len(done), then.attendus, shown.selon, shown.confirme)
    return FrozenStanding(standing, day, now.fige_apres_coup, done)


# what people had entered


def entered_in(
    rules: Rules,
    published: Snapshot,
    now: Snapshot,
    seen: Mapping[tuple[Ref, str], Comparable],
) -> Agreed:
    """
    What was last agreed in the fields that people own, as far as the page tells it.

    `now` is the page as Asana would have it, `seen` what those fields hold. Where both pages say
    the same, what is held was agreed; where they differ, what was published was. The rest stays
    unseen.
    """
    agreed: Agreed = {}
    then = {action.id: action for action in published.actions()}
    for action in now.actions():
        was = then.get(action.id)
        if was is None:
            continue
        ref = action_ref(action.id)
        for rule in _people_s(rules, "action"):
            _weigh(agreed, (ref, rule.key), seen, *_of_action(rule, was, action))
        for checkpoint_id, standing in action.jalons.items():
            lines = was.jalons[checkpoint_id].indicateurs if checkpoint_id in was.jalons else ()
            before = {line.id: line for line in lines}
            for line in standing.indicateurs:
                if line.id in before:
                    _line(agreed, rules, before[line.id], line, seen)
    return agreed


def _people_s(rules: Rules, scope: str) -> Iterator[FieldRule]:
    for rule in rules.mapping.fields:
        if rule.owner == "people" and rule.scope in (scope, "both"):
            yield rule


def _of_action(
    rule: FieldRule, was: PublicAction, now: PublicAction
) -> tuple[object, object, Comparable]:
    """What the page said then and would say now because of a field, and its value then."""
    if rule.role == "declared":
        said, says = (
            standing.declare if (standing := each.jalons.get(rule.checkpoint_id or "")) else None
            for each in (was, now)
        )
        meant = [option.id for option in rule.options if option.means == said]
        return said, says, meant[0] if len(meant) == 1 else None
    if rule.role == "direction":
        named = [option.id for option in rule.options if presentable(option.name) == was.direction]
        return was.direction, now.direction, named[0] if len(named) == 1 else None
    if rule.role == "note":
        shown = (was.note, was.texte_retenu), (now.note, now.texte_retenu)
        return *shown, normal_text(was.note)
    if rule.role == "evidence":
        links = (was.preuve, was.preuve_retenue), (now.preuve, now.preuve_retenue)
        return *links, was.preuve
    then, here = (  # whether to publish them: nothing else of theirs tells it
        (each.note, each.texte_retenu, each.preuve, each.preuve_retenue) for each in (was, now)
    )
    return then, here, None


def _line(
    agreed: Agreed,
    rules: Rules,
    was: PublicIndicator,
    now: PublicIndicator,
    seen: Mapping[tuple[Ref, str], Comparable],
) -> None:
    ref = indicator_ref(now.id)
    for rule in _people_s(rules, "indicator"):
        if rule.role == "quantity":
            told = None if was.quantite is None else str(was.quantite)
            _weigh(agreed, (ref, rule.key), seen, was.quantite, now.quantite, told)
        elif rule.role == "done_on":
            day = was.fait_le.isoformat() if was.fait_le else None
            done = (was.fait, was.fait_le), (now.fait, now.fait_le)
            _weigh(agreed, (ref, rule.key), seen, *done, day)
            _weigh(agreed, (ref, "completed"), seen, *done, None)
        else:  # nothing of it is published: the line itself must be the same
            _weigh(agreed, (ref, rule.key), seen, was, now, None)


def _weigh(
    agreed: Agreed,
    key: tuple[Ref, str],
    seen: Mapping[tuple[Ref, str], Comparable],
    was: object,
    now: object,
    told: Comparable,
) -> None:
    if was == now:
        if seen.get(key) is not None:
            agreed[key] = seen[key]
    elif told is not None:
        agreed[key] = told
