"""
A page as a screen reader tells it, line by line: landmarks, headings, lists, tables, links.

Derived from the HTML alone, so that no browser is needed: what is hidden is skipped, a drawing has
no words, and each cell of a table is told with its column. `‹ ›` are links.
"""

import re
from collections.abc import Iterator
from typing import Final

from bs4 import BeautifulSoup, NavigableString, Tag

LANDMARKS: Final = {
    "main": "contenu",
    "nav": "navigation",
    "aside": "encadré",
    "footer": "pied",
    "search": "recherche",
}
DIGEST: Final = re.compile(r"[0-9a-f]{64}")
"""Another at each change of the samples, and nothing to listen to."""
SILENT: Final = {"script", "style", "svg", "template"}
LINES: Final = {"p", "dt", "dd", "caption", "summary", "label", "output"}


def aloud(page: bytes) -> list[str]:
    soup = BeautifulSoup(page.decode("utf-8"), "lxml")
    body = soup.body
    assert body is not None
    language = soup.select_one("html[lang]")
    assert language is not None
    assert soup.title is not None
    title = " ".join(soup.title.get_text().split())
    told = (DIGEST.sub("…", line) for line in _told(body, soup))
    return [f"page ({language['lang']}) : {title}", *told]


def _told(node: Tag, soup: BeautifulSoup) -> Iterator[str]:
    for child in node.children:
        if isinstance(child, NavigableString):
            if words := " ".join(child.split()):
                yield words
        elif isinstance(child, Tag) and not _hidden(child):
            yield from _element(child, soup)


def _element(node: Tag, soup: BeautifulSoup) -> Iterator[str]:
    if node.name in LANDMARKS or (node.name == "section" and node.has_attr("aria-labelledby")):
        name = _label(node, soup)
        yield f"[{LANDMARKS.get(node.name, 'région')}{f' : {name}' if name else ''}]"
        yield from _told(node, soup)
    elif node.name in ("h1", "h2", "h3", "h4"):
        yield f"titre {node.name[1]} : {_inline(node)}"
    elif node.name in ("ul", "ol"):
        items = [item for item in node.find_all("li", recursive=False) if not _hidden(item)]
        yield f"liste de {len(items)}"
        for item in items:
            yield from _item(item, soup)
    elif node.name == "table":
        yield from _table(node, soup)
    elif node.name in LINES or node.name == "a" or not _blocks(node):
        if words := _inline(node):
            yield words
    else:
        yield from _told(node, soup)


def _item(item: Tag, soup: BeautifulSoup) -> Iterator[str]:
    if not _blocks(item):
        yield f"• {_inline(item)}"
        return
    first, *others = list(_told(item, soup))
    yield f"• {first}"
    yield from (f"  {line}" for line in others)


def _table(table: Tag, soup: BeautifulSoup) -> Iterator[str]:
    caption = table.caption
    yield f"tableau : {_inline(caption) if caption else _label(table, soup)}"
    heads = [_inline(head) for head in table.select("thead th")]
    for row in table.select("tbody tr"):
        cells = [_inline(cell) for cell in row.find_all(["th", "td"])]
        told = [f"{head} : {cell}" for head, cell in zip(heads[1:], cells[1:], strict=True)]
        yield f"• {cells[0]} – {'; '.join(told)}"


def _label(node: Tag, soup: BeautifulSoup) -> str:
    if node.has_attr("aria-label"):
        return str(node["aria-label"])
    found = [soup.find(id=key) for key in str(node.get("aria-labelledby", "")).split()]
    assert all(found), node
    return " ".join(_inline(one) for one in found if isinstance(one, Tag))


def _inline(node: Tag) -> str:
    return " ".join(_words(node).split())


def _words(node: Tag) -> str:
    said = []
    for child in node.children:
        if isinstance(child, NavigableString):
            said.append(str(child))
        elif isinstance(child, Tag) and not _hidden(child):
            words = _words(child)
            said.append(f"‹{words.strip()}›" if child.name == "a" else words)
            if child.name in ("small", "div", "li"):
                said.append(" ")
                said.insert(-2, " ")
    return "".join(said)


def _blocks(node: Tag) -> bool:
    return node.find(["p", "ul", "ol", "dt", "table", "h1", "h2", "h3", "h4"]) is not None


def _hidden(node: Tag) -> bool:
    return node.name in SILENT or node.has_attr("hidden") or node.get("aria-hidden") == "true"
