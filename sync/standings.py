"""How far the publication of a plan has come at each target, before anything else is done."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Final

from sync.model.publication import Standing
from sync.ports import Publisher

AT_ONCE: Final = 8


def standings(publishers: Sequence[Publisher], plan_id: str) -> tuple[Standing | None, ...]:
    """
    In the order of the targets; None for one that does not tell, or not in time.

    All are asked at once: one that hangs costs its own short time and not the sum of theirs. One
    that rests after failures is asked as well: it may be back, and a store that is behind what
    was published there must be found out before Asana is touched.
    """
    if len(publishers) < 2:
        return tuple(one.standing(plan_id) for one in publishers)
    with ThreadPoolExecutor(min(len(publishers), AT_ONCE)) as hands:
        return tuple(hands.map(lambda one: one.standing(plan_id), publishers))
