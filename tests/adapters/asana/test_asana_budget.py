"""What all who use one token may send together, whoever they are and whatever their clocks do."""

import base64
import multiprocessing
import os
import signal
import threading
from contextlib import ExitStack
from pathlib import Path

import pytest
from filelock import FileLock
from structlog.testing import capture_logs

from sync.adapters.asana.budget import LONGEST_REST, MOST_IN_FLIGHT, Budget, budget_folder

TOKEN = "2/1199000000000/canari-du-jeton"
URL = "https://app.asana.com/api/1.0"
START = 1_772_000_000.0


class Ticks:
    """Seconds of a clock that the test moves."""

    def __init__(self) -> None:
        self.at = START

    def __call__(self) -> float:
        return self.at


@pytest.fixture
def ticks() -> Ticks:
    return Ticks()


def granted(budget: Budget, times: int) -> int:
    return sum(budget.ask() == 0 for _ in range(times))


@pytest.mark.parametrize("shared", [False, True], ids=["alone", "in a folder"])
def test_half_the_quota_leaves_in_half_a_minute_and_the_rest_waits(
    tmp_path: Path, ticks: Ticks, shared: bool
) -> None:
    budget = Budget(150, folder=tmp_path if shared else None, ticks=ticks)

    assert granted(budget, 100) == 75
    wait = budget.ask()
    assert 30 < wait <= 31.001, "nobody waits longer than half a minute and the second kept back"
    ticks.at += wait
    assert granted(budget, 100) == 75
    budget.close()


def test_without_a_quota_nothing_is_counted() -> None:
    assert granted(Budget(), 10_000) == 10_000


def test_two_budgets_on_one_folder_are_one(tmp_path: Path, ticks: Ticks) -> None:
    one, other = (Budget(20, folder=tmp_path, ticks=ticks) for _ in range(2))

    assert granted(one, 7) == 7
    assert granted(other, 7) == 3
    assert one.ask() > 0
    one.close()
    other.close()


def ask_often(folder: Path, times: int, all_ready: threading.Barrier) -> int:
    budget = Budget(1_000, folder=folder, ticks=lambda: START)
    try:
        all_ready.wait(30)
        return granted(budget, times)
    finally:
        budget.close()


def test_processes_that_ask_at_once_get_no_more_and_no_less_than_the_quota(tmp_path: Path) -> None:
    """A count that two could read before either wrote would let both through."""
    spawn = multiprocessing.get_context("spawn")
    with spawn.Manager() as manager, spawn.Pool(3) as pool:
        all_ready = manager.Barrier(3)
        got = pool.starmap(ask_often, [(tmp_path, 400, all_ready)] * 3)

    assert sum(got) == 500


def hold_a_place(folder: str, ready: str) -> None:
    budget = Budget(1_000, folder=Path(folder))
    budget.ask()
    with budget.place("writes"):
        Path(ready).touch()
        signal.pause()


def test_a_process_that_is_killed_leaves_no_place_taken_and_no_door_shut(tmp_path: Path) -> None:
    """A lock that outlives its holder would silence everybody for ever."""
    folder, ready = tmp_path / "budget", tmp_path / "ready"
    process = multiprocessing.get_context("spawn").Process(
        target=hold_a_place, args=(str(folder), str(ready))
    )
    process.start()
    while not ready.exists():
        assert process.is_alive()
    budget = Budget(1_000, folder=folder)
    with budget.place("writes") as placed:
        assert placed
        assert (folder / "writes-1").exists(), "the first place was the other's"
    assert process.pid is not None
    os.kill(process.pid, signal.SIGKILL)
    process.join()

    assert budget.ask() == 0
    (folder / "writes-1").unlink()
    with budget.place("writes") as placed:
        assert placed
        assert not (folder / "writes-1").exists(), "the first place is free again"
    budget.close()


@pytest.mark.parametrize("way", ["reads", "writes"])
def test_a_machine_has_no_more_places_in_flight_than_asana_gives_a_token(
    tmp_path: Path, way: str
) -> None:
    """Fifty readings and fifteen writings, however many processes share the token."""
    budgets = [Budget(1_000, folder=tmp_path) for _ in range(4)]
    with ExitStack() as held:
        placed = [
            held.enter_context(budgets[n % 4].place(way))  # type: ignore[arg-type]
            for n in range(MOST_IN_FLIGHT[way] + 3)  # type: ignore[index]
        ]
    assert sum(placed) == {"reads": 50, "writes": 15}[way]
    for budget in budgets:
        budget.close()


def test_a_limit_that_one_learns_quiets_the_others(tmp_path: Path, ticks: Ticks) -> None:
    """Each would else be refused by itself, and refused requests count."""
    one, other = (Budget(folder=tmp_path, ticks=ticks) for _ in range(2))
    one.rest(90)
    other.rest(30)

    assert one.resting() == other.resting() == 90
    assert Budget(folder=tmp_path, ticks=ticks).resting() == 90, "one that starts later knows too"
    ticks.at += 91
    assert one.resting() == other.resting() == 0


@pytest.mark.parametrize("shared", [False, True], ids=["alone", "in a folder"])
@pytest.mark.parametrize("seconds", [1e7, 1e300])
def test_no_rest_is_longer_than_a_day(
    tmp_path: Path, ticks: Ticks, shared: bool, seconds: float
) -> None:
    budget = Budget(folder=tmp_path if shared else None, ticks=ticks)
    budget.rest(seconds)

    assert budget.resting() == LONGEST_REST


