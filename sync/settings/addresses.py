"""
Which URLs may be written down: https, or http on this very machine, and never a password.

Credentials come from the environment only, so that a config file can be published.
"""

from ipaddress import ip_address
from pathlib import Path
from urllib.parse import SplitResult, urlsplit, urlunsplit
from urllib.request import url2pathname

from sync.core.places import ELSEWHERE, PORTALS, UnusablePlace, place_of
from sync.wording import Text

SUPPORTED_TARGETS = Text(
    fr="un dossier (chemin ou file://), une adresse https, s3://, sftp:// ou ckan+https://",
    en="a folder (path or file://), an https address, s3://, sftp:// or ckan+https://",
)


def web_problem(url: str) -> Text | None:
    """What is wrong with an http(s) URL; never quotes it, since it may hold a secret."""
    parts = _split(url)
    if parts is None or parts.scheme not in {"http", "https"} or not parts.hostname:
        return Text(fr="adresse https://… attendue.", en="an https://… address is expected.")
    if parts.username or parts.password:
        return Text(
            fr="mot de passe dans l'adresse : mettez le jeton dans une variable.",
            en="password in the address: put the token in a variable.",
        )
    if parts.fragment:
        return Text(fr="adresse sans « # » attendue.", en="an address without “#” is expected.")
    if parts.scheme == "http" and not is_loopback(parts.hostname):
        return Text(
            fr="adresse non chiffrée : écrivez https (http n'est admis que sur cette machine).",
            en="unencrypted address: write https (http is only allowed on this machine).",
        )
    return None


def root_problem(url: str) -> Text | None:
    """As `web_problem`, for an API root to which paths are appended."""
    found = web_problem(url)
    if found is None and urlsplit(url).query:
        return Text(fr="adresse sans « ? » attendue.", en="an address without “?” is expected.")
    return found


def target_problem(url: str) -> Text | None:
    """What is wrong with a publication target."""
    parts = _split(url)
    if not url.strip() or parts is None:
        return _unsupported()
    if parts.scheme in {"http", "https"}:
        return web_problem(url)
    try:
        if place_of(url) is not None:
            return None
    except UnusablePlace as unusable:
        return unusable.why
    if parts.scheme == "file" and parts.netloc in {"", "localhost"} and parts.path:
        return None
    return _unsupported() if parts.scheme else None


def target_place(url: str, base: Path) -> str:
    """A folder as an absolute path, seen from `base`; a place elsewhere as its URL."""
    parts = urlsplit(url)
    if is_elsewhere(url):
        return url
    path = Path(url2pathname(parts.path)) if parts.scheme == "file" else Path(url).expanduser()
    return str((base / path).resolve())


def target_name(place: str) -> str:
    """The key of a target's delivery state: stable, and without what a query may hide."""
    parts = urlsplit(place)
    if parts.scheme in {"http", "https", *PORTALS}:
        return urlunsplit((parts.scheme, parts.netloc, parts.path, "", ""))
    return place  # what a place elsewhere may say after its “?” is no secret


def is_elsewhere(place: str) -> bool:
    """Whether it is reached over a network, and may need a token."""
    return urlsplit(place).scheme in {"http", "https", *ELSEWHERE}


def is_looked_at(place: str) -> bool:
    """
    Whether the addresses that its host resolves to are looked at before each exchange.

    Only of such a target does it mean anything that it may be in a private network.
    """
    return urlsplit(place).scheme in {"http", "https", *PORTALS}


def _unsupported() -> Text:
    return Text(
        fr=f"cible inconnue. Sont admis : {SUPPORTED_TARGETS.fr}.",
        en=f"unknown target. Supported: {SUPPORTED_TARGETS.en}.",
    )


def _split(url: str) -> SplitResult | None:
    try:
        parts = urlsplit(url)
        _ = parts.port  # raises for a port that is no number
    except ValueError:
        return None
    return parts


def listening_place(text: str) -> tuple[str, int] | None:
    """`host:port` or `[host]:port` as its two parts, or None."""
    parts = _split(f"//{text}")
    if parts is None or not parts.hostname or not parts.port:
        return None
    plain = parts.netloc == text and "@" not in text and len(text.split()) == 1
    return (parts.hostname, parts.port) if plain else None


def is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
