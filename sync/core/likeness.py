"""How near two titles are that people wrote down at different times."""

import re
import unicodedata
from functools import lru_cache
from typing import Final

from rapidfuzz import fuzz

EXACT: Final = 100.0
_NUMBER: Final = re.compile(
    r"^(?:(?:axe|volet|action|indicateur)\s+\d{1,3}(?:[.\-]\d{1,3})*\s*[.):\-]?"
    r"|[a-z]?\d{1,3}(?:[.\-]\d{1,3})+\s*[.):\-]?"
    r"|\d{1,3}\s*[.):\-])\s+"
)
"""A number in front, which the order gives anyway; « 3 à 4 organismes » keeps its figures."""
_ORDER_FREE: Final = 5.0
"""Words in another order say a little less than the same words in the same one."""


@lru_cache(maxsize=50_000)
def plain(title: str) -> str:
    """
    Without what typing changes: case, accents, spacing, quotes, dashes, a number in front.

    « 1.2 – L’Accueil : guichet » and “accueil guichet” differ by the article alone.
    """
    text = unicodedata.normalize("NFKD", title.casefold().replace("œ", "oe"))
    text = "".join(c for c in text if not unicodedata.combining(c))
    text = re.sub(r"[\u2010-\u2015\u2212]", "-", text)
    text = " ".join(text.split())
    bare = _NUMBER.sub("", text)
    text = bare if any(c.isalpha() for c in bare) else text
    return " ".join("".join(c if c.isalnum() else " " for c in text).split())


def likeness(one: str, other: str) -> float:
    """From 0 to 100; 100 only for the same words or the same signs, 0 where either says nothing."""
    if one.strip() and one.strip() == other.strip():
        return EXACT
    left, right = plain(one), plain(other)
    if left == right:
        return EXACT if left else 0.0
    ordered = fuzz.ratio(left, right)
    sorted_ = fuzz.token_sort_ratio(left, right) - _ORDER_FREE
    return round(min(max(ordered, sorted_), EXACT - 1.0), 1)
