"""
How a published address is shown.

Which addresses may be published at all is decided once, in `sync/core/privacy.py`; a snapshot
holds no other.
"""

from urllib.parse import urlsplit


def host_of(url: str) -> str:
    """The site that a link leads to, in short: what a reader judges before following it."""
    return (urlsplit(url).hostname or url).removeprefix("www.")