@pytest.mark.parametrize("shared", [False, True], ids=["alone", "in a folder"])
def test_a_clock_put_back_stops_nobody(tmp_path: Path, ticks: Ticks, shared: bool) -> None:
    """What was counted and asked for then lies in the future, and would for as long."""
    budget = Budget(20, folder=tmp_path if shared else None, ticks=ticks)
    assert granted(budget, 20) == 10
    budget.rest(50)
    ticks.at -= 7_200

    assert budget.resting() == 0
    assert granted(budget, 20) == 10
    budget.close()


@pytest.mark.parametrize(
    "told", ["", "deux mots", "nan nan", "1e400 2", f"{START} {START + 1e9}", "\xff"]
)
def test_a_note_that_says_nothing_usable_asks_for_no_rest(
    tmp_path: Path, ticks: Ticks, told: str
) -> None:
    budget = Budget(folder=tmp_path, ticks=ticks)
    (tmp_path / "quiet").write_text(told, encoding="latin-1")

    assert budget.resting() == 0
    budget.rest(5)
    assert budget.resting() == 5


def test_a_file_that_is_no_database_is_begun_again(tmp_path: Path, ticks: Ticks) -> None:
    """It held the counts of half a minute: no reason to stop a service."""
    (tmp_path / "minute.db").write_bytes(b"not a database, but long enough to be read as one" * 40)
    one, other = (Budget(20, folder=tmp_path, ticks=ticks) for _ in range(2))

    assert granted(one, 8) == 8
    assert granted(other, 8) == 2
    one.close()
    other.close()


def test_a_door_that_somebody_holds_shut_stops_no_thread_for_ever(
    tmp_path: Path, ticks: Ticks, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A process stopped in the wrong instant: nothing is granted uncounted, and nobody hangs."""
    monkeypatch.setattr("sync.adapters.asana.budget._LOCK_SECONDS", 0.05)
    budget = Budget(20, folder=tmp_path, ticks=ticks)
    with FileLock(tmp_path / "door"):
        assert budget.ask() > 0
        budget.rest(60)
        assert budget.resting() == 60, "what was learned holds here, though it cannot be told"
    assert granted(budget, 20) == 10
    budget.close()


def test_a_folder_that_cannot_be_used_is_said_and_the_budget_goes_on_alone(
    tmp_path: Path, ticks: Ticks
) -> None:
    (tmp_path / "taken").touch()
    with capture_logs() as said:
        budget = Budget(20, folder=tmp_path / "taken", ticks=ticks)

    assert [entry["event"] for entry in said] == ["budget.alone"]
    assert granted(budget, 20) == 10
    budget.rest(5)
    assert budget.resting() == 5
    with budget.place("writes") as placed:
        assert placed


UNUSABLE = {
    "a place that may not be taken": ("reads-0", ["place"]),
    "a note that may not be read": ("quiet", ["quiet_until"]),
    "a note that may not be written": ("quiet", ["rest"]),
    "a door that may not be opened": ("door", ["ask"]),
    "a door, when told to rest": ("door", ["rest"]),
    "one reason after another": ("reads-0", ["place", "place", "quiet_until", "ask"]),
}


@pytest.mark.parametrize(("file", "uses"), UNUSABLE.values(), ids=UNUSABLE)
def test_a_file_that_another_account_made_is_said_once_and_stops_nobody(
    tmp_path: Path, ticks: Ticks, file: str, uses: list[str]
) -> None:
    """As root, by hand, does once. A folder in the file's place is refused to root as well."""
    budget = Budget(20, folder=tmp_path, ticks=ticks)
    (tmp_path / file).unlink(missing_ok=True)
    (tmp_path / file).mkdir()

    def use(name: str) -> None:
        match name:
            case "place":
                with budget.place("reads") as placed:
                    assert placed, "alone, nobody else takes the places"
            case "rest":
                budget.rest(5)
                assert budget.resting() == 5
            case _:
                getattr(budget, name)()

    with capture_logs() as said:
        for name in uses:
            use(name)

    assert [entry["event"] for entry in said] == ["budget.alone"]
    asked = uses.count("ask")
    assert granted(budget, 20) == 10 - asked, "the count goes on, and does not begin twice"
    budget.close()


def test_the_token_stands_in_no_name_and_no_file(tmp_path: Path) -> None:
    folder = budget_folder(tmp_path, URL, TOKEN)
    budget = Budget(150, folder=folder)
    budget.ask()
    budget.rest(5)
    with budget.place("reads"):
        pass
    budget.close()
    names = " ".join(str(path) for path in tmp_path.rglob("*"))
    content = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())

    for canary in (TOKEN, "canari", base64.b64encode(TOKEN.encode()).decode()):
        assert canary not in names
        assert canary.encode() not in content


def test_another_token_and_another_asana_have_budgets_of_their_own(tmp_path: Path) -> None:
    folders = {
        budget_folder(tmp_path, URL, TOKEN),
        budget_folder(tmp_path, URL, "2/autre"),
        budget_folder(tmp_path, "http://127.0.0.1:4010/api/1.0", TOKEN),
    }
    assert len(folders) == 3
    assert budget_folder(tmp_path, f"{URL}/", TOKEN) in folders
