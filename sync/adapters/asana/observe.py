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

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Final, cast

from sync.adapters.asana import decode, reads
from sync.adapters.asana.decode import Event
from sync.adapters.asana.errors import incomplete
from sync.adapters.asana.hints import Hints, cheapest, hints_of, hints_of_touched
from sync.adapters.asana.picture import (
    Picture,
    Unread,
    blank,
    covers,
    followed,
    linked_projects,
    picture_of,
)
from sync.adapters.asana.proof import concerned, fields_told, short_listings, shortfall
from sync.adapters.asana.session import Session
from sync.core.marks import ROLES, field_ref
from sync.errors import TargetRejected, UnsafeChangeSet
from sync.model.operation import Ref
from sync.model.target import (
    Edit,
    Observed,
    ObservedField,
    ObservedProject,
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
_COUNTS: Final = 2


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
        picture = blank(known.mirror, known.links)
        linked = linked_projects(known.links)
        watched = followed(known.mirror)
        cursors = dict(tokens or {})
        cursors |= self._tokens(
            {r: linked[r] for r in watched if r in linked and CURSORS[r] not in cursors}
        )
        records = self._records(known, linked)
        picture.projects = {role: record.project for role, record in records.items()}
        found = {role: p.gid for role, p in picture.projects.items() if role in watched}
        cursors |= self._tokens({r: gid for r, gid in found.items() if r not in linked})
        told = fields_told(records, known.mirror, known.links)
        self._session.side_by_side(
            [
                lambda: self._read_sections(picture),
                lambda: self._read_fields(picture, told),
                lambda: self._list(picture, frozenset(picture.projects)),
            ]
        )
        if known.awaiting:
            self._prove(picture, frozenset(picture.projects))
        self._read_tasks(picture, [g for g in picture.linked_tasks() if g not in picture.tasks])
        edits = self._edits(known) if known.wrote and not tokens else ()
        return replace(self._reading(picture, started, sent, cursors, full=True), edits=edits)

    def changes(self, known: Known) -> Reading:
        """A read by events, or a full one when they cannot tell or tell of a loss."""
        mirror = known.mirror
        watched = followed(mirror)
        if (
            mirror is None
            or not covers(mirror, known.links)
            or not all(CURSORS[role] in known.cursors for role in watched)
        ):
            return self.everything(known)
        started, sent = self._session.now(), self._sent()
        news = self._session.side_by_side(
            [
                partial(self._news, mirror.projects[role].gid, known.cursors[CURSORS[role]])
                for role in watched
            ]
        )
        tokens = {CURSORS[role]: page.token for role, page in zip(watched, news, strict=True)}
        picture = picture_of(mirror, known.links)
        events = [event for page in news for event in page.events]
        edits = decode.edits(events)
        hints = hints_of(events, picture, known.touched)
        doubt = hints.unclear or any(page.lapsed for page in news)  # something may be missed
        if not doubt:
            self._follow(picture, hints)
            doubt = bool(picture.doubted)
        if doubt:
            full = self.everything(known, tokens)
            return replace(full, requests=self._sent() - sent, edits=edits)
        reading = self._reading(picture, started, sent, {**known.cursors, **tokens}, full=False)
        return replace(reading, edits=edits)

    def _edits(self, known: Known) -> tuple[Edit, ...]:
        """What a full read would otherwise never hear: the events that its new tokens leave out."""
        if known.mirror is None:
            return ()
        streams = [
            (known.mirror.projects[role].gid, known.cursors[CURSORS[role]])
            for role in followed(known.mirror)
            if CURSORS[role] in known.cursors
        ]
        news = self._session.side_by_side([partial(self._news, *stream) for stream in streams])
        return decode.edits(event for page in news for event in page.events)

    def touched(
        self, known: Known, gids: Collection[str], reordered: frozenset[ProjectRole]
    ) -> Reading:
        """
        Read again what was written, without asking for events.

        A task that Asana does not show stays as it was: the next events tell what became of it.
        """
        if known.mirror is None or not covers(known.mirror, known.links):
            return self.everything(known)
        started, sent = self._session.now(), self._sent()
        picture = picture_of(known.mirror, known.links)
        hints = hints_of_touched((*gids, *sorted(known.touched)), picture, reordered)
        self._follow(picture, hints)
        return self._reading(picture, started, sent, dict(known.cursors), full=False)

    def _sent(self) -> int:
        return sum(self._session.requests().values())

    def _reading(
        self,
        picture: Picture,
        started: datetime,
        sent: int,
        cursors: Mapping[str, str],
        *,
        full: bool,
    ) -> Reading:
        observed = Observed(
            complete=picture.shortfall is None,
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
        return Reading(observed, cursors, full, self._sent() - sent, picture.shortfall)

    def _tokens(self, gids: Mapping[ProjectRole, str]) -> dict[str, str]:
        pages = self._session.side_by_side(
            [partial(reads.events, self._session, gid, None) for gid in gids.values()]
        )
        return {CURSORS[role]: page.token for role, page in zip(gids, pages, strict=True)}

    def _news(self, project_gid: str, token: str) -> reads.EventPage:
        """Every event of one stream since the token, as if on one page."""
        events: list[Event] = []
        spent: set[str] = set()
        while token not in spent and len(spent) < _MOST_EVENT_PAGES:
            spent.add(token)
            page = reads.events(self._session, project_gid, token)
            events += page.events
            if page.lapsed or not page.more:
                return replace(page, events=tuple(events))
            token = page.token
        raise incomplete(
            Text("lire les événements", "read the events"),
            Text("ils ne finissent pas", "they do not end"),
        )

    def _records(
        self, known: Known, linked: Mapping[ProjectRole, str]
    ) -> dict[ProjectRole, reads.ProjectRecord]:
        """By link; else by the marker in the notes, so that a lost answer is found again."""
        read = self._session.side_by_side(
            [partial(reads.project_record, self._session, gid) for gid in linked.values()]
        )
        found = dict(zip(linked, read, strict=True))
        missing = [role for role in ROLES if role not in found and role in known.project_marker]
        if missing:
            listed = reads.projects(self._session, self._workspace())
            for role in missing:
                marked = [p for p in listed if _carries(p, known.project_marker[role])]
                if len(marked) > 1:
                    raise _ambiguous(role, marked)
                found.update((role, reads.ProjectRecord(project)) for project in marked)
        return {role: found[role] for role in ROLES if role in found}

    def _read_sections(self, picture: Picture) -> None:
        listings = self._session.side_by_side(
            [
                partial(reads.sections, self._session, project.gid)
                for project in picture.projects.values()
            ]
        )
        picture.sections = [section for listing in listings for section in listing]

    def _read_fields(
        self, picture: Picture, told: Mapping[ProjectRole, Sequence[ObservedField]] | None = None
    ) -> None:
        """
        The fields of both projects; those of the workspace too while one is not in place.

        `told` is what is known already; where a field is sought in vain, it is not rested on.
        """
        attached = {each.gid for fields in (told or {}).values() for each in fields}
        known = {} if self._seeks_fields(picture.links, attached) else dict(told or {})
        unlisted = [role for role in picture.projects if role not in known]
        listings = self._session.side_by_side(
            [partial(reads.settings, self._session, picture.projects[r].gid) for r in unlisted]
        )
        known |= zip(unlisted, listings, strict=True)
        found: dict[str, ObservedField] = {}
        for each in (each for role in picture.projects for each in known[role]):
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

    def _follow(self, picture: Picture, hints: Hints) -> None:
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
        roles, gids = cheapest(picture, hints)
        gone_quiet = self._list(picture, roles)
        unknown = [
            gid
            for gid in picture.linked_tasks()
            if gid not in picture.tasks and gid not in picture.absent
        ]
        fresh = picture.listed(roles)
        late = [gid for gid in (*gids, *gone_quiet, *unknown) if gid not in fresh]
        self._read_tasks(picture, late, listed=roles)

    def _list(self, picture: Picture, roles: frozenset[ProjectRole]) -> list[str]:
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
        picture: Picture,
        gids: Iterable[str],
        *,
        listed: frozenset[ProjectRole] = frozenset(ROLES),
    ) -> None:
        """One direct reading each; a task that came home or changed homes moves an order too."""
        wanted = list(dict.fromkeys(gids))
        read = self._session.side_by_side([partial(self._task, gid) for gid in wanted])
        linked = picture.linked_tasks()
        if picture.whole:
            refused = {g for g, each in zip(wanted, read, strict=True) if isinstance(each, Unread)}
            self._prove(picture, concerned(picture, refused - picture.told))
        unsettled: set[ProjectRole] = set()
        for gid, answer in zip(wanted, read, strict=True):
            if isinstance(answer, Unread) and gid in linked and picture.stays(gid, answer):
                continue
            task = picture.last_seen(gid) if answer is Unread.HIDDEN else answer
            before = picture.tasks.get(gid)
            picture.absent.discard(gid)
            picture.moved.discard(gid)
            if isinstance(task, Unread) or not (picture.roles_of(task) or gid in linked):
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

    def _prove(self, picture: Picture, roles: frozenset[ProjectRole]) -> None:
        """
        Hold listings against Asana's own counts, which are dear: only before an absence counts.

        What falls short is listed once more, for somebody may have been at work meanwhile.
        """
        short = roles
        for attempt in range(_COUNTS):
            if attempt:
                self._list(picture, short)
            asked = sorted(short)
            counts = dict(
                zip(
                    asked,
                    self._session.side_by_side(
                        [
                            partial(reads.task_count, self._session, picture.projects[role].gid)
                            for role in asked
                        ]
                    ),
                    strict=True,
                )
            )
            short = short_listings(picture, counts)
            if not short:
                return
        picture.shortfall = shortfall(picture, counts)

    def _task(self, gid: str) -> ObservedTask | Unread:
        try:
            return reads.task(self._session, gid) or Unread.GONE
        except TargetRejected as error:
            if error.status != 403:
                raise
            return Unread.HIDDEN


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
