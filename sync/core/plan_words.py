"""
Every word of a plan, which a publication shows as the city published it.

The plan is public already, so nothing in it is withheld; but who imports it should know that it
holds what looks private, for a correction of the plan is the only way to take it out.
"""

from collections.abc import Iterator

from sync.core.privacy import Private, private_parts
from sync.model.plan import Plan


def plan_words(plan: Plan) -> Iterator[tuple[str, str]]:
    """Each text, with the id of what it belongs to; an axis's by the plan's."""
    yield plan.id, plan.title
    for axis in plan.axes:
        yield plan.id, axis.title
        yield plan.id, axis.objective
    for _, volet in plan.volets():
        yield volet.id, volet.title
    for _, _, action in plan.actions():
        yield action.id, action.title
    for _, _, line in plan.indicators():
        yield line.id, line.text


def private_words(plan: Plan) -> Iterator[tuple[str, Private]]:
    for place, text in plan_words(plan):
        for part in private_parts(text):
            yield place, part
