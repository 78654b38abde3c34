"""Projects, their task counts, and their sections' order."""

from dataclasses import replace
from typing import Any

from sync.sandbox import inputs
from sync.sandbox.announcements import TEAM
from sync.sandbox.call import Answer, Call, created, done, listing, show
from sync.sandbox.project_edits import (
    access_of,
    create_project,
    share,
    trash_project,
    write_project,
)
from sync.sandbox.refusal import invalid, not_in_sandbox
from sync.sandbox.routes.places import found, project_at
from sync.sandbox.state import Team, Workspace

WRITABLE = (
    "name", "notes", "archived", "color", "icon", "default_view", "due_on", "due_date", "start_on",
    "owner", "privacy_setting", "public",
)  # fmt: skip
NOT_WRITTEN = (
    "gid", "resource_type", "created_at", "modified_at", "completed", "completed_at",
    "completed_by", "members", "permalink_url", "custom_field_settings", "current_status_update",
)  # fmt: skip
ELSEWHERE = (
    "html_notes", "custom_fields", "current_status", "default_access_level", "followers",
    "minimum_access_level_for_customization", "minimum_access_level_for_sharing",
)  # fmt: skip
PRIVACY = ("public_to_workspace", "private_to_team", "private")
VIEWS = ("list", "board", "calendar", "timeline")


def list_projects(call: Call) -> Answer:
    workspace = call.query.get("workspace")
    if workspace is None:
        if "team" in call.query:
            raise not_in_sandbox("GET /projects?team=")
        raise invalid("workspace: Missing input")
    return list_workspace_projects(call, workspace)


def list_workspace_projects(call: Call, workspace_gid: str) -> Answer:
    """Archived ones are listed too unless filtered; private ones only to who may see them."""
    workspace = found(call, Workspace, "workspace", workspace_gid, read=True)
    projects = [
        project
        for project in workspace.projects
        if call.world.visible(project) and access_of(call.user, project) is not None
    ]
    if "archived" in call.query:
        wanted = call.query["archived"]
        if wanted not in ("true", "false"):
            raise invalid(f"archived: Not a boolean: {wanted}")
        projects = [project for project in projects if project.archived == (wanted == "true")]
    return listing(call, "project", projects)


def post_project(call: Call) -> Answer:
    inputs.check_names(
        call.data, (*WRITABLE, "workspace", "team"), not_written=NOT_WRITTEN, elsewhere=ELSEWHERE
    )
    if "workspace" in call.data:
        workspace = inputs.thing(call.world, Workspace, call.data, "workspace")
    else:
        workspace = inputs.thing(call.world, Team, call.data, "team").workspace
    team = inputs.optional_thing(call.world, Team, call.data, "team")
    inputs.required_text(call.data, "name")
    if team is not None and not call.world.switches.is_organization:
        raise invalid("team: The workspace is not an organization")
    project = create_project(call.world, call.user, workspace, _changes(call))
    if team is not None:
        project.team = team
        share(call.world, call.user, project, team, "editor")
    answer = created(call, "project", project, "projects")
    return answer if team is None else replace(answer, changes=(TEAM,))


def get_project(call: Call, project_gid: str) -> Answer:
    return show(call, "project", project_at(call, project_gid))


def put_project(call: Call, project_gid: str) -> Answer:
    project = project_at(call, project_gid, write=True)
    inputs.check_names(
        call.data, WRITABLE, not_written=(*NOT_WRITTEN, "workspace", "team"), elsewhere=ELSEWHERE
    )
    write_project(call.world, call.user, project, _changes(call))
    return show(call, "project", project)


def delete_project(call: Call, project_gid: str) -> Answer:
    trash_project(call.world, call.user, project_at(call, project_gid, write=True))
    return done()


COUNTS = (
    "num_tasks", "num_incomplete_tasks", "num_completed_tasks",
    "num_milestones", "num_incomplete_milestones", "num_completed_milestones",
)  # fmt: skip


def get_task_counts(call: Call, project_gid: str) -> Answer:
    """Nothing unless asked for: every count is Opt In. Milestones are tasks too."""
    tasks = [
        task
        for section in project_at(call, project_gid).sections
        for task in section.tasks
        if call.world.visible(task)
    ]
    milestones = [task for task in tasks if task.subtype == "milestone"]
    counts = {}
    for kind, each in (("tasks", tasks), ("milestones", milestones)):
        completed = sum(task.completed for task in each)
        counts[f"num_{kind}"] = len(each)
        counts[f"num_completed_{kind}"] = completed
        counts[f"num_incomplete_{kind}"] = len(each) - completed
    wanted = [name for name in call.query.get("opt_fields", "").split(",") if name]
    if unknown := set(wanted) - set(COUNTS):
        raise invalid(f"opt_fields: no such field: {', '.join(sorted(unknown))}")
    return Answer(200, {"data": {name: counts[name] for name in wanted}})


def _changes(call: Call) -> dict[str, Any]:
    data, changes = call.data, dict[str, Any]()
    for name in ("name", "notes"):
        if name in data:
            changes[name] = inputs.text(data, name, required=True)
    if "archived" in data:
        changes["archived"] = inputs.flag(data, "archived")
    for name in ("color", "icon"):
        if name in data:
            changes[name] = None if data[name] is None else inputs.text(data, name)
    if "default_view" in data:
        changes["default_view"] = inputs.choice(data, "default_view", VIEWS)
    for name, field in (("due_date", "due_on"), ("due_on", "due_on"), ("start_on", "start_on")):
        if name in data:
            changes[field] = inputs.day(data, name)
    if "owner" in data:
        owner = data["owner"]
        changes["owner"] = (
            None if owner is None else inputs.person(call.world, call.user, "owner", owner)
        )
    if "public" in data:
        changes["privacy_setting"] = PRIVACY[0] if inputs.flag(data, "public") else "private"
    if "privacy_setting" in data:
        changes["privacy_setting"] = inputs.choice(data, "privacy_setting", PRIVACY)
    return changes
