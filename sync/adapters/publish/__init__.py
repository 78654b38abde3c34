"""The places where a publication goes, chosen by the URL of each."""

import hashlib
from pathlib import Path
from urllib.parse import SplitResult, unquote, urlsplit

from pydantic import SecretStr

from sync.adapters.publish.directory import DirectoryPublisher
from sync.adapters.publish.elsewhere import needed, s3_shelf, sftp_shelf
from sync.adapters.publish.http import HttpPublisher
from sync.adapters.publish.reach import is_loopback_name
from sync.adapters.publish.read_back import Fetch, from_folder, read_back
from sync.adapters.publish.remote import RemotePublisher
from sync.adapters.publish.told import Unread, Witness, told_in
from sync.core.places import CkanPlace, S3Place, SftpPlace, UnusablePlace, place_of
from sync.errors import ConfigError
from sync.ports import Publisher
from sync.wording import Text

__all__ = [
    "DirectoryPublisher",
    "Fetch",
    "HttpPublisher",
    "RemotePublisher",
    "Unread",
    "Witness",
    "from_folder",
    "make_publisher",
    "read_back",
    "told_in",
]


def make_publisher(
    url: str,
    *,
    token: SecretStr | None = None,
    name: str | None = None,
    internal: bool = False,
) -> Publisher:
    """
    The publisher for one target: a plain path or `file://` is a folder, `http(s)://` a push,
    `s3://` a bucket, `sftp://` a folder elsewhere, `ckan+https://` a data set of a portal.

    The default name is stable and holds no secret. Nothing is contacted or written here.
    """
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError as error:
        raise _refused(url.partition("?")[0], "adresse illisible", "unreadable address") from error
    if not url.strip() or "\x00" in url:
        raise _refused("JALON_PUBLISH", "cible vide", "empty target")
    if parts.scheme in ("http", "https"):
        _check_push(parts)
        _check_token(token)
        return HttpPublisher(url, name or _push_name(parts), token, internal=internal)
    if parts.scheme == "file":
        if parts.netloc not in ("", "localhost") or not parts.path:
            raise _refused(url, "file:// demande un chemin local", "file:// needs a local path")
        return _folder(Path(unquote(parts.path)), name)
    try:
        place = place_of(url)
    except UnusablePlace as unusable:
        why = Text(unusable.why.fr.rstrip("."), unusable.why.en.rstrip("."))
        raise _refused(f"{parts.scheme}://", why.fr, why.en) from unusable
    if isinstance(place, S3Place):
        return _bucket(place, name or url, token)
    if isinstance(place, SftpPlace):
        needed("sshfs", "sftp", name or url)
        return RemotePublisher(name or url, sftp_shelf(place, name or url, token))
    if isinstance(place, CkanPlace):
        return _portal(place, name or url.partition("?")[0], token, internal=internal)
    if "://" in url:
        raise _refused(
            f"{parts.scheme}://",
            "genre de cible inconnu; sont pris en charge un chemin de dossier, file://, http:// "
            "(seulement vers cette machine), https://, s3://, sftp:// et ckan+https://",
            "unknown kind of target; supported are a folder path, file://, http:// (to this "
            "machine only), https://, s3://, sftp:// and ckan+https://",
        )
    return _folder(Path(url).expanduser(), name)


def _folder(path: Path, name: str | None) -> DirectoryPublisher:
    absolute = path.absolute()
    return DirectoryPublisher(absolute, name or f"dossier:{absolute}")


def _bucket(place: S3Place, name: str, token: SecretStr | None) -> RemotePublisher:
    needed("s3fs", "s3", name)
    key, colon, secret = (token.get_secret_value() if token else "").partition(":")
    if not (key and colon and secret):
        raise _refused(
            name,
            "le jeton manque, ou n’est pas un identifiant de clé et son secret joints par « : »",
            "the token is missing, or is not a key’s id and its secret joined by “:”",
        )
    return RemotePublisher(name, s3_shelf(place, name, token or SecretStr("")))


def _portal(place: CkanPlace, name: str, token: SecretStr | None, *, internal: bool) -> Publisher:
    needed("ckanapi", "ckan", name)
    _check_token(token)
    if token is None:
        raise _refused(
            name,
            "le jeton manque. Un éditeur de l’organisation en crée un sur sa page du portail "
            "(Jetons d’API)",
            "the token is missing. An editor of the organisation makes one on their page of the "
            "portal (API tokens)",
        )
    from sync.adapters.publish.ckan import CkanPublisher

    return CkanPublisher(place, name, token, internal=internal)


def _check_push(parts: SplitResult) -> None:
    host = parts.hostname or ""
    place = f"{parts.scheme}://{host}{parts.path}"
    if not host or parts.port == 0:
        raise _refused(place, "aucun hôte dans l’adresse", "no host in the address")
    if parts.username is not None or parts.password is not None:
        raise _refused(
            place,
            "un identifiant dans l’adresse finirait dans les journaux; donnez-le par le jeton",
            "credentials in the address would end in the logs; give them as the token",
        )
    if parts.fragment:
        raise _refused(place, "un fragment (#) n’a pas de sens ici", "a fragment (#) is pointless")
    if any(not ("!" <= letter <= "~") or letter == "\\" for letter in parts.netloc):
        raise _refused(
            "https://…",
            "l’hôte s’écrit en lettres ASCII, sans « \\ » (forme xn--… pour un nom accentué)",
            "the host is written in ASCII, without “\\” (the xn--… form for an accented name)",
        )
    if parts.scheme == "http" and not is_loopback_name(host):
        raise _refused(
            place,
            "http:// n’est permis que vers cette machine; employez https://",
            "http:// is allowed to this machine only; use https://",
        )


def _check_token(token: SecretStr | None) -> None:
    """A token that no header can carry would fail late, inside a library that may quote it."""
    value = "x" if token is None else token.get_secret_value()
    if not value or not all("!" <= character <= "~" for character in value):
        raise _refused(
            "(jeton)",
            "le jeton est vide ou contient une espace, un saut de ligne ou une lettre accentuée",
            "the token is empty or holds a space, a line break or a non-ASCII character",
        )


def _push_name(parts: SplitResult) -> str:
    """Scheme, host and path; a query may hold a secret, so only its digest tells two apart."""
    query = f"#{hashlib.sha256(parts.query.encode()).hexdigest()[:8]}" if parts.query else ""
    return f"{parts.scheme}://{parts.netloc}{parts.path}{query}"


def _refused(place: str, fr: str, en: str) -> ConfigError:
    return ConfigError(
        Text(f"Cible de publication {place} : {fr}.", f"Publication target {place}: {en}."),
        target=place,
    )
