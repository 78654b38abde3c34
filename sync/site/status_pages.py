"""One page per status: which actions have it, at which checkpoint. A filter that is a link."""

from collections.abc import Iterator

from sync.core.status import STATUS_NAMES
from sync.site.counts import actions_with
from sync.site.edition import Edition
from sync.site.home import STALE_HOURS, column_labels
from sync.site.locales.definitions import STATUS_DEFINITIONS
from sync.site.locales.page import PAGE
from sync.site.paths import status_page
from sync.site.render import Page
from sync.site.standing import standing_since
from sync.wording import Language


def status_pages(edition: Edition, language: Language) -> Iterator[Page]:
    """Every status has its page, so that the address of an empty one is good tomorrow too."""
    snapshot = edition.current.snapshot
    since = standing_since(edition)
    for status, name in STATUS_NAMES.items():
        title = PAGE["status_title"].in_(language).format(status=name.in_(language))
        yield Page(
            path=status_page(status),
            template="status.html.jinja",
            title=f"{title} – {snapshot.plan.titre}",
            description=f"{title}. {snapshot.plan.titre}, {edition.presentation.city}.",
            demonstration=snapshot.demonstration,
            ended=snapshot.ended,
            styles=("table", "list"),
            scripts=("fresh",),
            made_from=edition.lineage(since[status_page(status)]),
            labels=column_labels(snapshot, language),
            facts={
                "plan_title": snapshot.plan.titre,
                "heading": title,
                "status": status,
                "definition": STATUS_DEFINITIONS[status],
                "snapshot": since[status_page(status)].snapshot,
                "stale_hours": STALE_HOURS,
                "found": [(one, actions_with(snapshot, one.id, status)) for one in snapshot.jalons],
            },
        )
