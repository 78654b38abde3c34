"""Making webhooks and keeping them, with a sandbox, a receiver and the clock in the test's hand."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import requests
from structlog.testing import capture_logs

from sync.adapters.asana import AsanaSubscriptions, Session
from sync.adapters.webhooks import Doors, Receiver, recall
from sync.sandbox.client import SandboxControl
from sync.sandbox.sandbox import Opening, Sandbox
from sync.sandbox.server import SandboxServer, running
from sync.worker.wakeups import Wake
from sync.worker.webhooks import AGAIN_AFTER, SILENCE, Followed, Webhooks
from tests.road import START, HandClock
from tests.sandbox.sandbox_hand import Hand

PLAN = "plan"


@dataclass
class Desk:
    """One process of the worker, as far as webhooks go; `again` is the next one."""

    server: SandboxServer
    control: SandboxControl
    hand: Hand
    state: Path
    receiver: Receiver
    doors: Doors
    clock: HandClock
    url: str
    followed: tuple[str, ...]
    heard: list[str]
    posted: list[Wake] = field(default_factory=list)
    sent: list[dict[str, int]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.webhooks = self.again()

    def again(self, url: str | None = None) -> Webhooks:
        self.webhooks = Webhooks(
            url or self.url, self.doors, state=self.state, clock=self.clock, post=self.posted.append
        )
        self.webhooks.recall([PLAN])
        return self.webhooks

    def tend(self, *, full: bool = False) -> list[str]:
        """What the log says of it."""
        self.sent.clear()
        with capture_logs() as log:
            following = Followed(lambda: self.followed, self.subscribing)
            self.webhooks.tend(PLAN, following, full=full)
        return [line["event"] for line in log]

    @contextmanager
    def subscribing(self) -> Iterator[AsanaSubscriptions]:
        greeting = self.server.greeting()
        session = Session(
            greeting["token"], url=greeting["url"], now=self.clock.now, sleep=lambda _: None
        )
        try:
            yield AsanaSubscriptions(session)
        finally:
            self.sent.append(dict(session.requests()))
            session.close()

    def standing(self) -> list[dict[str, Any]]:
        return self.control.webhooks()

    def wait(self, time: timedelta) -> None:
        self.clock.at += time


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    clock, heard = HandClock(), list[str]()
    doors = Doors(heard=heard.append, now=clock.now)
    with (
        running(Sandbox(Opening(start=START, frozen=True))) as server,
        SandboxControl(server.base_url) as control,
        Receiver("127.0.0.1", 0, doors) as receiver,
    ):
        greeting = server.greeting()
        hand = Hand(greeting["url"], greeting["token"])
        followed = (hand.project(),)
        url = f"http://127.0.0.1:{receiver.port}/jalon"
        yield Desk(server, control, hand, tmp_path, receiver, doors, clock, url, followed, heard)
        hand.session.close()


def test_a_webhook_is_made_once_and_looked_at_after_a_full_read(desk: Desk) -> None:
    assert desk.tend() == ["webhook.registered"]
    assert desk.sent == [{"POST /webhooks": 1}]
    assert desk.webhooks.state_of(PLAN) == "registered"
    assert desk.posted == [Wake(PLAN, None, full=False)]
    (webhook,) = desk.standing()
    assert webhook["resource"] == desk.followed[0]
    assert webhook["target"].startswith(f"{desk.url}/")
    assert desk.tend() == []
    assert desk.sent == []
    desk.wait(AGAIN_AFTER)
    assert desk.tend() == []
    assert desk.sent == []
    assert desk.tend(full=True) == []
    assert desk.sent == [{"GET /webhooks/{}": 1}]
    assert len(desk.posted) == 1


def test_the_next_process_goes_on_with_the_same_webhook(desk: Desk) -> None:
    """From its first moment: what comes in before its first cycle is not refused."""
    desk.tend()
    (before,) = desk.standing()
    desk.again()
    desk.hand.task("T", projects=[desk.followed[0]])
    until_heard(desk, 1)
    assert desk.tend() == []
    assert desk.sent == [{"GET /webhooks/{}": 1}]
    assert [each["gid"] for each in desk.standing()] == [before["gid"]]
    assert desk.webhooks.state_of(PLAN) == "registered"


def test_a_webhook_that_asana_dropped_is_made_again_and_its_gap_read(desk: Desk) -> None:
    desk.tend()
    (before,) = desk.standing()
    desk.control.steer_webhook(before["gid"], delete=True)
    desk.wait(AGAIN_AFTER)
    assert desk.tend(full=True) == ["webhook.lost", "webhook.registered"]
    (after,) = desk.standing()
    assert after["target"] != before["target"]
    assert desk.posted[-1] == Wake(PLAN, None, full=True)
    old = requests.post(before["target"], data=b"{}", timeout=10)
    assert old.status_code == 404
    # the reading that this asked for does not ask again, whatever Asana did meanwhile
    desk.control.steer_webhook(after["gid"], delete=True)
    assert desk.tend(full=True) == []
    assert len(desk.posted) == 2


def test_silence_is_a_reason_to_look(desk: Desk) -> None:
    """Asana sends a heartbeat every eight hours; one that came counts."""
    desk.tend()
    (webhook,) = desk.standing()
    until(lambda: len(desk.standing()[0]["attempts"]) == 1)  # the first comes with the webhook
    desk.wait(SILENCE - timedelta(seconds=1))
    desk.control.steer_webhook(webhook["gid"], heartbeat=True)
    until(lambda: len(desk.standing()[0]["attempts"]) == 2)
    desk.wait(timedelta(seconds=2))
    desk.tend()
    assert desk.sent == []
    desk.wait(SILENCE)
    assert desk.tend() == []
    assert desk.sent == [{"GET /webhooks/{}": 1}]


def test_an_answer_that_was_lost_is_looked_for_before_anything_is_made_again(
    desk: Desk,
) -> None:
    """The handshake came, so the webhook is there: found by its address, it is kept."""
    desk.control.add_fault("drop_after", "POST", "/webhooks")
    assert desk.tend() == ["webhook.registered"]
    assert desk.sent == [{"POST /webhooks": 1, "GET /workspaces": 1, "GET /webhooks": 1}]
    assert len(desk.standing()) == 1
    desk.hand.task("T", projects=[desk.followed[0]])
    until_heard(desk, 1)


def test_a_create_that_did_not_arrive_is_made_again_later(desk: Desk) -> None:
    desk.control.add_fault("drop_before", "POST", "/webhooks")
    assert desk.tend() == ["webhook.unconfirmed"]
    assert desk.webhooks.state_of(PLAN) == "missing"
    assert desk.tend() == []
    desk.wait(AGAIN_AFTER)
    assert desk.tend() == ["webhook.registered"]
    assert desk.posted == [Wake(PLAN, None, full=False)]


@pytest.mark.parametrize("status", [400, 402, 403, 429, 500])
def test_a_refusal_is_a_warning_and_is_tried_again_later(desk: Desk, status: int) -> None:
    """Webhooks are a convenience: nothing of this may end a cycle."""
    desk.control.add_fault(
        "status", "POST", "/webhooks", status=status, times=3, headers={"Retry-After": "3600"}
    )
    assert desk.tend()[-1] in ("webhook.failed", "webhook.unconfirmed")
    assert desk.webhooks.state_of(PLAN) == "missing"
    desk.control.clear_faults()
    desk.wait(AGAIN_AFTER)
    assert desk.tend() == ["webhook.registered"]


def test_an_address_that_leads_elsewhere_makes_nothing(desk: Desk) -> None:
    """Asana asks the address before it makes the webhook, and nobody there knows of it."""
    desk.again(url="http://127.0.0.1:9/jalon")
    assert desk.tend() == ["webhook.failed"]
    assert desk.standing() == []


def test_another_address_means_another_webhook(desk: Desk) -> None:
    """What was kept for the old address is not believed: nobody is told there any more."""
    desk.tend()
    desk.again(url=f"{desk.url}/nouveau")
    assert desk.tend() == ["webhook.registered"]
    assert [
        kept.target.startswith(f"{desk.url}/nouveau/") for kept in recall(desk.state, PLAN)
    ] == [True]


def test_a_secret_that_was_lost_means_another_webhook(desk: Desk) -> None:
    desk.tend()
    until(lambda: len(desk.standing()[0]["attempts"]) == 1)  # else it would meet a closed door
    (desk.state / "webhooks" / f"{PLAN}.json").chmod(0o644)
    desk.doors.close(desk.webhooks._plans[PLAN].webhooks[desk.followed[0]].door)
    desk.again()
    assert desk.tend() == ["webhook.registered"]
    assert len(desk.standing()) == 2


def test_a_folder_that_cannot_be_written_is_told(desk: Desk) -> None:
    (desk.state / "webhooks").write_text("a file in the way")
    assert desk.tend() == ["webhook.unkept", "webhook.registered"]
    desk.hand.task("T", projects=[desk.followed[0]])
    until_heard(desk, 1)


def test_a_stream_that_is_followed_from_now_on_gets_its_webhook(desk: Desk) -> None:
    """As the companion's does, when an indicator is taken from under its action."""
    desk.tend()
    desk.followed = (*desk.followed, desk.hand.project())
    desk.wait(AGAIN_AFTER)
    assert desk.tend(full=True) == ["webhook.registered"]
    assert {each["resource"] for each in desk.standing()} == set(desk.followed)
    assert len(recall(desk.state, PLAN)) == 2


