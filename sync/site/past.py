"""
« État au… »: what each snapshot published, as it was, and the list of them all.

The page of a snapshot depends on that snapshot alone, so its address can be cited and it says
the same for good; all that a later decision adds is that a text was withdrawn from it.
"""

from collections.abc import Iterator, Mapping
from typing import Final

from sync.core.memory import Memory
from sync.site.counts import overview
from sync.site.dates import say_date, say_instant
from sync.site.edition import Edition, Issue
from sync.site.home import column_labels
from sync.site.locales.page import PAGE
from sync.site.paths import HISTORY, past_page
from sync.site.presentation import Presentation
from sync.site.render import Page, render
from sync.site.since import compared
from sync.site.withdrawn import Withdrawals, withdrawn_from
from sync.wording import Language

Files = Mapping[str, bytes]

_PAGES: Final[Memory[Files]] = Memory(160_000_000, lambda files: sum(map(len, files.values())))
"""Bytes: those of a hundred and fifty snapshots of a thousand actions, in two languages."""


def past_pages(edition: Edition, language: Language) -> Iterator[Files]:
    """Every snapshot's page, already drawn; the current one's too, for who cites it today."""
    for issue in edition.issues:
        gone = withdrawn_from(edition, issue.record.number)
        yield _drawn(issue, gone, edition.presentation, language)


def history_page(edition: Edition, language: Language) -> Page:
    snapshot = edition.current.snapshot
    title = PAGE["data_history"].in_(language)
    return Page(
        path=HISTORY,
        template="history.html.jinja",
        title=f"{title} – {snapshot.plan.titre}",
        description=f"{title}. {snapshot.plan.titre}, {edition.presentation.city}.",
        demonstration=snapshot.demonstration,
        ended=snapshot.ended,
        styles=("list",),
        facts={
            "plan_title": snapshot.plan.titre,
            "current": snapshot.numero,
            "since": compared(edition),
            "history": [
                (one.number, one.as_of, bool(withdrawn_from(edition, one.number)))
                for one, _ in reversed(edition.issues)
            ],
        },
    )


def _drawn(
    issue: Issue, gone: Withdrawals, presentation: Presentation, language: Language
) -> Files:
    return _PAGES.recall(
        (issue.mark, issue.record.digest, gone, presentation, language),
        lambda: render(_page(issue, gone, presentation, language), presentation, language),
    )


def _page(issue: Issue, gone: Withdrawals, presentation: Presentation, language: Language) -> Page:
    record, snapshot = issue
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
            "withdrawn": gone,
            "titles": {action.id: action.titre for action in snapshot.actions()},
            "snapshot": snapshot,
            "updated": say_instant(snapshot.genere_le, presentation.tz, language),
            **overview(snapshot),
        },
    )
