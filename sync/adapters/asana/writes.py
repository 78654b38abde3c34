"""
The writes that Jalon makes of Asana, one function per operation.

Each returns what came of it. Refs are resolved here, right before sending; an enum's value
is given by its option's ref, everything else as it is.
"""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

import asana

from sync.adapters.asana import decode, reads, rights
from sync.adapters.asana.exchange import Failure
from sync.adapters.asana.session import Json, Session
from sync.core.marks import option_ref, project_ref
from sync.errors import SyncError, TargetRejected, TargetUnavailable
from sync.model.operation import (
    AnyOperation,
    AttachField,
    CreateField,
    CreateOption,
    CreateProject,
    CreateSection,
    CreateTask,
    PlaceTask,
    Ref,
    SetParent,
    ShareProject,
    UpdateTask,
)
from sync.model.target import FieldValue, ObservedTask
from sync.wording import Text

FORM_FACT: Final = "indicator_form"
_AUTH: Final = ["personalAccessToken"]


class Unlinked(Exception):
    """An operation names something that has no gid yet."""

    def __init__(self, ref: Ref) -> None:
        super().__init__(ref)
        self.ref = ref


@dataclass(frozen=True, slots=True)
class Done:
    """What one operation brought about."""

    created: str | None = None
    task: ObservedTask | None = None
    detail: Text | None = None
    also: Mapping[Ref, str] = field(default_factory=dict)


