"""« Quoi de neuf depuis l'instantané N »: from each past snapshot to the current one."""

from collections.abc import Iterator

from sync.site.edition import Edition
from sync.site.locales.page import PAGE
from sync.site.news import News, news_between
from sync.site.paths import since_page
from sync.site.render import Page
from sync.wording import Language

MOST = 100
LEAST = 5
ROWS = 10_000
"""
How far back whole pages go: actions times snapshots, between `LEAST` and `MOST` snapshots.

These pages are compared anew at each publication. A plan of a hundred actions has a hundred of
them, a plan of a thousand has ten; an older one keeps its address and sends the reader on.
"""


def compared(edition: Edition) -> range:
    """The numbers of the past snapshots that the current one is compared with."""
    actions = max(1, len(edition.current.snapshot.actions()))
    most = max(LEAST, min(MOST, ROWS // actions))
    current = edition.current.record.number
    return range(max(edition.issues[0].record.number, current - most), current)


def since_pages(edition: Edition, language: Language) -> Iterator[Page]:
    """What comes back to where it was is not told: the reader asks for what is different now."""
    current = edition.current.snapshot
    whole = compared(edition)
    for _, before in edition.issues[:-1]:
        title = PAGE["since_title"].in_(language).format(number=before.numero)
        news: tuple[News, ...] | None = None
        if before.numero in whole:
            news = news_between(before, current, language, edition.presentation.language)
        yield Page(
            path=since_page(before.numero),
            template="since.html.jinja",
            title=f"{title} – {current.plan.titre}",
            demonstration=current.demonstration or before.demonstration,
            ended=current.ended,
            styles=("list", "news"),
            indexed=False,
            facts={
                "plan_title": current.plan.titre,
                "heading": title,
                "before": before,
                "current": current,
                "news": news,
            },
        )
