"""An observation in the making: what is known so far of one plan's two projects."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import Enum, auto
from math import ceil

from sync.adapters.asana.listing import PAGE_SIZE
from sync.core.marks import ROLES, is_task, project_ref
from sync.model.operation import Ref
from sync.model.target import (
    Observed,
    ObservedField,
    ObservedProject,
    ObservedSection,
    ObservedTask,
    ProjectRole,
)
from sync.wording import Text


class Unread(Enum):
    """Why Asana did not show a task that was asked for by its gid."""

    GONE = auto()
    HIDDEN = auto()  # made private: it exists, but not in our sight


@dataclass(slots=True)
class Picture:
    """
    `last` holds the bodies as last known, `told` the losses that an earlier cycle proved.

    `doubted` are linked tasks that Asana refused to show where nothing may be concluded from it,
    because not everything was read (`whole` is false) or a listing is short (`shortfall` says by
    how much): they stand as before.
    """

    links: Mapping[Ref, str]
    last: Mapping[str, ObservedTask]
    whole: bool
    projects: dict[ProjectRole, ObservedProject] = field(default_factory=dict)
    sections: list[ObservedSection] = field(default_factory=list)
    fields: list[ObservedField] = field(default_factory=list)
    tasks: dict[str, ObservedTask] = field(default_factory=dict)
    order: dict[ProjectRole, tuple[str, ...]] = field(default_factory=dict)
    absent: set[str] = field(default_factory=set)
    moved: set[str] = field(default_factory=set)
    told: frozenset[str] = frozenset()
    doubted: set[str] = field(default_factory=set)
    shortfall: Text | None = None

    def linked_tasks(self) -> dict[str, None]:
        """A set that keeps its order, so that requests do too."""
        return {gid: None for ref, gid in self.links.items() if is_task(ref)}

    def roles_of(self, task: ObservedTask) -> set[ProjectRole]:
        return {role for role, project in self.projects.items() if project.gid in task.homes}

    def listed(self, roles: Iterable[ProjectRole]) -> set[str]:
        return {gid for role in roles for gid in self.order.get(role, ())}

    def pages(self, roles: Iterable[ProjectRole]) -> int:
        return sum(max(1, ceil(len(self.order.get(role, ())) / PAGE_SIZE)) for role in roles)

    def stays(self, gid: str, why: Unread) -> bool:
        """Leave a linked task that was not shown as it was, unless that proves something."""
        if gid in self.listed(self.order) and self.whole:
            return True  # a later listing has it after all
        if self.whole and self.shortfall is None:
            return False
        if gid not in (self.absent if why is Unread.GONE else self.moved):
            self.doubted.add(gid)
        if gid in self.last:
            self.tasks.setdefault(gid, self.last[gid])
        return True

    def last_seen(self, gid: str) -> ObservedTask:
        """At home nowhere that we see; a bare name where no cycle ever read it."""
        return replace(self.last.get(gid, ObservedTask(gid, name="")), homes={})

    def forget(self, gid: str) -> None:
        self.tasks.pop(gid, None)
        self.order = {
            role: tuple(each for each in gids if each != gid) for role, gids in self.order.items()
        }


def blank(mirror: Observed | None, links: Mapping[Ref, str]) -> Picture:
    """Where a full read starts from."""
    proved = mirror is not None and mirror.complete
    return Picture(
        links=links,
        last=mirror.tasks if mirror else {},
        whole=True,
        told=mirror.absent | mirror.moved if mirror and proved else frozenset(),
    )


def picture_of(mirror: Observed, links: Mapping[Ref, str]) -> Picture:
    """Where a read by events starts from."""
    return Picture(
        links=links,
        last=mirror.tasks,
        whole=False,
        projects=dict(mirror.projects),
        sections=list(mirror.sections),
        fields=list(mirror.fields),
        tasks=dict(mirror.tasks),
        order=dict(mirror.order),
        absent=set(mirror.absent),
        moved=set(mirror.moved),
    )


def linked_projects(links: Mapping[Ref, str]) -> dict[ProjectRole, str]:
    return {role: links[project_ref(role)] for role in ROLES if project_ref(role) in links}


def covers(mirror: Observed, links: Mapping[Ref, str]) -> bool:
    """Whether events on this mirror can stand for a full read."""
    seen = {role: project.gid for role, project in mirror.projects.items()}
    return mirror.complete and "actions" in seen and linked_projects(links) == seen


def followed(mirror: Observed | None) -> tuple[ProjectRole, ...]:
    """Whose events to read: the managers', and the companion's when the former would miss some."""
    if mirror is None:
        return ("actions",)
    ours = set(mirror.order.get("actions", ()))
    for gid in mirror.order.get("indicators", ()):
        task = mirror.tasks.get(gid)
        if task is None or not {gid, task.parent_gid} & ours:
            return tuple(mirror.projects)
    return ("actions",)
