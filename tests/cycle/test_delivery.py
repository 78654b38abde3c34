"""Each target has its own delivery: none waits for another, what one missed comes in order."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from sync.errors import PublicationFailed, UnsafeChangeSet
from sync.model.publication import Standing
from sync.model.record import Delivery
from sync.model.target import Observed, ObservedProject
from sync.publishing import number, rests_until
from sync.standings import standings
from sync.wording import Text
from tests.adapters.publish.receiver import Receiver, answer, receiving
from tests.road import Road
from tests.site.snapshot_samples import action, small

NOON = datetime(2026, 2, 10, 12, tzinfo=UTC)
GID = "1209876543210123"
AWAY = answer(400, {"title": "en panne"})
DONE = ("Atteint", "En cours")


def another(road: Road) -> None:
    """Something new for the public to read."""
    before = road.store.last_snapshot()
    assert before is not None
    road.edit("action:A1-01", **{"declare__mi-chemin": DONE[before.number % 2]})
    road.wait(90)


def numbers(receiver: Receiver) -> list[int]:
    bodies = [json.loads(one.body) for one in receiver.received]
    return [body["numero"] for body in bodies if "plan" in body]


def test_a_target_that_was_down_gets_each_missed_snapshot_in_order(road: Road) -> None:
    """A receiver may keep a history of its own; a hole in it would never be filled."""
    with receiving(answer(201), AWAY, AWAY) as receiver:
        road.targets = (receiver.url,)
        road.cycle()
        for _ in range(2):
            another(road)
            assert road.cycle().outcome == "partial"
        another(road)
        assert road.cycle().outcome == "ok"
        assert numbers(receiver) == [1, 2, 2, 2, 3, 4]
    (delivery,) = road.store.deliveries().values()
    assert (delivery.number, delivery.attempts, delivery.last_error) == (4, 0, None)


def test_what_was_taken_before_it_failed_again_is_not_sent_twice(road: Road) -> None:
    with receiving(answer(201), AWAY, AWAY, answer(201), AWAY) as receiver:
        road.targets = (receiver.url,)
        road.cycle()
        for _ in range(2):
            another(road)
            road.cycle()
        assert numbers(receiver) == [1, 2, 2]
        another(road)
        road.cycle()  # takes 2, refuses 3
        assert road.store.deliveries()[receiver.url].number == 2
        road.cycle()
        assert numbers(receiver) == [1, 2, 2, 2, 3, 3, 4]


def test_a_target_that_refused_a_confirmation_gets_the_whole_again(road: Road) -> None:
    """What it lost meanwhile nobody knows: the same snapshot twice is safe, a hole is not."""
    with receiving(answer(201), AWAY) as receiver:
        road.targets = (receiver.url,)
        assert road.cycle().outcome == "ok"
        road.wait(90)
        assert road.cycle().outcome == "partial"
        assert numbers(receiver) == [1]
        road.wait(90)
        assert road.cycle().outcome == "ok"
        assert numbers(receiver) == [1, 1]


def test_a_target_that_hangs_delays_no_other(road: Road) -> None:
    """The folder is served while the receiver has not even answered."""
    served = threading.Event()

    with receiving() as receiver:
        road.targets = (receiver.url, "public", "autre")
        publishers = road.ports

        @contextmanager
        def ports() -> Iterator[Any]:
            with publishers() as found:
                first, *rest = found.publishers
                waiting = _Waiting(first.name, road, served)
                yield replace(found, publishers=(waiting, *rest))

        road.ports = ports  # type: ignore[method-assign]
        report = road.cycle()
    assert [name for name, _ in report.failed_targets] == [receiver.url]
    assert served.is_set()
    assert (road.folder / "autre/index.html").exists()


class _Together:
    """Tells how far it has come once all of them are being asked."""

    def __init__(self, number: int, all_of_them: threading.Barrier) -> None:
        self.name, self.number, self.all_of_them = f"cible {number}", number, all_of_them

    def standing(self, _plan_id: str) -> Standing:
        self.all_of_them.wait(timeout=20)
        return Standing(self.number)

    def publish(self, _publication: object) -> None:
        raise AssertionError

    def confirm(self, *_: object) -> None:
        raise AssertionError


def test_targets_are_asked_side_by_side_how_far_they_have_come() -> None:
    """The slowest alone is waited for."""
    barrier = threading.Barrier(3)
    asked = standings([_Together(number, barrier) for number in (1, 2, 3)], "plan")
    assert asked == (Standing(1), Standing(2), Standing(3))


def test_a_target_that_rests_still_stops_a_store_that_is_behind(road: Road) -> None:
    """It may be back, with more than this store knows of."""
    road.targets = ("public",)
    road.cycle()
    name = next(iter(road.store.deliveries()))
    road.store.record_delivery(Delivery(name, 1, 9, road.clock.now(), "en panne"))
    told = json.loads((road.folder / "public/etat.json").read_bytes())
    assert told["numero"] == 1
    publishers = road.ports

    @contextmanager
    def ports() -> Iterator[Any]:
        with publishers() as found:
            ahead = _Together(2, threading.Barrier(1))
            ahead.name = name
            yield replace(found, publishers=(ahead,))

    road.ports = ports  # type: ignore[method-assign]
    with pytest.raises(UnsafeChangeSet):
        road.cycle()


class _Waiting:
    """Fails as soon as the folders are whole, and never before."""

    def __init__(self, name: str, road: Road, served: threading.Event) -> None:
        self.name, self.road, self.served = name, road, served

    def standing(self, _plan_id: str) -> None:
        return None

    def publish(self, _publication: object) -> None:
        give_up = threading.Event()
        for _ in range(500):
            if all((self.road.folder / one / "etat.json").exists() for one in ("public", "autre")):
                self.served.set()
                break
            give_up.wait(0.02)
        raise PublicationFailed(Text("en panne", "down"))

    def confirm(self, *_: object) -> None:
        raise AssertionError


def test_a_target_that_keeps_failing_rests_for_longer_each_time(road: Road) -> None:
    """It is not knocked at for a day every quarter of an hour, and its finding stays open."""
    quarter = timedelta(minutes=15).total_seconds()
    with receiving(*[AWAY] * 200) as receiver:
        road.targets = (receiver.url, "public")
        tried = []
        for cycle in range(8):
            before = len(receiver.received)
            report = road.cycle(slot=f"{cycle}")
            assert [name for name, _ in report.failed_targets] == [receiver.url]
            if len(receiver.received) > before:
                tried.append(cycle)
            road.wait(quarter)
    assert tried == [0, 1, 2, 3, 5]
    open_ones = [one.finding.key for one in road.store.findings()]
    assert f"publish.failed:target:{receiver.url}" in open_ones


@pytest.mark.parametrize(
    ("attempts", "minutes"),
    [(1, None), (2, None), (3, 15), (4, 30), (5, 60), (6, 120), (7, 240), (8, 240), (10_000, 240)],
)
def test_a_rest_doubles_up_to_four_hours(attempts: int, minutes: int | None) -> None:
    failing = Delivery("cible", 3, attempts, NOON, "en panne")
    rest = None if minutes is None else timedelta(minutes=minutes)
    assert rests_until(failing) == (None if rest is None else NOON + rest)
    assert rests_until(replace(failing, last_error=None)) is None


def test_whoever_asks_by_hand_is_not_made_to_wait(road: Road) -> None:
    """The operator has just mended it."""
    with receiving(*[AWAY] * 4) as receiver:
        road.targets = (receiver.url,)
        for cycle in range(4):
            road.cycle(slot=f"{cycle}")
        assert len(receiver.received) == 3
        report = road.cycle(slot="5")
        assert "3 failures in a row" in report.failed_targets[0][1].en
        assert "en panne" in report.failed_targets[0][1].fr
        road.cycle()
        assert len(receiver.received) == 4
        assert road.cycle().outcome == "ok"


def test_several_targets_are_each_brought_to_the_number(road: Road) -> None:
    with receiving() as one, receiving() as two:
        road.targets = (one.url, "public", two.url)
        assert road.cycle().outcome == "ok"
        another(road)
        assert road.cycle().outcome == "ok"
        assert numbers(one) == numbers(two) == [1, 2]
    assert json.loads((road.public / "dernier.json").read_bytes())["numero"] == 2
    assert {one.number for one in road.store.deliveries().values()} == {2}


@pytest.mark.parametrize(
    ("name", "numbered"),
    [
        pytest.param("Tournée", 0, id="in the plan"),
        pytest.param("Ville d’essai", 1, id="in the pages alone"),
    ],
)
def test_no_byte_goes_out_that_holds_a_name_on_the_city_s_list(
    road: Road, name: str, numbered: int
) -> None:
    """Whatever let it through before: the last look is at the bytes themselves."""
    road.steering = replace(road.steering, never=("Gagnon", name))
    for _ in range(2):
        with pytest.raises(UnsafeChangeSet) as stopped:
            road.cycle()
        assert stopped.value.facts["rule"] == "private value in publication"
        assert name not in stopped.value.in_("fr")
    assert len(road.store.snapshots()) == numbered
    assert not list(road.public.rglob("*"))
    assert road.store.deliveries() == {}


@pytest.mark.parametrize("told", [f"Dossier {GID}", "Vu avec Mme Gagnon"])
def test_what_was_read_after_the_guard_looked_gets_no_number_either(road: Road, told: str) -> None:
    """A number is for good: its bytes are looked at before it is given."""
    observed = Observed(True, NOON, projects={"actions": ObservedProject(GID, "Plan", "")})
    rules = replace(road.steering, never=("Gagnon",))
    with road.ports() as ports:
        with pytest.raises(UnsafeChangeSet):
            number(ports, rules, None, None, small(action("A1-01", titre=told)), observed)
        assert road.store.snapshots() == ()
        number(ports, rules, None, None, small(action("A1-01", titre="Bureau")), observed)
    assert len(road.store.snapshots()) == 1


@pytest.mark.parametrize("targets", [("public",), ("public", "autre")])
def test_an_error_that_is_no_targets_stops_the_cycle(
    road: Road, targets: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A defect of ours is not told as a target that failed."""
    road.targets = targets

    def broken(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("sync.adapters.publish.directory.DirectoryPublisher.publish", broken)
    with pytest.raises(ZeroDivisionError):
        road.cycle()
