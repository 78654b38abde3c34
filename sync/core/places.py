"""
The places elsewhere that a publication can go to, as their URLs say it.

    s3://bucket/prefix?endpoint=https://host&region=name
    sftp://user@host:port/absolute/path?known_hosts=path&key=path
    ckan+https://portal/its/path/data-set?organisation=name

No URL holds a secret: it is refused where one could stand, and never quoted.
"""

import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from sync.wording import Text

PORTALS: Final = frozenset({"ckan+https", "ckan+http"})
ELSEWHERE: Final = frozenset({"s3", "sftp", *PORTALS})

_BUCKET = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
_NAME = re.compile(r"[a-z0-9_-]{2,100}")
_REGION = re.compile(r"[a-z0-9-]{1,40}")


class UnusablePlace(ValueError):
    """A URL that names no place: `why` says what is wrong with it."""

    def __init__(self, why: Text) -> None:
        super().__init__(why.en)
        self.why = why


@dataclass(frozen=True, slots=True)
class S3Place:
    """`endpoint` is None for Amazon's own; `prefix` has no slash around it and may be empty."""

    bucket: str
    prefix: str
    endpoint: str | None = None
    region: str | None = None


@dataclass(frozen=True, slots=True)
class SftpPlace:
    """`path` is absolute; `known_hosts` and `key` are files on this machine."""

    host: str
    port: int
    user: str
    path: str
    known_hosts: str | None = None
    key: str | None = None


@dataclass(frozen=True, slots=True)
class CkanPlace:
    """`site` is the portal's own address, without a slash at its end; the rest are CKAN names."""

    site: str
    dataset: str
    organisation: str | None = None


Place = S3Place | SftpPlace | CkanPlace


def place_of(url: str) -> Place | None:
    """The place that a URL names; None for a folder or a web address. Raises UnusablePlace."""
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError as error:
        raise UnusablePlace(Text("adresse illisible.", "unreadable address.")) from error
    if parts.scheme not in ELSEWHERE:
        return None
    if parts.password is not None:
        raise UnusablePlace(
            Text(
                "mot de passe dans l’adresse : donnez-le par le jeton de la cible.",
                "password in the address: give it as the target’s token.",
            )
        )
    if parts.fragment:
        raise UnusablePlace(Text("adresse sans « # » attendue.", "an address without “#” please."))
    if parts.scheme == "s3":
        return _s3(parts)
    return _ckan(parts) if parts.scheme in PORTALS else _sftp(parts)


def _s3(parts: SplitResult) -> S3Place:
    said = _query(parts, ("endpoint", "region"))
    if not _BUCKET.fullmatch(parts.netloc):
        raise UnusablePlace(
            Text(
                "s3://seau/préfixe attendu, sans identifiant : la clé vient du jeton de la cible.",
                "s3://bucket/prefix is expected, without an id: the key is the target’s token.",
            )
        )
    endpoint = said.get("endpoint")
    if endpoint is not None:
        _check_web(endpoint, "endpoint")
    if "region" in said and not _REGION.fullmatch(said["region"]):
        raise UnusablePlace(Text("region : nom de région attendu.", "region: a name is expected."))
    prefix = unquote(parts.path).strip("/")
    _check_path(prefix)
    return S3Place(parts.netloc, prefix, endpoint, said.get("region"))


def _sftp(parts: SplitResult) -> SftpPlace:
    said = _query(parts, ("known_hosts", "key"))
    path = unquote(parts.path).rstrip("/")
    if not parts.hostname or not parts.username or not path:
        raise UnusablePlace(
            Text(
                "sftp://compte@hôte/chemin/absolu attendu.",
                "sftp://user@host/absolute/path is expected.",
            )
        )
    _check_path(path)
    user = unquote(parts.username)
    return SftpPlace(
        parts.hostname, parts.port or 22, user, path, said.get("known_hosts"), said.get("key")
    )


def _ckan(parts: SplitResult) -> CkanPlace:
    said = _query(parts, ("organisation",))
    above, _, dataset = parts.path.rstrip("/").rpartition("/")
    plain = parts.netloc.isascii() and "\\" not in parts.netloc and parts.username is None
    if not plain or not parts.hostname or not _NAME.fullmatch(dataset):
        raise UnusablePlace(
            Text(
                "ckan+https://portail/nom-du-jeu attendu : le nom est celui de la fin de l’adresse "
                "du jeu, en minuscules, chiffres, « - » et « _ ».",
                "ckan+https://portal/data-set-name is expected: the name is the one at the end of "
                "the data set’s address, in lowercase letters, digits, “-” and “_”.",
            )
        )
    _check_path(above)
    site = f"{parts.scheme.removeprefix('ckan+')}://{parts.netloc}{above}"
    _check_web(site, "ckan")
    organisation = said.get("organisation")
    if organisation is not None and not _NAME.fullmatch(organisation):
        raise UnusablePlace(
            Text(
                "organisation : le nom de la fin de son adresse est attendu.",
                "organisation: the name at the end of its address is expected.",
            )
        )
    return CkanPlace(site, dataset, organisation)


def _query(parts: SplitResult, known: tuple[str, ...]) -> dict[str, str]:
    """The options of a URL; an unknown one is refused, since it may be a misspelt safety."""
    said = parse_qsl(parts.query, keep_blank_values=True)
    if any(name not in known or not value for name, value in said) or len(dict(said)) < len(said):
        listed = ", ".join(known)
        raise UnusablePlace(
            Text(
                f"option inconnue, vide ou répétée après « ? ». Sont admises : {listed}.",
                f"unknown, empty or repeated option after “?”. Allowed: {listed}.",
            )
        )
    return dict(said)


def _check_web(address: str, what: str) -> None:
    try:
        parts = urlsplit(address)
        _ = parts.port
    except ValueError as error:
        raise UnusablePlace(Text(f"{what} : illisible.", f"{what}: unreadable.")) from error
    loopback = parts.hostname in ("localhost", "127.0.0.1", "::1")
    plain = not (parts.username or parts.password or parts.query or parts.fragment)
    if not parts.hostname or not plain or parts.scheme not in ("https", "http"):
        raise UnusablePlace(
            Text(f"{what} : adresse https://hôte attendue.", f"{what}: https://host is expected.")
        )
    if parts.scheme == "http" and not loopback:
        raise UnusablePlace(
            Text(
                f"{what} : http n’est admis que vers cette machine; employez https.",
                f"{what}: http is allowed to this machine only; use https.",
            )
        )


def _check_path(path: str) -> None:
    parts = path.strip("/").split("/")
    if (path and any(part in ("", ".", "..") for part in parts)) or "\x00" in path:
        raise UnusablePlace(
            Text("chemin sans « .. » ni « // » attendu.", "a path without “..” or “//” please.")
        )
