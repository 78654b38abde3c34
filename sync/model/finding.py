"""A disagreement that a person should see."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

Severity = Literal["info", "warning", "error"]
FindingState = Literal["open", "seen", "settled", "reopened", "closed"]


@dataclass(frozen=True, slots=True)
class Finding:
    """
    One sighting. `key` is stable (code + subject), so a disagreement that lasts stays one.

    `facts` fill the wording of the catalogue (`sync/core/catalogue.py`) and are JSON values.
    """

    code: str
    subject: str
    facts: Mapping[str, str | int | None] = field(default_factory=dict)

    @property
    def key(self) -> str:
        return f"{self.code}:{self.subject}"


@dataclass(frozen=True, slots=True)
class StoredFinding:
    """A finding with its life."""

    finding: Finding
    severity: Severity
    state: FindingState
    first_seen: datetime
    last_seen: datetime
    first_cycle: str
    last_cycle: str
