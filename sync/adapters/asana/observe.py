"""
What Asana holds, read whole or read again where something moved.

A full read takes the event tokens first and reads afterwards, so that nothing falls between the
two. A read by events starts from the mirror and reads again only what the events name; each
gid once, or its whole project when that costs fewer requests. The managers' stream tells of the
indicators too, while they hang under its tasks; the companion's is read when one hangs elsewhere.

What a listing lacks is never concluded to be gone: each linked task that is missing gets one
direct reading. And that reading, when Asana refuses it, concludes something only where
everything else was read: one odd answer takes no task from the page.

A task stands in the result when one of our projects is its home, or when it is linked.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import Enum, auto
from functools import partial
from math import ceil
from typing import Final, cast

from sync.adapters.asana import reads
from sync.adapters.asana.decode import Event
from sync.adapters.asana.errors import incomplete
from sync.adapters.asana.listing import PAGE_SIZE
from sync.adapters.asana.session import Session
from sync.core.marks import ROLES, field_ref, is_task, project_ref
from sync.errors import TargetRejected, UnsafeChangeSet
from sync.model.operation import Ref
from sync.model.target import (
    Observed,
    ObservedField,
    ObservedProject,
    ObservedSection,
    ObservedTask,
    ProjectRole,
)
from sync.ports import Known, Reading
from sync.wording import Text

CURSORS: Final[Mapping[ProjectRole, str]] = {
    "actions": "events",
    "indicators": "events/indicators",
}
_MOST_EVENT_PAGES: Final = 500
_ROLE_NAMES: Final = {
    "actions": Text("projet des gestionnaires", "managers' project"),
    "indicators": Text("projet des indicateurs", "indicators' project"),
}


class _Unread(Enum):
    """Why Asana did not show a task that was asked for by its gid."""

    GONE = auto()
    HIDDEN = auto()  # made private: it exists, but not in our sight


@dataclass(slots=True)
class _Picture:
    """
    An observation in the making.

    `last` holds the bodies as last known. `doubted` are linked tasks that Asana refused to show
    while the picture is not `whole`: they stand as before, and nothing is said of them.
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
    doubted: set[str] = field(default_factory=set)

    def linked_tasks(self) -> dict[str, None]:
        """A set that keeps its order, so that requests do too."""
        return {gid: None for ref, gid in self.links.items() if is_task(ref)}

    def roles_of(self, task: ObservedTask) -> set[ProjectRole]:
        return {role for role, project in self.projects.items() if project.gid in task.homes}

    def listed(self, roles: Iterable[ProjectRole]) -> set[str]:
        return {gid for role in roles for gid in self.order.get(role, ())}

    def pages(self, roles: Iterable[ProjectRole]) -> int:
        return sum(max(1, ceil(len(self.order.get(role, ())) / PAGE_SIZE)) for role in roles)

    def already_tells(self, gid: str, why: _Unread) -> bool:
        return gid in (self.absent if why is _Unread.GONE else self.moved)

    def forget(self, gid: str) -> None:
        self.tasks.pop(gid, None)
        self.order = {
            role: tuple(each for each in gids if each != gid) for role, gids in self.order.items()
        }


@dataclass(frozen=True, slots=True)
class _Hints:
    """What to read again. `tasks` by gid, `listings` whole."""

    tasks: Collection[str] = ()
    listings: frozenset[ProjectRole] = frozenset()
    projects: bool = False
    sections: bool = False
    fields: bool = False


