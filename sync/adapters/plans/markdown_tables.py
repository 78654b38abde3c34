"""
Tables of a Markdown page: escaped bars, optional outer bars, `<br>` as a line break.
"""

import re
from collections.abc import Iterator, Sequence

from markdown_it import MarkdownIt
from markdown_it.token import Token

from sync.adapters.plans.table import Cell, Row, Table

_BREAK = re.compile(r"<br\s*/?>", re.IGNORECASE)
_BAR = re.compile(r"(?<!\\)\|")


def read_markdown(text: str, name: str) -> tuple[Table, ...]:
    """
    Every table of the page, with the headings and paragraphs above it.

    The format drops cells beyond the header's width and pads short rows, in silence. Here a row
    has as many cells as its source line, so that a bar too many or too few is seen.
    """
    lines = re.split(r"\r\n|\r|\n", text)
    tables: list[Table] = []
    above: list[Row] = []
    rows: list[Row] = []
    cells: list[Cell] = []
    line = 0
    inside = False
    for token in MarkdownIt("commonmark").enable("table").parse(text):
        if token.type == "table_open":
            rows, inside = [], True
        elif token.type == "tr_open" and token.map:
            cells, line = [], token.map[0]
        elif token.type == "inline":
            cell = Cell("".join(_pieces(token.children or ())))
            if inside:
                cells.append(cell)
            else:
                above.append(Row(f"{name}:{token.map[0] + 1 if token.map else 1}", (cell,)))
        elif token.type == "tr_close":
            rows.append(Row(f"{name}:{line + 1}", _as_written(cells, lines[line])))
        elif token.type == "table_close":
            tables.append(Table(tuple(rows), above=tuple(above)))
            above, inside = [], False
    return tuple(tables)


def _as_written(cells: Sequence[Cell], line: str) -> tuple[Cell, ...]:
    bare = line.strip().lstrip("> ")
    bars = len(_BAR.findall(bare))
    outer = bare.startswith("|") + (bars > 1 and bare.endswith("|") and not bare.endswith("\\|"))
    written = bars + 1 - outer
    beyond = (Cell("|"),) * (written - len(cells))  # a bar, so that they do not pass for empty
    return tuple(cells[:written]) + beyond


def _pieces(tokens: Sequence[Token]) -> Iterator[str]:
    """The words without their markup."""
    for token in tokens:
        if token.type in {"text", "code_inline", "text_special"}:
            yield token.content
        elif token.type == "image":
            yield from _pieces(token.children or ())
        elif token.type in {"softbreak", "hardbreak"} or _BREAK.fullmatch(token.content):
            yield "\n"
