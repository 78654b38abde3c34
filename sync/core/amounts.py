"""
The guard's rules of amount: what one cycle would change, held against what is known.

Limits are shares of what is known, so that the first provisioning is free and a later mass change
is not. Each rule yields an alarm, never an exception: a person may accept an amount. « Suivi
public » follows the calendar for all actions at once, and notes the config: a write of these is
not counted.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from sync.core.marks import (
    action_ref,
    field_ref,
    indicator_ref,
    is_task,
    option_ref,
    plain_id,
    ref_of,
)
from sync.core.status import STATUS_NAMES
from sync.core.values import Comparable, normal_text
from sync.core.view import View
from sync.model.decision import Verdict
from sync.model.guarding import Alarm
from sync.model.mapping import FieldRule
from sync.model.operation import CreateTask, PlaceTask, Ref, SetParent, UpdateTask
from sync.model.plan import Plan
from sync.model.progress import Status
from sync.model.rules import GuardLimits, Rules
from sync.model.snapshot import Snapshot
from sync.model.target import Observed
from sync.wording import Text

_GOOD = {Status.ACHIEVED, Status.ACHIEVED_LATE, Status.CONTINUOUS}
_NO_FALL = {Status.RETIRED, Status.NOT_APPLICABLE}
_NAMED = 5
"""How many things a message names before it only counts."""
Values = Mapping[tuple[Ref, str], Comparable]


@dataclass(frozen=True)
class Change:
    """
    One proposed cycle, as the guard looks at it.

    `mirror` is the reading before this one; `links` and `baselines` are what stood before it.
    `asked` says that a person asked for it since the last clean cycle: a first provisioning not
    yet finished, a revision adopted, a config changed. Then what Jalon writes is not limited;
    what was lost, and what people's side changed, always is.
    """

    plan: Plan
    rules: Rules
    view: View
    observed: Observed
    mirror: Observed | None
    links: Mapping[Ref, str]
    baselines: Values
    asked: bool = False

    @property
    def limits(self) -> GuardLimits:
        return self.rules.limits

    @cached_property
    def known(self) -> frozenset[Ref]:
        """Every task linked before this cycle, those of former revisions too."""
        return frozenset(ref for ref in self.links if is_task(ref))

    @cached_property
    def known_actions(self) -> frozenset[Ref]:
        return frozenset(ref for ref in self.known if ref.startswith(action_ref("")))

    @cached_property
    def axis_of(self) -> Mapping[Ref, int]:
        found: dict[Ref, int] = {}
        for axis, _, action in self.plan.actions():
            found[action_ref(action.id)] = axis.number
            for _, indicator in action.all_indicators():
                found[indicator_ref(indicator.id)] = axis.number
        return found

    @cached_property
    def parent_of(self) -> Mapping[Ref, Ref]:
        return {
            indicator_ref(indicator.id): action_ref(action.id)
            for _, _, action in self.plan.actions()
            for _, indicator in action.all_indicators()
        }

    def after(self, ref: Ref, name: str) -> Comparable:
        """What would be agreed once this reading is remembered."""
        return self.view.changes.agreed.get((ref, name), self.baselines.get((ref, name)))


def amounts(change: Change) -> tuple[Alarm, ...]:
    """Every rule that this change set trips, in the order of the table."""
    sides = tuple(_sides(change))
    if len(change.known) < change.limits.minimum_population:
        return sides
    rules = (_losses, _pulled, _schema, _renumbered)
    found = [*sides, *(alarm for rule in rules for alarm in rule(change))]
    if not change.asked:
        found += _written(change)
    return tuple(found)


def _over(rule: str, refs: Collection[str], known: int, limit: float) -> Iterator[Alarm]:
    if len(refs) > known * limit:
        yield Alarm(rule, len(refs), known, limit, tuple(sorted(refs)))


# a side suddenly empty


def _sides(change: Change) -> Iterator[Alarm]:
    """However small the plan is: a side that was there and is empty is never plausible."""
    known, gone = change.known, change.view.recognition.gone
    actions = change.known_actions
    if actions and not any(True for _ in change.plan.actions()):
        yield Alarm("plan empty", len(actions), len(actions), 0, tuple(sorted(actions)))
    if known and len(gone) == len(known):
        yield Alarm("all tasks gone", len(gone), len(known), 0, tuple(sorted(gone)))
    else:
        before, lost = _listed(change)
        if before and len(lost) == len(before):
            yield Alarm("listing empty", len(lost), len(before), 0, tuple(sorted(lost)))
    entered = _entered(change)
    emptied = [key for key in entered if change.after(*key) is None]
    if len(entered) >= change.limits.minimum_values and len(emptied) == len(entered):
        named = tuple(sorted(f"{ref}#{name}" for ref, name in emptied))
        yield Alarm("people fields empty", len(emptied), len(entered), 0, named)


def _listed(change: Change) -> tuple[frozenset[Ref], frozenset[Ref]]:
    """The plan's tasks that the reading before listed, and those of them that this one lacks."""
    mirror, gids = change.mirror, change.view.recognition.gids
    if mirror is None or not change.observed.complete:
        return frozenset(), frozenset()
    then = {gid for order in mirror.order.values() for gid in order}
    now = {gid for order in change.observed.order.values() for gid in order}
    before = {ref for ref, gid in gids.items() if is_task(ref) and gid in then}
    return frozenset(before), frozenset(ref for ref in before if gids[ref] not in now)


