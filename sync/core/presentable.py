"""
Words fit to be published: what a person typed, less what nobody can see.

Invisible characters turn the words around them, hide words from a reader and carry nothing that
a page should say. Everything visible stays as typed, its spaces and its lines too.
"""

import re
import unicodedata

_BREAKS = re.compile("\r\n|[\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
_INVISIBLE = frozenset({"Cc", "Cf", "Cs"})
_SPACE = "Zs"
_JOINER = "\u200d"


def presentable(text: str) -> str:
    """
    The text without control, format and broken characters; twice is the same as once.

    Every kind of line break is one line feed and a tab is a space. A joiner between letters stays:
    some scripts are spelled with it.
    """
    if text.isprintable():  # one line without invisible characters, as nearly every text is
        return text
    odd = [c for c in set(text) if c != "\n" and not c.isprintable()]
    if all(unicodedata.category(c) == _SPACE for c in odd):
        return text
    lines = _BREAKS.sub("\n", text).replace("\t", " ")
    hidden = {ord(c): None for c in set(lines) if c not in (_JOINER, "\n") and _is_invisible(c)}
    seen = lines.translate(hidden) if hidden else lines
    if _JOINER not in seen:
        return seen
    return "".join(c for at, c in enumerate(seen) if c != _JOINER or _between_letters(seen, at))


def _is_invisible(character: str) -> bool:
    return unicodedata.category(character) in _INVISIBLE


def _between_letters(text: str, at: int) -> bool:
    around = text[max(at - 1, 0) : at] + text[at + 1 : at + 2]
    return len(around) == 2 and all(unicodedata.category(c)[0] in "LM" for c in around)
