"""
Since which snapshot each page says what it says: a page is written again when it changes itself.

The page of an action, a status or a volet shows a part of the plan only. It carries the number and
the day of the snapshot that last changed something on it: it claims what was published that day,
and the script inside it says whether that still stood at the last check. What is worked out here
comes from the public changes alone, and a change that might touch any page is taken to touch all.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from itertools import pairwise

from sync.core.changes import ChangeKind, PublicChange
from sync.model.snapshot import PublicAction, Snapshot
from sync.site.edition import Edition, Issue
from sync.site.paths import action_page, status_page, volet_page
from sync.site.standings import calendar

_ANY_PAGE = frozenset(
    {ChangeKind.PLAN, ChangeKind.ADDED, ChangeKind.RETIRED, ChangeKind.MOVED, ChangeKind.WORDING}
)
"""A page names its neighbours, and these change who they are or what they are called."""


def standing_since(edition: Edition) -> Mapping[str, Issue]:
    """By path beside its language's root, for the pages of actions, statuses and volets."""
    return edition.once(_worked_out)


def _worked_out(edition: Edition) -> Mapping[str, Issue]:
    """A page that nothing touched stands since the last change that touched every page."""
    told = dict[str, Issue]()
    everything = edition.issues[0]
    changed = {after.record.number: said for after, said in edition.told()}
    for before, after in pairwise(edition.issues):
        said = changed[after.record.number]
        if _any_page(said) or _days(before.snapshot) != _days(after.snapshot):
            everything, told = after, {}
            continue
        for path in _touched(before.snapshot, after.snapshot, said):
            told[path] = after
    return defaultdict(lambda: everything, told)


def _any_page(said: Iterable[PublicChange]) -> bool:
    return any(change.action_id is None or change.kind in _ANY_PAGE for change in said)


def _days(snapshot: Snapshot) -> list[str]:
    """What the calendar says of each checkpoint on the snapshot's day."""
    return [calendar(snapshot, checkpoint) for checkpoint in snapshot.jalons]


def _touched(before: Snapshot, after: Snapshot, said: Iterable[PublicChange]) -> Iterator[str]:
    ids = {change.action_id for change in said}
    if not ids:
        return
    for snapshot in (before, after):
        for axis in snapshot.axes:
            for volet in axis.volets:
                for action in volet.actions:
                    if action.id in ids:
                        yield action_page(action.id)
                        yield volet_page(volet.id)
                        yield from _statuses(action)


def _statuses(action: PublicAction) -> Iterator[str]:
    return (status_page(standing.etat) for standing in action.jalons.values())
