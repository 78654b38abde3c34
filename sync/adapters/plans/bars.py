"""
Rows of a table in extracted text, recovered from the bars alone.

Text extraction keeps a bar per cell and loses the rest: a cell may hold line breaks, a cell under a
row span is missing, empty trailing cells are a run of bars. But every row of one table has the
same number of bars, padding included, and begins on a line of its own with a bar and text. The two
signs are checked against each other, so that a bar lost or added anywhere is an error at its line,
never a promise in the wrong column.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from sync.adapters.plans.headings import read_header
from sync.adapters.plans.refusal import refuse
from sync.adapters.plans.table import Cell, Row, Table

_ROW_START = re.compile(r"^[ \t]*\|[ \t]*[^\s|]", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class _Segment:
    """From one row start to the next, and the number of its first line."""

    line: int
    text: str

    def bars(self) -> int:
        return self.text.count("|")


def read_bars(text: str, name: str, columns: Mapping[str, str] | None = None) -> Table:
    """
    The rows from the first plan header on; the page's furniture around them is left out.

    A table ends where text stands on a line of its own after a row's last bar; only another header
    opens one again. What has the shape of a row and no table is refused.
    """
    return Table(tuple(_rows(text, name, columns)), left_packed=True)


def _rows(text: str, name: str, columns: Mapping[str, str] | None) -> Iterator[Row]:
    width = 0  # bars in each row of the last table; 0 before the first
    inside = False
    before: list[_Segment] = []
    for segment in _segments(text):
        row, tail = _cells_of(segment, segment.bars(), name)
        if read_header(row, columns):
            width = segment.bars()
            for early in before:
                if _looks_like_a_row(early, width):
                    raise _outside(early, name)
            before.clear()
        elif not width:
            before.append(segment)
            continue
        elif not inside:
            if _looks_like_a_row(segment, width):
                raise _outside(segment, name)
            continue
        elif segment.bars() < width:
            raise _miscounted(segment, width, name)
        else:
            row, tail = _cells_of(segment, width, name)
        if not _is_furniture(tail, width):
            raise _miscounted(segment, width, name)
        yield row
        inside = not tail.strip()


def _looks_like_a_row(segment: _Segment, width: int) -> bool:
    """Whether its first `width` bars end on the line where the text does."""
    return segment.bars() >= width and not (
        segment.text.split("|", width)[width].partition("\n")[0].strip()
    )


def _is_furniture(tail: str, width: int) -> bool:
    """
    Whether what follows a row may be text around the table. It may hold bars (« Format : PDF |
    Taille : 1 Mo »), but not as many as a row that lost its first one.
    """
    first_line, _, _ = tail.partition("\n")
    return not (first_line.strip() or tail.count("|") >= width - 1)


def _segments(text: str) -> Iterator[_Segment]:
    starts = [match.start() for match in _ROW_START.finditer(text)]
    line, last = 1, 0
    for start, end in zip(starts, [*starts[1:], len(text)], strict=True):
        line += text.count("\n", last, start)
        last = start
        yield _Segment(line, text[start:end])


def _cells_of(segment: _Segment, bars: int, name: str) -> tuple[Row, str]:
    """The cells between the first `bars` bars, and what follows the last."""
    _, *cells, tail = segment.text.split("|", bars)
    return Row(f"{name}:{segment.line}", tuple(Cell(cell.strip()) for cell in cells)), tail


def _miscounted(segment: _Segment, width: int, name: str) -> Exception:
    start = segment.text.strip(" |\n")[:60].splitlines()[0]
    return refuse(
        f"{name}:{segment.line}",
        f"la ligne qui commence par « {start} » n’a pas la forme de son tableau : chaque ligne y "
        f"compte {width} barres, celle-ci {segment.bars()} avec ce qui la suit. Comparez-la avec "
        "la page publiée.",
        f"the row that begins with “{start}” does not have the shape of its table: each row there "
        f"has {width} bars, this one {segment.bars()} with what follows it. Compare it with the "
        "published page.",
        bars=segment.bars(),
        expected=width,
    )


def _outside(segment: _Segment, name: str) -> Exception:
    return refuse(
        f"{name}:{segment.line}",
        "cette ligne a la forme d’une ligne du plan, mais du texte la sépare de son tableau. "
        "Retirez ce texte, ou répétez l’en-tête avant elle.",
        "this row has the shape of a plan row, but text separates it from its table. Remove that "
        "text, or repeat the header before it.",
    )
