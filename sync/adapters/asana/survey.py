"""
One existing project read whole: sections, fields, tasks, and each task's own subtasks.

Subtasks stand in no listing of a project (facts: asana.md §11), so each parent is asked; only
those that say that they have some.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import asana

from sync.adapters.asana import decode, reads
from sync.adapters.asana.exchange import Failure
from sync.adapters.asana.listing import list_all
from sync.adapters.asana.session import Session
from sync.adapters.asana.workspace import Workspace
from sync.errors import ConfigError
from sync.model.adoption import Survey
from sync.model.target import ObservedProject, ObservedTask
from sync.wording import Text


@dataclass(frozen=True, slots=True)
class _Parent:
    """A task with how many subtasks it says it has."""

    task: ObservedTask
    subtasks: int

    @property
    def gid(self) -> str:
        return self.task.gid


def survey(session: Session, workspace: Workspace, wanted: str) -> Survey:
    """`wanted` is a project's name or gid; ConfigError where it is none, or several."""
    project = _choose(wanted.strip(), reads.projects(session, workspace.gid()))
    sections = reads.sections(session, project.gid)
    fields = reads.settings(session, project.gid)
    parents = _tasks(session, project.gid)
    asked = [parent.gid for parent in parents if parent.subtasks]
    found = session.side_by_side([partial(subtasks, session, gid) for gid in asked])
    return Survey(
        project=project,
        sections=tuple(sections),
        fields=tuple(fields),
        tasks=tuple(parent.task for parent in parents),
        subtasks={gid: tuple(tasks) for gid, tasks in zip(asked, found, strict=True)},
        sandbox=session.sandbox,
    )


def _choose(wanted: str, seen: Sequence[ObservedProject]) -> ObservedProject:
    matching = [each for each in seen if wanted in (each.gid, each.name.strip())]
    if len(matching) == 1:
        return matching[0]
    if matching:
        gids = ", ".join(each.gid for each in matching)
        raise ConfigError(
            Text(
                f"--project : plusieurs projets « {wanted} » ({gids}). Donner l’identifiant de "
                "l’un d’eux.",
                f"--project: several projects “{wanted}” ({gids}). Give the gid of one of them.",
            )
        )
    listed = ", ".join(f"« {each.name} »" for each in seen[:20]) or "∅"
    raise ConfigError(
        Text(
            f"--project : aucun projet « {wanted} » dans l’espace de travail. Visibles : {listed}.",
            f"--project: no project “{wanted}” in the workspace. Visible: {listed}.",
        )
    )


def _tasks(session: Session, project_gid: str) -> list[_Parent]:
    api: Any = asana.TasksApi(session.client)
    return list_all(
        session,
        Text(
            f"lister les tâches du projet {project_gid}", f"list the tasks of project {project_gid}"
        ),
        lambda options: api.get_tasks_for_project(project_gid, options, full_payload=True),
        _parent,
        fields=f"{decode.TASK},num_subtasks",
    )


def _parent(row: Any) -> _Parent:
    return _Parent(decode.task(row), decode.count(row, "num_subtasks"))


def subtasks(session: Session, gid: str) -> list[ObservedTask]:
    api: Any = asana.TasksApi(session.client)
    return list_all(
        session,
        Text(f"lister les sous-tâches de {gid}", f"list the subtasks of {gid}"),
        lambda options: api.get_subtasks_for_task(gid, options, full_payload=True),
        decode.task,
        fields=decode.TASK,
    )


def mark_project(session: Session, gid: str, line: str) -> None:
    """Add our line at the end of the notes, read just before; what people wrote there stays."""
    notes = reads.project(session, gid).notes
    if line in notes.splitlines():
        return
    body = {"data": {"notes": f"{notes.rstrip()}\n\n{line}".lstrip()}}
    api: Any = asana.ProjectsApi(session.client)

    def marked() -> None:
        options = {"opt_fields": decode.PROJECT}
        said = api.update_project(body, gid, options, full_payload=True)["data"]
        if decode.project(said).gid != gid:
            raise Failure("unreadable")

    session.update(Text(f"marquer le projet {gid}", f"mark project {gid}"), marked)
