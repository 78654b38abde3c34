"""What seat someone has in a workspace: a person is in one workspace here, so it is one record."""

from sync.sandbox.call import Answer, Call, listing
from sync.sandbox.routes.people import user_at
from sync.sandbox.routes.places import found
from sync.sandbox.state import Workspace


def list_of_workspace(call: Call, workspace_gid: str) -> Answer:
    workspace = found(call, Workspace, "workspace", workspace_gid, read=True)
    users = workspace.users
    if "user" in call.query:
        wanted = user_at(call, call.query["user"])
        users = [user for user in users if user is wanted]
    return listing(call, "workspace_membership", users)


def list_of_user(call: Call, user_gid: str) -> Answer:
    return listing(call, "workspace_membership", [user_at(call, user_gid)])
