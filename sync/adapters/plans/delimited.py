"""
CSV, with commas, semicolons or tabs.

The separator is the one under which the plan's header shows, never a statistic: a semicolon file
full of commas is read for what it is.
"""

import csv
import io
from collections.abc import Iterator, Mapping

from sync.adapters.plans.headings import read_header
from sync.adapters.plans.refusal import refuse
from sync.adapters.plans.table import Cell, Row, Table

_SEPARATORS = (";", ",", "\t")


def read_csv(text: str, name: str, columns: Mapping[str, str] | None = None) -> Table:
    """The rows under the separator that makes a plan's header appear."""
    broken: csv.Error | None = None
    widest = Table(())
    for separator in _SEPARATORS:
        try:
            rows = tuple(_rows(text, name, separator))
        except csv.Error as error:
            broken = broken or error
            continue
        if any(read_header(row, columns) for row in rows):
            return Table(rows)
        if max((len(row.cells) for row in rows), default=0) > max(
            (len(row.cells) for row in widest.rows), default=0
        ):
            widest = Table(rows)
    if broken and not widest.rows:
        raise refuse(
            name,
            f"les guillemets du CSV ne se referment pas comme il faut ({broken}). Enregistrez le "
            "fichier de nouveau depuis le tableur.",
            f"the quotes of the CSV do not close properly ({broken}). Save the file again from "
            "the spreadsheet.",
        )
    return widest


def _rows(text: str, name: str, separator: str) -> Iterator[Row]:
    csv.field_size_limit(1_000_000)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    line = 1
    for fields in reader:
        yield Row(f"{name}:{line}", tuple(Cell(field) for field in fields))
        line = reader.line_num + 1
