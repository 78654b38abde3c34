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
