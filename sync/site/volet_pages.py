"""
A plan of many actions: a page for each volet, and the whole tracking table on one page.

The home page of such a plan counts the actions and leads here, so that nobody has to load a
thousand rows to read one. A volet that left the plan keeps its page, and a plan that had these
pages once keeps them: a link made once leads somewhere for good.
"""

from collections.abc import Iterator
from typing import Final, NamedTuple

from sync.model.snapshot import PublicAxis, PublicVolet, Snapshot
from sync.site.counts import group_bars, is_large, overview
from sync.site.dates import say_date, say_instant
from sync.site.edition import Edition, Issue
from sync.site.home import STALE_HOURS, by_status, column_labels
from sync.site.locales.page import PAGE
from sync.site.paths import TABLE, volet_page
from sync.site.render import Page
from sync.site.standing import standing_since
from sync.wording import Language

_STYLES: Final = ("home", "table", "list", "volets")


class _Place(NamedTuple):
    """A volet where the plan has it."""

    axis: PublicAxis
    volet: PublicVolet


def volet_pages(edition: Edition, language: Language) -> Iterator[Page]:
    """Nothing for a plan that never was large: its home page holds the whole table."""
    if not any(is_large(issue.snapshot) for issue in edition.issues):
        return
    yield _table(edition, language)
    here = _places(edition.current.snapshot)
    since = standing_since(edition)
    order = list(here.values())
    for rank, place in enumerate(order):
        around = (order[rank - 1] if rank else None, *order[rank + 1 : rank + 2])
        yield _page(edition, language, since[volet_page(place.volet.id)], place, around)
    for issue, place in _gone(edition, here):
        yield _page(edition, language, issue, place, (), gone=True)


def _table(edition: Edition, language: Language) -> Page:
    snapshot = edition.current.snapshot
    title = PAGE["table_whole"].in_(language)
    return Page(
        path=TABLE,
        template="table.html.jinja",
        title=f"{title} – {snapshot.plan.titre}",
        description=f"{title}. {snapshot.plan.titre}, {edition.presentation.city}.",
        demonstration=snapshot.demonstration,
        ended=snapshot.ended,
        styles=_STYLES,
        scripts=("fresh", "filter"),
        labels=column_labels(snapshot, language),
        facts={
            "plan_title": snapshot.plan.titre,
            "heading": title,
            "snapshot": snapshot,
            "updated": say_instant(snapshot.genere_le, edition.presentation.tz, language),
            "stale_hours": STALE_HOURS,
            "by_status": by_status(snapshot.actions()),
            **overview(snapshot),
        },
    )


def _page(
    edition: Edition,
    language: Language,
    issue: Issue,
    place: _Place,
    around: tuple[_Place | None, ...],
    *,
    gone: bool = False,
) -> Page:
    current, snapshot, (axis, volet) = edition.current.snapshot, issue.snapshot, place
    as_of = PAGE["as_of"].in_(language).format(day=say_date(snapshot.etat_au, language))
    previous, following = (*around, None, None)[:2]
    return Page(
        path=volet_page(volet.id),
        template="volet.html.jinja",
        title=f"{volet.titre} – {current.plan.titre}",
        description=f"{volet.titre}. {current.plan.titre}. {as_of}.",
        demonstration=current.demonstration or snapshot.demonstration,
        ended=current.ended,
        styles=("trail", *_STYLES),
        scripts=() if gone else ("fresh", "filter"),
        made_from=None if gone else edition.lineage(issue),
        labels=column_labels(snapshot, language),
        facts={
            "plan_title": current.plan.titre,
            "snapshot": snapshot,
            "stale_hours": STALE_HOURS,
            "axis": axis,
            "volet": volet,
            "bars": group_bars(snapshot, volet.actions),
            "by_status": by_status(volet.actions),
            "previous": previous and previous.volet,
            "following": following and following.volet,
            "gone": gone,
        },
    )


def _places(snapshot: Snapshot) -> dict[str, _Place]:
    return {volet.id: _Place(axis, volet) for axis in snapshot.axes for volet in axis.volets}


def _gone(edition: Edition, here: dict[str, _Place]) -> Iterator[tuple[Issue, _Place]]:
    """Each volet that was published once and is not any more, as it was last published."""
    found: dict[str, tuple[Issue, _Place]] = {}
    for issue in edition.issues[:-1]:
        for key, place in _places(issue.snapshot).items():
            if key not in here:
                found[key] = (issue, place)
    yield from found.values()
