"""
The control interface, outside /api/1.0: the clock, people, faults, and what happened.

It is for tests, the demo and rehearsals. It needs no token and speaks only on loopback.
"""

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from werkzeug.exceptions import HTTPException
from werkzeug.routing import Map, Rule

from sync.sandbox import inputs, webhook_control
from sync.sandbox.acts import act
from sync.sandbox.clock import parse_instant, stamp
from sync.sandbox.dump import dump, summary
from sync.sandbox.faults import Fault
from sync.sandbox.interludes import Interlude, person
from sync.sandbox.refusal import Refusal, invalid, no_route
from sync.sandbox.sandbox import Sandbox, add_person, grant_token
from sync.sandbox.shapes import TYPES
from sync.sandbox.state import User
from sync.sandbox.wire import Reply, Request, json_reply, refusal_reply

CONTROL_ROOT = "/control"
SEATS = ("admin", "member", "guest", "view_only")


class Control:
    """One method per path; each takes the decoded body and gives what is answered."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox
        self._routes = Map(
            [
                Rule(f"{CONTROL_ROOT}{path}", methods=[method], endpoint=handler)
                for method, path, handler in (
                    ("GET", "/state", self._state),
                    ("GET", "/dump", self._dump),
                    ("POST", "/reset", self._reset),
                    ("POST", "/save", self._save),
                    ("POST", "/restore", self._restore),
                    ("POST", "/interludes", self._add_interludes),
                    ("GET", "/interludes", self._interludes),
                    ("POST", "/clock", self._clock),
                    ("POST", "/people", self._people),
                    ("POST", "/tokens", self._tokens),
                    ("POST", "/revoke", self._revoke),
                    ("POST", "/act/<verb>", self._act),
                    ("POST", "/latency", self._latency),
                    ("POST", "/visibility_delay", self._visibility_delay),
                    ("POST", "/expire_sync", self._expire_sync),
                    ("POST", "/switches", self._switches),
                    ("POST", "/faults", self._add_faults),
                    ("GET", "/faults", self._faults),
                    ("DELETE", "/faults", self._clear_faults),
                    ("GET", "/limits", self._limits),
                    ("GET", "/webhooks", self._webhooks),
                    ("POST", "/webhooks/<gid>", self._webhook),
                    ("GET", "/requests", self._requests),
                    ("DELETE", "/requests", self._forget_requests),
                )
            ]
        )

    def answer(self, request: Request) -> Reply:
        try:
            handler, parts = self._match(request)
            body = inputs.document(request.body)
            with self._sandbox.world.lock:
                return json_reply(200, handler(request, body, **parts))
        except Refusal as refusal:
            return refusal_reply(refusal)
        except (TypeError, ValueError, KeyError) as error:
            return refusal_reply(invalid(f"{type(error).__name__}: {error}"))

    def _match(self, request: Request) -> tuple[Callable[..., Any], dict[str, Any]]:
        try:
            handler, parts = self._routes.bind("sandbox").match(request.path, method=request.method)
        except HTTPException:
            raise no_route() from None
        return handler, dict(parts)

    def _state(self, _request: Request, _body: Any) -> Any:
        return {**summary(self._sandbox.world), "latency": self._sandbox.latency}

    def _dump(self, _request: Request, _body: Any) -> Any:
        return dump(self._sandbox.world)

    def _reset(self, _request: Request, _body: Any) -> Any:
        self._sandbox.reset()
        return summary(self._sandbox.world)

    def _save(self, _request: Request, body: Any) -> Any:
        _only(body, "name")
        self._sandbox.save(str(body["name"]))
        return {"saved": sorted(self._sandbox.saved)}

    def _restore(self, _request: Request, body: Any) -> Any:
        _only(body, "name")
        self._sandbox.restore(str(body["name"]))
        return summary(self._sandbox.world)

    def _add_interludes(self, request: Request, body: Any) -> Any:
        wanted = body if isinstance(body, list) else [body]
        for each in wanted:
            _only(each, "as", "acts", "when", "nth", "method", "path", "patient")
            settings = {name: value for name, value in each.items() if name != "as"}
            by = person(self._sandbox.world, each.get("as")).gid
            self._sandbox.interludes.append(Interlude(by=by, **settings))
        return self._interludes(request, None)

    def _interludes(self, _request: Request, _body: Any) -> Any:
        return [asdict(interlude) for interlude in self._sandbox.interludes]

    def _clock(self, _request: Request, body: Any) -> Any:
        """`now`, `advance_seconds`, `frozen`: in that order if several are sent."""
        _only(body, "now", "advance_seconds", "frozen")
        clock = self._sandbox.world.clock
        if "now" in body:
            clock.set(parse_instant(body["now"]))
        if "advance_seconds" in body:
            clock.advance(float(body["advance_seconds"]))
        if "frozen" in body:
            clock.freeze(frozen=bool(body["frozen"]))
        return {"now": stamp(clock.now()), "frozen": clock.frozen}

    def _people(self, _request: Request, body: Any) -> Any:
        """
        Someone who acts through the API with a token, a personal one or an `app`'s.

        `team` false leaves them out of the team.
        """
        _only(body, "name", "email", "token", "team", "seat", "app")
        sandbox = self._sandbox
        world = sandbox.world
        number = len(world.tokens) + 1
        email = body.get("email", f"personne-{number}@bac-a-sable.invalid")
        token = body.get("token", f"sandbox/{world.seed}/{number}")
        if any(user.email == email or user.name == body["name"] for user in world.of(User)):
            raise ValueError(f"someone is called {body['name']} or has the address {email}")
        if token in world.tokens:
            raise ValueError("the token is taken")
        team = sandbox.team if body.get("team", True) else None
        seat = inputs.choice({"seat": "member", **body}, "seat", SEATS)
        user = add_person(
            world, sandbox.workspace, body["name"], email, token, team, seat, body.get("app")
        )
        return {"gid": user.gid, "name": user.name, "email": user.email, "token": token}

    def _tokens(self, _request: Request, body: Any) -> Any:
        """One more token `as` someone, a personal one or an `app`'s."""
        _only(body, "as", "token", "app")
        world = self._sandbox.world
        token = body.get("token", f"sandbox/{world.seed}/{len(world.tokens) + 1}")
        if token in world.tokens:
            raise ValueError("the token is taken")
        user = person(world, body.get("as"))
        return {"token": token, "label": grant_token(world, user, token, body.get("app")).label}

    def _revoke(self, _request: Request, body: Any) -> Any:
        """The tokens of someone, or one of them by its label: answered 401 from now on."""
        _only(body, "as")
        revoked = [
            grant
            for grant in self._sandbox.world.tokens.values()
            if body.get("as") in (grant.label, grant.user.name, grant.user.gid)
        ]
        if not revoked:
            raise ValueError(f"'as' must name a person or a token's label, not {body.get('as')!r}")
        for grant in revoked:
            grant.revoked = True
        return {"revoked": [grant.label for grant in revoked]}

    def _act(self, _request: Request, body: Any, verb: str) -> Any:
        arguments = dict(_object(body))
        who = person(self._sandbox.world, arguments.pop("as", None))
        made = act(self._sandbox.world, who, verb, arguments)
        if made is None:
            return {}
        return {"gid": made.gid, "resource_type": TYPES[type(made)]}

    def _latency(self, _request: Request, body: Any) -> Any:
        _only(body, "seconds")
        self._sandbox.latency = float(body["seconds"])
        return {"seconds": self._sandbox.latency}

    def _visibility_delay(self, _request: Request, body: Any) -> Any:
        _only(body, "seconds")
        self._sandbox.world.switches.visibility_delay = float(body["seconds"])
        return {"seconds": self._sandbox.world.switches.visibility_delay}

    def _expire_sync(self, _request: Request, _body: Any) -> Any:
        self._sandbox.world.expire_sync()
        return {}

    def _switches(self, _request: Request, body: Any) -> Any:
        for name, value in _object(body).items():
            self._sandbox.world.switches.turn(name, value)
        return asdict(self._sandbox.world.switches)

    def _add_faults(self, request: Request, body: Any) -> Any:
        wanted = body if isinstance(body, list) else [body]
        for each in wanted:
            _only(
                each, "kind", "method", "path", "query", "nth", "times", "status", "headers",
                "body", "html", "seconds", "size",
            )  # fmt: skip
        self._sandbox.faults.extend([Fault.of(**each) for each in wanted])
        return self._faults(request, None)

    def _faults(self, request: Request, _body: Any) -> Any:
        """All, or with `fired=yes` or `fired=no` those that struck and those that never did."""
        asked = request.query.get("fired")
        if asked not in (None, "yes", "no"):
            raise ValueError(f"fired wants yes or no, not {asked!r}")
        return [
            fault.report()
            for fault in self._sandbox.faults
            if asked is None or (fault.fired > 0) == (asked == "yes")
        ]

    def _clear_faults(self, _request: Request, _body: Any) -> Any:
        self._sandbox.faults.clear()
        return []

    def _limits(self, _request: Request, _body: Any) -> Any:
        return self._sandbox.limits.report()

    def _webhooks(self, _request: Request, _body: Any) -> Any:
        return webhook_control.report(self._sandbox.world)

    def _webhook(self, _request: Request, body: Any, gid: str) -> Any:
        return webhook_control.steer(self._sandbox.world, gid, _object(body))

    def _requests(self, request: Request, _body: Any) -> Any:
        last = request.query.get("last")
        return self._sandbox.traffic.report(None if last is None else int(last))

    def _forget_requests(self, _request: Request, _body: Any) -> Any:
        self._sandbox.traffic.reset()
        return self._sandbox.traffic.report()


def _only(body: Any, *names: str) -> None:
    if unknown := set(_object(body)) - set(names):
        raise ValueError(f"unknown: {', '.join(sorted(unknown))}; known: {', '.join(names)}")


def _object(body: Any) -> dict[str, Any]:
    if not isinstance(body, dict):
        raise TypeError("the body must be an object")
    return body