def _entered(change: Change) -> list[tuple[Ref, str]]:
    """Fields that only people fill and that held a value, of every task in sight."""
    names = {rule.key for rule in change.rules.mapping.fields if rule.owner == "people"}
    names.add("completed")
    away = change.observed.absent | change.observed.moved
    gids = change.view.recognition.gids
    return [
        (ref, name)
        for (ref, name), value in change.baselines.items()
        if value is not None
        and name in names
        and (gid := gids.get(ref)) in change.observed.tasks
        and gid not in away
    ]


# losses


def _losses(change: Change) -> Iterator[Alarm]:
    """As a person counts: an action that took its indicators along is one loss, of the actions."""
    actions, limits = len(change.known_actions), change.limits
    if not actions:
        return
    lone = 1.5 / actions  # a single loss is a question, not an alarm
    asked = change.view.chosen.unsettled(change.view.findings)
    missing = {finding.subject for finding in asked if finding.code == "task.missing"}
    yield from _over("too many missing", missing, actions, max(limits.max_missing_share, lone))
    _, lost = _listed(change)
    roots = {ref for ref in lost if change.parent_of.get(ref) not in lost}
    yield from _over("listing shrunk", roots, actions, max(limits.max_shrunk_share, lone))
    told = Text("tâches disparues", "tasks missing")
    population = Counter(change.axis_of.get(ref) for ref in change.known_actions)
    yield from _by_axis(change, missing, population, told)


def _by_axis(
    change: Change, refs: Collection[Ref], population: Counter[int | None], kind: Text
) -> Iterator[Alarm]:
    """The same change over most of one axis; a small axis is left to the whole plan's shares."""
    limits = change.limits
    tasks = Counter(change.axis_of.get(ref) for ref in change.known)
    touched: dict[int, set[str]] = defaultdict(set)
    for ref in refs:
        axis = change.axis_of.get(ref_of(ref))
        if axis is not None:
            touched[axis].add(ref)
    for axis, inside in sorted(touched.items()):
        if tasks[axis] < limits.minimum_population:
            continue
        if len(inside) > population[axis] * limits.max_axis_share:
            where = Text(f"axe {axis}, {kind.fr}", f"axis {axis}, {kind.en}")
            yield Alarm(
                "too much in one axis",
                len(inside),
                population[axis],
                limits.max_axis_share,
                tuple(sorted(inside)),
                where,
            )


# what people's side changed


