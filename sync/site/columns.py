"""
What a column of an open table holds.

The table, its data dictionary and its Table Schema are all made from these, so that none can
say what the others do not.
"""

import csv
import io
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final, Literal

from sync.core.status import STATUS_NAMES
from sync.site.locales.definitions import BASIS_NAMES

Kind = Literal["string", "uri", "integer", "number", "date", "boolean"]
Cell = str | int
Row = Mapping[str, Cell]

KIND_NAMES: Final[Mapping[Kind, str]] = {
    "string": "texte",
    "uri": "adresse https",
    "integer": "nombre entier",
    "number": "nombre, point décimal",
    "date": "date AAAA-MM-JJ",
    "boolean": "oui ou non",
}


@dataclass(frozen=True, slots=True)
class Column:
    """`codes` are the only values it may have; `required` is never empty."""

    meaning: str
    kind: Kind = "string"
    required: bool = False
    codes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Table:
    """`key` tells one row from every other."""

    path: str
    title: str
    columns: Mapping[str, Column]
    key: tuple[str, ...]


STATUS_CODES: Final = tuple(status.value for status in STATUS_NAMES)
BASIS_CODES: Final[tuple[str, ...]] = tuple(BASIS_NAMES)

SHARED: Final[Mapping[str, Column]] = {
    "demonstration": Column("oui quand les données sont inventées", "boolean", required=True),
    "instantane": Column("numéro de l’instantané", "integer", required=True),
    "etat_au": Column("jour que les faits décrivent", "date", required=True),
    "termine_le": Column("jour du dernier état lu, quand le plan a pris fin", "date"),
    "plan": Column("identifiant du plan", required=True),
    "revision": Column("révision du plan", "integer", required=True),
    "axe": Column("numéro de l’axe", "integer", required=True),
    "axe_titre": Column("titre de l’axe"),
    "volet": Column("identifiant du volet", required=True),
    "volet_titre": Column("titre du volet"),
    "action": Column("identifiant de l’action", required=True),
    "action_titre": Column("libellé publié de l’action", required=True),
    "jalon": Column("identifiant du jalon", required=True),
    "jalon_titre": Column("titre du jalon", required=True),
    "echeance": Column("échéance du jalon", "date", required=True),
}
"""A row travels without its page: each says of which plan, day and action it is."""

_SIGNS = "=+\\-@⁺⁼₊₌⩵⩶﬩﹢﹣﹦﹫＋－＝＠"
"""Whatever NFKC turns into a sign that a formula begins with."""
_BEGINS = re.compile(rf"\s*[{_SIGNS}]")
_BEGINS_A_CELL = re.compile(rf"([;\t\r\n][\s\"]*)(?=[{_SIGNS}])")


def written(columns: Iterable[str], rows: Iterable[Row]) -> bytes:
    """Comma, UTF-8 without a byte order mark, one line of headers: as Données Québec asks."""
    text = io.StringIO()
    writer = csv.DictWriter(text, tuple(columns), lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode("utf-8")


def inert(text: str | None) -> str:
    """
    The text as a cell that no spreadsheet takes for a formula.

    Spreadsheets skip leading blanks and read full-width signs as signs, so both are looked
    through. An apostrophe in front is what they show as plain text. A French one splits at the
    semicolon and knows no quotes in the middle of a cell: what follows a semicolon, a tab or the
    end of a line inside of the text begins a cell there too.
    """
    if text is None:
        return ""
    clean = _BEGINS_A_CELL.sub(r"\1'", text.replace("\x00", ""))
    leading_control = clean[:1] in ("\t", "\r", "\n")
    return f"'{clean}" if leading_control or _BEGINS.match(clean) else clean


def yes(value: bool) -> str:
    return "oui" if value else "non"


def known(value: object) -> str:
    """The value in words, dates in ISO form; an empty cell for what is not known."""
    return "" if value is None else str(value)
