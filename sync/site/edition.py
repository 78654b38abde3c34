"""What one publication is made from."""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import pairwise
from typing import Final, NamedTuple, TypeVar, cast

from sync.core.changes import PublicChange, changes
from sync.core.memory import Memory
from sync.model.record import SnapshotRecord
from sync.model.snapshot import Snapshot
from sync.site.presentation import Presentation
from sync.site.proof import Proof
from sync.site.shared import snapshots

T = TypeVar("T")

Seal = Callable[[Sequence[SnapshotRecord]], Proof]
"""Signs over every snapshot so far, oldest first."""


class Issue(NamedTuple):
    """
    A numbered snapshot: as it is stored, and what it says.

    `mark` tells two of them apart by the bytes themselves and not by the digest they claim.
    """

    record: SnapshotRecord
    snapshot: Snapshot

    @property
    def mark(self) -> bytes:
        return hashlib.sha256(self.record.body).digest()


_CHANGES: Final[Memory[tuple[PublicChange, ...]]] = Memory(100_000, len)
"""Changes between snapshots that follow one another; they are some 200 bytes each."""


@dataclass(frozen=True, slots=True)
class Edition:
    """
    Every snapshot so far, oldest first, and how the city shows its plan. The last one is current.

    Whatever is published is made from this alone: same edition, same bytes.
    """

    issues: tuple[Issue, ...]
    presentation: Presentation
    proof: Proof | None = None
    _once: dict[Callable[["Edition"], object], object] = field(
        default_factory=dict, compare=False, repr=False
    )

    @classmethod
    def of(
        cls,
        records: Sequence[SnapshotRecord],
        presentation: Presentation,
        seal: Seal | None = None,
    ) -> "Edition":
        issues = map(Issue, records, snapshots(one.body for one in records))
        return cls(tuple(issues), presentation, seal(records) if seal else None)

    @property
    def note(self) -> str | None:
        """The newest signed note, for feeds to carry; None where the city has no key."""
        return self.proof.note if self.proof else None

    def lineage(self, until: Issue) -> bytes:
        """One digest of every snapshot from the first to that one, by their very bytes."""
        return self.once(_lineages)[until.record.number]

    def once(self, work_out: Callable[["Edition"], T]) -> T:
        """What that function makes of this edition; it is called the first time only."""
        if work_out not in self._once:
            self._once[work_out] = work_out(self)
        return cast(T, self._once[work_out])

    def told(self) -> Sequence[tuple[Issue, tuple[PublicChange, ...]]]:
        """Each snapshot with what it changed, oldest first; the first one changed everything."""
        return self.once(_told)

    @property
    def current(self) -> Issue:
        return self.issues[-1]

    @property
    def previous(self) -> Issue | None:
        return self.issues[-2] if len(self.issues) > 1 else None


def _told(edition: Edition) -> tuple[tuple[Issue, tuple[PublicChange, ...]], ...]:
    first = edition.issues[0]
    return ((first, changes(None, first.snapshot)), *_moves(edition.issues))


def _moves(issues: Sequence[Issue]) -> Iterator[tuple[Issue, tuple[PublicChange, ...]]]:
    marks = pairwise(issue.mark for issue in issues)
    for (before, after), marked in zip(pairwise(issues), marks, strict=True):
        yield after, _CHANGES.recall(marked, partial(changes, before.snapshot, after.snapshot))


def _lineages(edition: Edition) -> dict[int, bytes]:
    """By number."""
    digest, found = b"", {}
    for issue in edition.issues:
        digest = found[issue.record.number] = hashlib.sha256(digest + issue.mark).digest()
    return found
