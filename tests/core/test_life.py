"""The whole table of a finding's life: every event on every state."""

from itertools import product
from typing import get_args

import pytest

from sync.core.life import Before, Event, follow, sighting
from sync.model.finding import FindingState

STATES: tuple[Before, ...] = (None, *get_args(FindingState))
EVENTS: tuple[Event, ...] = get_args(Event)
BY_A_CYCLE: tuple[Event, ...] = ("sighted", "changed", "vanished")


@pytest.mark.parametrize(
    ("event", "expected"),
    [
        # None        open       seen        settled     reopened    closed
        ("sighted", ["open", "open", "seen", "settled", "reopened", "reopened"]),
        ("changed", [None, "open", "reopened", "reopened", "reopened", "reopened"]),
        ("vanished", [None, "closed", "closed", "closed", "closed", "closed"]),
        ("read", [None, "seen", "seen", None, "seen", None]),
        ("settled", [None, "settled", "settled", "settled", "settled", None]),
    ],
)
def test_the_whole_table(event: Event, expected: list[str | None]) -> None:
    """None: it cannot happen. What a person made of it lasts while its facts do."""
    states: tuple[Before, ...] = (None, "open", "seen", "settled", "reopened", "closed")
    assert [follow(state, event) for state in states] == expected


def test_a_cycle_always_finds_a_next_state_and_a_person_never_moves_what_is_closed() -> None:
    for state, event in product(STATES[1:], BY_A_CYCLE):
        assert follow(state, event) is not None
    assert follow("closed", "read") is None
    assert follow("closed", "settled") is None


def test_only_other_facts_reopen_what_a_person_answered() -> None:
    assert sighting("settled", {"asana": "a"}, {"asana": "a"}) == "settled"
    assert sighting("settled", {"asana": "a"}, {"asana": "b"}) == "reopened"
    assert sighting("seen", {"asana": "a"}, {"asana": "b"}) == "reopened"
    assert sighting(None, None, {"asana": "b"}) == "open"
