"""How many requests are sent again: three attempts each, and a tenth of them all."""

import pytest

from sync.adapters.asana.retries import Retries, jittered


@pytest.mark.parametrize(
    ("attempt", "repeats", "requests", "allowed"),
    [
        pytest.param(1, 0, 1, True, id="the first failure"),
        pytest.param(2, 0, 1, True, id="the second of one request"),
        pytest.param(3, 0, 1, False, id="never a fourth attempt"),
        pytest.param(1, 5, 5, True, id="six are always allowed"),
        pytest.param(1, 6, 5, False, id="a seventh is not"),
        pytest.param(1, 6, 69, False, id="below seventy, the share does not count"),
        pytest.param(1, 6, 70, True, id="a tenth of seventy is seven"),
        pytest.param(1, 7, 70, False, id="and not eight"),
        pytest.param(1, 99, 1_000, True, id="a hundred of a thousand"),
        pytest.param(1, 100, 1_000, False, id="and not one more"),
    ],
)
def test_the_budget_of_repeats(attempt: int, repeats: int, requests: int, allowed: bool) -> None:
    assert Retries().allow(attempt, repeats, requests) is allowed


def test_full_jitter_spreads_from_nothing_and_has_an_end() -> None:
    """Clients that failed together must not come back together."""
    assert jittered(1, 0.0) == 0.0
    assert [jittered(attempt, 1.0) for attempt in range(1, 7)] == [1, 2, 4, 8, 8, 8]
