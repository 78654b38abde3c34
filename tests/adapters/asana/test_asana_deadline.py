"""A call ends, whatever the server does with the line."""

import threading
from collections.abc import Iterator

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


@pytest.mark.parametrize("fault", ["silence", "drip", "header_drip"])
def test_a_call_ends_while_the_server_still_holds_the_line(faults: Faults, fault: str) -> None:
    """Neither the SDK's default nor a float bounds it, and a socket's timeout not a slow drip."""
    faults.script.extend([fault] * 3)
    session = Session("jeton", url=faults.url, limits=LIMITS, sleep=lambda _seconds: None)
    ended: list[SyncError] = []

    def call() -> None:
        try:
            reads.task(session, "1")
        except SyncError as error:
            ended.append(error)

    thread = threading.Thread(target=call, daemon=True)
    thread.start()
    thread.join(LONG_AFTER)
    held = not faults.ended.is_set()

    assert held
    assert ended, "the call is still under way"
    session.close()
