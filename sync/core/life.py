"""
The life of a finding, as one table: what happens to it × where it stands → where it stands then.

A cycle sees it as it was, sees it changed, or sees it no more; a person sees it, or settles it.
What a person made of it lasts while its facts do.
"""

from collections.abc import Mapping
from typing import Final, Literal

from sync.model.finding import FindingState

Event = Literal["sighted", "changed", "vanished", "read", "settled"]
Before = FindingState | None

LIFE: Final[Mapping[Event, Mapping[Before, FindingState]]] = {
    "sighted": {
        None: "open",
        "open": "open",
        "seen": "seen",
        "settled": "settled",
        "reopened": "reopened",
        "closed": "reopened",
    },
    "changed": {
        "open": "open",
        "seen": "reopened",
        "settled": "reopened",
        "reopened": "reopened",
        "closed": "reopened",
    },
    "vanished": {
        "open": "closed",
        "seen": "closed",
        "settled": "closed",
        "reopened": "closed",
        "closed": "closed",
    },
    "read": {"open": "seen", "seen": "seen", "reopened": "seen"},
    "settled": {
        "open": "settled",
        "seen": "settled",
        "settled": "settled",
        "reopened": "settled",
    },
}
"""What is not listed cannot happen: nobody settles what is closed, or sees what is settled."""


def follow(state: Before, event: Event) -> FindingState | None:
    """The next state; None where the event cannot happen to it."""
    return LIFE[event].get(state)


def sighting(state: Before, before: object, after: object) -> FindingState:
    """The state after a cycle saw it with these facts; `before` are those of the last sighting."""
    event: Event = "sighted" if state is None or before == after else "changed"
    return LIFE[event][state]
