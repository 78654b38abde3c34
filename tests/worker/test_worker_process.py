"""
Real workers, a real sandbox, real signals.

What is at stake each time is the same: never two cycles at once on one plan, and one task per
action whatever is killed.
"""

import json
import shutil
import signal
import sqlite3
import subprocess
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from sync.adapters.store import open_database
from sync.errors import StoreRefused
from sync.model.record import CycleRecord
from sync.sandbox.process import RunningSandbox, sandbox_process
from sync.worker.health import FILE, read_health
from tests.cli.town import Town

PATIENCE = 30
LATENCY = 0.06


@pytest.fixture(scope="module")
def running() -> Iterator[RunningSandbox]:
    with sandbox_process() as process:
        yield process


@pytest.fixture
def sandbox(running: RunningSandbox) -> RunningSandbox:
    running.control.reset()
    return running


@pytest.fixture
def town(tmp_path: Path, sandbox: RunningSandbox) -> Town:
    found = Town(tmp_path)
    found.settle()
    found.connect(sandbox)
    return found


@contextmanager
def worker(town: Town, *words: str) -> Iterator["subprocess.Popen[str]"]:
    process = town.start("worker", *words)
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def until(what: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not what():
        assert time.monotonic() < deadline, "it never happened"
        time.sleep(0.02)


def finish(process: "subprocess.Popen[str]") -> tuple[int, list[dict[str, Any]]]:
    """Its exit code and its log."""
    out, err = process.communicate(timeout=PATIENCE)
    assert "Traceback" not in err
    return process.returncode, [json.loads(line) for line in out.splitlines()]


def cycles(town: Town) -> tuple[CycleRecord, ...]:
    """Oldest first."""
    with open_database(f"sqlite:///{town.state / 'jalon.db'}", migrate=False) as database:
        return database.plan("petit-plan").cycles()[::-1]


def ended(town: Town, outcome: str = "ok") -> int:
    try:
        return sum(cycle.outcome == outcome for cycle in cycles(town))
    except StoreRefused:
        return 0  # not made yet


def marks(sandbox: RunningSandbox) -> Counter[str]:
    """How many live tasks carry each id."""
    tasks = sandbox.control.dump()["tasks"].values()
    found = (task["fields"].get("Jalon id") for task in tasks if not task["trashed"])
    return Counter(mark for mark in found if mark)


def assert_one_task_each(sandbox: RunningSandbox) -> None:
    assert marks(sandbox) == Counter(
        f"petit-plan/{id_}"
        for id_ in (
            "A1-01",
            "A1-02",
            "A1-01-mi-chemin-1",
            "A1-01-finalite-1",
            "A1-02-mi-chemin-1",
        )
    )


def posts(sandbox: RunningSandbox) -> int:
    return int(sandbox.control.requests()["by_method"].get("POST", 0))


def sync_two_days_later(town: Town) -> int:
    """By then the lease of the dead has run out, and a create without an answer is given up."""
    later = datetime.now(UTC) + timedelta(days=2)
    return town.run("sync", "--full", "--as-of", f"{later:%Y-%m-%d}").returncode


def test_a_worker_provisions_at_its_start_and_stops_cleanly(
    town: Town, sandbox: RunningSandbox
) -> None:
    """The log is JSON lines that name plan and cycle; the health file tells the end."""
    with worker(town) as process:
        until(lambda: ended(town) == 1)
        until(
            lambda: (
                (h := read_health(town.state / FILE)) is not None
                and bool(h.plans["petit-plan"].last_ended_at)
            )
        )
        assert town.run("health").returncode == 0
        process.send_signal(signal.SIGTERM)
        code, log = finish(process)
    assert code == 0
    assert_one_task_each(sandbox)
    events = [line["event"] for line in log]
    assert events[0] == "worker.started"
    assert events[-1] == "worker.stopped"
    finished = next(line for line in log if line["event"] == "cycle.finished")
    assert finished["plan"] == "petit-plan"
    assert finished["cycle"] == cycles(town)[0].id
    assert not any(sandbox.token in json.dumps(line) for line in log)
    assert town.run("health").returncode == 1


def test_two_workers_never_run_two_cycles_at_once(town: Town, sandbox: RunningSandbox) -> None:
    """They have the same schedule and the same store; the lease and the slots tell them apart."""
    sandbox.control.set_latency(LATENCY)
    with worker(town, "--every", "1") as one, worker(town, "--every", "1") as other:
        until(lambda: ended(town) >= 3)
        one.send_signal(signal.SIGTERM)
        other.send_signal(signal.SIGTERM)
        logs = [finish(process)[1] for process in (one, other)]
    assert_one_task_each(sandbox)
    ran = cycles(town)
    for before, after in pairwise(ran):
        assert before.ended_at is not None
        assert before.ended_at <= after.started_at
    assert {cycle.outcome for cycle in ran} == {"ok"}
    elsewhere = [line["event"] for log in logs for line in log]
    assert {"cycle.busy", "slot.taken"} & set(elsewhere)
    with closing(sqlite3.connect(town.state / "jalon.db")) as database:
        (starts,) = database.execute("SELECT count(*) FROM cycle WHERE slot IS NULL").fetchone()
    assert starts <= 2, "only the first cycle of each worker belongs to no slot"


def test_sigterm_lets_a_cycle_finish(town: Town, sandbox: RunningSandbox) -> None:
    sandbox.control.set_latency(LATENCY)
    with worker(town, "--grace", "25") as process:
        until(lambda: posts(sandbox) >= 3)
        process.send_signal(signal.SIGTERM)
        code, _ = finish(process)
    assert code == 0
    assert [cycle.outcome for cycle in cycles(town)] == ["ok"]
    assert_one_task_each(sandbox)


def test_after_its_grace_a_cycle_is_broken_off_and_the_next_completes_it(
    town: Town, sandbox: RunningSandbox
) -> None:
    """The lease is given back: whoever starts next need not wait for it to run out."""
    sandbox.control.set_latency(0.3)
    with worker(town, "--grace", "0.1") as process:
        until(lambda: posts(sandbox) >= 6)
        process.send_signal(signal.SIGTERM)
        code, log = finish(process)
    assert code == 0
    assert log[-1]["event"] == "worker.stopped"
    assert cycles(town)[0].outcome in ("failed", "abandoned")
    with open_database(f"sqlite:///{town.state / 'jalon.db'}", migrate=False) as database:
        store = database.plan("petit-plan")
        store.release_lease(store.take_lease("test", datetime.now(UTC), 1))
    sandbox.control.set_latency(0)
    assert sync_two_days_later(town) == 0
    assert_one_task_each(sandbox)


@pytest.mark.parametrize(
    "after_posts",
    [
        pytest.param(2, marks=pytest.mark.night),
        8,
        pytest.param(20, marks=pytest.mark.night),
        pytest.param(34, marks=pytest.mark.night),
    ],
)
def test_kill_9_in_a_cycle_leaves_something_that_a_later_one_completes(
    town: Town, sandbox: RunningSandbox, after_posts: int
) -> None:
    sandbox.control.set_latency(0.05)
    with worker(town) as process:
        until(lambda: posts(sandbox) >= after_posts or ended(town) == 1)
        process.kill()
        process.communicate()
    sandbox.control.set_latency(0)
    assert sync_two_days_later(town) == 0
    assert_one_task_each(sandbox)
    assert [c.outcome for c in cycles(town)][-1] == "ok"
    assert all(c.outcome for c in cycles(town))


def test_an_outage_is_told_when_it_begins_and_when_it_ends(
    town: Town, sandbox: RunningSandbox
) -> None:
    """Not at each tick; and the worker outlives it by itself."""
    town.run("sync")
    sandbox.control.add_fault("status", method="GET", path="**", nth=1, times=2, status=403)
    with worker(town, "--every", "1") as process:
        until(lambda: ended(town) >= 3)
        process.send_signal(signal.SIGTERM)
        code, log = finish(process)
    assert code == 0
    told = [line["event"] for line in log if line["event"].startswith("outage.")]
    assert told == ["outage.started", "outage.ended"]


def test_a_pause_that_asana_asked_for_is_kept(town: Town, sandbox: RunningSandbox) -> None:
    """Knocking on would cost rejected requests, which count against the limit too."""
    town.run("sync")
    sandbox.control.forget_requests()
    sandbox.control.add_fault(
        "status", method="GET", path="**", times=50, status=429, headers={"Retry-After": "3600"}
    )
    with worker(town, "--every", "1") as process:
        until(lambda: ended(town, "partial") == 1)
        time.sleep(1.5)
        process.send_signal(signal.SIGTERM)
        finish(process)
    assert len(cycles(town)) == 2
    assert sum(sandbox.control.requests()["by_method"].values()) == 1


def test_a_pause_outlives_the_process_that_was_asked_for_it(
    town: Town, sandbox: RunningSandbox
) -> None:
    """A worker started again sends nothing before then, and has no outage to tell of."""
    town.run("sync")
    sandbox.control.add_fault("too_many_huge", "GET")
    refused = town.run("sync")
    assert refused.returncode == 5
    sandbox.control.clear_faults()
    sandbox.control.forget_requests()
    rows = len(cycles(town))
    shutil.rmtree(town.state / "asana")  # as on another machine: only the store remembers

    assert town.run("doctor").returncode != 0
    for words in (("sync",), ("diff",), ("sync", "--json")):
        told = town.run(*words)
        assert told.returncode == 5
        assert "Asana a demandé d’attendre" in told.stdout + told.stderr
    english = town.run("sync", "--lang", "en")
    assert "nothing is asked of it before" in english.stderr
    health = town.state / FILE
    with worker(town, "--every", "1") as process:
        until(lambda: health.exists() and last_outcome(health) == "waiting")
        process.send_signal(signal.SIGTERM)
        code, log = finish(process)
    assert code == 0
    events = [line["event"] for line in log]
    assert events.count("cycle.postponed") == 1
    assert not [event for event in events if event.startswith(("outage.", "cycle.s", "cycle.f"))]
    assert len(cycles(town)) == rows
    assert sandbox.control.requests()["requests"] == []


def last_outcome(health: Path) -> str | None:
    read = read_health(health)
    return read.plans["petit-plan"].outcome if read else None
