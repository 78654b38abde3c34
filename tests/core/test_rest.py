"""Until when Asana is left alone."""

from datetime import UTC, datetime, timedelta

import pytest

from sync.core.rest import not_before, waiting_until

NOW = datetime(2026, 2, 10, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("seconds", "until"),
    [
        pytest.param(3600.0, NOW + HOUR, id="an hour"),
        pytest.param(1e300, NOW + 24 * HOUR, id="whatever is asked, at most a day"),
        pytest.param(0.0, None, id="nothing"),
        pytest.param(-5.0, None, id="less than nothing"),
    ],
)
def test_what_is_remembered_is_waited_for(seconds: float, until: datetime | None) -> None:
    remembered = not_before(NOW, seconds)

    assert waiting_until(remembered, NOW) == until
    assert waiting_until(remembered, NOW + 24 * HOUR) is None, "then it is over"


def test_what_the_budget_knows_holds_where_nothing_is_remembered() -> None:
    """And afterwards: another plan on the token may have been asked for more."""
    remembered = not_before(NOW, 3600)

    assert waiting_until(None, NOW, resting=60) == NOW + timedelta(seconds=60)
    assert waiting_until(remembered, NOW, resting=7200) == NOW + HOUR
    assert waiting_until(remembered, NOW + HOUR, resting=3600) == NOW + 2 * HOUR


def test_a_clock_put_back_does_not_stop_the_service_for_longer_than_a_day() -> None:
    remembered = not_before(NOW, 3600)

    assert waiting_until(remembered, NOW - 30 * 24 * HOUR) is None


@pytest.mark.parametrize(
    ("seconds", "kept"),
    [
        pytest.param(0.2, 1, id="up to a whole second"),
        pytest.param(1.0, 1, id="one"),
        pytest.param(86_399.5, 86_400, id="a day, all but"),
        pytest.param(86_401.0, 86_400, id="more than a day"),
    ],
)
def test_whole_seconds_are_kept_in_a_form_that_can_be_stored(seconds: float, kept: int) -> None:
    assert not_before(NOW, seconds) == (NOW + timedelta(seconds=kept)).isoformat()


def test_nothing_to_wait_for_is_the_empty_text() -> None:
    assert not_before(NOW, 0) == ""
    assert waiting_until("", NOW) is None
    assert waiting_until(None, NOW) is None


@pytest.mark.parametrize(
    ("offset", "waits"),
    [
        pytest.param(timedelta(seconds=0), False, id="now is over"),
        pytest.param(timedelta(seconds=1), True, id="a moment from now"),
        pytest.param(24 * HOUR, True, id="a day from now"),
        pytest.param(24 * HOUR + timedelta(seconds=1), False, id="longer than we ever wait"),
    ],
)
def test_until_when_it_is_waited(offset: timedelta, *, waits: bool) -> None:
    until = NOW + offset
    assert waiting_until(until.isoformat(), NOW) == (until if waits else None)
