"""A write that was refused for good is held back until something changes, and what hangs on it."""

from dataclasses import replace
from typing import Any, Final

import pytest

from sync.core.refused import fact_of, fingerprint, sendable
from sync.model.operation import (
    AnyOperation,
    CreateSection,
    CreateTask,
    PlaceTask,
    SetParent,
    UpdateTask,
)

UPDATE: Final = UpdateTask(ref="action:A", builtins={"name": "Bureau"})
SECTION: Final = CreateSection(ref="section:1.1", role="actions", name="Gestion")


def create(ref: str, parent: str | None = None, **changes: Any) -> CreateTask:
    return CreateTask(
        ref=ref, name="", notes="", role="actions", section="section:1.1", parent=parent, **changes
    )


def remembered(*operations: AnyOperation) -> dict[str, str]:
    return {fact_of(one): fingerprint(one) for one in operations}


def test_a_refusal_is_remembered_by_what_is_written_and_to_what() -> None:
    assert fact_of(UPDATE) == "refused:UpdateTask action:A"
    assert len(fingerprint(UPDATE)) == 16
    assert fingerprint(UPDATE) == fingerprint(replace(UPDATE))
    assert fingerprint(UPDATE) != fingerprint(replace(UPDATE, builtins={"name": "Bureaux"}))


def test_nothing_refused_is_sent_in_its_order() -> None:
    assert sendable([SECTION, UPDATE], {}) == ((SECTION, UPDATE), ())
    assert sendable([], remembered(UPDATE)) == ((), ())


def test_what_was_refused_is_held_until_it_says_something_else() -> None:
    facts = remembered(UPDATE)
    assert sendable([UPDATE, SECTION], facts) == ((SECTION,), (UPDATE,))
    other = replace(UPDATE, builtins={"name": "Bureaux"})
    assert sendable([other], facts) == ((other,), ())


@pytest.mark.parametrize(
    ("refused", "hanging"),
    [
        pytest.param(
            SECTION,
            create("action:A", after=frozenset({"section:1.1", "project:actions"})),
            id="what must come after it",
        ),
        pytest.param(create("action:A"), create("indicator:I", "action:A"), id="its indicators"),
        pytest.param(
            create("action:A"), SetParent(ref="indicator:I", parent="action:A"), id="hung under it"
        ),
        pytest.param(
            SECTION,
            PlaceTask(ref="action:A", role="actions", section="section:1.1"),
            id="placed into it",
        ),
    ],
)
def test_what_hangs_on_a_refused_one_is_held_with_it(
    refused: AnyOperation, hanging: AnyOperation
) -> None:
    facts = remembered(refused)
    assert sendable([refused, UPDATE, hanging], facts) == ((UPDATE,), (refused, hanging))
    assert sendable([hanging, refused], facts) == ((hanging,), (refused,)), "not what came before"


def test_what_hangs_on_what_hangs_on_it_is_held_too() -> None:
    action = create("action:A", after=frozenset({"section:1.1"}))
    line = create("indicator:I", "action:A")
    assert sendable([SECTION, action, line], remembered(SECTION)) == ((), (SECTION, action, line))


def test_another_write_to_the_same_thing_is_sent() -> None:
    """A name that Asana refuses keeps no task from its place."""
    place = PlaceTask(ref="action:A", role="actions", section="section:1.1")
    after_itself = replace(place, after=frozenset({"action:A"}))
    assert sendable([UPDATE, after_itself], remembered(UPDATE)) == ((after_itself,), (UPDATE,))
