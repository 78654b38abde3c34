"""
A page for each action: what it promises, where it stands, and everything that happened to it.

An action that left the plan keeps its page: a link made once leads somewhere for good.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from sync.core.changes import ChangeKind, PublicChange
from sync.model.snapshot import PublicAction, PublicAxis, PublicVolet, Snapshot
from sync.site.dates import say_date
from sync.site.edition import Edition, Issue
from sync.site.home import STALE_HOURS
from sync.site.locales.page import PAGE
from sync.site.news import sentences
from sync.site.paths import action_page
from sync.site.render import Page
from sync.site.standing import standing_since
from sync.site.withdrawn import withdrawn_of
from sync.wording import Language, Text

_CORRECTIONS = (ChangeKind.CORRECTED, ChangeKind.DONE_ON, ChangeKind.UNDONE)
"""Changes that take back something that was published."""

_RULED = (ChangeKind.STATUS, ChangeKind.MARKS)

_FIRST = Text("Première publication de l’action.", "First publication of the action.")


@dataclass(frozen=True, slots=True)
class Moment:
    """What one snapshot changed about an action; the reasons are those that were published."""

    number: int
    as_of: str
    sentences: tuple[str, ...]
    reasons: tuple[str, ...]
    corrects: bool


@dataclass(frozen=True, slots=True)
class Place:
    """An action where the plan has it."""

    axis: PublicAxis
    volet: PublicVolet
    action: PublicAction


def action_pages(edition: Edition, language: Language) -> Iterator[Page]:
    """In the plan's order, then those that are no longer in it."""
    _, current = edition.current
    histories = _histories(edition, language)
    since = standing_since(edition)
    here = _places(current)
    order = list(here)
    for rank, (key, place) in enumerate(here.items()):
        before = here[order[rank - 1]].action if rank else None
        after = here[order[rank + 1]].action if rank + 1 < len(order) else None
        issue = since[action_page(key)]
        yield _page(edition, language, issue, place, histories[key], (before, after))
    for key, (issue, place) in _gone(edition, here).items():
        yield _page(edition, language, issue, place, histories[key], (None, None), gone=True)


def _page(
    edition: Edition,
    language: Language,
    issue: Issue,
    place: Place,
    history: list[Moment],
    around: tuple[PublicAction | None, PublicAction | None],
    *,
    gone: bool = False,
) -> Page:
    _, current = edition.current
    snapshot = issue.snapshot
    as_of = PAGE["as_of"].in_(language).format(day=say_date(snapshot.etat_au, language))
    return Page(
        path=action_page(place.action.id),
        template="action.html.jinja",
        title=f"{place.action.titre} – {snapshot.plan.titre}",
        description=f"{place.action.titre}. {snapshot.plan.titre}. {as_of}.",
        demonstration=current.demonstration or snapshot.demonstration,
        ended=current.ended,
        styles=("trail", "action"),
        scripts=() if gone else ("fresh",),
        made_from=None if gone else edition.lineage(issue),
        facts={
            "plan_title": current.plan.titre,
            "snapshot": snapshot,
            "stale_hours": STALE_HOURS,
            "axis": place.axis,
            "volet": place.volet,
            "action": place.action,
            "history": history,
            "previous": around[0],
            "following": around[1],
            "gone": gone,
            "withdrawn": withdrawn_of(edition, place.action.id),
        },
    )


def _places(snapshot: Snapshot) -> dict[str, Place]:
    return {
        action.id: Place(axis, volet, action)
        for axis in snapshot.axes
        for volet in axis.volets
        for action in volet.actions
    }


def _gone(edition: Edition, here: dict[str, Place]) -> dict[str, tuple[Issue, Place]]:
    """Each action that was published once and is not any more, as it was last published."""
    found: dict[str, tuple[Issue, Place]] = {}
    for issue in edition.issues[:-1]:
        for key, place in _places(issue.snapshot).items():
            if key not in here:
                found[key] = (issue, place)
    return found


def _histories(edition: Edition, language: Language) -> dict[str, list[Moment]]:
    """Every action's moments, the newest first."""
    told: dict[str, list[Moment]] = {}
    _, first = edition.issues[0]
    for action in first.actions():
        started = Moment(first.numero, _day(first, language), (_FIRST.in_(language),), (), False)
        told[action.id] = [started]
    for (_, after), changed in islice(edition.told(), 1, None):
        titles = tuple((checkpoint.id, checkpoint.titre) for checkpoint in after.jalons)
        actions = {action.id: action for action in after.actions()}
        groups: dict[str, list[PublicChange]] = {}
        for change in changed:
            if change.action_id is not None:
                groups.setdefault(change.action_id, []).append(change)
        for key, group in groups.items():
            moment = Moment(
                after.numero,
                _day(after, language),
                sentences(group, titles, language, edition.presentation.language),
                tuple(dict.fromkeys(_reasons(group, actions.get(key)))),
                any(change.kind in _CORRECTIONS for change in group),
            )
            told.setdefault(key, []).insert(0, moment)
    return told


def _reasons(group: list[PublicChange], action: PublicAction | None) -> Iterator[str]:
    """The public reasons that came with these changes."""
    for change in group:
        if change.kind is ChangeKind.RETIRED and action:
            ruled = (one for one in action.jalons.values() if one.regle_le)
            yield from (one.motif for one in ruled if one.motif)
        standing = action.jalons.get(change.checkpoint_id or "") if action else None
        if standing is None:
            continue
        if change.kind is ChangeKind.CORRECTED and standing.corrections:
            yield standing.corrections[-1].motif
        elif change.kind in _RULED and standing.regle_le and standing.motif:
            yield standing.motif


def _day(snapshot: Snapshot, language: Language) -> str:
    return say_date(snapshot.etat_au, language)