def _pulled(change: Change) -> Iterator[Alarm]:
    """Declared statuses and done marks: filling in is work, emptying in a mass is a slip."""
    limits, gids = change.limits, change.view.recognition.gids
    declared = {rule.key for rule in change.rules.mapping.fields if rule.role == "declared"}
    said = {
        (ref, name): value
        for (ref, name), value in change.baselines.items()
        if value is not None and name in declared and ref in gids
    }
    changed = {f"{ref}#{n}" for (ref, n), was in said.items() if change.after(ref, n) != was}
    emptied = {f"{ref}#{n}" for ref, n in said if change.after(ref, n) is None}
    done_on = change.rules.mapping.role("done_on").key
    marks = [(ref, name) for ref in change.known & gids.keys() for name in ("completed", done_on)]
    done = {ref for ref, name in marks if change.baselines.get((ref, name)) is not None}
    undone = {
        ref for ref in done if not any(change.after(ref, name) for name in ("completed", done_on))
    }
    least = limits.minimum_population
    if len(said) >= least:
        yield from _over("declarations emptied", emptied, len(said), limits.max_emptied_share)
        yield from _over("declarations changed", changed, len(said), limits.max_declared_share)
    if len(done) >= least:
        yield from _over("done marks undone", undone, len(done), limits.max_emptied_share)
    for refs, population, kind in (
        (changed, said, Text("états déclarés changés", "declared statuses changed")),
        (undone, done, Text("indicateurs décochés", "indicators unticked")),
    ):
        of_axis = Counter(
            change.axis_of.get(each if isinstance(each, str) else each[0]) for each in population
        )
        enough = Counter({axis: n for axis, n in of_axis.items() if n >= least})
        inside = {ref for ref in refs if enough[change.axis_of.get(ref_of(ref))]}
        yield from _by_axis(change, inside, enough, kind)


# the schema


def _schema(change: Change) -> Iterator[Alarm]:
    """Against the reading before: what was accepted, or told long ago, is not told again."""
    if change.mirror is None or not change.observed.complete:
        return
    broken: dict[Ref, str] = {}
    whole = 0
    for rule in change.rules.mapping.fields:
        ours = {ref: gid for ref in _parts(rule) if (gid := change.links.get(ref)) is not None}
        before = _usable(rule, ours, change.mirror)
        lost = before - _usable(rule, ours, change.observed)
        whole += len(before)
        if field_ref(rule.key) in lost:  # a field takes its options along
            broken[field_ref(rule.key)] = rule.name
            continue
        names = {option_ref(rule.key, option.id): option.name for option in rule.options}
        broken |= {ref: f"{rule.name} / {names[ref]}" for ref in lost}
    if len(broken) > change.limits.max_schema_changes:
        listed = _few(list(broken.values()))
        limit, where = change.limits.max_schema_changes, Text(listed, listed)
        yield Alarm("schema changed", len(broken), whole, limit, tuple(sorted(broken)), where)


def _parts(rule: FieldRule) -> list[Ref]:
    return [field_ref(rule.key), *(option_ref(rule.key, option.id) for option in rule.options)]


def _usable(rule: FieldRule, ours: Mapping[Ref, str], observed: Observed) -> set[Ref]:
    """The field while it has its kind and stands on a project of ours, and its enabled options."""
    homes = {project.gid for project in observed.projects.values()}
    gid = ours.get(field_ref(rule.key))
    found = next((one for one in observed.fields if one.gid == gid), None)
    if found is None or found.kind != rule.kind or not found.attached_to & homes:
        return set()
    enabled = {option.gid for option in found.options if option.enabled}
    return {field_ref(rule.key), *(ref for ref, gid in ours.items() if gid in enabled)}


# the plan's ids


def _renumbered(change: Change) -> Iterator[Alarm]:
    """
    Actions whose title is known under another id, and not under their own.

    Once the other id was accepted and made, the title is known under it and nothing is told.
    """
    known = {ref: title for ref in change.known_actions if (title := _title(change, ref))}
    titles = set(known.values())
    renumbered = {
        ref
        for _, _, action in change.plan.actions()
        if (title := normal_text(action.title)) in titles
        and known.get(ref := action_ref(action.id)) != title
    }
    actions = len(change.known_actions)
    yield from _over("actions renumbered", renumbered, actions, change.limits.max_renumbered_share)


def _title(change: Change, ref: Ref) -> Comparable:
    return change.baselines.get((ref, "name"))


# what Jalon would write


