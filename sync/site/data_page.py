"""Open data, how to cite them and how to verify them: what a program or a doubt needs."""

from sync.site.edition import Edition
from sync.site.locales.page import PAGE
from sync.site.paths import DATA
from sync.site.render import Page
from sync.wording import Language


def data_page(edition: Edition, language: Language) -> Page:
    record, snapshot = edition.current
    title = PAGE["open_data_title"].in_(language)
    return Page(
        path=DATA,
        template="data.html.jinja",
        title=f"{title} – {snapshot.plan.titre}",
        description=f"{title}. {snapshot.plan.titre}, {edition.presentation.city}.",
        demonstration=snapshot.demonstration,
        ended=snapshot.ended,
        styles=("words", "files"),
        facts={
            "plan_title": snapshot.plan.titre,
            "heading": title,
            "record": record,
            "snapshot": snapshot,
            "signed": edition.proof is not None,
        },
    )
