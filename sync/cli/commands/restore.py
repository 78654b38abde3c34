"""`jalon restore`: put a backup in the place of the database; shows first, and keeps the other."""

import argparse
from pathlib import Path

from sync.adapters.store import Restoration, restore
from sync.cli.invocation import DONE, Invocation
from sync.cli.kept import show_kept
from sync.core.dates import french_moment
from sync.wiring import known_plans, process_name
from sync.wording import Language, Text

NAME = "restore"
HELP = Text(
    "remet la base d’une sauvegarde; montre d’abord ce qui serait remplacé",
    "put a backup in the database’s place; shows first what it would replace",
)


def arguments(parser: argparse.ArgumentParser, language: Language) -> None:
    def say(fr: str, en: str) -> str:
        return Text(fr, en).in_(language)

    parser.add_argument(
        "file",
        type=Path,
        metavar=say("FICHIER", "FILE"),
        help=say("une sauvegarde de « jalon backup »", "a backup of `jalon backup`"),
    )
    parser.add_argument(
        "--yes", action="store_true", help=say("remplacer la base", "replace the database")
    )


def run(call: Invocation) -> int:
    settings = call.settings()
    plan_ids = [plan.id for _, plan in known_plans(settings)]
    url = settings.database.get_secret_value()
    found = restore(url, call.args.file, plan_ids, call.now(), process_name(), yes=call.args.yes)
    with call.output.committed():
        _show(call, found)
    return DONE


def _show(call: Invocation, found: Restoration) -> None:
    made = found.manifest.made_at
    title = Text(
        f"Sauvegarde du {french_moment(made)} UTC", f"Backup of {made:%Y-%m-%d %H:%M:%S} UTC"
    )
    output = call.output
    show_kept(output, found.restored, title=title)
    if found.unreadable is not None:
        output.complain(found.unreadable)
    elif found.replaced is None:
        output.say(
            Text(
                "Base actuelle : d’une autre version de Jalon, non examinée.",
                "Current database: of another release of Jalon, not looked into.",
            )
        )
    elif found.replaced:
        show_kept(output, found.replaced, title=Text("Base actuelle", "Current database"))
    else:
        output.say(Text("Base actuelle : aucune.", "Current database: none."))
    if not call.args.yes:
        output.say(
            Text(
                "La sauvegarde est entière. Rien n’a été écrit. Pour remplacer la base : la même "
                "commande avec --yes.",
                "The backup is whole. Nothing was written. To replace the database: the same "
                "command with --yes.",
            )
        )
        return
    if found.kept_as is not None:
        output.say(
            Text(
                f"La base d’avant est gardée : {found.kept_as}.",
                f"The database from before is kept: {found.kept_as}.",
            )
        )
    output.say(
        Text(
            "Base restaurée. Aucun cycle ne repart d’elle avant « jalon recover », qui reprend ce "
            "qui a été publié depuis.",
            "Database restored. No cycle goes on from it before `jalon recover`, which takes up "
            "what was published since.",
        ),
        style="bold",
    )
