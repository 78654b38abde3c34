"""
What may not leave the city: the last look at staff's free text before it becomes public.

Published fields are an allow-list already; this guards the free ones: the public note, the proof
link, and the reasons that administrators give. A hit withholds the text and tells who can mend it;
it never edits it.

A look-alike is no way round: the scan reads the text as a person would, full-width signs as
plain ones and invisible characters not at all.
"""

import re
import unicodedata
from collections.abc import Collection, Iterable
from typing import Literal, NamedTuple
from urllib.parse import SplitResult, unquote, urlsplit

from sync.core.names import UNREAD, names_in
from sync.core.presentable import presentable
from sync.core.private_forms import IN_LINKS, IN_NUMBERS, IN_WORDS, Form
from sync.wording import Text

_BLANK, _DOT = "\u2800", "\u3002"
"""A Braille cell without a dot, and a full stop that an address takes for its own."""
_NUMBER = re.compile(r"\d\d")

_NAME = Text("un nom à ne jamais publier", "a name that is never to be published")

WITHHELD = "[texte retenu]"
"""What stands for a reason that must be given and cannot be shown."""


class Private(NamedTuple):
    """What a text seems to hold, and the words that do, which only administrators may read."""

    what: Text
    words: str


def private_parts(text: str, never: Collection[str] = ()) -> tuple[Private, ...]:
    """Everything in the text that seems private, a kind at a time; `never` are names."""
    read = _as_read(text)
    forms = (*IN_WORDS, *IN_NUMBERS) if _NUMBER.search(read) else IN_WORDS
    return _found(forms, read, never)


def private_in(text: str, never: Collection[str] = ()) -> Text | None:
    """The first thing that the text seems to hold that is private, or None."""
    return next((part.what for part in private_parts(text, never)), None)


def where(parts: Collection[Private], limit: int = 5) -> str:
    """The words themselves, as they would be looked for in the text."""
    words = list(dict.fromkeys(part.words for part in parts))
    return ", ".join(words[:limit]) + ("…" if len(words) > limit else "")


LinkFault = Literal["forme", "prive"]
LONGEST_LINK = 2_000

_FORBIDDEN_IN_LINKS = re.compile(r"[\s\\\"'<>`]")
_LABEL = re.compile(r"(?!-)[\w-]{1,63}(?<!-)")
_TOP_LABEL = re.compile(r"[^\W\d_]{2,63}|xn--[a-z0-9-]{2,59}")
_NOT_PUBLIC = frozenset(
    {
        *("home", "internal", "intranet", "lan", "local", "localdomain", "localhost", "private"),
        *("arpa", "corp", "invalid", "onion"),
    }
)


def link_fault(link: str, never: Collection[str] = ()) -> tuple[LinkFault, Text] | None:
    """Why a proof link cannot be shown, and of which kind; None for a public https address."""
    if parts := private_in_link(link, never):
        return "prive", parts[0].what
    if (what := _malformed(link)) is not None:
        return "forme", what
    return None


def unfit_link(link: str, never: Collection[str] = ()) -> Text | None:
    """Why a proof link cannot be shown: only plain public https addresses pass. Never raises."""
    fault = link_fault(link, never)
    return fault and fault[1]


def private_in_link(link: str, never: Collection[str] = ()) -> tuple[Private, ...]:
    """What is private in an address, its escapes undone."""
    once = unquote(link)
    return _found(IN_LINKS, _as_read("\n".join((link, once, unquote(once)))), never)


def _found(forms: Iterable[Form], read: str, never: Collection[str]) -> tuple[Private, ...]:
    found = [
        Private(form.what, (match.groupdict().get("words") or match[0]).strip())
        for form in forms
        for match in form.pattern.finditer(read)
        if form.holds is None or form.holds(re.sub(r"\D", "", match[0]))
    ]
    found += [Private(_NAME, name) for name in names_in(read, never)]
    return tuple(dict.fromkeys(found))


def _malformed(link: str) -> Text | None:
    if len(link) > LONGEST_LINK:
        return Text(
            f"l’adresse dépasse {LONGEST_LINK} caractères",
            f"the address is over {LONGEST_LINK} characters",
        )
    if not link.startswith("https://"):
        return Text("ce n’est pas une adresse https", "it is not an https address")
    malformed = Text("l’adresse est mal formée", "the address is malformed")
    if _FORBIDDEN_IN_LINKS.search(link) or presentable(link) != link:
        return malformed
    try:
        parts = urlsplit(link)
        port = parts.port
    except ValueError:
        return malformed
    if port not in (None, 443) or "@" in parts.netloc:
        return malformed
    return (
        None
        if _is_public_host(parts)
        else Text(
            "l’adresse ne mène pas à un site public", "the address does not lead to a public site"
        )
    )


def _is_public_host(parts: SplitResult) -> bool:
    """A name with a top-level domain that anyone can reach: no IP address, no internal name."""
    host = parts.hostname or ""
    labels = host.split(".")
    return (
        len(labels) > 1
        and unicodedata.normalize("NFKC", host) == host
        and all(_LABEL.fullmatch(label) for label in labels)
        and _TOP_LABEL.fullmatch(labels[-1]) is not None
        and labels[-1] not in _NOT_PUBLIC
    )


def _as_read(text: str) -> str:
    """The text as the eye reads it; what will be published is never read as less than this."""
    plain = presentable(unicodedata.normalize("NFKC", text))
    seen = UNREAD.sub("", plain.replace(_BLANK, " ").replace(_DOT, "."))
    return seen if seen.isascii() else re.sub(r"\d", lambda digit: str(int(digit[0])), seen)
