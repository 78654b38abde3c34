"""
Being told of changes instead of only asking for them.

A webhook is a convenience: it wakes the worker, which then reads through the API as it always
does. So nothing here may fail a cycle, and the schedule goes on beside it. After a cycle this looks
whether each followed project has its webhook, and makes what is missing. What Asana dropped is made
anew and its gap read whole.
"""

from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

import structlog

from sync import logs
from sync.adapters.webhooks import Door, Doors, Kept, keep, recall
from sync.errors import OutcomeUnknown, SyncError
from sync.ports import Clock, Subscriptions
from sync.worker.wakeups import Wake

SILENCE: Final = timedelta(hours=9)
"""Asana sends a heartbeat every eight hours: an hour more, and it is asked."""
AGAIN_AFTER: Final = timedelta(minutes=15)
"""Between two looks, or two tries, whatever the reason."""

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class _Webhook:
    kept: Kept
    door: Door


@dataclass(slots=True)
class _Told:
    """What one plan's webhooks are like. `looked_at` is None until Asana was asked once."""

    webhooks: dict[str, _Webhook] = field(default_factory=dict)
    followed: tuple[str, ...] = ()
    looked_at: datetime | None = None
    gap: bool = False

    @property
    def whole(self) -> bool:
        return bool(self.followed) and all(gid in self.webhooks for gid in self.followed)


@dataclass(frozen=True, slots=True)
class Followed:
    """Which projects a plan's events come from, and how to reach the webhooks of their tool."""

    resources: Callable[[], tuple[str, ...]]
    subscribing: Callable[[], AbstractContextManager[Subscriptions]]


class Webhooks:
    """Every plan's, behind one public address; used by the worker's own thread only."""

    def __init__(
        self,
        url: str,
        doors: Doors,
        *,
        state: Path,
        clock: Clock,
        post: Callable[[Wake], object],
    ) -> None:
        self._url = url
        self._doors = doors
        self._state = state
        self._clock = clock
        self._post = post
        self._plans: dict[str, _Told] = {}

    def recall(self, plan_ids: Iterable[str]) -> None:
        """Open the doors of the webhooks that an earlier process made, before anything comes."""
        for plan_id in plan_ids:
            told = self._plans.setdefault(plan_id, _Told())
            for kept in recall(self._state, plan_id):
                if kept.target != self._target(kept.path):
                    continue  # made for another address: nobody will be told there
                logs.hide(kept.secret)
                door = self._doors.open(plan_id, kept.path, kept.secret)
                told.webhooks[kept.resource] = _Webhook(kept, door)

    def state_of(self, plan_id: str) -> str:
        """For the sign of life."""
        told = self._plans.get(plan_id)
        return "registered" if told and told.looked_at and told.whole else "missing"

    def tend(self, plan_id: str, followed: Followed, *, full: bool) -> None:
        """After a cycle; `full` says that it read everything, once a day or after a doubt."""
        told, now = self._plans.setdefault(plan_id, _Told()), self._clock.now()
        if told.looked_at is not None:
            silent = any(_ago(each.door.heard_at, now) > SILENCE for each in told.webhooks.values())
            soon = _ago(told.looked_at, now) < AGAIN_AFTER
            if soon or not (full or silent or not told.whole):
                return
        told.followed, told.looked_at = followed.resources(), now
        made = False
        try:
            with followed.subscribing() as subscriptions:
                for resource in told.followed:
                    told.gap |= self._lost(told, resource, subscriptions)
                    if resource not in told.webhooks:
                        made |= self._make(plan_id, told, resource, subscriptions)
        except SyncError as error:
            _log.warning("webhook.failed", reason=error.in_("fr"))
        if made:
            # what happened while nobody was told; after a loss, which may be long ago, everything
            self._post(Wake(plan_id, None, full=told.gap))
            told.gap = False

    def _lost(self, told: _Told, resource: str, subscriptions: Subscriptions) -> bool:
        known = told.webhooks.get(resource)
        if known is None:
            return False
        if subscriptions.stands(known.kept.webhook):
            known.door.heard_at = self._clock.now()
            return False
        _log.warning("webhook.lost", webhook=known.kept.webhook, project=resource)
        self._doors.close(known.door)
        del told.webhooks[resource]
        return True

    def _make(self, plan_id: str, told: _Told, resource: str, subscriptions: Subscriptions) -> bool:
        door = self._doors.new(plan_id)
        try:
            webhook = self._created(door, resource, subscriptions)
        except BaseException:
            self._doors.close(door)
            raise
        if webhook is None or door.secret is None:
            # if it was made all the same, nobody answers it, and a day later Asana drops it
            self._doors.close(door)
            _log.warning("webhook.unconfirmed", project=resource)
            return False
        logs.hide(door.secret)
        kept = Kept(webhook, resource, self._target(door.path), door.path, door.secret)
        told.webhooks[resource] = _Webhook(kept, door)
        self._keep(plan_id, told)
        _log.info("webhook.registered", webhook=webhook, project=resource)
        return True

    def _created(self, door: Door, resource: str, subscriptions: Subscriptions) -> str | None:
        """The new webhook's gid; None when nobody can say that its secret is the one we hold."""
        target = self._target(door.path)
        try:
            with self._doors.expecting(door):
                made = subscriptions.create(resource, target)
        except OutcomeUnknown:
            return subscriptions.find(resource, target) if door.secret else None
        return made.webhook if door.proved_by(made.secret) else None

    def _keep(self, plan_id: str, told: _Told) -> None:
        try:
            keep(self._state, plan_id, [each.kept for each in told.webhooks.values()])
        except OSError as error:
            _log.warning("webhook.unkept", reason=error.strerror)

    def _target(self, path: str) -> str:
        return f"{self._url}/{path}"


def _ago(moment: datetime, now: datetime) -> timedelta:
    """What lies ahead was noted by a clock that was since put back: nobody knows how long ago."""
    return now - moment if moment <= now else timedelta.max
