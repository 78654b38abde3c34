"""A sign of life for the container's health check: one small file, replaced at once."""

import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from pydantic import TypeAdapter, ValidationError

FILE: Final = "health.json"


@dataclass(frozen=True, slots=True)
class PlanHealth:
    """
    `expected_by` is when a later cycle must have ended; `outcome` tells how the last did,
    `webhook` whether its changes are told to us: registered, missing, or None where unwanted.
    """

    expected_by: datetime
    last_ended_at: datetime | None = None
    outcome: str | None = None
    webhook: str | None = None


@dataclass(frozen=True, slots=True)
class Health:
    pid: int
    started_at: datetime
    stopped: bool = False
    plans: Mapping[str, PlanHealth] = field(default_factory=dict)

    def late(self, now: datetime) -> tuple[str, ...]:
        """Plans whose cycles no longer end. A failed cycle ended: restarting would not help it."""
        return tuple(id_ for id_, plan in self.plans.items() if now > plan.expected_by)


_READER: Final = TypeAdapter(Health)


def write_health(path: Path, health: Health) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f".{path.name}.{os.getpid()}")
    fresh.write_text(json.dumps(asdict(health), default=_instant), encoding="utf-8")
    fresh.replace(path)


def read_health(path: Path) -> Health | None:
    """None when there is none, or none that can be read: both mean that nobody is well."""
    try:
        return _READER.validate_json(path.read_bytes())
    except (OSError, ValidationError):
        return None


def _instant(value: Any) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(type(value).__name__)
