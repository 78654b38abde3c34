"""
The one form in which every format hands over its tables.

A format only finds rows and cells and says where they stand; what they mean is decided once, in
`recognise.py`.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Cell:
    """
    `text` keeps the line breaks. A cell merged over several rows is repeated in each, `spanned`
    from the second on; one merged over several `columns` stands in the first and leaves the others
    empty.
    """

    text: str = ""
    spanned: bool = False
    columns: int = 1

    def lines(self) -> tuple[str, ...]:
        return tuple(line for line in map(str.strip, self.text.splitlines()) if line)

    def joined(self) -> str:
        return " ".join(self.lines())


@dataclass(frozen=True, slots=True)
class Row:
    place: str
    cells: tuple[Cell, ...]

    def is_blank(self) -> bool:
        return not any(cell.lines() for cell in self.cells)


@dataclass(frozen=True, slots=True)
class Table:
    """
    Rows in published order. `left_packed`: a cell that a row span covered is missing and the rest
    of its row stands one column too far left, as extracted text leaves it. `above`: the headings
    and paragraphs between the table before and this one, a cell each; a title may be among them.
    """

    rows: tuple[Row, ...]
    left_packed: bool = False
    above: tuple[Row, ...] = ()
