"""Tasks: made, read, listed, changed, moved, trashed; and their stories."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from sync.sandbox import inputs
from sync.sandbox.call import Answer, Call, created, done, listing, show
from sync.sandbox.clock import parse_instant
from sync.sandbox.external import read_external, write_external
from sync.sandbox.field_edits import require_custom_fields
from sync.sandbox.journal import tell_story, touch
from sync.sandbox.project_edits import require_access
from sync.sandbox.refusal import invalid, not_in_sandbox, undocumented
from sync.sandbox.routes.places import found, project_at, require_task, section_at, task_at
from sync.sandbox.state import CustomField, Project, Section, Story, Task, User, Workspace, World
from sync.sandbox.task_edits import (
    Place,
    add_followers,
    create_task,
    place_task,
    remove_from_project,
    set_parent,
    trash_task,
    write_task,
)
from sync.sandbox.values import parse_value

WRITABLE = (
    "name", "notes", "completed", "assignee", "due_on", "due_at", "start_on", "start_at",
    "resource_subtype", "approval_status", "custom_fields", "external",
)  # fmt: skip
CREATE_ONLY = ("workspace", "projects", "memberships", "followers", "parent")
NOT_WRITTEN = (
    "gid", "resource_type", "created_at", "created_by", "modified_at", "completed_at",
    "completed_by", "permalink_url", "num_subtasks", "num_likes", "num_hearts", "hearted", "hearts",
    "likes", "dependencies", "dependents", "actual_time_minutes", "assigned_by",
    "is_rendered_as_separator",
)  # fmt: skip
ELSEWHERE = (
    "html_notes", "tags", "liked", "assignee_section", "assignee_status",
    "custom_type", "custom_type_status_option",
)  # fmt: skip
SUBTYPES = ("default_task", "milestone", "approval")
APPROVALS = ("pending", "approved", "rejected", "changes_requested")
NO_FILTER = (
    "Must specify exactly one of project, tag, section, user task list, or assignee + workspace"
)


def post_task(call: Call) -> Answer:
    inputs.check_names(
        call.data, (*WRITABLE, *CREATE_ONLY), not_written=NOT_WRITTEN, elsewhere=ELSEWHERE
    )
    return _create(call, inputs.optional_thing(call.world, Task, call.data, "parent"))


def post_subtask(call: Call, task_gid: str) -> Answer:
    parent = task_at(call, task_gid, write=True)
    inputs.check_names(
        call.data, (*WRITABLE, *CREATE_ONLY), not_written=NOT_WRITTEN, elsewhere=ELSEWHERE
    )
    return _create(call, parent)


def get_task(call: Call, task_gid: str) -> Answer:
    return show(call, "task", task_at(call, task_gid))


def put_task(call: Call, task_gid: str) -> Answer:
    task = task_at(call, task_gid, write=True)
    inputs.check_names(
        call.data,
        WRITABLE,
        not_written=(*NOT_WRITTEN, *CREATE_ONLY),
        elsewhere=ELSEWHERE,
    )
    external = read_external(call.world, call.grant, call.data, task)
    write_task(
        call.world, call.user, task, read_changes(call.world, call.user, call.data), _values(call)
    )
    write_external(call.world, task, external)
    return show(call, "task", task)


def delete_task(call: Call, task_gid: str) -> Answer:
    trash_task(call.world, call.user, task_at(call, task_gid, write=True))
    return done()


def list_tasks(call: Call) -> Answer:
    """Exactly one home is named. Subtasks are listed only where they have a home themselves."""
    for name in ("tag", "user_task_list"):
        if name in call.query:
            raise not_in_sandbox(f"GET /tasks?{name}=")
    homes = [name for name in ("project", "section", "assignee") if name in call.query]
    if len(homes) != 1 or ("assignee" in homes and "workspace" not in call.query):
        raise invalid(NO_FILTER)
    if "project" in homes:
        return _list(call, _project_tasks(project_at(call, call.query["project"])))
    if "section" in homes:
        return _list(call, section_at(call, call.query["section"]).tasks)
    found(call, Workspace, "workspace", call.query["workspace"], read=True)
    assignee = inputs.person(call.world, call.user, "assignee", call.query["assignee"])
    return _list(call, [task for task in call.world.of(Task) if task.assignee is assignee])


def list_project_tasks(call: Call, project_gid: str) -> Answer:
    return _list(call, _project_tasks(project_at(call, project_gid)), own=True)


def list_section_tasks(call: Call, section_gid: str) -> Answer:
    return _list(call, section_at(call, section_gid).tasks, own=True)


def list_subtasks(call: Call, task_gid: str) -> Answer:
    subtasks = task_at(call, task_gid).subtasks
    return listing(call, "task", [each for each in subtasks if call.world.visible(each)])


def post_set_parent(call: Call, task_gid: str) -> Answer:
    task = task_at(call, task_gid, write=True)
    inputs.check_names(call.data, ("parent", "insert_before", "insert_after"))
    if "parent" not in call.data:
        raise invalid("parent: Missing input")
    inputs.one_of_two(call.data, "insert_before", "insert_after")
    parent = inputs.optional_thing(call.world, Task, call.data, "parent")
    if parent is not None:
        require_task(call, parent, write=True)
    before = inputs.optional_thing(call.world, Task, call.data, "insert_before")
    after = inputs.optional_thing(call.world, Task, call.data, "insert_after")
    set_parent(call.world, call.user, task, parent, before=before, after=after)
    return show(call, "task", task)


def post_add_project(call: Call, task_gid: str) -> Answer:
    """At the end of the section, or of the project, unless positioned; `null` is an extreme."""
    task = task_at(call, task_gid, write=True)
    inputs.check_names(call.data, ("project", "section", "insert_before", "insert_after"))
    inputs.one_of_two(call.data, "insert_before", "insert_after")
    project = inputs.thing(call.world, Project, call.data, "project")
    require_access(call.user, project, write=True)
    section = inputs.optional_thing(call.world, Section, call.data, "section")
    before = inputs.optional_thing(call.world, Task, call.data, "insert_before")
    after = inputs.optional_thing(call.world, Task, call.data, "insert_after")
    anchor = before or after
    if section is None and anchor is not None:
        section = next((home for home in anchor.homes if home.project is project), None)
        if section is None:
            raise invalid("insert: The anchor task is not in this project")
    top = "insert_after" in call.data and after is None
    section = section or (project.sections[0] if top else project.sections[-1])
    if section.project is not project:
        raise invalid("section: The section is not in this project")
    place_task(call.world, call.user, task, Place(section, before=before, after=after, top=top))
    return done()


def post_remove_project(call: Call, task_gid: str) -> Answer:
    task = task_at(call, task_gid, write=True)
    inputs.check_names(call.data, ("project",))
    project = inputs.thing(call.world, Project, call.data, "project")
    require_access(call.user, project, write=True)
    remove_from_project(call.world, call.user, task, project)
    return done()


def post_add_followers(call: Call, task_gid: str) -> Answer:
    task = task_at(call, task_gid, write=True)
    inputs.check_names(call.data, ("followers",))
    add_followers(call.world, call.user, task, _followers(call))
    return show(call, "task", task)


def list_stories(call: Call, task_gid: str) -> Answer:
    stories = task_at(call, task_gid).stories
    return listing(call, "story", [each for each in stories if call.world.visible(each)])


def post_story(call: Call, task_gid: str) -> Answer:
    task = task_at(call, task_gid)
    inputs.check_names(call.data, ("text",), elsewhere=("html_text", "is_pinned", "sticker_name"))
    words = inputs.required_text(call.data, "text")
    story = tell_story(call.world, call.user, task, "comment_added", words)
    touch(call.world, task)
    return created(call, "story", story, "stories")


def get_story(call: Call, story_gid: str) -> Answer:
    story = found(call, Story, "story", story_gid, read=True)
    require_task(call, story.task)
    return show(call, "story", story)


def _create(call: Call, parent: Task | None) -> Answer:
    if parent is not None:
        require_task(call, parent, write=True)
    sections = _sections(call)
    workspace = inputs.optional_thing(call.world, Workspace, call.data, "workspace")
    if workspace is None and parent is None and not sections:
        raise invalid("You should specify one of workspace, parent, projects")
    external = read_external(call.world, call.grant, call.data, None)
    task = create_task(
        call.world,
        call.user,
        workspace=workspace or call.user.workspace,
        parent=parent,
        sections=sections,
        changes=read_changes(call.world, call.user, call.data),
        values=_values(call),
        followers=_followers(call),
    )
    write_external(call.world, task, external)
    return created(call, "task", task, "tasks")


def _sections(call: Call) -> list[Section]:
    """The homes that a create asks for: a section each, the project's first where none is named."""
    homes: dict[str, Section] = {}
    for project in inputs.things(call.world, Project, call.data, "projects"):
        homes[project.gid] = project.sections[0]
    for index, entry in enumerate(inputs.list_of(call.data, "memberships")):
        if not isinstance(entry, dict):
            raise invalid(f"memberships: [{index}]: Not an object")
        inputs.check_names(entry, ("project", "section"))
        project = inputs.thing(call.world, Project, entry, "project")
        section = inputs.optional_thing(call.world, Section, entry, "section")
        if section is not None and section.project is not project:
            raise invalid(f"memberships: [{index}]: The section is not in the project")
        homes[project.gid] = section or project.sections[0]
    for section in homes.values():
        require_access(call.user, section.project, write=True)
    return list(homes.values())


