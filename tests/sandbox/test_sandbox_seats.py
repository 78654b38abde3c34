"""What somebody may do in a workspace hangs on their seat."""

from sync.sandbox.client import SandboxControl
from sync.sandbox.server import SandboxServer
from tests.sandbox.sandbox_hand import Hand


def test_a_guest_makes_no_custom_field_and_the_workspace_says_who_is_one(
    hand: Hand, server: SandboxServer, control: SandboxControl
) -> None:
    token = control.add_person("Invitée", seat="guest")["token"]
    guest = Hand(hand.url, token)
    path = f"/workspaces/{hand.workspace}/workspace_memberships"
    shown = "user.gid,user.name,is_guest,is_admin"
    (mine,) = guest.get(path, user="me", opt_fields=shown)
    assert (mine["user"]["name"], mine["is_guest"], mine["is_admin"]) == ("Invitée", True, False)
    (same,) = guest.get("/users/me/workspace_memberships", opt_fields=shown)
    assert same == mine
    assert [each["user"]["gid"] for each in hand.get(path)].count(mine["user"]["gid"]) == 1
    status, _ = guest.refusal(
        "POST",
        "/custom_fields",
        {"workspace": hand.workspace, "name": "Axe", "resource_subtype": "text"},
    )
    assert status == 403