class Writer:
    """
    Sends single operations; safe to share between threads.

    It learns one thing: whether Asana takes an indicator in one call, with its parent and its
    home. While that is unknown the first one goes alone and is read back.
    """

    def __init__(self, session: Session, workspace: Callable[[], str], form: str | None) -> None:
        self._session = session
        self._workspace = workspace
        self._proving = threading.Lock()
        self.form: str | None = form if form in ("one_call", "two_steps") else None

    def send(self, operation: AnyOperation, links: Mapping[Ref, str]) -> Done:
        match operation:
            case CreateProject():
                return self._create_project(operation)
            case ShareProject():
                return self._share(operation, links)
            case CreateSection():
                return self._create_section(operation, links)
            case CreateField():
                return self._create_field(operation)
            case CreateOption():
                return self._create_option(operation, links)
            case AttachField():
                return self._attach(operation, links)
            case CreateTask(parent=None):
                return self._create_task(operation, links)
            case CreateTask():
                return self._create_indicator(operation, links)
            case UpdateTask():
                return self._update(operation, links)
            case PlaceTask():
                return self._place(operation, links)
            case SetParent():
                return self._set_parent(operation, links)

    def _create_project(self, operation: CreateProject) -> Done:
        api: Any = asana.ProjectsApi(self._session.client)
        data = {
            "workspace": self._workspace(),
            "name": operation.name,
            "notes": operation.notes,
        }
        created = self._session.create(
            Text("créer un projet", "create a project"),
            lambda: decode.gid(
                api.create_project({"data": data}, {"opt_fields": "gid"}, full_payload=True)["data"]
            ),
            broad=True,
        )
        return Done(created=created)

    def _share(self, operation: ShareProject, links: Mapping[Ref, str]) -> Done:
        project = _gid(links, project_ref(operation.role))
        member = self._member(operation.member)
        what = Text(f"partager le projet {project}", f"share project {project}")
        try:
            self._session.create(
                what,
                lambda: self._post(
                    "/memberships",
                    {"parent": project, "member": member, "access_level": "editor"},
                ),
            )
        except TargetRejected:
            # Asana's answer to sharing twice is not documented; being a member is what counts
            if not rights.shares(self._session, project, member):
                raise
        return Done()

    def _member(self, member: str) -> str:
        if member.isdigit():
            return member
        if "@" in member:
            return reads.user_gid(self._session, member)
        teams = reads.teams(self._session, self._workspace())
        named = [team.gid for team in teams if team.name.strip() == member.strip()]
        if len(named) == 1:
            return named[0]
        raise TargetRejected(
            Text(
                f"Équipe « {member} » : {len(named)} équipes de ce nom dans l’espace de travail. "
                "Écrire le nom exact, le courriel d’une personne ou un identifiant Asana.",
                f"Team “{member}”: {len(named)} teams of that name in the workspace. Write the "
                "exact name, a person's e-mail or an Asana gid.",
            ),
            status=404,
        )

    def _create_section(self, operation: CreateSection, links: Mapping[Ref, str]) -> Done:
        project = _gid(links, project_ref(operation.role))
        created = self._session.create(
            Text(f"créer une section du projet {project}", f"create a section of {project}"),
            lambda: decode.gid(
                self._post(f"/projects/{project}/sections", {"name": operation.name})["data"]
            ),
        )
        return Done(created=created)

    def _create_field(self, operation: CreateField) -> Done:
        rule = operation.rule
        api: Any = asana.CustomFieldsApi(self._session.client)
        data: Json = {
            "workspace": self._workspace(),
            "name": rule.name,
            "description": rule.description,
            "resource_subtype": rule.kind,
        }
        if rule.kind == "number":
            data["precision"] = rule.precision
        if rule.kind == "enum":
            data["enum_options"] = [
                {"name": option.name, "color": option.color, "enabled": True}
                for option in rule.options
            ]
        created = self._session.create(
            Text(f"créer le champ « {rule.name} »", f"create the field “{rule.name}”"),
            lambda: decode.field(
                api.create_custom_field(
                    {"data": data}, {"opt_fields": decode.FIELD}, full_payload=True
                )["data"]
            ),
            broad=True,
        )
        by_name = {option.name: option.gid for option in created.options}
        return Done(
            created=created.gid,
            also={
                option_ref(rule.key, option.id): by_name[option.name]
                for option in rule.options
                if option.name in by_name
            },
        )

    def _create_option(self, operation: CreateOption, links: Mapping[Ref, str]) -> Done:
        gid = _gid(links, operation.field)
        created = self._session.create(
            Text(f"ajouter un choix au champ {gid}", f"add an option to field {gid}"),
            lambda: decode.gid(
                self._post(
                    f"/custom_fields/{gid}/enum_options",
                    {"name": operation.name, "color": operation.color, "enabled": True},
                )["data"]
            ),
        )
        return Done(created=created)

    def _attach(self, operation: AttachField, links: Mapping[Ref, str]) -> Done:
        project = _gid(links, project_ref(operation.role))
        gid = _gid(links, operation.field)
        api: Any = asana.ProjectsApi(self._session.client)
        self._session.create(
            Text(f"mettre le champ {gid} au projet {project}", f"attach field {gid} to {project}"),
            lambda: api.add_custom_field_setting_for_project(
                {"data": {"custom_field": gid, "is_important": True}},
                project,
                {"opt_fields": "gid"},
                full_payload=True,
            ),
        )
        return Done()

    def _create_task(self, operation: CreateTask, links: Mapping[Ref, str]) -> Done:
        task = self._post_task(operation, _task_body(operation, links) | _home(operation, links))
        return Done(created=task.gid, task=task)

    def _create_indicator(self, operation: CreateTask, links: Mapping[Ref, str]) -> Done:
        if self.form is None:
            with self._proving:
                if self.form is None:
                    return self._prove_form(operation, links)
        if self.form == "two_steps":
            return self._create_in_two_steps(operation, links)
        try:
            task = self._post_task(operation, self._one_call(operation, links))
        except TargetRejected as error:
            return self._refused_form(operation, links, error)
        return self._whole(operation, links, task)

    def _refused_form(
        self, operation: CreateTask, links: Mapping[Ref, str], error: TargetRejected
    ) -> Done:
        """
        Make it in two steps, which are the form from then on if Asana takes them.

        A 400 may be about the form, of which Asana may think otherwise tomorrow, or about the
        task itself: then the first of the two steps is refused likewise, and that stands.
        """
        if error.status != 400:
            raise error
        done = self._create_in_two_steps(operation, links)
        self.form = "two_steps"
        return done

    def _one_call(self, operation: CreateTask, links: Mapping[Ref, str]) -> Json:
        parent = _gid(links, operation.parent or "")
        return _task_body(operation, links) | _home(operation, links) | {"parent": parent}

    def _prove_form(self, operation: CreateTask, links: Mapping[Ref, str]) -> Done:
        """
        Make the first indicator in one call, read it back and look for both of its homes.

        What Asana documents of each half does not say that it takes both at once.
        """
        try:
            told = self._post_task(operation, self._one_call(operation, links))
        except TargetRejected as error:
            return self._refused_form(operation, links, error)
        try:
            read = reads.task(self._session, told.gid)
        except (TargetUnavailable, TargetRejected):
            read = None  # hidden by a person meanwhile, or not to be had: it is made all the same
        if read is None:  # nothing is proved yet; the next one tries again
            return self._whole(operation, links, told)
        self.form = "two_steps" if _lacks(operation, links, read) else "one_call"
        return self._whole(operation, links, read)

    def _create_in_two_steps(self, operation: CreateTask, links: Mapping[Ref, str]) -> Done:
        body = _task_body(operation, links) | _home(operation, links)
        parent = _gid(links, operation.parent or "")  # resolved before anything is sent
        task = self._post_task(operation, body)
        try:
            return Done(created=task.gid, task=self._hang(task.gid, parent))
        except SyncError as error:
            return _half_done(task, error)

    def _whole(self, operation: CreateTask, links: Mapping[Ref, str], task: ObservedTask) -> Done:
        """Give a new indicator the home or the parent that Asana dropped without a word."""
        lacking = _lacks(operation, links, task)
        try:
            if "home" in lacking:
                task = self._bring_home(operation, links, task)
            if "parent" in lacking:
                task = self._hang(task.gid, _gid(links, operation.parent or ""))
        except SyncError as error:
            return _half_done(task, error)
        return Done(created=task.gid, task=task)

    def _bring_home(
        self, operation: CreateTask, links: Mapping[Ref, str], task: ObservedTask
    ) -> ObservedTask:
        """Only at home does it carry custom fields, so that those are written again."""
        project, section = (
            _gid(links, project_ref(operation.role)),
            _gid(links, operation.section),
        )
        self._add_to_project(task.gid, project, section)
        return self._put_task(task.gid, {"custom_fields": _values(operation.fields, links)})

    def _add_to_project(self, gid: str, project: str, section: str) -> None:
        api: Any = asana.TasksApi(self._session.client)
        home = {"project": project, "section": section}
        self._session.create(
            Text(f"placer la tâche {gid}", f"place task {gid}"),
            lambda: api.add_project_for_task({"data": home}, gid, full_payload=True),
        )

    def _post_task(self, operation: CreateTask, data: Json) -> ObservedTask:
        api: Any = asana.TasksApi(self._session.client)

        def made() -> ObservedTask:
            options = {"opt_fields": decode.TASK}
            answer = api.create_task({"data": data}, options, full_payload=True)
            return _ours(decode.task(answer["data"]), data.get("custom_fields", {}))

        return self._session.create(
            Text(f"créer la tâche de {operation.ref}", f"create the task of {operation.ref}"), made
        )

    def _update(self, operation: UpdateTask, links: Mapping[Ref, str]) -> Done:
        data: Json = {name: _plain(value) for name, value in operation.builtins.items()}
        if operation.fields:
            data["custom_fields"] = _values(operation.fields, links)
        return Done(task=self._put_task(_gid(links, operation.ref), data))

    def _put_task(self, gid: str, data: Json) -> ObservedTask:
        api: Any = asana.TasksApi(self._session.client)
        return self._session.update(
            Text(f"modifier la tâche {gid}", f"change task {gid}"),
            lambda: reads.same_task(
                gid,
                api.update_task(
                    {"data": data}, gid, {"opt_fields": decode.TASK}, full_payload=True
                ),
            ),
        )

    def _place(self, operation: PlaceTask, links: Mapping[Ref, str]) -> Done:
        """Asana puts a task at the top of the section unless it is told after which sibling."""
        gid = _gid(links, operation.ref)
        section = _gid(links, operation.section)
        if operation.arriving:
            self._add_to_project(gid, _gid(links, project_ref(operation.role)), section)
            return Done()
        data = {"task": gid}
        if operation.insert_after is not None:
            data["insert_after"] = _gid(links, operation.insert_after)
        self._session.create(
            Text(f"placer la tâche {gid}", f"place task {gid}"),
            lambda: self._post(f"/sections/{section}/addTask", data),
        )
        return Done()

    def _set_parent(self, operation: SetParent, links: Mapping[Ref, str]) -> Done:
        return Done(
            task=self._hang(_gid(links, operation.ref), _gid(links, operation.parent)),
        )

    def _hang(self, gid: str, parent: str) -> ObservedTask:
        api: Any = asana.TasksApi(self._session.client)
        return self._session.create(
            Text(f"rattacher la tâche {gid}", f"hang task {gid} under its action"),
            lambda: reads.same_task(
                gid,
                api.set_parent_for_task(
                    {"data": {"parent": parent}},
                    gid,
                    {"opt_fields": decode.TASK},
                    full_payload=True,
                ),
            ),
        )

    def _post(self, path: str, data: Json) -> Json:
        """For the calls whose SDK method would repeat the whole body in the URL."""
        answer = self._session.client.call_api(
            path,
            "POST",
            header_params={"Accept": "application/json", "Content-Type": "application/json"},
            body={"data": data},
            response_type=object,
            auth_settings=_AUTH,
            _return_http_data_only=True,
        )
        if not isinstance(answer, dict):
            raise Failure("unreadable")
        return answer


