"""
What the first cycle after a recovery may not do without a person's yes.

A recovered store cannot tell a task that was never made from one that people removed, nor a
status that was settled from one that fell. (What was frozen, `guard_frozen` holds at any time.) So
nothing is created, and nothing that was published turns back, before somebody looked. The rule
holds for one change set and is gone with it.
"""

from collections.abc import Iterator

from sync.core.marks import action_ref, indicator_ref
from sync.core.view import View
from sync.model.guarding import Alarm
from sync.model.operation import (
    CreateField,
    CreateOption,
    CreateProject,
    CreateSection,
    CreateTask,
)
from sync.model.progress import Status
from sync.model.snapshot import PublicAction, PublicStanding, Snapshot
from sync.wording import Text

_CREATES = (CreateProject, CreateSection, CreateField, CreateOption, CreateTask)
_GOOD = {Status.ACHIEVED, Status.ACHIEVED_LATE, Status.CONTINUOUS}
_NO_FALL = {Status.RETIRED, Status.NOT_APPLICABLE}
_NAMED = 5


def after_recovery(
    view: View, known: int, before: Snapshot | None, after: Snapshot
) -> tuple[Alarm, ...]:
    """`known` is how many tasks the store knows."""
    return (*_creations(view, known), *_turned_back(before, after))


def _creations(view: View, known: int) -> Iterator[Alarm]:
    made = sorted(op.ref for op in view.changes.operations if isinstance(op, _CREATES))
    if made:
        named = ", ".join(made[:_NAMED]) + ("…" if len(made) > _NAMED else "")
        where = Text(named, named)
        yield Alarm("creations after a recovery", len(made), known, 0, tuple(made), where)


def _turned_back(before: Snapshot | None, after: Snapshot) -> Iterator[Alarm]:
    if before is None:
        return
    told = tuple(_differences(before, after))
    if told:
        named = ", ".join(told[:_NAMED]) + ("…" if len(told) > _NAMED else "")
        known = len(before.actions())
        yield Alarm("page after a recovery", len(told), known, 0, told, Text(named, named))


def _differences(before: Snapshot, after: Snapshot) -> Iterator[str]:
    """What was published and would be gone, other words, or less than it was."""
    if before.plan.revision > after.plan.revision:
        yield "plan"
    same_plan = before.plan.revision == after.plan.revision
    if same_plan and _headings(before) != _headings(after):
        yield "plan"
    new = {action.id: action for action in after.actions()}
    for was in before.actions():
        now = new.get(was.id)
        if now is None:
            if same_plan:
                yield action_ref(was.id)
            continue
        if same_plan and was.titre != now.titre:
            yield f"{action_ref(was.id)}#name"
        for checkpoint_id, then in was.jalons.items():
            yield from _standing(was, checkpoint_id, then, now.jalons.get(checkpoint_id), same_plan)


def _headings(snapshot: Snapshot) -> list[object]:
    return [
        snapshot.plan.titre,
        *((axis.numero, axis.titre, axis.objectif) for axis in snapshot.axes),
        *((volet.id, volet.titre) for axis in snapshot.axes for volet in axis.volets),
    ]


def _standing(
    action: PublicAction,
    checkpoint_id: str,
    was: PublicStanding,
    now: PublicStanding | None,
    same_plan: bool,
) -> Iterator[str]:
    subject = f"{action_ref(action.id)}#{checkpoint_id}"
    if now is None:
        yield subject
        return
    lost_ruling = was.selon == "reglement" and (was.etat, was.regle_le) != (now.etat, now.regle_le)
    fallen = was.etat in _GOOD and now.etat not in _GOOD | _NO_FALL
    if lost_ruling or fallen:
        yield subject
    lines = {line.id: line for line in now.indicateurs}
    for line in was.indicateurs:
        here = lines.get(line.id)
        gone = here is None or here.texte != line.texte or here.cible != line.cible
        undone = here is not None and line.fait and not here.fait
        if (gone and same_plan) or undone:
            yield indicator_ref(line.id)
