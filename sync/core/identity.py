"""
Which promise is which, from one reading of the plan to the next.

A document carries no ids, so they are given here: deterministically at first import, and
afterwards by recognising what the plan of record already holds. Everything else hangs on these
ids (tasks, ticks, frozen statuses), so an id is never reused: what leaves the plan is retired, and
a new item takes the next number that was never given.
"""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from typing import TypeVar

from sync.core.goals import recognise
from sync.model.plan import Action, Axis, Indicator, Plan, Volet

REWORDED = 0.7
"""
From this likeness on (difflib's ratio; accents, case and punctuation aside), two texts are taken
for one promise reworded. In a real plan no two of 27 action titles come nearer than 0.57; of the
lines of one action only one pair comes above, at 0.75. A wrong guess is still shown to a person
as « reworded » before it is adopted, and a done line's tick is not carried over silently.
"""

Place = TypeVar("Place")


@dataclass(frozen=True, slots=True)
class DraftAction:
    """An action as read. `lines` is keyed by checkpoint id, in the document's column order."""

    title: str
    lines: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class DraftVolet:
    title: str
    actions: tuple[DraftAction, ...]


@dataclass(frozen=True, slots=True)
class DraftAxis:
    number: int
    title: str
    objective: str
    volets: tuple[DraftVolet, ...]


def identify(
    axes: Sequence[DraftAxis], *, plan_id: str, title: str, known: Plan | None = None
) -> Plan:
    """
    Give every item its id.

    Against `known`, the same words keep their id first, then reworded ones (one to one, the
    nearest first, the same axis before the others). A line keeps its id inside its action; in
    another action only when its words are the same, are its own, and promise a result, because
    « Terminé. » says nothing of which promise it ended.
    """
    known = known or Plan(plan_id, title, ())
    ledger = _Ledger(known)
    volets = _match_volets(axes, known)
    actions = _match_actions(axes, known)
    lines = _match_lines(actions, axes, known)

    identified = tuple(
        Axis(
            number=axis.number,
            title=axis.title,
            objective=axis.objective,
            volets=tuple(
                Volet(
                    id=volets.get((a, v)) or ledger.next_volet(axis.number),
                    title=volet.title,
                    actions=tuple(
                        _identify_action(
                            action,
                            (a, v, n),
                            actions.get((a, v, n)),
                            lines,
                            axis.number,
                            ledger,
                        )
                        for n, action in enumerate(volet.actions)
                    ),
                )
                for v, volet in enumerate(axis.volets)
            ),
        )
        for a, axis in enumerate(axes)
    )
    plan = Plan(plan_id, title, identified)
    return replace(plan, retired_ids=retired_ids(known, plan))


def retired_ids(known: Plan, new: Plan) -> tuple[str, ...]:
    """Every id that was ever given and that `new` no longer holds: the oldest first."""
    held = set(_ids(new))
    gone = (i for i in _ids(known) if i not in held)
    return tuple(dict.fromkeys([*known.retired_ids, *gone]))


def _ids(plan: Plan) -> Iterator[str]:
    for _, volet in plan.volets():
        yield volet.id
    for _, _, action in plan.actions():
        yield action.id
    for _, _, indicator in plan.indicators():
        yield indicator.id


def _identify_action(
    action: DraftAction,
    place: "ActionPlace",
    known: Action | None,
    known_lines: Mapping["LinePlace", Indicator],
    axis_number: int,
    ledger: "_Ledger",
) -> Action:
    action_id = known.id if known else ledger.next_action(axis_number)

    def identify_line(checkpoint_id: str, n: int, text: str) -> Indicator:
        line = known_lines.get((place, checkpoint_id, n))
        if line and line.text == text:
            return line  # with its goal, which a person may have corrected
        line_id = line.id if line else ledger.next_indicator(action_id, checkpoint_id)
        return Indicator(line_id, text, recognise(text))

    return Action(
        id=action_id,
        title=action.title,
        indicators={
            checkpoint_id: tuple(
                identify_line(checkpoint_id, n, text) for n, text in enumerate(texts)
            )
            for checkpoint_id, texts in action.lines.items()
            if texts
        },
    )


class _Ledger:
    """The highest number ever given in each series; numbers of retired ids count."""

    def __init__(self, known: Plan) -> None:
        self._last: defaultdict[str, int] = defaultdict(int)
        for given in (*_ids(known), *known.retired_ids):
            if series := re.fullmatch(r"(.+[.-])(\d{1,9})", given):
                key = series[1].casefold()
                self._last[key] = max(self._last[key], int(series[2]))

    def next_volet(self, axis_number: int) -> str:
        prefix = f"{axis_number}."
        return f"{prefix}{self._next(prefix)}"

    def next_action(self, axis_number: int) -> str:
        prefix = f"A{axis_number}-"
        return f"{prefix}{self._next(prefix):02d}"

    def next_indicator(self, action_id: str, checkpoint_id: str) -> str:
        prefix = f"{action_id}-{checkpoint_id}-"
        return f"{prefix}{self._next(prefix)}"

    def _next(self, prefix: str) -> int:
        self._last[prefix.casefold()] += 1
        return self._last[prefix.casefold()]


VoletPlace = tuple[int, int]
ActionPlace = tuple[int, int, int]
LinePlace = tuple[ActionPlace, str, int]


