"""Two programs that others wrote read the sandbox whole, and their records are what it holds."""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import pytest

from sync.sandbox.process import RunningSandbox, sandbox_process
from tests.contract.busy_project import BESIDE, differences, fill, held, sheet, surround
from tests.contract.peers import LAUNCHERS, PEERS, STREAMS, Api, Peer, SourceAsana, read
from tests.contract.relay import Passed, relaying
from tests.contract.verdicts import Verdict, Verdicts

pytestmark = pytest.mark.contract

TASKS: Final = 1000
each_peer = pytest.mark.parametrize("peer", PEERS, ids=lambda peer: peer.name)


@pytest.fixture(scope="module")
def busy() -> Iterator[RunningSandbox]:
    """
    Both ask for fields that Asana's description lacks (`is_rendered_as_seperator`, `is_template`),
    and both are in use: so the sandbox is told to pass over what it does not know.
    """
    with sandbox_process() as sandbox:
        surround(sandbox, fill(sandbox, TASKS))
        sandbox.control.switch(unknown_opt_field="ignore")
        yield sandbox


def as_read_by(peer: Peer, value: Any) -> Any:
    """
    The official SDK, on which tap-asana stands, makes a plain space of each no-break space.

    It is the one thing that we let pass, and nowhere else.
    """
    if isinstance(peer, SourceAsana):
        return value
    if isinstance(value, str):
        return value.replace("\u00a0", " ")
    if isinstance(value, Mapping):
        return {name: as_read_by(peer, each) for name, each in value.items()}
    if isinstance(value, list):
        return [as_read_by(peer, each) for each in value]
    return value


def wrong(peer: Peer, busy: RunningSandbox, records: list[Mapping[str, Any]]) -> list[str]:
    expected = {gid: as_read_by(peer, told) for gid, told in held(busy).items()}
    assert len(expected) == TASKS + BESIDE
    return differences(expected, map(sheet, records))


def named(things: list[Mapping[str, Any]]) -> list[tuple[str, str]]:
    return sorted((thing["gid"], thing["name"]) for thing in things)


@each_peer
def test_what_a_peer_reads_is_what_the_sandbox_holds(
    peer: Peer, busy: RunningSandbox, tmp_path: Path, verdicts: Verdicts
) -> None:
    busy.control.forget_requests()
    run = read(peer, Api(busy.url, busy.token), tmp_path, STREAMS)

    tasks = peer.records(run, "tasks")
    found = wrong(peer, busy, tasks)
    verdicts.tell(Verdict(peer.name, "records", judged=len(tasks), violations=len(found)))
    assert found == []
    dump = busy.control.dump()
    sections = [each for project in dump["projects"] for each in project["sections"]]
    people = busy.control.state()["people"]
    for stream, things in (
        ("projects", dump["projects"]),
        ("sections", sections),
        ("users", people),
    ):
        assert named(peer.records(run, stream)) == named(as_read_by(peer, things)), stream
    assert [each["gid"] for each in peer.records(run, "workspaces")] == [busy.workspace]
    requests = busy.control.requests()
    assert requests["total"] >= TASKS / 100
    assert {each["status"] for each in requests["requests"]} == {200}


def dropped(records: list[Any]) -> list[Any]:
    return records[1:]


def doubled(records: list[Any]) -> list[Any]:
    return [*records[:1], *records]


def reworded(records: list[Any]) -> list[Any]:
    return [{**records[0], "name": "mensonge"}, *records[1:]]


def emptied(records: list[Any]) -> list[Any]:
    """One custom field of one task is told as empty."""
    first = next(each for each in records if _text(each)["text_value"])
    fields = [
        {**field, "text_value": None} if field is _text(first) else field
        for field in first["custom_fields"]
    ]
    lie = {**first, "custom_fields": fields}
    return [lie if each is first else each for each in records]


def moved(records: list[Any]) -> list[Any]:
    homes = records[0]["memberships"]
    section = {"gid": "1", "resource_type": "section", "name": "ailleurs"}
    return [{**records[0], "memberships": [{**homes[0], "section": section}]}, *records[1:]]


def _text(task: Any) -> Any:
    return next(each for each in task["custom_fields"] if each["resource_subtype"] == "text")


LIES: Final[Mapping[Callable[[list[Any]], list[Any]], str]] = {
    dropped: "missing",
    doubled: "twice",
    reworded: "name is 'mensonge'",
    emptied: "fields is",
    moved: "homes is",
}
"""What is done to one page of the listing, and what must then be told of it."""


@each_peer
def test_a_lie_on_any_page_is_seen(
    peer: Peer, busy: RunningSandbox, tmp_path: Path, verdicts: Verdicts
) -> None:
    """Else the comparison above would prove nothing. Each page of the project has another lie."""
    lies = iter(LIES)
    told: list[str] = []

    def lie(passed: Passed) -> Passed:
        if not passed.path.endswith("/tasks"):
            return passed
        answer = json.loads(passed.body)
        if len(answer["data"]) == 100 and (next_lie := next(lies, None)) is not None:
            answer["data"] = next_lie(answer["data"])
            told.append(LIES[next_lie])
        return replace(passed, body=json.dumps(answer, ensure_ascii=False).encode())

    with relaying() as relay:
        relay.upstream, relay.alter = busy.url, lie
        run = read(peer, Api(relay.url, busy.token), tmp_path, ["tasks"])

    verdicts.tell(Verdict(peer.name, "records", planted=len(LIES)))
    found = wrong(peer, busy, peer.records(run, "tasks"))
    assert told == list(LIES.values())
    assert len(found) == len(LIES), found
    for words in LIES.values():
        assert sum(words in each for each in found) == 1, (words, found)
    verdicts.tell(Verdict(peer.name, "records", caught=len(found)))


def test_a_launched_program_cannot_leave_the_machine() -> None:
    """Neither by a name nor by an address; and this machine is still reached."""
    script = f"""
import socket, sys
sys.path.insert(0, {str(LAUNCHERS)!r})
from loopback import stay_on_this_machine
stay_on_this_machine()
with socket.create_server(("127.0.0.1", 0)) as server:
    socket.create_connection(("localhost", server.getsockname()[1]), 5).close()
for place in ("app.asana.com", "192.0.2.1", "2001:db8::1"):
    try:
        socket.create_connection((place, 443), 5)
    except OSError as refused:
        print(refused)
"""
    said = subprocess.run(
        [sys.executable, "-c", script], check=True, capture_output=True, text=True
    ).stdout
    assert said.splitlines() == [
        f"left the machine: {place}" for place in ("app.asana.com", "192.0.2.1", "2001:db8::1")
    ]
