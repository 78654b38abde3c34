"""
Webhooks: subscribing a target to what happens to a project or a task.

The create is answered only after the target has echoed a secret, so it has two halves, and the
world is free between them.
"""

import hmac
from dataclasses import replace
from typing import Any

from sync.sandbox import inputs
from sync.sandbox.call import Answer, Call, Errand, created, done, listing, show
from sync.sandbox.deliveries import Heard, post, reachable, well_formed
from sync.sandbox.refusal import Refusal, invalid, not_in_sandbox
from sync.sandbox.routes.events import require_resource
from sync.sandbox.routes.places import found
from sync.sandbox.state import Project, Task, Workspace
from sync.sandbox.webhooks import Webhook, living, secret_of

PER_RESOURCE = 1_000
ACTIONS = ("changed", "added", "removed", "deleted", "undeleted")


def list_webhooks(call: Call) -> Answer:
    """Those that the caller made in a workspace, perhaps of one resource only."""
    workspace = inputs.thing(call.world, Workspace, call.query, "workspace")
    resource = call.query.get("resource")
    return listing(
        call,
        "webhook",
        [
            each
            for each in living(call.world)
            if each.owner is call.user
            and each.resource.workspace is workspace
            and resource in (None, each.resource.gid)
        ],
    )


def get_webhook(call: Call, webhook_gid: str) -> Answer:
    return show(call, "webhook", _webhook_at(call, webhook_gid))


def post_webhook(call: Call) -> Errand[Heard]:
    inputs.check_names(call.data, ("resource", "target", "filters"))
    resource, target = _resource(call), inputs.required_text(call.data, "target")
    filters = _filters(call)
    if not well_formed(target):
        raise invalid("target: Not a valid URL")
    if not reachable(target):
        raise not_in_sandbox("webhook targets beyond this machine")
    _require_free(call, resource, target)
    gid = call.world.next_gid()
    secret, after = secret_of(call.world, gid), len(call.world.events)

    def finish(heard: Heard) -> Answer:
        same = heard.secret is not None and hmac.compare_digest(
            heard.secret.encode(), secret.encode()
        )
        if heard.status not in (200, 204) or not same:
            raise Refusal(
                403,
                "The remote server which is intended to receive the webhook did not respond "
                "with the handshake secret.",
            )
        _require_free(call, resource, target)
        webhook = call.world.keep(
            Webhook(gid, call.world.now(), call.user, resource, target, secret, after, filters)
        )
        answer = created(call, "webhook", webhook, "webhooks")
        return replace(answer, body={**answer.body, "X-Hook-Secret": secret})

    return Errand(lambda: post(target, b"{}", {"X-Hook-Secret": secret}), finish)


def put_webhook(call: Call, webhook_gid: str) -> Answer:
    """The whole list of filters is replaced."""
    webhook = _webhook_at(call, webhook_gid)
    inputs.check_names(call.data, ("filters",), not_written=("resource", "target"))
    webhook.filters = _filters(call)
    return show(call, "webhook", webhook)


def delete_webhook(call: Call, webhook_gid: str) -> Answer:
    webhook = _webhook_at(call, webhook_gid)
    webhook.deleted = webhook.gid
    return done()


def _webhook_at(call: Call, gid: str) -> Webhook:
    webhook = found(call, Webhook, "webhook", gid, read=False)
    if webhook.owner is not call.user:
        raise Refusal(403, "You do not have access to this webhook.")
    return webhook


def _resource(call: Call) -> Project | Task:
    gid = inputs.gid_of("resource", call.data.get("resource"))
    return require_resource(call, gid, in_path=False)


def _require_free(call: Call, resource: Project | Task, target: str) -> None:
    mine = [each for each in living(call.world) if each.resource is resource]
    if any(each.target == target and each.owner is call.user for each in mine):
        raise Refusal(
            403,
            "Duplicated webhook. You already have an existing webhook for the given resource "
            "and target. Delete the old one before creating another.",
        )
    if len(mine) >= PER_RESOURCE:
        raise Refusal(403, f"resource: {PER_RESOURCE} webhooks at most")


def _filters(call: Call) -> list[dict[str, Any]]:
    filters = inputs.list_of(call.data, "filters")
    for index, each in enumerate(filters):
        if not isinstance(each, dict):
            raise invalid(f"filters: [{index}]: Not an object")
        inputs.check_names(each, ("resource_type", "resource_subtype", "action", "fields"))
        inputs.text(each, "resource_type")
        inputs.text(each, "resource_subtype")
        if "action" in each:
            inputs.choice(each, "action", ACTIONS)
        fields = inputs.list_of(each, "fields")
        if fields and each.get("action", "changed") != "changed":
            raise invalid(f"filters: [{index}]: fields: Only valid for the action 'changed'")
        if not all(isinstance(one, str) for one in fields):
            raise invalid(f"filters: [{index}]: fields: Not an array of strings")
    return filters
