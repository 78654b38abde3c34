"""
Which tasks are written once more, when what was written first has been read again.

A task gets its assignee on its own, after all else; a subtask that people typed shows our fields,
and can be given their values, only once it stands in the companion project.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from sync.core.marks import action_ref
from sync.core.values import Comparable
from sync.model.operation import AnyOperation, CreateTask, PlaceTask, Ref, UpdateTask
from sync.model.rules import Rules
from sync.model.target import Observed, ProjectRole


def second_round(
    operations: Sequence[AnyOperation],
    rules: Rules,
    observed: Observed,
    gids: Mapping[Ref, str],
    baselines: Mapping[tuple[Ref, str], Comparable],
) -> Counter[ProjectRole]:
    """How many updates follow in each project, if all goes well."""
    answered_for = {
        action_ref(id_) for one in rules.directions if one.responsible for id_ in one.action_ids
    }
    mark = rules.mapping.role("jalon_id").key
    return Counter(
        {
            "actions": sum(
                ref in answered_for and (ref, "assignee") not in baselines
                for ref in _unassigned(operations, observed, gids)
            ),
            "indicators": sum(
                isinstance(each, PlaceTask) and each.arriving and (each.ref, mark) not in baselines
                for each in operations
            ),
        }
    )


def _unassigned(
    operations: Sequence[AnyOperation], observed: Observed, gids: Mapping[Ref, str]
) -> Iterable[Ref]:
    """What is made now, or updated now and nobody's; the assigning itself comes after it."""
    for each in operations:
        if isinstance(each, CreateTask):
            yield each.ref
        elif isinstance(each, UpdateTask) and "assignee" not in each.builtins:
            task = observed.tasks.get(gids.get(each.ref, ""))
            if task is not None and task.assignee_gid is None:
                yield each.ref
