"""Counts in one line of words, for the outputs that have no place for a table."""

from sync.core.status import STATUS_NAMES
from sync.model.snapshot import Counts, Snapshot
from sync.site.locales.page import PAGE
from sync.site.presentation import Presentation
from sync.site.typography import display


def counted(counts: Counts, presentation: Presentation) -> str:
    """« Atteint : 12, En cours : 3 », in the order in which statuses are always shown."""
    language = presentation.language
    colon = PAGE["colon"].in_(language)
    said = (
        f"{name.in_(language)}{colon}{counts[status]}"
        for status, name in STATUS_NAMES.items()
        if counts.get(status)
    )
    return display(", ".join(said), language)


def counted_by_checkpoint(snapshot: Snapshot, presentation: Presentation) -> tuple[str, ...]:
    """One sentence per checkpoint, and a second one where its statuses are frozen."""
    language = presentation.language
    said: list[str] = []
    for checkpoint in snapshot.jalons:
        totals = snapshot.totaux.get(checkpoint.id)
        if totals is None or not totals.etat:
            continue
        said.append(f"{checkpoint.titre} – {counted(totals.etat, presentation)}.")
        if totals.fige:
            frozen = PAGE["at_freeze"].in_(language)
            said.append(f"{checkpoint.titre}, {frozen} – {counted(totals.fige, presentation)}.")
    return tuple(display(one, language) for one in said)
