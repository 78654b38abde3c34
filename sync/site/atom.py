"""
The entries as Atom (RFC 4287), for the readers and aggregators that do not know JSON Feed.

Ids, titles, words and instants are those of the JSON feed. `updated` is the snapshot's own
instant, never the clock: the same edition gives the same bytes.
"""

from collections.abc import Sequence
from typing import Final

from lxml import etree

from sync.site.edition import Edition
from sync.site.entries import Entry, feed_title, heard, notices
from sync.site.paths import feed_archive
from sync.site.xml_text import xml_text

ATOM: Final = "http://www.w3.org/2005/Atom"
HISTORY: Final = "http://purl.org/syndication/history/1.0"
"""Feed Paging and Archiving, RFC 5005."""
_TYPE: Final = "application/atom+xml"
_LANG: Final = "{http://www.w3.org/XML/1998/namespace}lang"


def feed_atom(
    edition: Edition, told: Sequence[Entry], archive: int | None, older: int | None
) -> bytes:
    """`archive` is its own number, None for the feed itself; `older` that of the one before."""
    presentation, archived = edition.presentation, archive is not None
    snapshot = heard(edition, told, archived=archived)
    known: dict[str | None, str] = {None: ATOM}
    if archive:
        known["fh"] = HISTORY
    feed = etree.Element(f"{{{ATOM}}}feed", nsmap=known)
    feed.set(_LANG, "fr-CA" if presentation.language == "fr" else "en-CA")
    _add(feed, "id", f"urn:jalon:{snapshot.plan.id}:changements")
    _add(feed, "title", feed_title(snapshot, presentation, archived=archived))
    if said := notices(snapshot, presentation, archived=archived):
        _add(feed, "subtitle", " ".join(said))
    _add(feed, "updated", max(entry.published for entry in told).isoformat())
    author = _add(feed, "author")
    _add(author, "name", presentation.city)
    if archive:
        etree.SubElement(feed, f"{{{HISTORY}}}archive")
        _link(feed, "current", presentation.address(_path(None)), _TYPE)
    _link(feed, "self", presentation.address(_path(archive)), _TYPE)
    if older:
        _link(feed, "prev-archive", presentation.address(_path(older)), _TYPE)
    _link(feed, "alternate", presentation.address(""), "text/html")
    for entry in told:
        _entry(feed, entry)
    etree.indent(feed, space=" ")
    return etree.tostring(feed, xml_declaration=True, encoding="UTF-8") + b"\n"


def _path(archive: int | None) -> str:
    return feed_archive(archive, "atom") if archive else "flux.atom"


def _entry(feed: etree._Element, entry: Entry) -> None:
    node = _add(feed, "entry")
    _add(node, "id", entry.id)
    _add(node, "title", entry.title)
    _add(node, "updated", entry.published.isoformat())
    _add(node, "published", entry.published.isoformat())
    _link(node, "alternate", entry.url, "application/json")
    _add(node, "content", entry.html).set("type", "html")


def _add(parent: etree._Element, name: str, text: str | None = None) -> etree._Element:
    node = etree.SubElement(parent, f"{{{ATOM}}}{name}")
    node.text = None if text is None else xml_text(text)
    return node


def _link(parent: etree._Element, rel: str, href: str | None, kind: str) -> None:
    if href:
        etree.SubElement(parent, f"{{{ATOM}}}link", {"rel": rel, "href": href, "type": kind})
