"""What a target holds of us, as it was read back."""

from dataclasses import dataclass

from sync.model.record import Head, SnapshotRecord
from sync.model.snapshot import Snapshot, State


@dataclass(frozen=True, slots=True)
class Standing:
    """The number that stands at a target, and the log's head that it tells, if it does."""

    number: int
    head: Head | None = None


@dataclass(frozen=True, slots=True)
class Published:
    """A whole publication: every snapshot from 1 on, oldest first, and its state; never empty."""

    records: tuple[SnapshotRecord, ...]
    snapshots: tuple[Snapshot, ...]
    state: State
    where: str
    rotations: tuple[str, ...] = ()

    @property
    def last(self) -> Snapshot:
        return self.snapshots[-1]
