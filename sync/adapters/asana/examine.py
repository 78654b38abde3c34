"""
A look at Asana's side that asks each question for itself and writes nothing.

A cycle stops at the first refusal; here every question that can still be asked is asked, so
that a person mends everything at once. After a refused token nothing more is sent.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from sync.adapters.asana import reads, rights
from sync.adapters.asana.session import Session
from sync.adapters.asana.workspace import Workspace
from sync.core.marks import ROLES, project_ref
from sync.errors import SyncError, TargetDenied
from sync.model.examination import Examination, Question, Refused, Seat
from sync.model.operation import Ref
from sync.model.target import ObservedField, ObservedProject, ProjectRole

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class _Found:
    """Our projects, and others that bear the names ours would get."""

    projects: Mapping[ProjectRole, ObservedProject]
    namesakes: tuple[ObservedProject, ...] = ()


class _Questions:
    """Asks, and remembers what was refused."""

    def __init__(self) -> None:
        self.refused: dict[Question, Refused] = {}
        self.denied = False

    def ask(self, question: Question, call: Callable[[], T | None]) -> T | None:
        if self.denied:
            return None
        try:
            return call()
        except SyncError as error:
            status = error.facts.get("status")
            self.refused[question] = Refused(
                error.text, error.exit_code, status if isinstance(status, int) else 0
            )
            self.denied = isinstance(error, TargetDenied) and status == 401
            return None


def examine(
    session: Session,
    workspace: Workspace,
    links: Mapping[Ref, str],
    markers: Mapping[ProjectRole, str],
    names: Mapping[ProjectRole, str],
) -> Examination:
    """`markers` prove a project ours, `names` are those that would be given to new ones."""
    asking = _Questions()
    account = asking.ask("account", lambda: reads.me(session))
    if account is None:
        return Examination(refused=asking.refused)
    place = asking.ask("workspace", workspace.named)
    seat: Seat | None = None
    fields: list[ObservedField] | None = None
    found: _Found | None = None
    if place is not None:
        seat = asking.ask("seat", lambda: rights.seat(session, place.gid))
        fields = asking.ask("fields", lambda: reads.fields(session, place.gid))
        found = asking.ask("projects", lambda: _projects(session, place.gid, links, markers, names))
    projects = found.projects if found else {}
    access = asking.ask(
        "access",
        lambda: {
            role: rights.access(session, project.gid, account.gid)
            for role, project in projects.items()
        },
    )
    return Examination(
        account=account,
        workspace=place.name if place else None,
        seat=seat,
        fields=tuple(fields or ()),
        projects=projects,
        access=access or {},
        namesakes=found.namesakes if found else (),
        skew_seconds=session.skew_seconds,
        sandbox=session.sandbox,
        refused=asking.refused,
    )


def _projects(
    session: Session,
    workspace: str,
    links: Mapping[Ref, str],
    markers: Mapping[ProjectRole, str],
    names: Mapping[ProjectRole, str],
) -> _Found:
    """By link, else by mark."""
    found = {
        role: reads.project(session, links[project_ref(role)])
        for role in ROLES
        if project_ref(role) in links
    }
    missing = [role for role in ROLES if role not in found]
    if not missing:
        return _Found(found)
    listed = reads.projects(session, workspace)
    for role in missing:
        marked = [project for project in listed if markers[role] in project.notes]
        found.update((role, project) for project in marked[:1])
    ours = {project.gid for project in found.values()}
    wanted = {names[role].strip() for role in missing}
    return _Found(found, tuple(p for p in listed if p.gid not in ours and p.name.strip() in wanted))
