"""`jalon preview`: the published folder in a browser of this machine, as a host should serve it."""

import argparse
import contextlib
import signal
import sys
from pathlib import Path
from types import FrameType
from typing import Final, NoReturn
from urllib.parse import urlsplit

from sync.adapters.publish import DirectoryPublisher, make_publisher
from sync.adapters.publish.serve import LOOPBACK, preview_server
from sync.cli.arguments import port
from sync.cli.invocation import DONE, Invocation
from sync.errors import ConfigError
from sync.wording import Language, Text

NAME = "preview"
HELP = Text(
    "montre le dossier publié sur cette machine, avec les en-têtes qu’un hébergeur devrait envoyer",
    "show the published folder on this machine, with the headers that a host should send",
)
PORT: Final = 8000


def arguments(parser: argparse.ArgumentParser, language: Language) -> None:
    parser.add_argument(
        "folder",
        type=Path,
        nargs="?",
        metavar=Text("DOSSIER", "FOLDER").in_(language),
        help=Text(
            "le dossier publié (sans lui : celui de la configuration)",
            "the published folder (without it: that of the config)",
        ).in_(language),
    )
    parser.add_argument(
        "--port",
        type=port(language),
        default=PORT,
        help=Text(
            f"port d’écoute ({PORT}; 0 : un port libre)", f"port ({PORT}; 0: a free one)"
        ).in_(language),
    )


def run(call: Invocation) -> int:
    folder = (call.args.folder or _configured(call)).absolute()
    server = preview_server(folder, call.args.port)
    before = signal.signal(signal.SIGTERM, _interrupt)
    try:
        address = f"http://{LOOPBACK}:{server.port}/"
        call.output.say(
            Text(
                f"{address} montre {folder}, à cette machine seulement. Ctrl-C pour finir.",
                f"{address} shows {folder}, to this machine only. Ctrl-C to end.",
            )
        )
        sys.stdout.flush()
        with contextlib.suppress(KeyboardInterrupt):  # Werkzeug's loop ends at it without a word
            server.serve_forever()
        call.output.complain(Text("Aperçu terminé.", "Preview ended."))
    finally:
        signal.signal(signal.SIGTERM, before)
        server.server_close()
    return DONE


def _interrupt(_number: int, _frame: FrameType | None) -> NoReturn:
    raise KeyboardInterrupt


def _configured(call: Invocation) -> Path:
    """The one folder that the configs publish into."""
    places = {target.place for plan in call.settings().plans for target in plan.targets}
    local = [make_publisher(one) for one in places if urlsplit(one).scheme in ("", "file")]
    folders = [one.root for one in local if isinstance(one, DirectoryPublisher)]
    if len(folders) == 1:
        return folders[0]
    if not folders:
        raise ConfigError(
            Text(
                "Aucune cible de la configuration n’est un dossier : nommez celui à montrer, comme "
                "« jalon preview public ».",
                "No target of the config is a folder: name the one to show, such as `jalon preview "
                "public`.",
            )
        )
    listed = ", ".join(sorted(map(str, folders)))
    raise ConfigError(
        Text(
            f"Plusieurs dossiers sont publiés : nommez celui à montrer. Au choix : {listed}.",
            f"Several folders are published: name the one to show. One of: {listed}.",
        )
    )
