"""
Québec typography, for display only.

The plan's words are stored, hashed and published exactly as the city wrote them; only the page
shows them with the spacing that the Office québécois de la langue française asks for. Nothing
but white space is touched, and a space is never invented before `;`, `!` or `?` where none was
typed.
"""

import re
import unicodedata

NBSP = "\u00a0"
NARROW = "\u202f"

_SPACES = f"[ {NBSP}{NARROW}]"
_RULES = (
    (re.compile(f"{_SPACES}+:"), f"{NBSP}:"),
    (re.compile(f"«{_SPACES}*"), f"«{NBSP}"),
    (re.compile(f"{_SPACES}*»"), f"{NBSP}»"),
    (re.compile(f"{_SPACES}+([;!?])"), NARROW + r"\1"),
    (re.compile(f"(?<=\\d){_SPACES}+([%$])"), NBSP + r"\1"),
)


def display(text: str, language: str = "fr") -> str:
    """
    The text as the page shows it.

    Control and bidirectional-override characters are dropped in every language, and so are accents
    piled higher than any script needs: a note typed by a person must not be able to turn the words
    around it, nor to be drawn over them.
    """
    clean = "".join(c for c in text if c == "\n" or unicodedata.category(c) not in ("Cc", "Cs"))
    clean = _PILED.sub(r"\1", _OVERRIDES.sub("", clean))
    if language != "fr":
        return clean
    for pattern, replacement in _RULES:
        clean = pattern.sub(replacement, clean)
    return clean


_OVERRIDES = re.compile("[\u202a-\u202e\u2066-\u2069]")
_ACCENTS = "[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]"
_PILED = re.compile(f"({_ACCENTS}{{3}}){_ACCENTS}+")
