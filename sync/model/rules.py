"""What one city decided, as the core needs it: built from its config at the edge."""

from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from sync.model.mapping import FieldMapping
from sync.model.plan import Checkpoint


@dataclass(frozen=True, slots=True)
class Direction:
    """A city department. `responsible` is an e-mail for Asana and is never published."""

    id: str
    name: str
    responsible: str | None = None
    action_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class GuardLimits:
    """Shares are of the known population, and bite only from `minimum_population` on."""

    minimum_population: int = 10
    minimum_values: int = 5
    max_created_share: float = 0.3
    max_updated_share: float = 0.3
    max_field_share: float = 0.5
    max_moved_share: float = 0.25
    max_restored_share: float = 0.25
    max_axis_share: float = 0.6
    max_declared_share: float = 0.6
    max_emptied_share: float = 0.3
    max_missing_share: float = 0.1
    max_shrunk_share: float = 0.2
    max_renumbered_share: float = 0.5
    max_schema_changes: int = 2
    max_turned_back: int = 5


@dataclass(frozen=True, slots=True)
class Rules:
    """
    Everything that steers one plan's cycle, frozen.

    `never` are names that no published byte may hold. `ends_on` is the plan's last day, in its
    zone; without it the plan goes on.
    """

    checkpoints: tuple[Checkpoint, ...]
    zone: ZoneInfo
    mapping: FieldMapping
    directions: tuple[Direction, ...] = ()
    limits: GuardLimits = GuardLimits()
    project_name: str = ""
    companion_name: str = ""
    page_url: str | None = None
    members: tuple[str, ...] = ()
    never: tuple[str, ...] = ()
    team: str | None = None
    full_read_hours: int = 24
    ends_on: date | None = None

    def checkpoint(self, checkpoint_id: str) -> Checkpoint:
        for checkpoint in self.checkpoints:
            if checkpoint.id == checkpoint_id:
                return checkpoint
        raise KeyError(checkpoint_id)
