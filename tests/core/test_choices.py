"""What the catalogue offers is what the code does."""

import inspect
from typing import get_args

import pytest

from sync.core import chosen, diff, reword
from sync.core.catalogue import CATALOGUE
from sync.core.choices import CHOICES
from sync.model.finding import Choice

ACTED_ON = {
    "plan": diff,
    "asana": reword,
    "recreate": chosen,
    "retire": chosen,
    "reinstate": chosen,
    "confirm": chosen,
    "correct": chosen,
    "duplicate": chosen,
}
"""Where each choice with an effect is read."""
AT_ITS_CAUSE = {"task.awaited", "task.blocked", "task.refused", "guard.held", "publish.failed"}


def test_every_choice_has_words_and_is_offered_somewhere() -> None:
    assert set(CHOICES) == set(get_args(Choice))
    assert {choice for entry in CATALOGUE.values() for choice in entry.choices} == set(CHOICES)


@pytest.mark.parametrize("choice", get_args(Choice))
def test_a_choice_has_an_effect_or_is_plainly_noted(choice: Choice) -> None:
    assert CHOICES[choice].noted == (choice not in ACTED_ON)
    if choice in ACTED_ON:
        assert f'"{choice}"' in inspect.getsource(ACTED_ON[choice])


def test_only_what_ends_at_its_cause_offers_nothing() -> None:
    assert {code for code, entry in CATALOGUE.items() if not entry.choices} == AT_ITS_CAUSE


@pytest.mark.parametrize(
    ("choice", "families"),
    [
        ("plan", {"field", "task"}),
        ("asana", {"field"}),
        ("recreate", {"task", "schema"}),
        ("confirm", {"status"}),
        ("duplicate", {"task"}),
        ("reinstate", {"action"}),
    ],
)
def test_a_choice_is_offered_only_where_it_means_something(
    choice: Choice, families: set[str]
) -> None:
    offered = {
        code.partition(".")[0] for code, entry in CATALOGUE.items() if choice in entry.choices
    }
    assert offered == families
