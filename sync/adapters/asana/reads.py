"""The readings that Jalon makes of Asana, one function each."""

from dataclasses import dataclass
from typing import Any, TypeVar

import asana

from sync.adapters.asana import decode
from sync.adapters.asana.exchange import Failure
from sync.adapters.asana.listing import list_all
from sync.adapters.asana.session import Json, Session
from sync.errors import TargetRejected, UnsafeChangeSet
from sync.model.examination import Account
from sync.model.target import ObservedField, ObservedProject, ObservedSection, ObservedTask, Remark
from sync.wording import Text


@dataclass(frozen=True, slots=True)
class Named:
    """A workspace or a team, by its name."""

    gid: str
    name: str


@dataclass(frozen=True, slots=True)
class ProjectRecord:
    """A project and the fields that its own record tells; None where it was read without them."""

    project: ObservedProject
    fields: tuple[ObservedField, ...] | None = None

    @property
    def gid(self) -> str:
        return self.project.gid


Thing = TypeVar("Thing", ObservedTask, ProjectRecord)


@dataclass(frozen=True, slots=True)
class EventPage:
    """Some events and the token to go on with; `lapsed` when the old token no longer held."""

    events: tuple[decode.Event, ...]
    token: str
    more: bool = False
    lapsed: bool = False


def me(session: Session) -> Account:
    """The account behind the token."""
    users: Any = asana.UsersApi(session.client)

    def account() -> Account:
        answer = users.get_user("me", {"opt_fields": "name,email"}, full_payload=True)["data"]
        return Account(
            decode.gid(answer), str(answer.get("name") or ""), str(answer.get("email") or "")
        )

    return session.read(
        Text("identifier le compte du jeton", "identify the token's account"), account, broad=True
    )


def user_gid(session: Session, email: str) -> str:
    users: Any = asana.UsersApi(session.client)
    return session.read(
        Text("trouver une personne par son courriel", "find a person by e-mail"),
        lambda: decode.gid(users.get_user(email, {"opt_fields": "gid"}, full_payload=True)["data"]),
    )


def workspaces(session: Session) -> list[Named]:
    api: Any = asana.WorkspacesApi(session.client)
    return list_all(
        session,
        Text("lister les espaces de travail", "list the workspaces"),
        lambda options: api.get_workspaces(options, full_payload=True),
        _named,
        fields="name",
    )


def teams(session: Session, workspace: str) -> list[Named]:
    api: Any = asana.TeamsApi(session.client)
    return list_all(
        session,
        Text("lister les équipes", "list the teams"),
        lambda options: api.get_teams_for_workspace(workspace, options, full_payload=True),
        _named,
        fields="name",
    )


def projects(session: Session, workspace: str) -> list[ObservedProject]:
    """Archived ones too: a project that people put away must not be made a second time."""
    api: Any = asana.ProjectsApi(session.client)
    return list_all(
        session,
        Text("lister les projets de l’espace de travail", "list the workspace's projects"),
        lambda options: api.get_projects_for_workspace(workspace, options, full_payload=True),
        decode.project,
        fields=decode.PROJECT,
    )


def project(session: Session, gid: str) -> ObservedProject:
    return _project(session, gid, decode.PROJECT).project


def project_record(session: Session, gid: str) -> ProjectRecord:
    return _project(session, gid, decode.RECORD)


def _project(session: Session, gid: str, fields: str) -> ProjectRecord:
    api: Any = asana.ProjectsApi(session.client)

    def record() -> ProjectRecord:
        said = api.get_project(gid, {"opt_fields": fields}, full_payload=True)["data"]
        return _same(gid, ProjectRecord(decode.project(said), decode.fields_of_record(said)))

    try:
        return session.read(
            Text(f"lire le projet {gid}", f"read project {gid}"), record, broad=True
        )
    except TargetRejected as error:
        raise _project_gone(gid, error) from None


def task_count(session: Session, project_gid: str) -> int | None:
    """How many tasks Asana counts in a project; None when it will not say."""
    api: Any = asana.ProjectsApi(session.client)

    def count() -> int:
        options = {"opt_fields": "num_tasks"}
        said = api.get_task_counts_for_project(project_gid, options, full_payload=True)["data"]
        return decode.count(said, "num_tasks")

    try:
        return session.read(
            Text(
                f"compter les tâches du projet {project_gid}",
                f"count the tasks of project {project_gid}",
            ),
            count,
        )
    except TargetRejected:
        return None


def sections(session: Session, project_gid: str) -> list[ObservedSection]:
    api: Any = asana.SectionsApi(session.client)
    try:
        return list_all(
            session,
            Text(
                f"lister les sections du projet {project_gid}",
                f"list the sections of project {project_gid}",
            ),
            lambda options: api.get_sections_for_project(project_gid, options, full_payload=True),
            lambda row: decode.section(row, project_gid),
            fields=decode.SECTION,
        )
    except TargetRejected as error:
        raise _project_gone(project_gid, error) from None


