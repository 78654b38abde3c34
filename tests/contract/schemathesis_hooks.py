"""
What schemathesis needs to get beyond 404: things that exist. Runs in its own environment.

Each call gets the gids of things that are there, made for it where the call would use them up.
Of the calls that schemathesis means well, most are tamed: a body that the call can do something
with, plus a few of the fields that schemathesis made up, but for the first of each kind, so that
whether a call ever succeeds is not left to chance. The rest go out as they were generated.
"""

import itertools
import json
import os
import random
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import schemathesis
from schemathesis import Case, GenerationMode, HookContext, Response

TAMED: Final = 0.7
INVENTED: Final = 2
"""How many generated fields a tamed call keeps beside those that it needs."""
PLAIN: Final = 4
"""How many calls of each kind keep none."""

_numbers = itertools.count(1)
_chance = random.Random(1)  # noqa: S311 - the same calls each time


@dataclass(frozen=True, slots=True)
class Scene:
    """What one call needs to succeed."""

    path: dict[str, str] = field(default_factory=dict)
    query: dict[str, str] = field(default_factory=dict)
    data: dict[str, Any] = field(default_factory=dict)


class Stage:
    """One project with something of each kind in it, and more made on demand."""

    def __init__(self, url: str, token: str, workspace: str, team: str, receiver: str) -> None:
        self._url, self._token = url, token
        self.workspace, self.team = workspace, team
        self.project = self.new_project()
        self.section = self.new_section()
        self.task = self.new_task()
        self.field = self.new_field(self.project)
        self.membership = self.new_membership()
        self.story = self._post(f"/tasks/{self.task}/stories", text="Bonjour")["gid"]
        self.option = self.new_option()
        self._receiver = receiver
        self.webhook = self.new_webhook()

    def new_project(self) -> str:
        made = self._post("/projects", workspace=self.workspace, name=_name())
        return str(made["gid"])

    def new_section(self) -> str:
        return str(self._post(f"/projects/{self.project}/sections", name=_name())["gid"])

    def new_task(self) -> str:
        return str(self._post("/tasks", name=_name(), projects=[self.project])["gid"])

    def new_field(self, project: str | None = None) -> str:
        options = [{"name": "Oui"}, {"name": "Non"}]
        made = self._post(
            "/custom_fields",
            workspace=self.workspace,
            name=_name(),
            resource_subtype="enum",
            enum_options=options,
        )
        if project is not None:
            self._post(f"/projects/{project}/addCustomFieldSetting", custom_field=made["gid"])
        return str(made["gid"])

    def new_option(self) -> str:
        made = self._post(f"/custom_fields/{self.field}/enum_options", name=_name())
        return str(made["gid"])

    def new_membership(self) -> str:
        made = self._post("/memberships", parent=self.new_project(), member=self.team)
        return str(made["gid"])

    def new_target(self) -> str:
        """An address that answers the handshake; a resource takes each only once."""
        return f"{self._receiver}/{next(_numbers)}"

    def new_webhook(self) -> str:
        made = self._post("/webhooks", resource=self.project, target=self.new_target())
        return str(made["gid"])

    def sync_token(self) -> str:
        request = self._request(f"/events?resource={self.project}", None)
        try:
            urllib.request.urlopen(request, timeout=30)
        except urllib.error.HTTPError as refused:
            return str(json.loads(refused.read())["sync"])
        raise AssertionError("events without a token must be refused")

    def _post(self, path: str, **data: Any) -> dict[str, Any]:
        request = self._request(path, json.dumps({"data": data}).encode())
        with urllib.request.urlopen(request, timeout=30) as answer:
            made: dict[str, Any] = json.loads(answer.read())["data"]
            return made

    def _request(self, path: str, body: bytes | None) -> urllib.request.Request:
        headers = {"Authorization": f"Bearer {self._token}", "Content-Type": "application/json"}
        return urllib.request.Request(f"{self._url}{path}", body, headers)

    def gid(self, parameter: str) -> str | None:
        """Something that exists, for a parameter of a path."""
        return {
            "user_gid": "me",
            "workspace_gid": self.workspace,
            "team_gid": self.team,
            "project_gid": self.project,
            "section_gid": self.section,
            "task_gid": self.task,
            "story_gid": self.story,
            "custom_field_gid": self.field,
            "enum_option_gid": self.option,
            "membership_gid": self.membership,
            "webhook_gid": self.webhook,
        }.get(parameter)


def _name() -> str:
    return f"Chose {next(_numbers)}"


