"""
What may not leave the city: the last look at staff's free text before it becomes public.

Published fields are an allow-list already; this guards the two free ones, the public note and
the proof link. A hit withholds the text and tells the manager; it never edits it.
"""

import re
from urllib.parse import urlsplit

from sync.wording import Text

_SIGNS: tuple[tuple[re.Pattern[str], Text], ...] = (
    (re.compile(r"[\w.+-]+@[\w-]+\.[\w.-]+"), Text("une adresse courriel", "an e-mail address")),
    (re.compile(r"(?<!\w)@\w+"), Text("une mention (@)", "a mention (@)")),
    (
        re.compile(
            r"(?<!\d)(?:\+?1[ .\u00a0-]?)?\(?\d{3}\)?[ .\u00a0-]?\d{3}[ .\u00a0-]?\d{4}(?!\d)"
        ),
        Text("un numéro de téléphone", "a telephone number"),
    ),
    (re.compile(r"app\.asana\.com", re.IGNORECASE), Text("un lien Asana", "an Asana link")),
    (re.compile(r"(?<!\d)\d{13,}(?!\d)"), Text("un identifiant interne", "an internal id")),
)


def private_in(text: str) -> Text | None:
    """What the text seems to hold that is private, or None."""
    return next((what for pattern, what in _SIGNS if pattern.search(text)), None)


def unfit_link(link: str) -> Text | None:
    """Why a proof link cannot be shown: only plain public https addresses pass."""
    parts = urlsplit(link)
    if parts.scheme != "https" or not parts.hostname or "." not in parts.hostname:
        return Text("ce n’est pas une adresse https", "it is not an https address")
    if parts.username or parts.password or any(c.isspace() for c in link):
        return Text("l’adresse est mal formée", "the address is malformed")
    return private_in(link)
