"""How many actions have which status: by checkpoint, axis and volet. Counts, never an average."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sync.core.status import STATUS_NAMES
from sync.model.progress import Status
from sync.model.snapshot import PublicAction, PublicAxis, PublicCheckpoint, Snapshot
from sync.site.bars import Segment, segments, tally

ALWAYS_COUNTED = (Status.ACHIEVED_LATE, Status.NOT_ACHIEVED)
"""Shown even at zero: a reader must not have to infer that nothing is late or missed."""

MANY = 100
"""
Actions from which a plan is large: nobody reads so many rows from the top.

The home page then counts them by volet and leaves their rows to the pages of the volets; where
all of them stand on one page, volets are closed at first.
"""

WATCHED = (Status.NOT_ACHIEVED, Status.ACHIEVED_LATE, Status.NOT_ASSESSED)


@dataclass(frozen=True, slots=True)
class CountRow:
    """
    One status of the counting table: a number per axis, the total, and the frozen total.

    `frozen` is None where nothing could be frozen: an action without an indicator.
    """

    status: Status
    by_axis: tuple[int, ...]
    total: int
    frozen: int | None


@dataclass(frozen=True, slots=True)
class CheckpointView:
    """
    One checkpoint at a glance; `unfrozen` actions were not there to be frozen.

    `corrected` has the frozen counts that are others once corrections are heard, and those before.
    """

    checkpoint: PublicCheckpoint
    phase: str
    bar: tuple[Segment, ...]
    rows: tuple[CountRow, ...]
    watched: tuple[tuple[Status, tuple[PublicAction, ...]], ...]
    has_frozen: bool
    corrected: tuple[tuple[Status, int, int], ...]
    unfrozen: int


@dataclass(frozen=True, slots=True)
class GroupBar:
    """One checkpoint of one axis or volet."""

    checkpoint: PublicCheckpoint
    bar: tuple[Segment, ...]


def checkpoint_view(snapshot: Snapshot, checkpoint: PublicCheckpoint) -> CheckpointView:
    totals = snapshot.totaux.get(checkpoint.id)
    frozen: Mapping[Status, int] = totals.fige if totals else {}
    corrected: Mapping[Status, int] = totals.corrige if totals else {}
    per_axis = [_counts(actions_of(axis), checkpoint.id) for axis in snapshot.axes]
    now = _counts(snapshot.actions(), checkpoint.id)
    rows = tuple(
        CountRow(
            status,
            tuple(counts.get(status, 0) for counts in per_axis),
            now.get(status, 0),
            frozen.get(status, None if status is Status.NOT_APPLICABLE else 0),
        )
        for status in STATUS_NAMES
        if now.get(status) or frozen.get(status) or status in ALWAYS_COUNTED
    )
    has_frozen = any(frozen.values())
    return CheckpointView(
        checkpoint,
        _phase(snapshot, checkpoint, has_frozen=has_frozen),
        segments(now),
        rows,
        tuple(
            (status, found)
            for status in WATCHED
            if (found := actions_with(snapshot, checkpoint.id, status))
        ),
        has_frozen,
        tuple(
            (status, corrected.get(status, 0), frozen.get(status, 0))
            for status in STATUS_NAMES
            if corrected and corrected.get(status, 0) != frozen.get(status, 0)
        ),
        sum(now.values()) - sum(frozen.values()),
    )


def is_large(snapshot: Snapshot) -> bool:
    return len(snapshot.actions()) >= MANY


def overview(snapshot: Snapshot) -> dict[str, Any]:
    """What every page that shows the whole plan places: its counts, and bars by axis and volet."""
    return {
        "checkpoints": [checkpoint_view(snapshot, one) for one in snapshot.jalons],
        "collapsed": is_large(snapshot),
        "axis_bars": {one.numero: group_bars(snapshot, actions_of(one)) for one in snapshot.axes},
        "volet_bars": {
            volet.id: group_bars(snapshot, volet.actions)
            for axis in snapshot.axes
            for volet in axis.volets
        },
    }


def group_bars(snapshot: Snapshot, actions: Iterable[PublicAction]) -> tuple[GroupBar, ...]:
    """One bar per checkpoint, for some of the actions."""
    some = tuple(actions)
    return tuple(GroupBar(c, segments(_counts(some, c.id))) for c in snapshot.jalons)


def actions_of(axis: PublicAxis) -> tuple[PublicAction, ...]:
    return tuple(action for volet in axis.volets for action in volet.actions)


def actions_with(
    snapshot: Snapshot, checkpoint_id: str, status: Status
) -> tuple[PublicAction, ...]:
    return tuple(
        action
        for action in snapshot.actions()
        if checkpoint_id in action.jalons and action.jalons[checkpoint_id].etat is status
    )


def _counts(actions: Iterable[PublicAction], checkpoint_id: str) -> dict[Status, int]:
    return tally(
        action.jalons[checkpoint_id].etat for action in actions if checkpoint_id in action.jalons
    )


def _phase(snapshot: Snapshot, checkpoint: PublicCheckpoint, *, has_frozen: bool) -> str:
    """The key of the sentence that says how firm the counts are."""
    if has_frozen:
        return "phase_ended" if snapshot.ended else "phase_frozen"
    if snapshot.etat_au <= checkpoint.echeance:
        return "phase_before"
    return "phase_provisional" if snapshot.etat_au <= checkpoint.gel else "phase_unfrozen"