def _task_body(operation: CreateTask, links: Mapping[Ref, str]) -> Json:
    body: Json = {"name": operation.name, "notes": operation.notes}
    if operation.due_on is not None:
        body["due_on"] = operation.due_on.isoformat()
    if operation.fields:
        body["custom_fields"] = _values(operation.fields, links)
    return body


def _ours(told: ObservedTask, sent: Json) -> ObservedTask:
    """Another task's answer is no answer: the mark, one word and never another's, tells."""
    for gid, value in sent.items():
        held = told.fields.get(gid)
        if isinstance(value, str) and " " not in value and isinstance(held, str) and held != value:
            raise Failure("unreadable")
    return told


def _home(operation: CreateTask, links: Mapping[Ref, str]) -> Json:
    """Project and section in the create call itself, so that it lands in its place at once."""
    project = _gid(links, project_ref(operation.role))
    return {"memberships": [{"project": project, "section": _gid(links, operation.section)}]}


def _values(fields: Mapping[Ref, FieldValue], links: Mapping[Ref, str]) -> Json:
    return {_gid(links, ref): _value(value, links) for ref, value in fields.items()}


def _value(value: FieldValue, links: Mapping[Ref, str]) -> Any:
    if isinstance(value, str) and value.startswith("option:"):
        return _gid(links, value)
    if isinstance(value, date):
        return {"date": value.isoformat()}
    return value


def _plain(value: str | date | None) -> str | None:
    return value.isoformat() if isinstance(value, date) else value


def _gid(links: Mapping[Ref, str], ref: Ref) -> str:
    try:
        return links[ref]
    except KeyError:
        raise Unlinked(ref) from None


def _lacks(operation: CreateTask, links: Mapping[Ref, str], task: ObservedTask) -> set[str]:
    lacking = set()
    if _gid(links, project_ref(operation.role)) not in task.homes:
        lacking.add("home")
    if task.parent_gid != _gid(links, operation.parent or ""):
        lacking.add("parent")
    return lacking


def _half_done(task: ObservedTask, error: SyncError) -> Done:
    """The task exists and must be remembered; the next comparison sees what it still lacks."""
    return Done(created=task.gid, task=task, detail=error.text)
