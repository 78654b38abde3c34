"""Which address typed by a person may become a link on a public page."""

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

_UNSAFE = re.compile(r"[\s\x00-\x1f\x7f\\\"'<>`]")


@dataclass(frozen=True, slots=True)
class PublicLink:
    url: str
    host: str


def public_link(url: str | None) -> PublicLink | None:
    """
    The link, or None when it must not be one.

    Only https, with a host, without credentials: this refuses `javascript:` and its disguises.
    An address inside Asana is refused as well, because citizens cannot open it and it would
    publish an internal identifier.
    """
    if not url or _UNSAFE.search(url):
        return None
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
        port = parts.port
    except ValueError:
        return None
    if parts.scheme != "https" or "." not in host or parts.username is not None:
        return None
    if port not in (None, 443) or f".{host}".endswith(".asana.com"):
        return None
    return PublicLink(url, host.removeprefix("www."))
