"""
The order of the actions inside their section.

Where a create lands is not documented, so the order is read after it and mended once; from then
on people may sort as they like, and a difference is only reported.
"""

from collections.abc import Collection, Mapping, Sequence

from sync.core.chosen import carried_out, exactly
from sync.core.draft import Draft
from sync.core.marks import action_ref, section_ref
from sync.core.values import Comparable, Unseen
from sync.model.decision import Verdict
from sync.model.finding import Finding, Settlement
from sync.model.operation import PlaceTask, Ref


def propose_order(draft: Draft) -> None:
    project = draft.observed.projects.get("actions")
    if project is None:
        return
    rank = {gid: n for n, gid in enumerate(draft.observed.order.get("actions", ()))}
    for _, volet in draft.plan.volets():
        section = section_ref(volet.id)
        wanted = [action_ref(action.id) for action in volet.actions]
        if len(wanted) > 1 and all(_at_home(draft, r, project.gid, section, rank) for r in wanted):
            seen = sorted(wanted, key=lambda ref: rank[draft.gid(ref)])
            _compare(draft, section, f"« {volet.title} »", wanted, seen)


def _at_home(draft: Draft, ref: Ref, project: str, section: Ref, rank: Mapping[str, int]) -> bool:
    task = draft.observed.tasks.get(draft.gid(ref))
    if task is None or task.gid not in rank or not draft.exists(section):
        return False
    return task.homes.get(project) == draft.gid(section)


def _compare(
    draft: Draft, section: Ref, title: str, wanted: Sequence[Ref], seen: Sequence[Ref]
) -> None:
    plan, asana = " ".join(wanted), " ".join(seen)
    base = draft.baseline(section, "order")
    if plan == asana:
        draft.agree(section, "order", plan)
    elif not _sorted_by_people(base, seen, draft.memory.chosen.anew()):
        draft.decide(section, "order", Verdict.WRITE, base, plan, asana)
        _mend(draft, section, wanted, seen)
    else:
        names = {action_ref(action.id): action.title for _, _, action in draft.plan.actions()}
        facts: dict[str, str | int | None] = {
            "title": title,
            "field": "ordre",
            "plan": draft.shown(" · ".join(names[ref] for ref in wanted)),
            "asana": draft.shown(" · ".join(names[ref] for ref in seen)),
            "base": None,
            "exact": exactly(
                plan, asana, base, draft.memory.baselines.get((section, carried_out("order")))
            ),
        }
        found = Finding("field.drifted", f"{section}#order", facts)
        draft.findings.append(found)
        by = draft.memory.chosen.of(found)
        if by is not None and by.choice == "plan":
            draft.decide(section, "order", Verdict.SETTLE, base, plan, asana, by)
            _mend(draft, section, wanted, seen, by)


def _sorted_by_people(
    base: Comparable | Unseen, seen: Sequence[Ref], anew: Collection[Ref]
) -> bool:
    """
    Whether what was there before stands in another order.

    What the plan added, and what we created anew where a create lands, is nobody's sorting.
    """
    told = base.split() if isinstance(base, str) else []
    before = [ref for ref in told if ref not in anew]
    return [ref for ref in seen if ref in before] != [ref for ref in before if ref in seen]


def _mend(
    draft: Draft,
    section: Ref,
    wanted: Sequence[Ref],
    seen: Sequence[Ref],
    by: Settlement | None = None,
) -> None:
    """With `by`, the last placement is what carries the settlement out."""
    spent = {} if by is None else {(section, carried_out("order")): str(by.id)}
    first_wrong = next(n for n, (a, b) in enumerate(zip(wanted, seen, strict=True)) if a != b)
    for n in range(first_wrong, len(wanted)):
        draft.propose(
            PlaceTask(
                ref=wanted[n],
                role="actions",
                section=section,
                insert_after=wanted[n - 1] if n else None,
                lane=f"place:{section}",
            ),
            spent if n == len(wanted) - 1 else {},
        )
