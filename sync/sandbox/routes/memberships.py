"""Who a project is shared with: people and teams, each with a level."""

from sync.sandbox import inputs
from sync.sandbox.call import Answer, Call, created, done, listing, show
from sync.sandbox.project_edits import ACCESS_LEVELS, require_access, share, unshare
from sync.sandbox.refusal import invalid, not_in_sandbox, unknown_object
from sync.sandbox.routes.places import found, project_at
from sync.sandbox.state import Project, ProjectMembership, Team, User


def list_memberships(call: Call) -> Answer:
    parent = call.query.get("parent")
    if parent is None:
        if "member" in call.query:
            raise not_in_sandbox("GET /memberships without parent")
        raise invalid("parent: Missing input")
    memberships = project_at(call, parent).memberships
    member = call.query.get("member")
    return listing(
        call,
        "membership",
        [
            each
            for each in memberships
            if call.world.visible(each) and member in (None, each.member.gid)
        ],
    )


def post_membership(call: Call) -> Answer:
    inputs.check_names(call.data, ("parent", "member", "access_level", "role"))
    project = inputs.thing(call.world, Project, call.data, "parent")
    require_access(call.user, project, write=True)
    if call.data.get("member") is None:
        raise invalid("member: Missing input")
    level = call.data.get("access_level", call.data.get("role", "editor"))
    if level not in ACCESS_LEVELS:
        raise invalid(f"access_level: Not one of {', '.join(ACCESS_LEVELS)}: {level!r}")
    membership = share(call.world, call.user, project, _member(call, call.data["member"]), level)
    return created(call, "membership", membership, "memberships")


def get_membership(call: Call, membership_gid: str) -> Answer:
    return show(call, "membership", _membership_at(call, membership_gid, write=False))


def put_membership(call: Call, membership_gid: str) -> Answer:
    membership = _membership_at(call, membership_gid, write=True)
    inputs.check_names(call.data, ("access_level",), not_written=("parent", "member"))
    level = inputs.choice(call.data, "access_level", ACCESS_LEVELS)
    share(call.world, call.user, membership.project, membership.member, level)
    return show(call, "membership", membership)


def delete_membership(call: Call, membership_gid: str) -> Answer:
    unshare(call.world, call.user, _membership_at(call, membership_gid, write=True))
    return done()


def _membership_at(call: Call, gid: str, *, write: bool) -> ProjectMembership:
    membership = found(call, ProjectMembership, "membership", gid, read=not write)
    if membership.project.deleted is not None:
        raise unknown_object("membership", gid, in_path=True)
    require_access(call.user, membership.project, write=write)
    return membership


def _member(call: Call, raw: object) -> User | Team:
    if isinstance(raw, str):
        team = call.world.find(Team, raw)
        if team is not None:
            return team
    return inputs.person(call.world, call.user, "member", raw)