def _match_volets(axes: Sequence[DraftAxis], known: Plan) -> dict[VoletPlace, str]:
    old = {volet.id: (volet.title, axis.number) for axis, volet in known.volets()}
    new = {
        (a, v): (volet.title, axis.number)
        for a, axis in enumerate(axes)
        for v, volet in enumerate(axis.volets)
    }
    return _pair(old, new)


def _match_actions(axes: Sequence[DraftAxis], known: Plan) -> dict[ActionPlace, Action]:
    by_id = {action.id: action for _, _, action in known.actions()}
    old = {action.id: (action.title, axis.number) for axis, _, action in known.actions()}
    new = {place: (action.title, axis.number) for place, axis, action in _draft_actions(axes)}
    return {place: by_id[action_id] for place, action_id in _pair(old, new).items()}


def _match_lines(
    actions: Mapping[ActionPlace, Action], axes: Sequence[DraftAxis], known: Plan
) -> dict[LinePlace, Indicator]:
    by_id = {line.id: line for _, _, line in known.indicators()}
    found: dict[LinePlace, str] = {}
    loose: dict[LinePlace, str] = {}
    for place, _, action in _draft_actions(axes):
        new = {
            (place, checkpoint_id, n): (text, checkpoint_id)
            for checkpoint_id, texts in action.lines.items()
            for n, text in enumerate(texts)
        }
        if place in actions:
            old = {
                line.id: (line.text, checkpoint_id)
                for checkpoint_id, line in actions[place].all_indicators()
            }
            found |= _pair(old, new)
        loose |= {line: text for line, (text, _) in new.items() if line not in found}
    taken = set(found.values())
    found |= _moved_results(
        {line.id: line.text for line in by_id.values() if line.id not in taken}, loose
    )
    return {line: by_id[line_id] for line, line_id in found.items()}


def _moved_results(old: Mapping[str, str], new: Mapping[LinePlace, str]) -> dict[LinePlace, str]:
    """Lines that went to another action: the same words, once on each side, a result."""
    leaving = _by_text(old.items())
    arriving = _by_text(new.items())
    return {
        arriving[text][0]: line_ids[0]
        for text, line_ids in leaving.items()
        if len(line_ids) == 1
        and len(arriving.get(text, ())) == 1
        and recognise(text).kind in {"deliverable", "quantity"}
    }


def _draft_actions(
    axes: Sequence[DraftAxis],
) -> Iterator[tuple[ActionPlace, DraftAxis, DraftAction]]:
    for a, axis in enumerate(axes):
        for v, volet in enumerate(axis.volets):
            for n, action in enumerate(volet.actions):
                yield (a, v, n), axis, action


@dataclass(frozen=True, slots=True)
class _Item:
    text: str
    plain: str
    home: object


def _pair(
    old: Mapping[str, tuple[str, object]], new: Mapping[Place, tuple[str, object]]
) -> dict[Place, str]:
    """
    Pair new items with known ids, one to one. Each item is its text and its home (an axis for an
    action, a checkpoint for a line): the same words at home, the same words elsewhere, the
    nearest words at home, the nearest words elsewhere.
    """
    pairs: dict[Place, str] = {}
    left = {old_id: _Item(text, _plain(text), home) for old_id, (text, home) in old.items()}
    right = {place: _Item(text, _plain(text), home) for place, (text, home) in new.items()}

    def settle(found: Iterable[tuple[str, Place]]) -> None:
        for old_id, place in found:
            if old_id in left and place in right:
                pairs[place] = old_id
                del left[old_id], right[place]

    def same(key: Callable[[_Item], object]) -> tuple[tuple[str, Place], ...]:
        waiting = defaultdict(list)
        for old_id, item in reversed(left.items()):
            waiting[key(item)].append(old_id)
        return tuple(
            (waiting[key(item)].pop(), place) for place, item in right.items() if waiting[key(item)]
        )

    settle(same(lambda item: (item.text, item.home)))
    settle(same(lambda item: (item.plain, item.home)))
    settle(same(lambda item: item.plain))
    near = _near(left, right)
    settle([(i, place) for i, place in near if left[i].home == right[place].home])
    settle(near)
    return pairs


def _near(left: Mapping[str, _Item], right: Mapping[Place, _Item]) -> list[tuple[str, Place]]:
    """Pairs alike enough to be one text reworded, the most alike first."""
    found = []
    for place, new in right.items():
        likeness = SequenceMatcher(b=new.plain, autojunk=False)
        for old_id, old in left.items():
            likeness.set_seq1(old.plain)
            if (
                likeness.real_quick_ratio() >= REWORDED
                and likeness.quick_ratio() >= REWORDED
                and (ratio := likeness.ratio()) >= REWORDED
            ):
                found.append((-ratio, old_id, place))
    return [(old_id, place) for _, old_id, place in sorted(found, key=lambda pair: pair[0])]


def _by_text(items: Iterable[tuple[Place, str]]) -> dict[str, list[Place]]:
    by_text: dict[str, list[Place]] = defaultdict(list)
    for item, text in items:
        by_text[text].append(item)
    return by_text


def _plain(text: str) -> str:
    """The words alone: no case, accent, punctuation or spacing."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    letters = "".join(c for c in decomposed if not unicodedata.combining(c))
    return " ".join(re.findall(r"\w+", letters))
