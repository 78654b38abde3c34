"""`jalon check`: everything that can be known without network."""

import argparse

from sqlalchemy.engine import make_url

from sync.adapters.store import check_address, check_database
from sync.cli.invocation import DONE, Invocation
from sync.errors import ConfigError, CycleBusy, StoreRefused
from sync.settings import Settings, check
from sync.settings.check import Checked, Level
from sync.wiring import read_adopted
from sync.wording import Language, Text

NAME = "check"
HELP = Text(
    "vérifie la configuration, le plan et la base, sans réseau",
    "check the configuration, the plan and the store, without network",
)
_LEVELS: dict[Level, Text] = {
    "ok": Text("bon", "ok"),
    "warning": Text("à voir", "look"),
    "error": Text("erreur", "error"),
}
_STYLES: dict[Level, str | None] = {"ok": None, "warning": "yellow", "error": "bold red"}


def arguments(parser: argparse.ArgumentParser, language: Language) -> None:
    """Nothing beyond what every command takes."""


def run(call: Invocation) -> int:
    settings = call.settings()
    told = check(settings, read_adopted)
    lines = [line for line in told.lines if line.text not in settings.warnings]
    lines.append(_store(settings))
    for line in lines:
        word = _LEVELS[line.level].in_(call.language)
        call.output.say(f"{word}\t{line.text.in_(call.language)}", style=_STYLES[line.level])
    sound = told.ok and all(line.level != "error" for line in lines)
    return DONE if sound else ConfigError.exit_code


def _store(settings: Settings) -> Checked:
    """One line: a file is tried, while a server is behind the network and is left alone."""
    url, shown = settings.database.get_secret_value(), settings.database_shown()
    on_disk = make_url(url).get_backend_name() == "sqlite"
    try:
        if on_disk:
            check_database(url)
        else:
            check_address(url)
    except (StoreRefused, CycleBusy) as error:
        return Checked("error", error.text)
    if on_disk:
        return Checked("ok", Text(f"Base de données : {shown}.", f"Database: {shown}."))
    return Checked(
        "warning",
        Text(
            f"Base de données : {shown}. Le serveur n’a pas été contacté.",
            f"Database: {shown}. The server was not contacted.",
        ),
    )