def _scenes(stage: Stage) -> dict[str, Callable[[], Scene]]:
    """What each call needs beyond the gids in its path; made when the call comes."""

    def remove_setting() -> Scene:
        project = stage.new_project()
        return Scene({"project_gid": project}, data={"custom_field": stage.new_field(project)})

    return {
        "GET /users": lambda: Scene(query={"workspace": stage.workspace}),
        "GET /projects": lambda: Scene(query={"workspace": stage.workspace}),
        "GET /tasks": lambda: Scene(query={"project": stage.project}),
        "GET /memberships": lambda: Scene(query={"parent": stage.project}),
        "GET /events": lambda: Scene(query={"resource": stage.project, "sync": stage.sync_token()}),
        "GET /webhooks": lambda: Scene(query={"workspace": stage.workspace}),
        "POST /webhooks": lambda: Scene(
            data={"resource": stage.project, "target": stage.new_target()}
        ),
        "DELETE /webhooks/{webhook_gid}": lambda: Scene({"webhook_gid": stage.new_webhook()}),
        "POST /batch": lambda: Scene(
            data={"actions": [{"method": "get", "relative_path": f"/tasks/{stage.task}"}]}
        ),
        "POST /projects": lambda: Scene(data={"workspace": stage.workspace, "name": _name()}),
        "DELETE /projects/{project_gid}": lambda: Scene({"project_gid": stage.new_project()}),
        "POST /projects/{project_gid}/sections": lambda: Scene(data={"name": _name()}),
        "POST /projects/{project_gid}/sections/insert": lambda: Scene(
            data={"section": stage.section, "before_section": stage.new_section()}
        ),
        "POST /projects/{project_gid}/addCustomFieldSetting": lambda: Scene(
            {"project_gid": stage.new_project()}, data={"custom_field": stage.new_field()}
        ),
        "POST /projects/{project_gid}/removeCustomFieldSetting": remove_setting,
        "PUT /sections/{section_gid}": lambda: Scene(data={"name": _name()}),
        "DELETE /sections/{section_gid}": lambda: Scene({"section_gid": stage.new_section()}),
        "POST /sections/{section_gid}/addTask": lambda: Scene(data={"task": stage.new_task()}),
        "POST /tasks": lambda: Scene(data={"name": _name(), "projects": [stage.project]}),
        "DELETE /tasks/{task_gid}": lambda: Scene({"task_gid": stage.new_task()}),
        "POST /tasks/{task_gid}/subtasks": lambda: Scene(data={"name": _name()}),
        "POST /tasks/{task_gid}/setParent": lambda: Scene(
            {"task_gid": stage.new_task()}, data={"parent": stage.task}
        ),
        "POST /tasks/{task_gid}/addProject": lambda: Scene(
            {"task_gid": stage.new_task()}, data={"project": stage.new_project()}
        ),
        "POST /tasks/{task_gid}/removeProject": lambda: Scene(
            {"task_gid": stage.new_task()}, data={"project": stage.project}
        ),
        "POST /tasks/{task_gid}/addFollowers": lambda: Scene(data={"followers": ["me"]}),
        "POST /tasks/{task_gid}/stories": lambda: Scene(data={"text": "Bonjour"}),
        "POST /custom_fields": lambda: Scene(
            data={"workspace": stage.workspace, "name": _name(), "resource_subtype": "text"}
        ),
        "PUT /custom_fields/{custom_field_gid}": lambda: Scene(data={"name": _name()}),
        "DELETE /custom_fields/{custom_field_gid}": lambda: Scene(
            {"custom_field_gid": stage.new_field()}
        ),
        "POST /custom_fields/{custom_field_gid}/enum_options": lambda: Scene(
            {"custom_field_gid": stage.new_field()}, data={"name": _name()}
        ),
        "POST /custom_fields/{custom_field_gid}/enum_options/insert": lambda: Scene(
            data={"enum_option": stage.option, "before_enum_option": stage.new_option()}
        ),
        "POST /memberships": lambda: Scene(
            data={"parent": stage.new_project(), "member": stage.team}
        ),
        "PUT /memberships/{membership_gid}": lambda: Scene(data={"access_level": "commenter"}),
        "DELETE /memberships/{membership_gid}": lambda: Scene(
            {"membership_gid": stage.new_membership()}
        ),
    }


class Director:
    """Sets the stage before each call and keeps the record after it."""

    def __init__(self, given: dict[str, str]) -> None:
        names = ("url", "token", "workspace", "team", "receiver")
        self._stage = Stage(**{name: given[name] for name in names})
        self._scenes = _scenes(self._stage)
        self._record = Path(given["record"])
        self._tamed: Counter[str] = Counter()

    def prepare(self, case: Case) -> None:
        scene = self._scenes.get(case.operation.label, Scene)()
        for parameter in case.path_parameters:
            there = scene.path.get(parameter, self._stage.gid(parameter))
            if there is not None:
                case.path_parameters[parameter] = there
        well_meant = case.meta is not None and case.meta.generation.mode is GenerationMode.POSITIVE
        label = case.operation.label
        if well_meant and (self._tamed[label] < PLAIN or _chance.random() < TAMED):
            _tame(case, scene, INVENTED if self._tamed[label] >= PLAIN else 0)
            self._tamed[label] += 1

    def note(self, case: Case, response: Response) -> None:
        line = {"call": case.operation.label, "status": response.status_code}
        with self._record.open("a", encoding="utf-8") as record:
            record.write(json.dumps(line) + "\n")


def _tame(case: Case, scene: Scene, invented_fields: int) -> None:
    case.query = {**_some(case.query, invented_fields, besides=scene.query), **scene.query}
    body = case.body
    if isinstance(body, dict):
        invented = body.get("data")
        fields = invented if isinstance(invented, dict) else {}
        kept = _some(fields, invented_fields, besides=scene.data)
        case.body = {"data": {**kept, **scene.data}}


def _some(given: dict[str, Any] | None, most: int, *, besides: dict[str, Any]) -> dict[str, Any]:
    names = [name for name in given or {} if name not in besides]
    return {name: (given or {})[name] for name in _chance.sample(names, min(most, len(names)))}


_director = Director(json.loads(os.environ["JALON_STAGE"]))


@schemathesis.hook
def before_call(context: HookContext, case: Case, kwargs: dict[str, Any]) -> None:
    _director.prepare(case)


@schemathesis.hook
def after_call(context: HookContext, case: Case, response: Response) -> None:
    _director.note(case, response)
