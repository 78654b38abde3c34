"""Who may do what, as far as Asana says it: an account's seat, and who shares a project."""

from typing import Any, Final

import asana

from sync.adapters.asana import decode
from sync.adapters.asana.listing import list_all
from sync.adapters.asana.session import Session
from sync.model.examination import Seat
from sync.wording import Text

_SEATS: Final[tuple[tuple[str, Seat], ...]] = (
    ("is_view_only", "view_only"),
    ("is_guest", "guest"),
    ("is_admin", "admin"),
)


def seat(session: Session, workspace: str) -> Seat | None:
    """The account's place in the workspace; an empty listing says nothing of it."""
    api: Any = asana.WorkspaceMembershipsApi(session.client)
    found = list_all(
        session,
        Text("lire les droits du compte", "read the account's rights"),
        lambda options: api.get_workspace_memberships_for_workspace(
            workspace, {**options, "user": "me"}, full_payload=True
        ),
        decode.membership,
        fields="is_admin,is_guest,is_view_only",
    )
    for membership in found:
        for name, told in _SEATS:
            if membership.said.get(name):
                return told
    return "member" if found else None


def access(session: Session, project: str, account: str) -> str | None:
    """The level at which an account shares a project; None where Asana names none."""
    api: Any = asana.MembershipsApi(session.client)
    found = list_all(
        session,
        Text(
            f"lire l’accès du compte au projet {project}",
            f"read the account's access to project {project}",
        ),
        lambda options: api.get_memberships(
            {**options, "parent": project, "member": account}, full_payload=True
        ),
        decode.membership,
        fields="access_level",
    )
    levels = [str(level) for each in found if (level := each.said.get("access_level"))]
    return levels[0] if levels else None


def shares(session: Session, project: str, member: str) -> bool:
    """Whether someone shares a project, at whatever level; a refusal concerns this one alone."""
    api: Any = asana.MembershipsApi(session.client)

    def found() -> bool:
        options = {"parent": project, "member": member, "limit": 10}
        said = api.get_memberships(options, full_payload=True)["data"]
        return bool([decode.gid(each) for each in decode.rows(said)])

    return session.read(
        Text(f"lire le partage du projet {project}", f"read who shares project {project}"), found
    )
