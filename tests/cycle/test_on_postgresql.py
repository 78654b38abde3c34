"""
Whole cycles on PostgreSQL: the very tests that run on SQLite, on a road whose store is there.

And what only a server can show: two processes on one plan, a log that its owner cannot rewrite.
"""

import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from sync.adapters.store import open_database
from sync.core.chain import Told, verify
from sync.errors import CycleBusy
from sync.sandbox.process import RunningSandbox
from tests.core.paper_asana import small_plan
from tests.cycle import (
    test_crashes,
    test_cycle,
    test_held,
    test_log_head,
    test_people,
    test_settled,
)
from tests.road import START, Road

pytestmark = pytest.mark.postgresql


@pytest.fixture
def road(sandbox: RunningSandbox, tmp_path: Path, postgres_url: str) -> Iterator[Road]:
    with Road(small_plan(), tmp_path, sandbox, database=postgres_url) as opened:
        yield opened


test_once = test_cycle.test_the_whole_road_once
test_quiet = test_cycle.test_a_second_cycle_writes_nothing_and_reads_by_events
test_head = test_log_head.test_each_cycle_tells_the_head_of_its_log_in_three_places
test_freeze = test_people.test_the_freeze_happens_once_and_what_follows_shows_beside_it
test_busy = test_people.test_two_cycles_at_once_on_one_plan_are_refused
test_settled_plan = test_settled.test_the_plan_s_value_is_written_once_and_the_finding_closes
test_settled_asana = test_settled.test_asana_s_words_become_a_dated_revision_and_the_old_ones_stay
test_yes = test_held.test_a_yes_lets_exactly_that_through_once_and_says_who_and_why


def test_a_manager_s_edit_survives_a_killed_cycle(road: Road) -> None:
    test_crashes.test_a_manager_s_edit_survives_a_killed_cycle(road, 16)


@pytest.mark.parametrize("at", [121, 358])
def test_a_cycle_killed_at_a_point_is_completed(road: Road, at: int) -> None:
    test_crashes.survive(road, at)


def test_the_log_of_a_cycle_verifies_and_its_owner_cannot_rewrite_it(
    road: Road, postgres_url: str
) -> None:
    road.cycle()
    head = road.store.log_head()
    with open_database(postgres_url) as database, database._engine.connect() as connection:
        for statement in (
            "UPDATE log SET reason_fr = 'autre'",
            "DELETE FROM log WHERE id = 1",
            "TRUNCATE log",
            "UPDATE frozen SET status = 'atteint'",
            "TRUNCATE snapshot",
        ):
            with pytest.raises(DBAPIError, match="is append-only"):
                connection.execute(text(statement))
            connection.rollback()
    assert verify(road.store.sealed_log(), [Told(head, "avant")]).faults == ()


HOLD = """
import sys
from datetime import datetime
from sync.adapters.store import open_database
store = open_database(sys.argv[1]).plan(sys.argv[2])
store.take_lease("mort", datetime.fromisoformat(sys.argv[3]), 300)
with store.transaction():
    store.note_fact("forme", "du mort")
    print("inside", flush=True)
    sys.stdin.readline()
"""


def test_the_lease_of_a_killed_process_is_taken_over_when_it_ends(
    road: Road, postgres_url: str
) -> None:
    """It dies inside a transaction: its locks go with it, and of what it wrote nothing stays."""
    words = [sys.executable, "-c", HOLD, postgres_url, road.plan.id, START.isoformat()]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"inside\n"
        process.kill()
    with pytest.raises(CycleBusy):
        road.cycle()
    road.wait(301)
    assert road.cycle().outcome == "ok"
    assert "forme" not in road.store.facts()
    assert road.marks() == road.expected_marks()


def test_of_processes_that_reach_for_the_lease_at_once_one_gets_it(postgres_url: str) -> None:
    """Each round the lease has just run out, and four connections try."""
    rounds, hands = 8, 4
    barrier = threading.Barrier(hands)
    taken: list[tuple[int, int]] = []

    def reach(name: str) -> None:
        with open_database(postgres_url) as database:
            for number in range(rounds):
                barrier.wait()
                try:
                    lease = database.plan("p").take_lease(
                        name, START + timedelta(minutes=number), 50
                    )
                except CycleBusy:
                    continue
                taken.append((number, lease.token))

    threads = [threading.Thread(target=reach, args=(f"h{n}",)) for n in range(hands)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(taken) == [(number, number + 1) for number in range(rounds)]
