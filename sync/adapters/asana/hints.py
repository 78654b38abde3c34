"""What to read again: events, and gids that were touched, boiled down to the fewest requests."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from sync.adapters.asana.decode import Event
from sync.adapters.asana.picture import Picture
from sync.model.operation import Ref
from sync.model.target import ProjectRole

_TASK_KINDS: Final = ("action", "indicator")
_PLACING: Final = ("added", "removed")
_TELLING_NOTHING: Final = ("story", "attachment")
_COMMENT: Final = "comment_added"
_DEFINITIONS: Final = {
    "project": "projects",
    "section": "sections",
    "custom_field": "fields",
    "custom_field_setting": "fields",
    "enum_option": "fields",
}


@dataclass(frozen=True, slots=True)
class Hints:
    """`tasks` by gid, `listings` whole; `unclear` when an event does not even say of what."""

    tasks: Collection[str] = ()
    listings: frozenset[ProjectRole] = frozenset()
    projects: bool = False
    sections: bool = False
    fields: bool = False
    unclear: bool = False


def hints_of(events: Iterable[Event], picture: Picture, touched: Iterable[str]) -> Hints:
    """
    Coalesce the events: each thing is read again once, however often and in whatever order it
    was told of.

    A comment or an attachment tells nothing that we read. Any other story stands for an edit of
    its task, if it is ours: nobody says under what name the edit of a custom field is told, nor
    that it is. A kind not known yet is taken as a change of definitions.
    """
    named = _kinds(sorted(touched), picture.links)
    tasks = dict.fromkeys(gid for gid, kind in named.items() if kind in _TASK_KINDS)
    linked = picture.linked_tasks()
    kinds: set[str] = set()
    listings: set[ProjectRole] = set()
    unclear = False
    places = {project.gid: role for role, project in picture.projects.items()}
    for section in picture.sections:
        if section.project_gid in places:
            places[section.gid] = places[section.project_gid]
    for event in events:
        if event.resource is None or not event.resource.resource_type:
            unclear = True
        elif event.resource.resource_type == "task":
            tasks[event.resource.gid] = None
            if event.parent and event.parent.gid in places and event.action in _PLACING:
                listings.add(places[event.parent.gid])
        elif event.resource.resource_type == "story":
            silent = event.resource.resource_subtype == _COMMENT
            if event.parent and event.parent.gid in linked and not silent:
                tasks[event.parent.gid] = None
        else:
            kinds.add(event.resource.resource_type)
    kinds.difference_update(_TELLING_NOTHING)
    strange = bool(kinds - _DEFINITIONS.keys())
    moved = {_DEFINITIONS[kind] for kind in kinds if kind in _DEFINITIONS}
    return Hints(
        tasks=tuple(tasks),
        listings=frozenset(listings),
        projects=strange or "projects" in moved,
        sections=strange or "sections" in moved,
        fields=strange or "fields" in moved,
        unclear=unclear,
    )


def hints_of_touched(
    gids: Iterable[str], picture: Picture, reordered: frozenset[ProjectRole]
) -> Hints:
    """A project whose order was written is listed again, for only a listing tells an order."""
    named = _kinds(gids, picture.links)
    return Hints(
        tasks=[gid for gid, kind in named.items() if kind in _TASK_KINDS],
        listings=reordered & frozenset(picture.projects),
        projects="project" in named.values(),
        sections="section" in named.values(),
        fields=bool({"field", "option"} & set(named.values())),
    )


def cheapest(picture: Picture, hints: Hints) -> tuple[frozenset[ProjectRole], list[str]]:
    """Which projects to list whole, and which tasks then remain to be read one by one."""
    every = frozenset(picture.projects)
    roles = set(hints.listings)
    for role in every - roles:
        order = picture.listed([role])
        if sum(gid in order for gid in hints.tasks) > picture.pages([role]):
            roles.add(role)
    known = picture.listed(every)
    strangers = [gid for gid in hints.tasks if gid not in known]
    if len(strangers) > picture.pages(every - roles):
        roles |= every
    covered = picture.listed(roles)
    linked = picture.linked_tasks()
    rest = [gid for gid in hints.tasks if gid not in covered]
    if roles == every:  # a stranger that no listing shows is not at home here
        rest = [gid for gid in rest if gid in linked]
    return frozenset(roles), rest


def _kinds(gids: Iterable[str], links: Mapping[Ref, str]) -> dict[str, str]:
    """What each gid is, by the ref that is linked to it; an unlinked one passes for a task."""
    kinds = {gid: ref.partition(":")[0] for ref, gid in links.items()}
    return {gid: kinds.get(gid, "action") for gid in gids}
