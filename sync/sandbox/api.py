"""From a request on the wire to an answer on the wire, with what may go wrong between."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from werkzeug.exceptions import HTTPException
from werkzeug.routing import Map, Rule

from sync.sandbox import inputs
from sync.sandbox.call import API_ROOT, Answer, Call
from sync.sandbox.clock import stamp
from sync.sandbox.faults import BEFORE, HTML, Fault, strike
from sync.sandbox.refusal import Refusal, invalid, no_route, not_in_sandbox
from sync.sandbox.routes.table import Endpoint, build_map
from sync.sandbox.sandbox import Sandbox
from sync.sandbox.state import User
from sync.sandbox.traffic import LoggedRequest

JSON = "application/json; charset=UTF-8"
READS = ("GET", "HEAD", "OPTIONS")


@dataclass(frozen=True, slots=True)
class Request:
    method: str
    path: str
    query: Mapping[str, str]
    query_text: str
    headers: Mapping[str, str]
    body: bytes
    base_url: str


@dataclass(frozen=True, slots=True)
class Reply:
    """What to put on the wire. `cut` sends that much of the body and drops the line."""

    status: int
    body: bytes
    headers: Mapping[str, str]
    cut: int | None = None
    drop: bool = False


def json_reply(status: int, body: Any, headers: Mapping[str, str] | None = None) -> Reply:
    raw = json.dumps(body, ensure_ascii=False).encode()
    return Reply(status, raw, {"Content-Type": JSON, **(headers or {})})


def refusal_reply(refusal: Refusal) -> Reply:
    return json_reply(refusal.status, refusal.body(), refusal.headers)


class Api:
    """Everything under /api/1.0."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox
        self._routes: Map = build_map()
        self._routes.add(Rule("/batch", methods=["POST"], endpoint=Endpoint(self._batch)))

    def answer(self, request: Request) -> Reply:
        """Wait as long as the latency asks, strike the fault that is due, answer, log."""
        sandbox, path = self._sandbox, request.path.removeprefix(API_ROOT)
        read = request.method in READS
        began = sandbox.ticks()
        user = self._user(request)
        with sandbox.world.lock:
            in_flight = sandbox.traffic.enter(read=read)
            fault = strike(sandbox.faults, request.method, path)
            refusal = self._admit(user, read=read)
        reply: Reply | None = None
        try:
            wait = sandbox.latency + (fault.seconds if fault is not None else 0.0)
            if wait:
                sandbox.sleep(wait)
            reply = self._through(fault, refusal, request, path, user)
        finally:
            with sandbox.world.lock:
                sandbox.traffic.leave(read=read)
                if user is not None:
                    sandbox.limits.leave(user.gid, read=read)
                sandbox.traffic.record(
                    LoggedRequest(
                        number=sandbox.traffic.total + 1,
                        method=request.method,
                        path=path,
                        query=request.query_text,
                        status=None if reply is None or reply.drop else reply.status,
                        user=user.name if user else None,
                        at=stamp(sandbox.world.now()),
                        seconds=round(sandbox.ticks() - began, 4),
                        fault=fault.kind if fault is not None else None,
                        created=_created(reply),
                        in_flight=in_flight,
                    )
                )
        return reply

    def _admit(self, user: User | None, *, read: bool) -> Refusal | None:
        if user is None:
            return Refusal(401, "Not Authorized")
        return self._sandbox.limits.enter(self._sandbox.world.switches, user.gid, read=read)

    def _through(
        self,
        fault: Fault | None,
        refusal: Refusal | None,
        request: Request,
        path: str,
        user: User | None,
    ) -> Reply:
        if fault is not None and fault.kind in BEFORE:
            return _faulty(fault, None)
        if refusal is not None or user is None:
            reply = refusal_reply(refusal or Refusal(401, "Not Authorized"))
        else:
            reply = self._done(fault, request, path, user)
        return reply if fault is None else _faulty(fault, reply)

    def _done(self, fault: Fault | None, request: Request, path: str, user: User) -> Reply:
        """One call at a time: what a call does is whole before the next begins."""
        world = self._sandbox.world
        with world.lock:
            world.losing_events = fault is not None and fault.kind == "lose_events"
            try:
                answer = self._run(request, path, user)
            except Refusal as refused:
                return refusal_reply(refused)
            finally:
                world.losing_events = False
        return json_reply(answer.status, answer.body, answer.headers)

    def _user(self, request: Request) -> User | None:
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        if scheme.casefold() != "bearer":
            return None
        return self._sandbox.world.tokens.get(token.strip())

    def _run(self, request: Request, path: str, user: User) -> Answer:
        data, options = _envelope(request)
        return self._dispatch(
            request.method,
            Call(self._sandbox.world, user, path, request.query, data, options, request.base_url),
        )

    def _dispatch(self, method: str, call: Call) -> Answer:
        try:
            matcher = self._routes.bind("sandbox")
            endpoint, parts = matcher.match(call.path, method=method)
        except HTTPException:
            raise no_route() from None
        assert isinstance(endpoint, Endpoint)  # noqa: S101 - for the type; routes are our own
        if endpoint.shape is not None:
            call.tree(endpoint.shape)  # a call that is refused must not have had an effect
        return endpoint.handler(call, **parts)

    def _batch(self, call: Call) -> Answer:
        """Up to ten calls, each with its own result; the whole is 429 if one goes too far."""
        inputs.check_names(call.data, ("actions",))
        actions = inputs.list_of(call.data, "actions")
        if not 1 <= len(actions) <= 10:
            raise invalid("actions: Must hold between 1 and 10 actions")
        world, limits, owner = call.world, self._sandbox.limits, call.user.gid
        reads = [isinstance(each, dict) and each.get("method") == "get" for each in actions]
        refusals = [limits.enter(world.switches, owner, read=read) for read in reads]
        try:
            for refusal in filter(None, refusals):
                raise refusal
            return Answer(200, {"data": [self._action(call, each) for each in actions]})
        finally:
            for read in reads:
                limits.leave(owner, read=read)

    def _action(self, call: Call, action: Any) -> dict[str, Any]:
        try:
            answer = self._dispatch(*_batched(call, action))
        except Refusal as refusal:
            return {"status_code": refusal.status, "headers": {}, "body": refusal.body()}
        headers = {name.lower(): value for name, value in answer.headers.items()}
        return {"status_code": answer.status, "headers": headers, "body": answer.body}


