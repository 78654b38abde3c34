"""
What each edit leaves behind: history with its author, system stories, and events.

Events bubble: a project's stream carries its tasks, their subtasks at any depth, and the
stories of both. A scalar's event never carries the value, as on the platform.
"""

import hashlib
from datetime import datetime
from typing import Any

from sync.sandbox.clock import stamp
from sync.sandbox.state import (
    Event,
    HistoryEntry,
    Project,
    Section,
    Story,
    Task,
    Thing,
    User,
    World,
    ancestors,
    projects_of,
)


def note_history(
    world: World, user: User, thing: Thing, field: str, before: Any, after: Any
) -> None:
    world.history.append(
        HistoryEntry(world.now(), user.name, thing.gid, field, _plain(before), _plain(after))
    )


def emit(
    world: World,
    user: User,
    resource: Thing,
    action: str,
    *,
    parent: Thing | None = None,
    change: dict[str, Any] | None = None,
) -> None:
    """Put one event in every stream that covers it, unless it is lost: Asana promises none."""
    world.emitted += 1
    if world.fault == "lose_events" or _lost(world):
        world.lost_events += 1
        return
    streams = _streams(resource) | (_streams(parent) if parent else frozenset())
    number = len(world.events) + 1
    event = Event(number, world.now(), user, resource, action, streams, parent, change)
    world.events.append(event)
    for stream in streams:
        world.streams.setdefault(stream, []).append(event)


def _lost(world: World) -> bool:
    """Whether chance loses this event: a chance that falls the same way each time for a seed."""
    if not world.switches.events_loss:
        return False
    drawn = hashlib.sha256(f"{world.seed}:{world.emitted}".encode()).digest()
    return int.from_bytes(drawn[:8], "big") < world.switches.events_loss * 2**64


def emit_change(
    world: World, user: User, resource: Thing, field: str, new_value: Thing | None = None
) -> None:
    change: dict[str, Any] = {"field": field, "action": "changed"}
    if new_value is not None:
        change["new_value"] = new_value
    emit(world, user, resource, "changed", change=change)


def tell_story(
    world: World, user: User, task: Task, subtype: str, text: str, **details: Any
) -> Story:
    """A line of the task's own history, as people see it under the task."""
    kind = "comment" if subtype == "comment_added" else "system"
    said = details if world.switches.story_details else {}
    story = world.keep(Story(world.next_gid(), world.now(), task, user, kind, subtype, text, said))
    task.stories.append(story)
    if kind == "comment" or world.switches.story_events:
        emit(world, user, story, "added", parent=task)
    return story


def touch(world: World, task: Task) -> None:
    """What counts as a change of the task itself; moving it between containers does not."""
    task.modified_at = world.now()


def _streams(thing: Thing | None) -> frozenset[str]:
    match thing:
        case Task():
            gids = {thing.gid}
            for each in (thing, *ancestors(thing)):
                gids.add(each.gid)
                gids.update(project.gid for project in projects_of(each))
            return frozenset(gids)
        case Story():
            return _streams(thing.task)
        case Section():
            return frozenset({thing.project.gid})
        case Project():
            return frozenset({thing.gid})
        case _:
            return frozenset()


def _plain(value: Any) -> Any:
    match value:
        case Thing():
            return value.gid
        case datetime():
            return stamp(value)
        case list():
            return [_plain(each) for each in value]
        case _:
            return value
