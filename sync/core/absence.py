"""
What an absence means: reads may lag creates, and a loss keeps its last known body.

Nothing is concluded from a thing not shown that was linked less than a minute ago.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from sync.core.marks import is_task
from sync.model.operation import Ref
from sync.model.record import JournalEntry
from sync.model.target import Observed


def doubtful(
    links: Mapping[Ref, str],
    mirror: Observed | None,
    fresh: frozenset[str],
    waiting: Sequence[JournalEntry],
) -> frozenset[str]:
    """Gids to read again whatever the events say: unanswered writes, creates no listing shows."""
    listed = {gid for order in mirror.order.values() for gid in order} if mirror else set()
    unlisted = {gid for ref, gid in links.items() if is_task(ref) and gid in fresh - listed}
    return frozenset(unlisted | {links[e.ref] for e in waiting if e.ref in links})


def lagging(links: Mapping[Ref, str], observed: Observed, fresh: frozenset[str]) -> bool:
    """
    Whether the reading came too early to show everything that was just made.

    No event need ever tell of what it lacks, so it may not stand until the next full read.
    """
    shown = {project.gid for project in observed.projects.values()}
    shown |= {section.gid for section in observed.sections}
    shown |= {gid for order in observed.order.values() for gid in order}
    for field in observed.fields:
        shown |= {field.gid, *(option.gid for option in field.options)}
    return not (fresh & set(links.values())) <= shown


def keep_last_known(
    observed: Observed, mirror: Observed | None, fresh: frozenset[str] = frozenset()
) -> Observed:
    """
    A task proved gone keeps its last known body, which the page goes on showing. One that left the
    project keeps what people had entered by then: what they enter elsewhere is not of the plan.

    `fresh` are gids linked so recently that a read may not show them yet: they are not gone.
    """
    known = mirror.tasks if mirror else {}
    kept = {gid: known[gid] for gid in observed.absent if gid in known}
    for gid in observed.moved & known.keys() & observed.tasks.keys():
        kept[gid] = replace(
            observed.tasks[gid],
            fields=known[gid].fields,
            completed=known[gid].completed,
            completed_at=known[gid].completed_at,
        )
    return replace(observed, tasks={**observed.tasks, **kept}, absent=observed.absent - fresh)
