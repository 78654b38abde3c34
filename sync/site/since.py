"""« Quoi de neuf depuis l'instantané N »: from each past snapshot to the current one."""

from collections.abc import Iterator

from sync.site.edition import Edition
from sync.site.locales.page import PAGE
from sync.site.news import news_between
from sync.site.paths import since_page
from sync.site.render import Page
from sync.wording import Language

LONGEST = 100
"""How many past snapshots have such a page; the states of older ones can still be read."""


def since_pages(edition: Edition, language: Language) -> Iterator[Page]:
    """What comes back to where it was is not told: the reader asks for what is different now."""
    current = edition.current.snapshot
    for _, before in edition.issues[-1 - LONGEST : -1]:
        title = PAGE["since_title"].in_(language).format(number=before.numero)
        yield Page(
            path=since_page(before.numero),
            template="since.html.jinja",
            title=f"{title} – {current.plan.titre}",
            demonstration=current.demonstration or before.demonstration,
            styles=("list", "news"),
            indexed=False,
            facts={
                "plan_title": current.plan.titre,
                "heading": title,
                "before": before,
                "current": current,
                "news": news_between(before, current, language),
            },
        )
