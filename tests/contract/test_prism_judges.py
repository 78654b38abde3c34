"""Before Prism is believed: a violation of each kind is planted, and it sees each of them."""

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any, Final

import pytest
import requests

from sync.sandbox.process import RunningSandbox
from tests.contract.prism import Prism
from tests.contract.relay import Passed
from tests.contract.verdicts import Verdict, Verdicts

pytestmark = pytest.mark.contract


class Caller:
    """A client that may send what no client should."""

    def __init__(self, root: str, token: str) -> None:
        self.root = root
        self.session = requests.Session()
        self.session.trust_env = False
        self.session.headers["Authorization"] = f"Bearer {token}"

    def call(self, method: str, path: str, **more: Any) -> requests.Response:
        return self.session.request(method, f"{self.root}{path}", timeout=30, **more)


@pytest.fixture
def caller(prism: Prism, sandbox: RunningSandbox) -> Iterator[Caller]:
    with prism.before(sandbox.url):
        caller = Caller(prism.url, sandbox.token)
        yield caller
        caller.session.close()


REQUESTS: Final = [
    pytest.param("GET", "/tasks?project=1&limit=abc", {}, "UNPROCESSABLE", id="query type"),
    pytest.param("GET", "/tasks?project=1&limit=500", {}, "UNPROCESSABLE", id="query range"),
    pytest.param("GET", "/events", {}, "UNPROCESSABLE", id="query missing"),
    pytest.param(
        "POST", "/tasks", {"json": {"data": {"name": 5}}}, "UNPROCESSABLE", id="body type"
    ),
    pytest.param(
        "POST",
        "/projects",
        {"json": {"data": {"default_view": "tableau"}}},
        "UNPROCESSABLE",
        id="body enum",
    ),
    pytest.param("POST", "/tasks", {}, "UNPROCESSABLE", id="body missing"),
    pytest.param("POST", "/tasks", {"data": {"name": "T"}}, "UNPROCESSABLE", id="body as a form"),
    pytest.param("GET", "/taches", {}, "NO_PATH_MATCHED", id="path unknown"),
    pytest.param("PATCH", "/tasks/1", {}, "NO_METHOD_MATCHED", id="method unknown"),
    pytest.param("GET", "/users/me", {"headers": {"Authorization": None}}, "UNAUTHORIZED",
                 id="no token"),
]  # fmt: skip


@pytest.mark.parametrize(("method", "path", "more", "kind"), REQUESTS)
def test_a_bad_request_is_refused_and_does_not_reach_the_sandbox(
    prism: Prism,
    caller: Caller,
    verdicts: Verdicts,
    method: str,
    path: str,
    more: dict[str, Any],
    kind: str,
) -> None:
    verdicts.tell(Verdict("Prism, bad requests", planted=1))
    caller.call(method, path, **more)
    heard = prism.hearing()
    assert [kind in objection for objection in heard.objections] == [True], heard.objections
    assert len(heard.complaints) == 1
    assert heard.reached == ()
    verdicts.tell(Verdict("Prism, bad requests", judged=1, caught=1))


def _data(**changes: Any) -> Callable[[Passed], Passed]:
    def alter(passed: Passed) -> Passed:
        told = json.loads(passed.body)
        told["data"] |= changes
        return replace(passed, body=json.dumps(told).encode())

    return alter


def _told(**changes: Any) -> Callable[[Passed], Passed]:
    return lambda passed: replace(passed, **changes)


LIES: Final = [
    pytest.param(_data(completed="false"), id="type"),
    pytest.param(_data(gid=1), id="gid as a number"),
    pytest.param(_data(memberships={}), id="object in place of an array"),
    pytest.param(_data(resource_subtype="nope"), id="enum"),
    pytest.param(_data(approval_status="peut-être"), id="enum of a nested schema"),
    pytest.param(_data(assignee_status="nope"), id="enum of an allOf"),
    pytest.param(_data(custom_fields=[{"type": "nope"}]), id="enum in an array"),
    pytest.param(_data(projects=[{"gid": 5}]), id="type in a reference"),
    pytest.param(_data(due_on="le 15"), id="date format"),
    pytest.param(_data(modified_at="hier"), id="instant format"),
    pytest.param(_told(body=b'{"data": []}'), id="envelope"),
    pytest.param(_told(status=202), id="undeclared success"),
    pytest.param(_told(headers={"Content-Type": "text/html"}, body=b"<p>"), id="media type"),
]


