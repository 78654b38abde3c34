"""From a request on the wire to an answer on the wire, with what may go wrong between."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import unquote

from werkzeug.exceptions import HTTPException
from werkzeug.routing import Map, Rule

from sync.sandbox import inputs
from sync.sandbox.announcements import HEADER, announced
from sync.sandbox.breakage import instead, spoilt
from sync.sandbox.call import API_ROOT, Answer, Call, Errand
from sync.sandbox.clock import stamp
from sync.sandbox.envelope import batched, opened
from sync.sandbox.faults import Fault, Struck, strike
from sync.sandbox.interludes import play
from sync.sandbox.refusal import NoAccess, Refusal, invalid, no_route, not_in_sandbox
from sync.sandbox.routes.table import Endpoint, build_map
from sync.sandbox.sandbox import Sandbox
from sync.sandbox.state import CustomField, Grant, Project, Section, Story, Task, Thing, User
from sync.sandbox.traffic import LoggedRequest
from sync.sandbox.webhooks import Webhook
from sync.sandbox.wire import Reply, Request, json_reply, refusal_reply

READS = ("GET", "HEAD", "OPTIONS")
COLLECTIONS: Mapping[type[Thing], str] = {
    User: "users",
    Project: "projects",
    Section: "sections",
    Task: "tasks",
    Story: "stories",
    CustomField: "custom_fields",
    Webhook: "webhooks",
}


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
            play(sandbox.world, sandbox.interludes, "before", request.method, path)
            in_flight = sandbox.traffic.enter(read=read)
            struck = strike(sandbox.faults, request.method, path, request.query_text)
            fault = struck.fault
            refusal = self._admit(grant, path, read=read)
        reply: Reply | None = None
        try:
            wait = sandbox.latency + (fault.wait if fault is not None else 0.0)
            if wait:
                sandbox.sleep(wait)
            reply = self._through(struck, refusal, request, path, grant)
        finally:
            with sandbox.world.lock:
                play(sandbox.world, sandbox.interludes, "after", request.method, path)
                sandbox.traffic.leave(read=read)
                if grant is not None:
                    sandbox.limits.leave(grant.label, read=read)
                sandbox.traffic.record(
                    LoggedRequest(
                        number=sandbox.traffic.total + 1,
                        method=request.method,
                        path=path,
                        query=request.query_text,
                        status=None if reply is None or reply.line.drop else reply.status,
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
        struck: Struck,
        refusal: Refusal | None,
        request: Request,
        path: str,
        grant: Grant | None,
    ) -> Reply:
        fault, wall = struck.fault, self._sandbox.wall()
        if fault is not None and fault.before:
            return instead(fault, request, wall)
        if refusal is not None or grant is None:
            reply = refusal_reply(refusal or Refusal(401, "Not Authorized"))
        else:
            reply = self._done(fault, request, path, grant)
        for watching in struck.watching:
            watching.look_on(reply)
        if fault is None:
            return reply
        if fault.does == "stale":
            return fault.kept or reply
        if fault.does == "other_gid" and grant is not None:
            return self._other(fault, reply, request, grant)
        return spoilt(fault, reply, request, wall)

    def _done(self, fault: Fault | None, request: Request, path: str, grant: Grant) -> Reply:
        """One call at a time: what a call does is whole before the next begins."""
        world = self._sandbox.world
        with world.lock:
            world.fault = fault.does if fault is not None else None
            world.caller = grant
            try:
                found = self._run(request, path, grant)
            except Refusal as refused:
                return refusal_reply(self._told(refused))
            finally:
                world.fault = world.caller = None
        try:
            answer = found if isinstance(found, Answer) else self._after(found)
        except Refusal as refused:
            return refusal_reply(refused)
        with world.lock:
            self._sandbox.limits.charge(world.switches, grant.label, answer.cost)
        names = [*answer.changes, *world.switches.changes.split(",")]
        reply = json_reply(answer.status, answer.body, answer.headers)
        return replace(reply, changes=announced(names, request.headers))

    def _after(self, errand: Errand[Any]) -> Answer:
        """Nothing waits for what is done outside: the one who is asked may ask us meanwhile."""
        fetched = errand.go()
        with self._sandbox.world.lock:
            return errand.finish(fetched)

    def _told(self, refusal: Refusal) -> Refusal:
        """As it is told: what one may not see can be kept from them altogether."""
        hidden = isinstance(refusal, NoAccess) and not refusal.seen
        if hidden and self._sandbox.world.switches.no_access == "missing":
            return Refusal(404, "Unknown object")
        return refusal

    def _other(self, fault: Fault, reply: Reply, request: Request, grant: Grant) -> Reply:
        """The record of the next thing of the same type, asked for in the same way."""
        world = self._sandbox.world
        with world.lock:
            data = json.loads(reply.body).get("data")
            own = world.things.get(data.get("gid", "")) if isinstance(data, dict) else None
            for other in () if own is None else world.of(type(own)):
                collection = COLLECTIONS.get(type(other))
                if collection is None or other is own or not world.visible(other):
                    continue
                path = f"/{collection}/{other.gid}"
                try:
                    answer = self._run(replace(request, method="GET"), path, grant)
                except Refusal:
                    continue
                if isinstance(answer, Answer):
                    return json_reply(reply.status, answer.body, reply.headers)
        fault.missed()
        return reply

    def _grant(self, request: Request) -> Grant | None:
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        if scheme.casefold() != "bearer":
            return None
        grant = self._sandbox.world.tokens.get(token.strip())
        return None if grant is None or grant.revoked else grant

    def _run(self, request: Request, path: str, grant: Grant) -> Answer | Errand[Any]:
        data, options = opened(request)
        call = Call(
            self._sandbox.world, grant.user, path, request.query, data, options,
            request.base_url, grant,
        )  # fmt: skip
        return self._dispatch(request.method, call)

    def _dispatch(self, method: str, call: Call) -> Answer | Errand[Any]:
        try:
            matcher = self._routes.bind("sandbox")
            endpoint, parts = matcher.match(call.path, method=method)
        except HTTPException:
            raise no_route() from None
        assert isinstance(endpoint, Endpoint)  # noqa: S101 - for the type; routes are our own
        if endpoint.shape is not None:
            call.tree(endpoint.shape)  # a call that is refused must not have had an effect
        return endpoint.handler(call, **{name: unquote(part) for name, part in parts.items()})

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
            if isinstance(answer, Errand):
                raise not_in_sandbox("a webhook's creation in a batch")
        except Refusal as refused:
            refusal = self._told(refused)
            return {"status_code": refusal.status, "headers": {}, "body": refusal.body()}, 0
        headers = {name.lower(): value for name, value in answer.headers.items()}
        if change := announced(answer.changes, {}):
            headers[HEADER.lower()] = ", ".join(change)
        shown = {"status_code": answer.status, "headers": headers, "body": answer.body}
        return shown, answer.cost


def _any_order(count: int) -> Sequence[int]:
    """Not the order in which a batch was sent: Asana promises none, so nobody may rest on it."""
    return range(count - 1, -1, -1)


def _created(reply: Reply | None) -> str | None:
    location = reply.headers.get("Location") if reply is not None else None
    return location.rpartition("/")[2] if location else None