def _batched(call: Call, action: Any) -> tuple[str, Call]:
    if not isinstance(action, dict):
        raise invalid("actions: Not an object")
    inputs.check_names(action, ("relative_path", "method", "data", "options"))
    path, method = inputs.required_text(action, "relative_path"), action.get("method")
    if method not in ("get", "post", "put", "delete"):
        raise invalid(f"method: Not one of get, post, put, delete: {method!r}")
    if path == "/batch" or "?" in path:
        raise invalid("relative_path: Not allowed in a batch")
    data, options = action.get("data") or {}, action.get("options") or {}
    query: dict[str, str] = {}
    if method == "get":
        query = {name: str(value) for name, value in {**data, **options}.items()
                 if name != "fields"}  # fmt: skip
        data = {}
    fields = {name: value for name, value in options.items() if name == "fields"}
    return method.upper(), Call(call.world, call.user, path, query, data, fields, call.base_url)


def _envelope(request: Request) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
    """The two parts of a write's body. A DELETE's body is of no use, and the SDK sends one."""
    if request.method not in ("POST", "PUT", "PATCH"):
        return {}, {}
    kind = request.headers.get("Content-Type", "").partition(";")[0].strip().casefold()
    if request.body and kind != "application/json":
        raise not_in_sandbox(f"bodies of the type {kind or 'unknown'}")
    try:
        body = inputs.document(request.body)
    except ValueError:
        raise invalid("Could not parse request data, invalid JSON") from None
    if not isinstance(body, dict):
        raise invalid("Request body must be an object")
    for name in body:
        if name not in ("data", "options"):
            raise invalid(f"Unrecognized request field {name!r}")
    data, options = body.get("data"), body.get("options") or {}
    if not isinstance(data, dict):
        raise invalid("data: Missing input")
    if not isinstance(options, dict):
        raise invalid("options: Not an object")
    inputs.check_names(options, ("fields", "pretty"), elsewhere=("expand", "limit", "offset"))
    return data, options


def _faulty(fault: Fault, reply: Reply | None) -> Reply:
    """The answer as the fault leaves it; `reply` is what was really done, if anything was."""
    headers = {"Content-Type": JSON, **fault.headers}
    if fault.kind in ("status", "status_after"):
        if fault.html:
            html = HTML.format(title=fault.status).encode()
            return Reply(fault.status, html, {**fault.headers, "Content-Type": "text/html"})
        refusal = Refusal(fault.status, f"Sandbox fault: {fault.status}")
        return json_reply(
            fault.status, refusal.body() if fault.body is None else fault.body, fault.headers
        )
    if fault.kind == "drop_before" or reply is None:
        return Reply(0, b"", {}, drop=True)
    match fault.kind:
        case "drop_after":
            return Reply(reply.status, b"", reply.headers, drop=True)
        case "cut_body":
            return Reply(reply.status, reply.body, reply.headers, cut=len(reply.body) // 2)
        case "truncate_json":
            return Reply(reply.status, reply.body[: len(reply.body) // 2], reply.headers)
        case "html_200":
            return Reply(
                200, HTML.format(title="Asana").encode(), {**headers, "Content-Type": "text/html"}
            )
        case "empty_200":
            return Reply(200, b"", headers)
        case "bad_utf8":
            return Reply(200, b'{"data": {"gid": "1", "name": "\xff\xfe\xe9"}}', headers)
        case "wrong_shape":
            return json_reply(200, {"data": "not what was asked"}, fault.headers)
        case _:
            return Reply(reply.status, reply.body, {**reply.headers, **fault.headers})


def _created(reply: Reply | None) -> str | None:
    location = reply.headers.get("Location") if reply is not None else None
    return location.rpartition("/")[2] if location else None
