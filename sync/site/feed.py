"""The entries as JSON Feed 1.1."""

import json
from collections.abc import Sequence
from typing import Any

from sync.core.changes import PublicChange
from sync.site.edition import Edition
from sync.site.entries import Entry, feed_title, heard
from sync.site.locales.page import PAGE
from sync.site.paths import feed_archive
from sync.site.presentation import Presentation

VERSION = "https://jsonfeed.org/version/1.1"


def feed_json(
    edition: Edition, told: Sequence[Entry], archive: int | None, older: int | None
) -> bytes:
    """`archive` is its own number, None for the feed itself; `older` that of the next one."""
    presentation = edition.presentation
    language = presentation.language
    archived = archive is not None
    snapshot = heard(edition, told, archived=archived)
    home, own = presentation.address(""), presentation.address(_path(archive))
    feed: dict[str, Any] = {
        "version": VERSION,
        "title": feed_title(snapshot, presentation, archived=archived),
        **({"home_page_url": home} if home else {}),
        **({"feed_url": own} if own else {}),
        **({"next_url": presentation.address(_path(older))} if own and older else {}),
        "language": "fr-CA" if language == "fr" else "en-CA",
        **({"expired": True} if snapshot.ended and not archived else {}),
        "authors": [{"name": presentation.city}],
        "_jalon": {
            "about": _about(presentation),
            "plan": snapshot.plan.id,
            "demonstration": snapshot.demonstration,
            **({"archive": archive} if archive else {"termine": snapshot.ended is not None}),
        },
        "items": [_item(entry, presentation) for entry in told],
    }
    return (json.dumps(feed, ensure_ascii=False, indent=1) + "\n").encode("utf-8")


def _path(archive: int | None) -> str:
    return feed_archive(archive, "json") if archive else "flux.json"


def _about(presentation: Presentation) -> str:
    address = presentation.address("#_donnees-ouvertes")
    return address or PAGE["feed_about"].in_(presentation.language)


def _item(entry: Entry, presentation: Presentation) -> dict[str, Any]:
    return {
        "id": entry.id,
        **({"url": entry.url} if entry.url else {}),
        "title": entry.title,
        "content_text": entry.text,
        "content_html": entry.html,
        "date_published": entry.published.isoformat(),
        "_jalon": {
            "about": _about(presentation),
            "numero": entry.number,
            "etat_au": entry.as_of.isoformat(),
            "sha256": entry.digest,
            **({"partie": entry.part, "parties": entry.parts} if entry.parts > 1 else {}),
            **({"note": entry.note} if entry.note else {}),
            "demonstration": entry.demonstration,
            "changements": [_fields(change) for change in entry.told],
        },
    }


def _fields(change: PublicChange) -> dict[str, str]:
    fields = {
        "genre": change.kind.value,
        "action": change.action_id,
        "jalon": change.checkpoint_id,
        "indicateur": change.indicator_id,
        "champ": change.part,
        "avant": change.before,
        "apres": change.after,
    }
    return {key: value for key, value in fields.items() if value is not None}
