"""What one publication is made from."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from sync.model.record import SnapshotRecord
from sync.model.snapshot import Snapshot
from sync.site.presentation import Presentation


class Issue(NamedTuple):
    """A numbered snapshot: as it is stored, and what it says."""

    record: SnapshotRecord
    snapshot: Snapshot


@dataclass(frozen=True, slots=True)
class Edition:
    """
    Every snapshot so far, oldest first, and how the city shows its plan. The last one is current.

    Whatever is published is made from this alone: same edition, same bytes.
    """

    issues: tuple[Issue, ...]
    presentation: Presentation

    @classmethod
    def of(cls, records: Sequence[SnapshotRecord], presentation: Presentation) -> "Edition":
        issues = (Issue(one, Snapshot.model_validate_json(one.body)) for one in records)
        return cls(tuple(issues), presentation)

    @property
    def current(self) -> Issue:
        return self.issues[-1]

    @property
    def previous(self) -> Issue | None:
        return self.issues[-2] if len(self.issues) > 1 else None
