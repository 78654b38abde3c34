"""From a request on the wire to an answer on the wire, with what may go wrong between."""

from collections.abc import Sequence
from typing import Any

from werkzeug.exceptions import HTTPException
from werkzeug.routing import Map, Rule

from sync.sandbox import inputs
from sync.sandbox.call import API_ROOT, Answer, Call
from sync.sandbox.clock import stamp
from sync.sandbox.envelope import batched, opened
from sync.sandbox.faults import BEFORE, HTML, Fault, strike
from sync.sandbox.refusal import Refusal, invalid, no_route
from sync.sandbox.routes.table import Endpoint, build_map
from sync.sandbox.sandbox import Sandbox
from sync.sandbox.state import Grant
from sync.sandbox.traffic import LoggedRequest
from sync.sandbox.wire import JSON, Reply, Request, json_reply, refusal_reply

READS = ("GET", "HEAD", "OPTIONS")


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
        grant = self._grant(request)
        with sandbox.world.lock:
            in_flight = sandbox.traffic.enter(read=read)
            fault = strike(sandbox.faults, request.method, path)
            refusal = self._admit(grant, path, read=read)
        reply: Reply | None = None
        try:
            wait = sandbox.latency + (fault.seconds if fault is not None else 0.0)
            if wait:
                sandbox.sleep(wait)
            reply = self._through(fault, refusal, request, path, grant)
        finally:
            with sandbox.world.lock:
                sandbox.traffic.leave(read=read)
                if grant is not None:
                    sandbox.limits.leave(grant.label, read=read)
                sandbox.traffic.record(
                    LoggedRequest(
                        number=sandbox.traffic.total + 1,
                        method=request.method,
                        path=path,
                        query=request.query_text,
                        status=None if reply is None or reply.drop else reply.status,
                        user=grant.user.name if grant else None,
                        at=stamp(sandbox.world.now()),
                        seconds=round(sandbox.ticks() - began, 4),
                        fault=fault.kind if fault is not None else None,
                        created=_created(reply),
                        in_flight=in_flight,
                    )
                )
        return reply

    def _admit(self, grant: Grant | None, path: str, *, read: bool) -> Refusal | None:
        if grant is None:
            return Refusal(401, "Not Authorized")
        limits, switches = self._sandbox.limits, self._sandbox.world.switches
        return limits.enter(switches, grant.label, read=read, path=path)

    def _through(
        self,
        fault: Fault | None,
        refusal: Refusal | None,
        request: Request,
        path: str,
        grant: Grant | None,
    ) -> Reply:
        if fault is not None and fault.kind in BEFORE:
            return _faulty(fault, None)
        if refusal is not None or grant is None:
            reply = refusal_reply(refusal or Refusal(401, "Not Authorized"))
        else:
            reply = self._done(fault, request, path, grant)
        return reply if fault is None else _faulty(fault, reply)

    def _done(self, fault: Fault | None, request: Request, path: str, grant: Grant) -> Reply:
        """One call at a time: what a call does is whole before the next begins."""
        world = self._sandbox.world
        with world.lock:
            world.losing_events = fault is not None and fault.kind == "lose_events"
            try:
                answer = self._run(request, path, grant)
            except Refusal as refused:
                return refusal_reply(refused)
            finally:
                world.losing_events = False
            self._sandbox.limits.charge(world.switches, grant.label, answer.cost)
        return json_reply(answer.status, answer.body, answer.headers)

    def _grant(self, request: Request) -> Grant | None:
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        if scheme.casefold() != "bearer":
            return None
        grant = self._sandbox.world.tokens.get(token.strip())
        return None if grant is None or grant.revoked else grant

    def _run(self, request: Request, path: str, grant: Grant) -> Answer:
        data, options = opened(request)
        call = Call(
            self._sandbox.world, grant.user, path, request.query, data, options,
            request.base_url, grant,
        )  # fmt: skip
        return self._dispatch(request.method, call)

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
        world, limits, owner = call.world, self._sandbox.limits, call.grant.label
        reads = [isinstance(each, dict) and each.get("method") == "get" for each in actions]
        refusals = [limits.enter(world.switches, owner, read=read) for read in reads]
        try:
            for refusal in filter(None, refusals):
                raise refusal
            order: Sequence[int] = range(len(actions))
            if world.switches.batch_order == "any":
                order = _any_order(len(actions))
            results = {index: self._action(call, actions[index]) for index in order}
            cost = sum(cost for _, cost in results.values())
            data = [results[index][0] for index in range(len(actions))]
            return Answer(200, {"data": data}, cost=cost)
        finally:
            for read in reads:
                limits.leave(owner, read=read)

    def _action(self, call: Call, action: Any) -> tuple[dict[str, Any], int]:
        """Its result as the batch shows it, and its cost."""
        try:
            answer = self._dispatch(*batched(call, action))
        except Refusal as refusal:
            return {"status_code": refusal.status, "headers": {}, "body": refusal.body()}, 0
        headers = {name.lower(): value for name, value in answer.headers.items()}
        shown = {"status_code": answer.status, "headers": headers, "body": answer.body}
        return shown, answer.cost


def _any_order(count: int) -> Sequence[int]:
    """Not the order in which a batch was sent: Asana promises none, so nobody may rest on it."""
    return range(count - 1, -1, -1)


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