def _written(change: Change) -> Iterator[Alarm]:
    limits, known = change.limits, len(change.known)
    operations = change.view.changes.operations
    derived = {field_ref(change.rules.mapping.role("public_followup").key)}
    created = {op.ref for op in operations if isinstance(op, CreateTask)}
    moved = {op.ref for op in operations if isinstance(op, PlaceTask | SetParent)}
    fields: dict[str, set[Ref]] = defaultdict(set)
    for op in operations:
        if isinstance(op, UpdateTask):
            for name in op.builtins.keys() - {"notes"}:
                fields[name].add(op.ref)
            for ref in op.fields.keys() - derived:
                if (op.ref, plain_id(ref)) not in change.view.changes.lost:  # nothing is replaced
                    fields[ref].add(op.ref)
    updated = {ref for refs in fields.values() for ref in refs} | moved
    decisions = change.view.changes.decisions
    restored = {one.subject for one in decisions if one.verdict is Verdict.RESTORE}
    yield from _over("too many creations", created, known, limits.max_created_share)
    yield from _over("too many updates", updated, known, limits.max_updated_share)
    for name, refs in sorted(fields.items()):
        yield from _rewritten(change, name, refs)
    yield from _over("too many moves", moved, known, limits.max_moved_share)
    yield from _over("too many restores", restored, known, limits.max_restored_share)
    population = Counter(change.axis_of.get(ref) for ref in change.known)
    for refs, kind in (
        (created, Text("tâches à créer", "tasks to create")),
        (updated, Text("tâches à modifier", "tasks to update")),
        (restored, Text("tâches à rétablir", "tasks to restore")),
    ):
        yield from _by_axis(change, refs, population, kind)


def _rewritten(change: Change, name: str, refs: set[Ref]) -> Iterator[Alarm]:
    """One field, of the tasks that carry it: a third of all tasks may be every action's axis."""
    rules = {field_ref(rule.key): rule for rule in change.rules.mapping.fields}
    rule = rules.get(name)
    known = change.known
    if rule is not None and rule.scope != "both":
        known = frozenset(ref for ref in known if ref.startswith(f"{rule.scope}:"))
    if len(known) < change.limits.minimum_population:
        return
    said = Text(rule.name, rule.name) if rule else _BUILTINS.get(name, Text(name, name))
    for alarm in _over("field rewritten", refs, len(known), change.limits.max_field_share):
        yield Alarm(alarm.rule, alarm.changed, alarm.known, alarm.limit, alarm.subjects, said)


_BUILTINS = {
    "name": Text("nom", "name"),
    "due_on": Text("échéance", "due date"),
    "assignee": Text("responsable", "assignee"),
}


# what the public would read


def published_amounts(
    before: Snapshot | None, after: Snapshot, limits: GuardLimits
) -> tuple[Alarm, ...]:
    """What the publication would lose or turn back. A revision may drop actions: it was read."""
    if before is None:
        return ()
    old = {action.id: action for action in before.actions()}
    new = {action.id: action for action in after.actions()}
    found: list[Alarm] = []
    lost = sorted(old.keys() - new.keys())
    if lost and after.plan.revision == before.plan.revision:
        refs = tuple(map(action_ref, lost))
        found.append(Alarm("actions lost", len(lost), len(old), 0, refs))
    back = [
        (f"{action_ref(id_)}#{checkpoint}", id_, was.etat, now.etat)
        for id_ in sorted(old.keys() & new.keys())
        for checkpoint, was in old[id_].jalons.items()
        if (now := new[id_].jalons.get(checkpoint)) is not None
        and was.etat in _GOOD
        and now.etat not in _GOOD | _NO_FALL
    ]
    if len(back) > limits.max_turned_back:
        names = STATUS_NAMES
        where = Text(
            _few([f"{id_} ({names[was].fr} → {names[now].fr})" for _, id_, was, now in back]),
            _few([f"{id_} ({names[was].en} → {names[now].en})" for _, id_, was, now in back]),
        )
        refs = tuple(subject for subject, *_ in back)
        known = sum(len(action.jalons) for action in old.values())
        limit = limits.max_turned_back
        found.append(Alarm("statuses turned back", len(back), known, limit, refs, where))
    return tuple(found)


def _few(said: list[str]) -> str:
    return ", ".join(said[:_NAMED]) + ("…" if len(said) > _NAMED else "")


def not_accepted(accepted: Collection[Alarm], now: Collection[Alarm]) -> tuple[Alarm, ...]:
    """The alarms that nobody accepted: of another rule, or about more than was shown."""
    seen: dict[str, set[str]] = defaultdict(set)
    for alarm in accepted:
        seen[alarm.rule] |= set(alarm.subjects)
    return tuple(alarm for alarm in now if not set(alarm.subjects) <= seen[alarm.rule])
