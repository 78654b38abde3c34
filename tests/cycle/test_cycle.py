"""One cycle against the sandbox process, through the real SDK, SQLite and the folder."""

import json
from datetime import timedelta

from tests.road import START, Road


def test_the_whole_road_once(road: Road) -> None:
    report = road.cycle()
    assert report.outcome == "ok"
    assert road.marks() == road.expected_marks()
    latest = json.loads((road.public / "dernier.json").read_bytes())
    assert latest["numero"] == 1
    assert latest["demonstration"] is True


def test_a_second_cycle_writes_nothing_and_reads_by_events(road: Road) -> None:
    """Promise 3, and a quiet cycle in at most two requests."""
    road.cycle()
    road.control.forget_requests()
    report = road.cycle()
    assert road.writes() == 0
    assert not report.full_read
    assert sum(report.requests.values()) <= 2, "even right after everything was made"
    road.control.forget_requests()
    report = road.cycle()
    assert (road.writes(), dict(report.requests)) == (0, {"GET /events": 1})
    assert report.operations == {}
    assert not report.snapshot_is_new
    assert timedelta(0) <= road.clock.now() - START
