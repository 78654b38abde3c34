"""
Tables of a web page, as a browser lays them out: spans resolved, `<br>` and blocks as line breaks.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Any

from lxml import etree, html

from sync.adapters.plans.refusal import refuse
from sync.adapters.plans.table import Cell, Row, Table

_BLOCKS = frozenset(
    {"address", "article", "blockquote", "dd", "div", "dl", "dt", "figure", "footer", "header"}
    | {"h1", "h2", "h3", "h4", "h5", "h6", "hr", "li", "ol", "p", "pre", "section", "table"}
    | {"td", "th", "tr", "ul"}
)
_TITLES = frozenset({"h1", "h2", "h3", "h4", "h5", "h6", "p", "summary"})
_UNSEEN = frozenset({"script", "style", "template", "noscript"})
_SPACES = re.compile(r"[ \t\n\r\f]+")
_MOST_CELLS = 500_000
_WIDEST_SPAN = 1_000  # the HTML standard's own limit


def read_html(text: str, name: str) -> tuple[Table, ...]:
    """
    Every table of the page, a nested one apart from the one around it, with the headings and
    paragraphs above it and its caption.
    """
    parser = html.HTMLParser(encoding="utf-8", no_network=True, remove_comments=True)
    try:
        page = html.document_fromstring(text.encode("utf-8"), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError) as error:
        raise refuse(
            name,
            "la page ne peut pas être lue comme du HTML. Enregistrez-la de nouveau.",
            "the page cannot be read as HTML. Save it again.",
        ) from error
    tables = [element for element in page.iter("table") if isinstance(element.tag, str)]
    if not tables:
        raise refuse(
            name,
            "cette page ne contient aucun tableau. Vérifiez l’adresse : le plan doit y être un "
            "tableau, et non une image ou un PDF.",
            "this page holds no table. Check the address: the plan must be a table there, not an "
            "image or a PDF.",
        )
    return tuple(
        Table(tuple(_rows(table, name)), above=above)
        for table, above in zip(tables, _above(page, tables, name), strict=True)
    )


def _above(page: Any, tables: Sequence[Any], name: str) -> Iterator[tuple[Row, ...]]:
    """
    For each table, what stands between it and the table before, a cell each. What is inside a cell
    belongs to that cell, unless the cell is there for the layout and holds tables of its own.
    """
    layout: set[Any] = set()
    for table in tables:
        for cell in table.iterancestors("td", "th"):
            if cell in layout:
                break
            layout.add(cell)
    rows: list[Row] = []
    for element in page.iter("table", *_TITLES):
        if element.tag == "table":
            rows += (_title(caption, name) for caption in element.iterchildren("caption"))
            yield tuple(rows)
            rows = []
        elif (cell := next(element.iterancestors("td", "th"), None)) is None or cell in layout:
            rows.append(_title(element, name))


def _title(element: Any, name: str) -> Row:
    return Row(f"{name}:{element.sourceline}", (Cell(_text(element)),))


def _rows(table: Any, name: str) -> Iterator[Row]:
    pending: dict[int, tuple[int, Cell]] = {}  # column → rows still covered, and the cell
    grid: list[tuple[str, dict[int, Cell]]] = []
    count = 0
    group: Any = None
    for tr in _own(table, "tr"):
        if tr.getparent() is not group:
            pending, group = {}, tr.getparent()  # a span never leaves its row group
        cells: dict[int, Cell] = {}
        following: dict[int, tuple[int, Cell]] = {}
        for column, (rows, cell) in pending.items():
            cells[column] = cell
            if rows > 1:
                following[column] = (rows - 1, cell)
        column = 0
        for td in tr:
            if td.tag not in {"td", "th"}:
                continue
            while column in cells:
                column += 1
            text = _text(td)
            wide = min(max(_span(td, "colspan", 1), 1), _WIDEST_SPAN)
            rows = _span(td, "rowspan", 1) or 65_534
            for n in range(column, column + wide):
                if n in cells:
                    break
                first = n == column
                cells[n] = Cell(text, columns=wide) if first else Cell()
                if rows > 1:
                    covered = Cell(text, spanned=True, columns=wide) if first else Cell()
                    following[n] = (rows - 1, covered)
            column += wide
        pending = following
        count += max(cells, default=0) + 1
        if count > _MOST_CELLS:
            raise refuse(
                f"{name}:{tr.sourceline}",
                "le tableau est trop grand pour un plan.",
                "the table is too large for a plan.",
            )
        grid.append((f"{name}:{tr.sourceline}", cells))
    width = max((max(cells, default=-1) + 1 for _, cells in grid), default=0)
    for place, cells in grid:
        yield Row(place, tuple(cells.get(n, Cell()) for n in range(width)))


def _own(table: Any, tag: str) -> Iterator[Any]:
    for element in table.iter(tag):
        if next(element.iterancestors("table")) is table:
            yield element


def _span(td: Any, attribute: str, otherwise: int) -> int:
    found = re.match(r"\s*(\d{1,5})", td.get(attribute, ""))
    return int(found[1]) if found else otherwise


def _text(element: Any) -> str:
    lines = "".join(_pieces(element)).split("\0")
    return "\n".join(line for line in (_SPACES.sub(" ", line).strip(" ") for line in lines) if line)


def _pieces(element: Any) -> Iterator[str]:
    """Text as it is shown; a null character stands for a line break."""
    yield (element.text or "").replace("\0", "")
    for child in element:
        tag = child.tag
        if isinstance(tag, str) and tag not in _UNSEEN and tag != "table":
            if tag in _BLOCKS or tag == "br":
                yield "\0"
            yield from _pieces(child)
            if tag in _BLOCKS:
                yield "\0"
        yield (child.tail or "").replace("\0", "")