class Observer:
    """Reads one plan's two projects; `workspace` is resolved only when it is needed."""

    def __init__(
        self, session: Session, workspace: Callable[[], str], field_keys: Collection[str]
    ) -> None:
        self._session = session
        self._workspace = workspace
        self._field_keys = field_keys

    def everything(self, known: Known, tokens: Mapping[str, str] | None = None) -> Reading:
        """A full read; the `tokens` at hand are so fresh that nothing was read before them."""
        started, sent = self._session.now(), self._sent()
        picture = _Picture(known.links, known.mirror.tasks if known.mirror else {}, whole=True)
        linked = _linked_projects(known.links)
        cursors = dict(tokens or {})
        cursors |= self._tokens({r: gid for r, gid in linked.items() if CURSORS[r] not in cursors})
        picture.projects = self._projects(known, linked)
        found = {role: p.gid for role, p in picture.projects.items() if role not in linked}
        cursors |= self._tokens(found)
        self._session.side_by_side(
            [
                lambda: self._read_sections(picture),
                lambda: self._read_fields(picture),
                lambda: self._list(picture, frozenset(picture.projects)),
            ]
        )
        self._read_tasks(picture, [g for g in picture.linked_tasks() if g not in picture.tasks])
        return self._reading(picture, started, sent, cursors, full=True)

    def changes(self, known: Known) -> Reading:
        """A read by events, or a full one when they cannot tell or tell of a loss."""
        mirror = known.mirror
        if (
            mirror is None
            or not _covers(mirror, known.links)
            or not all(CURSORS[role] in known.cursors for role in mirror.projects)
        ):
            return self.everything(known)
        started, sent = self._session.now(), self._sent()
        followed = _followed(mirror)
        news = self._session.side_by_side(
            [
                partial(self._news, mirror.projects[role].gid, known.cursors[CURSORS[role]])
                for role in followed
            ]
        )
        tokens = {CURSORS[role]: page.token for role, page in zip(followed, news, strict=True)}
        doubt = any(page.lapsed for page in news)  # changes may have been missed
        picture = _from(mirror, known.links)
        if not doubt:
            events = [event for page in news for event in page.events]
            self._follow(picture, _hints(events, picture, known.touched))
            doubt = bool(picture.doubted)
        if doubt:
            full = self.everything(known, tokens)
            return replace(full, requests=self._sent() - sent)
        return self._reading(picture, started, sent, {**known.cursors, **tokens}, full=False)

    def touched(
        self, known: Known, gids: Collection[str], reordered: frozenset[ProjectRole]
    ) -> Reading:
        """
        Read again what was written, without asking for events.

        A project whose order was written is listed again, for only a listing tells an order. A
        task that Asana does not show stays as it was: the next events tell what became of it.
        """
        if known.mirror is None or not _covers(known.mirror, known.links):
            return self.everything(known)
        started, sent = self._session.now(), self._sent()
        picture = _from(known.mirror, known.links)
        named = _kinds((*gids, *sorted(known.touched)), known.links)
        hints = _Hints(
            tasks=[gid for gid, kind in named.items() if kind in _TASK_KINDS],
            listings=reordered & frozenset(picture.projects),
            projects="project" in named.values(),
            sections="section" in named.values(),
            fields=bool({"field", "option"} & set(named.values())),
        )
        self._follow(picture, hints)
        return self._reading(picture, started, sent, dict(known.cursors), full=False)

    def _sent(self) -> int:
        return sum(self._session.requests().values())

    def _reading(
        self,
        picture: _Picture,
        started: datetime,
        sent: int,
        cursors: Mapping[str, str],
        *,
        full: bool,
    ) -> Reading:
        observed = Observed(
            complete=True,
            read_at=started,
            projects=picture.projects,
            sections=tuple(picture.sections),
            fields=tuple(picture.fields),
            tasks=picture.tasks,
            order=picture.order,
            absent=frozenset(picture.absent),
            moved=frozenset(picture.moved),
            sandbox=self._session.sandbox,
        )
        return Reading(observed, cursors, full, self._sent() - sent)

    def _tokens(self, gids: Mapping[ProjectRole, str]) -> dict[str, str]:
        pages = self._session.side_by_side(
            [partial(reads.events, self._session, gid, None) for gid in gids.values()]
        )
        return {CURSORS[role]: page.token for role, page in zip(gids, pages, strict=True)}

    def _news(self, project_gid: str, token: str) -> reads.EventPage:
        """Every event of one stream since the token, as if on one page."""
        events: list[Event] = []
        for _ in range(_MOST_EVENT_PAGES):
            page = reads.events(self._session, project_gid, token)
            events += page.events
            if page.lapsed or not page.more:
                return replace(page, events=tuple(events))
            token = page.token
        raise incomplete(
            Text("lire les événements", "read the events"),
            Text("ils ne finissent pas", "they do not end"),
        )

    def _projects(
        self, known: Known, linked: Mapping[ProjectRole, str]
    ) -> dict[ProjectRole, ObservedProject]:
        """By link; else by the marker in the notes, so that a lost answer is found again."""
        read = self._session.side_by_side(
            [partial(reads.project, self._session, gid) for gid in linked.values()]
        )
        found = dict(zip(linked, read, strict=True))
        missing = [role for role in ROLES if role not in found and role in known.project_marker]
        if missing:
            listed = reads.projects(self._session, self._workspace())
            for role in missing:
                marked = [p for p in listed if _carries(p, known.project_marker[role])]
                if len(marked) > 1:
                    raise _ambiguous(role, marked)
                found.update((role, project) for project in marked)
        return {role: found[role] for role in ROLES if role in found}

    def _read_sections(self, picture: _Picture) -> None:
        listings = self._session.side_by_side(
            [
                partial(reads.sections, self._session, project.gid)
                for project in picture.projects.values()
            ]
        )
        picture.sections = [section for listing in listings for section in listing]

    def _read_fields(self, picture: _Picture) -> None:
        """The fields of both projects; those of the workspace too while one is not in place."""
        listings = self._session.side_by_side(
            [
                partial(reads.settings, self._session, project.gid)
                for project in picture.projects.values()
            ]
        )
        found: dict[str, ObservedField] = {}
        for each in (each for listing in listings for each in listing):
            before = found.get(each.gid, each)
            found[each.gid] = replace(each, attached_to=before.attached_to | each.attached_to)
        if self._seeks_fields(picture.links, found):
            for each in reads.fields(self._session, self._workspace()):
                found.setdefault(each.gid, each)
        picture.fields = list(found.values())

    def _seeks_fields(self, links: Mapping[Ref, str], attached: Collection[str]) -> bool:
        sought = {field_ref(key) for key in self._field_keys}
        sought = sought or {ref for ref in links if ref.startswith("field:")}
        return not sought or any(links.get(ref) not in attached for ref in sought)

    def _follow(self, picture: _Picture, hints: _Hints) -> None:
        if hints.projects:
            read = self._session.side_by_side(
                [
                    partial(reads.project, self._session, project.gid)
                    for project in picture.projects.values()
                ]
            )
            picture.projects = dict(zip(picture.projects, read, strict=True))
        if hints.sections:
            self._read_sections(picture)
        if hints.fields:
            self._read_fields(picture)
        roles, gids = _cheapest(picture, hints)
        gone_quiet = self._list(picture, roles)
        unknown = [
            gid
            for gid in picture.linked_tasks()
            if gid not in picture.tasks and gid not in picture.absent
        ]
        fresh = picture.listed(roles)
        late = [gid for gid in (*gids, *gone_quiet, *unknown) if gid not in fresh]
        self._read_tasks(picture, late, listed=roles)

    def _list(self, picture: _Picture, roles: frozenset[ProjectRole]) -> list[str]:
        """
        List whole projects again; returns what is no longer listed and deserves a reading.

        An unlinked task that left every listing is simply not ours to tell of.
        """
        if not roles:
            return []
        chosen = [role for role in picture.projects if role in roles]
        listings = self._session.side_by_side(
            [partial(reads.tasks, self._session, picture.projects[role].gid) for role in chosen]
        )
        before = picture.listed(chosen)
        for role, listing in zip(chosen, listings, strict=True):
            picture.order[role] = tuple(task.gid for task in listing)
            for task in listing:
                picture.tasks[task.gid] = task
                picture.absent.discard(task.gid)
                picture.moved.discard(task.gid)
        elsewhere = picture.listed(picture.order)
        linked = picture.linked_tasks()
        gone = before - picture.listed(chosen)
        for gid in gone - elsewhere - linked.keys():
            picture.forget(gid)
        return sorted(gid for gid in gone if gid in elsewhere or gid in linked)

    def _read_tasks(
        self,
        picture: _Picture,
        gids: Iterable[str],
        *,
        listed: frozenset[ProjectRole] = frozenset(ROLES),
    ) -> None:
        """One direct reading each; a task that came home or changed homes moves an order too."""
        wanted = list(dict.fromkeys(gids))
        read = self._session.side_by_side([partial(self._task, gid) for gid in wanted])
        linked = picture.linked_tasks()
        unsettled: set[ProjectRole] = set()
        for gid, answer in zip(wanted, read, strict=True):
            if isinstance(answer, _Unread) and gid in linked and not picture.whole:
                if not picture.already_tells(gid, answer):
                    picture.doubted.add(gid)
                continue
            task = _last_seen(picture, gid) if answer is _Unread.HIDDEN else answer
            before = picture.tasks.get(gid)
            picture.absent.discard(gid)
            picture.moved.discard(gid)
            if isinstance(task, _Unread) or not (picture.roles_of(task) or gid in linked):
                picture.forget(gid)
                if gid in linked:
                    picture.absent.add(gid)
                continue
            if not picture.roles_of(task):
                picture.forget(gid)
                picture.moved.add(gid)
            picture.tasks[gid] = task
            if before is None or before.homes != task.homes:
                unsettled |= picture.roles_of(task)
                unsettled |= picture.roles_of(before) if before else set()
        again = frozenset(unsettled - listed)
        if again:
            gone_quiet = self._list(picture, again)
            fresh = [gid for gid in gone_quiet if gid not in wanted]
            self._read_tasks(picture, fresh, listed=listed | again)

    def _task(self, gid: str) -> ObservedTask | _Unread:
        try:
            return reads.task(self._session, gid) or _Unread.GONE
        except TargetRejected as error:
            if error.status != 403:
                raise
            return _Unread.HIDDEN


