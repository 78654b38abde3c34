"""
Which things that people typed are which things of the plan.

Titles decide here and nowhere else, because a person looks at the result and says yes: from
then on identity is the gid, the id field and the mark. Everything is one to one. What is not
plainly the nearest on both sides is a doubt, and a doubt is never taken.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from sync.core.adopt_fields import pair_fields, too_many_fields, unread_fields, wrong_kinds
from sync.core.desired import titles_of
from sync.core.fill import fill
from sync.core.marks import action_ref, indicator_ref, mark_in_notes, section_ref
from sync.core.pairing import Wanted, pair
from sync.model.adoption import Adoption, Answers, Match, Survey
from sync.model.operation import Ref
from sync.model.plan import Plan
from sync.model.rules import Rules
from sync.model.target import ObservedTask
from sync.wording import Text


def propose_adoption(plan: Plan, rules: Rules, survey: Survey, answers: Answers) -> Adoption:
    """Same inputs, same proposal. Answers count before anything is compared."""
    marked = {t.gid for t in _everything(survey) if mark_in_notes(t.notes) is not None}
    sections = pair(
        [Wanted(section_ref(volet.id), volet.title) for _, volet in plan.volets()],
        survey.sections,
        answers,
    )
    actions = pair(
        list(_actions(plan, survey, _links(sections))),
        [task for task in survey.tasks if task.gid not in marked],
        answers,
    )
    owned = _links(actions)
    lines: list[Match] = []
    for _, _, action in plan.actions():
        subtasks = survey.subtasks.get(owned.get(action_ref(action.id), ""), ())
        wanted = [
            Wanted(
                indicator_ref(indicator.id),
                indicator.text,
                frozenset(t.gid for t in subtasks if t.due_on == rules.checkpoint(cp).due),
            )
            for cp, indicator in action.all_indicators()
        ]
        lines += pair(wanted, [t for t in subtasks if t.gid not in marked], answers)
    fields = pair_fields(rules, survey, answers)
    taken = {*_links(actions).values(), *_links(lines).values()}
    return Adoption(
        project=survey.project,
        matches=(*sections, *_in_plan_order(plan, [*actions, *lines]), *fields),
        untouched=sum(task.gid not in taken for task in _everything(survey)),
        unread=unread_fields(rules, survey, fields),
        notes=(
            *_notes(marked),
            *wrong_kinds(rules, survey, fields),
            *too_many_fields(rules, survey),
        ),
    )


def _everything(survey: Survey) -> Iterator[ObservedTask]:
    yield from survey.tasks
    for tasks in survey.subtasks.values():
        yield from tasks


def _links(matches: Iterable[Match]) -> dict[Ref, str]:
    return {match.ref: match.gid for match in matches if match.gid is not None}


def _actions(plan: Plan, survey: Survey, sections: Mapping[Ref, str]) -> Iterator[Wanted]:
    for _, volet, action in plan.actions():
        place = sections.get(section_ref(volet.id))
        near = (t.gid for t in survey.tasks if place and place in t.homes.values())
        yield Wanted(action_ref(action.id), action.title, frozenset(near))


def _in_plan_order(plan: Plan, matches: Sequence[Match]) -> list[Match]:
    by_ref = {match.ref: match for match in matches}
    return [by_ref[ref] for ref in titles_of(plan) if ref in by_ref]


def _notes(marked: set[str]) -> Iterator[Text]:
    if marked:
        yield fill(
            Text(
                "{n:# tâche porte|# tâches portent} déjà une marque de Jalon : "
                "{n:laissée|laissées} de côté.",
                "{n:# task already carries|# tasks already carry} a mark of Jalon's: left alone.",
            ),
            {"n": len(marked)},
        )
