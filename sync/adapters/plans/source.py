"""
Where a plan's bytes come from: a file, standard input, or a web page.

Nothing here trusts the size that somebody declares, and nothing waits for ever: a page that comes
byte by byte is given up at the deadline. Proxies of the environment are used, its stored passwords
(netrc) are not: a public page needs none.
"""

import queue
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO
from urllib.parse import urljoin, urlsplit, urlunsplit

import requests
from urllib3.exceptions import HTTPError

from sync.adapters.plans.refusal import refuse
from sync.errors import PlanRefused
from sync.system import reason_of
from sync.wording import Text

LARGEST = 20 * 1024 * 1024
_CHUNK = 64 * 1024


@dataclass(frozen=True, slots=True)
class Document:
    """`name` is what errors call it: a path, an address without secrets, or « - »."""

    name: str
    body: bytes
    media_type: str | None = None


@dataclass(frozen=True, slots=True)
class Patience:
    """Seconds to connect, to wait for the next bytes, and in all; redirects to follow."""

    connect: float = 10.0
    read: float = 20.0
    whole: float = 60.0
    redirects: int = 5


def fetch(location: str, *, stdin: BinaryIO, patience: Patience | None = None) -> Document:
    """The document at a path, on standard input (`-`) or at an http(s) address, or PlanRefused."""
    if location == "-":
        return Document("-", _bounded(stdin.read, "-"))
    if urlsplit(location).scheme.lower() in {"http", "https"}:
        return _bounded_download(location, patience or Patience())
    return read_path(location)


def read_path(location: str) -> Document:
    try:
        with Path(location).open("rb") as file:
            return Document(location, _bounded(file.read, location))
    except FileNotFoundError as error:
        raise refuse(
            location,
            "ce fichier n’existe pas. Vérifiez le chemin.",
            "this file does not exist. Check the path.",
        ) from error
    except IsADirectoryError as error:
        raise refuse(
            location,
            "c’est un dossier. Donnez le chemin d’un fichier.",
            "this is a folder. Give the path of a file.",
        ) from error
    except (OSError, ValueError) as error:
        name = type(error).__name__
        why = reason_of(error) if isinstance(error, OSError) else Text(name, name)
        raise refuse(
            location,
            f"ce fichier ne peut pas être lu ({why.fr}). Vérifiez le chemin et les droits.",
            f"this file cannot be read ({why.en}). Check the path and the permissions.",
        ) from error


def _bounded(read: Callable[[int], bytes], name: str) -> bytes:
    body = read(LARGEST + 1)
    if len(body) > LARGEST:
        raise _too_large(name)
    return body


def _bounded_download(address: str, patience: Patience) -> Document:
    """
    Download in a thread of its own, so that the deadline holds for name resolution and for a
    server that drips headers too. A download given up dies with its own timeouts, or the process.
    """
    outcome: queue.SimpleQueue[Document | BaseException] = queue.SimpleQueue()

    def work() -> None:
        try:
            outcome.put(_download(address, patience))
        except BaseException as error:  # noqa: BLE001 (handed over whole)
            outcome.put(error)

    threading.Thread(target=work, daemon=True, name="plan-download").start()
    try:
        result = outcome.get(timeout=patience.whole)
    except queue.Empty:
        raise refuse(
            _shown(address),
            f"la page n’est pas arrivée en entier en {patience.whole:g} secondes. Réessayez, ou "
            "enregistrez-la et importez le fichier.",
            f"the page did not arrive whole within {patience.whole:g} seconds. Try again, or save "
            "it and import the file.",
        ) from None
    if isinstance(result, BaseException):
        raise result
    return result


def _download(address: str, patience: Patience) -> Document:
    with requests.Session() as session:
        for _ in range(patience.redirects + 1):
            shown = _shown(address)
            try:
                with session.get(
                    address,
                    stream=True,
                    allow_redirects=False,
                    auth=_no_password,
                    timeout=(patience.connect, patience.read),
                    headers={"Accept-Encoding": "identity"},
                ) as response:
                    target = response.headers.get("Location")
                    if response.is_redirect and target:
                        address = _followed(address, target)
                        continue
                    return _received(response, shown)
            except (requests.RequestException, HTTPError, ValueError) as error:
                raise _unreachable(shown, error) from error
    raise refuse(
        _shown(address),
        f"plus de {patience.redirects} redirections. Donnez l’adresse finale de la page.",
        f"more than {patience.redirects} redirects. Give the page’s final address.",
    )


def _no_password(request: requests.PreparedRequest) -> requests.PreparedRequest:
    return request


def _followed(address: str, target: str) -> str:
    following = urljoin(address, target)
    scheme = urlsplit(following).scheme.lower()
    if scheme not in {"http", "https"} or (
        scheme == "http" and urlsplit(address).scheme.lower() == "https"
    ):
        raise refuse(
            _shown(address),
            f"la page renvoie vers une adresse moins sûre ({_shown(following)}), qui n’est pas "
            "suivie. Donnez l’adresse finale de la page.",
            f"the page redirects to a less secure address ({_shown(following)}), which is not "
            "followed. Give the page’s final address.",
        )
    return following


def _received(response: requests.Response, shown: str) -> Document:
    if response.status_code != 200:
        raise refuse(
            shown,
            f"le serveur a répondu {response.status_code} au lieu de 200. Ouvrez l’adresse dans un "
            "navigateur sans session : la page doit être publique.",
            f"the server answered {response.status_code} instead of 200. Open the address in a "
            "browser without a session: the page must be public.",
            status=response.status_code,
        )
    body = bytearray()
    for chunk in response.iter_content(_CHUNK):
        body += chunk
        if len(body) > LARGEST:
            raise _too_large(shown)
    return Document(shown, bytes(body), response.headers.get("Content-Type"))


def _unreachable(shown: str, error: Exception) -> PlanRefused:
    kind = type(error).__name__
    return refuse(
        shown,
        f"la page n’a pas pu être lue en entier ({kind}). Vérifiez l’adresse et le réseau.",
        f"the page could not be read whole ({kind}). Check the address and the network.",
        cause=kind,
    )


def _too_large(name: str) -> PlanRefused:
    return refuse(
        name,
        "le document dépasse 20 Mo. Un plan est un tableau de texte : donnez la page ou le "
        "fichier qui le contient.",
        "the document is over 20 MB. A plan is a table of text: give the page or the file that "
        "holds it.",
        largest=LARGEST,
    )


def _shown(address: str) -> str:
    """An address without user, password, query or fragment: any of them may be a secret."""
    parts = urlsplit(address)
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", ""))
