"""
What a receiver said, made fit for a message that is logged, stored and shown.

Its words help the operator most, but nobody vouches for them: a receiver may repeat what it was
sent, token included, or send letters that nobody sees.
"""

import base64
import re
import unicodedata
from collections.abc import Iterable, Iterator
from urllib.parse import parse_qsl, quote, quote_plus

LONGEST_QUOTE = 200
HIDDEN = "…"
_SHORTEST_IN_A_QUERY = 8  # below it, hiding would eat ordinary words and numbers


def quoted(words: str, secrets: Iterable[str]) -> str:
    """
    On one line, short, without control or format characters, and without any of the secrets.

    Invisible characters go first, since a secret could hide between them; the cut comes last,
    since it could leave the half of one.
    """
    line = " ".join(words.split())
    visible = "".join(letter for letter in line if unicodedata.category(letter)[0] != "C")
    forms = {form for secret in secrets for form in _forms(secret) if form}
    if forms:
        longest_first = sorted(forms, key=lambda form: (-len(form), form))
        either = "|".join(map(re.escape, longest_first))
        visible = re.sub(either, HIDDEN, visible, flags=re.IGNORECASE)
    return visible if len(visible) <= LONGEST_QUOTE else f"{visible[: LONGEST_QUOTE - 1]}…"


def secrets_of_query(query: str) -> Iterator[str]:
    """Some hosts want their key in the address."""
    if query:
        yield query
    for _, value in parse_qsl(query):
        if len(value) >= _SHORTEST_IN_A_QUERY:
            yield value


def _forms(secret: str) -> Iterator[str]:
    """As it is, URL-encoded, and in base64, also from the middle of something longer."""
    yield secret
    yield quote(secret, safe="")
    yield quote_plus(secret)
    body = secret.encode("utf-8")
    for before in range(3):
        first, last = -(-before * 8 // 6), (before + len(body)) * 8 // 6
        inner = base64.b64encode(bytes(before) + body).decode()[first:last]
        yield inner
        yield inner.replace("+", "-").replace("/", "_")