def test_a_forged_delivery_of_the_sandbox_is_refused(desk: Desk) -> None:
    desk.tend()
    (webhook,) = desk.standing()
    desk.control.steer_webhook(webhook["gid"], forged=True)
    desk.hand.task("T", projects=[desk.followed[0]])
    until(lambda: 401 in statuses(desk))
    assert desk.heard == []


def test_a_delivery_that_comes_twice_is_heard_once(desk: Desk) -> None:
    desk.tend()
    (webhook,) = desk.standing()
    desk.control.steer_webhook(webhook["gid"], twice=True)
    desk.hand.task("T", projects=[desk.followed[0]])
    until(lambda: any(each["events"] for each in desk.standing()[0]["attempts"]))
    assert statuses(desk)[-1] == 200
    assert desk.heard == [PLAN]


def until(what: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 10
    while not what():
        assert time.monotonic() < deadline, "it never happened"
        time.sleep(0.005)


def until_heard(desk: Desk, count: int) -> None:
    until(lambda: len(desk.heard) >= count)


def statuses(desk: Desk) -> list[int | None]:
    return [each["status"] for each in desk.standing()[0]["attempts"]]


def test_a_clock_that_was_put_back_does_not_silence_the_looking(desk: Desk) -> None:
    """Else a webhook that Asana dropped is missed for as long as the clock was ahead."""
    desk.tend()
    desk.clock.at -= timedelta(days=300)
    desk.control.steer_webhook(desk.standing()[0]["gid"], delete=True)
    assert "webhook.lost" in desk.tend(full=True)
