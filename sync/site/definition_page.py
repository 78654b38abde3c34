"""What each word means, and the very tables that the code reads: one page for everyone."""

from sync.core.status import INDICATOR_TABLE, STATUS_TABLE
from sync.site.edition import Edition
from sync.site.locales.definitions import (
    MARK_DEFINITIONS,
    STATUS_DEFINITIONS,
    WORD_DEFINITIONS,
)
from sync.site.locales.page import PAGE
from sync.site.paths import DEFINITIONS
from sync.site.render import Page
from sync.wording import Language


def definition_page(edition: Edition, language: Language) -> Page:
    snapshot = edition.current.snapshot
    title = PAGE["definitions"].in_(language)
    return Page(
        path=DEFINITIONS,
        template="definitions.html.jinja",
        title=f"{title} – {snapshot.plan.titre}",
        description=f"{title}. {snapshot.plan.titre}, {edition.presentation.city}.",
        demonstration=snapshot.demonstration,
        ended=snapshot.ended,
        styles=("words",),
        facts={
            "plan_title": snapshot.plan.titre,
            "jalons": snapshot.jalons,
            "status_definitions": STATUS_DEFINITIONS,
            "mark_definitions": MARK_DEFINITIONS,
            "word_definitions": WORD_DEFINITIONS,
            "status_table": STATUS_TABLE,
            "indicator_table": INDICATOR_TABLE,
        },
    )
