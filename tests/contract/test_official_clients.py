"""
Asana's own clients at the sandbox: list, create, update, batch, page, follow events, hook.

Each runs its errand twice: at the sandbox itself, and with Prism between, which then judges
calls that our service never makes.
"""

import json
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import pytest

from sync.sandbox.process import RunningSandbox
from tests.contract import official_client
from tests.contract.needs import node
from tests.contract.prism import Prism
from tests.contract.verdicts import Verdict, Verdicts

pytestmark = pytest.mark.contract

Errand = Callable[[str, RunningSandbox, str], dict[str, Any]]
SCRIPT: Final = Path(__file__).with_name("official_client.mjs")
NAMES: Final = [f"T{number:03}" for number in range(official_client.TASKS)]


def by_python(url: str, sandbox: RunningSandbox, receiver: str) -> dict[str, Any]:
    return official_client.run_errand(
        url, sandbox.token, sandbox.workspace, sandbox.control, receiver
    )


def by_node(url: str, sandbox: RunningSandbox, receiver: str) -> dict[str, Any]:
    words = [url, sandbox.token, sandbox.workspace, sandbox.control.base_url, receiver]
    done = subprocess.run(
        [node("asana"), str(SCRIPT), *words],
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    told: dict[str, Any] = json.loads(done.stdout)
    return told


CLIENTS: Final = [pytest.param(by_python, id="python"), pytest.param(by_node, id="node")]


@contextmanager
def unjudged(sandbox: RunningSandbox, _prism: Callable[[], Prism]) -> Iterator[str]:
    yield sandbox.url


@contextmanager
def by_prism(sandbox: RunningSandbox, prism: Callable[[], Prism]) -> Iterator[str]:
    judge = prism()
    with judge.before(sandbox.url):
        yield judge.url
        heard = judge.hearing()
        assert (heard.objections, heard.complaints) == ((), ())
        assert heard.received == sandbox.control.requests(last=1)["total"]


ROADS: Final = [pytest.param(unjudged, id="sandbox"), pytest.param(by_prism, id="prism")]


@pytest.mark.parametrize("road", ROADS)
@pytest.mark.parametrize("errand", CLIENTS)
def test_an_official_client_does_its_whole_errand(
    sandbox: RunningSandbox,
    receiver: str,
    verdicts: Verdicts,
    request: pytest.FixtureRequest,
    errand: Errand,
    road: Any,
) -> None:
    with road(sandbox, lambda: request.getfixturevalue("prism")) as url:
        told = errand(url, sandbox, receiver)
        asked = sandbox.control.requests(last=1)["total"]
    held = sandbox.control.dump()

    assert told["me"] == sandbox.control.state()["people"][0]["name"]
    assert told["attached"] == ["Statut"]
    created = {gid: task["name"] for gid, task in held["tasks"].items()}
    assert [created[gid] for gid in told["made"][1:]] == NAMES[1:]
    assert sorted(told["iterated"]) == NAMES
    assert [len(page) for page in told["pages"]] == [50] * 5
    assert [name for page in told["pages"] for name in page] == told["iterated"]

    assert told["updated"] == {"name": "T000, renommée", "completed": True, "field": "Atteint"}
    changed = held["tasks"][told["made"][0]]
    assert (changed["name"], changed["completed"]) == ("T000, renommée", True)
    assert held["tasks"][told["child"]]["parent"] == told["made"][1]
    assert held["tasks"][told["trashed"]]["trashed"]
    assert told["mixed"] == [200, 404, 200]
    assert held["tasks"][told["made"][3]]["completed"]
    assert (told["unknown"], told["trashed_read"]) == (404, 404)

    assert told["hook_secret"] > 16
    assert (told["hooks"], told["hook_read"]) == ([receiver], 404)

    assert (told["first_events_call"], told["expired"], told["resumed"]) == (412, 412, 0)
    assert told["event_calls"] >= 3
    events = {tuple(event) for event in told["events"]}
    assert {gid for action, kind, gid in events if (action, kind) == ("added", "task")} == {
        *told["made"],
        told["child"],
    }
    assert ("changed", "task", told["made"][0]) in events
    assert ("deleted", "task", told["trashed"]) in events
    verdicts.tell(Verdict(f"Official client, {request.node.callspec.id}", judged=asked))
