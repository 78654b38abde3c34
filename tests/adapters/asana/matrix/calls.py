"""
The calls that Jalon makes, all of them, and how to see in Asana what each has done.

Of the seventeen kinds of the table (reliability facts, §2.1) only `batch` is not among them; a
test holds the list against what the adapter's sources can send.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from sync.adapters.asana import AsanaSubscriptions, Session, reads, rights
from sync.adapters.asana.survey import mark_project, subtasks
from sync.core.marks import field_line, option_ref
from sync.model.mapping import FieldRule
from sync.model.operation import (
    AnyOperation,
    AttachField,
    CreateField,
    CreateOption,
    CreateProject,
    CreateSection,
    PlaceTask,
    Ref,
    SetParent,
    ShareProject,
    UpdateTask,
)
from tests.adapters.asana.asana_desk import ID, PLAN, action, indicator
from tests.adapters.asana.matrix.faults import REFUSALS

Links = Mapping[Ref, str]
Dump = Mapping[str, Any]
NOTE = FieldRule(
    key="note",
    role="note",
    scope="action",
    name="Note",
    description=f"Une note.\n{field_line('note')}",
    kind="text",
    owner="people",
)
MEMBER: Final = "membre@ville.example"
LINE: Final = "[jalon: autre-plan]"


@dataclass(frozen=True, slots=True)
class Read:
    """
    `page` is which page of a listing the fault strikes; 0 where there are no pages. `says` is
    what the reading itself answers to a refusal, by the fault's name.
    """

    name: str
    path: str
    do: Callable[[Session, Links], Any]
    page: int = 0
    listing: bool = False
    says: Mapping[str, Any] = field(default_factory=dict)
    method: Literal["GET"] = "GET"
    again: Literal[True] = True

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True, slots=True)
class Write:
    """
    `done` counts in a dump what the call makes; `again` says it may arrive twice.

    `other_form` says that what a 400 refuses is asked for once more, in two steps. `send` is for
    what is no operation of a cycle.
    """

    name: str
    method: Literal["POST", "PUT"]
    path: str
    operation: AnyOperation | None
    done: Callable[[Dump, Links], int]
    send: Callable[[Session, Links], Any] | None = None
    other_form: bool = False

    @property
    def again(self) -> bool:
        return self.method == "PUT"

    def __str__(self) -> str:
        return self.name


def _listing(name: str, path: str, do: Callable[[Session, Links], Any], page: int = 0) -> Read:
    return Read(name, path, do, page, listing=True)


def _tasks(session: Session, links: Links) -> Any:
    return reads.tasks(session, links["project:indicators"])


def _webhook(session: Session, links: Links) -> Any:
    subscriptions = AsanaSubscriptions(session, workspace=links["workspace"])
    return subscriptions.find(links["project:indicators"], links["door"])


READS: Final = (
    Read("me", "/users/me", lambda s, _: reads.me(s)),
    Read("project", "/projects/*", lambda s, k: reads.project(s, k["project:actions"])),
    _listing(
        "field settings",
        "/projects/*/custom_field_settings",
        lambda s, k: reads.settings(s, k["project:actions"]),
    ),
    _listing(
        "sections", "/projects/*/sections", lambda s, k: reads.sections(s, k["project:actions"])
    ),
    *(_listing(f"tasks, page {page}", "/projects/*/tasks", _tasks, page) for page in (1, 2, 3)),
    Read("task", "/tasks/*", lambda s, k: reads.task(s, k["action:A-0"]), says={"missing": None}),
    Read(
        "task count",
        "/projects/*/task_counts",
        lambda s, k: reads.task_count(s, k["project:actions"]),
        says=dict.fromkeys(REFUSALS),
    ),
    _listing("remarks", "/tasks/*/stories", lambda s, k: reads.remarks(s, k["action:A-2"])),
    _listing("subtasks", "/tasks/*/subtasks", lambda s, k: subtasks(s, k["action:A-0"])),
    Read("events", "/events", lambda s, k: reads.events(s, k["project:actions"], k["sync"])),
    _listing("workspaces", "/workspaces", lambda s, _: reads.workspaces(s)),
    _listing(
        "workspace fields",
        "/workspaces/*/custom_fields",
        lambda s, k: reads.fields(s, k["workspace"]),
    ),
    _listing(
        "workspace projects",
        "/workspaces/*/projects",
        lambda s, k: reads.projects(s, k["workspace"]),
    ),
    _listing("teams", "/workspaces/*/teams", lambda s, k: reads.teams(s, k["workspace"])),
    _listing(
        "seat",
        "/workspaces/*/workspace_memberships",
        lambda s, k: rights.seat(s, k["workspace"]),
    ),
    _listing(
        "access",
        "/memberships",
        lambda s, k: rights.access(s, k["project:actions"], k["account"]),
    ),
    Read(
        "sharing",
        "/memberships",
        lambda s, k: rights.shares(s, k["project:actions"], k["account"]),
    ),
    Read("person", "/users/*", lambda s, _: reads.user_gid(s, MEMBER)),
    _listing("webhooks", "/webhooks", _webhook),
    Read(
        "webhook",
        "/webhooks/*",
        lambda s, k: AsanaSubscriptions(s).stands(k["webhook"]),
        says={"missing": False, "forbidden": False},
    ),
)


def _live(dump: Dump) -> list[Any]:
    return [task for task in dump["tasks"].values() if not task["trashed"]]


def _marked(ref: str) -> Callable[[Dump, Links], int]:
    mark = f"{PLAN}/{ref}"
    return lambda d, _: sum(task["fields"].get(ID.name) == mark for task in _live(d))


def _named(kind: str, name: str) -> Callable[[Dump, Links], int]:
    return lambda d, _: sum(one["name"] == name for one in d[kind])


def _sections(dump: Dump) -> list[Any]:
    return [section for project in dump["projects"] for section in project["sections"]]


def _options(dump: Dump, _links: Links) -> int:
    return sum(o["name"] == "Troisième" for f in dump["fields"] for o in f["options"])


def _attached(dump: Dump, links: Links) -> int:
    gid = links["project:indicators"]
    return sum(p["fields"].count("Axe") for p in dump["projects"] if p["gid"] == gid)


def _project(dump: Dump, links: Links) -> Any:
    return next(p for p in dump["projects"] if p["gid"] == links["project:actions"])


def _shared(dump: Dump, links: Links) -> int:
    return int("Membre" in _project(dump, links)["members"])


def _placed(dump: Dump, links: Links) -> int:
    section = next(s for s in _sections(dump) if s["gid"] == links["section:v2"])
    return int(section["tasks"].count(links["action:A-1"]))


def _hung(dump: Dump, links: Links) -> int:
    return int(dump["tasks"][links["indicator:I-0"]]["parent"] == links["action:A-1"])


WRITES: Final = (
    Write("create task", "POST", "/tasks", action(7), _marked("A-7")),
    Write(
        "create subtask",
        "POST",
        "/tasks",
        indicator(2),
        _marked("I-2"),
        other_form=True,
    ),
    Write(
        "update",
        "PUT",
        "/tasks/*",
        UpdateTask(ref="action:A-0", builtins={"name": "Un autre nom"}),
        lambda d, _: sum(task["name"] == "Un autre nom" for task in _live(d)),
    ),
    Write(
        "add to section",
        "POST",
        "/sections/*/addTask",
        PlaceTask(ref="action:A-1", role="actions", section="section:v2"),
        _placed,
    ),
    Write(
        "bring home",
        "POST",
        "/tasks/*/addProject",
        PlaceTask(ref="action:A-1", role="actions", section="section:v2", arriving=True),
        _placed,
    ),
    Write(
        "mark project",
        "PUT",
        "/projects/*",
        None,
        lambda d, k: _project(d, k)["notes"].splitlines().count(LINE),
        lambda s, k: mark_project(s, k["project:actions"], LINE),
    ),
    Write(
        "create field",
        "POST",
        "/custom_fields",
        CreateField(ref="field:note", rule=NOTE),
        _named("fields", NOTE.name),
    ),
    Write(
        "attach field",
        "POST",
        "/projects/*/addCustomFieldSetting",
        AttachField(ref="attach:indicators/axe", role="indicators", field="field:axe"),
        _attached,
    ),
    Write(
        "enum option",
        "POST",
        "/custom_fields/*/enum_options",
        CreateOption(ref=option_ref("axe", "3"), field="field:axe", name="Troisième", color="red"),
        _options,
    ),
    Write(
        "create project",
        "POST",
        "/projects",
        CreateProject(ref="project:essai", role="actions", name="Essai", notes="…"),
        _named("projects", "Essai"),
    ),
    Write(
        "create section",
        "POST",
        "/projects/*/sections",
        CreateSection(ref="section:v3", role="actions", name="Volet 3"),
        lambda d, _: sum(section["name"] == "Volet 3" for section in _sections(d)),
    ),
    Write(
        "set parent",
        "POST",
        "/tasks/*/setParent",
        SetParent(ref="indicator:I-0", parent="action:A-1"),
        _hung,
    ),
    Write(
        "share",
        "POST",
        "/memberships",
        ShareProject(ref=f"share:actions/{MEMBER}", role="actions", member=MEMBER),
        _shared,
    ),
    Write(
        "webhook create",
        "POST",
        "/webhooks",
        None,
        lambda d, k: sum(w["resource"] == k["project:actions"] for w in d["webhooks"]),
        lambda s, k: AsanaSubscriptions(s).create(k["project:actions"], k["door"]),
    ),
)
CALLS: Final[tuple[Read | Write, ...]] = (*READS, *WRITES)
