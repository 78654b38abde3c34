"""The sandbox without a socket tells the client the same as the sandbox behind one."""

from collections.abc import Iterator
from typing import Any

import pytest

from sync.adapters.asana.exchange import Answer, Failure, Transport
from sync.sandbox.client import SandboxControl
from sync.sandbox.fault_kinds import KINDS
from sync.sandbox.sandbox import Opening, Sandbox
from sync.sandbox.server import SandboxServer, running
from tests.machine.near import NearControl, NearTransport
from tests.road import START

LARGEST = 200_000
SMALLER = {"oversized": {"size": 300_000}, "slow_drip": {"seconds": 0.0}}
SILENT = {"timeout_before": {"seconds": 1.0}, "timeout_after": {"seconds": 1.0}}
USUAL = {**SMALLER, **SILENT}
OTHER = (
    "stale", "page_overlap", "expired_offset", "resync", "lose_events", "other_gid",
    "duplicate_rows",
)  # fmt: skip
"""What is nothing without a listing, an offset or a stream: the same application answers it."""


@pytest.fixture(scope="module")
def server() -> Iterator[SandboxServer]:
    with running(Sandbox(Opening(start=START, frozen=True))) as serving:
        yield serving


def told(transport: Any, url: str, token: str) -> tuple[object, ...]:
    """What a caller of the transport learns, but for what differs between any two answers."""
    try:
        answer: Answer = transport.GET(
            f"{url}/users/me", headers={"Authorization": f"Bearer {token}"}
        )
    except Failure as failure:
        return failure.mishap, failure.status, failure.headers.get("Retry-After"), failure.body
    return answer.status, answer.data, answer.headers.get("Jalon-Sandbox")


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind not in OTHER])
def test_a_fault_looks_the_same(server: SandboxServer, kind: str) -> None:
    greeting = server.greeting()
    seen = []
    wire = Transport(
        connect_seconds=5,
        read_seconds=0.3 if kind in SILENT else 5,
        call_seconds=5,
        body_bytes=LARGEST,
        lines=1,
        sending=lambda *_: None,
    )
    near = NearTransport(server.api, lambda *_: None, lambda _name: None, LARGEST)
    with SandboxControl(server.base_url) as control:
        for transport in (wire, near):
            control.clear_faults()
            control.add_fault(kind, **USUAL.get(kind, {}))
            seen.append(told(transport, greeting["url"], greeting["token"]))
            assert control.faults()[0]["fired"] == 1
        control.clear_faults()
    wire.close()
    on_the_wire, here = seen
    if kind == "too_many_date":  # a date, which goes on
        on_the_wire, here = on_the_wire[:2], here[:2]
    assert here == on_the_wire


def test_the_hand_is_the_same(server: SandboxServer) -> None:
    near = NearControl(server.sandbox)
    with SandboxControl(server.base_url) as control:
        near.add_person("Directeur", "directeur@ville.example")
        assert near.dump() == control.dump()
        assert near.state() == control.state()
