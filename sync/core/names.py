"""
Names that a city decided never to publish, found as whole words.

Case, accents, hyphens and apostrophes make no difference: « MARIE EVE COTE » is Marie-Ève Côté.
"Roy" is not found in « royauté ».
"""

import re
import unicodedata
from collections.abc import Collection, Iterator
from functools import lru_cache

SHORTEST_NAME = 3
"""Letters. Shorter ones would be found on every page."""

UNREAD = re.compile(
    "["
    "\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200d\u2065\u3164\ufe00-\ufe0f\uffa0\ufff0-\ufff8"
    "\U000e0000-\U000e0fff"
    "\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f"
    "]+"
)
"""
What the eye passes over in words fit to be published: fillers, selectors and joiners that are
shown as nothing, then marks on, under or around a letter, which is read all the same (a keycap).
"""

_BETWEEN_WORDS = re.compile(r"[\W_]+")


def names_in(text: str, names: Collection[str]) -> Iterator[str]:
    """Those of the names that the text holds, as the city wrote them."""
    if not names:
        return
    read = _as_words(text)
    for name in names:
        if (sought := _sought(name)).strip() and sought in read:
            yield name


def _as_words(text: str) -> str:
    """The text's words in small letters without accents, each between two spaces."""
    letters = unicodedata.normalize("NFKD", text.casefold())
    return f" {_BETWEEN_WORDS.sub(' ', UNREAD.sub('', letters)).strip()} "


@lru_cache(maxsize=4096)
def _sought(name: str) -> str:
    return _as_words(name)
