"""
The event stream: hints of what changed, told at most once.

The first call is a 412 that carries a fresh token, and so is a call with a token that has
expired: between the two, whatever happened is not told. A token that told something tells
the same when it is asked again, and gives the same next one.
"""

from bisect import bisect_right
from datetime import datetime
from typing import Any

from sync.sandbox.call import Answer, Call
from sync.sandbox.fields import cutter
from sync.sandbox.project_edits import require_access
from sync.sandbox.refusal import Refusal, invalid, not_in_sandbox, unknown_object
from sync.sandbox.routes.places import require_task
from sync.sandbox.seal import seal, unseal
from sync.sandbox.shapes import SHAPES
from sync.sandbox.state import Event, Project, Retold, Task, World

PER_ANSWER = 100


def get_events(call: Call) -> Answer:
    resource = call.query.get("resource")
    if resource is None:
        raise invalid("resource: Missing input")
    require_resource(call, resource)
    cursor = _cursor(call, resource)
    after, world = cursor["after"], call.world
    retold = world.answers.get(cursor["issue"])
    if retold is None:
        upcoming = told(world, resource, after)
        shown, has_more = upcoming[:PER_ANSWER], len(upcoming) > PER_ANSWER
        upto = shown[-1].number if shown else after
        retold = Retold(upto, has_more, _token(world, resource, upto, parent=cursor["issue"]))
        if shown:
            world.answers[cursor["issue"]] = retold
    else:
        shown = [event for event in _since(world, resource, after) if event.number <= retold.upto]
    if "parent" in cursor:
        world.spent_sync.add(cursor["parent"])
    cut = cutter(SHAPES, "event", call.tree("event"))
    rows = [cut(world, event) for event in shown]
    return Answer(200, {"data": rows, "sync": retold.sync, "has_more": retold.has_more})


def require_resource(call: Call, gid: str, *, in_path: bool = True) -> Project | Task:
    """What may be followed, by events or by a webhook, if the caller may see it."""
    thing = call.world.things.get(gid)
    if isinstance(thing, Project) and thing.deleted is None:
        require_access(call.user, thing)
        return thing
    if isinstance(thing, Task) and thing.deleted is None:
        require_task(call, thing)
        return thing
    if thing is None or thing.deleted is not None:
        raise unknown_object("resource", gid, in_path=in_path)
    raise not_in_sandbox("events of anything but a project or a task")


def _cursor(call: Call, resource: str) -> dict[str, Any]:
    token = call.query.get("sync")
    if token is None or call.world.fault == "resync":
        raise _resync(call, resource)
    cursor = unseal(call.world.seed, token)
    if cursor is None or cursor.get("of") != resource:
        raise _resync(call, resource)
    if cursor["issue"] <= call.world.sync_floor:
        raise _resync(call, resource)
    age = call.world.now() - datetime.fromisoformat(cursor["issued"])
    if age.total_seconds() > call.world.switches.sync_seconds:
        raise _resync(call, resource)
    if call.world.switches.refuse_spent_sync and cursor["issue"] in call.world.spent_sync:
        raise _resync(call, resource)
    return cursor


def _resync(call: Call, resource: str) -> Refusal:
    latest = len(call.world.events)
    return Refusal(
        412,
        "Sync token invalid or too old. If you are attempting to keep resources in sync, you "
        "must fetch the full dataset for this query now and use the new sync token for the "
        "next sync.",
        extra={"sync": _token(call.world, resource, latest)},
    )


def _token(world: World, resource: str, after: int, parent: int | None = None) -> str:
    payload: dict[str, Any] = {
        "of": resource,
        "after": after,
        "issued": world.now().isoformat(),
        "issue": world.next_issue(),
    }
    if parent is not None:
        payload["parent"] = parent
    return seal(world.seed, payload)


def told(world: World, resource: str, after: int) -> list[Event]:
    """
    The events that may be told now, in order.

    The stream waits at the first one that is not due yet, so that what is late is never
    skipped: a token moves past only what it has told.
    """
    told: list[Event] = []
    for event in _since(world, resource, after):
        age = (world.now() - event.at).total_seconds()
        if age < world.switches.events_delay or not world.told_of(event.resource):
            break
        told.append(event)
        if len(told) > PER_ANSWER:
            break
    return told


def _since(world: World, resource: str, after: int) -> list[Event]:
    stream = world.streams.get(resource, [])
    return stream[bisect_right(stream, after, key=lambda each: each.number) :]
