"""
Field values made comparable.

Spacing, the way an accent is encoded, number precision and date form are noise: two values that
differ only there are equal, so noise is never drift. The comparable form is a string, which is
also what the baseline and the log keep. An empty field is None, which is a value; a missing
baseline is `UNSEEN`.
"""

import re
from datetime import date, datetime
from decimal import ROUND_HALF_EVEN, Decimal, InvalidOperation
from enum import Enum
from typing import Final
from unicodedata import normalize

from sync.model.target import FieldValue


class Unseen(Enum):
    """The value last agreed is not known: never the same as an agreed empty field."""

    UNSEEN = "unseen"


UNSEEN: Final = Unseen.UNSEEN
Comparable = str | None
_ODD_SPACE: Final = re.compile(r"[^\S\n ]")


def normal_text(text: str | None) -> Comparable:
    """
    Lines stay lines; runs of spaces (no-break ones too) are one space; empty is None.

    An accented letter is one character (NFC), whether it was typed so or as a letter and a mark.
    """
    if not text:
        return None
    text = normalize("NFC", text)  # at no cost for what is so already
    if _is_tidy(text):
        return text
    lines = (" ".join(line.split()) for line in text.split("\n"))
    return "\n".join(lines).strip() or None


def _is_tidy(text: str) -> bool:
    """Whether there is nothing to mend, as in almost every text: cheaper to see than to do."""
    doubled = "  " in text or " \n" in text or "\n " in text
    return not (doubled or text[0] in " \n" or text[-1] in " \n" or _ODD_SPACE.search(text))


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
