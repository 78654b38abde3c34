"""
Answers that went with their field: Asana deletes a field with all that was typed in it.

A field that stands in the place of a deleted one is empty on every task, and nobody emptied it.
Which fields of which tasks that holds of is remembered beside the baselines, until each says
something again.
"""

from collections.abc import Collection, Iterator, Mapping

from sync.core.marks import is_task, plain_id
from sync.core.values import Comparable
from sync.model.operation import Ref

Answer = tuple[Ref, str]


def lost_with(name: str) -> str:
    """Where the baselines remember that the answer in this field went with it."""
    return f"{name}?"


def answers_in(key: str, baselines: Mapping[Answer, Comparable]) -> Iterator[Answer]:
    """The tasks in which this field held something when it was last read."""
    for (ref, name), value in baselines.items():
        if name == key and value is not None and is_task(ref):
            yield ref, name


def lost_answers(
    baselines: Mapping[Answer, Comparable], remade: Collection[Ref]
) -> frozenset[Answer]:
    """What is remembered, and all that the fields which are `remade` now had held."""
    remembered = {
        (ref, name[:-1])
        for (ref, name), value in baselines.items()
        if name[-1:] == "?" and value is not None
    }
    return frozenset(remembered.union(*(answers_in(plain_id(ref), baselines) for ref in remade)))
