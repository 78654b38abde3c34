"""
Field values made comparable.

Spacing, what nobody can see, the way an accent is encoded, number precision and date form are
noise: two values that differ only there are equal, so noise is never drift. The comparable form
is a string, which is also what the baseline and the log keep. An empty field is None, which is a
value; a missing baseline is `UNSEEN`.
"""

from datetime import date, datetime
from decimal import ROUND_HALF_EVEN, Decimal, InvalidOperation
from enum import Enum
from typing import Final
from unicodedata import normalize

from sync.core.presentable import presentable
from sync.model.target import FieldValue


class Unseen(Enum):
    """The value last agreed is not known: never the same as an agreed empty field."""

    UNSEEN = "unseen"


UNSEEN: Final = Unseen.UNSEEN
Comparable = str | None


def normal_text(text: str | None) -> Comparable:
    """
    Lines stay lines; runs of spaces (no-break ones too) are one space; empty is None.

    Invisible characters are left out, as on the page. An accented letter is one character (NFC),
    whether it was typed so or as a letter and a mark.
    """
    if not text:
        return None
    text = normalize("NFC", text)  # at no cost for what is so already
    if _is_tidy(text):
        return text
    shown = normalize("NFC", presentable(text))  # what an invisible one kept apart may compose
    lines = (" ".join(line.split()) for line in shown.split("\n"))
    return "\n".join(lines).strip() or None


def _is_tidy(text: str) -> bool:
    """Whether there is nothing to mend, as in almost every text: cheaper to see than to do."""
    doubled = "  " in text or " \n" in text or "\n " in text
    bordered = text[0] in " \n" or text[-1] in " \n"
    return not (doubled or bordered) and text.replace("\n", " ").isprintable()


def normal(value: FieldValue, precision: int = 0) -> Comparable:
    """`precision` is the number of decimals the field keeps."""
    if value is None:
        return None
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, str):
        return normal_text(value)
    number = Decimal(str(value))
    try:
        number = number.quantize(Decimal(1).scaleb(-precision), rounding=ROUND_HALF_EVEN)
    except InvalidOperation:
        return str(number)  # beyond any figure that a person means; still comparable
    return f"{number.normalize() + 0:f}"