def read_changes(world: World, me: User, data: Mapping[str, Any]) -> dict[str, Any]:
    """The plain fields of a task that a body sends, by the names they have in the state."""
    changes = dict[str, Any]()
    for name in ("name", "notes"):
        if name in data:
            changes[name] = inputs.text(data, name, required=True)
    if "completed" in data:
        changes["completed"] = inputs.flag(data, "completed")
    if "assignee" in data:
        raw = data["assignee"]
        changes["assignee"] = None if raw is None else inputs.person(world, me, "assignee", raw)
    for name in ("due_on", "start_on"):
        if name in data:
            changes[name] = inputs.day(data, name)
    for name in ("due_at", "start_at"):
        if name in data:
            changes[name] = inputs.instant(data, name)
    if "resource_subtype" in data:
        changes["subtype"] = inputs.choice(data, "resource_subtype", SUBTYPES)
    if "approval_status" in data:
        changes["approval_status"] = inputs.choice(data, "approval_status", APPROVALS)
    return changes


def _values(call: Call) -> dict[str, Any]:
    sent = call.data.get("custom_fields")
    if sent is None:
        return {}
    if not isinstance(sent, dict):
        raise invalid("custom_fields: Not an object")
    require_custom_fields(call.world)
    values = {}
    for gid, raw in sent.items():
        field = call.world.find(CustomField, gid)
        if field is None:
            raise invalid(f"Custom field with ID {gid} is not on given object")
        values[gid] = parse_value(call.world, field, raw)
    return values


