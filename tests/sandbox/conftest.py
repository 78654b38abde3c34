"""A sandbox served from a thread, its clock standing still at a Monday morning."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest

from sync.sandbox.client import SandboxControl
from sync.sandbox.sandbox import Opening, Sandbox
from sync.sandbox.server import SandboxServer, running
from tests.sandbox.sandbox_hand import Hand

MONDAY = datetime(2026, 1, 5, 15, 0, tzinfo=UTC)


@pytest.fixture
def server() -> Iterator[SandboxServer]:
    with running(Sandbox(Opening(start=MONDAY, frozen=True))) as server:
        yield server


@pytest.fixture
def hands(server: SandboxServer) -> Iterator[Callable[[str | None], Hand]]:
    """Make a hand for a token; all are closed at the end."""
    made: list[Hand] = []

    def make(token: str | None) -> Hand:
        made.append(Hand(server.greeting()["url"], token))
        return made[-1]

    yield make
    for hand in made:
        hand.session.close()


@pytest.fixture
def hand(server: SandboxServer, hands: Callable[[str | None], Hand]) -> Hand:
    """The service's own hand."""
    return hands(server.greeting()["token"])


@pytest.fixture
def control(server: SandboxServer) -> Iterator[SandboxControl]:
    with SandboxControl(server.base_url) as control:
        control.add_person("Julie Gagnon", "julie@ville.invalid", token="julie")
        yield control


@pytest.fixture
def julie(control: SandboxControl, hands: Callable[[str | None], Hand]) -> Hand:
    """A manager who works beside the service, with a token of her own."""
    return hands("julie")
