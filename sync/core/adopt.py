"""
Which things that people typed are which things of the plan.

Titles decide here and nowhere else, because a person looks at the result and says yes: from
then on identity is the gid, the id field and the mark. Everything is one to one. What is not
plainly the nearest on both sides is a doubt, and a doubt is never taken.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeVar

from sync.core.desired import titles_of
from sync.core.likeness import EXACT, likeness
from sync.core.marks import (
    action_ref,
    field_ref,
    indicator_ref,
    mark_in_notes,
    option_ref,
    section_ref,
)
from sync.model.adoption import Adoption, Answers, Candidate, Match, Survey
from sync.model.mapping import FieldRule
from sync.model.operation import Ref
from sync.model.plan import Plan
from sync.model.rules import Rules
from sync.model.target import ObservedSection, ObservedTask
from sync.wording import Text

LIKELY: Final = 85.0
"""
Of Bécancour's 27 titles no two come nearer than 64, of the lines of one action no two nearer
than 76; a slip of one letter leaves a title above 96.
"""
WORTH_ASKING: Final = 60.0
MARGIN: Final = 8.0
"""How much farther off the second nearest must be, on either side, for the nearest to be plain."""
SHOWN: Final = 4

Thing = TypeVar("Thing", ObservedTask, ObservedSection)


@dataclass(frozen=True, slots=True)
class _Wanted:
    """A thing of the plan; `near` are gids that stand where it would."""

    ref: Ref
    title: str
    near: frozenset[str] = frozenset()


def propose_adoption(plan: Plan, rules: Rules, survey: Survey, answers: Answers) -> Adoption:
    """Same inputs, same proposal. Answers count before anything is compared."""
    marked = {t.gid for t in _everything(survey) if mark_in_notes(t.notes) is not None}
    sections = _match(
        [_Wanted(section_ref(volet.id), volet.title) for _, volet in plan.volets()],
        survey.sections,
        answers,
    )
    actions = _match(
        list(_actions(plan, survey, _links(sections))),
        [task for task in survey.tasks if task.gid not in marked],
        answers,
    )
    owned = _links(actions)
    lines: list[Match] = []
    for _, _, action in plan.actions():
        subtasks = survey.subtasks.get(owned.get(action_ref(action.id), ""), ())
        wanted = [
            _Wanted(
                indicator_ref(indicator.id),
                indicator.text,
                frozenset(t.gid for t in subtasks if t.due_on == rules.checkpoint(cp).due),
            )
            for cp, indicator in action.all_indicators()
        ]
        lines += _match(wanted, [t for t in subtasks if t.gid not in marked], answers)
    fields = list(_fields(rules, survey))
    taken = {*_links(actions).values(), *_links(lines).values()}
    return Adoption(
        project=survey.project,
        matches=(*sections, *_in_plan_order(plan, [*actions, *lines]), *fields),
        untouched=sum(task.gid not in taken for task in _everything(survey)),
        notes=tuple(_notes(marked)),
    )


def _everything(survey: Survey) -> Iterator[ObservedTask]:
    yield from survey.tasks
    for tasks in survey.subtasks.values():
        yield from tasks


def _links(matches: Iterable[Match]) -> dict[Ref, str]:
    return {match.ref: match.gid for match in matches if match.gid is not None}


def _actions(plan: Plan, survey: Survey, sections: Mapping[Ref, str]) -> Iterator[_Wanted]:
    for _, volet, action in plan.actions():
        place = sections.get(section_ref(volet.id))
        near = (t.gid for t in survey.tasks if place and place in t.homes.values())
        yield _Wanted(action_ref(action.id), action.title, frozenset(near))


def _in_plan_order(plan: Plan, matches: Sequence[Match]) -> list[Match]:
    by_ref = {match.ref: match for match in matches}
    return [by_ref[ref] for ref in titles_of(plan) if ref in by_ref]


def _match(wanted: Sequence[_Wanted], things: Sequence[Thing], answers: Answers) -> list[Match]:
    """One to one, the nearest pairs first; answered ones before all."""
    by_gid = {thing.gid: thing for thing in things}
    said = {one.ref: by_gid.get(answers[one.ref] or "") for one in wanted if one.ref in answers}
    taken = {thing.gid for thing in said.values() if thing is not None}
    free = [thing for thing in things if thing.gid not in taken]
    open_ = [one for one in wanted if one.ref not in said]
    scores = {one.ref: _ranked(one, free) for one in open_}
    chosen = _plain_pairs(open_, scores)
    given = set(chosen.values())

    def judge(one: _Wanted) -> Match:
        if one.ref in said:
            return _answered(one, said[one.ref])
        gid = chosen.get(one.ref)
        left = [each for each in scores[one.ref] if each.gid == gid or each.gid not in given]
        return _judged(one, gid, tuple(left[:SHOWN]))

    return [judge(one) for one in wanted]


def _answered(one: _Wanted, thing: ObservedTask | ObservedSection | None) -> Match:
    if thing is None:
        return Match(one.ref, one.title, "none")
    candidate = Candidate(thing.gid, thing.name, likeness(one.title, thing.name))
    return Match(one.ref, one.title, "answered", thing.gid, (candidate,))


def _judged(one: _Wanted, gid: str | None, nearest: tuple[Candidate, ...]) -> Match:
    if gid is not None:
        score = next(each.score for each in nearest if each.gid == gid)
        return Match(one.ref, one.title, "exact" if score == EXACT else "likely", gid, nearest)
    asked = tuple(each for each in nearest if each.score >= WORTH_ASKING)
    return Match(one.ref, one.title, "doubtful" if asked else "none", None, asked)


def _ranked(one: _Wanted, things: Sequence[Thing]) -> list[Candidate]:
    """The nearest first; of equals the one that stands in its place, then as listed."""
    found = [Candidate(t.gid, t.name, likeness(one.title, t.name)) for t in things]
    order = {thing.gid: n for n, thing in enumerate(things)}
    return sorted(found, key=lambda c: (-c.score, c.gid not in one.near, order[c.gid]))


def _plain_pairs(
    wanted: Sequence[_Wanted], scores: Mapping[Ref, Sequence[Candidate]]
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
    wanted: Sequence[_Wanted],
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


def _fields(rules: Rules, survey: Survey) -> Iterator[Match]:
    """Fields that the mapping says people already use, found by their exact name."""
    for rule in rules.mapping.fields:
        if not rule.existing:
            continue
        found = [f for f in survey.fields if f.name.strip() == rule.name.strip()]
        if len(found) != 1:
            yield Match(field_ref(rule.key), rule.name, "none")
            continue
        (one,) = found
        nearest = (Candidate(one.gid, one.name, EXACT),)
        yield Match(field_ref(rule.key), rule.name, "exact", one.gid, nearest)
        yield from _options(rule, {o.name.strip(): o.gid for o in one.options})


def _options(rule: FieldRule, by_name: Mapping[str, str]) -> Iterator[Match]:
    for option in rule.options:
        gid, ref = by_name.get(option.name.strip()), option_ref(rule.key, option.id)
        if gid is None:
            yield Match(ref, f"{rule.name} : {option.name}", "none")
        else:
            nearest = (Candidate(gid, option.name, EXACT),)
            yield Match(ref, f"{rule.name} : {option.name}", "exact", gid, nearest)


def _notes(marked: set[str]) -> Iterator[Text]:
    if marked:
        yield Text(
            f"{len(marked)} tâche(s) portent déjà une marque de Jalon : laissées de côté.",
            f"{len(marked)} task(s) already carry a mark of Jalon's: left alone.",
        )
