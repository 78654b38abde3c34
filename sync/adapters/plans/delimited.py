"""
CSV, with commas, semicolons or tabs.

The separator is the one under which the plan's header shows, never a statistic: a semicolon file
full of commas is read for what it is.
"""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence

from sync.adapters.plans.headings import read_header
from sync.adapters.plans.refusal import refuse
from sync.adapters.plans.table import Cell, Row, Table

_SEPARATORS = (";", ",", "\t")


def read_csv(text: str, name: str, columns: Mapping[str, str] | None = None) -> Table:
    """The rows under the separator that makes a plan's header appear."""
    widest = Table(())
    for separator in _SEPARATORS:
        rows: list[Row] = []
        broken: csv.Error | None = None
        try:
            rows.extend(_rows(text, name, separator))
        except csv.Error as error:
            broken = error
        if any(read_header(row, columns) for row in rows):
            if broken:
                raise _open_quotes(rows[-1].place, broken)
            return Table(tuple(rows))
        if _width(rows) > _width(widest.rows):
            widest = Table(tuple(rows))
    return widest


def _width(rows: Sequence[Row]) -> int:
    return max((len(row.cells) for row in rows), default=0)


def _open_quotes(place: str, error: csv.Error) -> Exception:
    return refuse(
        place,
        f"après cette ligne, les guillemets du CSV ne se referment pas comme il faut ({error}). "
        "Enregistrez le fichier de nouveau depuis le tableur.",
        f"after this line, the quotes of the CSV do not close properly ({error}). Save the file "
        "again from the spreadsheet.",
    )


def _rows(text: str, name: str, separator: str) -> Iterator[Row]:
    csv.field_size_limit(1_000_000)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    line = 1
    for fields in reader:
        yield Row(f"{name}:{line}", tuple(Cell(field) for field in fields))
        line = reader.line_num + 1
