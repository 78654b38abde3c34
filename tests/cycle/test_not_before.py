"""When Asana asks for a longer pause than a cycle sleeps, everybody comes back after it."""

import contextlib

import pytest

from sync.core.rest import NOT_BEFORE
from sync.errors import NotYet, SyncError, TargetUnavailable
from tests.road import Road

AN_HOUR = {"kind": "status", "status": 429, "headers": {"Retry-After": "3600"}}


def refused_for_an_hour(road: Road, method: str, path: str) -> None:
    road.control.add_faults([{**AN_HOUR, "method": method, "path": path}])
    with contextlib.suppress(SyncError):
        road.cycle(full=True)
    (fault,) = road.control.faults()
    assert fault["fired"] == 1
    road.control.clear_faults()
    road.control.forget_requests()


@pytest.mark.parametrize(
    ("method", "path"),
    [
        pytest.param("GET", "/projects/*/tasks", id="a reading was refused"),
        pytest.param("POST", "/tasks", id="a creation was refused"),
        pytest.param("GET", "/tasks/*", id="the reading back of the first indicator was"),
    ],
)
def test_nobody_asks_before_the_stored_instant(road: Road, method: str, path: str) -> None:
    """Another process or a restarted one finds it in the store; refused requests count."""
    if method == "GET" and path.startswith("/projects"):
        road.cycle()
    refused_for_an_hour(road, method, path)
    assert road.store.cycles(1)[0].outcome == "partial"
    assert "3600 s" in (road.store.cycles(1)[0].reason or "")
    rows = len(road.store.cycles())
    road.reopen()

    road.wait(3590)
    for attempt in (road.cycle, road.propose):
        with pytest.raises(NotYet) as caught:
            attempt()
        assert isinstance(caught.value, TargetUnavailable)
        assert caught.value.exit_code == 5
        assert "1er février 2026 à 13:00:00" in caught.value.in_("fr")
        assert "2026-02-01 13:00:00" in caught.value.in_("en")
    assert road.control.requests()["requests"] == []
    assert len(road.store.cycles()) == rows, "a cycle that may not begin leaves no row"

    road.wait(20)
    assert road.cycle().outcome in ("ok", "partial")
    assert not road.store.facts()[NOT_BEFORE]


def test_a_pause_short_enough_to_sleep_through_is_not_remembered(road: Road) -> None:
    road.control.add_faults(
        [{"kind": "status", "status": 429, "headers": {"Retry-After": "30"}, "path": "/projects"}]
    )
    road.cycle()

    assert NOT_BEFORE not in road.store.facts()
