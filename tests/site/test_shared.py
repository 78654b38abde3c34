"""A history is read as each of its snapshots is, in the time and the memory of its changes."""

import json

import pytest
from pydantic import ValidationError

from sync.core.changes import changes
from sync.model.snapshot import Snapshot
from sync.site.shared import snapshots
from tests.site.snapshot_samples import action, four_records, record_of, small


def test_each_snapshot_is_read_as_it_is_alone() -> None:
    bodies = [one.body for one in four_records()]
    assert list(snapshots(bodies)) == [Snapshot.model_validate_json(body) for body in bodies]


def test_what_says_the_same_is_one_value_and_what_does_not_is_another() -> None:
    one, other = action("a1", note="Une note."), action("a1", note="Une autre.")
    still = action("b1")
    told = [small(one, still), small(other, still, numero=2), small(one, still, numero=3)]
    first, second, third = snapshots(record_of(each).body for each in told)
    assert first.actions()[1] is second.actions()[1] is third.actions()[1]
    assert [each.actions()[0].note for each in (first, second, third)] == [
        "Une note.",
        "Une autre.",
        "Une note.",
    ]


def test_changes_between_shared_snapshots_are_those_between_any_two() -> None:
    bodies = [one.body for one in four_records()]
    alone = [Snapshot.model_validate_json(body) for body in bodies]
    shared = list(snapshots(bodies))
    for n in range(1, 4):
        assert changes(shared[n - 1], shared[n]) == changes(alone[n - 1], alone[n])


@pytest.mark.parametrize(
    "planted",
    [
        {"axes": None},
        {"axes": [{"volets": [{"actions": [{"titre": "Sans identifiant"}]}]}]},
        {"axes": [{"volets": [{"actions": ["texte"]}]}]},
        {"inconnu": 1},
    ],
    ids=str,
)
def test_what_is_no_snapshot_is_refused(planted: dict[str, object]) -> None:
    said = json.loads(four_records()[0].body)
    with pytest.raises(ValidationError):
        list(snapshots([json.dumps(said | planted).encode()]))


def test_an_action_that_holds_more_than_it_may_is_refused() -> None:
    said = json.loads(record_of(small(action("a1"))).body)
    said["axes"][0]["volets"][0]["actions"][0]["assignee"] = "x"
    with pytest.raises(ValidationError):
        list(snapshots([json.dumps(said).encode()]))
