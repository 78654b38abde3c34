"""
The feed of changes, in JSON Feed 1.1.

One item per snapshot that changed something for the public. An item's id holds the plan and
the snapshot's number, which is never given twice, so it is never reused. Each item carries the
snapshot's digest: every reader who keeps the feed becomes a witness of what was published.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from markupsafe import Markup

from sync.core.changes import PublicChange
from sync.model.record import SnapshotRecord
from sync.model.snapshot import Snapshot
from sync.site.dates import say_date
from sync.site.edition import Edition
from sync.site.locales.changes import say_change
from sync.site.locales.page import PAGE
from sync.site.presentation import Presentation
from sync.site.typography import display

VERSION = "https://jsonfeed.org/version/1.1"
LONGEST = 100
"""Items in the feed; what is older stays readable in `instantanes/`."""


def feed_json(edition: Edition) -> bytes:
    """The newest item first."""
    presentation = edition.presentation
    language = presentation.language
    current = edition.current.snapshot
    title = PAGE["feed_title"].in_(language).format(plan=current.plan.titre, city=presentation.city)
    if current.demonstration:
        title = f"{PAGE['demo'].in_(language)} – {title}"
    home, own = presentation.address(""), presentation.address("flux.json")
    feed: dict[str, Any] = {
        "version": VERSION,
        "title": display(title, language),
        **({"home_page_url": home} if home else {}),
        **({"feed_url": own} if own else {}),
        "language": "fr-CA" if language == "fr" else "en-CA",
        "authors": [{"name": presentation.city}],
        "_jalon": {
            "about": _about(presentation),
            "plan": current.plan.id,
            "demonstration": current.demonstration,
        },
        "items": list(reversed(_items(edition)[-LONGEST:])),
    }
    return (json.dumps(feed, ensure_ascii=False, indent=1) + "\n").encode("utf-8")


def _about(presentation: Presentation) -> str:
    address = presentation.address("#donnees-ouvertes")
    return address or PAGE["feed_about"].in_(presentation.language)


def _items(edition: Edition) -> list[dict[str, Any]]:
    presentation = edition.presentation
    return [
        _item(record, snapshot, told, presentation)
        for (record, snapshot), told in edition.told()
        if told
    ]


def _item(
    record: SnapshotRecord,
    snapshot: Snapshot,
    told: Sequence[PublicChange],
    presentation: Presentation,
) -> dict[str, Any]:
    language = presentation.language
    how_many = PAGE["one_change" if len(told) == 1 else "many_changes"].in_(language)
    title = (
        PAGE["feed_item"]
        .in_(language)
        .format(day=say_date(snapshot.etat_au, language), changes=how_many.format(n=len(told)))
    )
    if snapshot.demonstration:
        title = f"{PAGE['demo'].in_(language)} – {title}"
    proof = PAGE["feed_verify"].in_(language).format(number=record.number, digest=record.digest)
    notice = f"{PAGE['demo'].in_(language)}. {PAGE['demo_why'].in_(language)}"
    invented = display(notice, language) if snapshot.demonstration else None
    groups = _by_action(told, snapshot, presentation)
    url = presentation.address(f"instantanes/{record.number:04d}.json")
    return {
        "id": f"urn:jalon:{snapshot.plan.id}:instantane:{record.number}",
        **({"url": url} if url else {}),
        "title": display(title, language),
        "content_text": _as_text(groups, proof, invented),
        "content_html": _as_html(groups, proof, invented),
        "date_published": record.generated_at.isoformat(),
        "_jalon": {
            "about": _about(presentation),
            "numero": record.number,
            "etat_au": snapshot.etat_au.isoformat(),
            "sha256": record.digest,
            "demonstration": snapshot.demonstration,
            "changements": [_fields(change) for change in told],
        },
    }


def _fields(change: PublicChange) -> dict[str, str]:
    fields = {
        "genre": change.kind.value,
        "action": change.action_id,
        "jalon": change.checkpoint_id,
        "indicateur": change.indicator_id,
        "avant": change.before,
        "apres": change.after,
    }
    return {key: value for key, value in fields.items() if value is not None}


Groups = Mapping[str, Sequence[str]]
"""Sentences by the heading of the action they concern; the plan's own stand under ''."""


def _by_action(
    told: Sequence[PublicChange], snapshot: Snapshot, presentation: Presentation
) -> Groups:
    titles = {checkpoint.id: checkpoint.titre for checkpoint in snapshot.jalons}
    groups: dict[str, list[str]] = {}
    for change in told:
        heading = f"{change.action_id} – {change.title}" if change.action_id else ""
        sentence = say_change(change, titles, presentation.language)
        groups.setdefault(display(heading, presentation.language), []).append(
            display(sentence, presentation.language)
        )
    return groups


def _as_text(groups: Groups, proof: str, invented: str | None) -> str:
    """`invented` is the notice of a demonstration: an item is read far from its title."""
    lines: list[str] = [invented, ""] if invented else []
    for heading, sentences in groups.items():
        if heading:
            lines.append(heading)
        lines.extend(f"- {sentence}" for sentence in sentences)
    return "\n".join([*lines, "", proof])


def _as_html(groups: Groups, proof: str, invented: str | None) -> str:
    blocks = Markup("<p><strong>{}</strong></p>").format(invented) if invented else Markup()
    for heading, sentences in groups.items():
        if heading:
            blocks += Markup("<h3>{}</h3>").format(heading)
        items = Markup().join(Markup("<li>{}</li>").format(sentence) for sentence in sentences)
        blocks += Markup("<ul>{}</ul>").format(items)
    return str(blocks + Markup("<p>{}</p>").format(proof))