@pytest.mark.parametrize("lie", LIES)
def test_a_bad_answer_is_refused(
    prism: Prism,
    caller: Caller,
    sandbox: RunningSandbox,
    verdicts: Verdicts,
    lie: Callable[[Passed], Passed],
) -> None:
    verdicts.tell(Verdict("Prism, bad answers", planted=1))
    made = caller.call("POST", "/tasks", json={"data": {"workspace": sandbox.workspace}}).json()
    task = f"/tasks/{made['data']['gid']}"
    assert caller.call("GET", task).status_code == 200
    assert prism.hearing().objections == ()

    prism.hand.alter = lie
    assert caller.call("GET", task).status_code == 500
    heard = prism.hearing()
    assert heard.objections
    assert all("VIOLATIONS" in objection for objection in heard.objections), heard.objections
    assert len(heard.complaints) == 1
    verdicts.tell(Verdict("Prism, bad answers", judged=1, caught=1))


NULLABLE_ENUMS: Final = [
    pytest.param("/projects", {"name": "P"}, "color", id="project colour"),
    pytest.param(
        "/custom_fields",
        {"name": "Q", "resource_subtype": "number"},
        "custom_label_position",
        id="field label",
    ),
]


@pytest.mark.parametrize(("collection", "wanted", "name"), NULLABLE_ENUMS)
def test_a_nullable_enum_is_validated_and_does_not_switch_validation_off(
    prism: Prism,
    caller: Caller,
    sandbox: RunningSandbox,
    verdicts: Verdicts,
    collection: str,
    wanted: dict[str, Any],
    name: str,
) -> None:
    """In the published description such an enum makes Prism skip the whole body in silence."""
    verdicts.tell(Verdict("Prism, nullable enums", planted=2))
    body = {"workspace": sandbox.workspace, **wanted}
    made = caller.call("POST", collection, json={"data": body}).json()["data"]["gid"]
    prism.hand.alter = _data(**{name: None})
    assert caller.call("GET", f"{collection}/{made}").status_code == 200
    assert prism.hearing().objections == ()

    prism.hand.alter = _data(**{name: "pas une valeur"})
    assert caller.call("GET", f"{collection}/{made}").status_code == 500
    refused = caller.call("POST", collection, json={"data": {**body, name: "pas une valeur"}})
    assert refused.status_code == 422
    heard = prism.hearing()
    assert [name in objection for objection in heard.objections] == [True, True], heard.objections
    verdicts.tell(Verdict("Prism, nullable enums", judged=4, caught=2))


def test_an_undeclared_refusal_is_told_though_it_passes(
    prism: Prism, caller: Caller, verdicts: Verdicts
) -> None:
    """Prism lets it through with a warning only: the log is read for that too."""
    verdicts.tell(Verdict("Prism, undeclared refusal", planted=1))
    prism.hand.alter = _told(status=418)
    assert caller.call("GET", "/users/me").status_code == 418
    heard = prism.hearing()
    assert len(heard.complaints) == 1, heard.complaints
    assert len(heard.objections) == 1, heard.objections
    verdicts.tell(Verdict("Prism, undeclared refusal", judged=1, caught=1))


def test_what_is_well_formed_passes_untouched(
    prism: Prism, caller: Caller, sandbox: RunningSandbox
) -> None:
    """The sandbox's announcement and the place of what was made come through too."""
    body = {"data": {"workspace": sandbox.workspace, "name": "P"}}
    made = caller.call("POST", "/projects", json=body)
    assert made.headers["Jalon-Sandbox"] == "1"
    assert made.headers["Location"].endswith(made.json()["data"]["gid"])
    heard = prism.hearing()
    assert (heard.received, heard.handed_on, len(heard.reached)) == (1, 1, 1)
    assert heard.objections == heard.complaints == ()
