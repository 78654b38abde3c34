"""A call ends, whatever the server does with the line."""

import socket
import threading
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from typing import Any

import pytest

from sync.adapters.asana import Limits, Session, reads
from sync.errors import SyncError
from tests.adapters.asana.asana_faults import Faults, fault_server

LIMITS = Limits(connect_seconds=1, read_seconds=0.2, call_seconds=0.4)
LONG_AFTER = 5.0  # only a call that never ends gets here


@pytest.fixture
def faults() -> Iterator[Faults]:
    with fault_server() as server:
        yield server


def ends(url: str, limits: Limits = LIMITS) -> bool:
    """Whether a call ends by itself, with an error that has a name."""
    session = Session(url=url, token="jeton", limits=limits, sleep=lambda _seconds: None)
    ended: list[SyncError] = []

    def call() -> None:
        with suppress(Exception):  # the session is closed under a call that does not end
            try:
                reads.task(session, "1")
            except SyncError as error:
                ended.append(error)

    thread = threading.Thread(target=call, daemon=True)
    thread.start()
    thread.join(LONG_AFTER)
    session.close()
    return bool(ended)


@pytest.mark.parametrize("fault", ["silence", "drip", "header_drip"])
def test_a_call_ends_while_the_server_still_holds_the_line(faults: Faults, fault: str) -> None:
    """Neither the SDK's default nor a float bounds it, and a socket's timeout not a slow drip."""
    faults.script.extend([fault] * 3)

    assert ends(faults.url)
    assert not faults.ended.is_set()


@pytest.fixture
def deaf() -> Iterator[int]:
    """The port of one who accepts nobody: whoever connects waits, as for a host that is gone."""
    with ExitStack() as lines:
        listening = lines.enter_context(socket.socket())
        listening.bind(("127.0.0.1", 0))
        listening.listen(0)
        for _ in range(4):  # more than the queue holds
            waiting = lines.enter_context(socket.socket())
            waiting.setblocking(False)
            with suppress(BlockingIOError):
                waiting.connect(listening.getsockname())
        yield listening.getsockname()[1]


def test_many_addresses_that_nobody_answers_take_no_longer_than_one_call(
    deaf: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The time to connect is for each address, the time of the call for all of them together."""
    known = socket.getaddrinfo
    many = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", deaf))] * 1_000

    def resolve(host: Any, *details: Any, **more: Any) -> Any:
        return many if host == "asana.invalid" else known(host, *details, **more)

    monkeypatch.setattr(socket, "getaddrinfo", resolve)

    assert ends(
        f"http://asana.invalid:{deaf}/api/1.0", Limits(connect_seconds=0.1, call_seconds=0.4)
    )


def test_a_handshake_that_never_ends_takes_no_longer_than_one_call(faults: Faults) -> None:
    """It begins anew after connecting, with all the time to connect."""
    faults.script.extend(["handshake_drip"] * 3)
    limits = Limits(connect_seconds=LONG_AFTER, call_seconds=0.4)

    assert ends(faults.url.replace("http:", "https:"), limits)
    assert len(faults.fired) == 3, "nothing was sent, so it is tried again like any line"
