"""
What an app keeps on a task: a key, which is a second name of the task, and some data.

It belongs to an OAuth app: no other app sees it, nor does a personal token. What a personal
token's write does, and whether two tasks may bear one key, is written nowhere: two switches.
"""

from collections.abc import Mapping
from typing import Any

from sync.sandbox import inputs
from sync.sandbox.refusal import Refusal, invalid, undocumented
from sync.sandbox.state import External, Grant, Task, World

MAX_KEY = 1024
MAX_DATA = 32_768


def read_external(
    world: World, grant: Grant, data: Mapping[str, Any], task: Task | None
) -> dict[str, External | None]:
    """What a body asks to keep, by app: nothing if it says nothing, None to let go of it."""
    if "external" not in data:
        return {}
    if grant.app is None:
        return _without_an_app(world)
    raw = data["external"]
    if raw is None:
        return {grant.app: None}
    if not isinstance(raw, dict):
        raise invalid("external: Not an object")
    inputs.check_names(raw, ("gid", "data"))
    key, kept = inputs.text(raw, "gid"), inputs.text(raw, "data")
    if len(key or "") > MAX_KEY or len(kept or "") > MAX_DATA:
        raise invalid(f"external: More than {MAX_KEY} characters of gid or {MAX_DATA} of data")
    before = None if task is None else task.external.get(grant.app)
    if before is not None:
        key, kept = raw.get("gid", before.gid), raw.get("data", before.data)
    if key is not None:
        _check_unique(world, grant.app, key, task)
    return {grant.app: External(key, kept)}


def write_external(world: World, task: Task, kept: Mapping[str, External | None]) -> None:
    for app, external in kept.items():
        old = task.external.pop(app, None)
        if old is not None:
            world.external.get((app, old.gid), {}).pop(task.gid, None)
        if external is not None:
            task.external[app] = external
            world.external.setdefault((app, external.gid), {})[task.gid] = task


def task_with_key(world: World, grant: Grant, key: str) -> Task | None:
    """The living task that bears this key for the caller's app; the oldest if there are two."""
    if grant.app is None:
        return None
    bearing = world.external.get((grant.app, key), {}).values()
    return next((task for task in bearing if task.deleted is None), None)


def _check_unique(world: World, app: str, key: str, own: Task | None) -> None:
    bearing = world.external.get((app, key), {}).values()
    taken = any(task is not own and task.deleted is None for task in bearing)
    if taken and world.switches.external_taken == "refuse":
        raise undocumented(f"external: gid: another task bears {key!r}", "external_taken")


def _without_an_app(world: World) -> dict[str, External | None]:
    match world.switches.external_by_pat:
        case "ignore":
            return {}
        case "forbid":
            raise Refusal(403, "external: Only an OAuth app may keep data on a task.")
        case _:
            raise undocumented("external: written with a personal token", "external_by_pat")
