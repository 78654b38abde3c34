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

_ACCENTS = re.compile("[\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]+")
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
    return f" {_BETWEEN_WORDS.sub(' ', _ACCENTS.sub('', letters)).strip()} "


@lru_cache(maxsize=4096)
def _sought(name: str) -> str:
    return _as_words(name)
