"""One API request as the routes see it, and the few forms that an answer takes."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Generic, TypeVar
from urllib.parse import urlencode

from sync.sandbox.fields import Tree, check_tree, cutter, parse_opt_fields, width
from sync.sandbox.refusal import invalid, not_in_sandbox
from sync.sandbox.seal import seal, unseal
from sync.sandbox.shapes import SHAPES
from sync.sandbox.state import Grant, Thing, User, World

API_ROOT = "/api/1.0"

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Call:
    """
    Who asks what. `data` and `options` are the body's two parts, `query` the URL's; `grant` is
    the token that the call came with.
    """

    world: World
    user: User
    path: str
    query: Mapping[str, str]
    data: Mapping[str, Any]
    options: Mapping[str, Any]
    base_url: str
    grant: Grant

    def tree(self, shape: str) -> Tree | None:
        """What `opt_fields` (or `options.fields`) asks for, checked against what exists."""
        if "opt_expand" in self.query:
            raise not_in_sandbox("opt_expand")
        wanted = self.options.get("fields", self.query.get("opt_fields"))
        if wanted is None:
            return None
        if isinstance(wanted, list):
            wanted = ",".join(map(str, wanted))
        if not isinstance(wanted, str) or not wanted:
            raise invalid(f"opt_fields: Not a list of fields: {wanted!r}")
        tree = parse_opt_fields(wanted)
        check_tree(self.world, SHAPES, shape, tree)
        return tree


@dataclass(frozen=True, slots=True)
class Answer:
    """
    What a call is answered.

    `cost` is what the limiter takes from the cost budget: rows times fields asked for.
    `changes` are the coming changes of the platform that the call would feel.
    """

    status: int
    body: Any
    headers: Mapping[str, str] = field(default_factory=dict)
    cost: int = 1
    changes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Errand(Generic[T]):
    """
    An answer that first needs something from outside. The world's lock is not held during
    `go`, and is again for `finish`, which may still refuse.
    """

    go: Callable[[], T]
    finish: Callable[[T], Answer]


def show(call: Call, shape: str, thing: Any, status: int = 200) -> Answer:
    tree = call.tree(shape)
    record = cutter(SHAPES, shape, tree, full=True)(call.world, thing)
    return Answer(status, {"data": record}, cost=width(tree))


def created(call: Call, shape: str, thing: Thing, collection: str) -> Answer:
    answer = show(call, shape, thing, 201)
    location = f"{call.base_url}{API_ROOT}/{collection}/{thing.gid}"
    return replace(answer, headers={"Location": location})


def done() -> Answer:
    return Answer(200, {"data": {}})


def listing(call: Call, shape: str, things: Sequence[Any], *, full: bool = False) -> Answer:
    """
    A listing, compact unless `opt_fields` asks for more, a page at a time if `limit` is sent.

    Nothing holds a listing still between two pages: what is inserted or removed meanwhile
    shifts it. Whether an offset holds a position or a row is the switch `offset_holds`.
    """
    tree = call.tree(shape)
    body: dict[str, Any] = {}
    if "limit" in call.query or "offset" in call.query:
        shown, body["next_page"] = _page(call, things)
    else:
        shown = _cut_off(call.world, things)
    cut = cutter(SHAPES, shape, tree, full=full)
    body["data"] = [cut(call.world, each) for each in shown]
    return Answer(200, body, cost=max(len(shown), 1) * width(tree))


def _cut_off(world: World, things: Sequence[Any]) -> Sequence[Any]:
    cutoff = world.switches.unpaginated_cutoff
    if len(things) > cutoff and world.switches.unpaginated == "refuse":
        raise invalid(
            "The result is too large. You should use pagination "
            "(may require specifying a workspace)!"
        )
    return things[:cutoff]


def _page(call: Call, things: Sequence[Any]) -> tuple[Sequence[Any], dict[str, str] | None]:
    limit = _limit(call)
    start, fault = _start(call, things), call.world.fault
    if fault == "page_overlap" and start > 0:
        start -= 1
    end = start + limit
    ceiling = call.world.switches.listing_ceiling
    if ceiling and end > ceiling and len(things) > ceiling:
        raise invalid("The result set was truncated: it is too large to be listed.")
    if end >= len(things) and fault != "offset_loop":
        return things[start:end], None
    following = start if fault == "offset_loop" else end
    payload = {"of": _binding(call), "at": following, "issued": call.world.now().isoformat()}
    if call.world.switches.offset_holds == "row" and following > 0:
        payload["after"] = things[following - 1].gid
    offset = seal(call.world.seed, payload)
    query = {**call.query, "offset": offset}
    path = f"{call.path}?{urlencode(query)}"
    return things[start:end], {
        "offset": offset,
        "path": path,
        "uri": f"{call.base_url}{API_ROOT}{path}",
    }


def _limit(call: Call) -> int:
    text = call.query.get("limit")
    if text is None:
        raise invalid("limit: Missing input: an offset is of use only with a limit")
    if not text.isdecimal() or not 1 <= int(text) <= 100:
        raise invalid("limit: Must be between 1 and 100")
    return int(text)


def _start(call: Call, things: Sequence[Any]) -> int:
    token = call.query.get("offset")
    if token is None:
        return 0
    payload = unseal(call.world.seed, token)
    if payload is None or payload.get("of") != _binding(call):
        raise invalid("offset: Your pagination token is invalid.")
    age = call.world.now() - datetime.fromisoformat(payload["issued"])
    if age.total_seconds() > call.world.switches.offset_seconds:
        raise invalid("offset: Your pagination token has expired.")
    position = int(payload["at"])
    if "after" not in payload:
        return position
    rows = (index for index, each in enumerate(things) if each.gid == payload["after"])
    return next(rows, position - 1) + 1


def _binding(call: Call) -> str:
    """What an offset belongs to: the path and its filters, not the way they are shown."""
    filters = sorted(
        (name, value)
        for name, value in call.query.items()
        if name not in ("offset", "limit") and not name.startswith("opt_")
    )
    return hashlib.sha256(f"{call.path}{filters}".encode()).hexdigest()[:16]
