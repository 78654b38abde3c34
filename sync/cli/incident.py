"""What nobody foresaw: a short message for the person, the whole story in a file."""

import os
import tempfile
import traceback
from pathlib import Path

from sync import __version__
from sync.cli.invocation import Invocation
from sync.errors import SyncError
from sync.logs import redact
from sync.settings import load_settings
from sync.wiring import state_folder
from sync.wording import Text


def report(error: Exception, call: Invocation) -> Text:
    """Write the details down, redacted, and say where they are."""
    kind = type(error).__name__
    place = _write(error, call)
    if place is None:
        return Text(
            f"Erreur imprévue ({kind}); ses détails n’ont pu être écrits nulle part.",
            f"Unforeseen error ({kind}); its details could not be written anywhere.",
        )
    return Text(
        f"Erreur imprévue ({kind}). Détails : {place}. Joignez ce fichier à votre signalement; "
        "aucun jeton n’y figure.",
        f"Unforeseen error ({kind}). Details: {place}. Join that file to your report; it holds "
        "no token.",
    )


def _write(error: Exception, call: Invocation) -> Path | None:
    now = call.now()
    told = "".join(traceback.format_exception(error))
    name = getattr(call.args, "name", "?")
    body = redact(f"jalon {__version__}\n{now.isoformat()}\ncommand: {name}\n\n{told}")
    for folder in (_state(call), Path(tempfile.gettempdir())):
        path = folder / "incidents" / f"{now:%Y%m%dT%H%M%S.%f}-{os.getpid()}.txt"
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(body, encoding="utf-8")
        except OSError:
            continue
        return path
    return None


def _state(call: Invocation) -> Path:
    try:
        settings = load_settings([Path(p) for p in call.args.config or []], call.environ)
    except (SyncError, OSError):
        return call.root / "var"
    return state_folder(settings, call.root)
