"""
How many requests it takes to send operations and to read again what they touched.

It follows `writes.py` and `observe.py` step by step, for the case in which nothing goes wrong
and nobody else is at work; a test holds it against what the sandbox counts.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from math import ceil
from typing import Final

from sync.adapters.asana.listing import PAGE_SIZE
from sync.core.marks import ROLES
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
from sync.model.target import Observed, ProjectRole

_SENDS: Final[Mapping[type, str]] = {
    CreateProject: "POST /projects",
    ShareProject: "POST /memberships",
    CreateSection: "POST /projects/{}/sections",
    CreateField: "POST /custom_fields",
    CreateOption: "POST /custom_fields/{}/enum_options",
    AttachField: "POST /projects/{}/addCustomFieldSetting",
    CreateTask: "POST /tasks",
    UpdateTask: "PUT /tasks/{}",
    PlaceTask: "POST /sections/{}/addTask",
    SetParent: "POST /tasks/{}/setParent",
}
_DEFINING: Final = (CreateField, CreateOption, AttachField)


def forecast(
    operations: Sequence[AnyOperation],
    observed: Observed,
    links: Mapping[Ref, str],
    *,
    later: Mapping[ProjectRole, int],
    form: str | None,
    knows_workspace: bool,
) -> Counter[str]:
    """
    `later` is how many tasks of each project get an update of their own after all that; `form`
    how an indicator gets its two homes, None until the first one has proved it.
    """
    if not operations:
        return Counter()
    needs = Counter(map(_sending, operations))
    hung = sum(isinstance(op, CreateTask) and op.parent is not None for op in operations)
    if hung and form is None:
        needs["GET /tasks/{}"] += 1
    if form == "two_steps":
        needs["POST /tasks/{}/setParent"] += hung
    members = [op.member for op in operations if isinstance(op, ShareProject)]
    needs["GET /users/{}"] += sum("@" in member for member in members)
    teams = sum("@" not in member and not member.isdigit() for member in members)
    needs["GET /workspaces/{}/teams"] += teams
    placed = any(isinstance(op, CreateProject | CreateField) for op in operations)
    if (placed or teams) and not knows_workspace:
        needs["GET /workspaces"] += 1
    if any(isinstance(op, CreateProject) for op in operations):
        needs += _reading_of_everything(operations, observed)
    else:
        needs += _reading_of_touched(operations, observed, links)
    for role, updates in later.items():
        needs["PUT /tasks/{}"] += updates
        pages = _pages_of_tasks(role, operations, observed)
        if updates > pages:
            needs["GET /projects/{}/tasks"] += pages
        else:
            needs["GET /tasks/{}"] += updates
    return +needs


def _sending(operation: AnyOperation) -> str:
    if isinstance(operation, PlaceTask) and operation.arriving:
        return "POST /tasks/{}/addProject"
    return _SENDS[type(operation)]


def _reading_of_everything(operations: Sequence[AnyOperation], observed: Observed) -> Counter[str]:
    """After a provisioning: both projects, whole, since fields of the new one are sought."""
    made = {op.role for op in operations if isinstance(op, CreateProject)}
    roles = [role for role in ROLES if role in made or role in observed.projects]
    needs = Counter({"GET /events": 1})  # of the managers' stream
    for role in roles:
        needs["GET /projects/{}"] += 1
        needs["GET /projects/{}/custom_field_settings"] += 1
        needs["GET /projects/{}/sections"] += _pages_of_sections(role, operations, observed)
        needs["GET /projects/{}/tasks"] += _pages_of_tasks(role, operations, observed)
    return needs


def _reading_of_touched(
    operations: Sequence[AnyOperation], observed: Observed, links: Mapping[Ref, str]
) -> Counter[str]:
    needs = Counter[str]()
    roles = list(observed.projects)
    if any(isinstance(op, CreateSection) for op in operations):
        needs["GET /projects/{}/sections"] += sum(
            _pages_of_sections(role, operations, observed) for role in roles
        )
    if any(isinstance(op, _DEFINING) for op in operations):
        needs["GET /projects/{}/custom_field_settings"] += len(roles)
    listed = {op.role for op in operations if isinstance(op, CreateTask | PlaceTask)}
    edited = _gids(operations, links)
    for role in roles:
        mine = [gid for gid in edited if gid in observed.order.get(role, ())]
        if role not in listed and len(mine) > _pages_of_tasks(role, operations, observed):
            listed.add(role)
    needs["GET /projects/{}/tasks"] += sum(
        _pages_of_tasks(role, operations, observed) for role in listed if role in roles
    )
    shown = {gid for role in listed for gid in observed.order.get(role, ())}
    needs["GET /tasks/{}"] += sum(gid not in shown for gid in edited)
    return needs


def _gids(operations: Iterable[AnyOperation], links: Mapping[Ref, str]) -> list[str]:
    edits = (op for op in operations if isinstance(op, UpdateTask | PlaceTask | SetParent))
    return list(dict.fromkeys(links[op.ref] for op in edits if op.ref in links))


def _pages_of_tasks(
    role: ProjectRole, operations: Sequence[AnyOperation], observed: Observed
) -> int:
    made = sum(
        op.role == role and (isinstance(op, CreateTask) or op.arriving)
        for op in operations
        if isinstance(op, CreateTask | PlaceTask)
    )
    return _pages(len(observed.order.get(role, ())) + made)


def _pages_of_sections(
    role: ProjectRole, operations: Sequence[AnyOperation], observed: Observed
) -> int:
    """A new project comes with one section of Asana's own."""
    project = observed.projects.get(role)
    standing = sum(project is not None and s.project_gid == project.gid for s in observed.sections)
    made = sum(isinstance(op, CreateSection) and op.role == role for op in operations)
    return _pages((standing if project else 1) + made)


def _pages(count: int) -> int:
    return max(1, ceil(count / PAGE_SIZE))
