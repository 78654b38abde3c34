"""Which tasks may have been written by two at once."""

import pytest

from sync.core.races import STORY, Written, suspects
from sync.model.target import Edit

OURS = [Written("action:A1-01", "name", "vu", "mis")]
US, THEM = "1", "2"


@pytest.mark.parametrize(
    ("edits", "suspected"),
    [
        pytest.param([("name", US)], False, id="what we wrote"),
        pytest.param([("name", US), ("name", THEM)], True, id="two authors of one field"),
        pytest.param([("name", US), ("completed", THEM)], True, id="two authors of the task"),
        pytest.param([("name", US), (STORY, THEM)], True, id="told by the history alone"),
        pytest.param([("name", US), ("name", US)], True, id="once more than we wrote"),
        pytest.param([("name", ""), ("name", "")], True, id="authors left out"),
        pytest.param([("name", US), (STORY, US)], False, id="our own story"),
        pytest.param([("odd", US)], True, id="a field that Asana calls otherwise"),
    ],
)
def test_more_than_jalon_did_is_a_suspicion(edits: list[tuple[str, str]], suspected: bool) -> None:
    told = [Edit("7", field, by) for field, by in edits]
    assert suspects(told, {"7": OURS}) == (("7",) if suspected else ())


def test_a_lost_answer_is_one_by_itself() -> None:
    assert suspects([], {"7": [Written("action:A1-01", "name", "vu", lost=True)]}) == ("7",)


def test_a_task_never_seen_before_its_lost_write_is_none() -> None:
    """Nothing of it was seen, so that nothing can be held against its history."""
    assert suspects([Edit("7", "assignee", US), Edit("7", "name", THEM)], {"7": []}) == ()
