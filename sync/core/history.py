"""What the series of revisions says of each promise: since when it stands, and in these words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from sync.model.plan import Revision


@dataclass(frozen=True, slots=True)
class History:
    """
    `since` is the day an action was first adopted; `reworded` the day an indicator last got
    other words than it had.
    """

    since: Mapping[str, date] = field(default_factory=dict)
    reworded: Mapping[str, date] = field(default_factory=dict)


def history_of(revisions: Sequence[Revision]) -> History:
    """Oldest revision first, the current one last."""
    since: dict[str, date] = {}
    reworded: dict[str, date] = {}
    words: dict[str, str] = {}
    for revision in revisions:
        for _, _, action in revision.plan.actions():
            since.setdefault(action.id, revision.adopted_on)
        for _, _, indicator in revision.plan.indicators():
            if words.get(indicator.id, indicator.text) != indicator.text:
                reworded[indicator.id] = revision.adopted_on
            words[indicator.id] = indicator.text
    return History(since, reworded)
