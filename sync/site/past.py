"""
« État au… »: what each snapshot published, as it was, and the list of them all.

The page of a snapshot depends on that snapshot alone, so its address can be cited and it says
the same for good.
"""

from collections.abc import Iterator, Mapping
from typing import Final

from sync.model.record import SnapshotRecord
from sync.model.snapshot import Snapshot
from sync.site.counts import overview
from sync.site.dates import say_date, say_instant
from sync.site.edition import Edition, Issue
from sync.site.home import column_labels
from sync.site.locales.page import PAGE
from sync.site.memory import Memory
from sync.site.paths import HISTORY, past_page
from sync.site.presentation import Presentation
from sync.site.render import Page, render
from sync.site.since import compared
from sync.wording import Language

Files = Mapping[str, bytes]

_PAGES: Final[Memory[Files]] = Memory(48_000_000, lambda files: sum(map(len, files.values())))
"""Bytes: all of sixty snapshots of a plan of a thousand actions, in two languages."""


def past_pages(edition: Edition, language: Language) -> Iterator[Files]:
    """Every snapshot's page, already drawn; the current one's too, for who cites it today."""
    for issue in edition.issues:
        yield _drawn(issue, edition.presentation, language)


def history_page(edition: Edition, language: Language) -> Page:
    snapshot = edition.current.snapshot
    title = PAGE["data_history"].in_(language)
    return Page(
        path=HISTORY,
        template="history.html.jinja",
        title=f"{title} – {snapshot.plan.titre}",
        description=f"{title}. {snapshot.plan.titre}, {edition.presentation.city}.",
        demonstration=snapshot.demonstration,
        styles=("list",),
        facts={
            "plan_title": snapshot.plan.titre,
            "current": snapshot.numero,
            "since": compared(edition),
            "history": [(one.number, one.as_of) for one, _ in reversed(edition.issues)],
        },
    )


def _drawn(issue: Issue, presentation: Presentation, language: Language) -> Files:
    return _PAGES.recall(
        (issue.mark, issue.record.digest, presentation, language),
        lambda: render(_page(*issue, presentation, language), presentation, language),
    )


def _page(
    record: SnapshotRecord, snapshot: Snapshot, presentation: Presentation, language: Language
) -> Page:
    as_of = PAGE["as_of"].in_(language).format(day=say_date(snapshot.etat_au, language))
    return Page(
        path=past_page(snapshot.numero),
        template="past.html.jinja",
        title=f"{as_of} – {snapshot.plan.titre}",
        description=f"{as_of}. {snapshot.plan.titre}, {presentation.city}.",
        demonstration=snapshot.demonstration,
        styles=("home", "table", "past"),
        labels=column_labels(snapshot, language),
        indexed=False,
        facts={
            "plan_title": snapshot.plan.titre,
            "heading": as_of,
            "record": record,
            "snapshot": snapshot,
            "updated": say_instant(snapshot.genere_le, presentation.tz, language),
            **overview(snapshot),
        },
    )
