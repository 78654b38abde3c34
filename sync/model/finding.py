"""A disagreement that a person should see."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Literal

Severity = Literal["info", "warning", "error"]
FindingState = Literal["open", "seen", "settled", "reopened", "closed"]
Choice = Literal[
    "plan", "asana", "keep", "recreate", "retire", "reinstate", "confirm", "correct", "duplicate"
]
"""What a person may choose; `sync/core/choices.py` has the words of each."""


@dataclass(frozen=True, slots=True)
class Finding:
    """
    One sighting. `key` is stable (code + subject), so a disagreement that lasts stays one.

    `facts` fill the wording of the catalogue (`sync/core/catalogue.py`) and are JSON values. Two
    sightings with the same facts are the same to a person who settled one of them.
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


@dataclass(frozen=True, slots=True)
class NewSettlement:
    """
    What a person chose for a finding, with the facts that were chosen upon.

    `value` is what the choice needs beside them: the status confirmed or corrected to, or the
    tasks to create anew. `public_reason` is what the page says; `reason` stays inside.
    """

    key: str
    choice: Choice
    by: str
    reason: str
    facts: Mapping[str, str | int | None] = field(default_factory=dict)
    value: str | None = None
    public_reason: str | None = None

    @property
    def subject(self) -> str:
        return self.key.partition(":")[2]

    def kept(self, number: int, at: datetime) -> "Settlement":
        return Settlement(**asdict(self), id=number, at=at)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settlement(NewSettlement):
    """As kept, for good: `id` counts from 1 in the order in which people chose."""

    id: int
    at: datetime
