"""The hash of a stored row, and the sum over a set of them."""

from datetime import UTC, datetime, timedelta, timezone
from hashlib import sha256

import pytest

from sync.core.row_hash import NOTHING, row_hash, sum_with

LAST = f"{(1 << 256) - 1:064x}"
ONE, TWO, MANY = f"{1:064x}", f"{2:064x}", f"{0x1000:064x}"


@pytest.mark.usefixtures("far_away")
def test_the_hash_is_that_of_the_written_form() -> None:
    """Said in full once: rows that an older release hashed are checked by a newer one."""
    at = datetime(2026, 2, 16, 9, 30, tzinfo=timezone(timedelta(hours=-5)))
    body = rb'["jalon/rangee/1","links","p","action:A-1 \u00e9","2026-02-16T14:30:00+00:00"]'
    assert row_hash("links", "p", "action:A-1 é", at) == sha256(body).hexdigest()
    assert row_hash("links", "p", "action:A-1 é", at.astimezone(UTC)) == sha256(body).hexdigest()


@pytest.mark.parametrize(
    ("table", "values"),
    [("links", ("b", "a")), ("links", ("ab",)), ("links", ("a", "b", "")), ("mirror", ("a", "b"))],
)
def test_another_row_has_another_hash(table: str, values: tuple[str, ...]) -> None:
    assert row_hash(table, *values) != row_hash("links", "a", "b")


def test_half_a_character_has_a_hash() -> None:
    """Whether a database can hold it is asked of the database."""
    assert len(row_hash("links", "\ud800")) == 64


@pytest.mark.parametrize(
    ("before", "added", "removed", "after"),
    [
        (NOTHING, (), (), NOTHING),
        (NOTHING, (ONE, TWO), (), f"{3:064x}"),
        (NOTHING, (TWO, ONE, ONE), (), f"{4:064x}"),
        (TWO, (), (ONE,), ONE),
        (TWO, (f"{10:064x}",), (ONE, TWO), f"{9:064x}"),
        (TWO, (MANY,), (), f"{0x1002:064x}"),
        (f"{0x2003:064x}", (), (MANY,), f"{0x1003:064x}"),
        (LAST, (ONE,), (), NOTHING),
        (LAST, (TWO,), (), ONE),
        (NOTHING, (), (ONE,), LAST),
    ],
)
def test_the_sum_goes_with_what_came_and_what_went(
    before: str, added: tuple[str, ...], removed: tuple[str, ...], after: str
) -> None:
    assert sum_with(before, added=added, removed=removed) == after


def test_the_sum_of_nothing_more_is_the_sum_before() -> None:
    assert sum_with(TWO) == TWO
