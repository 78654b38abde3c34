"""`jalon backup`: the whole database as one file, while the service goes on."""

import argparse
from pathlib import Path

from sync.adapters.store import back_up
from sync.cli.invocation import DONE, Invocation
from sync.cli.kept import show_kept
from sync.wording import Language, Text

NAME = "backup"
HELP = Text(
    "sauvegarde la base dans un seul fichier, pendant que le service tourne",
    "back up the database into one file, while the service runs",
)


def arguments(parser: argparse.ArgumentParser, language: Language) -> None:
    def say(fr: str, en: str) -> str:
        return Text(fr, en).in_(language)

    parser.add_argument(
        "--to",
        type=Path,
        required=True,
        metavar=say("FICHIER", "FILE"),
        help=say("la sauvegarde à écrire", "the backup to write"),
    )
    parser.add_argument(
        "--overwrite",
        action="store_true",
        help=say("remplacer le fichier s’il existe", "replace the file if it exists"),
    )


def run(call: Invocation) -> int:
    url, to = call.settings().database.get_secret_value(), call.args.to
    kept = back_up(url, to, call.now(), overwrite=call.args.overwrite)
    with call.output.committed():
        call.output.say(
            Text(
                f"{to} : base sauvegardée, {kept.size} octets (empreinte {kept.sha256[:16]}).",
                f"{to}: database backed up, {kept.size} bytes (digest {kept.sha256[:16]}).",
            )
        )
        show_kept(call.output, kept.plans)
    return DONE
