"""
Webhooks: who is told of what, and what an envelope holds.

A webhook looks at the same stream as `GET /events`, so what a fault loses or a switch delays is
lost or late here too. Nothing in this module touches the network; `deliveries` does.
"""

import hashlib
import hmac
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sync.sandbox.fields import Tree, cutter, parse_opt_fields
from sync.sandbox.routes.events import PER_ANSWER, told
from sync.sandbox.shapes import SHAPES
from sync.sandbox.state import Event, Project, Task, Thing, User, World

HEARTBEAT_EVERY = timedelta(hours=8)
GIVEN_UP_AFTER = timedelta(hours=24)
FIRST_RETRY = timedelta(seconds=10)
"""Doubled each time. Asana says exponential and no figure: this one is the sandbox's own."""
LONGEST_RETRY = timedelta(hours=1)
LOGGED = 10_000

COMPACT: Tree = parse_opt_fields(
    "user.(gid|resource_type),resource.(gid|resource_type|resource_subtype),"
    "parent.(gid|resource_type|resource_subtype),action,created_at,"
    "change.(field|action|new_value.(gid|resource_type))"
)


@dataclass(frozen=True, slots=True)
class Attempt:
    """One delivery as it went: `status` is None when nobody answered in time."""

    at: datetime
    body: str
    signature: str
    events: int
    status: int | None


@dataclass(slots=True, eq=False)
class Webhook(Thing):
    """
    One subscription. `after` is the last event told; `next_attempt_after` holds after a failure.

    `twice` and `forged` are faults: each delivery is sent again, or under a wrong signature.
    """

    owner: User
    resource: Project | Task
    target: str
    secret: str
    after: int
    filters: list[dict[str, Any]] = field(default_factory=list)
    heartbeat_at: datetime | None = None
    last_success_at: datetime | None = None
    last_failure_at: datetime | None = None
    last_failure_content: str | None = None
    failing_since: datetime | None = None
    delivery_retry_count: int = 0
    next_attempt_after: datetime | None = None
    twice: bool = False
    forged: bool = False
    attempts: list[Attempt] = field(default_factory=list)

    @property
    def active(self) -> bool:
        """As in the documented answer to a create: not before the first delivery was taken."""
        return self.last_success_at is not None

    @property
    def failure_deletion_timestamp(self) -> datetime | None:
        return None if self.failing_since is None else self.failing_since + GIVEN_UP_AFTER


@dataclass(frozen=True, slots=True)
class Parcel:
    """One delivery to make. `after` is where the webhook stands once it was taken."""

    webhook: Webhook
    body: bytes
    events: int
    after: int

    @property
    def signature(self) -> str:
        secret = self.webhook.secret
        return sign(f"not {secret}" if self.webhook.forged else secret, self.body)


def sign(secret: str, body: bytes) -> str:
    return hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def secret_of(world: World, gid: str) -> str:
    """The same in two runs that do the same."""
    return hashlib.sha256(f"hook-{world.seed}-{gid}".encode()).hexdigest()


def living(world: World) -> list[Webhook]:
    return [webhook for webhook in world.of(Webhook) if webhook.deleted is None]


def parcel(world: World, webhook: Webhook) -> Parcel | None:
    """What is due to be sent now, if anything; and the end of one that failed for a day."""
    now, until = world.now(), webhook.failure_deletion_timestamp
    if until is not None and until <= now:
        webhook.deleted = webhook.gid
        return None
    if webhook.next_attempt_after is not None and now < webhook.next_attempt_after:
        return None
    events, after = _news(world, webhook)
    if not events and webhook.heartbeat_at is not None and now < webhook.heartbeat_at:
        return None
    cut = cutter(SHAPES, "event", COMPACT)
    body = json.dumps({"events": [cut(world, event) for event in events]}, ensure_ascii=False)
    return Parcel(webhook, body.encode(), len(events), after)


def settle(world: World, sent: Parcel, status: int | None, content: str) -> None:
    """Note how a delivery went. What was not taken is told again with what came since."""
    webhook, now = sent.webhook, world.now()
    attempt = Attempt(now, sent.body.decode(), sent.signature, sent.events, status)
    webhook.attempts = [*webhook.attempts[-LOGGED:], attempt]
    if status is not None and 200 <= status <= 299:
        webhook.after = sent.after
        webhook.last_success_at = now
        webhook.failing_since = webhook.next_attempt_after = None
        webhook.delivery_retry_count = 0
        if not sent.events:
            webhook.heartbeat_at = now + HEARTBEAT_EVERY
        return
    wait = min(FIRST_RETRY * 2 ** min(webhook.delivery_retry_count, 20), LONGEST_RETRY)
    webhook.last_failure_at = now
    webhook.last_failure_content = content[:1_000]
    webhook.failing_since = webhook.failing_since or now
    webhook.delivery_retry_count += 1
    webhook.next_attempt_after = now + wait


def next_look(world: World, webhook: Webhook) -> float:
    """Seconds until the clock alone makes something due."""
    now = world.now()
    if webhook.next_attempt_after is not None and now < webhook.next_attempt_after:
        return (webhook.next_attempt_after - now).total_seconds()
    stream = world.streams.get(webhook.resource.gid, [])
    if stream and stream[-1].number > webhook.after:
        return 0.05  # an event that a switch holds back
    heartbeat = webhook.heartbeat_at or now
    return (heartbeat - now).total_seconds()


def _news(world: World, webhook: Webhook) -> tuple[Sequence[Event], int]:
    """Events that pass the filters, a hundred at most, and the number of the last one seen."""
    seen = told(world, webhook.resource.gid, webhook.after)[:PER_ANSWER]
    after = seen[-1].number if seen else webhook.after
    wanted = [event for event in seen if _passes(world, event, webhook.filters)]
    if seen and not wanted:
        webhook.after = after
    return wanted, after


def _passes(world: World, event: Event, filters: Sequence[Mapping[str, Any]]) -> bool:
    return not filters or any(_meets(world, event, each) for each in filters)


def _meets(world: World, event: Event, wanted: Mapping[str, Any]) -> bool:
    for name in ("resource_type", "resource_subtype"):
        if name in wanted and wanted[name] != SHAPES["any"][name].read(world, event.resource):
            return False
    if "action" in wanted and wanted["action"] != event.action:
        return False
    fields = wanted.get("fields")
    return not fields or (event.change or {}).get("field") in fields
