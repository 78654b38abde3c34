"""
XLSX workbooks, opened with care: the file is a ZIP of XML that someone sent us.

Every declared size is checked before a byte is unpacked, XML that declares a document type is
refused (no workbook needs one, and entities are how small files grow), and merged ranges are
counted before the library turns each into as many cells. Hidden sheets are left out: they were not
published.
"""

import io
import re
import warnings
import zipfile
import zlib
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from openpyxl import load_workbook
from openpyxl.utils import get_column_letter, range_boundaries
from openpyxl.worksheet.worksheet import Worksheet

from sync.adapters.plans.refusal import refuse
from sync.adapters.plans.table import Cell, Row, Table

_MOST_BYTES = 100 * 1024 * 1024
_MOST_PARTS = 2_000
_MOST_CELLS = 500_000
_MERGED = re.compile(rb"<(?:\w+:)?mergeCell\b[^>]*\bref\s*=\s*[\"']([A-Z0-9:$]{1,30})[\"']")
_TYPE_OR_ENTITY = (b"<!DOCTYPE", b"<!ENTITY")


def is_workbook(body: bytes) -> bool:
    """Whether the bytes are a ZIP that holds a workbook."""
    if not body.startswith(b"PK\x03\x04"):
        return False
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            return "xl/workbook.xml" in archive.namelist()
    except zipfile.BadZipFile:
        return False


def read_workbook(body: bytes, name: str) -> tuple[Table, ...]:
    """One table per visible sheet, merged cells resolved."""
    try:
        _inspect(body, name)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # styles and validations it does not keep: unused here
            written = load_workbook(io.BytesIO(body), data_only=True, keep_links=False)
            formulas = load_workbook(io.BytesIO(body), keep_links=False)
    except (
        zipfile.BadZipFile,
        zipfile.LargeZipFile,
        KeyError,
        ValueError,
        TypeError,
        AttributeError,
        IndexError,
        SyntaxError,  # what both XML parsers' errors derive from
        EOFError,
        NotImplementedError,
        RuntimeError,  # an encrypted part
        OSError,
        zlib.error,
    ) as error:
        raise refuse(
            name,
            f"le classeur est abîmé ou protégé ({type(error).__name__}). Ouvrez-le dans un "
            "tableur et enregistrez-le de nouveau en .xlsx, sans mot de passe.",
            f"the workbook is damaged or protected ({type(error).__name__}). Open it in a "
            "spreadsheet and save it again as .xlsx, without a password.",
        ) from error
    return tuple(
        Table(tuple(_rows(sheet, formulas[sheet.title], name)))
        for sheet in written.worksheets
        if sheet.sheet_state == "visible"
    )


def _inspect(body: bytes, name: str) -> None:
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        parts = archive.infolist()
        if len(parts) > _MOST_PARTS or sum(part.file_size for part in parts) > _MOST_BYTES:
            raise refuse(
                name,
                "le classeur, une fois décompressé, est trop gros pour un plan.",
                "the workbook, once unpacked, is too large for a plan.",
            )
        merged = 0
        for part in parts:
            if not part.filename.endswith((".xml", ".rels")):
                continue
            content = archive.read(part).replace(b"\0", b"")  # UTF-16 would hide the words
            if any(word in content for word in _TYPE_OR_ENTITY):
                raise refuse(
                    f"{name}:{part.filename}",
                    "le classeur déclare un type de document ou une entité XML, ce qu’aucun "
                    "tableur n’écrit. Enregistrez-le de nouveau depuis un tableur.",
                    "the workbook declares an XML document type or entity, which no spreadsheet "
                    "writes. Save it again from a spreadsheet.",
                )
            merged += sum(_area(found[1].decode()) for found in _MERGED.finditer(content))
        if merged > _MOST_CELLS:
            raise _too_large(name)


def _area(reference: str) -> int:
    left, top, right, bottom = range_boundaries(reference)
    if left is None or top is None or right is None or bottom is None:
        return _MOST_CELLS + 1  # whole rows or columns
    return (right - left + 1) * (bottom - top + 1)


def _rows(sheet: Worksheet, formulas: Worksheet, name: str) -> Iterator[Row]:
    if sheet.max_row * sheet.max_column > _MOST_CELLS:
        raise _too_large(f"{name}:{sheet.title}")
    merged = _merged_cells(sheet)
    for line in sheet.iter_rows():
        row = line[0].row or 1
        cells = []
        for cell in line:
            column = cell.column or 1
            if (row, column) in merged:
                cells.append(merged[row, column])
                continue
            if cell.value is None and formulas.cell(row, column).data_type == "f":
                raise refuse(
                    f"{name}:{sheet.title}!{get_column_letter(column)}{row}",
                    "cette cellule est une formule sans valeur enregistrée. Remplacez-la par sa "
                    "valeur, ou enregistrez le classeur depuis un tableur.",
                    "this cell is a formula without a saved value. Replace it by its value, or "
                    "save the workbook from a spreadsheet.",
                )
            cells.append(Cell(_text(cell.value)))
        yield Row(f"{name}:{sheet.title}!{row}", tuple(cells))


def _merged_cells(sheet: Worksheet) -> dict[tuple[int, int], Cell]:
    cells: dict[tuple[int, int], Cell] = {}
    for area in sheet.merged_cells.ranges:
        left, top, right, bottom = area.bounds
        text = _text(sheet.cell(top, left).value)
        wide = right - left + 1
        for row in range(top, bottom + 1):
            cells[row, left] = Cell(text, spanned=row > top, columns=wide)
            for column in range(left + 1, right + 1):
                cells[row, column] = Cell()
    return cells


def _text(value: Any) -> str:
    """A cell's value as a person would read it; whole numbers without a decimal part."""
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    return str(value)


def _too_large(place: str) -> Exception:
    return refuse(
        place,
        "la feuille est trop grande pour un plan. Copiez le tableau seul dans un nouveau classeur.",
        "the sheet is too large for a plan. Copy the table alone into a new workbook.",
    )
