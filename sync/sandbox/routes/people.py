"""Who is asking, workspaces, users and teams."""

from sync.sandbox.call import Answer, Call, listing, show
from sync.sandbox.refusal import invalid, unknown_object
from sync.sandbox.routes.places import found
from sync.sandbox.state import Team, User, Workspace


def get_user(call: Call, user_gid: str) -> Answer:
    return show(call, "user", user_at(call, user_gid))


def user_at(call: Call, said: str) -> User:
    """By gid, by address, or `me`."""
    if said == "me":
        return call.user
    if "@" in said:
        for user in call.world.of(User):
            if user.email == said:
                return user
        raise unknown_object("user", said, in_path=True)
    return found(call, User, "user", said, read=True)


def list_users(call: Call) -> Answer:
    if "team" in call.query:
        team = found(call, Team, "team", call.query["team"], read=True)
        return listing(call, "user", team.members)
    workspace = call.query.get("workspace")
    if workspace is None:
        raise invalid("workspace: Missing input")
    return listing(call, "user", found(call, Workspace, "workspace", workspace, read=True).users)


def list_workspaces(call: Call) -> Answer:
    return listing(call, "workspace", [call.user.workspace])


def get_workspace(call: Call, workspace_gid: str) -> Answer:
    return show(call, "workspace", found(call, Workspace, "workspace", workspace_gid, read=True))


def list_workspace_users(call: Call, workspace_gid: str) -> Answer:
    return listing(
        call, "user", found(call, Workspace, "workspace", workspace_gid, read=True).users
    )


def list_teams(call: Call, workspace_gid: str) -> Answer:
    workspace = found(call, Workspace, "workspace", workspace_gid, read=True)
    if not call.world.switches.is_organization:
        raise invalid("workspace: Not an organization")
    return listing(call, "team", workspace.teams)


def get_team(call: Call, team_gid: str) -> Answer:
    return show(call, "team", found(call, Team, "team", team_gid, read=True))
