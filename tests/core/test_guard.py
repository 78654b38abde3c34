"""What the guard refuses whatever its size."""

import pytest

from sync.core.guard import guard_truth
from sync.errors import UnsafeChangeSet
from tests.core.test_amounts import achieved


def test_invented_and_real_data_never_follow_each_other() -> None:
    before = achieved()
    guard_truth(before, before)
    guard_truth(None, before)
    with pytest.raises(UnsafeChangeSet) as error:
        guard_truth(before, before.model_copy(update={"demonstration": False}))
    assert error.value.exit_code == 4
