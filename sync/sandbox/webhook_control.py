"""What a test sees of webhooks and does to them, past the API."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from sync.sandbox.clock import stamp
from sync.sandbox.state import World
from sync.sandbox.webhooks import Webhook, living


def report(world: World) -> list[dict[str, Any]]:
    """Every living webhook with its deliveries; the secret stays where it is."""
    return [_shown(webhook) for webhook in living(world)]


def steer(world: World, gid: str, orders: Mapping[str, Any]) -> dict[str, Any]:
    """
    `twice` and `forged` are faults that last; `heartbeat` and `now` make due at once what the
    clock would bring later; `delete` ends it, as Asana does with one that failed for a day.
    """
    webhook = world.find(Webhook, gid)
    if webhook is None:
        raise ValueError(f"no webhook {gid}")
    for name, value in orders.items():
        if not isinstance(value, bool):
            raise TypeError(f"{name} wants true or false, not {value!r}")
        match name:
            case "twice":
                webhook.twice = value
            case "forged":
                webhook.forged = value
            case "heartbeat":
                webhook.heartbeat_at = world.now() if value else webhook.heartbeat_at
            case "now":
                webhook.next_attempt_after = None if value else webhook.next_attempt_after
            case "delete":
                webhook.deleted = webhook.gid if value else None
            case _:
                raise ValueError(f"unknown: {name}; known: twice, forged, heartbeat, now, delete")
    return _shown(webhook)


def _shown(webhook: Webhook) -> dict[str, Any]:
    return {
        "gid": webhook.gid,
        "resource": webhook.resource.gid,
        "target": webhook.target,
        "active": webhook.active,
        "deleted": webhook.deleted is not None,
        "retries": webhook.delivery_retry_count,
        "attempts": [{**asdict(attempt), "at": stamp(attempt.at)} for attempt in webhook.attempts],
    }
