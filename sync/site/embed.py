"""
`integration.html` and `oembed.json`: the counts inside another site's page.

The one page that others may put in a frame. It holds the counts of every checkpoint and its
links leave the frame. oEmbed is a static file that a content manager finds by the link in the
home page's head; it needs absolute addresses, so without the folder's address there is none.
"""

import json
from collections.abc import Mapping
from typing import Final

from markupsafe import Markup

from sync.site.catalogue import title_of
from sync.site.counts import checkpoint_view
from sync.site.dates import say_instant
from sync.site.edition import Edition
from sync.site.home import STALE_HOURS
from sync.site.paths import EMBED
from sync.site.render import Page
from sync.wording import Language

OEMBED: Final = "oembed.json"
WIDTH: Final = 640
HEIGHT: Final = 640
_HOUR: Final = 3600


def embed_page(edition: Edition, language: Language) -> Page:
    snapshot = edition.current.snapshot
    return Page(
        path=EMBED,
        template="embed.html.jinja",
        title=snapshot.plan.titre,
        demonstration=snapshot.demonstration,
        ended=snapshot.ended,
        styles=("home", "embed"),
        scripts=("fresh",),
        facts={
            "snapshot": snapshot,
            "updated": say_instant(snapshot.genere_le, edition.presentation.tz, language),
            "stale_hours": STALE_HOURS,
            "checkpoints": [checkpoint_view(snapshot, one) for one in snapshot.jalons],
        },
        indexed=False,
    )


def oembed(edition: Edition) -> Mapping[str, bytes]:
    """A frame of a size that suits a column of text; `cache_age` is in seconds."""
    presentation = edition.presentation
    where, home = presentation.address(EMBED), presentation.address("")
    if where is None or home is None:
        return {}
    title = title_of(edition)
    frame = Markup(
        '<iframe src="{}" title="{}" width="{}" height="{}" loading="lazy"></iframe>'
    ).format(where, title, WIDTH, HEIGHT)
    document = {
        "version": "1.0",
        "type": "rich",
        "title": title,
        "provider_name": presentation.city,
        "provider_url": home,
        "cache_age": _HOUR,
        "html": str(frame),
        "width": WIDTH,
        "height": HEIGHT,
    }
    body = json.dumps(document, ensure_ascii=False, indent=1) + "\n"
    return {OEMBED: body.encode("utf-8")}
