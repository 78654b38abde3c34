"""
Show a published folder on this machine, with what a host should send.

Conditional and partial answers, dates and entity tags are Werkzeug's; which headers go with which
file stands in `sync/core/serving.py`. Every request looks the file up anew, so that a publication
is seen as soon as it stands.
"""

import hashlib
import socket
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final
from wsgiref.types import StartResponse, WSGIEnvironment

from werkzeug.exceptions import HTTPException, MethodNotAllowed, NotFound
from werkzeug.security import safe_join
from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server
from werkzeug.utils import redirect
from werkzeug.wrappers import Request, Response

from sync.core.serving import METHODS, MISSING, content_type, headers_for, is_hidden
from sync.errors import ConfigError
from sync.system import reason_of
from sync.wording import Text

LOOPBACK: Final = "127.0.0.1"
HOME: Final = "index.html"

Application = Callable[[WSGIEnvironment, StartResponse], Iterable[bytes]]


_REFUSALS: Final[Mapping[int, Text]] = {
    404: Text(
        "cette page n’est pas dans le dossier publié.", "this page is not in the published folder."
    ),
    405: Text("ce dossier se lit seulement.", "this folder can only be read."),
}


def application(root: Path) -> Application:
    """The folder as a WSGI application: files, their headers, and nothing that lists or writes."""

    @Request.application
    def answer(request: Request) -> Response:
        try:
            if request.method not in METHODS:
                raise MethodNotAllowed(METHODS)
            response = _found(root, request.path)
            return response.make_conditional(
                request, accept_ranges=True, complete_length=response.content_length
            )
        except HTTPException as error:
            page = root / MISSING
            if isinstance(error, NotFound) and page.is_file() and _within(page, root):
                missing = Response(page.read_bytes(), 404, content_type=content_type(MISSING))
                missing.headers.update(headers_for(f"/{MISSING}"))
                missing.headers["Cache-Control"] = "no-store"
                return missing
            said = _REFUSALS.get(error.code or 0, Text(error.name, error.name))
            body = f"{error.code} : {said.fr}\n{error.code}: {said.en}\n"
            refused = Response(body, error.code, mimetype="text/plain")
            refused.headers.update(headers_for("/"))
            refused.headers["Cache-Control"] = "no-store"
            if isinstance(error, MethodNotAllowed):
                refused.headers["Allow"] = ", ".join(METHODS)
            return refused

    served: Application = answer
    return served


def _found(root: Path, path: str) -> Response:
    if is_hidden(path):
        raise NotFound
    place = safe_join(str(root), *path.strip("/").split("/"))
    file = Path(place) if place and "\0" not in path else None
    if file is not None and file.is_dir():
        if not path.endswith("/"):
            return redirect(f"{path.rpartition('/')[2]}/", 301)
        file, path = file / HOME, f"{path}{HOME}"
    elif path.endswith("/"):
        raise NotFound
    if file is None or not file.is_file() or not _within(file, root):
        raise NotFound
    body = file.read_bytes()
    response = Response(body, content_type=content_type(path))
    response.headers.update(headers_for(path))
    response.set_etag(hashlib.sha256(body).hexdigest()[:32])
    response.last_modified = datetime.fromtimestamp(int(file.stat().st_mtime), UTC)
    return response


def _within(file: Path, root: Path) -> bool:
    """Links inside of the folder are followed, and none that leads out of it."""
    return file.resolve().is_relative_to(root.resolve())


class _Quiet(WSGIRequestHandler):
    def log(self, type: str, message: str, *args: Any) -> None:  # noqa: A002 - its own name
        """A preview is for looking, and one page asks for one file."""


def preview_server(root: Path, port: int) -> BaseWSGIServer:
    """Listens on loopback only, on a free port where `port` is 0. Raises ConfigError."""
    if not (root / HOME).is_file():
        raise ConfigError(
            Text(
                f"Rien n’est publié dans {root} : il y manque {HOME}. Lancez « jalon sync », ou "
                "nommez un autre dossier.",
                f"Nothing is published in {root}: it lacks {HOME}. Run `jalon sync`, or name "
                "another folder.",
            )
        )
    try:
        listening = socket.create_server((LOOPBACK, port))
    except OSError as error:
        why = reason_of(error)
        raise ConfigError(
            Text(
                f"--port : on ne peut pas écouter sur {LOOPBACK}:{port} ({why.fr}). Libérer ce "
                "port ou en choisir un autre; 0 en prend un libre.",
                f"--port: cannot listen on {LOOPBACK}:{port} ({why.en}). Free that port or choose "
                "another; 0 takes a free one.",
            )
        ) from error
    with listening:  # Werkzeug, which would end the process over a port that is taken, copies it
        bound = listening.getsockname()[1]
        return make_server(
            LOOPBACK,
            bound,
            application(root),
            threaded=True,
            request_handler=_Quiet,
            fd=listening.fileno(),
        )
