"""
Pair things of the plan with things that people named, by their words, one to one.

The nearest pair is taken only where nothing else comes near on either side; what has a rival is
a doubt, and a doubt is never taken. What a person answered counts before all.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from sync.core.likeness import EXACT, likeness
from sync.model.adoption import Answers, Candidate, Match
from sync.model.operation import Ref

LIKELY: Final = 85.0
"""
Of Bécancour's 27 titles no two come nearer than 64, of the lines of one action no two nearer
than 76; a slip of one letter leaves a title above 96.
"""
WORTH_ASKING: Final = 60.0
MARGIN: Final = 8.0
"""How much farther off the second nearest must be, on either side, for the nearest to be plain."""
SHOWN: Final = 4


class Named(Protocol):
    """A task, a section, a field or an option: what has a gid and a name."""

    @property
    def gid(self) -> str: ...

    @property
    def name(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Wanted:
    """A thing of the plan; `near` are gids that stand where it would."""

    ref: Ref
    title: str
    near: frozenset[str] = frozenset()


def pair(wanted: Sequence[Wanted], things: Sequence[Named], answers: Answers) -> list[Match]:
    """One to one, the nearest pairs first; answered ones before all."""
    by_gid = {thing.gid: thing for thing in things}
    said = {one.ref: by_gid.get(answers[one.ref] or "") for one in wanted if one.ref in answers}
    taken = {thing.gid for thing in said.values() if thing is not None}
    free = [thing for thing in things if thing.gid not in taken]
    open_ = [one for one in wanted if one.ref not in said]
    scores = {one.ref: _ranked(one, free) for one in open_}
    chosen = _plain_pairs(open_, scores)
    given = set(chosen.values())

    def judge(one: Wanted) -> Match:
        if one.ref in said:
            return _answered(one, said[one.ref])
        gid = chosen.get(one.ref)
        left = [each for each in scores[one.ref] if each.gid == gid or each.gid not in given]
        return _judged(one, gid, tuple(left[:SHOWN]))

    return [judge(one) for one in wanted]


def _answered(one: Wanted, thing: Named | None) -> Match:
    if thing is None:
        return Match(one.ref, one.title, "none")
    candidate = Candidate(thing.gid, thing.name, likeness(one.title, thing.name))
    return Match(one.ref, one.title, "answered", thing.gid, (candidate,))


def _judged(one: Wanted, gid: str | None, nearest: tuple[Candidate, ...]) -> Match:
    if gid is not None:
        score = next(each.score for each in nearest if each.gid == gid)
        return Match(one.ref, one.title, "exact" if score == EXACT else "likely", gid, nearest)
    asked = tuple(each for each in nearest if each.score >= WORTH_ASKING)
    return Match(one.ref, one.title, "doubtful" if asked else "none", None, asked)


def _ranked(one: Wanted, things: Sequence[Named]) -> list[Candidate]:
    """The nearest first; of equals the one that stands in its place, then as listed."""
    found = [Candidate(t.gid, t.name, likeness(one.title, t.name)) for t in things]
    order = {thing.gid: n for n, thing in enumerate(things)}
    return sorted(found, key=lambda c: (-c.score, c.gid not in one.near, order[c.gid]))


def _plain_pairs(
    wanted: Sequence[Wanted], scores: Mapping[Ref, Sequence[Candidate]]
) -> dict[Ref, str]:
    """
    The pairs that nothing else comes near, on either side.

    Exact words are settled first, and what they take is nobody's rival any more. Among exact
    ones standing in the right place decides; among near ones it must be the words.
    """
    pairs: dict[Ref, str] = {}
    for floor in (EXACT, LIKELY):
        while True:
            fresh = dict(_round(wanted, scores, pairs, floor))
            if not fresh:
                break
            pairs |= fresh
    return pairs


def _round(
    wanted: Sequence[Wanted],
    scores: Mapping[Ref, Sequence[Candidate]],
    pairs: Mapping[Ref, str],
    floor: float,
) -> Iterator[tuple[Ref, str]]:
    used = set(pairs.values())
    near = {one.ref: one.near for one in wanted}
    free = {
        one.ref: [c for c in scores[one.ref] if c.gid not in used]
        for one in wanted
        if one.ref not in pairs
    }
    rivals: dict[str, list[tuple[float, Ref]]] = {}
    for ref, candidates in free.items():
        for candidate in candidates:
            rivals.setdefault(candidate.gid, []).append((candidate.score, ref))
    for ref, candidates in free.items():
        best = candidates[0] if candidates else None
        if best is None or best.score < floor:
            continue
        mine = [(c.score, c.gid in near[ref]) for c in candidates if c.gid != best.gid]
        theirs = [(s, best.gid in near[other]) for s, other in rivals[best.gid] if other != ref]
        here = best.gid in near[ref]
        if all(_farther(best.score, here, score, there) for score, there in (*mine, *theirs)):
            yield ref, best.gid


def _farther(best: float, here: bool, score: float, there: bool) -> bool:
    """Whether another pair is no rival: worse words, or the same words in a worse place."""
    if best == EXACT:
        return score < EXACT or (here and not there)
    return best - score >= MARGIN
