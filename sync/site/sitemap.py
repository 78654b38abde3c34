"""
`sitemap.xml`: the pages that a search engine should know, where the folder's address is known.

Pages only: what programs read is in the catalogue. A page that asks to be left out of search is
left out of here too.
"""

from collections.abc import Mapping
from typing import Final

from lxml import etree

from sync.site.edition import Edition
from sync.site.standing import standing_since

PATH: Final = "sitemap.xml"
_SITEMAP: Final = "http://www.sitemaps.org/schemas/sitemap/0.9"
_STANDING: Final = ("actions/", "etats/", "volets/")
_LEFT_OUT: Final = b'<meta name="robots" content="noindex">'


def sitemap(edition: Edition, files: Mapping[str, bytes]) -> dict[str, bytes]:
    """Nothing without an address, for a sitemap holds absolute ones only."""
    presentation = edition.presentation
    if presentation.page_url is None:
        return {}
    urls = etree.Element(f"{{{_SITEMAP}}}urlset", nsmap={None: _SITEMAP})
    since = standing_since(edition)
    roots = [presentation.root_of(language) for language in presentation.languages]
    for name, body in sorted(files.items()):
        if not name.endswith(".html") or _LEFT_OUT in body:
            continue
        bare = next(name.removeprefix(root) for root in reversed(roots) if name.startswith(root))
        stands = bare.startswith(_STANDING)
        issue = since[bare] if stands else edition.current
        day = issue.record.generated_at.astimezone(presentation.tz).date()
        url = etree.SubElement(urls, f"{{{_SITEMAP}}}url")
        where = presentation.address("" if name == "index.html" else name)
        etree.SubElement(url, f"{{{_SITEMAP}}}loc").text = where
        etree.SubElement(url, f"{{{_SITEMAP}}}lastmod").text = day.isoformat()
    etree.indent(urls, space=" ")
    written = etree.tostring(urls, xml_declaration=True, encoding="UTF-8")
    return {PATH: written + b"\n"}
