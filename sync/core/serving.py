"""
What a host sends with each published file: its type, and the headers that guard and cache it.

One table, for `jalon preview`, for the configurations that `docs/webmaster.md` shows and for the
tests that try them. Patterns are plain enough to mean the same to Python, nginx and Apache, and
look at the end of the path, so that they hold wherever the folder is mounted.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, NamedTuple

CHARSET: Final = "utf-8"
TYPES: Final[Mapping[str, str]] = {
    "html": "text/html",
    "json": "application/json",
    "jsonld": "application/ld+json",
    "csv": "text/csv",
    "ics": "text/calendar",
    "atom": "application/atom+xml",
    "xml": "application/xml",
    "xsd": "application/xml",
    "svg": "image/svg+xml",
    "css": "text/css",
    "js": "text/javascript",
    "txt": "text/plain",
}
"""Media types by the last part of the name. All are text in UTF-8, and say so."""
OTHERWISE: Final = "text/plain"
"""SHA256SUMS, a signed note: to be read in a browser, never to be run by one."""
NAMED: Final[Mapping[str, str]] = {"flux.json": "application/feed+json"}
"""Files whose type their name alone tells."""

HIDDEN: Final = r"/(\.|courant(/|$))"
"""What the folder holds for itself: earlier versions, the manifest, the name that is switched."""
MISSING: Final = "404.html"
"""What is answered, with the status 404, for whatever else is asked for."""
METHODS: Final = ("GET", "HEAD")

_SNAPSHOT = r"/instantanes/[0-9]+\.json$"
_EMBED = r"/integration(-[a-z]+)?\.html$"
_PAGE = r"(\.html|/)$"


class Case(NamedTuple):
    """A pattern that a path is searched for, and the header's value there; None sends none."""

    pattern: str
    value: str | None


@dataclass(frozen=True, slots=True)
class Header:
    """The first case that fits counts, else `otherwise`."""

    name: str
    cases: tuple[Case, ...]
    otherwise: str

    def value(self, path: str) -> str | None:
        for case in self.cases:
            if re.search(case.pattern, path):
                return case.value
        return self.otherwise


_NO_FORM: Final = "base-uri 'none'; form-action 'none'; object-src 'none'"

HEADERS: Final[tuple[Header, ...]] = (
    # A day, although a snapshot never changes: what a law has erased must leave the caches soon.
    Header(
        "Cache-Control",
        (Case(_SNAPSHOT, "public, max-age=86400, immutable"),),
        "public, max-age=60, must-revalidate",
    ),
    # Each page says for itself what it may load. A header adds what a page cannot say: by whom it
    # may be framed. A data file that is opened as a page may do nothing at all.
    Header(
        "Content-Security-Policy",
        (
            Case(_EMBED, f"frame-ancestors *; {_NO_FORM}"),
            Case(_PAGE, f"frame-ancestors 'self'; {_NO_FORM}"),
        ),
        "default-src 'none'; frame-ancestors 'none'; sandbox",
    ),
    Header("Access-Control-Allow-Origin", (Case(_PAGE, None),), "*"),
    Header("X-Content-Type-Options", (), "nosniff"),
    Header("Referrer-Policy", (), "no-referrer"),
)


def content_type(path: str) -> str:
    """With its charset, as it is sent."""
    name = path.rpartition("/")[2]
    _, dot, suffix = name.rpartition(".")
    known = NAMED.get(name) or (TYPES.get(suffix) if dot else None)
    return f"{known or OTHERWISE}; charset={CHARSET}"


def headers_for(path: str) -> dict[str, str]:
    """What goes with the file at that path, which begins with « / », beside its type."""
    found = {header.name: header.value(path) for header in HEADERS}
    return {name: value for name, value in found.items() if value is not None}


def is_hidden(path: str) -> bool:
    return re.search(HIDDEN, path) is not None
