"""What a store from before a withdrawal takes over from the publication, and what it does not."""

from collections.abc import Callable, Sequence

import pytest

from sync.core.commitments import leaf_of
from sync.core.withdrawal import withdrawn_since
from sync.model.record import SnapshotRecord
from tests.site.publication_samples import FRAUDS, erase_in_silence, history, withdrawn

OURS = history()[:3]


def test_a_text_that_was_withdrawn_by_decision_is_taken_over() -> None:
    published = withdrawn(history(), 2)
    found = withdrawn_since(OURS, published)
    assert found == {2: published[1].body}
    assert leaf_of(found[2]) == leaf_of(OURS[1].body)
    assert b"Note 2," not in found[2]


def test_a_text_that_nobody_decided_to_withdraw_is_not() -> None:
    assert withdrawn_since(OURS, erase_in_silence(history(), 2)) == {}


@pytest.mark.parametrize("fraud", FRAUDS)
def test_another_past_is_no_withdrawal(
    fraud: Callable[[Sequence[SnapshotRecord], int], list[SnapshotRecord]],
) -> None:
    assert withdrawn_since(OURS, fraud(history(), 2)) == {}


def test_a_store_that_knows_of_it_already_takes_nothing_over() -> None:
    published = withdrawn(history(), 2)
    assert withdrawn_since(published, published) == {}
    assert withdrawn_since(published, history()) == {}