def _followers(call: Call) -> list[User]:
    return [
        inputs.person(call.world, call.user, f"followers: [{index}]", raw)
        for index, raw in enumerate(inputs.list_of(call.data, "followers"))
    ]


def _project_tasks(project: Project) -> list[Task]:
    return [task for section in project.sections for task in section.tasks]


def _list(call: Call, tasks: list[Task], *, own: bool = False) -> Answer:
    """`own` is the listing of a project or a section itself, which documents fewer filters."""
    shown = call.world.shown(tasks)
    for test in _time_filters(call, own=own):
        shown = [task for task in shown if test(task)]
    return listing(call, "task", shown)


def _time_filters(call: Call, *, own: bool) -> list[Callable[[Task], bool]]:
    """Deletions never appear here, nor does a parent because its subtask moved."""
    filters: list[Callable[[Task], bool]] = []
    text, elsewhere = call.query.get("modified_since"), call.world.switches.modified_since_elsewhere
    if text is not None and own and elsewhere == "refuse":
        raise undocumented("modified_since on this listing", "modified_since_elsewhere")
    if text is not None and not (own and elsewhere == "ignore"):
        since = _moment("modified_since", text)
        inclusive = call.world.switches.modified_since_inclusive
        filters.append(
            lambda task: task.modified_at > since or (inclusive and task.modified_at == since)
        )
    if (text := call.query.get("completed_since")) is not None:
        if text == "now":
            filters.append(lambda task: not task.completed)
        else:
            completed = _moment("completed_since", text)
            filters.append(lambda task: task.completed_at is None or task.completed_at >= completed)
    return filters


def _moment(name: str, text: str) -> datetime:
    try:
        return parse_instant(text)
    except ValueError:
        raise invalid(f"{name}: Not a valid date-time: {text}") from None