def _last_seen(picture: _Picture, gid: str) -> ObservedTask:
    """At home nowhere that we see; a bare name where no cycle ever read it."""
    return replace(picture.last.get(gid, ObservedTask(gid, name="")), homes={})


def _linked_projects(links: Mapping[Ref, str]) -> dict[ProjectRole, str]:
    return {role: links[project_ref(role)] for role in ROLES if project_ref(role) in links}


def _covers(mirror: Observed, links: Mapping[Ref, str]) -> bool:
    """Whether events on this mirror can stand for a full read."""
    seen = {role: project.gid for role, project in mirror.projects.items()}
    return mirror.complete and "actions" in seen and _linked_projects(links) == seen


def _followed(mirror: Observed) -> tuple[ProjectRole, ...]:
    """
    Whose events to read: the managers', and the companion's when the former would miss some.

    The companion's token stays where the last full read put it until then, so that nothing that
    happened since an indicator was taken from its action is missed.
    """
    ours = set(mirror.order.get("actions", ()))
    for gid in mirror.order.get("indicators", ()):
        task = mirror.tasks.get(gid)
        if task is None or not {gid, task.parent_gid} & ours:
            return tuple(mirror.projects)
    return ("actions",)


def _from(mirror: Observed, links: Mapping[Ref, str]) -> _Picture:
    return _Picture(
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


def _hints(events: Iterable[Event], picture: _Picture, touched: Iterable[str]) -> _Hints:
    """
    Coalesce the events: each thing is read again once, however often it moved.

    A comment or an attachment tells nothing that we read; the edit itself comes as a task's.
    A kind not known yet is taken as a change of definitions.
    """
    named = _kinds(sorted(touched), picture.links)
    tasks = dict.fromkeys(gid for gid, kind in named.items() if kind in _TASK_KINDS)
    kinds: Counter[str] = Counter()
    listings: set[ProjectRole] = set()
    places = {project.gid: role for role, project in picture.projects.items()}
    for section in picture.sections:
        if section.project_gid in places:
            places[section.gid] = places[section.project_gid]
    for event in events:
        kind = event.resource.resource_type
        if kind == "task":
            tasks[event.resource.gid] = None
            if event.parent and event.parent.gid in places and event.action in _PLACING:
                listings.add(places[event.parent.gid])
        elif kind not in ("story", "attachment"):
            kinds[kind] += 1
    strange = bool(kinds.keys() - _DEFINITIONS.keys())
    moved = {_DEFINITIONS[kind] for kind in kinds if kind in _DEFINITIONS}
    return _Hints(
        tasks=tuple(tasks),
        listings=frozenset(listings),
        projects=strange or "projects" in moved,
        sections=strange or "sections" in moved,
        fields=strange or "fields" in moved,
    )


def _kinds(gids: Iterable[str], links: Mapping[Ref, str]) -> dict[str, str]:
    """What each gid is, by the ref that is linked to it; an unlinked one passes for a task."""
    kinds = {gid: ref.partition(":")[0] for ref, gid in links.items()}
    return {gid: kinds.get(gid, "action") for gid in gids}


_TASK_KINDS: Final = ("action", "indicator")
_PLACING: Final = ("added", "removed")
_DEFINITIONS: Final = {
    "project": "projects",
    "section": "sections",
    "custom_field": "fields",
    "custom_field_setting": "fields",
    "enum_option": "fields",
}


def _cheapest(picture: _Picture, hints: _Hints) -> tuple[frozenset[ProjectRole], list[str]]:
    """Which projects to list whole, and which tasks then remain to be read one by one."""
    every = frozenset(picture.projects)
    roles = set(hints.listings)
    for role in every - roles:
        mine = [gid for gid in hints.tasks if gid in picture.order.get(role, ())]
        if len(mine) > picture.pages([role]):
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


def _carries(project: ObservedProject, marker: str) -> bool:
    return marker.strip() in (line.strip() for line in project.notes.splitlines())


def _ambiguous(role: ProjectRole, marked: list[ObservedProject]) -> UnsafeChangeSet:
    gids = ", ".join(project.gid for project in marked)
    name = _ROLE_NAMES[cast("str", role)]
    return UnsafeChangeSet(
        Text(
            f"Plusieurs projets Asana portent la marque de ce plan ({name.fr}) : {gids}. Rien n’a "
            "été écrit. Retirer la ligne « [jalon: …] » de la description des copies.",
            f"Several Asana projects carry this plan's mark ({name.en}): {gids}. Nothing was "
            "written. Remove the “[jalon: …]” line from the notes of the copies.",
        ),
        rule="project marked twice",
        projects=gids,
    )
