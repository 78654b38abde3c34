"""The first page: counts at a glance, what is new, and the whole tracking table, or its volets."""

from collections.abc import Iterable

from sync.model.progress import Status
from sync.model.snapshot import PublicAction, Snapshot
from sync.site.bars import tally
from sync.site.counts import is_large, overview
from sync.site.dates import say_date, say_instant
from sync.site.edition import Edition
from sync.site.locales.page import PAGE
from sync.site.news import news_between
from sync.site.paths import HOME
from sync.site.render import Page
from sync.site.schema_org import schema_org
from sync.site.typography import display
from sync.wording import Language

NEWS_AT_ONCE = 3
HISTORY_AT_ONCE = 3
STALE_HOURS = 48
"""
Age of the last complete check from which the page says by itself that its data are stale.

A healthy service checks several times a day and reads everything at least once; two days leave
room for one night that failed and for a schedule that rests on Sundays, and no more.
"""


def home_page(edition: Edition, language: Language) -> Page:
    record, snapshot = edition.current
    previous = edition.previous.snapshot if edition.previous else None
    return Page(
        path=HOME,
        template="home.html.jinja",
        title=snapshot.plan.titre,
        description=_description(edition, language),
        demonstration=snapshot.demonstration,
        ended=snapshot.ended,
        styles=("home", "news", "volets" if is_large(snapshot) else "table"),
        scripts=("fresh", "moved" if is_large(snapshot) else "filter"),
        labels=column_labels(snapshot, language),
        facts={
            "record": record,
            "snapshot": snapshot,
            "schema_org": schema_org(edition),
            "updated": say_instant(snapshot.genere_le, edition.presentation.tz, language),
            "stale_hours": STALE_HOURS,
            **overview(snapshot),
            "previous": previous,
            "news": news_between(previous, snapshot, language, edition.presentation.language),
            "news_at_once": NEWS_AT_ONCE,
            "by_status": by_status(snapshot.actions()),
            "history": [(one.number, one.as_of) for one, _ in reversed(edition.issues)],
            "history_at_once": HISTORY_AT_ONCE,
        },
    )


def column_labels(snapshot: Snapshot, language: Language) -> tuple[str, ...]:
    """The checkpoints, as heads of the tracking table's columns."""
    said = (display(checkpoint.titre, language) for checkpoint in snapshot.jalons)
    return tuple(f"{title[:1].upper()}{title[1:]}" for title in said)


def by_status(actions: Iterable[PublicAction]) -> tuple[tuple[Status, int], ...]:
    """How many of them have each status at one checkpoint or another; absent ones left out."""
    counted = tally(
        status
        for action in actions
        for status in {standing.etat for standing in action.jalons.values()}
    )
    return tuple(counted.items())


def _description(edition: Edition, language: Language) -> str:
    snapshot = edition.current.snapshot
    as_of = PAGE["as_of"].in_(language).format(day=say_date(snapshot.etat_au, language))
    return f"{snapshot.plan.titre}, {edition.presentation.city}. {as_of}."
