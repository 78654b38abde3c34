"""What a new reading of the plan changes, for a person to review before it becomes a revision."""

from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Literal, NamedTuple

from sync.core.plan_document import goal_to_json
from sync.model.plan import Axis, Change, Goal, Plan

Level = Literal["axis", "volet", "action", "indicator"]


class _Item(NamedTuple):
    words: tuple[str, ...]
    home: str  # id of what holds it


def compare(known: Plan, new: Plan) -> tuple[Change, ...]:
    """
    Every difference between two readings, matched by id, in the order of the new plan.

    Empty only when nothing but retired ids differs. An item is *moved* when it has another home
    or another rank among those that stayed; one insertion moves nobody else. `before` and `after`
    are the words or, for a move, the place: the id of what holds the item, and its rank.
    """
    changes = list(_reworded_plan(known, new))
    for level, items in _LEVELS:
        changes += _compare_level(level, items(known), items(new))
    return tuple(changes)


def _reworded_plan(known: Plan, new: Plan) -> Iterator[Change]:
    if known.title != new.title:
        yield Change("reworded", "plan", new.id, known.title, new.title)


def _compare_level(
    level: Level, old: Mapping[str, _Item], new: Mapping[str, _Item]
) -> Iterator[Change]:
    for item_id, item in old.items():
        if item_id not in new:
            yield Change("removed", level, item_id, before=item.words[0])
    moved = _moved(old, new)
    old_places, new_places = _places(old), _places(new)
    for item_id, item in new.items():
        if item_id not in old:
            yield Change("added", level, item_id, after=item.words[0])
            continue
        for before, after in zip(old[item_id].words, item.words, strict=True):
            if before != after:
                yield Change("reworded", level, item_id, before, after)
        if item_id in moved:
            yield Change("moved", level, item_id, old_places[item_id], new_places[item_id])


def _moved(old: Mapping[str, _Item], new: Mapping[str, _Item]) -> frozenset[str]:
    """Those with another home, and as few of the others as explain the new order."""
    stayed = [i for i in new if i in old and old[i].home == new[i].home]
    elsewhere = {i for i in new if i in old and old[i].home != new[i].home}
    old_order = {item_id: n for n, item_id in enumerate(old)}
    by_home: dict[str, list[str]] = {}
    for item_id in stayed:
        by_home.setdefault(new[item_id].home, []).append(item_id)
    for siblings in by_home.values():
        kept = _longest_rising([old_order[item_id] for item_id in siblings])
        elsewhere |= {item_id for item_id in siblings if old_order[item_id] not in kept}
    return frozenset(elsewhere)


def _longest_rising(ranks: Sequence[int]) -> frozenset[int]:
    """The longest rising part of one rank or more (patience sorting): what kept its order."""
    tops: list[int] = []
    below: dict[int, int | None] = {}
    for rank in ranks:
        pile = bisect_left(tops, rank)
        below[rank] = tops[pile - 1] if pile else None
        tops[pile : pile + 1] = [rank]
    kept = set()
    rank_below: int | None = tops[-1]
    while rank_below is not None:
        kept.add(rank_below)
        rank_below = below[rank_below]
    return frozenset(kept)


def _places(items: Mapping[str, _Item]) -> dict[str, str]:
    ranks: dict[str, int] = {}
    places = {}
    for item_id, item in items.items():
        ranks[item.home] = ranks.get(item.home, 0) + 1
        places[item_id] = f"{item.home} #{ranks[item.home]}".strip()
    return places


def _axes(plan: Plan) -> dict[str, _Item]:
    return {_axis_id(axis): _Item((axis.title, axis.objective), "") for axis in plan.axes}


def _volets(plan: Plan) -> dict[str, _Item]:
    return {volet.id: _Item((volet.title,), _axis_id(axis)) for axis, volet in plan.volets()}


def _actions(plan: Plan) -> dict[str, _Item]:
    return {action.id: _Item((action.title,), volet.id) for _, volet, action in plan.actions()}


def _indicators(plan: Plan) -> dict[str, _Item]:
    return {
        line.id: _Item((line.text, _goal(line.goal)), f"{action.id}/{checkpoint_id}")
        for action, checkpoint_id, line in plan.indicators()
    }


def _axis_id(axis: Axis) -> str:
    return f"axe-{axis.number}"


def _goal(goal: Goal) -> str:
    return ", ".join(f"{key}: {value}" for key, value in goal_to_json(goal).items())


_LEVELS: tuple[tuple[Level, Callable[[Plan], dict[str, _Item]]], ...] = (
    ("axis", _axes),
    ("volet", _volets),
    ("action", _actions),
    ("indicator", _indicators),
)