def settings(session: Session, project_gid: str) -> list[ObservedField]:
    """The fields that a project carries."""
    api: Any = asana.CustomFieldSettingsApi(session.client)
    try:
        return list_all(
            session,
            Text(
                f"lister les champs du projet {project_gid}",
                f"list the fields of project {project_gid}",
            ),
            lambda options: api.get_custom_field_settings_for_project(
                project_gid, options, full_payload=True
            ),
            lambda row: decode.field_of_setting(row, project_gid),
            fields=decode.SETTING,
        )
    except TargetRejected as error:
        raise _project_gone(project_gid, error) from None


def fields(session: Session, workspace: str) -> list[ObservedField]:
    api: Any = asana.CustomFieldsApi(session.client)
    return list_all(
        session,
        Text(
            "lister les champs personnalisés de l’espace de travail",
            "list the workspace's custom fields",
        ),
        lambda options: api.get_custom_fields_for_workspace(workspace, options, full_payload=True),
        decode.field,
        fields=decode.FIELD,
    )


def tasks(session: Session, project_gid: str) -> list[ObservedTask]:
    """Every task at home in a project, in its order; subtasks only where they belong to it."""
    api: Any = asana.TasksApi(session.client)
    try:
        return list_all(
            session,
            Text(
                f"lister les tâches du projet {project_gid}",
                f"list the tasks of project {project_gid}",
            ),
            lambda options: api.get_tasks_for_project(project_gid, options, full_payload=True),
            decode.task,
            fields=decode.TASK,
        )
    except TargetRejected as error:
        raise _project_gone(project_gid, error) from None


def task(session: Session, gid: str) -> ObservedTask | None:
    """None when Asana says that it is gone."""
    api: Any = asana.TasksApi(session.client)
    try:
        return session.read(
            Text(f"lire la tâche {gid}", f"read task {gid}"),
            lambda: same_task(
                gid, api.get_task(gid, {"opt_fields": decode.TASK}, full_payload=True)
            ),
        )
    except TargetRejected as error:
        if error.status == 404:
            return None
        raise


def remarks(session: Session, gid: str) -> list[Remark]:
    """A task's own history, oldest first."""
    api: Any = asana.StoriesApi(session.client)
    return list_all(
        session,
        Text(f"lire l’historique de la tâche {gid}", f"read the history of task {gid}"),
        lambda options: api.get_stories_for_task(gid, options, full_payload=True),
        decode.remark,
        fields=decode.STORY,
        broad=False,
    )


def same_task(gid: str, document: Json) -> ObservedTask:
    """Another task's answer is no answer."""
    return _same(gid, decode.task(document["data"]))


def events(session: Session, project_gid: str, token: str | None) -> EventPage:
    """
    One page of events. Without a token, or with one too old, Asana answers 412 and a new one.

    The SDK's iterator hides that 412, and with it that changes were missed; so not here.
    """
    api: Any = asana.EventsApi(session.client)

    def one_page() -> EventPage:
        options: Json = {} if token is None else {"sync": token}
        document = api.get_events(project_gid, options, full_payload=True)
        following = document.get("sync")
        if not isinstance(following, str) or not following:
            raise Failure("unreadable")
        if "data" not in document:
            return EventPage((), following, lapsed=True)
        return EventPage(
            tuple(decode.events(document["data"])), following, more=bool(document.get("has_more"))
        )

    try:
        return session.read(
            Text(
                f"lire les événements du projet {project_gid}",
                f"read the events of project {project_gid}",
            ),
            one_page,
            broad=True,
        )
    except TargetRejected as error:
        raise _project_gone(project_gid, error) from None


def _named(row: Any) -> Named:
    name = row.get("name") if isinstance(row, dict) else None
    return Named(decode.gid(row), str(name or ""))


def _same(gid: str, thing: Thing) -> Thing:
    if thing.gid != gid:
        raise Failure("unreadable")
    return thing


def _project_gone(gid: str, error: TargetRejected) -> Exception:
    if error.status != 404:
        return error
    return UnsafeChangeSet(
        Text(
            f"Le projet Asana {gid}, lié à ce plan, n’existe plus ou n’est plus visible. Rien "
            "n’y est écrit. Le restaurer ou redonner l’accès au compte de Jalon; Jalon n’en crée "
            "pas un second de lui-même.",
            f"The Asana project {gid}, linked to this plan, is gone or no longer visible. Nothing "
            "is written there. Restore it or give Jalon’s account access again; it does not make "
            "a second one by itself.",
        ),
        rule="project gone",
        project=gid,
    )
